"""How far this machine has already seen a workspace, kept outside of its folder: an older copy of it is noticed.

The mark holds the last row of each list that only ever grows. It is written after such a row is on the disk (a commit
is flushed before anybody can read it) and before the messages leave that the row stands for; where no
claim is new, as when a batch is submitted again, a count in the workspace grows instead. So a mark that is ahead of its
workspace always means that the workspace has forgotten something, whether it was copied back or lost by its disk. A
mark that is behind, torn or gone says nothing, and nobody is alarmed by it.

A team's database is looked after in the same way by each host, for what that host has seen of it: one that is put back
from an older dump is noticed by whoever saw more, and by itself (`storage.placed`).

Not noticed: two machines that each go on with a copy, and a machine whose user's whole home was put back.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import sqlalchemy as sa
from filelock import FileLock
from platformdirs import user_state_path

from campaign_app.domain.copies import ELSEWHERE, OLDER
from campaign_app.storage import copies, schema, stood_in
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import fetch_first
from campaign_app.storage.folders import key_lives
from campaign_app.storage.host import host_id, place_id
from campaign_app.storage.placed import is_placed, place, was_put_back
from campaign_app.storage.schema_sending import submission

if TYPE_CHECKING:
    from campaign_app.storage.workspace import Workspace

_log = logging.getLogger(__name__)
SLOT: Final = 512  # a disk writes so much whole, or not at all
# a process that was stopped in the middle of writing a mark must not hold up the others
LOCK_SECONDS: Final = 1.0
CLAIMS, LEAVES = "claims", "leaves"
Heads = Mapping[str, tuple[int, str]]
_GROWING: Final[Mapping[str, tuple[sa.ColumnElement[Any], ...]]] = {
    CLAIMS: (submission.c.id, submission.c.key, submission.c.claimed_at),
    "audit": (schema.audit.c.id, schema.audit.c.hash),
    "opt_outs": (schema.suppression.c.id, schema.suppression.c.key, schema.suppression.c.since),
}
_LAST: Final = {name: sa.select(*of).order_by(of[0].desc()).limit(1) for name, of in _GROWING.items()}
_ROW: Final = {name: sa.select(*of).where(of[0] == sa.bindparam("which")) for name, of in _GROWING.items()}


def state_folder() -> Path:
    """Apart from the folders of workspaces: who puts one of those back from a copy must not put this back with it."""
    return user_state_path("campaign_app-seen", appauthor=False, roaming=True)


class _Looked(NamedTuple):
    """Why the workspace is taken for a copy, "" for none; its `meta`; what is there by now, and what the mark says."""

    why: str
    meta: Mapping[str, str]
    heads: Heads
    mark: Heads  # empty for none


@dataclass(slots=True)
class Seen:
    """The marks of one workspace in `folder`. `host` is `storage.host.host_id`."""

    db: Database
    folder: Path
    host: str
    clock: Callable[[], datetime]
    _told: bool = field(default=False, init=False)
    _turn: Lock = field(default_factory=Lock, init=False, repr=False)

    def verdict(self) -> str:
        """Why this workspace is taken for a copy: `restored`, `older_copy`, `other_machine`; "" for none.

        Changes nothing.
        """
        return self._look().why

    def notice(self) -> str:
        """As `guard`, of somebody who only looks: nothing leaves, so nothing is counted."""
        with self._turn:
            return self._guard(leaving=False)

    def alarm(self) -> str:
        """As `notice`, of a person who may put nothing aside: it is said, and whichever worker is next does that."""
        with self._turn:
            seen = self._look()
            if not seen.why:
                self._write(self._file(seen.meta), seen.heads)
            elif not copies.noticed(seen.meta):
                self._raise_alarm(seen.why)
            return seen.why

    def guard(self) -> str:
        """As `verdict`, and what is in the workspace by now counts as seen; called before a batch leaves.

        Of a copy everything that was to be sent is put aside until a person accepts it.
        """
        with self._turn:  # two campaigns at once: a mark never goes back
            return self._guard(leaving=True)

    def waits(self) -> bool:
        """Whether a person has still to say that the one it is a copy of is out of use: by what was noticed before.

        And, behind a server that took over, whether a host has still to look at what it has seen: this one does.
        """
        with self.db.look() as connection:
            if copies.noticed(copies.meta_of(connection)):
                return True
            if not stood_in.is_new(connection):
                return False
        why = self.notice()
        with self.db.look() as connection:
            return bool(why) or stood_in.is_new(connection)

    def _raise_alarm(self, why: str) -> None:
        with self.db.write() as connection:
            if not copies.noticed(copies.meta_of(connection)):  # a worker is not told again
                copies.raise_alarm(connection, why, copies.last_worked(connection, self.clock()))

    def _guard(self, *, leaving: bool) -> str:
        self._come_back()
        seen = self._look()
        if seen.why:
            self._put_aside(seen.why)
            return seen.why
        if self.host and seen.meta.get("host", "") != self.host:
            self._put_meta("host", self.host)
        if not is_placed(seen.meta) and self.db.engine.dialect.name == "postgresql":
            with self.db.write() as connection:
                place(connection)
        heads = seen.heads
        if leaving and heads.get(CLAIMS) == seen.mark.get(CLAIMS):
            heads = {**heads, LEAVES: (self._one_more(), "")}
        self._write(self._file(seen.meta), heads)
        return ""

    def _come_back(self) -> None:
        """Behind a server that took over: this host looked, and misses nothing. One without a mark cannot tell."""
        with self.db.look() as connection:
            if not stood_in.is_new(connection):
                return
        with self.db.write() as connection:
            meta = copies.meta_of(connection)
            mark = read_mark(self._file(meta))
            if not self._verdict(connection, meta, mark):
                stood_in.looked(connection, place_id() if mark is not None else "")

    def _look(self) -> _Looked:
        """The mark is read before the moment that is looked at: other processes write more, and a mark of theirs would

        be ahead of that moment.
        """
        with self.db.read() as connection:
            file = self._file(copies.meta_of(connection))
        mark = read_mark(file)
        with self.db.read() as connection:
            meta = copies.meta_of(connection)
            return _Looked(self._verdict(connection, meta, mark), meta, heads_of(connection, meta), mark or {})

    def _one_more(self) -> int:
        """Counted where nobody else does meanwhile: another worker may have counted since the look."""
        with self.db.write() as connection:
            leaves = leaves_of(copies.meta_of(connection)) + 1
            copies.put_meta(connection, LEAVES, str(leaves))
        return leaves

    def _put_meta(self, name: str, value: str) -> None:
        with self.db.write() as connection:
            copies.put_meta(connection, name, value)

    def _verdict(self, connection: sa.Connection, meta: Mapping[str, str], seen: Heads | None) -> str:
        if known := copies.noticed(meta):
            return known["why"]
        if was_put_back(connection):
            return OLDER
        if seen is not None:
            # also where this very process wrote the mark: a server may be put back, or stood in for by one that lacks
            # the last commits, under a worker that goes on. Where two processes write at once, with two copies, each
            # meets the other's mark at its next batch
            return "" if holds(connection, meta, seen) else OLDER
        # a machine that has seen it before recognises it; to another one it is new
        host = meta.get("host", "")
        return ELSEWHERE if self.host and host and host != self.host else ""

    def _put_aside(self, why: str) -> None:
        with self.db.write() as connection:
            if not copies.is_aside(copies.meta_of(connection)):
                now = self.clock()
                copies.put_aside(connection, why, copies.last_worked(connection, now), now, accepted=False)

    def _write(self, file: Path, heads: Heads) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(file.with_suffix(".lock"), timeout=LOCK_SECONDS):
                write_mark(file, _furthest(read_mark(file) or {}, heads))
        except OSError as error:
            # the mark that is there stays true: an older copy than that is still noticed
            if not self._told:
                self._told = True
                _log.warning("what was seen of the workspace cannot be kept in %s: %s", self.folder, error)

    def _file(self, meta: Mapping[str, str]) -> Path:
        return self.folder / f"{copies.lineage_of(meta)}.seen"


def seen_of(workspace: Workspace, clock: Callable[[], datetime], state: Path | None = None) -> Seen | None:
    """None for a demo's workspace, which ends with its window. A team's is at home on any host.

    `state` stands for `state_folder()`.
    """
    if key_lives(workspace.folder) == "memory":
        return None
    return Seen(workspace.database, state or state_folder(), "" if workspace.shared else host_id(), clock)


def leaves_of(meta: Mapping[str, str]) -> int:
    return int(meta.get(LEAVES, "0"))


def heads_of(connection: sa.Connection, meta: Mapping[str, str]) -> Heads:
    found = {name: fetch_first(connection, last) for name, last in _LAST.items()}
    heads = {name: (row[0], _print(row)) for name, row in found.items() if row is not None}
    return {**heads, LEAVES: (leaves_of(meta), "")}


def holds(connection: sa.Connection, meta: Mapping[str, str], seen: Heads) -> bool:
    """Whether everything that was seen is still there, as it was."""
    if leaves_of(meta) < seen[LEAVES][0]:
        return False
    for name, (number, known) in seen.items():
        if name == LEAVES:
            continue
        row = fetch_first(connection, _ROW[name], which=number)
        if row is None or _print(row) != known:
            return False
    return True


def _furthest(one: Heads, other: Heads) -> Heads:
    """What two processes of this machine have seen, each of them truly; the last entry where they have the same."""
    both = dict(one)
    for name, head in other.items():
        if name not in both or both[name][0] <= head[0]:
            both[name] = head
    return both


def _print(row: Any) -> str:
    text = "|".join(each.hex() if isinstance(each, bytes) else str(each) for each in row)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_mark(file: Path) -> Heads | None:
    """The newest of the two slots that can be read; None for none."""
    return _newest(file)[1]


def write_mark(file: Path, heads: Heads) -> None:
    """Into the slot that is not the newest: one that is torn leaves the other. Raises OSError."""
    turn, known = _newest(file)
    if known == heads:
        return
    body = json.dumps([turn + 1, heads], separators=(",", ":"))
    text = f"{hashlib.sha256(body.encode()).hexdigest()[:16]}{body}".ljust(SLOT - 1) + "\n"
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as out:
        out.seek((turn + 1) % 2 * SLOT)
        out.write(text.encode())


def _newest(file: Path) -> tuple[int, Heads | None]:
    try:
        content = file.read_bytes()
    except OSError:
        return 0, None
    slots = [_slot(content[start : start + SLOT]) for start in (0, SLOT)]
    return max((slot for slot in slots if slot is not None), key=lambda slot: slot[0], default=(0, None))


def _slot(content: bytes) -> tuple[int, Heads] | None:
    check, body = content[:16], content[16:].rstrip()
    if not body or hashlib.sha256(body).hexdigest()[:16].encode() != check:
        return None
    turn, heads = json.loads(body)
    return turn, {name: (number, known) for name, (number, known) in heads.items()}
