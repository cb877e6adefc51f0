"""The one place that knows every adapter: opens a workspace and wires services, or a worker, on it.

Heavy libraries are imported when a workspace is opened, never when this module is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.ports import Clock, JobStore

if TYPE_CHECKING:
    from campaign_app.credentials import KeyKeeper
    from campaign_app.jobs.stores import Context, Remotes
    from campaign_app.services.accounts import Accounts
    from campaign_app.services.audiences import Audiences
    from campaign_app.services.campaigns import Campaigns
    from campaign_app.services.imports import Imports
    from campaign_app.services.profiles import Profiles
    from campaign_app.services.rules import Rules
    from campaign_app.services.texts import Texts
    from campaign_app.settings import Settings
    from campaign_app.storage.workspace import Workspace

DEMO: Final = "demo"
# how far a platform's clock may run ahead of ours before its dates count as future
CLOCK_SKEW: Final = timedelta(seconds=60)
STOP_SECONDS: Final = 5


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
    rules: Rules
    profiles: Profiles
    imports: Imports
    jobs: JobStore
    clock: Clock
    wait: Callable[[float], None]

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.workspace.close()


def open_app(folder: Path, keeper: KeyKeeper, clock: Clock = system_clock) -> App:
    """Raises WorkspaceError, and then nothing was made or changed."""
    from campaign_app.storage.workspace import open_workspace

    return _app(open_workspace(folder, keeper), keeper, clock)


def create_app(folder: Path, keeper: KeyKeeper, clock: Clock = system_clock) -> App:
    """A new workspace in an absent or empty folder."""
    from campaign_app.storage.workspace import create_workspace

    return _app(create_workspace(folder, keeper), keeper, clock)


def _app(workspace: Workspace, keeper: KeyKeeper, clock: Clock) -> App:
    from campaign_app.services.accounts import Accounts
    from campaign_app.services.audiences import Audiences
    from campaign_app.services.campaigns import Campaigns

    accounts = Accounts(
        store=workspace.accounts,
        secrets=workspace.secrets,
        audit=workspace.audit,
        clock=clock,
        make_client=_client(clock),
    )
    rules, profiles = _rules(workspace, clock), _profiles(workspace, clock)
    campaigns = Campaigns(
        store=workspace.campaigns,
        inbox=workspace.inbox,
        texts=_texts(workspace, rules, profiles),
        audit=workspace.audit,
        clock=clock,
        hours=lambda: _hours(workspace),
    )
    audiences = Audiences(customers=workspace.customers, store=workspace.audiences, clock=clock)
    imports = _imports(workspace, clock)
    return App(workspace, keeper, accounts, audiences, campaigns, rules, profiles, imports, workspace.jobs, clock, wait)


def _hours(workspace: Workspace) -> tuple[time_of_day, time_of_day]:
    settings = load_settings(workspace)
    return settings.window_opens, settings.window_closes


def _imports(workspace: Workspace, clock: Clock) -> Imports:
    from campaign_app.jobs.tabular import open_table
    from campaign_app.services.imports import Imports

    return Imports(
        store=workspace.imports,
        settings=workspace.accounts,
        open_table=open_table,
        audit=workspace.audit,
        clock=clock,
    )


def _client(clock: Clock) -> Callable[..., Any]:
    from campaign_app.platforms import client_for

    return lambda account, private_key: client_for(account, private_key, clock)


def _rules(workspace: Workspace, clock: Clock) -> Rules:
    from campaign_app import assets
    from campaign_app.services.rules import Rules

    return Rules(
        shipped=assets.path("rules"),
        own=workspace.folder / "rules",
        settings=workspace.accounts,
        audit=workspace.audit,
        clock=clock,
    )


def _profiles(workspace: Workspace, clock: Clock) -> Profiles:
    from campaign_app.services.profiles import Profiles

    return Profiles(settings=workspace.accounts, audit=workspace.audit, clock=clock)


def _texts(workspace: Workspace, rules: Rules, profiles: Profiles) -> Texts:
    from campaign_app.services.texts import Texts

    return Texts(
        engine=rules.engine,
        profile=profiles.of,
        accounts=workspace.accounts,
        campaigns=workspace.campaigns,
        customers=workspace.customers,
    )


@contextmanager
def demo_app(folder: Path, key: bytes, offset: timedelta) -> Iterator[App]:
    """A throw-away workspace whose key is in memory only, with its worker; `offset` shifts its clock."""
    from campaign_app.credentials import MemoryKeeper
    from campaign_app.processes import start_worker

    with create_app(folder, MemoryKeeper(key), shifted_clock(offset)) as app:
        app.workspace.accounts.set_setting(DEMO, value=True)
        with start_worker(folder, key, offset):
            yield app


@contextmanager
def with_worker(app: App) -> Iterator[App]:
    """The app with a worker: one of its own, unless this workspace already has one."""
    from campaign_app.processes import start_worker
    from campaign_app.storage import header, locks

    folder = app.workspace.folder
    with app:
        if locks.holder(folder, "worker") is not None:
            yield app
            return
        found = header.read_header(folder)
        with start_worker(folder, app.keeper.key(found.workspace_id, found.kept), timedelta(0)):
            yield app


def run_worker(
    folder: Path,
    keeper: KeyKeeper,
    *,
    clock_offset: timedelta,
    stopped: Callable[[float], bool],
    ready: Callable[[], None],
) -> None:
    """Works until `stopped(seconds)` says so. Raises WorkspaceError("in_use") if the workspace has a worker.

    What is still running at the end goes on at the next start. The clock is shifted for a demo's workspace only.
    """
    from campaign_app.jobs import flows
    from campaign_app.jobs.worker import Worker, flow_starter, run
    from campaign_app.storage.workspace import open_workspace

    workspace = open_workspace(folder, keeper)
    try:
        with workspace.lock("worker"):
            clock = _worker_clock(workspace, clock_offset)
            context = worker_context(workspace, clock)
            launched = flows.launch(context, _imports(workspace, clock), workspace.flows)
            ready()
            run(Worker(context, flow_starter(context, launched)), stopped=stopped)
            flows.stop(STOP_SECONDS)
    finally:
        workspace.close()


def _worker_clock(workspace: Workspace, offset: timedelta) -> Clock:
    if offset and not workspace.accounts.setting(DEMO, default=False):
        raise SettingsError("clock_offset", "Only a demo's clock can be shifted")
    return shifted_clock(offset) if offset else system_clock


def worker_context(workspace: Workspace, clock: Clock) -> Context:
    from campaign_app.consent import Policy
    from campaign_app.jobs.stores import Context, Stores

    settings = load_settings(workspace)
    policy = Policy(
        max_consent_age=timedelta(minutes=settings.max_consent_age_minutes),
        reread_after=timedelta(minutes=settings.batch_reread_minutes),
        clock_skew=CLOCK_SKEW,
    )
    stores = Stores(
        accounts=workspace.accounts,
        customers=workspace.customers,
        facts=workspace.facts,
        suppressions=workspace.suppressions,
        campaigns=workspace.campaigns,
        inbox=workspace.inbox,
        ledger=workspace.ledger,
        jobs=workspace.jobs,
        audit=workspace.audit,
        phone_keys=workspace.phone_keys,
    )
    return Context(
        workspace_id=workspace.id,
        stores=stores,
        remotes=_remotes(workspace, clock),
        composer=_texts(workspace, _rules(workspace, clock), _profiles(workspace, clock)),
        policy=policy,
        clock=clock,
        wait=wait,
        batch=settings.batch_size,
        house_caps=(settings.house_cap_per_week, settings.house_cap_per_month),
    )


def load_settings(workspace: Workspace) -> Settings:
    """The workspace's settings; raises SettingsError if a stored one is out of its limits."""
    from campaign_app import settings

    return settings.load(workspace.accounts.setting)


