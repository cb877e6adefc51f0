"""The filter bar above the table of customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.people import NOT_ASKED
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.segments import gave_way, take
from campaign_app.ui.viewmodels.customers import CustomersModel, CustomersState
from campaign_app.ui.viewmodels.segments import SegmentsModel, SegmentsState
from campaign_app.ui.widgets.actions import action, tip
from campaign_app.ui.widgets.basics import button, show_if
from campaign_app.ui.widgets.flow import Flow
from campaign_app.ui.widgets.search_field import FindLine

Choice = tuple[str, Any]
WIDEST: Final = 320
_ICONS: Final = 72  # what the field has besides the words
_UNSAVED: Final = object()  # stands for conditions that have no name


class CustomersFilter(QWidget):
    """`building` asks for the conditions of a segment."""

    building = Signal()

    def __init__(self, kit: Kit, model: CustomersModel, segments: SegmentsModel) -> None:
        super().__init__()
        self._kit, self._model, self._segments = kit, model, segments
        self.text = FindLine()
        self.text.setObjectName("customers_search")
        self.text.setProperty("role", "search")
        self.text.setPlaceholderText(self.tr("姓名、客户标识或完整手机号"))
        self.text.setAccessibleName(self.tr("查找客户"))
        self.text.setToolTip(tip(self.tr("输入的手机号只用来比对，不会被保存"), "customers.find"))
        self.text.setClearButtonEnabled(True)
        hint = self.text.fontMetrics().horizontalAdvance(self.text.placeholderText())
        self.text.setMinimumWidth(min(hint + _ICONS, WIDEST))
        self._glass = QAction(self)
        self.text.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.shop = self._combo("customers_shop", self.tr("店铺"))
        self.status = self._combo("customers_status", self.tr("同意"))
        self.province = self._combo("customers_province", self.tr("省份"))
        self.segment = self._combo("customers_segment", self.tr("人群"))
        self.segment.setToolTip(self.tr("用条件搭建并保存的人群，活动的“受众”里也用它；人数随客户变化。"))
        self.segment.setMaximumWidth(280)  # people name them as they like
        self.build = button("", name="customers_build", click=self.building.emit)
        self.clear = button(self.tr("清除筛选"), "quiet", name="customers_clear", click=self._cleared)
        parts = (self.text, self.shop, self.status, self.province, self.segment, self.build, self.clear)
        flow = Flow(first_grows=True)
        for each in parts:
            flow.addWidget(each)
        self.setLayout(flow)
        self.text.textEdited.connect(lambda text: model.search(text=text))
        self.text.textChanged.connect(self._emptied)
        fields = ("account_id", "status", "province")
        for combo, field in zip((self.shop, self.status, self.province), fields, strict=True):
            combo.activated.connect(lambda _, of=combo, name=field: model.search(**{name: of.currentData()}))
        self.segment.activated.connect(lambda _: self._choose(self.segment.currentData()))
        action(self, "customers.find", self.look_for)
        kit.theme.changed.connect(self._draw)
        model.changed.connect(self.render_state)
        segments.changed.connect(self.render_segments)
        self._draw()
        self.render_state(model.state)
        self.render_segments(segments.state)

    def look_for(self) -> None:
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    def render_state(self, state: CustomersState) -> None:
        words, search = self._kit.words, state.search
        if not self.text.hasFocus() and self.text.text() != search.text:
            self.text.setText(search.text)
        shops = [(shop.label, shop.id) for shop in state.shops or ()]
        _fill(self.shop, [(self.tr("全部店铺"), None), *shops], search.account_id)
        statuses = [(words.term("consent_status", status.value), status.value) for status in ConsentStatus]
        _fill(self.status, [(self.tr("全部同意状态"), ""), *statuses, (self.tr("未查询"), NOT_ASKED)], search.status)
        _fill(self.province, [(self.tr("全部省份"), ""), *((p, p) for p in state.provinces)], search.province)
        self._show_segments(state)
        self.clear.setVisible(not search.empty)

    def render_segments(self, state: SegmentsState) -> None:
        self.build.setEnabled(not state.shown)

    def _show_segments(self, state: CustomersState) -> None:
        search = state.search
        choices: list[Choice] = [(self.tr("全部人群"), ""), *((name, name) for name in state.segments)]
        if search.segment and search.segment not in state.segments and state.shops is not None:
            choices.append((self.tr("{}（已删除）").format(search.segment), search.segment))
        if search.conditions is not None:
            choices.append((self.tr("未保存的条件"), _UNSAVED))
        _fill(self.segment, choices, search.segment if search.conditions is None else _UNSAVED)
        show_if(self.segment, bool(choices[1:]))
        narrowed = bool(search.segment) or search.conditions is not None
        self.build.setText(self.tr("编辑人群") if narrowed else self.tr("新建人群"))

    def _choose(self, name: object) -> None:
        model, segments = self._model, self._segments
        if not isinstance(name, str):
            return
        if name in segments.state.saved and (segments.state.shown or model.state.search.conditions is not None):
            take(self._kit, segments, name)
        else:
            self._give_way(lambda: model.search(segment=name, conditions=None))

    def _emptied(self, text: str) -> None:
        """The cross in the field says nothing of an edit."""
        if not text:
            self._model.search(text="")

    def _cleared(self) -> None:
        self.text.clear()
        self.clear_all()
        self.text.setFocus()

    def clear_all(self) -> None:
        """Everybody."""
        self._give_way(self._model.clear_search)

    def _give_way(self, search: Callable[[], None]) -> None:
        """Conditions that nobody saved can be had back."""
        unsaved, former = self._model.state.search.conditions is not None, self._segments.state.draft
        search()
        if unsaved and former is not None:
            gave_way(self._kit, self._segments, former)

    def _combo(self, name: str, title: str) -> QComboBox:
        made = QComboBox()
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setMaxVisibleItems(16)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        made.setMinimumContentsLength(8)
        made.setMaximumWidth(200)
        return made

    def _draw(self) -> None:
        self._glass.setIcon(self._kit.theme.icon("search", "faint"))


def _fill(combo: QComboBox, choices: Sequence[Choice], chosen: Any) -> None:
    """Only where something is different: an open list must not jump."""
    with QSignalBlocker(combo):
        if [(combo.itemText(i), combo.itemData(i)) for i in range(combo.count())] != list(choices):
            combo.clear()
            for text, value in choices:
                combo.addItem(text, value)
        combo.setCurrentIndex(next((i for i, (_, value) in enumerate(choices) if value == chosen), 0))
