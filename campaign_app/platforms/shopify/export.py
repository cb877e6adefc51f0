"""Everybody at once: a bulk operation, whose file is read to its end before a single row of it is used.

The file lies with another host under an address that is a secret of its own. It is read twice: first whole, which
proves that it is complete, then page by page; nobody's data lie on the disk and the memory stays flat. Whatever else
becomes of the operation or its file, nothing of it is used and the customers are read page by page instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any, Final

from pydantic_core import from_json

from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import Page
from campaign_app.platforms.shopify.editions import COUNT, START, STATUS, Edition
from campaign_app.platforms.shopify.graph import Graph, drifted
from campaign_app.platforms.shopify.listing import bad_cursor, page_of
from campaign_app.platforms.shopify.mapping import ref_of
from campaign_app.transport.parsing import without_halves

FROM: Final = 10_000
ROWS: Final = 1_000
_POLL_SECONDS: Final = 5.0
_OPERATION: Final = "gid://shopify/BulkOperation/"
_CURSOR: Final = re.compile(r"b:([0-9]{1,20}):(?:w([0-9]{1,6})|r([0-9]{1,12}):([0-9a-f]{64}))", re.ASCII)
_WAITING: Final = ("CREATED", "RUNNING", "CANCELING")
_POLLS: Final = 100_000  # ten days, as long as Shopify lets one run

Lines = Callable[[str], Iterator[bytes]]


class Incomplete(Exception):
    """The operation or its file is not all there."""


@dataclass(frozen=True, slots=True)
class _File:
    url: str
    objects: int
    size: int | None


@dataclass(slots=True)
class _Open:
    """A file that is being read; `digest` is over what was read so far."""

    operation: str
    offset: int
    lines: Iterator[bytes]
    digest: Any


class Export:
    """`lines` downloads a file as its lines."""

    def __init__(self, graph: Graph, edition: Edition, lines: Lines) -> None:
        self._graph, self._edition, self._lines = graph, edition, lines
        self._open: _Open | None = None

    def is_worth_it(self) -> bool:
        """Whether there are more customers than pages should be read for."""
        if not self._edition.bulk:
            return False
        count = self._graph.ask("count", COUNT, {}).data.get("customersCount")
        number = count.get("count") if isinstance(count, dict) else None
        if type(number) is not int:
            raise drifted("customersCount")
        return number > FROM

    def start(self) -> str:
        """The cursor of a new operation. Raises Incomplete where the shop has no room for one."""
        found = self._graph.ask("export", START, {"query": self._edition.export}, repeat=False).data
        payload = found.get("bulkOperationRunQuery")
        operation = payload.get("bulkOperation") if isinstance(payload, dict) else None
        gid = operation.get("id") if isinstance(operation, dict) else None
        if not isinstance(gid, str) or not gid.startswith(_OPERATION):
            raise Incomplete
        return f"b:{gid.removeprefix(_OPERATION)}:w0"

    def page(self, cursor: str) -> Page[PlatformCustomer]:
        """Raises Incomplete."""
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise bad_cursor()
        if found[2] is not None:
            return self._look(found[1], int(found[2]))
        return self._rows(found[1], int(found[3]), found[4])

    # --- until it is there ---

    def _look(self, operation: str, polls: int) -> Page[PlatformCustomer]:
        file = self._file(operation)
        if file is None:
            if polls >= _POLLS:
                raise Incomplete
            if polls:
                self._graph.wait(min(0.5 * polls, _POLL_SECONDS))
            return Page((), f"b:{operation}:w{polls + 1}", more=True)
        return Page((), f"b:{operation}:r0:{self._proven(file)}", more=True)

    def _file(self, operation: str) -> _File | None:
        """None while it is under way."""
        said = self._graph.ask("progress", STATUS, {"id": _OPERATION + operation}).data.get("bulkOperation")
        if not isinstance(said, dict):
            raise Incomplete
        if said.get("errorCode") == "ACCESS_DENIED":
            raise RemoteRefused("permission", "The platform does not permit this", account_wide=True)
        if said.get("status") in _WAITING:
            return None
        url, objects = said.get("url"), _whole(said.get("objectCount"))
        if said.get("status") != "COMPLETED" or said.get("errorCode") or not isinstance(url, str) or not objects:
            raise Incomplete
        return _File(url, objects, _whole(said.get("fileSize")))

    def _proven(self, file: _File) -> str:
        """The digest of a file that is complete: as many rows, as many bytes, every row one customer."""
        digest, rows, size = sha256(), 0, 0
        for line in self._read(file):
            digest.update(line)
            size += len(line)
            rows += 1
            if rows > file.objects or not ref_of(_row(line), self._edition):
                raise Incomplete
        if rows != file.objects or (file.size is not None and size != file.size):
            raise Incomplete
        return digest.hexdigest()

    # --- once it is there ---

    def _rows(self, operation: str, offset: int, proven: str) -> Page[PlatformCustomer]:
        open_ = self._opened(operation, offset)
        self._open = None
        lines = list(islice(open_.lines, ROWS))
        for line in lines:
            open_.digest.update(line)
        open_.offset += len(lines)
        more = len(lines) == ROWS
        if more:
            self._open = open_
        elif open_.digest.hexdigest() != proven:
            raise Incomplete
        following = f"b:{operation}:r{open_.offset}:{proven}" if more else ""
        return page_of([_row(line) for line in lines], self._edition, following, more=more)

    def _opened(self, operation: str, offset: int) -> _Open:
        """The file at a row: still open from the page before, or read anew up to there."""
        known = self._open
        if known is not None and (known.operation, known.offset) == (operation, offset):
            return known
        file = self._file(operation)
        if file is None:
            raise Incomplete
        open_ = _Open(operation, offset, self._read(file), sha256())
        for line in islice(open_.lines, offset):
            open_.digest.update(line)
        return open_

    def _read(self, file: _File) -> Iterator[bytes]:
        """A file that is refused, gone or endless is none; whatever may pass is the caller's to try again."""
        try:
            yield from self._lines(file.url)
        except RemoteRefused:
            raise Incomplete from None

    def abandon(self) -> None:
        self._open = None


def _row(line: bytes) -> Any:
    """Raises Incomplete for a line that was cut."""
    with suppress(ValueError):
        return from_json(line)
    try:
        return from_json(without_halves(line))
    except ValueError:
        raise Incomplete from None


def _whole(written: Any) -> int | None:
    """An UnsignedInt64 comes as text."""
    return int(written) if isinstance(written, str | int) and re.fullmatch("[0-9]{1,15}", str(written)) else None
