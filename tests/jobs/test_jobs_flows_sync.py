"""Syncs as durable flows: pages, trouble on the way, a cancel, and opt-outs that are told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import AppError, RemoteRefused, RemoteUnavailable, WorkspaceError
from campaign_app.domain.platform import Capabilities
from campaign_app.jobs import flows
from tests.helpers.flowing import Running, stop
from tests.helpers.shop import NOW, Shop, person


@pytest.fixture
def running(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(flows, "FENCE_POLL_SECONDS", 0.01)
    running = Running(shop)
    yield running
    stop(1)


def test_a_sync_counts_its_rows(running: Running) -> None:
    account = running.shop.add_account(0)
    running.shop.platforms[account].people = [person("c", i) for i in range(900)]
    job = running.run("sync", account_id=account)
    assert (job.state, job.result) == ("done", {"rows": 900, "new": 900, "broken": 0, "erased": 0, "pages": 3})
    assert job.progress == 900


def test_a_platform_that_lists_no_customers_has_none_to_sync(running: Running) -> None:
    account = running.shop.add_account(0)
    running.shop.platforms[account].offers = Capabilities()
    running.shop.platforms[account].people = [person("c", 1)]
    job = running.run("sync", account_id=account)
    assert (job.state, job.error) == ("done", "")
    assert job.result == {"rows": 0, "new": 0, "broken": 0, "erased": 0, "pages": 0, "customers": "not_offered"}
    assert running.shop.workspace.customers.total() == 0


def test_a_second_sync_is_over_what_changed_and_a_full_one_over_everybody(running: Running) -> None:
    account = running.shop.add_account(3)
    running.shop.platforms[account].redacted = ("c00001",)
    running.shop.clock.advance(90_000)
    assert running.run("sync", account_id=account).result == {
        "rows": 0, "new": 0, "broken": 0, "erased": 1, "pages": 1,
    }  # fmt: skip
    full = running.run("sync", account_id=account, full=True)
    assert full.result is not None
    assert full.result["rows"] == 3


@pytest.mark.expects_logs("dbos")
def test_opt_outs_are_told_until_the_platform_has_them(running: Running) -> None:
    account = running.shop.add_account(3)
    for one in running.shop.workspace.customers.ids_of_refs(account, ["c00000", "c00001"]).values():
        running.shop.workspace.opt_outs.add(one, NOW, "by_hand", "")
    running.shop.platforms[account].trouble = [RemoteUnavailable("throttled", "429")]
    assert running.run("tell", account_id=account).result == {"told": 2}
    assert sorted(running.shop.platforms[account].opt_outs) == ["c00000", "c00001"]


@pytest.mark.expects_logs("dbos")
def test_changes_of_consents_are_read_by_the_clock(running: Running) -> None:
    account = running.shop.add_account(3)
    assert running.run("changes", account_id=account).result == {"read": False}
    running.shop.workspace.facts.begin_changes(running.shop.workspace.accounts.account(account), "0")
    running.shop.platforms[account].changes = ["c00000"]
    running.shop.platforms[account].trouble = [RemoteUnavailable("throttled", "429")]
    assert running.run("changes", account_id=account).result == {"read": True}
    assert running.shop.workspace.accounts.cursor(account, "changes") == "1"


def test_people_whom_the_platform_does_not_hand_out_are_in_the_result(running: Running) -> None:
    account = running.shop.add_account(0)
    running.shop.platforms[account].unreachable = 7
    result = running.run("sync", account_id=account, full=True).result
    assert result is not None
    assert result["unreachable"] == 7


@pytest.mark.expects_logs("dbos")
def test_trouble_that_passes_is_tried_again(running: Running) -> None:
    account = running.shop.add_account(0)
    running.shop.platforms[account].trouble = [RemoteUnavailable("throttled", "429")] * 2
    assert running.run("sync", account_id=account).state == "done"


def test_a_listing_without_end_stops(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.jobs.sync.MAX_PAGES", 2)
    account = running.shop.add_account(0)
    running.shop.platforms[account].people = [person("c", i) for i in range(900)]
    job = running.run("sync", account_id=account)
    assert job.result == {"rows": 800, "new": 800, "broken": 0, "erased": 0, "pages": 2}


def test_a_cancelled_sync_ends_after_the_page_at_hand_and_goes_on_from_there(running: Running) -> None:
    account = running.shop.add_account(0)
    platform, jobs = running.shop.platforms[account], running.shop.workspace.jobs
    platform.people = [person("c", i) for i in range(900)]
    job = jobs.enqueue("sync", {"account_id": account}, NOW)
    platform.before_page = lambda: jobs.set_state(job.id, "cancelled")
    assert running.follow(job).state == "cancelled"
    assert running.shop.workspace.customers.total() == 400
    platform.before_page = None
    again = running.run("sync", account_id=account)
    assert (again.state, again.progress) == ("done", 500)
    assert running.shop.workspace.customers.total() == 900


def test_a_refusal_fails_the_job_with_its_code(running: Running) -> None:
    account = running.shop.add_account(0)
    running.shop.platforms[account].trouble = [RemoteRefused("permission", "403", account_wide=True)]
    job = running.run("sync", account_id=account)
    assert (job.state, job.error) == ("failed", "permission")


@pytest.mark.parametrize(
    ("trouble", "code", "note"),
    [
        (
            RemoteUnavailable("timeout", "No answer", shop="二店"),
            "platform_unavailable",
            "at_shop:platform_unavailable:二店",
        ),
        (WorkspaceError("server_unreachable", "Away"), "server_unreachable", "server_unreachable"),
    ],
)
def test_trouble_that_stays_fails_the_job_and_frees_the_campaign(
    running: Running, monkeypatch: pytest.MonkeyPatch, trouble: AppError, code: str, note: str
) -> None:
    from dbos import error

    running.shop.add_account(5)
    campaign = running.shop.campaign(state=CampaignState.SCREENING, screened=False)

    def give_up(*_: object, **__: object) -> None:
        raise error.DBOSMaxStepRetriesExceeded("screen_chunk", 7, [trouble])

    monkeypatch.setattr(running.flows, "screen", give_up)
    job = running.run("screen", campaign_id=campaign.id)
    assert (job.state, job.error) == ("failed", code)
    assert running.shop.state(campaign.id) == (CampaignState.DRAFT, note)
