"""Bulk operations, and their files: JSON lines behind an address of another host that no token may be shown to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from graphql import SelectionSetNode
from pydantic_core import to_json

from campaign_app.sandbox.vendors.shopify.executing import Query, Unanswerable
from campaign_app.sandbox.vendors.shopify.shelf import Shelf

AT_ONCE: Final = 5
_GID: Final = "gid://shopify/BulkOperation/"
_BLOCK: Final = 2_000
_KEPT_MAX: Final = 200_000
# what may become of an operation or its file, besides the good end
FATES: Final = (
    *("failed", "canceled", "expired", "denied", "partial"),
    *("truncated", "short", "long", "broken_line", "other_object", "gone", "redirect"),
)
_ENDS: Final = {
    "failed": "FAILED",
    "partial": "FAILED",
    "denied": "FAILED",
    "canceled": "CANCELED",
    "expired": "EXPIRED",
}
_ERRORS: Final = {"failed": "INTERNAL_SERVER_ERROR", "partial": "TIMEOUT", "denied": "ACCESS_DENIED"}


@dataclass(slots=True)
class Operation:
    """`looks` are left until it is at its end."""

    number: int
    key: str
    query: Query
    selection: SelectionSetNode
    version: str
    gid: str
    objects: int
    fate: str
    looks: int
    file: list[bytes] = field(default_factory=list)

    def shown(self, origin: str) -> dict[str, Any]:
        status = self._status()
        file = _elsewhere(origin, f"/sandbox-files/{self.key}.jsonl")
        return {
            "__typename": "BulkOperation",
            "id": f"{_GID}{self.number}",
            "status": status,
            "errorCode": _ERRORS.get(self.fate) if status == "FAILED" else None,
            "objectCount": str(self.objects if status == "COMPLETED" else 0),
            "fileSize": None,
            "url": file if status == "COMPLETED" else None,
            "partialDataUrl": file if status != "COMPLETED" and self.fate == "partial" else None,
        }

    def _status(self) -> str:
        if self.looks > 1:
            return "CREATED"
        return "RUNNING" if self.looks == 1 else _ENDS.get(self.fate, "COMPLETED")


class Exports:
    """`looks`: how often a client sees an operation of this shop under way."""

    def __init__(self, shelf: Shelf, prefix: str) -> None:
        self._shelf, self._prefix = shelf, prefix
        self._numbers = count(1)
        self.operations: dict[int, Operation] = {}
        self.next_fate = ""
        self.looks = 1

    def start(self, text: Any, version: str, gid: str) -> tuple[Operation | None, str]:
        """The operation, or why there is none."""
        if sum(operation.looks > 0 for operation in self.operations.values()) >= AT_ONCE:
            return None, "too many bulk operations are running"
        try:
            query = Query(str(text), {})
            ((_, root, _),) = query.roots()
        except (Unanswerable, ValueError):
            return None, "Invalid bulk query"
        selection = query.below(root, "edges", "node")
        if root.name.value != "customers" or selection is None:
            return None, "Bulk queries must contain a connection"
        number = next(self._numbers)
        fate, self.next_fate = self.next_fate, ""
        size = self._shelf.shop.size
        key = f"{self._prefix}{number}"
        operation = Operation(
            number=number,
            key=key,
            query=query,
            selection=selection,
            version=version,
            gid=gid,
            objects=size,
            fate=fate,
            looks=self.looks + 1,
        )
        self.operations[number] = operation
        return operation, ""

    def looked_at(self, gid: str) -> Operation | None:
        number = gid.removeprefix(_GID)
        operation = self.operations.get(int(number)) if number.isdigit() else None
        if operation is not None and operation.looks:
            operation.looks -= 1
        return operation

    def by_key(self, key: str) -> Operation | None:
        return next((operation for operation in self.operations.values() if operation.key == key), None)

    def lines(self, operation: Operation) -> Iterator[bytes]:
        """The file, block by block; it stays what it was when it was first read, as Shopify's does."""
        if operation.file:
            yield from operation.file
            return
        keep = operation.objects <= _KEPT_MAX
        for block in self._blocks(operation):
            if keep:
                operation.file.append(block)
            yield block

    def _blocks(self, operation: Operation) -> Iterator[bytes]:
        """With what its fate does to it."""
        keys = self._shelf.keys().tolist()
        if operation.fate == "short":
            keys = keys[:-1]
        for at in range(0, len(keys), _BLOCK):
            rows = self._shelf.customers(keys[at : at + _BLOCK], operation.gid)
            if operation.version < "2026-10":
                for row in rows:
                    if row["defaultPhoneNumber"]:
                        del row["defaultPhoneNumber"]["smsMarketingConsent"]
            picked = operation.query.picked(operation.selection, rows)
            block = b"".join(to_json(row) + b"\n" for row in picked)
            yield self._spoilt(block, operation.fate, last=at + _BLOCK >= len(keys))

    def _spoilt(self, block: bytes, fate: str, *, last: bool) -> bytes:
        if not last:
            return block
        if fate == "truncated":
            return block[:-20]
        if fate == "broken_line":
            return block[:-20] + b"\n"
        if fate == "long":
            return block + block.splitlines(keepends=True)[-1]
        if fate == "other_object":
            return b"".join(block.splitlines(keepends=True)[:-1]) + b'{"id":"gid://shopify/Order/1"}\n'
        return block


def _elsewhere(origin: str, path: str) -> str:
    """The same server by another name: whoever shows it the token would show it to a stranger."""
    parts = urlsplit(origin)
    host = "localhost" if parts.hostname == "127.0.0.1" else "127.0.0.1"
    return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, path, "signature=simulated", ""))
