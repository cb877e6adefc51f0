"""Wires the worker process: its context, its connections, and its life from the lock to the last flow.

Heavy libraries are imported when a worker runs, never when this module is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from campaign_app.bootstrap import DEMO
from campaign_app.clocks import shifted_clock, system_clock, wait
from campaign_app.domain.errors import SettingsError, WorkspaceError
from campaign_app.domain.ports import Clock
from campaign_app.domain.team import Permission, may_ask
from campaign_app.parts import imports_of, load_settings, profiles_of, rules_of, texts_of, unread_of
from campaign_app.teaming import EVERYTHING, Part, health, share_of

if TYPE_CHECKING:
    from campaign_app.compliance.providers import Cap
    from campaign_app.credentials import KeyKeeper
    from campaign_app.domain.customer import Account
    from campaign_app.domain.ports import Job
    from campaign_app.gateways import Connections, Means
    from campaign_app.jobs.sharing import Share
    from campaign_app.jobs.stores import Context, Remotes
    from campaign_app.jobs.worker import Worker
    from campaign_app.storage.leasing import Lease
    from campaign_app.storage.workspace import Workspace

_log = logging.getLogger(__name__)
# how far a platform's clock may run ahead of ours before its dates count as future
CLOCK_SKEW: Final = timedelta(seconds=60)
STOP_SECONDS: Final = 5
# how long a batch that is being handed over may still take once a team's worker is told to stop
BATCH_SECONDS: Final = 60
_LOADED: Final = (
    "jobs.launching",
    "jobs.starting",
    "jobs.worker",
    "storage.workspace",
    "services.texts",
    "platforms",
    "gateways",
)


def get_ready() -> None:
    """Loads what every worker needs, while its parent still makes or opens the workspace."""
    for name in _LOADED:
        import_module(f"campaign_app.{name}")


def run_worker(
    folder: Path,
    keeper: KeyKeeper,
    *,
    clock_offset: timedelta,
    stopped: Callable[[float], bool],
    ready: Callable[[], None],
    part: Part = EVERYTHING,
    lost: Callable[[], object] = bool,
    waits: Callable[[WorkspaceError], object] = bool,
) -> bool:
    """Works until `stopped(seconds)` says so. Raises WorkspaceError: `in_use` if the workspace has its one worker,

    `other_version` beside workers of another one; SettingsError for a `part` of a workspace that is not a team's;
    NotPermitted for a login that is no worker's.

    What is still running at the end goes on at the next start, or at another worker. It ends too once the workspace's
    files are gone: what is submitted then nobody would remember. The clock is shifted for a demo's workspace only. True
    asks for a new process, which takes up what this one lost (`FlowLost`). `lost` is called once others have taken over
    what this worker had; it must not return: nothing that this process still does may count. `waits` is told
    once each time what this one waits for: its server, or room on a disk.
    """
    from campaign_app.gateways import Connections
    from campaign_app.storage.homes import Hand
    from campaign_app.storage.program import VERSION
    from campaign_app.storage.workspace import open_workspace

    workspace = open_workspace(folder, keeper)
    try:
        workspace.person.require(Permission.WORK)
        if part != EVERYTHING and not workspace.shared:
            raise SettingsError("not_shared", "Only a team's workspace is shared by several workers")
        hand = Hand(VERSION, part.queues, part.lease_seconds, lost)
        clock = _worker_clock(workspace, clock_offset)
        with (
            workspace.work(hand) as lease,
            closing(Connections(workspace.pushed)) as connections,
            health(part, lease),
        ):
            context = worker_context(workspace, clock, connections, lease=lease)
            return _work(workspace, context, share_of(part, lease, context.aside), stopped, ready, waits)
    finally:
        workspace.close()


def _work(
    workspace: Workspace,
    context: Context,
    share: Share,
    stopped: Callable[[float], bool],
    ready: Callable[[], None],
    waits: Callable[[WorkspaceError], object],
) -> bool:
    from campaign_app.jobs import launching
    from campaign_app.jobs.starting import FlowLost
    from campaign_app.jobs.worker import BUSY_SECONDS, IDLE_SECONDS, run
    from campaign_app.processes import look_for_cycles_less_often
    from campaign_app.reading import beside
    from campaign_app.storage.postgres import beginning

    _look_for_copy(context)
    context = as_set(workspace, context)  # it may have found that the workspace is a copy
    imports = imports_of(workspace, context.clock, beside(workspace.imports.keys.rows))
    with beginning(workspace.flows) if workspace.shared else nullcontext():
        launched = launching.launch(context, imports, workspace.flows, lambda was: as_set(workspace, was), share)
    look_for_cycles_less_often()
    ready()
    gone, worker = workspace.gone, _worker(workspace, context, launched, share)
    idle = IDLE_SECONDS if share.alone else BUSY_SECONDS  # a server is asked by every worker of a team
    try:
        run(worker, stopped=lambda seconds: stopped(seconds) or gone(), idle=idle, waits=waits)
    except FlowLost:
        if not share.alone:
            launched.halt.stop(BATCH_SECONDS)
        return True
    if gone():
        # files that are gone are gone for the next process as well
        return workspace.shared
    _look_for_copy(context)
    if not share.alone:
        launched.halt.stop(BATCH_SECONDS)
    # DBOS takes two seconds to end, whether or not anything is under way
    elif workspace.jobs.open_jobs():
        launching.stop(STOP_SECONDS)
    return False


def _look_for_copy(context: Context) -> None:
    """Puts down what is there, or everything aside. A disk without room is no hindrance: the same is done before

    anything leaves.
    """
    try:
        why = context.seen()
    except WorkspaceError as trouble:
        _log.info("nothing was put down: %s", trouble)
        return
    if why:
        _log.warning("the workspace is taken for a copy (%s): nothing is sent before a person accepts it", why)


def _worker(workspace: Workspace, context: Context, launched: Any, share: Share) -> Worker:
    from campaign_app.jobs.rounds import Every
    from campaign_app.jobs.starting import flow_starter, forget_flows
    from campaign_app.jobs.worker import Worker

    def every() -> Every:
        settings = load_settings(workspace)
        minutes = (settings.sync_every_minutes, settings.changes_every_minutes)
        return Every(*(timedelta(minutes=each) for each in minutes))

    mine = replace(share, active=lambda: launched.active, crowd=launched.turns.crowd)

    def allowed(job: Job) -> bool:
        """One from before there were roles names nobody; the server lets no other be like that."""
        return not job.asked_by or may_ask(workspace.roles_of(job.asked_by), job.kind)

    def look_backs() -> tuple[int, int]:
        settings = load_settings(workspace)
        return settings.lookback_every_days, settings.lookback_days

    start = flow_starter(context, launched, share.executor)
    return Worker(context, start, forget_flows, every, mine, allowed, look_backs)


def _worker_clock(workspace: Workspace, offset: timedelta) -> Clock:
    if offset and not workspace.accounts.setting(DEMO, default=False):
        raise SettingsError("clock_offset", "Only a demo's clock can be shifted")
    return shifted_clock(offset) if offset else system_clock


def worker_context(
    workspace: Workspace,
    clock: Clock,
    connections: Connections | None = None,
    *,
    pause: Callable[[float], object] | None = None,
    lease: Lease | None = None,
) -> Context:
    """`connections` are closed by whoever made them; without any, no sender that needs one can be used.

    `pause` replaces the waiting before a request is tried again. Under a `lease` nothing leaves without it.
    """
    from campaign_app.consent import Policy
    from campaign_app.gateways import Means
    from campaign_app.jobs.stores import Context, Stores, is_in_use, is_known
    from campaign_app.services.carriers import Carriers
    from campaign_app.services.sent_texts import LookedAt
    from campaign_app.storage.seen import seen_of
    from campaign_app.transport.kept import Shared

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
        opt_outs=workspace.opt_outs,
        trials=workspace.staff,
        rates=workspace.rates,
        lookbacks=workspace.lookbacks,
    )
    rules, profiles = rules_of(workspace, clock), profiles_of(workspace, clock)
    carriers = Carriers(workspace.accounts, profiles.of)

    def limit_of(platform: str) -> int:
        known = rules.current().rules.providers.get(platform)
        return 0 if known is None else known.per_second

    def caps_of(account_id: int) -> tuple[Cap, ...]:
        return rules.current().rules.providers[carriers.provider(workspace.accounts.account(account_id))].caps

    shared = Shared(bans=workspace.bans, unread=unread_of(workspace, clock))
    texts, seen = texts_of(workspace, rules.engine, profiles), seen_of(workspace, clock)
    context = Context(
        workspace_id=workspace.id,
        stores=stores,
        remotes=_remotes(workspace, clock, Means(connections, limit_of, pause, shared), lease),
        composer=texts,
        sent_texts=LookedAt(texts),
        policy=Policy(clock_skew=CLOCK_SKEW),
        clock=clock,
        wait=wait,
        upkeep=_upkeep_of(workspace, clock),
        seen=is_known if seen is None else seen.guard,
        kept=is_known if seen is None else seen.notice,
        aside=is_in_use if seen is None else seen.waits,
        provider_caps=caps_of,
    )
    return as_set(workspace, context)


def _upkeep_of(workspace: Workspace, clock: Clock) -> Callable[[], object]:
    """Files are kept small, and what was kept long enough goes, both a little at a time."""
    from campaign_app.storage.retention import SETTINGS, Retention

    retention = Retention(workspace.database)

    def days() -> dict[str, int]:
        settings = load_settings(workspace)
        return {name: getattr(settings, name) for name in SETTINGS}

    def upkeep() -> None:
        workspace.keep_small()
        retention.step(days, clock())

    return upkeep


def as_set(workspace: Workspace, context: Context) -> Context:
    """The context as the workspace's settings are now; asked before every batch, so that a change needs no restart."""
    from campaign_app.storage.copies import COPIES, copies_of

    settings = load_settings(workspace)
    policy = replace(
        context.policy,
        max_consent_age=timedelta(minutes=settings.max_consent_age_minutes),
        reread_after=timedelta(minutes=settings.batch_reread_minutes),
    )
    caps = (settings.house_cap_per_week, settings.house_cap_per_month)
    return replace(
        context,
        policy=policy,
        batch=settings.batch_size,
        house_caps=caps,
        complaints_per_10000=settings.complaints_per_10000,
        hours=(settings.window_opens, settings.window_closes),
        tests_per_day=settings.tests_per_day,
        copies=copies_of(workspace.accounts.setting(COPIES, None)),
    )


