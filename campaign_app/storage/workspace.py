"""A workspace: a folder with an encrypted database, the encrypted state of durable flows, and locks."""

from __future__ import annotations

import hmac
import shutil
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine

from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.team import ALONE, Person, Role
from campaign_app.storage import header, locks, schema, team
from campaign_app.storage.accounts import SqlAccounts
from campaign_app.storage.answers import SqlAnswers
from campaign_app.storage.arriving import arrive
from campaign_app.storage.audiences import SqlAudiences
from campaign_app.storage.audit import SqlAuditLog
from campaign_app.storage.bans import SqlBans
from campaign_app.storage.browsing import SqlPeople
from campaign_app.storage.campaigns import SqlCampaigns
from campaign_app.storage.cases import SqlComplaints
from campaign_app.storage.course import SqlCourse
from campaign_app.storage.customers import SqlCustomers
from campaign_app.storage.engine import Database, open_engine, open_flows_engine
from campaign_app.storage.evidence import SqlEvidence
from campaign_app.storage.facts import SqlFacts
from campaign_app.storage.filings import SqlFilings
from campaign_app.storage.folders import require_free, require_place
from campaign_app.storage.header import Header, KeyKeeper, KeyWrapper
from campaign_app.storage.homes import DATABASE, FLOWS, FileHome, Hand, Home, ServerHome
from campaign_app.storage.host import user
from campaign_app.storage.imports import SqlImports
from campaign_app.storage.inbox import SqlInbox
from campaign_app.storage.jobs import SqlJobs
from campaign_app.storage.keys import KeyedHashes, WorkspaceKeys, derive, key_check
from campaign_app.storage.leasing import Lease
from campaign_app.storage.ledger import SqlLedger
from campaign_app.storage.lookback import SqlLookBacks
from campaign_app.storage.migrate import migrate, version_of
from campaign_app.storage.money import SqlMoney
from campaign_app.storage.moved import require_live
from campaign_app.storage.numbers import link_stored
from campaign_app.storage.outbox import SqlOptOuts
from campaign_app.storage.pages import Look, look
from campaign_app.storage.peaks import SqlPeaks
from campaign_app.storage.pushed import SqlPushed
from campaign_app.storage.rates import SqlRates
from campaign_app.storage.readings import SqlReadings
from campaign_app.storage.reporting import SqlReports
from campaign_app.storage.secrets import SqlSecrets
from campaign_app.storage.server import Server
from campaign_app.storage.staff import SqlStaff
from campaign_app.storage.subjects import SqlSubjects
from campaign_app.storage.suppressions import SqlSuppressions
from campaign_app.storage.trends import SqlTrends
from campaign_app.storage.wordings import SqlWordings

