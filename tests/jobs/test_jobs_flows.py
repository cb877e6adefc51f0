"""The durable flows on real DBOS over an encrypted database of its own: every kind of job, and recovery."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Any

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.errors import NotAllowed, RemoteRefused, WorkspaceError
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Outcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.staff import Wish
from campaign_app.jobs import fencing, flows, settling
from campaign_app.jobs.halting import TURN
from campaign_app.jobs.poll import poll_all, poll_complaints
from campaign_app.jobs.starting import FlowLost, forget_flows
from tests.fakes.remotes import ENTITY, IDEMPOTENT
from tests.helpers.flowing import Running, stop
from tests.helpers.shop import NOW, Shop
from tests.helpers.staged import FILED


@pytest.fixture
def running(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(flows, "FENCE_POLL_SECONDS", 0.01)
    running = Running(shop)
    yield running
    stop(1)


def test_screening_and_dispatch_end_to_end(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "BATCHES_A_STEP", 1)
    monkeypatch.setattr(flows, "STEPS_A_CHUNK", 2)
    monkeypatch.setattr(flows, "CHUNKS_A_STEP", 1)
    running.shop.add_account(1_300)
    campaign = running.shop.campaign(state=CampaignState.SCREENING, screened=False)
    screened = running.run("screen", campaign_id=campaign.id)
    assert screened.result == {"funnel": {"ok": 1_300}}
    running.shop.set_state(campaign.id, CampaignState.SENDING)
    sent = running.run("dispatch", campaign_id=campaign.id)
    assert (sent.state, sent.result) == ("done", {"ended": "end"})
    assert (sent.progress, sent.total) == (1_300, 1_300)
    assert len(running.shop.reached()) == len(set(running.shop.reached())) == 1_300


def test_a_screening_stops_between_two_chunks(running: Running) -> None:
    shop = running.shop
    account = shop.add_account(2_500)
    campaign = shop.campaign(state=CampaignState.SCREENING, screened=False)
    store = shop.workspace.campaigns

    def stop_it() -> None:
        known = store.campaign(campaign.id)
        store.update(replace(known, state_note="stopping"), expected=CampaignState.SCREENING)

    shop.platforms[account].before_answer = stop_it
    job = running.run("screen", campaign_id=campaign.id)
    assert (job.state, job.progress) == ("done", 1_000)
    assert job.result == {"funnel": {"ok": 1_000, "unscreened": 1_500}}
    assert shop.state(campaign.id) == (CampaignState.DRAFT, "by_user")


def test_a_paused_dispatch_ends_its_job(running: Running) -> None:
    running.shop.add_account(5)
    campaign = running.shop.campaign(state=CampaignState.PAUSED)
    assert running.run("dispatch", campaign_id=campaign.id).result == {"ended": "stopped"}


def test_dispatch_waits_behind_the_fence_and_goes_on(running: Running) -> None:
    shop = running.shop
    account = shop.add_account(3)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.platforms[account].truth["c00001"] = {"status": ConsentStatus.DECLINED}
    shop.platforms[account].changes = ["c00001"]
    looks = shop.gateways[account].lookups

    def tick() -> None:
        if len(looks) > 3:
            shop.clock.advance(fencing.FENCE.total_seconds())

    shop.platforms[account].before_answer = tick
    original = shop.gateways[account].lookup

    def lookup(key: str, sent: Any) -> Any:
        tick()
        return original(key, sent)

    shop.gateways[account].lookup = lookup
    job = running.run("dispatch", campaign_id=campaign.id)
    assert job.result == {"ended": "end"}
    assert shop.reached() == ["c00000", "c00002"]
    assert flows.FENCE_POLL_SECONDS in shop.waits, "so long, whatever the clock says: it may be set back meanwhile"


@pytest.mark.parametrize(
    ("kind", "state", "ends", "after"),
    [
        ("dispatch", CampaignState.SENDING, {"ended": "end"}, CampaignState.DONE),
        ("reconcile", CampaignState.CANCELLING, {}, CampaignState.CANCELLED),
    ],
)
def test_what_only_waits_leaves_its_place_to_others_that_wait(
    running: Running, kind: str, state: CampaignState, ends: dict[str, str], after: CampaignState
) -> None:
    shop = running.shop
    account = shop.add_account(3)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.platforms[account].truth["c00001"] = {"status": ConsentStatus.DECLINED}
    shop.platforms[account].changes = ["c00001"]
    shop.set_state(campaign.id, state)
    running.flows.turns.crowd(1)
    for _ in range(2):
        assert running.run(kind, campaign_id=campaign.id).result == {"ended": "leaves"}
        assert shop.state(campaign.id) == (state, "")
    assert not shop.gateways[account].everybody()
    running.flows.turns.crowd(0)
    shop.clock.advance(fencing.FENCE.total_seconds())
    assert running.run(kind, campaign_id=campaign.id).result == ends
    assert shop.state(campaign.id)[0] is after


def test_a_big_campaign_gives_way_and_goes_on_where_it_was(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "BATCHES_A_STEP", 1)
    shop = running.shop
    account = shop.add_account(6)
    campaign = shop.campaign()
    shop.context = replace(shop.context, batch=2)
    gateway = shop.gateways[account]
    gateway.before_submit = lambda: shop.clock.advance(TURN.total_seconds())
    running.flows.turns.crowd(1)
    assert running.run("dispatch", campaign_id=campaign.id).result == {"ended": "gives_way"}
    assert shop.state(campaign.id)[0] is CampaignState.SENDING
    assert len(gateway.everybody()) == 2
    running.flows.turns.crowd(0)
    looked = list[int]()
    ledger = shop.context.stores.ledger
    known = type(ledger).submission_at

    def look(self: Any, campaign_id: int, first_seq: int) -> Any:
        looked.append(first_seq)
        return known(self, campaign_id, first_seq)

    monkeypatch.setattr(type(ledger), "submission_at", look)
    assert running.run("dispatch", campaign_id=campaign.id).result == {"ended": "end"}
    assert min(looked) == 2, "nobody walks over what is settled"
    assert len(shop.reached()) == len(set(shop.reached())) == 6


def test_a_cancel_is_reconciled(running: Running) -> None:
    shop = running.shop
    account = shop.add_account(3)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    original = shop.gateways[account].lookup

    def lookup(key: str, sent: Any) -> Any:
        shop.clock.advance(fencing.FENCE.total_seconds() / 2)
        return original(key, sent)

    shop.gateways[account].lookup = lookup
    assert running.run("reconcile", campaign_id=campaign.id).state == "done"
    assert shop.state(campaign.id)[0] is CampaignState.CANCELLED


def test_a_cancel_looks_three_times_and_ends_with_outcomes_unknown(running: Running) -> None:
    shop = running.shop
    account = shop.add_account(3)
    campaign = shop.campaign()
    shop.gateways[account].never_mentioned = {"c00001"}
    shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    before = len(shop.gateways[account].lookups)
    assert running.run("reconcile", campaign_id=campaign.id).state == "done"
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "unknown_outcomes")
    assert len(shop.gateways[account].lookups) - before == settling.UNANSWERED


def test_a_cancel_without_its_shop_fails_with_the_reason(running: Running) -> None:
    shop = running.shop
    account = shop.add_account(3)
    campaign = shop.campaign()
    shop.gateways[account].never_mentioned = {"c00001"}
    shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    shop.gateways[account].fail_lookup = [NotAllowed("account_disconnected", "Disconnected")]
    job = running.run("reconcile", campaign_id=campaign.id)
    assert (job.state, job.error) == ("failed", "account_disconnected")
    assert shop.state(campaign.id) == (CampaignState.CANCELLING, "at_shop:account_disconnected:店c")


def test_polling_counts_what_came(running: Running) -> None:
    shop = running.shop
    account = shop.add_account(1)
    campaign = shop.campaign()
    shop.run(campaign.id)
    shop.gateways[account].stream["reports"] = [
        DeliveryReport("r", f"s-{shop.message_id(campaign.id, 0)}", Outcome.DELIVERED, "", NOW)
    ]
    assert running.run("poll", account_id=account).result == {"reports": 1, "inbound": 0, "complaints": 0}


def test_an_import_goes_chunk_by_chunk_and_can_be_cancelled(running: Running) -> None:
    job = running.run("import", import_id=9, chunks=3)
    assert (job.state, job.result, job.progress) == ("done", {"import": 9, "chunks": 3}, 3)
    jobs = running.shop.workspace.jobs
    cancelled = jobs.enqueue("import", {"import_id": 9, "chunks": 3}, NOW)
    running.imports.before = lambda chunk: jobs.set_state(cancelled.id, "cancelled") if chunk == 0 else None
    running.follow(cancelled)
    assert running.imports.chunks == [(9, 0), (9, 1), (9, 2), (9, 0)]
    assert jobs.job(cancelled.id).state == "cancelled"


def test_an_import_lets_its_file_go_however_it_ends(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk may be full for a job's progress, too, behind a chunk that is in."""
    running.run("import", import_id=8, chunks=1)

    def full(*_: object) -> None:
        raise WorkspaceError("disk_full", "The disk is full; nothing was changed")

    monkeypatch.setattr(type(running.shop.workspace.jobs), "set_progress", full)
    job = running.run("import", import_id=9, chunks=3)
    assert (job.state, job.error, running.imports.chunks) == ("failed", "disk_full", [(8, 0), (9, 0)])
    assert running.imports.left == [8, 9]


