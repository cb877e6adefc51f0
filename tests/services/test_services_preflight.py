"""What stands between a campaign and its sending: judged from a situation, and from what a workspace holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap, clocks, wiring
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Account
from campaign_app.domain.finding import Citation, Finding, Severity, Span
from campaign_app.domain.money import Limits, Line, Quote
from campaign_app.domain.signature import Signature
from campaign_app.domain.team import Editor
from campaign_app.services.approvers import has_left
from campaign_app.services.expiry import Expiry
from campaign_app.services.money import Spending
from campaign_app.services.preflight import Preflight
from campaign_app.services.preflight_checks import check
from campaign_app.services.situation import Check, Fit, Situation
from campaign_app.words import Language, load
from tests.fakes.remotes import ENTITY, ISSUER
from tests.helpers.account_state import set_account_state
from tests.helpers.shop import NOW
from tests.helpers.staged import KEY, WARNED, Staged, open_by_day, stage

SIGNATURE = Signature("安宁百货", ENTITY, "company", "approved", carrier_filed=True, scopes=("retail",))
ACCOUNT = Account(1, "fake", "店", "http://127.0.0.1", ENTITY, ISSUER, "登记处", "k", simulated=False, pinned_keys="{}")
CARRIER = replace(ACCOUNT, id=2, platform="aliyun", label="阿里云")
CAMPAIGN = Campaign(
    1, "双十一", ENTITY, "retail", Filter(), "安宁百货", "正文", CampaignState.SCREENED, snapshot_size=10
)
GOOD = Situation(
    campaign=CAMPAIGN,
    funnel={"ok": 7, "declined": 3},
    ages=(NOW - timedelta(minutes=5), NOW),
    max_age=timedelta(days=1),
    blocks={},
    warned={},
    signature=SIGNATURE,
    accounts=(ACCOUNT,),
    opens=time(8),
    closes=time(22),
    heartbeat=NOW,
    now=NOW,
)


def finding(rule: str = "ABS-001") -> Finding:
    said = Citation("广告法", "九", verified=True)
    return Finding(rule, Severity.WARN, Span(0, 2), "最佳", "是绝对化用语", said, "删去")


OF_NO_SIGNATURE = {rule: replace(finding(rule), span=Span(0, 0)) for rule in ("IDN-001", "SIG-001", "SIG-008")}


def found(**changes: Any) -> dict[str, Check]:
    return {each.key: each for each in check(replace(GOOD, **changes))}


def campaign(**changes: Any) -> Campaign:
    return replace(CAMPAIGN, **changes)


NOBODY: Any = {"campaign": campaign(snapshot_size=0), "funnel": {}, "ages": None, "silent": ("店",)}


def signed(**changes: Any) -> Signature:
    return replace(SIGNATURE, **changes)


def test_all_is_green_when_all_is_right() -> None:
    checks = check(GOOD)
    assert [each.key for each in checks] == [
        "audience",
        "recipients",
        "text",
        "signature",
        "sender",
        "window",
        "worker",
    ]
    assert {each.level for each in checks} == {"ok"}
    whole = Preflight(GOOD, checks)
    assert whole.may_approve
    assert whole.may_send


def slow(parts: int, pace: float, uncounted: int = 0) -> dict[str, Any]:
    """So many parts to leave over an account of that pace; at `NOW` the window is open for twelve hours more."""
    quote = Quote((Line(1, {1: parts}, None, uncounted),))
    return {"spending": Spending(quote, Limits()), "paces": {1: pace} if pace else {}}


PLANNED_WARNED: dict[str, Any] = {"campaign": campaign(state=CampaignState.APPROVED), "warned": {"B-2": finding("B-2")}}
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("audience", {"campaign": campaign(state=CampaignState.DRAFT)}, "block", "not_screened"),
    ("audience", {"campaign": campaign(state=CampaignState.SCREENING)}, "block", "screening"),
    ("audience", {"funnel": {"ok": 7}}, "block", "funnel_broken"),
    ("audience", {"funnel": {"ok": 7, "unscreened": 3}}, "block", "funnel_broken"),
    ("audience", {"ages": (NOW - timedelta(hours=25), NOW)}, "block", "stale"),
    ("audience", {"ages": (NOW - timedelta(hours=23), NOW)}, "ok", "current"),
    ("audience", {"ages": None}, "ok", "screened"),
    ("audience", {}, "ok", "fresh"),
    ("recipients", {"campaign": campaign(state=CampaignState.DRAFT)}, "warn", "recipients_unknown"),
    ("recipients", {"funnel": {"declined": 10}}, "block", "nobody"),
    ("recipients", NOBODY, "block", "nobody_there"),
    ("text", {"campaign": campaign(body="")}, "block", "no_text"),
    ("text", {"blocks": {"ABS-001": finding()}}, "block", "text_blocked"),
    ("text", {}, "ok", "text"),
    ("text", {"campaign": campaign(signature=""), "blocks": OF_NO_SIGNATURE}, "ok", "text"),
    ("text", {"blocks": OF_NO_SIGNATURE}, "block", "text_blocked"),
    ("warning:B-2", {"warned": {"B-2": finding("B-2")}}, "warn", "warning"),
    ("warning:B-2", {"warned": {"B-2": None}}, "warn", "warning_of_another"),
    ("signature", {"campaign": campaign(signature="")}, "block", "no_signature"),
    ("signature", {"signature": None}, "block", "signature_unreported"),
    ("signature", {"signature": signed(owner_uscc=ISSUER)}, "block", "signature_of_another"),
    ("signature", {"signature": signed(status="pending")}, "block", "signature_not_approved"),
    ("signature", {"signature": signed(valid_until=date(2026, 11, 9))}, "block", "signature_expired"),
    ("signature", {"signature": signed(valid_until=date(2026, 11, 10))}, "ok", "signature"),
    ("signature", {"signature": signed(carrier_filed=None)}, "block", "signature_filing_unknown"),
    ("signature", {"signature": signed(scopes=("finance",))}, "block", "signature_scope"),
    ("signature", {"signature": signed(scopes=())}, "block", "signature_unscoped"),
    ("recipients", {"funnel": {"unknown": 10}, "silent": ("安宁旗舰店",)}, "block", "nobody_confirms"),
    ("sender", {"accounts": ()}, "block", "no_sender"),
    ("sender", {"accounts": (replace(ACCOUNT, state="disconnected"),)}, "block", "no_sender"),
    ("sender", {"accounts": (ACCOUNT, replace(ACCOUNT, simulated=True))}, "warn", "sender_mixed"),
    ("sender", {"accounts": (ACCOUNT, replace(ACCOUNT, state="disconnected"))}, "warn", "sender_partly"),
    ("sender", {"accounts": (replace(ACCOUNT, simulated=True),)}, "ok", "sender_simulated"),
    ("sender", {"mute": (replace(ACCOUNT, label="无通道"),)}, "warn", "sender_mute"),
    ("sender", {"accounts": (), "mute": (ACCOUNT,)}, "block", "no_sender"),
    ("replies", {"unread": ("安宁旗舰店",), "elsewhere": {"乙店": "控制台"}}, "block", "replies_unread"),
    ("templates", {"unchecked": ("拼多多店",), "stated": ("乙店",)}, "block", "templates_unchecked"),
    ("templates", {"stated": ("拼多多店",)}, "warn", "templates_stated"),
    ("fit", {"carriers": {1: CARRIER}, "fits": {2: Fit(7, 7)}}, "block", "template_none"),
    ("fit", {"fits": {1: Fit(7, 7)}, **slow(10, 0)}, "block", "template_none"),
    ("fit", {"fits": {1: Fit(7, 2)}}, "warn", "template_some"),
    ("stuck", {"stuck": ("阿里云",)}, "block", "replies_stuck"),
    ("authorisation", {"ends": {"店": Expiry(1, "authorisation", NOW)}}, "warn", "authorisation_ends"),
    ("replies", {"elsewhere": {"安宁旗舰店": "控制台，王丽每天看"}}, "warn", "replies_elsewhere"),
    ("sender", {"carriers": {1: replace(CARRIER, state="disconnected")}}, "block", "no_sender"),
    ("sender", {"carriers": {1: replace(CARRIER, simulated=True)}}, "ok", "sender_simulated"),
    ("window", {"now": datetime(2026, 11, 10, 14, 0, tzinfo=UTC)}, "warn", "window_closed"),
    ("window", {"opens": time(10, 1)}, "warn", "window_closed"),
    ("window", {"opens": time(10)}, "ok", "window_open"),
    ("window", {"send_at": NOW + timedelta(days=1)}, "ok", "window_chosen"),
    ("window", {"send_at": NOW + timedelta(hours=12)}, "warn", "window_closed"),
    ("window", {"now": NOW + timedelta(hours=12), "send_at": NOW + timedelta(days=1)}, "ok", "window_chosen"),
    ("window", slow(12 * 3_600 + 1, 1), "warn", "window_short"),
    ("window", slow(12 * 3_600, 1), "ok", "window_open"),
    ("window", slow(10**9, 0), "ok", "window_open"),
    ("window", {**slow(3_601, 1), "send_at": NOW + timedelta(hours=11)}, "warn", "window_short"),
    ("approver", {"editor": Editor.ANOTHER}, "ok", "another_person"),
    ("approver", {"editor": Editor.MYSELF}, "block", "same_person"),
    ("approver", {"editor": Editor.UNKNOWN}, "block", "editor_unknown"),
    ("approver", {"editor": Editor.MYSELF, "campaign": campaign(state=CampaignState.DRAFT)}, "warn", "another_needed"),
    ("approver", {"editor": Editor.UNKNOWN, "campaign": campaign(state=CampaignState.DRAFT)}, "warn", "editor_unknown"),
    ("approver", {"editor": Editor.MYSELF, **PLANNED_WARNED}, "block", "same_person"),
    ("worker", {"heartbeat": None}, "block", "worker_silent"),
    ("worker", {"heartbeat": NOW - timedelta(seconds=16)}, "block", "worker_silent"),
]


def test_that_an_approver_lost_the_role_is_said_and_the_approval_stands() -> None:
    approved = campaign(state=CampaignState.SCHEDULED, approved_by="rita/window")
    assert has_left(approved, lambda login: login != "rita")
    assert not has_left(approved, lambda login: login == "rita")
    assert not has_left(replace(approved, state=CampaignState.DONE), lambda _: False)
    assert not has_left(replace(approved, approved_by="window"), lambda _: False), "before there were logins"
    left = found(campaign=approved, approver_left=True)["approval"]
    assert (left.level, left.code, left.facts) == ("warn", "approver_left", {"who": "rita"})
    assert found(approver_left=True, void=True)["approval"].code == "approval_void"


def test_what_is_approved_and_warns_of_nothing_asks_for_nobody_else() -> None:
    assert "approver" not in found(editor=Editor.MYSELF, campaign=campaign(state=CampaignState.APPROVED))
    assert "approver" not in found(), "nor does anything where policy does not"


def test_a_signature_that_holds_for_some_shops_only_names_the_others() -> None:
    shops = (ACCOUNT, replace(ACCOUNT, id=2, label="乙店"))
    some = found(accounts=shops, signed={1: SIGNATURE, 2: None})["signature"]
    assert (some.level, some.code, some.facts["names"]) == ("warn", "signature_partly", ("乙店",))
    none = found(accounts=shops, signed={1: signed(owner_uscc="", owner_open=True), 2: None})["signature"]
    assert (none.level, none.code) == ("block", "signature_owner_open")
    every = found(accounts=shops, signed={1: SIGNATURE, 2: SIGNATURE})["signature"]
    assert (every.level, every.code) == ("ok", "signature")


def test_the_port_of_another_signature_blocks() -> None:
    check = found(signed={1: SIGNATURE}, held={1: ("1069000", "安宁会员")})["signature"]
    assert (check.level, check.code, check.facts["other"]) == ("block", "port_taken", "安宁会员")


def test_what_cannot_leave_before_the_window_closes_is_counted_beforehand() -> None:
    check = found(**slow(100_000, 2, uncounted=400))["window"]
    assert (check.facts["minutes"], check.facts["left"]) == (837, 100_400 - 2 * 12 * 3_600)
    two = Quote((Line(1, {2: 30_000}, None), Line(2, {1: 100}, None)))
    both = found(spending=Spending(two, Limits()), paces={1: 1, 2: 1})["window"]
    assert (both.facts["minutes"], both.facts["left"]) == (1_000, 60_000 - 12 * 3_600)
    earlier = found(**slow(100_000, 2), closes=time(20))["window"]
    assert (earlier.facts["closes"], earlier.facts["left"]) == ("20:00", 100_000 - 2 * 10 * 3_600)


def test_a_signature_has_to_hold_on_the_day_that_was_chosen() -> None:
    ends = signed(valid_until=date(2026, 11, 10))
    assert found(signature=ends, send_at=NOW + timedelta(days=1))["signature"].code == "signature_expired"


@pytest.mark.parametrize(("key", "changes", "level", "code"), CASES)
def test_a_check_says_what_is_wrong(key: str, changes: dict[str, Any], level: str, code: str) -> None:
    assert (found(**changes)[key].level, found(**changes)[key].code) == (level, code)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_check_has_words_for_what_it_found(language: Language) -> None:
    words = load(language)
    for key, changes, _, code in CASES:
        said = words.term("check", code)
        assert said != code
        assert "{" not in said.format_map(found(**changes)[key].facts)
        assert words.term("check_title", key.partition(":")[0]) != key


@pytest.mark.parametrize("state", [CampaignState.APPROVED, CampaignState.WAITING])
def test_facts_that_got_old_after_the_approval_are_no_obstacle_since_every_batch_reads_them_again(
    state: CampaignState,
) -> None:
    aged = found(campaign=campaign(state=state), ages=(NOW - timedelta(hours=25), NOW))["audience"]
    assert (aged.level, aged.code, aged.facts["hours"]) == ("warn", "aged", 25)


def test_of_an_audience_without_anybody_no_tick_says_that_all_were_screened() -> None:
    assert "audience" not in found(**NOBODY)


def test_the_check_names_the_sender_that_will_carry() -> None:
    assert found()["sender"].facts["names"] == ("店",)
    assert found(carriers={1: CARRIER})["sender"].facts["names"] == ("店 → 阿里云",)


def test_every_warning_is_a_check_of_its_own() -> None:
    warned = {"A-1": finding("A-1"), "B-2": None}
    keys = [each.key for each in check(replace(GOOD, warned=warned)) if each.key.startswith("warning")]
    assert keys == ["warning:A-1", "warning:B-2"]
    assert found(warned=warned)["warning:A-1"].facts["message"] == "是绝对化用语"


@pytest.mark.parametrize(
    ("changes", "approve"),
    [
        ({"heartbeat": None}, True),
        ({"signature": None}, False),
        ({"funnel": {"ok": 7}}, False),
        ({"accounts": ()}, False),
    ],
)
def test_a_silent_worker_stops_the_sending_and_not_the_approval(changes: dict[str, Any], approve: bool) -> None:
    seen = replace(GOOD, **changes)
    whole = Preflight(seen, check(seen))
    assert (whole.may_approve, whole.may_send) == (approve, False)


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    from campaign_app.credentials import MemoryKeeper

    bootstrap.create_app(tmp_path / "made", MemoryKeeper(KEY)).close()
    for app in open_by_day(tmp_path / "made", tmp_path / "ws"):
        yield stage(app)


def test_a_draft_in_a_real_workspace_waits_for_its_screening(staged: Staged) -> None:
    whole = staged.app.preflights.look(staged.draft().id)
    assert {each.key: each.code for each in whole.checks if each.level != "ok"} == {
        "audience": "not_screened",
        "recipients": "recipients_unknown",
    }
    assert whole.seen.ready == 0


def test_a_screened_one_is_ready_with_its_facts_and_hours(staged: Staged) -> None:
    whole = staged.app.preflights.look(staged.screened().id)
    assert [each.code for each in whole.checks if each.level != "ok"] == []
    assert (whole.seen.ready, whole.seen.opens, whole.seen.closes) == (7, time(8), time(22))
    assert whole.seen.ages == (staged.shop.clock.now.replace(microsecond=whole.seen.ages[0].microsecond),) * 2


def test_an_audience_is_not_counted_again_while_the_campaign_is_the_same(staged: Staged) -> None:
    made = staged.screened()
    before = staged.app.preflights.look(made.id)
    staged.app.workspace.campaigns.set_reasons(made.id, {0: ("pending", None)})
    again = staged.app.preflights.look(made.id, before=before)
    assert (again.seen.funnel, again.seen.ages) == (before.seen.funnel, before.seen.ages)
    staged.app.campaigns.edit(made.id, actor="王", name="改名")
    assert staged.app.preflights.look(made.id, before=before).seen.ready == 6


def test_the_warnings_of_the_text_are_those_of_the_approval(staged: Staged) -> None:
    made = staged.screened(WARNED)
    whole = staged.app.preflights.look(made.id)
    rules = set(whole.seen.warned)
    assert rules
    assert staged.app.campaigns.approve(made, recipients=7, confirmed_warnings=rules, actor="李").approved_by == "李"


def test_the_merchants_own_hours_only_make_the_window_narrower(staged: Staged) -> None:
    staged.app.workspace.accounts.set_setting("window_opens", "06:00")
    staged.app.workspace.accounts.set_setting("window_closes", "21:00")
    seen = staged.app.preflights.look(staged.draft().id).seen
    assert (seen.opens, seen.closes) == (time(8), time(21))


def test_a_text_without_a_body_has_nothing_to_check(staged: Staged) -> None:
    seen = staged.app.preflights.look(staged.draft(body="").id).seen
    assert (dict(seen.blocks), dict(seen.warned)) == ({}, {})


def test_a_chosen_time_has_warnings_of_its_own_that_the_plan_asks_for(staged: Staged) -> None:
    made, holiday = staged.approved(), datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
    assert staged.app.preflights.look(made.id).seen.warned == {}
    assert set(staged.app.preflights.look(made.id, send_at=holiday).seen.warned) == {"TIM-002"}


def test_at_once_is_a_time_like_any_other_for_what_is_approved(staged: Staged, tmp_path: Path) -> None:
    made = staged.approved()
    early = datetime(2026, 11, 12, 0, 30, tzinfo=UTC)  # half past eight in Beijing
    with wiring.wire(staged.app.workspace, staged.app.keeper, early - clocks.system_clock()) as app:
        assert set(app.preflights.look(made.id).seen.warned) == {"TIM-002"}


def test_after_the_clock_was_set_back_nothing_is_believed_of_facts_or_of_the_worker() -> None:
    yesterday = NOW - timedelta(days=1)
    checks = found(now=yesterday)
    assert (checks["audience"].level, checks["audience"].code) == ("block", "clock_set_back")
    assert (checks["worker"].level, checks["worker"].code) == ("block", "worker_silent")
    assert "校准系统时间" in load("zh_CN").term("check", "clock_set_back")


def test_a_platform_whose_clock_is_a_little_ahead_is_no_matter() -> None:
    ahead = (NOW + timedelta(minutes=1), NOW + timedelta(minutes=2))
    assert found(ages=ahead)["audience"].code == "fresh"


def test_what_carriers_tell_of_signatures_is_read_again_after_an_hour(staged: Staged) -> None:
    app, store = staged.app, staged.app.workspace.accounts

    def asked() -> list[object]:
        app.accounts.read_signatures_again(ENTITY, app.jobs)
        return [job.args["account_id"] for job in app.jobs.open_jobs() if job.kind == "sync"]

    assert asked() == []
    store.put_signatures(staged.account, [SIGNATURE], app.clock() - timedelta(hours=1, minutes=1))
    assert asked() == [staged.account]
    assert asked() == [staged.account], "one that is under way is not asked for twice"
    for job in app.jobs.open_jobs():
        app.jobs.set_state(job.id, "done")
    store.put_signatures(staged.account, None, app.clock() - timedelta(hours=2))
    assert asked() == [], "it has none to tell of"
    app.accounts.read_signatures_again(ENTITY, app.jobs, [staged.account])
    assert asked() == [staged.account], "its templates give nothing of the text"
    for job in app.jobs.open_jobs():
        app.jobs.set_state(job.id, "done")
    store.put_signatures(staged.account, [], app.clock() - timedelta(hours=2))
    store.set_sender(staged.shop.add_account(0, prefix="d"), staged.account)
    set_account_state(store, staged.account, "disconnected")
    assert asked() == []


def test_of_what_is_scheduled_only_that_is_foreseen_which_would_stop_it() -> None:
    told = (
        Check("approver", "block", "same_person"),
        Check("warning:ABS-001", "warn", "warning"),
        Check("signature", "block", "signature_unreported"),
        Check("replies", "warn", "replies_elsewhere"),
        Check("window", "warn", "window_short"),
        Check("window", "warn", "window_not_then"),
        Check("worker", "ok", "worker"),
    )
    foreseen = [each.code for each in Preflight(GOOD, told).stops]
    assert foreseen == ["warning", "signature_unreported", "window_not_then"]
