"""The first run: four ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from campaign_app.ui.theme import icons
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.basics import button, card, column, label, row

_ICON = 26


class WelcomePanel(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pictures: list[tuple[QLabel, str]] = []
        self.demo = button(self.tr("试用演示"), "primary", name="gate_demo")
        self.new = button(self.tr("新建…"), name="gate_new")
        self.other = button(self.tr("打开…"), name="gate_open")
        self.restore = button(self.tr("恢复…"), name="gate_restore")
        for made, spoken in (
            (self.new, self.tr("新建工作区")),
            (self.other, self.tr("打开已有工作区")),
            (self.restore, self.tr("从备份恢复")),
        ):
            made.setAccessibleName(spoken)
        title = label(self.tr("欢迎使用允发"), "title")
        words = label(self.tr("只给平台确认同意的人发营销短信，发送前看清签名和文案是否合规。"), "muted", wrap=True)
        for centred in (title, words):
            centred.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(column(title, words, *self._ways(), space=3))
        theme.changed.connect(self._draw)
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The buttons are of one width; only what is in a window has its look, and with it its width."""
        super().showEvent(event)
        every = (self.demo, self.new, self.other, self.restore)
        width = max(each.sizeHint().width() for each in every)
        for each in every:
            each.setFixedWidth(width + 8)

    def _ways(self) -> tuple[QFrame, ...]:
        return (
            self._way(
                "play",
                self.tr("先看一遍"),
                self.tr("模拟的平台和客户，几分钟走完从受众到结果；关闭后不留任何数据。"),
                self.demo,
            ),
            self._way(
                "plus",
                self.tr("新建工作区，连接平台"),
                self.tr("客户、同意记录和活动加密保存在这台电脑上；建好后连接平台账户，客户会同步过来。"),
                self.new,
            ),
            self._way(
                "document",
                self.tr("打开团队或已有的工作区"),
                self.tr("选择团队管理员给您的文件夹，或以前的工作区。"),
                self.other,
            ),
            self._way(
                "import",
                self.tr("从备份恢复"),
                self.tr("换了电脑或工作区损坏时，用备份文件恢复成新的工作区。"),
                self.restore,
            ),
        )

    def _way(self, picture: str, title: str, text: str, press: QPushButton) -> QFrame:
        image = QLabel()
        image.setFixedWidth(_ICON + 4)
        self._pictures.append((image, picture))
        press.setAccessibleDescription(text)
        words = column(label(title, "strong"), label(text, "muted", wrap=True), space=1)
        return card(row(image, words, press, space=4, stretch=1))

    def _draw(self) -> None:
        for image, picture in self._pictures:
            image.setPixmap(icons.pixmap(picture, self._theme.tokens.accent, _ICON, self.devicePixelRatioF()))
