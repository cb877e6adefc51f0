"""The way to the first campaign, for a workspace that is still empty: three steps, the next of them with a button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from campaign_app.ui.desk import Way
from campaign_app.ui.theme import icons
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.basics import button, column, divider, label, row


class FirstSteps(QFrame):
    def __init__(self, theme: Theme, way: Way, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("first_steps")
        self.setProperty("role", "card")
        self._theme = theme
        self._done = (False, False, False)
        self._images: list[QLabel] = []
        self.buttons: list[QPushButton] = []
        layout = column(
            label(self.tr("三步发出第一个活动"), "heading"),
            label(self.tr("只有平台确认同意过的客户会收到短信，没有确认的一个也不发。"), "muted", wrap=True),
            margin=5,
        )
        for number, (title, text, action, go) in enumerate(self._steps(way), start=1):
            layout.addWidget(divider())
            layout.addLayout(self._step(number, title, text, button(action, name=f"first_{number}", click=go)))
        self.setLayout(layout)
        theme.changed.connect(self._draw)
        self.show_done(connected=False, synced=False, made=False)

    def _steps(self, way: Way) -> tuple[tuple[str, str, str, Callable[[], None]], ...]:
        """(title, text, word on the button, where it leads)."""
        return (
            (
                self.tr("连接店铺账户"),
                self.tr("填平台给的地址和密钥；密钥只存在加密的工作区里。"),
                self.tr("去连接"),
                lambda: way.to("settings", "accounts"),
            ),
            (
                self.tr("同步客户"),
                self.tr("客户和同意记录从平台同步过来；文件只能补充资料，不能代替同意。"),
                self.tr("去同步"),
                lambda: way.to("customers"),
            ),
            (
                self.tr("新建活动"),
                self.tr("选受众、写内容、核验，确认无误后发送。"),
                self.tr("新建活动"),
                lambda: way.to("campaigns", "new"),
            ),
        )

    def _step(self, number: int, title: str, text: str, act: QPushButton) -> QHBoxLayout:
        image = QLabel()
        image.setFixedWidth(26)
        act.setAccessibleName(self.tr("第 {} 步：{}").format(number, title))
        self._images.append(image)
        self.buttons.append(act)
        return row(
            image, column(label(title, "strong"), label(text, "muted", wrap=True), space=1), act, space=3, stretch=1
        )

    def show_done(self, *, connected: bool, synced: bool, made: bool) -> None:
        """The first that is not done has the button that stands out; what is done has none."""
        self._done = (connected, synced, made)
        following = self._done.index(False) if False in self._done else -1
        for at, act in enumerate(self.buttons):
            act.setVisible(not self._done[at])
            act.setEnabled(at == following)
            set_property(act, "kind", "primary" if at == following else "")
        self._draw()

    def _draw(self) -> None:
        tokens = self._theme.tokens
        for image, done in zip(self._images, self._done, strict=True):
            name, colour = ("ok", tokens.ok) if done else ("dots", tokens.faint)
            image.setPixmap(icons.pixmap(name, colour, 22, self.devicePixelRatioF()))
