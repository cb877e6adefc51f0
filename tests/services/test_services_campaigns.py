"""Campaigns and accounts: what a person may do when, and what an approval covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_app.compliance import Fix, apply_edits
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.errors import AppError, NotAllowed, RemoteRefused
from campaign_app.domain.message import ComplaintClue, Page
from campaign_app.domain.platform import Asked, consent_api
from campaign_app.jobs import dispatch, screening
from campaign_app.platforms import Offers
from campaign_app.services.accounts import Accounts, secret_name
from campaign_app.services.campaigns import approval_hash
from campaign_app.services.profiles import Profile
from campaign_app.services.texts import Texts
from campaign_app.services.window import BEIJING, closing_time, likely_time
from tests.fakes.remotes import ENTITY, ISSUER
from tests.helpers.desk import CLEAN, ENGINE, Desk, code_of, open_desk
from tests.helpers.shop import NOW


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


def test_from_draft_to_results(desk: Desk) -> None:
    approved = desk.approved()
    assert (approved.state, approved.approved_by, approved.approved_at) == (CampaignState.APPROVED, "李", NOW)
    planned = desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    assert planned.state is CampaignState.SCHEDULED
    desk.shop.set_state(approved.id, CampaignState.SENDING)
    desk.shop.run(approved.id)
    results = desk.campaigns.results(approved.id)
    assert (results.campaign.state, dict(results.funnel), results.counts["accepted"]) == (
        CampaignState.DONE,
        {"ok": 5},
        5,
    )
    assert desk.campaigns.all() == (results.campaign,)


@pytest.mark.parametrize("change", [{"body": CLEAN + "。"}, {"audience": Filter((Condition("city", Op.IS, "杭州"),))}])
def test_a_changed_text_or_audience_voids_the_approval(desk: Desk, change: dict[str, Any]) -> None:
    edited = desk.campaigns.edit(desk.approved().id, actor="王", **change)
    assert (edited.state, edited.approved_hash, edited.approved_by) == (CampaignState.DRAFT, "", "")


def test_a_new_name_or_no_change_keeps_the_approval(desk: Desk) -> None:
    approved = desk.approved()
    assert desk.campaigns.edit(approved.id, actor="王", name="新名字").state is CampaignState.APPROVED
    assert desk.campaigns.edit(approved.id, actor="王", name="新名字").name == "新名字"


def test_new_rules_void_the_approval(desk: Desk) -> None:
    approved = desk.approved()
    desk.shop.workspace.campaigns.update(replace(approved, approved_hash="older"), expected=CampaignState.APPROVED)
    assert code_of(lambda: desk.campaigns.schedule(approved.id, send_at=None, actor="李")) == "approval_void"


def test_an_approval_needs_the_right_number_typed(desk: Desk) -> None:
    screened = desk.screened()
    for recipients in (4, 6, 0):
        refused = code_of(lambda n=recipients: desk.campaigns.approve(screened, recipients=n, actor="李"))
        assert refused == "recipient_count"


def test_nobody_to_reach_is_nothing_to_approve(desk: Desk) -> None:
    platform = next(iter(desk.shop.platforms.values()))
    platform.truth = {f"c{i:05d}": {"status": ConsentStatus.DECLINED} for i in range(5)}
    screened = desk.screened()
    assert code_of(lambda: desk.campaigns.approve(screened, recipients=0, actor="李")) == "nobody"


def test_a_block_finding_cannot_be_approved(desk: Desk) -> None:
    made = desk.screened(CLEAN.replace("拒收请回复R", ""))
    # everybody's own text is blocked too, so nobody is left; both say no
    assert desk.campaigns.funnel(made.id) == {"content": 5}
    assert "block" in {f.severity.word for f in desk.campaigns.check(made.id).findings}
    assert code_of(lambda: desk.campaigns.approve(made, recipients=5, actor="李")) == "nobody"


def test_a_text_that_became_blocked_after_screening_cannot_be_approved(desk: Desk) -> None:
    screened = desk.screened()
    account = next(iter(desk.shop.platforms))
    desk.shop.workspace.accounts.put_signatures(account, [], NOW)
    assert code_of(lambda: desk.campaigns.approve(screened, recipients=5, actor="李")) == "block_findings"


def test_a_screening_can_be_stopped_and_begun_again(desk: Desk) -> None:
    made = desk.made()
    assert code_of(lambda: desk.campaigns.stop_screening(made.id, actor="王")) == "campaign_state"
    desk.campaigns.screen(made.id, actor="王")
    stopping = desk.campaigns.stop_screening(made.id, actor="王")
    assert (stopping.state, stopping.state_note) == (CampaignState.SCREENING, "stopping")
    assert code_of(lambda: desk.campaigns.screen(made.id, actor="王")) == "campaign_state"
    screening.finish_screening(desk.shop.context, made.id)
    assert desk.campaigns.get(made.id).state is CampaignState.DRAFT
    assert desk.campaigns.screen(made.id, actor="王").state_note == ""


@pytest.mark.parametrize("missing", ["unscreened", "size"])
def test_a_funnel_that_does_not_add_up_is_not_approved(desk: Desk, missing: str) -> None:
    screened = desk.screened()
    store = desk.shop.workspace.campaigns
    if missing == "size":
        store.update(replace(screened, snapshot_size=6), expected=CampaignState.SCREENED)
    else:
        store.snapshot(screened.id, NOW)
    shown = desk.campaigns.get(screened.id)
    assert code_of(lambda: desk.campaigns.approve(shown, recipients=5, actor="李")) == "funnel_broken"


def test_every_warning_needs_a_recorded_confirmation(desk: Desk) -> None:
    screened = desk.screened(CLEAN.replace("拒收请回复R", "回T退订"))
    warned = desk.campaigns.warnings(screened.id)
    assert warned
    assert code_of(lambda: desk.campaigns.approve(screened, recipients=5, actor="李")) == "warnings_unconfirmed"
    approved = desk.campaigns.approve(screened, recipients=5, confirmed_warnings=warned, actor="李")
    assert desk.campaigns.schedule(approved.id, send_at=None, actor="李").state is CampaignState.SCHEDULED


@pytest.mark.parametrize(
    ("send_at", "code"),
    [
        (NOW - timedelta(minutes=1), "in_the_past"),
        (datetime(2026, 11, 10, 14, 0, tzinfo=UTC), "quiet_hours"),
        (datetime(2026, 11, 10, 23, 59, tzinfo=UTC), "quiet_hours"),
    ],
)
def test_a_time_that_is_refused(desk: Desk, send_at: datetime, code: str) -> None:
    approved = desk.approved()
    assert code_of(lambda: desk.campaigns.schedule(approved.id, send_at=send_at, actor="李")) == code


def test_the_window_closes_at_ten_in_the_evening_for_the_last_message() -> None:
    assert closing_time(datetime(2026, 11, 10, 0, 0, tzinfo=UTC)) == datetime(2026, 11, 10, 14, 0, tzinfo=UTC)
    with pytest.raises(NotAllowed):
        closing_time(datetime(2026, 11, 9, 23, 59, tzinfo=UTC))


def test_pause_resume_and_cancel(desk: Desk) -> None:
    approved = desk.approved()
    later = desk.campaigns.schedule(approved.id, send_at=NOW + timedelta(hours=3), actor="李")
    assert desk.campaigns.pause(later.id, actor="李").state is CampaignState.PAUSED
    assert desk.campaigns.resume(later.id, actor="李").state is CampaignState.SCHEDULED
    desk.shop.clock.advance(4 * 3_600)
    desk.campaigns.pause(later.id, actor="李")
    assert desk.campaigns.resume(later.id, actor="李").state is CampaignState.SENDING
    desk.campaigns.pause(later.id, actor="李")
    desk.shop.clock.advance(12 * 3_600)
    waiting = desk.campaigns.resume(later.id, actor="李")
    assert (waiting.state, waiting.state_note) == (CampaignState.WAITING, "window_over")
    assert desk.campaigns.cancel(later.id, actor="李").state is CampaignState.CANCELLED, "nothing had left"
    assert code_of(lambda: desk.campaigns.cancel(later.id, actor="李")) == "campaign_state"


def test_what_never_began_is_cancelled_at_once(desk: Desk) -> None:
    assert desk.campaigns.cancel(desk.approved().id, actor="李").state is CampaignState.CANCELLED


def test_whoever_resumes_knows_of_the_complaints_so_far(desk: Desk) -> None:
    approved = desk.approved()
    desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    desk.shop.set_state(approved.id, CampaignState.SENDING)
    assert dispatch.run_batch(desk.shop.context, approved.id, -1).step is dispatch.Step.ON
    (account,) = desk.shop.gateways
    clue = ComplaintClue("k1", "c00000", None, "", desk.shop.clock())
    desk.shop.workspace.inbox.store_complaints(account, Page((clue,), "1", more=False), desk.shop.clock())
    desk.campaigns.pause(approved.id, actor="李")
    assert desk.campaigns.resume(approved.id, actor="李").complaints_seen == 1


@pytest.mark.parametrize("action", ["approve", "schedule", "pause", "resume", "screen", "edit"])
def test_a_running_campaign_refuses_what_it_must(desk: Desk, action: str) -> None:
    approved = desk.approved()
    desk.shop.set_state(approved.id, CampaignState.CANCELLED)
    arguments = {"approve": {"recipients": 5}, "schedule": {"send_at": None}, "edit": {"body": "x"}}
    which = approved if action == "approve" else approved.id
    refused = code_of(lambda: getattr(desk.campaigns, action)(which, actor="李", **arguments.get(action, {})))
    assert refused in ("campaign_state", "campaign_running")


def test_the_check_shows_the_longest_recipient_or_a_chosen_one(desk: Desk) -> None:
    screened = desk.screened()
    assert "顾客" in desk.campaigns.check(screened.id).final_text
    assert "顾客0" in desk.campaigns.check(screened.id, 1).final_text
    assert code_of(lambda: desk.campaigns.check(screened.id, 99)) == "customer"
    assert "张女士" in desk.campaigns.check(desk.made().id).final_text, "a draft without audience has a stand-in"


def test_everything_is_in_the_audit(desk: Desk) -> None:
    approved = desk.approved()
    desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    actions = [entry.action for entry in reversed(desk.shop.workspace.audit.entries())]
    assert [each for each in actions if each.startswith("campaign.")] == [
        "campaign.created", "campaign.edited", "campaign.screening", "campaign.approved", "campaign.scheduled",
    ]  # fmt: skip


@pytest.fixture
def accounts(desk: Desk) -> Accounts:
    platform = next(iter(desk.shop.platforms.values()))
    workspace = desk.shop.workspace
    return Accounts(
        store=workspace.accounts, secrets=workspace.secrets, clock=desk.shop.clock,
        make_client=lambda *_: platform, offers=Offers(),
    )  # fmt: skip


def asked(key: str) -> Asked:
    return consent_api(base_url="http://127.0.0.1:9", key_id="k9", private_key=key)


def test_connecting_pins_keys_and_keeps_the_secret_inside(desk: Desk, accounts: Accounts) -> None:
    account = accounts.connect(asked("geheim"), actor="陈")
    assert (account.entity_uscc, account.issuer_uscc, account.simulated) == (ENTITY, ISSUER, True)
    assert accounts.private_key(account.id) == "geheim"
    assert "geheim" not in repr(account)
    assert accounts.test(account.id).ok
    assert account in accounts.all()


def test_disconnecting_removes_the_key_and_keeps_the_facts(desk: Desk, accounts: Accounts) -> None:
    account = accounts.connect(asked("geheim"), actor="陈")
    accounts.disconnect(account.id, actor="陈")
    assert desk.shop.workspace.secrets.get(secret_name(account.id)) is None
    assert code_of(lambda: accounts.private_key(account.id)) == "account_disconnected"
    assert desk.shop.workspace.accounts.account(account.id).state == "disconnected"
    assert desk.shop.workspace.customers.total() == 5


@pytest.mark.parametrize(
    ("report", "error", "code"),
    [
        ({"issuer_uscc": ENTITY}, NotAllowed, "self_issued"),
        ({"issuer_uscc": ""}, NotAllowed, "self_issued"),
        ({"problem": "schema_drift"}, RemoteRefused, "schema_drift"),
        ({"ok": False}, RemoteRefused, "not_connected"),
    ],
)
def test_an_answer_that_may_not_be_trusted_connects_nothing(
    desk: Desk, accounts: Accounts, report: dict[str, Any], error: type[AppError], code: str
) -> None:
    platform = next(iter(desk.shop.platforms.values()))
    platform.report = replace(platform.check_connection(), **report)
    before = accounts.all()
    with pytest.raises(error) as caught:
        accounts.connect(asked("geheim"), actor="陈")
    assert caught.value.code == code
    assert accounts.all() == before


def test_what_has_begun_is_never_edited_and_its_cancel_asks_the_sender(desk: Desk) -> None:
    approved = desk.approved()
    desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    desk.shop.set_state(approved.id, CampaignState.SENDING)
    desk.shop.run(approved.id)
    desk.shop.set_state(approved.id, CampaignState.WAITING)
    older = replace(desk.campaigns.get(approved.id), rule_packs="older")
    older = replace(older, approved_hash=approval_hash(older, "older"))
    desk.shop.workspace.campaigns.update(older, expected=CampaignState.WAITING)
    again = desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    assert again.state is CampaignState.SCHEDULED, "new rules cannot void what has begun: they are asked per message"
    assert code_of(lambda: desk.campaigns.edit(approved.id, actor="王", body="x")) == "campaign_running"
    assert desk.campaigns.cancel(approved.id, actor="李").state is CampaignState.CANCELLING


def test_a_disconnected_shop_is_left_out_and_can_be_connected_again(desk: Desk, accounts: Accounts) -> None:
    account = accounts.connect(asked("alt"), actor="陈")
    for shop in accounts.all():
        accounts.disconnect(shop.id, actor="陈")
    made = desk.made()
    assert desk.shop.workspace.campaigns.snapshot(made.id, NOW) == 0
    again = accounts.connect(asked("neu"), actor="陈")
    assert (again.id, accounts.private_key(again.id)) == (account.id, "neu")
    assert desk.shop.workspace.accounts.account(account.id).state == "connected"


def test_the_merchants_own_hours_only_make_the_window_narrower(desk: Desk) -> None:
    noon = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
    assert closing_time(noon, time(9), time(18)) == datetime(2026, 11, 10, 10, 0, tzinfo=UTC)
    assert closing_time(noon, time(0), time(23, 59)) == datetime(2026, 11, 10, 14, 0, tzinfo=UTC)
    with pytest.raises(NotAllowed):
        closing_time(datetime(2026, 11, 10, 13, 30, tzinfo=UTC), time(8), time(18))


def test_a_copy_is_a_draft_of_the_same_text_for_the_same_people(desk: Desk) -> None:
    approved = desk.approved()
    copy = desk.campaigns.duplicate(approved.id, "双十二", "王")
    like = {"name": "双十二", "entity_uscc": ENTITY, "purpose": "retail", "audience": approved.audience}
    assert copy == Campaign(copy.id, **like, signature=approved.signature, body=approved.body)
    assert (copy.state, copy.approved_hash, copy.snapshot_size) == (CampaignState.DRAFT, "", 0)
    assert desk.campaigns.get(approved.id) == approved
    newest = desk.shop.workspace.audit.entries()[0]
    assert (newest.action, newest.facts) == ("campaign.duplicated", {"campaign": copy.id, "source": approved.id})


def test_a_draft_that_never_began_is_deleted_and_the_audit_keeps_it(desk: Desk) -> None:
    screened = desk.screened()
    desk.campaigns.delete_draft(screened.id, "王")
    assert desk.campaigns.all() == ()
    assert code_of(lambda: desk.campaigns.get(screened.id)) == "campaign"
    assert desk.shop.workspace.audit.entries()[0].action == "campaign.deleted"
    approved = desk.approved()
    assert code_of(lambda: desk.campaigns.delete_draft(approved.id, "王")) == "campaign_state"
    assert desk.campaigns.all() == (approved,)


def test_the_people_behind_a_bar_of_the_funnel(desk: Desk) -> None:
    platform = next(iter(desk.shop.platforms.values()))
    platform.truth = {"c00001": {"status": ConsentStatus.DECLINED}}
    screened = desk.screened()
    ((seq, customer_id, fact_id),) = desk.campaigns.members_of(screened.id, "declined", -1, 10)
    customers = desk.shop.workspace.customers.by_ids([customer_id])
    assert (seq, customers[customer_id].ref) == (1, "c00001")
    assert fact_id == desk.shop.workspace.facts.latest([customer_id])[customer_id][0]
    first = desk.campaigns.members_of(screened.id, "ok", -1, 3)
    rest = desk.campaigns.members_of(screened.id, "ok", first[-1][0], 3)
    assert [seq for seq, *_ in (*first, *rest)] == [0, 2, 3, 4]


def test_one_key_mends_the_body_that_one_customer_was_shown(desk: Desk) -> None:
    made = desk.screened("{name}您好，国家级品质，两件8折。拒收请回复R")
    checked = desk.campaigns.check(made.id)
    finding = next(f for f in checked.findings if f.rule_id == "ABS-001")
    fix, *_ = desk.texts.fixes(checked, finding)
    assert fixed(made.body, fix) == "{name}您好，优质品质，两件8折。拒收请回复R"
    assert "ABS-001" not in {f.rule_id for f in desk.campaigns.check(desk.made(fixed(made.body, fix)).id).findings}


def fixed(body: str, fix: Fix) -> str:
    return apply_edits(body, fix.body_edits)


@pytest.mark.parametrize(
    ("written", "leaves"),
    [("11-10 09:30", "11-10 09:30"), ("11-10 04:00", "11-10 09:00"), ("11-10 22:00", "11-11 09:00")],
)
def test_a_text_written_at_night_is_judged_as_of_the_next_morning(desk: Desk, written: str, leaves: str) -> None:
    def at(text: str) -> datetime:
        return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)

    assert likely_time(at(written)) == at(leaves)
    made = desk.made("{name}您好，两件8折。拒收请回复R")
    desk.shop.clock.advance((at(written) - desk.shop.clock()).total_seconds())
    assert not [f for f in desk.campaigns.check(made.id).findings if f.rule_id == "TIM-001"]


def test_a_text_is_held_to_the_rules_of_its_trade(desk: Desk) -> None:
    made = desk.made("{name}您好，苦荞茶降血糖，详见 https://anning.example/a 。拒收请回复R")
    workspace = desk.shop.workspace
    told = {ENTITY: Profile("food", "aliyun", ("anning.example",))}
    texts = Texts(
        engine=lambda: ENGINE,
        accounts=workspace.accounts,
        campaigns=workspace.campaigns,
        customers=workspace.customers,
        profile=told.__getitem__,
    )
    as_told = {f.rule_id for f in texts.check(made, None, NOW).findings}
    untold = {f.rule_id for f in desk.campaigns.check(made.id).findings}
    assert "MED-004" in as_told - untold
    assert "LNK-002" in untold - as_told
