"""The one place that knows every adapter: opens a workspace and wires services, or a worker, on it.

Heavy libraries are imported when a workspace is opened, never when this module is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from campaign_app import keeping
from campaign_app.domain.ports import Clock, JobStore

if TYPE_CHECKING:
    from subprocess import Popen

    from campaign_app.compliance import Engine
    from campaign_app.credentials import KeyKeeper
    from campaign_app.services.accounts import Accounts
    from campaign_app.services.audiences import Audiences
    from campaign_app.services.campaigns import Campaigns
    from campaign_app.services.composing import Composing
    from campaign_app.services.filings import Filings
    from campaign_app.services.imports import Imports
    from campaign_app.services.members import Members
    from campaign_app.services.opt_outs import OptOuts
    from campaign_app.services.people import People
    from campaign_app.services.policies import Policies
    from campaign_app.services.preflight import Preflights
    from campaign_app.services.profiles import Profiles
    from campaign_app.services.replies import Replies
    from campaign_app.services.rules import Rules
    from campaign_app.services.templates import Templates
    from campaign_app.services.texts import Texts
    from campaign_app.settings import Settings
    from campaign_app.storage.workspace import Workspace

DEMO: Final = "demo"
default_folder, is_workspace, is_free = keeping.default_folder, keeping.is_workspace, keeping.is_free
key_lives, keeper_of, new_keeper = keeping.key_lives, keeping.keeper_of, keeping.new_keeper
handed_keeper, passphrase_in = keeping.handed_keeper, keeping.passphrase_in


def system_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 the one place that hands out real time


def wait(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251 the one place that hands out real time


def shifted_clock(offset: timedelta) -> Clock:
    """The clock of a demo, which plays by day even at night."""
    return lambda: system_clock() + offset


@dataclass(frozen=True, slots=True)
class App:
    """The services of one open workspace, as the window and the command line use them."""

    workspace: Workspace
    keeper: KeyKeeper = field(repr=False)
    accounts: Accounts
    audiences: Audiences
    campaigns: Campaigns
    composing: Composing
    filings: Filings
    rules: Rules
    profiles: Profiles
    imports: Imports
    people: People
    members: Members
    preflights: Preflights
    policies: Policies
    opt_outs: OptOuts
    replies: Replies
    templates: Templates
    jobs: JobStore
    clock: Clock
    wait: Callable[[float], None]
    offset: timedelta = timedelta(0)  # by which the clock of a demo is shifted

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.workspace.close()


def open_app(folder: Path, keeper: KeyKeeper, *, offset: timedelta = timedelta(0)) -> App:
    """Raises WorkspaceError, and then nothing was made or changed. Only a demo's clock is shifted by `offset`."""
    from campaign_app.storage.workspace import open_workspace

    return _app(open_workspace(folder, keeper), keeper, offset)


def open_for_window(stack: ExitStack, folder: Path, keeper: KeyKeeper) -> App:
    """The app of a workspace's only window; closes with `stack`. Raises WorkspaceError `in_use` if there is another.

    Keychain or passphrase are asked once: the worker that is started later gets the key from here, even if the
    passphrase was changed in between.
    """
    from campaign_app.credentials import HandedKeeper
    from campaign_app.storage import header, locks

    found = header.read_header(folder)
    key = keeper.key(found.workspace_id, found.kept)
    stack.enter_context(locks.lock(folder, "window"))
    return stack.enter_context(open_app(folder, HandedKeeper(key, found.key_lives)))


@dataclass(frozen=True, slots=True)
class About:
    """What is to be known of a workspace from outside: its folder, bytes on the disk, and what keeps its key."""

    folder: Path
    size: int
    key_lives: str


def about(app: App) -> About:
    """Raises WorkspaceError `workspace_gone` if the folder was moved away or removed."""
    folder = _there(app)
    size = 0
    for file in folder.iterdir():
        with suppress(OSError):  # a log that was just taken in
            size += file.stat().st_size
    return About(folder, size, key_lives(folder))


def change_passphrase(app: App, *, old: str, new: str) -> None:
    """The same key under another passphrase; the old one holds until the new one is on the disk.

    Raises WorkspaceError `wrong_passphrase`, SettingsError for a new one that is short or weak.
    """
    from campaign_app.credentials import PassphraseKeeper
    from campaign_app.storage.workspace import rewrap

    rewrap(app.workspace.folder, PassphraseKeeper(old), PassphraseKeeper(new))
    app.workspace.audit.record("workspace.passphrase_changed", actor="window", at=app.clock())


