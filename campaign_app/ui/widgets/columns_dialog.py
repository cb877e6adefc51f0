"""Which columns a table shows, in which order, how wide, and by which of them it is sorted; takes effect at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QSpinBox, QWidget

from campaign_app.ui.cells import Column
from campaign_app.ui.widgets.basics import button, column, fit, label, row
from campaign_app.ui.widgets.columns import LEAST, MOST, Arrangement
from campaign_app.ui.widgets.dialog import Dialog

WIDTH: Final = 460
_STEP: Final = 8  # pixels
_ROW: Final = 34


class OrderWords(QObject):
    def said(self, by: Column[Any], *, descending: bool) -> str:
        if by.right:
            return (self.tr("{}从大到小") if descending else self.tr("{}从小到大")).format(by.title)
        return (self.tr("{}倒序") if descending else self.tr("{}正序")).format(by.title)


class ColumnsDialog(Dialog):
    """`changed` carries an Arrangement, `sorted` by what and whether the largest comes first."""

    HELP = "customers"
    changed = Signal(object)
    sorted = Signal(str, bool)

    def __init__(
        self,
        columns: tuple[Column[Any], ...],
        arrangement: Arrangement,
        order: tuple[str, bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("columns_dialog")
        self.setWindowTitle(self.tr("列和排序"))
        self.setFixedWidth(WIDTH)
        self._columns, self.arrangement = columns, arrangement
        self.list = QListWidget()
        self.list.setObjectName("columns_list")
        self.list.setAccessibleName(self.tr("显示的列"))
        self.list.setFixedHeight(_ROW * len(columns) + 4)
        self.up = button(self.tr("上移"), name="columns_up", click=lambda: self._move(-1), small=True)
        self.down = button(self.tr("下移"), name="columns_down", click=lambda: self._move(1), small=True)
        self.width_of = QSpinBox()
        self.width_of.setObjectName("columns_width")
        self.width_of.setAccessibleName(self.tr("列宽（像素）"))
        self.width_of.setRange(LEAST, MOST)
        self.width_of.setSingleStep(_STEP)
        self.width_of.setMinimumWidth(112)
        self.width_of.lineEdit().setTextMargins(_STEP, 0, 0, 0)
        self.reset = button(self.tr("恢复默认"), "quiet", name="columns_reset", click=self._reset)
        done = button(self.tr("关闭"), "primary", name="columns_close", click=self.accept)
        done.setDefault(True)
        width = row(label(self.tr("列宽")), self.width_of)
        hint = label(self.tr("空格键显示或隐藏一列；在表头上也可以拖动列、改列宽。"), "small", wrap=True)
        heading = label(self.tr("列"), "heading")
        tools = row(self.up, self.down, None, width)
        self.setLayout(
            column(
                column(heading, hint, space=1), self.list, tools, *self._ordering(order),
                row(self.reset, None, done), space=3, margin=5,
            )
        )  # fmt: skip
        self._fill()
        self.list.setCurrentRow(0)
        self.list.itemChanged.connect(self._ticked)
        self.list.currentRowChanged.connect(lambda _: self._draw())
        self.width_of.valueChanged.connect(self._widened)
        self._draw()
        fit(self)

    def _ordering(self, order: tuple[str, bool]) -> tuple[QWidget, QWidget]:
        self.order = QComboBox()
        self.order.setObjectName("columns_order")
        self.order.setAccessibleName(self.tr("排序"))
        words = OrderWords()
        self.order.addItem(self.tr("同步的先后"), ("", False))
        for each in self._columns:
            if each.sort:
                for descending in (each.right, not each.right):
                    self.order.addItem(words.said(each, descending=descending), (each.sort, descending))
        known = [tuple(self.order.itemData(i)) for i in range(self.order.count())]
        self.order.setCurrentIndex(known.index(order) if order in known else 0)
        self.order.activated.connect(lambda at: self.sorted.emit(*self.order.itemData(at)))
        why = label(self.tr("其他列不能排序：内容加了密，或来自别的记录，一千万人时排不动。"), "small", wrap=True)
        heading = label(self.tr("排序"), "heading")
        made = QWidget()
        made.setLayout(column(heading, self.order, space=1))
        return made, why

    def _fill(self) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            for each in self.arrangement.ordered(self._columns):
                item = QListWidgetItem(each.title)
                item.setData(Qt.ItemDataRole.UserRole, each.key)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                shown = each.key not in self.arrangement.hidden
                item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
                self.list.addItem(item)

    def _draw(self) -> None:
        at = self.list.currentRow()
        self.up.setEnabled(at > 0)
        self.down.setEnabled(0 <= at < self.list.count() - 1)
        self.reset.setEnabled(self.arrangement.chosen)
        if at >= 0:
            key = self._key(at)
            known = next(each.width for each in self._columns if each.key == key)
            with QSignalBlocker(self.width_of):
                self.width_of.setValue(self.arrangement.widths.get(key, known))

    def _key(self, at: int) -> str:
        return str(self.list.item(at).data(Qt.ItemDataRole.UserRole))

    def _ticked(self, item: QListWidgetItem) -> None:
        key = str(item.data(Qt.ItemDataRole.UserRole))
        hidden = self.arrangement.hidden - {key}
        if item.checkState() is Qt.CheckState.Unchecked:
            hidden |= {key}
        if len(hidden) == len(self._columns):  # a table without a column could not be told from an empty one
            self._fill()
            return
        self._become(replace(self.arrangement, hidden=hidden))

    def _move(self, by: int) -> None:
        at = self.list.currentRow()
        keys = [self._key(i) for i in range(self.list.count())]
        keys[at], keys[at + by] = keys[at + by], keys[at]
        self._become(replace(self.arrangement, order=tuple(keys)))
        self._fill()
        self.list.setCurrentRow(at + by)
        self._draw()

    def _widened(self, width: int) -> None:
        self._become(self.arrangement.with_width(self._key(self.list.currentRow()), width))

    def _reset(self) -> None:
        self._become(Arrangement())
        self._fill()
        self.list.setCurrentRow(0)
        self.list.setFocus()  # the button is of no use any more

    def _become(self, arrangement: Arrangement) -> None:
        self.arrangement = arrangement
        self._draw()
        self.changed.emit(arrangement)
