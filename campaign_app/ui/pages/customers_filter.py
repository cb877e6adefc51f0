"""The filter bar above the table of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.people import NOT_ASKED
from campaign_app.ui.kit import Kit
from campaign_app.ui.viewmodels.customers import CustomersModel, CustomersState
from campaign_app.ui.widgets.actions import action, tip
from campaign_app.ui.widgets.basics import button, row, show_if

Choice = tuple[str, Any]


class CustomersFilter(QWidget):
    def __init__(self, kit: Kit, model: CustomersModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kit, self._model = kit, model
        self.text = QLineEdit()
        self.text.setObjectName("customers_search")
        self.text.setPlaceholderText(self.tr("姓名、客户标识或完整手机号"))
        self.text.setAccessibleName(self.tr("查找客户"))
        self.text.setToolTip(tip(self.tr("输入的手机号只用来比对，不会被保存"), "customers.find"))
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(200)
        self._glass = QAction(self)
        self.text.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.shop = self._combo("customers_shop", self.tr("店铺"))
        self.status = self._combo("customers_status", self.tr("同意"))
        self.province = self._combo("customers_province", self.tr("省份"))
        self.segment = self._combo("customers_segment", self.tr("人群"))
        self.segment.setToolTip(self.tr("在活动的“受众”一步里用条件搭建并保存的人群；人数随客户变化。"))
        self.clear = button(self.tr("清除筛选"), "quiet", name="customers_clear", click=self._cleared)
        self.setLayout(row(self.text, self.shop, self.status, self.province, self.segment, self.clear, stretch=0))
        self.text.textEdited.connect(lambda text: model.search(text=text))
        self.text.textChanged.connect(self._emptied)
        fields = ("account_id", "status", "province", "segment")
        for combo, field in zip((self.shop, self.status, self.province, self.segment), fields, strict=True):
            combo.activated.connect(lambda _, of=combo, name=field: model.search(**{name: of.currentData()}))
        action(self, "customers.find", self.look_for)
        kit.theme.changed.connect(self._draw)
        model.changed.connect(self.render_state)
        self._draw()
        self.render_state(model.state)

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
        _fill(self.segment, [(self.tr("全部人群"), ""), *((name, name) for name in state.segments)], search.segment)
        show_if(self.segment, bool(state.segments))
        self.clear.setVisible(not search.empty)

    def _emptied(self, text: str) -> None:
        """The cross in the field says nothing of an edit."""
        if not text:
            self._model.search(text="")

    def _cleared(self) -> None:
        self.text.clear()
        self._model.clear_search()
        self.text.setFocus()

    def _combo(self, name: str, title: str) -> QComboBox:
        made = QComboBox()
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setMaxVisibleItems(16)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        made.setMinimumContentsLength(8)
        made.setMaximumWidth(190)
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
