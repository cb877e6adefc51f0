"""One file being imported: opened, hashed, scanned, and given out chunk by chunk."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.services import import_parts
from campaign_app.services.import_columns import Column
from campaign_app.services.import_keys import FileMarks
from campaign_app.services.import_plan import ImportPlan
from campaign_app.services.import_rows import Checked, RowChecker
from campaign_app.services.import_scan import Scan, Scanner, Tick
from campaign_app.services.tables import Block, OpenTable, Table

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


class Session:
    """Chunk n holds the rows numbered n * CHUNK + 1 to (n + 1) * CHUNK, in parts. Going back reads the file again."""

    def __init__(
        self, path: Path, table: Table, columns: Sequence[Column], account_id: int, tick: Tick, scan: Scan | None = None
    ) -> None:
        """`scan`: of the same file, where it was read before; whether it is the same, `sha256` says."""
        self._path = path
        self._table = table
        self._checker = RowChecker(columns, account_id)
        self._before = _identity(path)
        self.sha256 = sha256_of(path)
        self.scan = scan or Scanner(self._checker).scan(table, tick)
        self._blocks: Iterator[Block] = iter(())
        self._rest: tuple[Block, bool] | None = None
        self._read = 0  # blocks
        self._next = -1
        self._lock = Lock()

    @property
    def marks(self) -> FileMarks:
        return self.scan.marks

    @property
    def chunks(self) -> int:
        return -(-self.scan.last_row // import_parts.CHUNK)

    @property
    def parts(self) -> int:
        return -(-self.scan.last_row // import_parts.PART)

    def check(self, part: int) -> Checked:
        """The rows of a part as the store takes them, for one thread after the other. Raises `file_changed`."""
        with self._lock:
            return self._check(part)

    def chunk(self, chunk: int) -> Iterator[Checked]:
        """The parts of a chunk, one after the other."""
        for part in import_parts.parts_of(chunk, self.parts):
            yield self.check(part)

    def close(self) -> None:
        """Lets the file go; whoever asks for a part after that has it opened again."""
        with self._lock:
            self._blocks, self._rest, self._next = iter(()), None, -1

    def _check(self, part: int) -> Checked:
        self._require_unchanged()
        try:
            out = self._read_part(part)
        except ValueError:
            self._require_unchanged()
            raise
        self._require_unchanged()  # what was found plain in the first reading was not looked at again
        return out

    def _require_unchanged(self) -> None:
        if _identity(self._path) != self._before:
            raise SettingsError("file_changed", "The file has changed since it was read", file=self._path.name)

    def _read_part(self, part: int) -> Checked:
        before, last = part * import_parts.PART, (part + 1) * import_parts.PART
        if part != self._next:
            self._blocks, self._rest, self._read = self._table.blocks(), None, 0
            self._skip_to(before)
        self._next = part + 1
        out, marks = Checked(), self.marks.of(before + 1, last)
        for block, plain in self._up_to(last):
            found = self._checker.check(block, marks, plain=plain)
            out.rows += found.rows
            out.refusals += found.refusals
            out.repaired += found.repaired
        return out

    def _skip_to(self, last: int) -> None:
        for _ in self._up_to(last):
            pass

    def _up_to(self, last: int) -> Iterator[tuple[Block, bool]]:
        """What is left of the rows up to this number, and whether they were found plain in the first reading.

        Keeps the rest of a block that reaches beyond.
        """
        while True:
            whole = self._rest or self._next_block()
            if whole is None:
                return
            block, plain = whole
            head, rest = _cut(block, last)
            self._rest = None if rest is None else (rest, plain)
            yield head, plain
            if rest is not None:
                return

    def _next_block(self) -> tuple[Block, bool] | None:
        block, at = next(self._blocks, None), self._read
        self._read += 1
        return None if block is None else (block, at < len(self.scan.plain) and self.scan.plain[at])


def session_of(plan: ImportPlan, open_table: OpenTable) -> Session:
    """The file of an import that was begun. Raises SettingsError as it does; whether it is the same, `sha256` says."""
    path, scan = Path(plan.path), Scan.from_json(plan.scan)
    return Session(path, open_table(path, plan.options), plan.columns, plan.account_id, lambda _: None, scan)


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