__all__ = ["DATABASE", "FLOWS", "Workspace", "create_team_workspace", "create_workspace", "open_workspace", "rewrap"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """Every store of one open workspace. `flows` is the engine for the durable flows' own database."""

    folder: Path
    id: str
    accounts: SqlAccounts
    audiences: SqlAudiences
    customers: SqlCustomers
    people: SqlPeople
    readings: SqlReadings
    facts: SqlFacts
    evidence: SqlEvidence
    reports: SqlReports
    filings: SqlFilings
    suppressions: SqlSuppressions
    opt_outs: SqlOptOuts
    campaigns: SqlCampaigns
    jobs: SqlJobs
    inbox: SqlInbox
    complaints: SqlComplaints
    trends: SqlTrends
    course: SqlCourse
    answers: SqlAnswers
    ledger: SqlLedger
    lookbacks: SqlLookBacks
    peaks: SqlPeaks
    money: SqlMoney
    pushed: SqlPushed
    rates: SqlRates
    bans: SqlBans
    audit: SqlAuditLog
    secrets: SqlSecrets
    staff: SqlStaff
    wordings: SqlWordings
    subjects: SqlSubjects
    imports: SqlImports
    phone_keys: KeyedHashes
    database: Database = field(repr=False)
    flows: Engine = field(repr=False)
    home: Home = field(repr=False)
    person: Person = ALONE

    def lock(self, name: locks.LockName) -> AbstractContextManager[None]:
        """Held by the window or the worker while it runs; WorkspaceError `in_use` if another one does."""
        return self.home.lock(name)

    def work(self, hand: Hand) -> AbstractContextManager[Lease | None]:
        """As a worker; raises WorkspaceError: `in_use` where one is enough and there is one, `other_version`."""
        return self.home.work(hand)

    def has_worker(self) -> bool:
        """Whether a worker is at work, in whatever process."""
        return self.home.has_worker()

    def roles_of(self, login: str) -> frozenset[Role]:
        """Of anybody, by now; nobody's of a login that is gone."""
        return self.home.roles_of(login)

    @property
    def shared(self) -> bool:
        """Whether other computers may be at work on it."""
        return self.home.shared

    def gone(self) -> bool:
        """Whether what this process does now might be lost, or done by another one as well: it has to end."""
        return self.home.gone()

    def keep_small(self) -> int:
        """A small step of giving back room that is not needed any more; 0 once there is nothing to do."""
        return self.home.keep_small(self.database.engine, self.flows)

    def close(self) -> None:
        self.database.engine.dispose()
        self.flows.dispose()
        self.home.close()


def create_workspace(folder: Path, keeper: KeyKeeper) -> Workspace:
    """Makes the workspace aside and moves it in place when it is whole; the folder must be absent or empty."""
    require_place(folder)
    workspace_id = str(uuid.uuid4())
    aside = folder.parent / f".{folder.name}.{workspace_id}"
    with ExitStack() as undo:
        undo.callback(_clear, aside, keeper, workspace_id)
        try:
            aside.mkdir(parents=True, mode=0o700)
            key, kept = keeper.new_key(workspace_id)
            made = Header(workspace_id, keeper.kind, kept, key_check(key, workspace_id))
            _fill(aside, made, key)
            if folder.exists():
                folder.rmdir()
            aside.rename(folder)
        except OSError as error:
            require_free(folder)  # somebody else was faster
            raise WorkspaceError("cannot_create", "The workspace cannot be created here", folder=str(folder)) from error
        undo.pop_all()
    return _open(folder, made, key)


def create_team_workspace(folder: Path, keeper: KeyKeeper, server: Server, password: str) -> Workspace:
    """Makes the workspace's tables in a database that has none yet, and a folder that knows where they are.

    The folder is written while nobody else can make one in this database, and of two that are made in it at once the
    later one leaves it as it is.
    """
    require_free(folder)
    workspace_id = str(uuid.uuid4())
    with ExitStack() as undo:
        database = team.begin(server, password)
        undo.callback(database.engine.dispose)
        undo.callback(keeper.forget, workspace_id)
        key, kept = keeper.new_key(workspace_id)
        plain = Header(workspace_id, keeper.kind, kept, key_check(key, workspace_id))
        made = team.with_server(plain, key, server, password)
        try:
            with database.write() as connection:
                team.fill(connection, made)
                require_free(folder)
                undo.callback(shutil.rmtree, folder, ignore_errors=True)
                folder.mkdir(parents=True, mode=0o700, exist_ok=True)
                made.write(folder)
        except OSError as error:
            raise WorkspaceError("cannot_create", "The workspace cannot be created here", folder=str(folder)) from error
        undo.pop_all()
    database.engine.dispose()
    return _open(folder, made, key)


def open_workspace(folder: Path, keeper: KeyKeeper) -> Workspace:
    """Raises WorkspaceError and leaves every file as it was; never makes anything."""
    return _open(folder, header.read_header(folder), key_of(folder, keeper))


def key_of(folder: Path, keeper: KeyKeeper) -> bytes:
    """The key of the workspace in this folder, whether or not that can be opened; raises WorkspaceError."""
    found = header.read_header(folder)
    if found.key_lives != keeper.kind:
        raise WorkspaceError(
            "other_keeper", "The key of this workspace lives elsewhere", lives=found.key_lives, asked=keeper.kind
        )
    return _fitting_key(found, keeper)


def rewrap(
    folder: Path, keeper: KeyKeeper, wrapper: KeyWrapper, noted: AbstractContextManager[object] | None = None
) -> None:
    """Keeps the same key in another way of the same kind, such as under another passphrase.

    `noted` is the transaction that puts it down: the old way holds where either fails, and until the new one is on the
    disk. Raises WorkspaceError, also for a key that does not fit.
    """
    found = header.read_header(folder)
    kept = wrapper.wrap(_fitting_key(found, keeper), found.workspace_id)
    with ExitStack() as undo:
        with noted or nullcontext():
            undo.callback(_keep_by, folder, found.kept)
            _keep_by(folder, kept)
        undo.pop_all()


def _keep_by(folder: Path, kept: Mapping[str, str | int]) -> None:
    # read again: whom it logs in as may have changed meanwhile
    header.put(folder, replace(header.read_header(folder), kept=kept))


def _fitting_key(found: Header, keeper: KeyKeeper) -> bytes:
    key = keeper.key(found.workspace_id, found.kept)
    if not hmac.compare_digest(key_check(key, found.workspace_id), found.key_check):
        raise WorkspaceError("wrong_key", "The key does not fit this workspace", workspace=found.workspace_id)
    return key


def _fill(folder: Path, made: Header, key: bytes) -> None:
    database = Database(open_engine(folder / DATABASE, key, create=True))
    try:
        migrate(database, new=True)
        with database.write() as connection:
            connection.execute(sa.insert(schema.meta).values(name="workspace_id", value=made.workspace_id))
    finally:
        database.engine.dispose()
    open_flows_engine(folder / FLOWS, key, create=True).dispose()
    made.write(folder)


def _clear(aside: Path, keeper: KeyKeeper, workspace_id: str) -> None:
    shutil.rmtree(aside, ignore_errors=True)
    keeper.forget(workspace_id)


def _open(folder: Path, found: Header, key: bytes) -> Workspace:
    if found.move_id:
        found = arrive(folder, found, key)
    if found.server:
        there = team.connect(found, key)
        link_stored(there.database, WorkspaceKeys.derived(key))
        home = ServerHome(folder, there.database, there.beats)
        return _stores(folder, found.workspace_id, key, there.database, there.flows, home, there.person)
    _require_files(folder, key)
    database = Database(open_engine(folder / DATABASE, key))
    try:
        with database.read() as connection:
            if version_of(connection) is not None:
                require_live(connection)
        migrate(database)
        _check_id(database, found.workspace_id)
        link_stored(database, WorkspaceKeys.derived(key))
        flows = open_flows_engine(folder / FLOWS, key)
    except WorkspaceError:
        database.engine.dispose()
        raise
    return _stores(folder, found.workspace_id, key, database, flows, FileHome.of(folder), Person(user=user()))


def _require_files(folder: Path, key: bytes) -> None:
    for name in (DATABASE, FLOWS):
        seen = look(folder / name, key)
        if seen is Look.PLAIN:
            raise WorkspaceError("not_a_workspace", "A database of the workspace is not encrypted", file=name)
        if seen is not Look.FITS:
            raise WorkspaceError("damaged", "A database of the workspace is missing or damaged", file=name)


def _stores(
    folder: Path, workspace_id: str, key: bytes, database: Database, flows: Engine, home: Home, person: Person
) -> Workspace:
    keys = WorkspaceKeys.derived(key)
    return Workspace(
        folder=folder,
        id=workspace_id,
        accounts=SqlAccounts(database),
        audiences=SqlAudiences(database),
        customers=SqlCustomers(database, keys),
        people=SqlPeople(database),
        readings=SqlReadings(database),
        facts=SqlFacts(database, keys.hashes),
        evidence=SqlEvidence(database, workspace_id, keys.hashes, derive(key, "evidence")),
        reports=SqlReports(database, keys),
        filings=SqlFilings(database),
        suppressions=SqlSuppressions(database, keys.hashes),
        opt_outs=SqlOptOuts(database, keys.hashes),
        campaigns=SqlCampaigns(database, keys.hashes),
        jobs=SqlJobs(database),
        inbox=SqlInbox(database, keys),
        complaints=SqlComplaints(database, keys),
        trends=SqlTrends(database),
        course=SqlCourse(database),
        answers=SqlAnswers(database, keys),
        ledger=SqlLedger(database, keys.hashes),
        lookbacks=SqlLookBacks(database),
        peaks=SqlPeaks(database),
        money=SqlMoney(database),
        pushed=SqlPushed(database, keys.secrets),
        rates=SqlRates(database),
        bans=SqlBans(database),
        audit=SqlAuditLog(database),
        secrets=SqlSecrets(database, keys.secrets),
        staff=SqlStaff(database, keys),
        wordings=SqlWordings(database),
        subjects=SqlSubjects(database, keys),
        imports=SqlImports(database, keys),
        phone_keys=keys.hashes,
        database=database,
        flows=flows,
        home=home,
        person=person,
    )


def _check_id(database: Database, workspace_id: str) -> None:
    with database.read() as connection:
        wanted = sa.select(schema.meta.c.value).where(schema.meta.c.name == "workspace_id")
        if connection.execute(wanted).scalar() != workspace_id:
            raise WorkspaceError("damaged", "The files of this folder are of different workspaces")
