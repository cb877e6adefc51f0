"""Wires the worker process: its context, its connections, and its life from the lock to the last flow.

Heavy libraries are imported when a worker runs, never when this module is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from campaign_app.bootstrap import (
    DEMO,
    imports_of,
    is_sender,
    load_settings,
    profiles_of,
    rules_of,
    shifted_clock,
    system_clock,
    texts_of,
    wait,
)
from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.ports import Clock

if TYPE_CHECKING:
    from campaign_app.credentials import KeyKeeper
    from campaign_app.jobs.stores import Context, Remotes
    from campaign_app.storage.workspace import Workspace

# how far a platform's clock may run ahead of ours before its dates count as future
CLOCK_SKEW: Final = timedelta(seconds=60)
STOP_SECONDS: Final = 5
_LOADED: Final = ("jobs.flows", "jobs.worker", "storage.workspace", "services.texts", "platforms", "gateways")


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
) -> None:
    """Works until `stopped(seconds)` says so. Raises WorkspaceError("in_use") if the workspace has a worker.

    What is still running at the end goes on at the next start. The clock is shifted for a demo's workspace only.
    """
    from campaign_app.jobs import flows
    from campaign_app.jobs.worker import Worker, flow_starter, forget_flows, run
    from campaign_app.processes import look_for_cycles_less_often
    from campaign_app.storage.workspace import open_workspace

    workspace = open_workspace(folder, keeper)
    try:
        with workspace.lock("worker"):
            clock = _worker_clock(workspace, clock_offset)
            context = worker_context(workspace, clock)
            imports = imports_of(workspace, clock)
            launched = flows.launch(context, imports, workspace.flows, lambda was: as_set(workspace, was))
            look_for_cycles_less_often()
            ready()
            run(Worker(context, flow_starter(context, launched), forget_flows), stopped=stopped)
            if workspace.jobs.open_jobs():  # DBOS takes two seconds to end, whether or not anything is under way
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
    )
    context = Context(
        workspace_id=workspace.id,
        stores=stores,
        remotes=_remotes(workspace, clock),
        composer=texts_of(workspace, rules_of(workspace, clock), profiles_of(workspace, clock)),
        policy=Policy(clock_skew=CLOCK_SKEW),
        clock=clock,
        wait=wait,
    )
    return as_set(workspace, context)


def as_set(workspace: Workspace, context: Context) -> Context:
    """The context as the workspace's settings are now; asked before every batch, so that a change needs no restart."""
    settings = load_settings(workspace)
    policy = replace(
        context.policy,
        max_consent_age=timedelta(minutes=settings.max_consent_age_minutes),
        reread_after=timedelta(minutes=settings.batch_reread_minutes),
    )
    caps = (settings.house_cap_per_week, settings.house_cap_per_month)
    return replace(context, policy=policy, batch=settings.batch_size, house_caps=caps)


def _remotes(workspace: Workspace, clock: Clock) -> Remotes:
    from campaign_app.gateways import gateway_for
    from campaign_app.jobs.stores import Remotes
    from campaign_app.platforms import client_for
    from campaign_app.services.accounts import secret_name
    from campaign_app.services.pinning import pin_for

    def key_of(account_id: int) -> str:
        key = workspace.secrets.get_of_connected(account_id, secret_name(account_id))
        if key is None:
            raise NotAllowed("account_disconnected", "The account was disconnected", account=account_id)
        return key

    @lru_cache(maxsize=64)
    def platform(account_id: int, key: str) -> Any:
        pin = pin_for(account_id, store=workspace.accounts, audit=workspace.audit, clock=clock)
        return client_for(workspace.accounts.account(account_id), key, clock, pin=pin)

    @lru_cache(maxsize=64)
    def gateway(account_id: int, purpose: str, key: str) -> Any:
        return gateway_for(workspace.accounts.account(account_id), key, purpose, clock)

    return Remotes(
        platform=lambda account_id: platform(account_id, key_of(account_id)),
        gateway=lambda account_id, purpose: gateway(account_id, purpose, key_of(account_id)),
        sends=lambda account_id: is_sender(workspace.accounts.account(account_id)),
    )
