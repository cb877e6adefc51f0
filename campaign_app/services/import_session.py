"""One file being imported: opened, hashed, scanned, and given out chunk by chunk."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Final

from campaign_app.domain.customer import ImportRow, ReadyRows
from campaign_app.domain.errors import SettingsError
from campaign_app.services.import_columns import Column
from campaign_app.services.import_keys import FileMarks
from campaign_app.services.import_rows import Checked, Refusal, RowChecker
from campaign_app.services.import_scan import Scan, Scanner, Tick
from campaign_app.services.tables import Block, Table

CHUNK: Final = 20_000  # row numbers of a step that is remembered as done
PART: Final = 5_000  # of those that are in memory at once, and in one transaction
_HASH_BYTES: Final = 1 << 20


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while data := stream.read(_HASH_BYTES):
                digest.update(data)
    except OSError as error:
        raise SettingsError("file_missing", "The file cannot be read any more", file=path.name) from error
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a part that may be stored, ready for it, and the others with their reasons."""

    ready: ReadyRows
    refusals: Sequence[Refusal]


MakeReady = Callable[[Sequence[ImportRow]], ReadyRows]


class Session:
    """Chunk n holds the rows numbered n * CHUNK + 1 to (n + 1) * CHUNK, in parts. Going back reads the file again."""

    def __init__(self, path: Path, table: Table, columns: Sequence[Column], account_id: int, tick: Tick) -> None:
        self._path = path
        self._table = table
        self._checker = RowChecker(columns, account_id)
        self._before = _identity(path)
        self.sha256 = sha256_of(path)
        self.scan: Scan = Scanner(self._checker).scan(table, tick)
        self._blocks: Iterator[Block] = iter(())
        self._rest: Block | None = None
        self._next = -1
        self._lock = Lock()
        self._taking = Lock()
        self._coming: tuple[int, Future[Part]] | None = None
        self._ahead = ThreadPoolExecutor(1, "import-ahead")
        self.closed = False

    @property
    def marks(self) -> FileMarks:
        return self.scan.marks

    @property
    def chunks(self) -> int:
        return -(-self.scan.last_row // CHUNK)

    @property
    def parts(self) -> int:
        return -(-self.scan.last_row // PART)

    def check(self, part: int) -> Checked:
        """The rows of a part as the store takes them, for one thread after the other. Raises `file_changed`."""
        with self._lock:
            return self._check(part)

    def take(self, chunk: int, ready: MakeReady) -> Iterator[Part]:
        """The parts of a chunk, checked and made ready; meanwhile a thread of the session's own does so with the next.

        Whatever goes wrong there is raised to whoever takes that part.
        """
        first = chunk * CHUNK // PART
        for part in range(first, min(self.parts, first + CHUNK // PART)):
            yield self._take(part, ready)

    def _take(self, part: int, ready: MakeReady) -> Part:
        with self._taking:
            coming, self._coming = self._coming, None
            if coming is not None and coming[0] == part and not coming[1].cancelled():
                taken = coming[1].result()
            else:
                taken = self._make(part, ready)
            if part + 1 < self.parts and not self.closed:
                with suppress(RuntimeError):  # closed right now, while somebody still had it
                    self._coming = part + 1, self._ahead.submit(self._make, part + 1, ready)
            return taken

    def close(self) -> None:
        """Nobody takes another part; for any thread, and more than once."""
        self.closed = True
        self._ahead.shutdown(wait=False, cancel_futures=True)

    def _make(self, part: int, ready: MakeReady) -> Part:
        checked = self.check(part)
        return Part(ready(checked.rows), checked.refusals)

    def _check(self, part: int) -> Checked:
        if _identity(self._path) != self._before:
            raise SettingsError("file_changed", "The file has changed since it was read", file=self._path.name)
        before, last = part * PART, (part + 1) * PART
        if part != self._next:
            self._blocks, self._rest = self._table.blocks(), None
            self._skip_to(before)
        self._next = part + 1
        out, marks = Checked(), self.marks.of(before + 1, last)
        for block in self._up_to(last):
            found = self._checker.check(block, marks)
            out.rows += found.rows
            out.refusals += found.refusals
            out.repaired += found.repaired
        return out

    def _skip_to(self, last: int) -> None:
        for _ in self._up_to(last):
            pass

    def _up_to(self, last: int) -> Iterator[Block]:
        """What is left of the rows up to this number; keeps the rest of a block that reaches beyond."""
        while True:
            block = self._rest or next(self._blocks, None)
            if block is None:
                return
            head, self._rest = _cut(block, last)
            yield head
            if self._rest is not None:
                return


def _cut(block: Block, last: int) -> tuple[Block, Block | None]:
    rows = bisect_right(block.numbers, last)
    bad = bisect_right(block.bad, last, key=lambda row: row.number)
    if rows == len(block.numbers) and bad == len(block.bad):
        return block, None
    head = replace(block, numbers=block.numbers[:rows], rows=block.rows[:rows], bad=block.bad[:bad])
    return head, replace(block, numbers=block.numbers[rows:], rows=block.rows[rows:], bad=block.bad[bad:])


def _identity(path: Path) -> tuple[int, int, int]:
    try:
        stat = path.stat()
    except OSError as error:
        raise SettingsError("file_missing", "The file cannot be read any more", file=path.name) from error
    return stat.st_size, stat.st_mtime_ns, stat.st_ino
