"""Composing: findings stand where they are in the template, parts are counted for everybody, prices are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.compliance import Template, apply_edits, cn_segments
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign, CampaignState, Noted, Stopped
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import ImportRow
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.finding import Severity, Span
from campaign_app.domain.signature import Signature
from campaign_app.services.composing import LONGEST, SHORTEST, Composing, by_day, problem_of
from campaign_app.services.places import NOWHERE, Place, Where, place_in_body
from campaign_app.services.readers import Reader, spread, variables_of
from campaign_app.services.texts import Texts
from campaign_app.services.window import BEIJING
from tests.fakes.remotes import ENTITY
from tests.helpers.rules import ENGINE, engine_in
from tests.helpers.shop import NOW, Shop, open_shop, screen

FILED = Signature("安宁百货", ENTITY, "company", "approved", True, ("retail",), date(2027, 12, 31))
BODY = "{name}您好，国家级品质，{level}到店。拒收请回复R"
PIECES = st.sampled_from(["{name}", "{level}", "{gone}", "国家级", "😀", "𠮷", "。", "a", "{", "}", "\n"])
TEXTS = st.lists(PIECES, max_size=12).map("".join)
VALUES = st.fixed_dictionaries(
    {"name": st.sampled_from(["", "张", "张😀𠮷"]), "level": st.sampled_from(["", "金卡", "{name}"])}
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


@pytest.fixture
def account(shop: Shop) -> int:
    account = shop.add_account(12)
    shop.workspace.accounts.put_signatures(account, [FILED], NOW)
    return account


@pytest.fixture
def composing(shop: Shop) -> Composing:
    store = shop.workspace
    texts = Texts(engine=lambda: ENGINE, accounts=store.accounts, campaigns=store.campaigns, customers=store.customers)
    return Composing(
        texts=texts, engine=engine_in, accounts=store.accounts, campaigns=store.campaigns, customers=store.customers,
        readings=store.readings, clock=shop.clock,
    )  # fmt: skip


def draft(shop: Shop, **changes: Any) -> Campaign:
    return shop.campaign(state=CampaignState.DRAFT, screened=False, **changes)


@given(TEXTS, VALUES, st.data())
def test_a_span_of_the_final_text_marks_what_it_came_from(
    body: str, values: dict[str, str], data: st.DataObject
) -> None:
    """Against a walk through both texts, character by character."""
    head, rendered = "【店】", Template.parse(body).render(values)
    origin: list[tuple[int, int]] = []
    at = 0
    for span in rendered.value_spans:
        while len(origin) < span.start:
            origin.append((at, at + 1))
            at += 1
        width = len(span.name) + 2
        origin += [(at, at + width)] * (span.end - span.start)
        at += width
    origin += [(n, n + 1) for n in range(at, len(body))]
    assert len(origin) == len(rendered.text)
    start = data.draw(st.integers(0, len(head + rendered.text)))
    end = data.draw(st.integers(start, len(head + rendered.text)))
    place = place_in_body(Span(start, end), rendered.value_spans, len(head))
    if start == end:
        assert place == NOWHERE
    elif end <= len(head):
        assert place == Place(Where.SIGNATURE)
    else:
        covered = origin[max(0, start - len(head)) : end - len(head)]
        assert (place.where, place.start, place.end) == (Where.BODY, covered[0][0], covered[-1][1])
        inside = {v.name for v in rendered.value_spans if v.start <= start - len(head) and end - len(head) <= v.end}
        assert place.value in (inside or {""})


@given(TEXTS, st.lists(VALUES, min_size=1, max_size=4))
def test_parts_are_those_of_the_texts_that_would_be_sent(body: str, rows: list[dict[str, str]]) -> None:
    body = body * 6
    readers = [Reader(n, "", values=row) for n, row in enumerate(rows)]
    finals = [cn_segments("【店】" + Template.parse(body).render(row).text) for row in rows]
    found = spread("【店】", body, readers)
    counted = [one.segments for one in finals]
    assert dict(found.parts) == {parts: counted.count(parts) for parts in counted}
    lengths = [one.length for one in finals]
    assert (lengths[found.shortest], lengths[found.longest]) == (min(lengths), max(lengths))


def test_parts_that_begin_within_a_character_are_told(composing: Composing, shop: Shop) -> None:
    setting = composing.setting(draft(shop))
    family, accents = "👨‍👩‍👧‍👦", "e" + "\u0301" * 5
    body = "秋" * 56 + family + "冬" * 58 + accents + "拒收请回复R"
    composed = composing.check(setting, body, "安宁百货", LONGEST)
    final = composed.final_text
    assert composed.torn == composed.marks == (final.index(family) + 3, final.index(accents) + 3)
    composed = composing.check(setting, "秋" * 90, "安宁百货", LONGEST)
    assert (composed.torn, composed.marks) == ((), (67,))


def test_a_text_is_checked_as_the_longest_the_shortest_or_a_given_reader_gets_it(
    shop: Shop, account: int, composing: Composing
) -> None:
    setting = composing.setting(draft(shop))
    longest = composing.check(setting, BODY, "安宁百货", LONGEST)
    shortest = composing.check(setting, BODY, "安宁百货", SHORTEST)
    assert (longest.reader.name, shortest.reader.name) == ("顾客10", "顾客0")
    given_one = composing.check(setting, BODY, "安宁百货", setting.readers[3])
    assert given_one.final_text.startswith("【安宁百货】顾客3您好")
    assert given_one.spread.parts == ((1, 12),)


def test_findings_come_gravest_first_with_their_reason_and_their_fixes(
    shop: Shop, account: int, composing: Composing
) -> None:
    composed = composing.check(composing.setting(draft(shop)), BODY, "安宁百货", LONGEST)
    found = next(p for p in composed.problems if p.finding.text == "国家级")
    assert BODY[found.place.start : found.place.end] == "国家级"
    assert found.why
    severities = [p.finding.severity for p in composed.problems]
    assert severities == sorted(severities, reverse=True)
    fix = composing.fixes(composed, found)[0]
    assert "国家级" not in apply_edits(BODY, fix.body_edits)
    assert any("claim" in p.finding.message for p in composing.check(
        composing.setting(draft(shop)), BODY, "安宁百货", LONGEST, "en").problems)  # fmt: skip


def test_what_an_imported_value_breaks_is_a_problem_of_that_variable(
    shop: Shop, account: int, composing: Composing
) -> None:
    store = shop.workspace.imports
    of_file = store.begin("f.csv", "0" * 64, 1, NOW)
    store.apply_chunk(of_file, [ImportRow(1, account, "c00004", None, {"level": "国家级会员", "a b": "x"})])
    setting = composing.setting(draft(shop))
    assert [v.name for v in setting.variables] == ["name", "province", "city", "level"]
    assert (setting.variables[3].sample, setting.variables[3].imported) == ("国家级会员", True)
    reader = next(r for r in setting.readers if r.values.get("level"))
    composed = composing.check(setting, "{name}您好，{level}到店。拒收请回复R", "安宁百货", reader)
    found = next(p for p in composed.problems if p.finding.text == "国家级")
    assert found.place == Place(Where.BODY, 9, 16, "level")


def test_what_stops_one_message_is_that_persons_alone(shop: Shop, account: int, composing: Composing) -> None:
    store = shop.workspace.imports
    of_file = store.begin("f.csv", "0" * 64, 2, NOW)
    values = {"c00004": "国家级会员", "c00005": "金卡会员"}
    store.apply_chunk(
        of_file, [ImportRow(n, account, ref, None, {"level": v}) for n, (ref, v) in enumerate(values.items())]
    )
    made = draft(shop, body="{name}您好，{level}到店有礼。拒收请回复R")
    ids = shop.workspace.customers.ids_of_refs(account, list(values))
    found = composing.stops(made.id, ids["c00004"])
    assert [(each.rule_id, each.text, each.severity) for each in found] == [("ABS-001", "国家级", Severity.BLOCK)]
    assert "claim" in composing.stops(made.id, ids["c00004"], "en")[0].message
    by = Stopped(("ABS-001",), "v1")
    assert composing.stops(made.id, ids["c00005"], by=by) == (), "what stopped it then does so no more"
    assert composing.stops(made.id, 999_999) is None, "nothing can be said of somebody who was deleted"


@pytest.mark.no_cover
def test_each_is_judged_by_the_signature_of_their_own_shop(shop: Shop, account: int, composing: Composing) -> None:
    other = shop.add_account(1, first_phone=50, prefix="d")
    shop.workspace.accounts.put_signatures(other, [replace(FILED, scopes=("finance",))], NOW)
    made = draft(shop)
    setting = composing.setting(made)

    def wrong(shop_id: int | None) -> set[str]:
        reader = next(each for each in setting.readers if each.shop == shop_id)
        found = ENGINE.check(setting.request(made.body, FILED.text, reader)).findings
        return {each.rule_id for each in found if each.rule_id.startswith("SIG-")}

    assert wrong(account) == set()
    assert wrong(other)
    (theirs,) = shop.workspace.customers.ids_of_refs(other, ["d00000"]).values()
    assert {each.rule_id for each in composing.stops(made.id, theirs) or ()} >= wrong(other)
    (ours,) = shop.workspace.customers.ids_of_refs(account, ["c00001"]).values()
    assert not {each.rule_id for each in composing.stops(made.id, ours) or ()} & wrong(other)


@pytest.mark.usefixtures("account")
def test_that_no_signature_is_chosen_is_said_once_and_nothing_of_how_it_is_filed(
    shop: Shop, composing: Composing
) -> None:
    made = draft(shop)
    setting = composing.setting(made)

    def told(signature: str) -> set[str]:
        found = composing.check(setting, made.body, signature, LONGEST)
        assert found.verdict == "block"
        return {each.finding.rule_id for each in found.problems if each.finding.severity is Severity.BLOCK}

    assert told("") == {"IDN-001"}
    assert {"SIG-006", "SIG-007", "SIG-008"} <= told("别人家")


def test_signatures_that_can_be_used_are_offered_first(shop: Shop, account: int, composing: Composing) -> None:
    others = [replace(FILED, text="安宁到家", status="pending"), replace(FILED, text="安宁会员", scopes=("finance",))]
    shop.workspace.accounts.put_signatures(account, [*others, FILED], NOW)
    offers = composing.setting(draft(shop)).offers
    assert [(each.signature.text, bool(each.problem)) for each in offers[:2]] == [
        ("安宁百货", False),
        ("安宁会员", True),
    ]


def test_a_warning_that_nobody_confirmed_stops_a_message_too(shop: Shop, account: int, composing: Composing) -> None:
    made = draft(shop, body="{name}您好，最好吃的汤圆，今晚截止，满99元减10元。拒收请回复R")
    (who,) = shop.workspace.customers.ids_of_refs(account, ["c00004"]).values()

    def stops(by: Stopped | None = None) -> list[str]:
        return [finding.rule_id for finding in composing.stops(made.id, who, by=by) or ()]

    warned = stops()
    assert "ABS-002" in warned
    assert stops(Stopped(("ABS-002",), "v1")) == ["ABS-002"]
    noted = Noted("campaign.approved", "李", NOW)
    shop.workspace.campaigns.update_confirmed(made, ["ABS-002"], expected=made.state, noted=noted)
    assert stops() == [rule for rule in warned if rule != "ABS-002"]
    assert stops(Stopped(("ABS-002",), "v1")) == [], "somebody confirmed it since"


def test_everybody_is_measured_and_the_longest_may_be_anybody(
    shop: Shop, composing: Composing, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = shop.add_account(600)
    shop.workspace.accounts.put_signatures(account, [FILED], NOW)
    ids = shop.workspace.customers.ids_of_refs(account, ["c00555", "c00010"])
    store = shop.workspace.imports
    of_file = store.begin("f.csv", "0" * 64, 2, NOW)
    values = {"c00555": "长" * 60, "c00010": ""}
    rows = [ImportRow(n, account, f"c{n:05}", None, {"level": values.get(f"c{n:05}", "金卡")}) for n in range(600)]
    store.apply_chunk(of_file, rows)
    made = draft(shop, body="{name}您好，{level}到店。拒收请回复R")
    told: list[int] = []
    monkeypatch.setattr("campaign_app.services.composing.PAGE", 100)
    whole = composing.measured(made, made.body, made.signature, told.append)
    assert (whole.parts, whole.people, told) == (((1, 599), (2, 1)), 600, [100, 200, 300, 400, 500, 600])
    assert (whole.longest, whole.shortest) != (None, None)
    assert whole.longest is not None
    assert whole.longest.customer_id == ids["c00555"]
    assert whole.longest.values["level"] == "长" * 60
    assert whole.shortest is not None
    assert whole.shortest.customer_id == ids["c00010"]
    assert composing.check(composing.setting(made), made.body, "安宁百货", whole.longest).segments.segments == 2
    assert composing.check(composing.setting(made), made.body, "安宁百货", LONGEST).segments.segments == 1


def test_of_a_screened_campaign_those_are_measured_who_get_it(
    shop: Shop, account: int, composing: Composing, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.platforms[account].truth = {f"c{n:05}": {"status": ConsentStatus.DECLINED} for n in range(4)}
    made = shop.campaign(state=CampaignState.SCREENED)
    monkeypatch.setattr("campaign_app.services.composing.PAGE", 3)
    whole = composing.measured(made, "{name}{gone}", "店")
    assert whole.people == shop.workspace.campaigns.funnel(made.id)["ok"] == 8
    ids = shop.workspace.customers.ids_of_refs(account, ["c00010", "c00004"])
    assert whole.longest is not None
    assert whole.shortest is not None
    assert (whole.longest.customer_id, whole.shortest.customer_id) == (ids["c00010"], ids["c00004"])


def test_a_count_that_is_stopped_ends_at_the_next_page(
    shop: Shop, account: int, composing: Composing, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Enough(Exception):
        pass

    def tick(people: int) -> None:
        if people >= 6:
            raise Enough

    monkeypatch.setattr("campaign_app.services.composing.PAGE", 3)
    made = draft(shop)
    with pytest.raises(Enough):
        composing.measured(made, "{name}", "店", tick)


def test_people_are_found_by_a_part_of_their_name_within_the_audience(
    shop: Shop, account: int, composing: Composing
) -> None:
    everybody = draft(shop)
    assert [r.name for r in composing.find(everybody, "客1")] == ["顾客1", "顾客10", "顾客11"]
    assert composing.find(everybody, "%") == ()
    nobody = replace(everybody, audience=Filter((Condition("city", Op.IS, "杭州"),)))
    assert composing.find(nobody, "顾客") == ()


def test_an_audience_without_anybody_has_a_stand_in(shop: Shop, composing: Composing) -> None:
    setting = composing.setting(draft(shop))
    assert (setting.recipients, setting.screened) == (0, False)
    whole = composing.measured(draft(shop), BODY, "店")
    assert (whole.parts, whole.longest, whole.shortest) == ((), None, None)
    composed = composing.check(setting, BODY, "没有报告", LONGEST)
    assert composed.reader.customer_id is None
    assert composed.verdict == "block"


def test_after_a_screening_the_recipients_are_those_who_may_be_reached(
    shop: Shop, account: int, composing: Composing
) -> None:
    made = shop.campaign(state=CampaignState.DRAFT, screened=False)
    assert composing.setting(made).recipients == 12
    shop.platforms[account].truth["c00000"] = {"status": ConsentStatus.DECLINED}
    screen(shop.context, made.id)
    setting = composing.setting(shop.workspace.campaigns.campaign(made.id))
    assert setting.screened
    assert setting.recipients == shop.workspace.campaigns.funnel(made.id)["ok"]
    assert len(setting.readers) == 12


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, ""),
        ({"owner_uscc": "91330100MA0000999X"}, "other_owner"),
        ({"valid_until": date(2026, 11, 9)}, "expired"),
        ({"valid_until": date(2026, 11, 10)}, ""),
        ({"valid_until": None}, ""),
        ({"status": "pending"}, "pending"),
        ({"status": "rejected"}, "rejected"),
        ({"carrier_filed": False}, "not_filed"),
        ({"carrier_filed": None}, "filing_unknown"),
        ({"scopes": ("finance",)}, "other_scope"),
    ],
)
def test_a_signature_that_cannot_be_used_says_why(changes: dict[str, Any], problem: str) -> None:
    campaign = Campaign(1, "双十一", ENTITY, "retail", Filter())
    assert problem_of(replace(FILED, **changes), campaign, NOW.date()) == problem


@pytest.mark.parametrize(
    ("now", "judged"),
    [("07:00", "10 09:00"), ("09:00", "10 09:00"), ("19:59", "10 19:59"), ("20:00", "11 09:00"), ("23:30", "11 09:00")],
)
def test_a_text_without_a_date_to_send_is_judged_by_day(now: str, judged: str) -> None:
    at = by_day(datetime.fromisoformat(f"2026-11-10T{now}:00+08:00").astimezone(UTC))
    assert at.astimezone(BEIJING).strftime("%d %H:%M") == judged


def test_the_price_of_a_part_is_kept_within_its_limits(composing: Composing) -> None:
    assert composing.price() == 0, "nobody said any"
    assert composing.set_price(45) == composing.price() == 45
    with pytest.raises(SettingsError):
        composing.set_price(-1)
    assert composing.price() == 45


def test_only_what_a_placeholder_can_name_is_a_variable() -> None:
    reader = Reader(1, "张", values={"name": "张", "会员等级": "金", "a-b": "x", "x" * 41: "y"})
    assert [v.name for v in variables_of([reader])] == ["name", "province", "city", "会员等级"]
