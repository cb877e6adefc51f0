"""Millions of rows for a table: any row can be shown at once, pages of them are read in the background.

A source is asked on background threads only. Rows that are not there yet are drawn as placeholders; pages near the
ones in view are read ahead, those looked at longest ago are forgotten.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar, runtime_checkable

from PySide6.QtCore import QModelIndex, QObject, QTimer, Signal

from campaign_app.ui.cells import NO_INDEX, Cell, CellModel, Column, Index
from campaign_app.ui.steady import Steady

if TYPE_CHECKING:
    from campaign_app.domain.errors import AppError
    from campaign_app.ui.tasks import Tasks

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

KEPT: Final = 32  # pages
AT_ONCE: Final = 1  # pages being read at the same time: two would only take turns with the interpreter
WAITING: Final = 6  # pages asked for; whoever drags the bar over millions of rows wants the last ones only


class Source(Protocol[R_co]):
    """Rows in a fixed order, cut into pages of `page_rows`. Asked on background threads only, `count` first."""

    @property
    def page_rows(self) -> int: ...

    def count(self) -> int:
        """How many rows there are; notes where pages begin. Raises AppError."""
        ...

    def page(self, number: int) -> Sequence[R_co]:
        """The rows from `number * page_rows` on. A page that has lost rows since `count` is shorter."""
        ...


@runtime_checkable
class Prompt(Protocol[R_co]):
    """A source that can be shown before it is counted, which for millions takes its time."""

    def first(self) -> Sequence[R_co]:
        """The rows of the first page, or none where they are not known any sooner than how many there are."""
        ...


@dataclass(slots=True)
class _Page(Generic[R]):
    rows: Sequence[R]
    cells: list[tuple[Cell, ...] | None]


class PagedModel(CellModel[R]):
    """`counted` tells how many rows there are, each time they were counted; `failed` why they cannot be read."""

    counted = Signal(int)
    failed = Signal(object)  # AppError

    def __init__(self, tasks: Tasks, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._tasks, self._counts = tasks, Steady(tasks, self, "count")
        self._source: Source[R] | None = None
        self._coming: Source[R] | None = None  # what is to be shown, whole once it is counted
        self._begun = False  # whether its first page is shown meanwhile
        self._total = 0
        self._page_rows = 1
        self._viewed = -1  # the page that was looked at last
        self._turn = 0  # answers to questions of an earlier turn are dropped
        self._pages: OrderedDict[int, _Page[R]] = OrderedDict()
        self._former: dict[int, _Page[R]] = {}  # shown until they have been read again
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._reading: set[int] = set()
        self._unreadable: set[int] = set()
        self._pump = QTimer(self)
        self._pump.setSingleShot(True)
        self._pump.timeout.connect(self._read_on)

    @property
    def source(self) -> Source[R] | None:
        return self._source

    def show(self, source: Source[R]) -> None:
        """Shows other rows, from the top, once counted or a first page is there; until then those shown stay."""
        if self._coming is not source:
            self._coming, self._begun = source, False
            if isinstance(source, Prompt):
                # why it cannot be read is told by the count
                self._tasks.run(
                    lambda _: source.first(),
                    partial(self._begin_early, source),
                    failed=lambda _: None,
                    owner=self,
                    key="first",
                )
        self._count(source, self._begin)

    def reload(self) -> None:
        """The same rows, read again where they are shown; scroll position and selection stay."""
        if self._coming is not None:
            self.show(self._coming)  # the rows on their way are newer than any that could be read again
        elif self._source is not None:
            self._count(self._source, self._renew)

    def row(self, number: int) -> R | None:
        """The row, if it has been read."""
        which, at = divmod(number, self._page_rows)
        page = self._pages.get(which) or self._former.get(which)
        return page.rows[at] if page is not None and at < len(page.rows) else None

    def find(self, wanted: Callable[[R], bool]) -> int | None:
        """The number of a row that has been read, as it was read last."""
        for pages in (self._pages, self._former):
            for which, page in pages.items():
                for at, row in enumerate(page.rows):
                    if wanted(row):
                        return which * self._page_rows + at
        return None

    def cell(self, number: int, column: int) -> Cell | None:
        """None is a placeholder: its page is asked for and will be told by `dataChanged`."""
        which, at = divmod(number, self._page_rows)
        page = self._pages.get(which)
        if page is None:
            self._viewed = which
            self._want(which)
            page = self._former.get(which)
        elif which != self._viewed:
            self._viewed = which
            self._pages.move_to_end(which)
            self._look_ahead(which)
        if page is None or at >= len(page.rows):
            return None
        cells = page.cells[at]
        if cells is None:
            row = page.rows[at]
            cells = page.cells[at] = tuple(each.cell(row) for each in self.columns)
        return cells[column]

    def rowCount(self, parent: Index = NO_INDEX) -> int:  # noqa: N802
        return 0 if parent.isValid() else self._total

    def _count(self, source: Source[R], then: Callable[[Source[R], int], None]) -> None:
        def counted(total: int) -> None:
            then(source, total)
            self.counted.emit(total)

        # while rows come in this is asked for more often than it can be answered
        self._counts.run((source, then), source.count, counted, self.failed.emit)

    def _begin_early(self, source: Source[R], rows: Sequence[R]) -> None:
        if rows and self._coming is source:
            self._begun = True
            self._reset(source, len(rows), {0: _Page(rows, [None] * len(rows))})

    def _begin(self, source: Source[R], total: int) -> None:
        self._coming = None
        if self._begun:
            self._begun = False
            self._renew(source, total)
        else:
            self._reset(source, total, {})

    def _reset(self, source: Source[R], total: int, pages: dict[int, _Page[R]]) -> None:
        self.beginResetModel()
        self._source, self._total, self._page_rows = source, total, source.page_rows
        self._forget()
        self._former = {}
        self._pages.update(pages)
        self.endResetModel()

    def _renew(self, source: Source[R], total: int) -> None:  # noqa: ARG002 the same as before
        before = self._total
        kept = [*(self._former | self._pages).items()]
        self._former = dict(kept[-KEPT:])
        self._forget()
        if total > before:
            self.beginInsertRows(QModelIndex(), before, total - 1)
            self._total = total
            self.endInsertRows()
        elif total < before:
            self.beginRemoveRows(QModelIndex(), total, before - 1)
            self._total = total
            self.endRemoveRows()
        self._tell(0, total - 1)

    def _forget(self) -> None:
        self._turn += 1
        for kept in (self._pages, self._wanted, self._reading, self._unreadable):
            kept.clear()

    def _want(self, which: int) -> None:
        if which in self._reading or which in self._unreadable:
            return
        self._wanted[which] = None
        self._wanted.move_to_end(which)
        while len(self._wanted) > WAITING:
            self._wanted.popitem(last=False)
        if not self._pump.isActive():
            self._pump.start(0)

    def _read_on(self) -> None:
        source = self._source
        while source is not None and self._wanted and len(self._reading) < AT_ONCE:
            which, _ = self._wanted.popitem()
            if which in self._pages:
                continue
            self._reading.add(which)
            self._ask(source, which)

    def _ask(self, source: Source[R], which: int) -> None:
        self._tasks.run(
            lambda _: source.page(which),
            partial(self._read, self._turn, which),
            failed=partial(self._not_read, self._turn, which),
            owner=self,
        )

    def _read(self, turn: int, which: int, rows: Sequence[R]) -> None:
        if turn != self._turn:
            return
        self._reading.discard(which)
        self._pages[which] = _Page(rows, [None] * len(rows))
        self._former.pop(which, None)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        self._tell(which * self._page_rows, min(self._total, (which + 1) * self._page_rows) - 1)
        if which == self._viewed:
            self._look_ahead(which)
        self._pump.start(0)

    def _look_ahead(self, which: int) -> None:
        """The neighbours, unless something that is in view is still wanted."""
        if self._wanted:
            return
        last = (self._total - 1) // self._page_rows
        for near in (which - 1, which + 1):
            if 0 <= near <= last and near not in self._pages:
                self._want(near)

    def _not_read(self, turn: int, which: int, error: AppError) -> None:
        if turn != self._turn:
            return
        self._reading.discard(which)
        first = not self._unreadable
        self._unreadable.add(which)  # not again before `reload`: a full disk must not be asked a hundred times
        if first:
            self.failed.emit(error)

    def _tell(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