def _remotes(workspace: Workspace, clock: Clock) -> Remotes:
    from campaign_app.gateways import gateway_for
    from campaign_app.jobs.stores import Remotes
    from campaign_app.platforms import client_for
    from campaign_app.services.accounts import secret_name

    def key_of(account_id: int) -> str:
        account = workspace.accounts.account(account_id)
        key = workspace.secrets.get(secret_name(account_id)) if account.state == "connected" else None
        if key is None:
            raise NotAllowed("account_disconnected", "The account was disconnected", account=account_id)
        return key

    @lru_cache(maxsize=64)
    def platform(account_id: int, key: str) -> Any:
        return client_for(workspace.accounts.account(account_id), key, clock)

    @lru_cache(maxsize=64)
    def gateway(account_id: int, purpose: str, key: str) -> Any:
        return gateway_for(workspace.accounts.account(account_id), key, purpose, clock)

    return Remotes(
        platform=lambda account_id: platform(account_id, key_of(account_id)),
        gateway=lambda account_id, purpose: gateway(account_id, purpose, key_of(account_id)),
    )


def default_folder() -> Path:
    from campaign_app.storage import workspace

    return workspace.default_folder()


def keeper_of(folder: Path, passphrase: Callable[[], str]) -> KeyKeeper:
    """The keeper that an existing workspace asks for; `passphrase` is called only if it is kept by one."""
    from campaign_app.credentials import KeychainKeeper, PassphraseKeeper
    from campaign_app.storage.workspace import key_lives

    return PassphraseKeeper(passphrase()) if key_lives(folder) == "passphrase" else KeychainKeeper()


def new_keeper(passphrase: str | None) -> KeyKeeper:
    """For a new workspace: the passphrase where one is given, else the system's keychain."""
    from campaign_app.credentials import KeychainKeeper, PassphraseKeeper

    return KeychainKeeper() if passphrase is None else PassphraseKeeper(passphrase)


def handed_keeper(folder: Path, key: bytes) -> KeyKeeper:
    """A key that the parent process handed over, for whatever keeper the workspace was made with."""
    from campaign_app.credentials import HandedKeeper
    from campaign_app.storage.workspace import key_lives

    return HandedKeeper(key, key_lives(folder))


def passphrase_in(file: Path) -> str:
    """The passphrase in a file that only its owner may read; raises SettingsError."""
    from campaign_app.credentials import read_passphrase_file

    return read_passphrase_file(file)
