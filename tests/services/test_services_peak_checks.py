"""What a plan's list says of a workspace: each item in each of its answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from campaign_app import words
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import Backlog
from campaign_app.domain.customer import Account
from campaign_app.domain.peak import Duty, PauseAll, Plan, PlanState, Stop, Wish, Word
from campaign_app.domain.signature import Signature
from campaign_app.services.opt_outs import Untold
from campaign_app.services.peak_checks import Item, Situation, check, open_of, planned
from campaign_app.settings import Settings

ENTITY, OTHER = "91330100MA0000001X", "91110000MA0000009X"
NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
WISH = Wish("双十一", date(2026, 11, 10), date(2026, 11, 11), (ENTITY,), (Duty("王丽"),))
PLAN = Plan(1, WISH, PlanState.DRAFT, (), "王", NOW, "王", NOW)
SENT = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
CAMPAIGN = Campaign(
    7, "会员日", ENTITY, "retail", Filter(), "安宁百货", state=CampaignState.SCHEDULED, send_at=SENT,
    window_end=SENT + timedelta(hours=12), snapshot_size=3,
)  # fmt: skip
FILED = Signature("安宁百货", ENTITY, status="approved", carrier_filed=True, valid_until=date(2026, 11, 11))
SHOP = Account(3, "jd", "旗舰店", "https://x", ENTITY, OTHER, "京东", "k", simulated=False, pinned_keys="")
STOP = Stop(7, "sending", active=True, watched=(1,), ended=True, batches=1, messages=2, last_at=NOW)
DRILL = PauseAll(5, 1, True, "王", NOW - timedelta(seconds=2), NOW, (STOP,), NOW)
GOOD = Situation(
    plan=PLAN, now=NOW, settings=Settings(), campaigns=(CAMPAIGN,), funnels={7: {"ok": 2, "stale": 1}},
    budgeted=frozenset({7}), entities={ENTITY: "安宁"}, signatures={7: FILED}, accounts=(SHOP,),
    ends={3: datetime(2026, 11, 11, 16, 0, tzinfo=UTC)}, ending=frozenset({3}), backed_up=NOW - timedelta(days=7),
    pauses=(DRILL,),
)  # fmt: skip
UNTOLD = {3: Untold(Backlog(4, NOW - timedelta(hours=1)))}


def item(key: str, **changes: Any) -> Item:
    return next(each for each in check(replace(GOOD, **changes)) if each.key == key)


def test_what_only_people_know_stays_open_where_all_else_is_in_order() -> None:
    assert open_of(check(GOOD)) == ("senders_told", "support", "instructed")


@pytest.mark.parametrize(
    ("key", "changes", "state", "code"),
    [
        ("audiences", {"campaigns": ()}, "unknown", "no_campaigns"),
        ("audiences", {"funnels": {7: {"ok": 2}}}, "todo", "audiences_open"),
        ("audiences", {"campaigns": (replace(CAMPAIGN, snapshot_size=0),)}, "todo", "audiences_open"),
        ("caps", {"settings": Settings(house_cap_per_month=0)}, "todo", "caps_off"),
        ("budget", {"budgeted": frozenset()}, "todo", "budget_none"),
        ("budget", {"campaigns": ()}, "todo", "month_none"),
        ("budget", {"campaigns": (), "entities": {}}, "todo", "month_none"),
        ("budget", {"campaigns": (), "months": frozenset({ENTITY})}, "ok", "months"),
        ("signatures", {"campaigns": ()}, "unknown", "no_campaigns"),
        ("signatures", {"signatures": {7: None}}, "todo", "signatures_bad"),
        ("signatures", {"signatures": {7: replace(FILED, valid_until=date(2026, 11, 10))}}, "todo", "signatures_bad"),
        ("signatures", {"signatures": {7: replace(FILED, valid_until=None)}}, "unknown", "signatures_open"),
        ("authorisations", {"accounts": ()}, "todo", "accounts_none"),
        ("authorisations", {"ends": {3: NOW + timedelta(days=1)}}, "todo", "authorisations_end"),
        ("authorisations", {"ends": {}}, "unknown", "authorisations_open"),
        ("authorisations", {"ends": {}, "ending": frozenset()}, "ok", "authorisations"),
        ("opt_outs", {"untold": UNTOLD}, "todo", "opt_outs_late"),
        ("opt_outs", {"untold": UNTOLD, "now": NOW - timedelta(minutes=1)}, "ok", "opt_outs_fresh"),
        ("opt_outs", {"untold": {3: Untold(Backlog(refused=1, untellable=1))}}, "unknown", "opt_outs_refused"),
        ("hours", {"settings": Settings(window_closes=time(18))}, "todo", "hours_outside"),
        ("backup", {"backed_up": None}, "todo", "backup_none"),
        ("backup", {"now": NOW + timedelta(seconds=1)}, "todo", "backup_old"),
        ("backup", {"shared": True}, "unknown", "backup_team"),
        ("drill", {"pauses": ()}, "todo", "drill_none"),
        ("drill", {"now": NOW + timedelta(days=30)}, "todo", "drill_old"),
        ("drill", {"pauses": (replace(DRILL, stops=(replace(STOP, batches=2),)), DRILL)}, "todo", "drill_over"),
        ("drill", {"pauses": (replace(DRILL, stops=()),)}, "todo", "drill_nothing"),
        ("drill", {"pauses": (replace(DRILL, stops=()), DRILL)}, "ok", "drill"),
        ("drill", {"pauses": (replace(DRILL, stops=(replace(STOP, ended=False),)),)}, "todo", "drill_watching"),
    ],
)
def test_each_answer(key: str, changes: dict[str, Any], state: str, code: str) -> None:
    found = item(key, **changes)
    assert (found.state, found.code) == (state, code)
    facts = {name: "、".join(fact) if isinstance(fact, tuple) else fact for name, fact in found.facts.items()}
    for language in (words.load("zh_CN"), words.load("en")):
        assert language.term("peak_item", key) != key
        assert language.term("peak_check", code).format_map(facts) != code


def test_a_word_holds_for_what_was_found_when_it_was_given_and_against_no_finding() -> None:
    endless = {"signatures": {7: replace(FILED, valid_until=None)}}
    word = Word("signatures", "signatures_open", True, "李", "", "李", NOW)
    assert item("signatures", words={"signatures": word}, **endless).state == "ok"
    for other in (replace(word, holds=False), replace(word, code="no_campaigns")):
        assert item("signatures", words={"signatures": other}, **endless).state == "unknown"
    assert item("signatures", words={"signatures": word}, signatures={7: None}).state == "todo"


def test_a_drill_says_seconds_and_messages() -> None:
    assert item("drill").facts == {"day": "2026-11-09", "days": 30, "seconds": "2.0", "messages": 2, "left": 0}


def test_what_is_planned_within_the_days_counts() -> None:
    def at(when: datetime | None, entity: str = ENTITY) -> bool:
        return bool(list(planned([replace(CAMPAIGN, send_at=when, entity_uscc=entity)], PLAN)))

    first, last = datetime(2026, 11, 9, 16, 0, tzinfo=UTC), datetime(2026, 11, 11, 15, 59, tzinfo=UTC)
    assert at(first)
    assert at(last)
    assert not at(first - timedelta(minutes=1))
    assert not at(last + timedelta(minutes=1))
    assert not at(None)
    assert not at(first, OTHER)