def create_app(folder: Path, keeper: KeyKeeper, *, offset: timedelta = timedelta(0)) -> App:
    """A new workspace in an absent or empty folder. Only a demo's clock is shifted by `offset`."""
    from campaign_app.storage.workspace import create_workspace

    return _app(create_workspace(folder, keeper), keeper, offset)


def create_demo(folder: Path, keeper: KeyKeeper) -> None:
    """A new workspace whose clock may be shifted, on the disk before any service is loaded."""
    from campaign_app.storage.workspace import create_workspace

    with closing(create_workspace(folder, keeper)) as workspace:
        workspace.accounts.set_setting(DEMO, value=True)


def _app(workspace: Workspace, keeper: KeyKeeper, offset: timedelta) -> App:
    from campaign_app.platforms import Offers
    from campaign_app.services.accounts import Accounts
    from campaign_app.services.audiences import Audiences
    from campaign_app.services.campaigns import Campaigns
    from campaign_app.services.composing import Composing
    from campaign_app.services.opt_outs import OptOuts
    from campaign_app.services.policies import Policies
    from campaign_app.services.replies import Replies
    from campaign_app.services.templates import Templates

    clock = shifted_clock(offset) if offset else system_clock
    rules, profiles = rules_of(workspace, clock), profiles_of(workspace, clock)
    engine = _engines(workspace, clock, rules)
    texts = texts_of(workspace, rules.engine, profiles)
    accounts = Accounts(
        store=workspace.accounts,
        secrets=workspace.secrets,
        audit=workspace.audit,
        clock=clock,
        make_client=_client(workspace, clock),
        offers=Offers(),
    )
    campaigns = Campaigns(
        store=workspace.campaigns,
        inbox=workspace.inbox,
        texts=texts,
        audit=workspace.audit,
        clock=clock,
        hours=lambda: _hours(workspace),
    )
    composing = Composing(
        texts=texts, engine=engine, accounts=workspace.accounts, campaigns=workspace.campaigns,
        customers=workspace.customers, clock=clock,
    )  # fmt: skip
    return App(
        workspace=workspace,
        keeper=keeper,
        accounts=accounts,
        audiences=Audiences(customers=workspace.customers, store=workspace.audiences, clock=clock),
        campaigns=campaigns,
        composing=composing,
        filings=_filings(workspace, clock, engine),
        rules=rules,
        profiles=profiles,
        imports=imports_of(workspace, clock),
        people=_people(workspace),
        members=_members(workspace, clock),
        preflights=_preflights(workspace, campaigns, clock, _speaking(workspace, engine, profiles)),
        policies=Policies(store=workspace.accounts, audit=workspace.audit, clock=clock),
        opt_outs=OptOuts(workspace.opt_outs, workspace.audit, clock, workspace.accounts, workspace.jobs),
        replies=Replies(workspace.accounts, workspace.audit, clock),
        templates=Templates(accounts),
        jobs=workspace.jobs,
        clock=clock,
        wait=wait,
        offset=offset,
    )


def _filings(workspace: Workspace, clock: Clock, engine: Callable[[str], Engine]) -> Filings:
    from campaign_app.services.filings import Filings

    accounts, campaigns, audit = workspace.accounts, workspace.campaigns, workspace.audit
    return Filings(workspace.filings, accounts, campaigns, audit, clock, engine)


def _members(workspace: Workspace, clock: Clock) -> Members:
    from campaign_app.services.members import Members

    customers, facts, audit = workspace.customers, workspace.facts, workspace.audit
    return Members(workspace.campaigns, customers, facts, workspace.accounts, audit, clock)


def _preflights(workspace: Workspace, campaigns: Campaigns, clock: Clock, texts: Callable[[str], Texts]) -> Preflights:
    from campaign_app.platforms.abilities import abilities_of
    from campaign_app.services.preflight import Preflights

    def max_age() -> timedelta:
        return timedelta(minutes=load_settings(workspace).max_consent_age_minutes)

    stores, hours = (workspace.campaigns, workspace.accounts), lambda: _hours(workspace)
    return Preflights(*stores, texts, campaigns.warnings, clock, hours, max_age, abilities_of)


def _hours(workspace: Workspace) -> tuple[time_of_day, time_of_day]:
    settings = load_settings(workspace)
    return settings.window_opens, settings.window_closes


