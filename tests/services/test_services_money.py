"""Prices, budgets and bills of a real workspace; what a pre-flight says of them; and every change written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import NotFound, SettingsError
from campaign_app.domain.money import BUDGET_MAX, PRICE_MAX, Bill, yuan
from campaign_app.services.balances import note_balance
from campaign_app.services.situation import Check
from campaign_app.words import load
from tests.fakes.remotes import ENTITY
from tests.helpers.desk import code_of
from tests.helpers.staged import KEY, Staged, open_by_day, stage

ACTOR = "王"
PARTS = 7  # seven of the ten may be reached, in one part each
PRICE = 45


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("money") / "made"
    bootstrap.create_app(folder, MemoryKeeper(KEY)).close()
    return folder


@pytest.fixture
def staged(made: Path, tmp_path: Path) -> Iterator[Staged]:
    for app in open_by_day(made, tmp_path / "workspace"):
        yield stage(app)


def cost_check(staged: Staged, campaign_id: int) -> Check:
    checks = staged.app.preflights.look(campaign_id).checks
    (found,) = (each for each in checks if each.key.startswith("cost"))
    return found


def priced(staged: Staged, price: int = PRICE) -> None:
    staged.app.money.set_price(staged.account, price, actor=ACTOR)


def test_a_quote_is_of_everybody_who_was_screened_in_and_of_nobody_else(staged: Staged) -> None:
    priced(staged)
    quote = staged.app.money.spending(staged.screened()).quote
    assert (quote.people_by_parts, quote.cost) == ({1: PARTS}, PARTS * PRICE)


def test_a_long_name_costs_its_own_second_part(staged: Staged) -> None:
    priced(staged)
    made = staged.screened("{name}您好，" + "冬装上新" * 12 + "。拒收请回复R")
    (line,) = staged.app.money.spending(made).quote.lines
    texts = staged.app.campaigns.check(made.id)
    assert line.people_by_parts == {texts.segments.segments: PARTS}
    assert line.parts == texts.segments.segments * PARTS


def test_the_account_that_carries_the_messages_is_paid(staged: Staged) -> None:
    priced(staged)
    carrier = staged.shop.add_account(0, prefix="carrier")
    staged.app.workspace.accounts.set_sender(staged.account, carrier)
    made = staged.screened()
    assert staged.app.money.spending(made).unpriced == ("店carrier",)
    staged.app.money.set_price(carrier, 60, actor=ACTOR)
    assert staged.app.money.spending(made).quote.cost == PARTS * 60
    assert staged.app.money.price_of(ENTITY) == 60


def test_an_estimate_goes_by_the_dearest_account_if_all_have_a_price(staged: Staged) -> None:
    assert staged.app.money.price_of(ENTITY) is None
    priced(staged)
    assert staged.app.money.price_of(ENTITY) == PRICE
    other = staged.shop.add_account(0, prefix="z")
    assert staged.app.money.price_of(ENTITY) is None
    staged.app.money.set_price(other, 55, actor=ACTOR)
    setting = staged.app.composing.setting(staged.draft())
    assert (setting.price, setting.contracted) == (55, True)


def test_there_is_nothing_to_say_of_the_cost_before_the_screening(staged: Staged) -> None:
    checks = staged.app.preflights.look(staged.draft().id).checks
    assert not [each for each in checks if each.key.startswith("cost")]


@pytest.mark.parametrize(
    ("price", "budget", "month", "key", "level", "code"),
    [
        (None, None, None, "cost", "ok", "cost_not_known"),
        (PRICE, None, None, "cost", "ok", "cost"),
        (PRICE, 315, None, "cost", "ok", "cost_budget"),
        (PRICE, None, 315, "cost", "ok", "cost_month"),
        (PRICE, 400, 400, "cost", "ok", "cost_budget_month"),
        (PRICE, 314, None, "cost", "block", "cost_over_budget"),
        (PRICE, 400, 314, "cost_month", "block", "cost_over_month"),
        (None, 400, None, "cost_price", "block", "cost_no_price"),
        (None, None, 400, "cost_price", "block", "cost_no_price"),
        (0, 0, 0, "cost", "ok", "cost_budget_month"),
    ],
)
def test_what_the_pre_flight_says(
    staged: Staged, price: int | None, budget: int | None, month: int | None, key: str, level: str, code: str
) -> None:
    made, money = staged.screened(), staged.app.money
    money.set_price(staged.account, price, actor=ACTOR)
    money.set_budget(made.id, budget, actor=ACTOR)
    money.set_month_budget(ENTITY, month, actor=ACTOR)
    found = cost_check(staged, made.id)
    assert (found.key, found.level, found.code) == (key, level, code)
    for language in ("zh_CN", "en"):
        words = load(language).term("check", found.code).format_map({**found.facts, "names": "店"})
        assert price is None or yuan(PARTS * price) in words


def test_a_look_again_follows_new_prices_without_counting_people_again(staged: Staged) -> None:
    made = staged.screened()
    before = staged.app.preflights.look(made.id)
    priced(staged)
    staged.app.workspace.campaigns.mark_duplicates(made.id)
    after = staged.app.preflights.look(made.id, before=before)
    assert after.seen.spending is not None
    assert before.seen.spending is not None
    assert after.seen.spending.quote.cost == PARTS * PRICE
    assert after.seen.spending.counted is before.seen.spending.counted


@pytest.mark.parametrize("amount", [-1, PRICE_MAX + 1])
def test_what_is_no_price_is_not_kept(staged: Staged, amount: int) -> None:
    assert code_of(lambda: staged.app.money.set_price(staged.account, amount, actor=ACTOR)) == "price"
    assert staged.app.money.prices() == {}


@pytest.mark.parametrize("amount", [-1, BUDGET_MAX + 1])
def test_what_is_no_budget_is_not_kept(staged: Staged, amount: int) -> None:
    made, money = staged.draft(), staged.app.money
    setters: list[Callable[[], None]] = [
        lambda: money.set_budget(made.id, amount, actor=ACTOR),
        lambda: money.set_month_budget(ENTITY, amount, actor=ACTOR),
    ]
    for setter in setters:
        with pytest.raises(SettingsError):
            setter()
    assert money.month(ENTITY).budget is None


def test_only_what_there_is_has_a_price_or_a_budget(staged: Staged) -> None:
    with pytest.raises(NotFound):
        staged.app.money.set_price(9_999, 1, actor=ACTOR)
    with pytest.raises(NotFound):
        staged.app.money.set_month_budget("9" * 18, 1, actor=ACTOR)


def test_a_budget_holds_as_it_was_once_the_campaign_has_begun(staged: Staged) -> None:
    made = staged.approved()
    staged.app.money.set_budget(made.id, 1_000, actor=ACTOR)
    for state in (CampaignState.SENDING, CampaignState.PAUSED, CampaignState.DONE):
        staged.put_state(made.id, state)
        assert code_of(lambda: staged.app.money.set_budget(made.id, None, actor=ACTOR)) == "campaign_running"


def test_a_budget_voids_no_approval(staged: Staged) -> None:
    made = staged.app.campaigns.get(staged.approved().id)
    staged.app.money.set_budget(made.id, 1_000_000, actor=ACTOR)
    assert staged.app.campaigns.get(made.id) == made
    assert staged.app.campaigns.schedule(made.id, send_at=None, actor=ACTOR).state is CampaignState.SCHEDULED


def test_a_deleted_draft_takes_its_budget_along(staged: Staged) -> None:
    made = staged.draft()
    staged.app.money.set_budget(made.id, 5, actor=ACTOR)
    staged.app.campaigns.delete_draft(made.id, ACTOR)
    again = staged.draft()
    assert staged.app.money.spending(again).limits.campaign is None


def test_what_has_left_is_billed_and_no_longer_quoted(staged: Staged) -> None:
    priced(staged)
    made = staged.sent()
    assert staged.app.money.bill(made.id) == Bill(PARTS, PARTS * PRICE)
    assert staged.app.money.month(ENTITY).bill == Bill(PARTS, PARTS * PRICE)
    assert staged.app.money.spending(made).quote.people == 0


def test_what_is_planned_for_next_month_is_held_to_that_months_budget(staged: Staged) -> None:
    priced(staged)
    staged.sent()
    staged.app.money.set_month_budget(ENTITY, PARTS * PRICE, actor=ACTOR)
    made = staged.approved()

    def said(days: int) -> str:
        checks = staged.app.preflights.look(made.id, send_at=staged.app.clock() + timedelta(days=days)).checks
        return next(each.code for each in checks if each.key.startswith("cost"))

    assert [said(days) for days in (0, 20, 21)] == ["cost_over_month", "cost_over_month", "cost_month"]
    planned = staged.app.clock() + timedelta(days=21)
    assert staged.app.campaigns.schedule(made.id, send_at=planned, actor=ACTOR).state is CampaignState.SCHEDULED
    assert cost_check(staged, made.id).code == "cost_month"


def test_messages_older_than_the_counting_are_said_to_be_uncounted(staged: Staged) -> None:
    made = staged.sent()
    with staged.app.workspace.database.write() as connection:
        connection.exec_driver_sql("UPDATE submission SET parts = NULL")
    assert staged.app.money.bill(made.id) == Bill(uncounted=PARTS)
    staged.app.money.set_month_budget(ENTITY, 1, actor=ACTOR)
    limits = staged.app.money.spending(replace(made)).limits
    assert (limits.spent, limits.taken) == (None, 0)


def test_every_change_is_written_down(staged: Staged) -> None:
    made, audit = staged.draft(), staged.app.workspace.audit
    priced(staged)
    staged.app.money.set_month_budget(ENTITY, 5, actor=ACTOR)
    staged.app.money.set_budget(made.id, 5, actor=ACTOR)
    assert staged.account in audit.touched("account")
    with staged.app.workspace.database.read() as connection:
        actions = set(connection.exec_driver_sql("SELECT action FROM audit").scalars())
    assert {"account.priced", "entity.budgeted", "campaign.budgeted"} <= actions
    told = {each.action: each.facts for each in audit.entries()}
    assert (told["account.priced"]["price"], told["campaign.budgeted"]["budget"]) == (yuan(PRICE), yuan(5))


@pytest.mark.parametrize(("left", "level"), [(PARTS, "ok"), (PARTS - 1, "warn")])
def test_parts_that_a_provider_says_are_left_are_held_against_the_quote(staged: Staged, left: int, level: str) -> None:
    made = staged.screened()

    def told() -> list[Check]:
        return [each for each in staged.app.preflights.look(made.id).checks if each.key == "balance"]

    assert told() == []
    note_balance(staged.app.workspace.accounts, staged.account, left, staged.app.clock())
    (check,) = told()
    label = staged.app.workspace.accounts.account(staged.account).label
    assert (check.level, check.facts["names"]) == (level, (f"{label} {PARTS} / {left}",))
    assert load("zh_CN").term("check", check.code) != check.code
