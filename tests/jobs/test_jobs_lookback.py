"""A look-back over real sent messages: what it finds, what it cannot look at, and how it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from campaign_app import assets
from campaign_app.compliance import Engine, load_all
from campaign_app.domain.consent import ConsentMethod, ConsentStatus, CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.errors import NotAllowed, RemoteRefused, RemoteUnavailable
from campaign_app.domain.lookback import Run, RunState, Scope
from campaign_app.jobs import lookback
from campaign_app.jobs.worker import Worker
from campaign_app.services.sent_texts import LookedAt
from campaign_app.services.texts import Texts
from campaign_app.storage.lookback import SqlLookBacks
from campaign_app.storage.schema_sending import ledger, ledger_latest, ledger_outcome
from tests.fakes.remotes import ENTITY
from tests.helpers.account_state import set_account_state
from tests.helpers.desk import CLEAN
from tests.helpers.looking_back import Hindsight, open_hindsight, reasons
from tests.helpers.shop import NOW
from tests.jobs.started import Started

DAY = timedelta(days=1)
SUPERLATIVE = "{name}您好，国家级品质，会员到店满300元减50元，11月30日前有效。拒收请回复R"


@pytest.fixture
def here(tmp_path: Path, dialect: str) -> Iterator[Hindsight]:
    yield from open_hindsight(tmp_path / "ws", dialect)


def test_what_would_leave_today_is_good_and_nothing_that_was_sent_is_touched(here: Hindsight) -> None:
    here.account(5)
    here.done(here.sent())
    before = everything(here)
    run = here.look()
    assert (run.state, run.counts()) == (RunState.DONE, {"ok": 5, "finding": 0, "unlooked": 0, "since": 0})
    assert (run.total, run.looked, run.rule_packs) == (5, 5, here.texts.rule_packs)
    assert everything(here) == before


def everything(here: Hindsight) -> list[list[object]]:
    with here.shop.workspace.database.read() as connection:
        return [list(connection.execute(sa.select(each))) for each in (ledger, ledger_outcome, ledger_latest)]


def test_consents_are_read_anew_and_who_withdrew_since_is_told_apart(here: Hindsight) -> None:
    account = here.account(6)
    here.sent()
    here.later(days=5)
    here.sign(account)
    here.shop.platforms[account].truth = {
        "c00000": {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": NOW + DAY},
        "c00001": {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": NOW - DAY},
        "c00002": {"method": ConsentMethod.REGISTRATION_DEFAULT},
        "c00003": {"expires_at": NOW + DAY},
    }
    run = here.look()
    assert reasons(run) == {
        ("withdrawn", "since", ""): 1,
        ("withdrawn", "then", ""): 1,
        ("default_consent", "then", ""): 1,
        ("expired", "since", ""): 1,
    }
    assert run.counts() == {"ok": 2, "finding": 2, "since": 2, "unlooked": 0}


def test_consents_that_a_clock_that_was_ahead_read_are_read_anew(here: Hindsight) -> None:
    account = here.account(3)
    here.sent()
    here.later(days=5)
    here.sign(account)
    here.look()
    here.shop.clock.now = NOW + DAY
    here.sign(account)
    here.shop.platforms[account].truth = {"c00001": {"status": ConsentStatus.DECLINED}}
    run = here.look()
    assert reasons(run) == {("declined", "since", ""): 1}
    assert run.counts() == {"ok": 2, "finding": 0, "since": 1, "unlooked": 0}


def test_a_platform_that_is_away_makes_nobody_good(here: Hindsight) -> None:
    account = here.account(1_200)
    here.sent()
    here.later(days=5)
    here.sign(account)
    here.shop.platforms[account].trouble = [RemoteUnavailable("timeout", "away")] * 9
    run = here.look()
    assert reasons(run) == {("consent_unread", "undated", ""): 1_200}
    assert len(here.shop.platforms[account].trouble) == 6, "tried three times, and then no more in this run"


def test_a_platform_that_stumbles_is_asked_again_and_one_that_refuses_is_not(here: Hindsight) -> None:
    account = here.account(3)
    here.sent()
    here.later(days=5)
    here.sign(account)
    here.shop.platforms[account].trouble = [RemoteUnavailable("throttled", "429", retry_after=3_600)] * 2
    assert here.look().ok == 3
    assert here.shop.waits[-2:] == [60.0, 60.0]
    here.later(days=5)
    here.sign(account)
    here.shop.platforms[account].trouble = [RemoteRefused("permission", "403")]
    assert here.look().counts()["unlooked"] == 3


def test_a_shop_that_was_left_is_not_asked(here: Hindsight) -> None:
    account = here.account(2)
    here.sent()
    here.later(days=5)
    set_account_state(here.shop.workspace.accounts, account, "disconnected")
    here.shop.platforms[account].asked.clear()
    assert here.look().counts()["unlooked"] == 2
    assert here.shop.platforms[account].asked == []


def test_todays_rules_say_which_rule_and_by_which_packs(here: Hindsight, monkeypatch: pytest.MonkeyPatch) -> None:
    here.account(3)
    here.shop.context = replace(here.shop.context, composer=here.shop.composer)  # the rules of that time let it pass
    campaign = here.sent(SUPERLATIVE)
    run = here.look()
    assert reasons(run) == {("rule", "since", "ABS-001"): 3}
    assert run.rule_packs != here.shop.workspace.campaigns.campaign(campaign.id).rule_packs


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ({"effective_from": date(2026, 11, 15)}, 1),
        ({"effective_from": date(2026, 11, 17)}, 0),
        ({"effective_to": date(2026, 11, 15)}, 0),
    ],
)
def test_the_rules_of_today_are_asked_and_those_that_ended_are_not(
    here: Hindsight, dates: dict[str, date], found: int
) -> None:
    account = here.account(1)
    here.shop.context = replace(here.shop.context, composer=here.shop.composer)
    here.sent(SUPERLATIVE)
    here.later(days=6)
    here.sign(account)
    shipped = load_all(assets.path("rules"))
    dated = [replace(rule, **dates) if rule.id == "ABS-001" else rule for rule in shipped.rules]
    engine, workspace = Engine(replace(shipped, rules=tuple(dated))), here.shop.workspace
    texts = Texts(
        engine=lambda: engine, accounts=workspace.accounts, campaigns=workspace.campaigns, customers=workspace.customers
    )
    here.shop.context = replace(here.shop.context, sent_texts=LookedAt(texts))
    assert reasons(here.look()).get(("rule", "since", "ABS-001"), 0) == found


def test_a_warning_that_nobody_confirmed_counts_and_a_confirmed_one_does_not(here: Hindsight) -> None:
    here.account(2)
    here.shop.context = replace(here.shop.context, composer=here.shop.composer)
    here.sent(CLEAN.replace("冬装上新", "冬装上新，最受欢迎"))
    found = reasons(here.look())
    assert set(found) == {("rule_warns", "since", "ABS-002")}
    run = here.shop.workspace.campaigns
    (campaign,) = run.campaigns()
    run.add_warnings(campaign.id, {"ABS-002": 1})
    with here.shop.workspace.database.write() as connection:
        connection.execute(sa.text("UPDATE campaign_warning SET confirmed_by = '李', confirmed_at = 1"))
    assert here.look().counts()["ok"] == 2


@pytest.mark.parametrize(
    ("changes", "reason", "era"),
    [
        ({"valid_until": date(2026, 11, 12)}, "signature_expired", "since"),
        ({"valid_until": date(2026, 11, 9)}, "signature_expired", "then"),
        ({"scopes": ("membership",)}, "signature_scope", "since"),
        ({"status": "rejected"}, "signature_refused", "since"),
        ({"carrier_filed": None}, "signature_unknown", "undated"),
    ],
)
def test_a_signature_that_would_not_do_today(
    here: Hindsight, changes: dict[str, object], reason: str, era: str
) -> None:
    account = here.account(2)
    here.sent()
    here.later(days=4)
    here.sign(account, **changes)
    rules = "rejected" if reason == "signature_refused" else ""
    assert reasons(here.look()) == {(reason, era, rules): 2}


def test_a_signature_that_nobody_reports_any_more_is_not_known(here: Hindsight) -> None:
    account = here.account(1)
    here.sent()
    here.shop.workspace.accounts.put_signatures(account, [], here.shop.clock())
    assert reasons(here.look()) == {("signature_unknown", "undated", ""): 1}


def test_a_text_that_speaks_of_what_the_signature_is_not_filed_for(here: Hindsight) -> None:
    here.account(1)
    here.shop.context = replace(here.shop.context, composer=here.shop.composer)
    here.sent("{name}您好，低息贷款额度已到账，会员日11月30日前有效。拒收请回复R")
    run = here.look()
    assert {group.reason for group in run.groups} == {"signature_scope"}


def test_what_cannot_be_looked_at_is_counted_as_such(here: Hindsight) -> None:
    account = here.account(4)
    campaign = here.sent()
    drop_guards(here)
    texts = {0: "", 1: "别人的签名：您好", 2: "【安宁百货】另一段文字，11月30日前到店满300元减50元。拒收请回复R"}
    with here.shop.workspace.database.write() as connection:
        for seq, text in texts.items():
            where = sa.and_(ledger.c.campaign_id == campaign.id, ledger.c.seq == seq)
            connection.execute(sa.update(ledger).where(where).values(text=text))
    run = here.look()
    assert reasons(run) == {("text_missing", "undated", ""): 1, ("text_unread", "undated", ""): 1}
    assert run.ok == 2, "a text of its own is read as such"
    here.shop.context = replace(here.shop.context, sent_texts=None)
    assert here.look().counts() == {"ok": 0, "finding": 0, "since": 0, "unlooked": 4}
    assert account


def drop_guards(here: Hindsight) -> None:
    """As a file that was damaged, or a retention that took texts away, would leave it."""
    with here.shop.workspace.database.write() as connection:
        connection.execute(sa.text("DROP TRIGGER ledger_no_update"))


def test_a_person_without_any_fact_of_now(here: Hindsight) -> None:
    account = here.account(2)
    here.sent()
    set_account_state(here.shop.workspace.accounts, account, "disconnected")
    with here.shop.workspace.database.write() as connection:
        connection.execute(sa.text("DELETE FROM consent_latest"))
    assert reasons(here.look()) == {("fact_missing", "undated", ""): 2}


def test_who_was_sent_again_what_they_had_refused(here: Hindsight) -> None:
    account = here.account(3)
    first = here.sent()
    other = here.sent("{name}您好，夏季清仓全场家电以旧换新，会员礼品在店领取，11月30日前有效。拒收请回复R")
    here.later(hours=1)
    again = here.sent(CLEAN.replace("冬装上新", "冬装再上新"))
    key = here.shop.workspace.phone_keys.of_ref(CustomerRef(account, "c00000"))
    other_key = here.shop.workspace.phone_keys.of_ref(CustomerRef(account, "c00001"))
    minor = here.shop.workspace.phone_keys.of_ref(CustomerRef(account, "c00002"))
    here.shop.workspace.suppressions.add(
        [
            Suppression(ENTITY, key, SuppressionKind.OPT_OUT, NOW + timedelta(minutes=30), "reply"),
            Suppression(ENTITY, other_key, SuppressionKind.COMPLAINT, NOW + DAY, "platform"),
            Suppression(ENTITY, minor, SuppressionKind.MINOR, NOW - DAY, "platform"),
        ]
    )
    run = here.look()
    similar = [group for group in run.groups if group.reason == "similar"]
    assert [(group.campaign_id, group.messages) for group in similar] == [(again.id, 1)]
    (found,) = here.shop.workspace.lookbacks.found(run.id, ("similar", "then", again.id, ""), 0, 9)
    assert (found.also, found.kind.value) == ("suppressed_opt_out", "finding")
    since = [g for g in run.groups if g.reason == "suppressed_opt_out"]
    assert {(g.campaign_id, g.era) for g in since} == {(first.id, "since"), (other.id, "since")}
    assert sum(g.messages for g in run.groups if g.reason == "minor") == 3


@pytest.mark.no_cover
def test_a_step_goes_on_where_the_last_one_ended_and_keeps_nothing_twice(
    here: Hindsight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookback, "BATCHES", 1)
    here.account(1_200)
    here.sent()
    run, store = here.begin(), here.shop.workspace.lookbacks
    assert lookback.look_some(here.shop.context, run.id, 1, lookback.Walk()) == (True, 500, 1_200)
    stands = store.run(run.id).after
    assert not store.keep(run.id, 0, stands, [], 500, "v"), "a step that was repeated finds the place moved"
    assert lookback.look_some(here.shop.context, run.id, 9, lookback.Walk()) == (False, 1_200, 1_200)
    assert lookback.end(here.shop.context, run.id) == "done"


def test_a_paused_run_stays_where_it_is_and_a_cancelled_one_keeps_what_it_found(
    here: Hindsight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookback, "BATCHES", 1)
    here.account(600)
    here.sent()
    run, store = here.begin(), here.shop.workspace.lookbacks
    lookback.look_some(here.shop.context, run.id, 1, lookback.Walk())
    store.set_state(run.id, RunState.PAUSED, among=[RunState.RUNNING], actor="王", at=NOW)
    assert lookback.look_some(here.shop.context, run.id, 9, lookback.Walk()) == (False, 500, 600)
    assert lookback.end(here.shop.context, run.id) == "paused"
    lookback.fail(here.shop.context, run.id, "bug")
    assert store.run(run.id).state is RunState.PAUSED
    store.set_state(run.id, RunState.RUNNING, among=[RunState.PAUSED], actor="王", at=NOW)
    lookback.fail(here.shop.context, run.id, "bug")
    assert (store.run(run.id).state, store.run(run.id).note) == (RunState.FAILED, "bug")


def test_only_one_runs_at_a_time_and_only_what_lies_in_its_scope(here: Hindsight) -> None:
    here.account(3)
    first, second = here.sent(), here.sent(CLEAN.replace("冬装", "鞋帽"))
    run = here.begin(campaigns=(second.id,))
    with pytest.raises(NotAllowed):
        here.begin()
    lookback.look_some(here.shop.context, run.id, 1, lookback.Walk())
    lookback.end(here.shop.context, run.id)
    assert here.shop.workspace.lookbacks.run(run.id).looked == 3
    assert here.look(until=NOW).looked == 0
    assert first.id != second.id


def test_what_the_sender_turned_away_was_not_sent(here: Hindsight) -> None:
    account = here.account(2)
    here.shop.gateways[account].reject = {"c00000"}
    here.done(here.sent())
    assert here.look().looked == 1


def test_the_worker_begins_them_by_the_clock_and_takes_up_what_runs(here: Hindsight) -> None:
    jobs, store = here.shop.workspace.jobs, here.shop.workspace.lookbacks
    worker = Worker(here.shop.context, Started(), look_backs=lambda: (30, 60))
    worker.tick()
    assert jobs.open_jobs() == (), "nothing was ever sent"
    here.account(1)
    here.sent()
    here.later(days=29)
    worker.tick()
    assert store.runs(9) == ()
    here.later(days=2)
    worker.tick()
    (run,) = store.runs(9)
    assert (run.by_clock, run.asked_by, run.scope.until - run.scope.since) == (True, "worker", timedelta(days=60))
    assert [job.args for job in jobs.open_jobs() if job.kind == "lookback"] == [{"run_id": run.id}]
    here.later(days=40)
    worker.tick()
    assert len(store.runs(9)) == 1, "none beside one that runs"
    lookback.fail(here.shop.context, run.id, "bug")
    off = Worker(here.shop.context, Started())
    off.tick()
    assert len(store.runs(9)) == 1


def test_a_person_who_begins_one_as_the_clock_does_ends_no_worker(
    here: Hindsight, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, begin = here.shop.workspace.lookbacks, SqlLookBacks.begin
    here.account(1)
    here.sent()
    here.later(days=31)

    def beaten(lookbacks: SqlLookBacks, scope: Scope, **asked: Any) -> Run:
        begin(lookbacks, scope, asked_by="王", at=asked["at"])
        return begin(lookbacks, scope, **asked)

    monkeypatch.setattr(SqlLookBacks, "begin", beaten)
    Worker(here.shop.context, Started(), look_backs=lambda: (30, 60)).tick()
    (run,) = store.runs(9)
    assert not run.by_clock
