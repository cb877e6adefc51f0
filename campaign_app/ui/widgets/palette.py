"""The command palette: a field and a list above the window; every key goes to the field, which moves in the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QWidget

from campaign_app.ui.commands import Command
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.basics import column, divider, frame, label
from campaign_app.ui.widgets.palette_rows import ROW, CommandRows, spoken

WIDTH: Final = 680
SHOWN: Final = 9  # rows without scrolling
_TOP: Final = 72
_VEIL: Final = 0.42
_PAGE: Final = 8
_MOVES: Final = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_Backtab: -1,
    Qt.Key.Key_PageDown: _PAGE,
    Qt.Key.Key_PageUp: -_PAGE,
}
Index = QModelIndex | QPersistentModelIndex


class Commands(QAbstractListModel):
    """`of(kind)` is what a kind of command is called."""

    def __init__(self, of: Callable[[str], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._of = of
        self.rows: tuple[Command, ...] = ()

    def show_rows(self, rows: Sequence[Command]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 as Qt has it
        return len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        command = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return command.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(command, self._of(command.kind))
        return command if role == ROW else None


class Palette(QWidget):
    """Over the whole of `window`. `asked` carries what is typed; `finished` comes when it is closed."""

    asked = Signal(str)
    finished = Signal()

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("palette_veil")
        self.setAccessibleName(self.tr("命令面板"))
        self._theme, self._window = theme, window
        self._former: QWidget | None = None
        self.field = QLineEdit()
        self.field.setObjectName("palette_query")
        self.field.setProperty("role", "query")
        self.field.setAccessibleName(self.tr("命令面板"))
        self.field.setPlaceholderText(self.tr("去哪里，或做什么：汉字、拼音、首字母或英文"))
        self.field.textChanged.connect(self.asked)
        self.field.installEventFilter(self)
        self.rows = Commands(self._kind, self)
        self.list = self._list()
        self.none = label("", "muted", wrap=True, name="palette_none")
        self.none.setContentsMargins(SPACE[4], SPACE[4], SPACE[4], SPACE[4])
        hint = label(self.tr("↑ ↓ 选择 · Enter 打开 · Esc 关闭"), "small", name="palette_hint")
        hint.setContentsMargins(SPACE[4], SPACE[2], SPACE[4], SPACE[2])
        self._column = column(self.field, divider(), self.list, self.none, divider(), hint, space=0)
        self.card = frame("card", self._column, name="palette")
        self.card.setParent(self)
        self.card.setFixedWidth(WIDTH)
        window.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Empty, above everything, with the keyboard; what had the keyboard gets it back at the end."""
        self._former = QApplication.focusWidget()
        self.field.clear()
        self.asked.emit("")
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        if self.isHidden():
            return
        former, self._former = self._former, None
        inside = self.field.hasFocus()
        self.hide()
        if inside and former is not None and former.isVisible():
            former.setFocus(Qt.FocusReason.PopupFocusReason)
        self.finished.emit()

    def offer(self, commands: Sequence[Command], query: str) -> None:
        """Shows what was found; the first is chosen, or the one that was and is still there."""
        chosen = self.chosen()
        same_query = self.list.property("query") == query
        self.list.setProperty("query", query)
        self.rows.show_rows(commands)
        keys = [each.key for each in commands]
        at = keys.index(chosen.key) if same_query and chosen is not None and chosen.key in keys else 0
        self.list.setVisible(bool(commands))
        self.none.setVisible(not commands)
        self.none.setText(self.tr("没有找到“{}”。换个词，或只输入拼音首字母。").format(query.strip()))
        if commands:
            self._choose(at)
        self._place()

    def chosen(self) -> Command | None:
        at = self.list.currentIndex()
        return self.rows.rows[at.row()] if at.isValid() else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_palette()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setOpacity(_VEIL)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.bezel))

    def _pressed(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Tab and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            key = Qt.Key.Key_Backtab
        if key in _MOVES:
            self._move(_MOVES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        elif key == Qt.Key.Key_Escape:
            self.close_palette()
        else:
            return False
        return True

    def _move(self, by: int) -> None:
        count = len(self.rows.rows)
        if count:
            to = self.list.currentIndex().row() + by
            # one step at a time goes round, a page stops at the end
            self._choose(to % count if abs(by) == 1 else max(0, min(count - 1, to)))

    def _choose(self, row: int) -> None:
        at = self.rows.index(row, 0)
        self.list.setCurrentIndex(at)
        self.list.scrollTo(at)
        if self.isVisible():
            said = QAccessibleAnnouncementEvent(self.field, str(at.data(Qt.ItemDataRole.AccessibleTextRole)))
            QAccessible.updateAccessibility(said)

    def _run(self) -> None:
        command = self.chosen()
        if command is not None:
            self.close_palette()
            command.run()

    def _list(self) -> QListView:
        made = QListView()
        made.setObjectName("palette_list")
        made.setAccessibleName(self.tr("找到的命令"))
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setUniformItemSizes(True)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setModel(self.rows)
        made.setItemDelegate(CommandRows(self._theme, self._kind, made))
        made.clicked.connect(lambda _: self._run())
        return made

    def _kind(self, kind: str) -> str:
        words = {
            "action": self.tr("本页操作"),
            "page": self.tr("页面"),
            "section": self.tr("设置"),
            "campaign": self.tr("活动"),
        }
        return words[kind]

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        row = self.list.sizeHintForRow(0)
        self.list.setFixedHeight(min(SHOWN, max(1, len(self.rows.rows))) * max(row, 1) + SPACE[3])
        self.card.setFixedWidth(min(WIDTH, self.width() - SPACE[6] * 2))
        wrapped = self._column.totalHeightForWidth(self.card.width())
        size = QSize(self.card.width(), max(wrapped, self._column.totalSizeHint().height()))
        self.card.setGeometry(QRect(QPoint((self.width() - size.width()) // 2, _TOP), size))