def _clock_at_sending(clock: Clock, lease: Lease | None) -> Clock:
    """Read as every single request to a sender is signed: a worker that was stopped before it goes no further."""
    if lease is None:
        return clock

    def under_lease() -> datetime:
        lease.require()
        return clock()

    return under_lease


def _remotes(workspace: Workspace, clock: Clock, means: Means, lease: Lease | None) -> Remotes:
    from campaign_app.gateways import gateway_of, has_sender
    from campaign_app.jobs.stores import Remotes
    from campaign_app.platforms import client_of
    from campaign_app.services.pinning import pin_for
    from campaign_app.storage.secrets import AccountSecrets

    accounts, secrets = workspace.accounts.account, AccountSecrets(workspace.secrets)
    at_sending = _clock_at_sending(clock, lease)

    def pin_of(account_id: int) -> Callable[[str, str], None]:
        return pin_for(account_id, store=workspace.accounts, clock=clock)

    # by everything that they are made of: a changed key, pin or endpoint makes new ones; one at a time, since two that
    # are asked for at once would be two, each with what it holds of a queue
    making = RLock()

    @lru_cache(maxsize=64)
    def platform(account: Account, key: str, *_endpoint: object) -> Any:
        return client_of(
            account, key, clock, secrets=secrets, account_of=accounts, pin_of=pin_of, shared=means.shared,
            wait=means.wait,
        )  # fmt: skip

    @lru_cache(maxsize=64)
    def gateway(account: Account, purpose: str, key: str, *_sender: object) -> Any:
        return gateway_of(account, key, purpose, at_sending, secrets=secrets, account_of=accounts, means=means)

    def made_of(account: Account, other: int | None) -> tuple[str, Account | None, str]:
        if other is None:
            return secrets.get(account.id), None, ""
        return secrets.get(account.id), accounts(other), secrets.get(other)

    def platform_of(account_id: int) -> Any:
        account = accounts(account_id)
        made = made_of(account, account.consent_account_id)
        with making:
            return platform(account, *made)

    def gateway_for_purpose(account_id: int, purpose: str) -> Any:
        account = accounts(account_id)
        own, (_, *sender) = made_of(account, account.consent_account_id), made_of(account, account.sender_account_id)
        with making:
            return gateway(account, purpose, *own, *sender)

    return Remotes(
        platform=platform_of, gateway=gateway_for_purpose, sends=lambda account_id: has_sender(accounts(account_id))
    )
