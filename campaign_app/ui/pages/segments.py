"""Saved segments beside the conditions: take one, keep the present ones, give it another name, delete one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton
from shiboken6 import isValid

from campaign_app.domain.audience import Filter
from campaign_app.domain.team import Permission
from campaign_app.services.audience_lines import Draft
from campaign_app.ui.desk import Desk
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Text, translate
from campaign_app.ui.viewmodels.conditions import ConditionsModel, ConditionsState
from campaign_app.ui.widgets.basics import button, clear, column, label, row, show_if
from campaign_app.ui.widgets.elided import ElidedButton
from campaign_app.ui.widgets.search_field import FindLine

NAME_LIMIT: Final = 40
MOST: Final = 12  # segments listed at once
SIDE: Final = 252  # the width of what stands beside the conditions


class Segments(QFrame):
    def __init__(self, desk: Desk, conditions: ConditionsModel) -> None:
        super().__init__()
        self.setObjectName("segments")
        self.setProperty("role", "card")
        self._desk, self._kit, self._conditions = desk, desk.kit, conditions
        self._shown: tuple[str, ...] | None = None
        self._taken = ""
        self.none = label(self.tr("常用的条件可以存为人群，下次直接用。"), "small", wrap=True)
        self.search = FindLine()
        self.search.setObjectName("segment_find")
        self.search.setAccessibleName(self.tr("按名称查找人群"))
        self.search.setPlaceholderText(self.tr("按名称查找"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._list())
        self.list = column(space=1)
        self.rest = label("", "small", wrap=True)
        self._bins: list[QToolButton] = []
        self._name_field()
        self.replaces = label(self.tr("同名的人群会被替换。"), "small", wrap=True)
        self.setLayout(
            column(
                label(self.tr("已存人群"), "heading"),
                self.none,
                row(self.name, self.keep, stretch=0),
                row(self.rename, None),
                self.replaces,
                self.search,
                self.list,
                self.rest,
                space=2,
                margin=4,
            )
        )
        self._kit.theme.changed.connect(self._draw)
        conditions.changed.connect(self.render_state)
        self.render_state(conditions.state)

    def _name_field(self) -> None:
        self.name = QLineEdit()
        self.name.setObjectName("segment_name")
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setPlaceholderText(self.tr("人群名称"))
        self.name.setAccessibleName(self.tr("人群名称"))
        self.keep = button(self.tr("保存"), name="segment_keep", click=self._keep)
        self.keep.setAccessibleName(self.tr("把现在的条件存为人群"))
        self.rename = button(self.tr("只改名称"), "quiet", name="segment_rename", click=self._rename, small=True)
        self._desk.allow(Permission.BUILD, self.keep, self.rename)
        self.name.textChanged.connect(lambda _: self._check())
        self.name.returnPressed.connect(self._keep)

    def render_state(self, state: ConditionsState) -> None:
        self.none.setVisible(not state.saved)
        names = tuple(state.saved)
        if names != self._shown:
            self._shown = names
            self._list()
        if state.taken != self._taken:
            if state.taken or self.name.text() == self._taken:
                self.name.setText(state.taken)
            self._taken = state.taken
        self._check()

    def _list(self) -> None:
        """Those that are looked for, as many as can be looked through: hundreds would take the window a second."""
        names, asked = self._shown or (), self.search.text().strip().casefold()
        show_if(self.search, len(names) > MOST or bool(asked))
        found = [name for name in names if asked in name.casefold()]
        clear(self.list)
        self._bins = []
        for name in found[:MOST]:
            self.list.addLayout(self._line(name))
        left = len(found) - MOST
        more = self.tr("另有 %Ln 个人群，输入名称查找。", "", left) if left > 0 else ""
        self.rest.setText(more or ("" if found or not names else self.tr("没有名称符合的人群。")))
        show_if(self.rest, bool(self.rest.text()))
        self._draw()

    def _line(self, name: str) -> QHBoxLayout:
        use = ElidedButton(name, self.tr("用这个人群的条件替换现在的条件"))
        use.setObjectName(f"segment_use_{name}")
        use.setProperty("kind", "quiet")
        use.clicked.connect(lambda _=False: take(self._kit, self._conditions, name))
        use.setAccessibleName(self.tr("使用人群“{}”").format(name))
        forget = QToolButton()
        forget.setObjectName(f"segment_forget_{name}")
        forget.setAccessibleName(self.tr("删除人群“{}”").format(name))
        forget.setToolTip(self.tr("删除这个人群；用过它的活动不受影响，可以撤销"))
        self._desk.allow(Permission.BUILD, forget)
        self._bins.append(forget)
        forget.clicked.connect(lambda _=False: self._forget(name))
        return row(use, None, forget)

    def _draw(self) -> None:
        for each in self._bins:
            each.setIcon(self._kit.theme.icon("trash"))

    def _check(self) -> None:
        state, name = self._conditions.state, self.name.text().strip()
        kept = self._conditions.keeps(name)
        self.keep.setEnabled(bool(name) and not state.unfinished and not kept)
        self.replaces.setVisible(name in state.saved and not kept)
        self.rename.setVisible(state.taken in state.saved and name not in ("", *state.saved))
        self.rename.setAccessibleName(self.tr("把人群“{}”改名为“{}”").format(state.taken, name))

    def _keep(self) -> None:
        if not self.keep.isEnabled():
            return
        kit, conditions, name = self._kit, self._conditions, self.name.text().strip()
        self.name.setFocus()  # once it is saved the button is of no use

        def replaced() -> str:
            return translate("Segments", "已替换人群“{}”。").format(name)

        def kept(former: Filter | None) -> None:
            if former is None:
                kit.messages.done(lambda: translate("Segments", "已保存人群“{}”。").format(name))
            else:
                _undoable(kit, conditions, replaced, lambda: conditions.put_back(name, former))

        conditions.keep(name, kept)

    def _rename(self) -> None:
        kit, conditions = self._kit, self._conditions
        former, name = conditions.state.taken, self.name.text().strip()
        self.name.setFocus()

        def renamed() -> None:
            kit.messages.done(lambda: translate("Segments", "人群“{}”现在叫“{}”。").format(former, name))

        conditions.rename(former, name, renamed)

    def _forget(self, name: str) -> None:
        kit, conditions = self._kit, self._conditions
        self.name.setFocus()  # the line goes

        def said() -> str:
            return translate("Segments", "已删除人群“{}”。用过它的活动不受影响。").format(name)

        def forgotten(former: Filter) -> None:
            _undoable(kit, conditions, said, lambda: conditions.put_back(name, former))

        conditions.forget(name, forgotten)


def take(kit: Kit, conditions: ConditionsModel, name: str) -> None:
    """A saved segment in the place of the conditions. What stood there can be had back."""
    former = conditions.state.draft
    conditions.use(name)
    if former is not None and former.parts:
        gave_way(kit, conditions, former, name)


def gave_way(kit: Kit, conditions: ConditionsModel, former: Draft, name: str = "") -> None:
    """Says that conditions stand there no more, with the way back."""

    def said() -> str:
        if name:
            return translate("Segments", "已换成人群“{}”的条件。").format(name)
        return translate("Segments", "已清除条件。")

    _undoable(kit, conditions, said, lambda: conditions.restore(former))


def _undoable(kit: Kit, conditions: ConditionsModel, said: Text, undo: Callable[[], None]) -> None:
    kit.messages.done(
        said,
        label=lambda: translate("Segments", "撤销"),
        # the notice may outlive what it speaks of
        action=lambda: undo() if isValid(conditions) else None,
    )