def test_a_job_that_was_started_twice_runs_once(running: Running) -> None:
    job = running.shop.workspace.jobs.enqueue("import", {"import_id": 9, "chunks": 2}, NOW)
    go_on = Event()
    running.imports.before = lambda _: go_on.wait(30) and None
    running.start(job)
    running.start(job)
    go_on.set()
    running.follow(job)
    running.follow(job)
    assert running.imports.chunks == [(9, 0), (9, 1)]


def test_a_bug_ends_the_job_and_hands_the_campaign_to_a_person(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    running.shop.add_account(3)
    campaign = running.shop.campaign()
    monkeypatch.setattr(running.shop.composer, "messages", lambda *_: 1 / 0)
    with caplog.at_level(logging.CRITICAL, "campaign_app.jobs.flows"):
        job = running.run("dispatch", campaign_id=campaign.id)
    assert (job.state, job.error) == ("failed", "bug")
    assert running.shop.state(campaign.id) == (CampaignState.PAUSED, "bug")


@pytest.mark.expects_logs("dbos", "campaign_app.jobs.flows")
def test_a_flow_that_could_not_even_say_that_it_ended_is_noticed(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = running.shop
    shop.add_account(3)
    campaign = shop.campaign()
    monkeypatch.setattr(running.flows, "end", lambda *_: 1 / 0)
    job = shop.workspace.jobs.enqueue("dispatch", {"campaign_id": campaign.id}, NOW)
    with pytest.raises(ZeroDivisionError):
        running.follow(job)
    assert shop.workspace.jobs.job(job.id).state == "queued"
    shop.set_state(campaign.id, CampaignState.SENDING)
    running.start(job)
    assert shop.workspace.jobs.job(job.id).error == "bug"
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "bug")
    running.start(job)
    sync = shop.workspace.jobs.enqueue("sync", {"account_id": 77}, NOW)
    with pytest.raises(ZeroDivisionError):
        running.follow(sync)
    running.start(sync)
    assert shop.workspace.jobs.job(sync.id).state == "failed"


def test_a_flow_at_which_nobody_works_asks_for_a_new_process(running: Running) -> None:
    """A full disk may end a flow in a way that cannot be written down: for DBOS it goes on for ever."""
    begun, go_on = Event(), Event()

    def before(_: int) -> None:
        begun.set()
        go_on.wait(30)

    running.imports.before = before
    job = running.shop.workspace.jobs.enqueue("import", {"import_id": 1, "chunks": 1}, NOW)
    running.start(job)
    assert begun.wait(30)
    look, clock = partial(running.start, job), running.shop.clock
    clock.advance(60)
    look()
    running.flows.active.clear()
    look()
    clock.advance(14)
    look()
    running.flows.active.add(job.id)  # it had only been about to begin
    clock.advance(60)
    look()
    running.flows.active.clear()
    look()
    clock.advance(15)
    with pytest.raises(FlowLost):
        look()
    running.flows.active.add(job.id)
    go_on.set()
    assert running.follow(job).state == "done"


def test_a_changed_setting_holds_from_the_next_batch_on(running: Running) -> None:
    shop = running.shop
    account = shop.add_account(6)
    first, second = shop.campaign(), shop.campaign(name="同一天的另一个")
    shop.context = replace(shop.context, batch=2)

    def capped() -> None:
        shop.context = replace(shop.context, batch=3, house_caps=(1, 0))

    shop.gateways[account].before_submit = capped
    assert running.run("dispatch", campaign_id=first.id).state == "done"
    assert [len(batch) for batch in shop.gateways[account].accepted.values()] == [2, 3, 1]
    assert running.run("dispatch", campaign_id=second.id).state == "done"
    assert shop.workspace.campaigns.funnel(second.id) == {"house_cap": 6}


def test_a_changed_setting_holds_for_a_screening(running: Running) -> None:
    shop = running.shop
    shop.add_account(3)
    shop.run(shop.campaign().id)
    campaign = shop.campaign(state=CampaignState.SCREENING, screened=False)
    shop.context = replace(shop.context, house_caps=(1, 0))
    assert running.run("screen", campaign_id=campaign.id).result == {"funnel": {"house_cap": 3}}


def test_a_forgotten_flow_leaves_nothing_behind(running: Running) -> None:
    from dbos import DBOS

    shop = running.shop
    account = shop.add_account(5)
    kept = running.run("poll", account_id=account)
    campaign = shop.campaign()
    gone = running.run("dispatch", campaign_id=campaign.id)
    assert len(DBOS.list_workflows()) == 3, "a dispatch has a flow for its chunk of batches"
    forget_flows([gone.id])
    assert [flow.workflow_id for flow in DBOS.list_workflows()] == [f"job-{kept.id}"]
    forget_flows([gone.id])


def test_a_test_message_is_a_job_of_its_own(running: Running) -> None:
    shop = running.shop
    account = shop.add_account(1)
    shop.gateways[account].capabilities = replace(IDEMPOTENT, test_messages=True)
    shop.workspace.accounts.put_signatures(account, [FILED], NOW)
    campaign = shop.campaign(screened=False, state=CampaignState.DRAFT)
    staff = shop.workspace.staff.register(ENTITY, "店长", Phone("19900000001"), actor="王", at=NOW)
    trial = shop.workspace.staff.wish(Wish("p", campaign.id, None, staff.id, "【安宁百货】文", "王"), ENTITY, NOW)
    job = running.follow(shop.workspace.jobs.job(trial.job_id))
    assert (job.kind, job.state, job.result) == ("test", "done", {"state": "accepted"})
    assert [message.text for message in shop.gateways[account].tests] == ["【安宁百货】文"]


def test_trouble_with_reports_keeps_no_reply_and_no_complaint_from_being_read(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = running.shop.add_account(2)
    gateway = running.shop.gateways[account]
    gateway.stream["inbound"] = [InboundMessage("i1", "c00001", None, "TD", NOW)]
    gateway.stream["complaints"] = [ComplaintClue("k1", "c00000", None, "", NOW)]

    def refused(_: str) -> Any:
        raise RemoteRefused("permission", "403")

    monkeypatch.setattr(gateway, "reports", refused)
    job = running.run("poll", account_id=account)
    assert (job.state, job.error) == ("failed", "permission")
    assert running.shop.workspace.campaigns.funnel(running.shop.campaign().id).keys() == {
        "suppressed_opt_out", "suppressed_complaint",
    }  # fmt: skip
    monkeypatch.setattr(gateway, "inbound", refused)
    gateway.stream["complaints"].append(ComplaintClue("k2", "c00001", None, "", NOW))
    with pytest.raises(RemoteRefused):
        poll_all(running.shop.context, account)
    assert poll_complaints(running.shop.context, account) == 0, "it was read in spite of the trouble before it"