def imports_of(workspace: Workspace, clock: Clock) -> Imports:
    from campaign_app.jobs.tabular import open_table
    from campaign_app.services.imports import Imports

    return Imports(
        store=workspace.imports, settings=workspace.accounts, open_table=open_table, audit=workspace.audit, clock=clock
    )


def _people(workspace: Workspace) -> People:
    from campaign_app.services.people import People

    return People(
        store=workspace.people, customers=workspace.customers, facts=workspace.facts, accounts=workspace.accounts,
        suppressions=workspace.suppressions, phone_keys=workspace.phone_keys,
    )  # fmt: skip


def _client(workspace: Workspace, clock: Clock) -> Callable[..., Any]:
    from campaign_app.platforms import client_of
    from campaign_app.storage.secrets import AccountSecrets

    secrets, account_of = AccountSecrets(workspace.secrets), workspace.accounts.account
    return lambda account, secret: client_of(account, secret, clock, secrets=secrets, account_of=account_of)


def rules_of(workspace: Workspace, clock: Clock, language: str = "zh_CN") -> Rules:
    """The rules in force, speaking a language."""
    from campaign_app import assets
    from campaign_app.services.rules import Rules

    return Rules(
        shipped=assets.path("rules"),
        own=workspace.folder / "rules",
        settings=workspace.accounts,
        audit=workspace.audit,
        clock=clock,
        language=language,
    )


def _engines(workspace: Workspace, clock: Clock, rules: Rules) -> Callable[[str], Engine]:
    """By language; another one than `rules` speak is read when somebody first wants it."""
    speaking = {"zh_CN": rules}

    def engine(language: str) -> Engine:
        if language not in speaking:
            speaking[language] = rules_of(workspace, clock, language)
        return speaking[language].engine()

    return engine


def profiles_of(workspace: Workspace, clock: Clock) -> Profiles:
    from campaign_app.services.profiles import Profiles

    return Profiles(settings=workspace.accounts, audit=workspace.audit, clock=clock)


def _speaking(workspace: Workspace, engine: Callable[[str], Engine], profiles: Profiles) -> Callable[[str], Texts]:
    """Texts whose findings are in a language."""
    return lambda language: texts_of(workspace, partial(engine, language), profiles)


def texts_of(workspace: Workspace, engine: Callable[[], Engine], profiles: Profiles) -> Texts:
    from campaign_app.services.texts import Texts

    return Texts(
        engine=engine,
        profile=profiles.of,
        accounts=workspace.accounts,
        campaigns=workspace.campaigns,
        customers=workspace.customers,
    )


@contextmanager
def with_worker(app: App) -> Iterator[App]:
    """The app with a worker: one of its own, unless this workspace already has one."""
    with app, closing(start_worker_for(app)):
        yield app


@dataclass(frozen=True, slots=True)
class WorkerHandle:
    """A worker that runs beside the window; None where this workspace already had one of its own."""

    _stack: ExitStack
    _process: Popen[str] | None

    @property
    def own(self) -> bool:
        """Whether it ends with this window."""
        return self._process is not None

    def alive(self) -> bool:
        return self._process is None or self._process.poll() is None

    def close(self) -> None:
        """Stops the worker if it is ours; what it was doing goes on at the next start."""
        self._stack.close()


def _there(app: App) -> Path:
    from campaign_app.domain.errors import WorkspaceError

    folder = app.workspace.folder
    if not is_workspace(folder):
        raise WorkspaceError("workspace_gone", "The workspace's folder is not there any more", folder=str(folder))
    return folder


def start_worker_for(app: App) -> WorkerHandle:
    """Starts the workspace's worker unless it has one.

    Raises AppError("child_failed"), WorkspaceError `workspace_gone` if its folder was moved away or removed.
    """
    from campaign_app.processes import start_worker
    from campaign_app.storage import header, locks

    folder = _there(app)
    with ExitStack() as stack:
        if locks.holder(folder, "worker") is not None:
            return WorkerHandle(stack.pop_all(), None)
        found = header.read_header(folder)
        key = app.keeper.key(found.workspace_id, found.kept)
        process = stack.enter_context(start_worker(folder, key, app.offset))
        return WorkerHandle(stack.pop_all(), process)


def load_settings(workspace: Workspace) -> Settings:
    """The workspace's settings; raises SettingsError if a stored one is out of its limits."""
    from campaign_app import settings

    found = workspace.accounts.settings([declared.name for declared in settings.DECLARED])
    return settings.load(found.get)
