"""Saved segments beside the conditions: take one, keep the present ones, forget one."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget
from shiboken6 import isValid

from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.viewmodels.audience import AudienceModel, AudienceState
from campaign_app.ui.widgets import ask
from campaign_app.ui.widgets.basics import button, clear, column, label, row

NAME_LIMIT: Final = 40


class Segments(QFrame):
    def __init__(self, kit: Kit, audience: AudienceModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("segments")
        self.setProperty("role", "card")
        self._kit, self._audience = kit, audience
        self._shown: tuple[str, ...] | None = None
        self.none = label(self.tr("常用的条件可以存为人群，下次直接用。"), "small", wrap=True)
        self.list = column(space=1)
        self._bins: list[QToolButton] = []
        self._name_field()
        self.replaces = label(self.tr("同名的人群会被替换。"), "small", wrap=True)
        self.setLayout(
            column(
                label(self.tr("已存人群"), "heading"),
                self.none,
                self.list,
                row(self.name, self.keep, stretch=0),
                self.replaces,
                space=2,
                margin=4,
            )
        )
        kit.theme.changed.connect(self._draw)
        audience.changed.connect(self.render_state)
        self.render_state(audience.state)

    def _name_field(self) -> None:
        self.name = QLineEdit()
        self.name.setObjectName("segment_name")
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setPlaceholderText(self.tr("人群名称"))
        self.name.setAccessibleName(self.tr("人群名称"))
        self.keep = button(self.tr("保存"), name="segment_keep", click=self._keep)
        self.keep.setAccessibleName(self.tr("把现在的条件存为人群"))
        self.name.textChanged.connect(lambda _: self._check())
        self.name.returnPressed.connect(self._keep)

    def render_state(self, state: AudienceState) -> None:
        self.none.setVisible(not state.saved)
        names = tuple(state.saved)
        if names != self._shown:
            self._shown = names
            clear(self.list)
            self._bins = []
            for name in names:
                self.list.addLayout(self._line(name))
            self._draw()
        self._check()

    def _line(self, name: str) -> QHBoxLayout:
        use = button(name, "quiet", name=f"segment_use_{name}", click=lambda: self._use(name))
        use.setAccessibleName(self.tr("使用人群“{}”").format(name))
        use.setToolTip(self.tr("用这个人群的条件替换现在的条件"))
        forget = QToolButton()
        forget.setObjectName(f"segment_forget_{name}")
        forget.setAccessibleName(self.tr("删除人群“{}”").format(name))
        forget.setToolTip(self.tr("删除这个人群"))
        self._bins.append(forget)
        forget.clicked.connect(lambda _=False: self._forget(name))
        return row(use, None, forget)

    def _draw(self) -> None:
        for each in self._bins:
            each.setIcon(self._kit.theme.icon("trash"))

    def _check(self) -> None:
        state, name = self._audience.state, self.name.text().strip()
        self.keep.setEnabled(bool(name) and not state.unfinished)
        self.replaces.setVisible(name in state.saved)

    def _keep(self) -> None:
        if self.keep.isEnabled():
            self._audience.keep(self.name.text().strip())
            self.name.clear()

    def _use(self, name: str) -> None:
        audience, former = self._audience, self._audience.state.draft
        audience.use(name)
        if former is not None and former.parts:
            self._kit.messages.done(
                lambda: translate("Segments", "已换成人群“{}”的条件。").format(name),
                label=lambda: translate("Segments", "撤销"),
                # the notice may outlive the campaign it speaks of
                action=lambda: audience.restore(former) if isValid(audience) else None,
            )

    def _forget(self, name: str) -> None:
        title = self.tr("删除人群“{}”？").format(name)
        text = self.tr("只删除存下的条件，不能恢复；客户和用过它的活动不受影响。")
        if ask.confirm(self, title, text, yes=self.tr("删除人群"), no=self.tr("保留"), danger=True):
            self._audience.forget(name)
