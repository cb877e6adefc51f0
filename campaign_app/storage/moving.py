"""Moves a workspace between a folder and a server: copied, summed up on both sides, and marked as left in one act.

The write lock of what is moved is held from the first row to the mark, and nobody else is at work on it: what was
copied is all there is. Ids stay as they are, for they are in message ids and keys that senders know.

The state of durable flows is not moved: it means nothing to another database's engine. Every job that is open begins
anew where it arrives, from the workspace's own tables, as after a kill; what it did before is found there. A campaign
that is being sent or screened has to be stopped first.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.copies import TAKEN_BACK
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import copying, header, locks, stood_in, targets
from campaign_app.storage.arriving import database_of, decided, finish
from campaign_app.storage.audit import SqlAuditLog, append_entry
from campaign_app.storage.copying import Sum
from campaign_app.storage.engine import Database
from campaign_app.storage.header import MOVING_FORMAT, Header
from campaign_app.storage.leases import require_nobody
from campaign_app.storage.moved import Moved, arrived, come_back, come_over, leave, moving_of, unfinished
from campaign_app.storage.roles.standing import require_owner
from campaign_app.storage.schema_sending import campaign
from campaign_app.storage.seen import Seen
from campaign_app.storage.server import Server
from campaign_app.storage.sessions import be_patient
from campaign_app.storage.targets import Target
from campaign_app.storage.times import to_ms
from campaign_app.storage.workspace import Workspace

# what a worker might be in the middle of: a person sees it through, or stops it
_UNDER_WAY: Final = (CampaignState.SENDING.value, CampaignState.SCREENING.value)
_PASSES: Final = 3  # over every row: copied, read there, read here
Tick = Callable[[float], object]
# for the unfinished header, opens what is copied into
Destination = Callable[[Header], AbstractContextManager[Target]]


@dataclass(frozen=True, slots=True)
class Report:
    move_id: str
    folder: Path
    server: str
    sums: Mapping[str, Sum]

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.sums.values())

    @property
    def sha256(self) -> str:
        """Of the sums of all tables."""
        told = "".join(f"{name} {each.rows} {each.sha256}\n" for name, each in sorted(self.sums.items()))
        return hashlib.sha256(told.encode()).hexdigest()


def to_folder(folder: Path, key: bytes) -> Destination:
    return lambda plain: targets.into_folder(folder, plain, key)


def to_server(folder: Path, key: bytes, server: Server, password: str) -> Destination:
    return lambda plain: targets.into_server(folder, plain, key, server, password)


def move(
    workspace: Workspace, to: Destination, *, actor: str, clock: Callable[[], datetime], seen: Seen | None, tick: Tick
) -> Report:
    """`tick` is told how far it is, and may raise to cancel until the move is decided.

    Raises WorkspaceError, and then the workspace is where it was, unless it is `move_to_finish`: decided, and finished
    by whoever opens the new one.
    """
    if workspace.home.shared:
        with workspace.database.read() as connection:
            require_owner(connection)
    with ExitStack() as held:
        held.enter_context(workspace.lock("window"))
        held.enter_context(workspace.lock("worker"))
        target = held.enter_context(to(_unfinished(workspace.folder)))
        here = target.header
        if seen is not None and seen.verdict():
            raise WorkspaceError("move_copy", "The workspace is taken for a copy")
        workspace.audit.record("workspace.moving", actor=actor, at=clock(), move=here.move_id, to=target.told)
        if seen is not None:  # with this entry: a copy of the folder from before, put back later, is known as older
            seen.guard()
        report = _carry(workspace, target, actor, clock, tick)
        try:
            finish(target.folder, here, target.database)
        except WorkspaceError as error:
            raise WorkspaceError("move_to_finish", "Opening the moved workspace finishes", to=target.told) from error
    return report


def take_back(folder: Path, key: bytes, *, actor: str, at: datetime) -> Moved:
    """A workspace that was moved away is used again; the other one must not be. Raises WorkspaceError `not_moved`,

    `not_schema_owner`. It knows nothing of what was sent since: everything is put aside, as of a copy.
    """
    found = header.read_header(folder)
    with (
        locks.lock(folder, "window"),
        locks.lock(folder, "worker"),
        database_of(folder, found, key) as database,
    ):
        if found.move_id:
            return _take_over(folder, found, database, actor, at, was_decided=decided(folder, found, key))
        with database.write() as connection:
            if found.server:
                require_owner(connection)
            return come_back(connection, TAKEN_BACK, actor, at)


def _take_over(
    folder: Path, found: Header, database: Database, actor: str, at: datetime, *, was_decided: bool | None
) -> Moved:
    """The same of what came by a move that lacks its last step, once what it came from is gone: it is whole, and all

    that there is. Raises WorkspaceError `move_unfinished` where that one is there, and valid.
    """
    with database.write() as connection:
        if found.server:
            require_owner(connection)
        awaited = moving_of(connection)
        if awaited and (awaited != found.move_id or was_decided is False):
            raise unfinished()
        arrived(connection)
        if awaited and was_decided is None:
            come_over(connection, found, TAKEN_BACK, actor, at)
    header.put(folder, found.arrived)
    return Moved(found.move_id, str(folder), at)


def _unfinished(source: Path) -> Header:
    found = header.read_header(source)
    came = str(source.resolve())
    return replace(found, server="", password="", move_id=str(uuid.uuid4()), moved_from=came, format=MOVING_FORMAT)


def _carry(workspace: Workspace, target: Target, actor: str, clock: Callable[[], datetime], tick: Tick) -> Report:
    with ExitStack() as undo:
        undo.callback(target.clear)
        with workspace.database.write() as source:
            if workspace.home.shared:
                require_nobody(source)
                stood_in.require_settled(source)
            sums = _copied(source, target, tick)
            report = Report(target.header.move_id, target.folder, target.header.server, sums)
            told: dict[str, str | int | bool | None] = {
                "move": report.move_id,
                "from": _whence(workspace),
                "rows": report.rows,
                "sha256": report.sha256,
            }
            with target.database.write() as connection:
                append_entry(connection, "workspace.moved", actor, to_ms(clock()), told)
            target.put_in_place(workspace.folder / targets.RULES)
            leave(source, Moved(report.move_id, target.told, clock()), actor)
            undo.pop_all()  # from here on the mark alone decides, whether or not its commit is heard of
    return report


def _copied(source: sa.Connection, target: Target, tick: Tick) -> Mapping[str, Sum]:
    """Everything, read back after it was committed, and the same on both sides."""
    be_patient(source)
    _require_quiet(source)
    copying.require_known(source)
    progress = _Progress(tick, copying.count(source) * _PASSES)
    with target.filling() as filled:
        copying.copy_rows(source, filled, progress.add)
    with target.database.read() as connection:
        be_patient(connection)
        there = copying.sums(connection, progress.add)
    here = copying.sums(source, progress.add)
    if differing := [name for name in here if here[name] != there[name]]:
        raise WorkspaceError("move_differs", "What was copied is not what was there", table=differing[0])
    SqlAuditLog(target.database).verify()
    return here


def _require_quiet(source: sa.Connection) -> None:
    wanted = sa.select(campaign.c.name).where(campaign.c.state.in_(_UNDER_WAY)).order_by(campaign.c.id).limit(1)
    name = source.execute(wanted).scalar()
    if name is not None:
        raise WorkspaceError("move_under_way", "A campaign is being sent or screened", campaign=name)


def _whence(workspace: Workspace) -> str:
    found = header.read_header(workspace.folder)
    return f"{workspace.folder} ({found.server})" if found.server else str(workspace.folder)


@dataclass(slots=True)
class _Progress:
    tick: Tick
    total: int
    _done: int = 0

    def add(self, rows: int) -> None:
        self._done += rows
        self.tick(min(1.0, self._done / self.total))
