"""Every warning of every text needs a person, and the rules on time judge the planned time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from campaign_app.domain.campaign import CampaignState, Warned
from campaign_app.domain.signature import Signature
from campaign_app.services.window import BEIJING, likely_time
from tests.fakes.remotes import ENTITY
from tests.helpers.desk import Desk, code_of, open_desk
from tests.helpers.shop import NOW


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


def one_that_reads_oddly(desk: Desk, name: str = "仅剩2小时") -> int:
    """Gives the third customer a name that brings a warning (URG-001), and is not the longest."""
    account = next(iter(desk.shop.platforms))
    odd = replace(desk.shop.platforms[account].people[2], name=name, updated_at=NOW)
    others = [replace(p, name="欧阳淑芬女士同学") for p in desk.shop.platforms[account].people if p.ref != odd.ref]
    desk.shop.workspace.customers.upsert_page(account, [odd, *others], "end", NOW)
    return desk.shop.workspace.customers.ids_of_refs(account, [odd.ref])[odd.ref]


def test_a_warning_of_one_persons_text_needs_a_confirmation_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.services.texts.SAMPLE", 2)
    customer_id = one_that_reads_oddly(desk)
    screened = desk.screened()
    assert desk.campaigns.check(screened.id).verdict == "pass", "the longest text is clean"
    warnings = desk.campaigns.warnings(screened.id)
    example = warnings["URG-001"]
    assert list(warnings) == ["URG-001"]
    assert example in desk.campaigns.check(screened.id, customer_id).findings
    assert code_of(lambda: desk.campaigns.approve(screened, recipients=5, actor="李")) == "warnings_unconfirmed"
    desk.campaigns.approve(screened, recipients=5, confirmed_warnings=["URG-001", "PRC-001"], actor="李")
    recorded = desk.shop.workspace.campaigns.warnings(screened.id)
    assert recorded == {"URG-001": Warned("URG-001", customer_id, "李", NOW)}, "and nothing that nobody was shown"
    assert desk.campaigns.warnings(screened.id) == {}
    assert desk.shop.workspace.audit.entries()[0].facts["warnings"] == "URG-001"


def test_a_warning_is_confirmed_even_if_its_person_reads_differently_by_now(desk: Desk) -> None:
    one_that_reads_oddly(desk)
    screened = desk.screened()
    one_that_reads_oddly(desk, name="李")
    assert desk.campaigns.warnings(screened.id) == {"URG-001": None}
    assert code_of(lambda: desk.campaigns.approve(screened, recipients=5, actor="李")) == "warnings_unconfirmed"


def test_a_warning_of_the_planned_day_is_confirmed_when_it_is_scheduled(desk: Desk) -> None:
    approved = desk.approved()
    holiday = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
    assert desk.campaigns.warnings(approved.id) == {}
    assert [f.rule_id for f in desk.campaigns.warnings(approved.id, holiday).values() if f] == ["TIM-002"]
    refused = code_of(lambda: desk.campaigns.schedule(approved.id, send_at=holiday, actor="李"))
    assert (refused, desk.campaigns.get(approved.id)) == ("warnings_unconfirmed", approved)
    planned = desk.campaigns.schedule(approved.id, send_at=holiday, confirmed_warnings=["TIM-002"], actor="陈")
    assert planned.state is CampaignState.SCHEDULED
    recorded = desk.shop.workspace.campaigns.warnings(approved.id)
    assert recorded == {"TIM-002": Warned("TIM-002", None, "陈", NOW)}
    assert desk.shop.workspace.audit.entries()[0].facts == {"campaign": approved.id, "warnings": "TIM-002"}


def test_a_warning_of_one_day_is_not_confirmed_for_another(desk: Desk) -> None:
    """Whoever confirmed New Year's Day said nothing of Spring Festival; an hour later on the same day is the same."""
    approved = desk.approved()
    holiday, festival = datetime(2027, 1, 1, 2, 0, tzinfo=UTC), datetime(2027, 2, 6, 2, 0, tzinfo=UTC)
    desk.campaigns.schedule(approved.id, send_at=holiday, confirmed_warnings=["TIM-002"], actor="陈")
    desk.campaigns.replan(approved.id, actor="李")
    assert list(desk.campaigns.warnings(approved.id, festival)) == ["TIM-002"]
    assert desk.campaigns.warnings(approved.id, festival + timedelta(days=10)) == {}
    assert code_of(lambda: desk.campaigns.schedule(approved.id, send_at=festival, actor="李")) == "warnings_unconfirmed"
    desk.campaigns.schedule(approved.id, send_at=holiday + timedelta(hours=1), actor="李")


def test_what_expires_before_the_planned_day_is_refused(desk: Desk) -> None:
    approved = desk.approved()
    account = next(iter(desk.shop.platforms))
    filed = Signature("安宁百货", ENTITY, "company", "approved", carrier_filed=True, scopes=("retail",))
    desk.shop.workspace.accounts.put_signatures(account, [replace(filed, valid_until=date(2026, 11, 20))], NOW)
    later = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert code_of(lambda: desk.campaigns.schedule(approved.id, send_at=later, actor="李")) == "block_findings"


def test_a_campaign_is_screened_and_approved_at_night_for_the_next_day(desk: Desk) -> None:
    desk.shop.clock.advance(13 * 3_600)
    approved = desk.approved()
    assert code_of(lambda: desk.campaigns.schedule(approved.id, send_at=None, actor="李")) == "quiet_hours"
    morning = datetime(2026, 11, 11, 2, 0, tzinfo=UTC)
    assert desk.campaigns.schedule(approved.id, send_at=morning, actor="李").send_at == morning


@pytest.mark.parametrize(
    ("hour", "day", "expected"), [(8, 10, (10, 9)), (9, 10, (10, 9)), (21, 10, (10, 21)), (22, 10, (11, 9))]
)
def test_a_campaign_without_a_plan_is_judged_as_of_the_next_time_by_day(
    hour: int, day: int, expected: tuple[int, int]
) -> None:
    likely = likely_time(datetime(2026, 11, day, hour, tzinfo=BEIJING)).astimezone(BEIJING)
    assert (likely.day, likely.hour) == expected


def test_a_text_that_leaves_late_is_judged_as_of_now(desk: Desk) -> None:
    made = replace(desk.made(), send_at=NOW - timedelta(days=40))
    customers = list(desk.shop.workspace.customers.by_ids([1]).values())
    assert [message.blocked for message in desk.texts.messages(made, customers, NOW)] == [False]
    assert "TIM-002" in desk.texts.messages(made, customers, datetime(2027, 1, 1, 2, 0, tzinfo=UTC))[0].warned
