"""The bar below a page that says what happened, what was kept and what to do; bad news stays until it is closed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Level, Notice
from campaign_app.ui.theme import icons
from campaign_app.ui.widgets.basics import button, column, label, row, show_if
from campaign_app.ui.widgets.pill import ICONS, colours

SECONDS: Final = 8  # good news goes by itself; an error never does
MOST: Final = 3  # lines, or the page would have no room


def is_good(notice: Notice) -> bool:
    return notice.level in (Level.OK, Level.INFO)


def passes(notice: Notice) -> bool:
    """Good news with nothing to do."""
    return is_good(notice) and notice.action is None


class NoticeLine(QFrame):
    """`done`: it was closed, its button was pressed, or its time is over."""

    done = Signal()

    def __init__(self, kit: Kit, notice: Notice) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._kit, self.notice = kit, notice
        self._image = QLabel()
        self.text = label(notice.text, wrap=True, name="notice_text", select=True)
        self.action = button(notice.label, "quiet", name="notice_action", click=self._act)
        if notice.action is None:
            self.action.hide()
        self.close_button = QToolButton()
        self.close_button.setObjectName("notice_close")
        self.close_button.setAccessibleName(self.tr("关闭提示"))
        self.close_button.setToolTip(self.tr("关闭提示"))
        self.close_button.clicked.connect(self.done)
        layout = row(self._image, self.text, self.action, self.close_button, stretch=1)
        layout.setContentsMargins(16, 8, 12, 8)
        self.setLayout(layout)
        kit.theme.changed.connect(self._draw)
        self._draw()
        if passes(notice):
            timer = QTimer(self)
            timer.setSingleShot(True)
            timer.timeout.connect(self.done)
            timer.start(SECONDS * 1000)

    def _act(self) -> None:
        self.done.emit()
        if self.notice.action is not None:
            self.notice.action()

    def _draw(self) -> None:
        tokens = self._kit.theme.tokens
        front, ground = colours(tokens, self.notice.level)
        self.setStyleSheet(f"QFrame#notice {{ background: {ground}; border: none; border-top: 1px solid {front}; }}")
        self._image.setPixmap(icons.pixmap(ICONS[self.notice.level], front, 18, self.devicePixelRatioF()))
        self.close_button.setIcon(self._kit.theme.icon("close", "text"))


class NoticeBar(QWidget):
    """One line for each notice, the newest last: what goes well never takes the place of what went wrong.

    Bad news that finds no room any more comes back as soon as another line is closed.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.setObjectName("notices")
        self._kit = kit
        self.lines: list[NoticeLine] = []
        self._waiting: list[Notice] = []
        self._column = column(space=0)
        self._more = label("", "small", name="notices_more")
        self._all = button(self.tr("全部关闭"), "quiet", name="notices_close", click=self._close_all, small=True)
        self._foot = QWidget()
        self._foot.setLayout(row(self._more, None, self._all))
        self._foot.setContentsMargins(16, 2, 12, 2)
        self._foot.hide()
        self.setLayout(column(self._column, self._foot, space=0))
        kit.messages.told.connect(self.show_notice)
        self.hide()

    @property
    def said(self) -> tuple[str, ...]:
        return tuple(line.notice.text for line in self.lines)

    def take(self, former: NoticeBar) -> None:
        """What another bar still shows: the window is built anew for another language, and says it in that one."""
        for notice in (*former._waiting, *(line.notice for line in former.lines)):
            self.show_notice(notice)

    def show_notice(self, notice: Notice) -> None:
        for line in [line for line in self.lines if _replaces(notice, line.notice)]:
            self._drop(line)
        self._waiting = [each for each in self._waiting if not _replaces(notice, each)]
        while len(self.lines) >= MOST:
            line = min(self.lines, key=lambda line: (not passes(line.notice), not is_good(line.notice)))
            if not is_good(line.notice):
                self._waiting.append(line.notice)
            self._drop(line)
        line = self._put(notice, len(self.lines))
        self._tell()
        QAccessible.updateAccessibility(QAccessibleEvent(line.text, QAccessible.Event.Alert))

    def withdraw(self, code: str) -> None:
        """What was said of a trouble that is over; a line with a button stays, for there is something to do."""
        self._waiting = [each for each in self._waiting if each.code != code or each.action is not None]
        for line in [line for line in self.lines if line.notice.code == code and line.notice.action is None]:
            self._drop(line)
        self._come_back()

    def _put(self, notice: Notice, place: int) -> NoticeLine:
        line = NoticeLine(self._kit, notice)
        line.done.connect(lambda: self._closed(line))
        self.lines.insert(place, line)
        self._column.insertWidget(place, line)
        line.show()
        return line

    def _closed(self, line: NoticeLine) -> None:
        self._drop(line)
        self._come_back()

    def _come_back(self) -> None:
        while self._waiting and len(self.lines) < MOST:
            self._put(self._waiting.pop(), 0)
        self._tell()

    def _close_all(self) -> None:
        self._waiting.clear()
        for line in tuple(self.lines):
            self._drop(line)
        self._tell()

    def _tell(self) -> None:
        self._more.setText(self.tr("另有 %Ln 条更早的提示，关闭上面的就会显示。", "", len(self._waiting)))
        show_if(self._foot, bool(self._waiting))
        self.setVisible(bool(self.lines))

    def _drop(self, line: NoticeLine) -> None:
        if line not in self.lines:
            return
        self.lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()


def _replaces(new: Notice, old: Notice) -> bool:
    """Of several files that were made the last one is told."""
    mended = bool(new.about) and new.about == old.about
    later = bool(new.about) and bool(old.about) and is_good(old)
    return new.text == old.text or (passes(new) and passes(old)) or (is_good(new) and (mended or later))
