"""The tables beside the audit: every root that its entries keep is made again from the rows as they are now."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.ports_evidence import Compared
from campaign_app.services.window import BEIJING
from campaign_app.storage.audit import PAGE, checked_rows, count_entries
from campaign_app.storage.engine import Database
from campaign_app.storage.roots import BEGUN, ROOTED
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.times import moment_at

_LATEST: Final = 250_000_000_000_000  # what a calendar has: a person's own SQL may have written more
_ROWS: Final = 2**62  # more than a table can have
# what an entry is about, the nearest first
_WHERE: Final = ("campaign", "account", "complaint", "customer", "entity")
_BEHIND: Final = {name: kind.behind() for name, kind in ROOTED.items()}
_UP_TO: Final = {
    name: sa.select(sa.func.count()).select_from(kind.table).where(kind.table.c.id <= sa.bindparam("last"))
    for name, kind in ROOTED.items()
}
_NEXT: Final = {
    name: sa.select(sa.func.min(kind.table.c.id)).where(kind.table.c.id > sa.bindparam("after"))
    for name, kind in ROOTED.items()
}


def compare(database: Database, tick: Callable[[float], object] = lambda _: None) -> Compared:
    """The chain and whatever it keeps roots over, at one moment, in memory that does not grow with the workspace.

    `tick` is told how far it is (0 to 1) and may raise to cancel. Raises WorkspaceError: `damaged` where the chain is
    broken; `record_differs` for the first entry whose rows are not as it says; `record_missing` for a row that no
    entry speaks of, `rows_before` where those from before the first entry are not as many.
    """
    with database.read() as connection:
        walk, total, number = _Walk(connection), count_entries(connection), 0
        for number, row in enumerate(checked_rows(connection), 1):
            walk.entry(row)
            if number % PAGE == 0 or walk.rows - walk.ticked >= PAGE:
                walk.ticked = walk.rows
                tick(min(1.0, number / total))
        walk.end()
        return Compared(number, walk.records, walk.rows, sum(walk.before.values()))


@dataclass(slots=True)
class _Walk:
    connection: sa.Connection
    records: int = 0
    rows: int = 0
    ticked: int = 0
    before: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROOTED, 0))
    _last: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROOTED, 0))
    _met: set[str] = field(default_factory=set)

    def entry(self, row: AnyRow) -> None:
        begins = row.action == BEGUN
        kept = [name for name in ROOTED if f'"{name}_root":' in row.facts]
        if not begins and not kept:
            return
        told = _said(row.facts)
        if begins:
            self._begin(row, told)
        for name in kept:
            self._compare(row, name, told)

    def _begin(self, row: AnyRow, told: Mapping[str, Any]) -> None:
        for name in ROOTED:
            if name in self._met or self._last[name]:
                raise differs(row, name, told, 0)
            self._last[name], self.before[name] = _number(told, f"{name}_last"), _number(told, name)

    def _compare(self, row: AnyRow, name: str, told: Mapping[str, Any]) -> None:
        if name not in self._met:
            self._met.add(name)
            self._look_before(name)
        kind, count, last = ROOTED[name], _number(told, name), _number(told, f"{name}_last")
        # one more than there may be: of a row that was put in nothing else has to be read
        given = {"after": self._last[name], "last": last, "most": count + 1}
        found = self.connection.execute(_BEHIND[name], given).all()
        whole = len(found) == count > 0 and found[-1].id == last
        if not whole or kind.root(self.connection, found) != told.get(f"{name}_root"):
            raise differs(row, name, told, len(found))
        self._last[name] = last
        self.records += 1
        self.rows += count

    def _look_before(self, name: str) -> None:
        there = self.connection.execute(_UP_TO[name], {"last": self._last[name]}).scalar_one()
        if there != self.before[name]:
            raise WorkspaceError(
                "rows_before", "Rows from before are not as many as they were", rows_of=name, told=self.before[name],
                found=there,
            )  # fmt: skip

    def end(self) -> None:
        for name in ROOTED:
            if name not in self._met:
                self._look_before(name)
            stray = self.connection.execute(_NEXT[name], {"after": self._last[name]}).scalar()
            if stray is not None:
                raise WorkspaceError("record_missing", "No entry of the audit speaks of a row", rows_of=name, row=stray)


def _said(facts: str) -> dict[str, Any]:
    """Nothing of what is no object: in a team a person's own SQL may have written it."""
    try:
        said = json.loads(facts)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _number(told: Mapping[str, Any], name: str) -> int:
    """0 for what is no number of a row."""
    value = told.get(name)
    return value if type(value) is int and 0 <= value < _ROWS else 0


def differs(row: AnyRow, name: str, told: Mapping[str, Any], found: int) -> WorkspaceError:
    """That rows of a kind are not as an entry (`id`, `action`, `at`) told of them; `found` of them are there."""
    where = next((each for each in _WHERE if told.get(each) is not None), "")
    at = moment_at(min(max(row.at, 0), _LATEST)).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    return WorkspaceError(
        "record_differs", "Rows are not as the audit says", entry=row.id, action=row.action, at=at, rows_of=name,
        where=where, which=str(told.get(where, "")), told=_number(told, name), found=found,
    )  # fmt: skip
