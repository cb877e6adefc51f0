"""Customers and changes of consents come in by the clock, for every connected account, one job at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.jobs.gating import follow_changes, refresh
from campaign_app.jobs.rounds import Every
from campaign_app.jobs.worker import Worker
from campaign_app.services.accounts import synced_name
from tests.fakes.remotes import EVERYTHING
from tests.helpers.account_state import set_account_state
from tests.helpers.shop import NOW, Shop, open_shop

pytestmark = pytest.mark.slow

ROUNDS = {"sync", "changes"}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


def worker(shop: Shop, every: Every | None = None) -> Worker:
    return Worker(shop.context, lambda _: None, every=lambda: every or Every())


def pass_time(shop: Shop, running: Worker, minutes: int, *, ending: bool = True) -> Counter[tuple[str, int]]:
    """The rounds that begin while so many minutes pass; each job ends at once unless it is not `ending`."""
    begun: Counter[tuple[str, int]] = Counter()
    known = {job.id for job in shop.workspace.jobs.open_jobs()}
    for _ in range(minutes):
        shop.clock.advance(60)
        running.tick()
        for job in shop.workspace.jobs.open_jobs():
            if job.kind in ROUNDS and job.id not in known:
                begun[job.kind, job.args["account_id"]] += 1
                known.add(job.id)
            if ending:
                shop.workspace.jobs.set_state(job.id, "failed", error="platform_unavailable")
    return begun


@pytest.mark.no_cover
def test_every_connected_account_is_synced_hourly_and_its_changes_read_every_ten_minutes(shop: Shop) -> None:
    first, second, gone = shop.add_account(0), shop.add_account(0, prefix="d"), shop.add_account(0, prefix="e")
    set_account_state(shop.workspace.accounts, gone, "disconnected")
    begun = pass_time(shop, worker(shop), 121)
    assert begun == {(kind, a): n for kind, n in (("sync", 2), ("changes", 12)) for a in (first, second)}


@pytest.mark.no_cover
def test_nothing_begins_while_one_runs(shop: Shop) -> None:
    account, running = shop.add_account(0), worker(shop)
    running.tick()
    assert pass_time(shop, running, 130, ending=False) == {("sync", account): 1, ("changes", account): 1}


def test_who_was_synced_long_ago_is_synced_when_a_worker_starts(shop: Shop) -> None:
    account = shop.add_account(0)
    accounts = shop.workspace.accounts
    accounts.set_setting(synced_name(account), (NOW - timedelta(hours=2)).isoformat())
    worker(shop).tick()
    assert "sync" in {job.kind for job in shop.workspace.jobs.open_jobs()}


@pytest.mark.no_cover
def test_a_sync_by_hand_is_one_round(shop: Shop) -> None:
    account, running = shop.add_account(0), worker(shop)
    assert pass_time(shop, running, 55)["sync", account] == 0
    shop.workspace.accounts.set_setting(synced_name(account), shop.clock().isoformat())
    assert pass_time(shop, running, 55)["sync", account] == 0
    assert pass_time(shop, running, 10)["sync", account] == 1


def test_a_clock_that_was_set_back_begins_a_round_and_no_storm(shop: Shop) -> None:
    account, running = shop.add_account(0), worker(shop)
    shop.workspace.accounts.set_setting(synced_name(account), (NOW + timedelta(days=2)).isoformat())
    assert pass_time(shop, running, 59)["sync", account] == 1


@pytest.mark.no_cover
def test_a_person_may_set_how_often_and_that_it_never_is(shop: Shop) -> None:
    account = shop.add_account(0)
    assert pass_time(shop, worker(shop, Every(timedelta(0), timedelta(0))), 70) == {}
    often = Every(timedelta(minutes=5), timedelta(minutes=2))
    assert pass_time(shop, worker(shop, often), 21)["sync", account] == 4


def test_changes_between_batches_are_kept_once_somebody_was_asked_about(shop: Shop) -> None:
    account = shop.add_account(3)
    platform, stores = shop.platforms[account], shop.workspace
    platform.changes, platform.truth = ["c00000"], {"c00000": {"status": ConsentStatus.WITHDRAWN}}
    assert not follow_changes(shop.context, account), "no fact is there that could have changed"
    (first,) = stores.customers.ids_of_refs(account, ["c00000"]).values()
    ids = stores.customers.ids_of_refs(account, ["c00001"]).values()
    people = list(stores.customers.by_ids(list(ids)).values())
    refresh(shop.context, stores.accounts.account(account), people, shop.clock() - timedelta(minutes=10))
    platform.changes.append("c00000")
    assert follow_changes(shop.context, account)
    ((_, fact),) = stores.facts.latest([first]).values()
    assert fact.status is ConsentStatus.WITHDRAWN
    platform.offers = replace(EVERYTHING, consent_changes=False)
    assert not follow_changes(shop.context, account)
    platform.offers, platform.trouble = EVERYTHING, [RemoteUnavailable("timeout", "no answer")]
    with pytest.raises(RemoteUnavailable):
        follow_changes(shop.context, account)
