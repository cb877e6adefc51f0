"""各通道预览: the message that the telephone shows, side by side as each sender carries it, beside the editor."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QScrollArea, QStackedWidget, QWidget

from campaign_app.services.beside import Side
from campaign_app.services.readers import Reader
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.beside_card import LEAST, SideCard
from campaign_app.ui.viewmodels.beside import Beside, BesideState
from campaign_app.ui.viewmodels.composer import Composer
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.page import scrolling
from campaign_app.ui.widgets.tiles import Tiles

SIZE: Final = (980, 620)


class BesideDialog(Dialog):
    """Not modal: whoever reads it types on in the editor, and it follows."""

    HELP = "campaign.content"

    def __init__(self, desk: Desk, composer: Composer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("beside")
        self.setWindowTitle(self.tr("各通道预览"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self._desk = desk
        kit = desk.kit
        self.model = Beside(desk.app, kit.tasks, composer, lambda: kit.prefs.language, self)
        self.cards: dict[object, SideCard] = {}
        self.who = label("", "muted", wrap=True, name="beside_who")
        self.everybody = QCheckBox(self.tr("也看没有连接的服务商"))
        self.everybody.setObjectName("beside_everybody")
        self.everybody.toggled.connect(lambda on: self.model.show_everybody(on=on))
        self.tiles = Tiles(LEAST)
        self.area = self._scrolled()
        self.empty = self._empty()
        self.said = label("", "muted", wrap=True, name="beside_said")
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        for each in (self.area, self.empty, self.said):
            self.stack.addWidget(each)
        self.leave = button(self.tr("关闭"), name="beside_leave", click=self.reject)
        heading = row(label(self.tr("各通道预览"), "heading"), None, self.everybody)
        self.setLayout(
            column(column(heading, self.who, space=1), self.stack, row(None, self.leave), space=3, margin=4, stretch=1)
        )
        self.model.changed.connect(self.render_state)
        self.render_state(self.model.state)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if not event.spontaneous():
            self.model.begin()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        if not event.spontaneous():
            self.model.end()

    def render_state(self, state: BesideState) -> None:
        self.who.setText(self._about(state))
        if state.sides is None:
            self.said.setText(self.tr("正在核对…") if state.error is None else self._desk.kit.words.error(state.error))
            self.stack.setCurrentWidget(self.said)
        elif state.unwritten:
            self.said.setText(self.tr("写下正文后，这里并排显示每个通道怎么发：文字、字数、条数和模板。"))
            self.stack.setCurrentWidget(self.said)
        elif not state.sides:
            self.stack.setCurrentWidget(self.empty)
        else:
            self._show_sides(state.sides)
            self.stack.setCurrentWidget(self.area)

    def _show_sides(self, sides: tuple[Side, ...]) -> None:
        """Cards stay where they are: what is read does not jump while somebody types."""
        gone = self.cards.keys() - {side.key for side in sides}
        for side in sides:
            if side.key not in self.cards:
                self.cards[side.key] = SideCard(self._desk.kit)
            self.cards[side.key].show_side(side)
        self.tiles.show_parts([self.cards[side.key] for side in sides])
        for key in gone:
            card = self.cards.pop(key)
            card.hide()
            card.deleteLater()

    def _about(self, state: BesideState) -> str:
        if state.sides is None or state.reader is None:
            return ""
        return self._reader(state.reader) if state.fresh else self.tr("文案有改动，正在核对…")

    def _reader(self, reader: Reader) -> str:
        if reader.customer_id is None:
            return self.tr("受众里还没有人，以示例资料显示")
        line = " · ".join(filter(None, (reader.name, reader.home, reader.phone)))
        return self.tr("与手机预览是同一位收件人：{}").format(line)

    def _scrolled(self) -> QScrollArea:
        return scrolling(self.tiles, spoken=self.tr("各通道的样子"))

    def _empty(self) -> Empty:
        return Empty(
            self._desk.kit.theme,
            "signatures",
            self.tr("还没有发送通道"),
            self.tr(
                "连接平台或短信服务商的账户后，这里并排显示这条短信在每个通道的样子。现在可以先看各家服务商怎么要求。"
            ),
            action=self.tr("去设置里连接"),
            click=self._connect,
        )

    def _connect(self) -> None:
        way = self._desk.way
        self.close()
        way.to("settings", "accounts")
