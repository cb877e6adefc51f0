"""No campaign begins that a budget does not allow, and nothing that has begun costs more than was set aside for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.message import DeliveryReport, Outcome, Page
from campaign_app.domain.money import Bill, month_of
from campaign_app.domain.ports import Job
from campaign_app.jobs import dispatch
from campaign_app.jobs.worker import Worker
from tests.fakes.remotes import ENTITY
from tests.helpers.shop import Shop

PRICE = 50


def due(shop: Shop, **changes: Any) -> Campaign:
    return shop.campaign(state=CampaignState.SCHEDULED, send_at=shop.clock(), **changes)


def priced(shop: Shop, people: int, **where: Any) -> int:
    account = shop.add_account(people, **where)
    shop.workspace.money.set_price(account, PRICE)
    return account


def tick(shop: Shop) -> None:
    started: list[Job] = []
    Worker(shop.context, started.append).tick()


def waits(shop: Shop, campaign: Campaign) -> bool:
    return shop.state(campaign.id) == (CampaignState.WAITING, "budget")


@pytest.mark.parametrize(("budget", "begins"), [(10 * PRICE, True), (10 * PRICE - 1, False), (0, False)])
def test_a_campaign_begins_within_its_budget_only(shop: Shop, budget: int, begins: bool) -> None:
    priced(shop, 10)
    campaign = due(shop)
    shop.workspace.money.set_budget(campaign.id, budget)
    tick(shop)
    assert waits(shop, campaign) is not begins
    shop.run(campaign.id)
    assert len(shop.reached()) == (10 if begins else 0)


def test_why_it_did_not_begin_is_written_down(shop: Shop) -> None:
    priced(shop, 10)
    campaign = due(shop)
    shop.workspace.money.set_month_budget(ENTITY, 1)
    tick(shop)
    assert waits(shop, campaign)
    assert campaign.id in shop.workspace.audit.touched("campaign")
    assert shop.workspace.campaigns.begin(again(shop, campaign), shop.clock()) == "over_month"


def again(shop: Shop, campaign: Campaign) -> Campaign:
    shop.set_state(campaign.id, CampaignState.SCHEDULED)
    return shop.workspace.campaigns.campaign(campaign.id)


def test_without_a_price_a_budget_lets_nothing_begin(shop: Shop) -> None:
    account = shop.add_account(3)
    campaign = due(shop)
    shop.workspace.money.set_budget(campaign.id, 1_000_000)
    tick(shop)
    assert waits(shop, campaign)
    shop.workspace.money.set_price(account, PRICE)
    again(shop, campaign)
    tick(shop)
    assert shop.state(campaign.id)[0] is CampaignState.SENDING


def test_without_a_budget_nobody_needs_a_price(shop: Shop) -> None:
    shop.add_account(3)
    campaign = due(shop)
    tick(shop)
    shop.run(campaign.id)
    assert shop.state(campaign.id)[0] is CampaignState.DONE
    assert shop.workspace.money.bill(campaign.id) == Bill(parts=3, cost=0, unpriced=3)


def test_people_nobody_counted_let_nothing_begin_under_a_budget(shop: Shop) -> None:
    priced(shop, 3)
    campaign = due(shop)
    members = shop.workspace.campaigns.members(campaign.id, 0, 3)
    facts = shop.workspace.facts.latest([who for _, who in members])
    shop.workspace.campaigns.set_reasons(campaign.id, {seq: ("ok", facts[who][0]) for seq, who in members})
    shop.workspace.money.set_budget(campaign.id, 1_000_000)
    assert shop.workspace.campaigns.begin(campaign, shop.clock()) == "uncounted"


def test_two_campaigns_begun_at_once_cannot_pass_the_months_budget_together(shop: Shop) -> None:
    priced(shop, 10)
    shop.workspace.money.set_month_budget(ENTITY, 15 * PRICE)
    campaigns = [due(shop), due(shop)]
    with ThreadPoolExecutor(2) as pool:
        why = sorted(pool.map(lambda each: shop.workspace.campaigns.begin(each, shop.clock()), campaigns))
    assert why == ["", "over_month"]
    assert sorted(shop.state(each.id)[0] for each in campaigns) == [CampaignState.SENDING, CampaignState.WAITING]


def test_a_paused_campaign_keeps_what_was_set_aside_and_a_cancelled_one_gives_it_back(shop: Shop) -> None:
    priced(shop, 10)
    shop.workspace.money.set_month_budget(ENTITY, 15 * PRICE)
    first, second = due(shop), due(shop)
    assert shop.workspace.campaigns.begin(first, shop.clock()) == ""
    shop.set_state(first.id, CampaignState.PAUSED)
    assert shop.workspace.campaigns.begin(second, shop.clock()) == "over_month"
    shop.set_state(first.id, CampaignState.CANCELLED)
    assert shop.workspace.campaigns.begin(again(shop, second), shop.clock()) == ""


def test_a_campaign_under_way_at_an_unknown_cost_blocks_the_months_budget(shop: Shop) -> None:
    account = shop.add_account(10)
    first, second = due(shop), due(shop)
    assert shop.workspace.campaigns.begin(first, shop.clock()) == ""
    shop.workspace.money.set_price(account, PRICE)
    shop.workspace.money.set_month_budget(ENTITY, 1_000_000)
    assert shop.workspace.campaigns.begin(second, shop.clock()) == "month_unknown"


def test_whoever_cancelled_first_is_right(shop: Shop) -> None:
    priced(shop, 1)
    campaign = due(shop)
    shop.set_state(campaign.id, CampaignState.CANCELLED)
    with pytest.raises(NotAllowed):
        shop.workspace.campaigns.begin(campaign, shop.clock())


def test_what_a_sender_turned_away_costs_nothing(shop: Shop) -> None:
    account = priced(shop, 10)
    shop.gateways[account].reject = {"c00001", "c00002"}
    campaign = due(shop)
    tick(shop)
    shop.run(campaign.id)
    assert shop.workspace.money.bill(campaign.id) == Bill(parts=8, cost=8 * PRICE)
    assert shop.workspace.money.month_bill(ENTITY, shop.clock()) == Bill(parts=8, cost=8 * PRICE)


def test_what_a_sender_turned_away_and_delivered_after_all_costs_what_it_costs(shop: Shop) -> None:
    account = priced(shop, 10)
    shop.gateways[account].reject = {"c00001", "c00002"}
    campaign = due(shop)
    tick(shop)
    shop.run(campaign.id)
    late = DeliveryReport("r1", "", Outcome.DELIVERED, "", shop.clock(), shop.message_id(campaign.id, 1))
    for _ in range(2):
        shop.workspace.inbox.store_reports(account, Page((late,), "r", more=False), shop.clock())
    assert shop.workspace.money.bill(campaign.id) == Bill(parts=9, cost=9 * PRICE)


def test_a_price_holds_for_what_leaves_from_then_on(shop: Shop) -> None:
    account = priced(shop, 10)
    shop.context = replace(shop.context, batch=5)
    campaign = due(shop)
    tick(shop)
    first = dispatch.run_batch(shop.context, campaign.id, -1)
    shop.workspace.money.set_price(account, 2 * PRICE)
    dispatch.run_batch(shop.context, campaign.id, first.after)
    assert shop.workspace.money.bill(campaign.id).cost == 5 * PRICE + 5 * 2 * PRICE


@pytest.mark.parametrize("price", [2 * PRICE, None])
def test_a_campaign_stops_before_it_costs_more_than_was_set_aside(shop: Shop, price: int | None) -> None:
    account = priced(shop, 10)
    shop.context = replace(shop.context, batch=5)
    campaign = due(shop)
    shop.workspace.money.set_budget(campaign.id, 10 * PRICE)
    tick(shop)
    first = dispatch.run_batch(shop.context, campaign.id, -1)
    shop.workspace.money.set_price(account, price)
    assert dispatch.run_batch(shop.context, campaign.id, first.after).step is dispatch.Step.STOPPED
    assert waits(shop, campaign)
    assert len(shop.reached()) == 5, "the batch that was too dear was not handed over"
    assert shop.workspace.money.bill(campaign.id).cost == 5 * PRICE
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 10}, "nobody lost their turn"


def test_longer_texts_than_were_counted_stop_it_under_a_months_budget(shop: Shop) -> None:
    priced(shop, 4)
    campaign = due(shop)
    shop.workspace.money.set_month_budget(ENTITY, 4 * PRICE)
    tick(shop)
    longer = shop.workspace.campaigns.campaign(campaign.id)
    shop.workspace.campaigns.update(replace(longer, body="{name}" + "好" * 70), expected=CampaignState.SENDING)
    shop.run(campaign.id)
    assert waits(shop, campaign)
    assert shop.reached() == []


def test_the_messages_of_last_month_are_not_this_months(shop: Shop) -> None:
    priced(shop, 3)
    campaign = due(shop)
    tick(shop)
    shop.run(campaign.id)
    assert shop.workspace.money.month_bill(ENTITY, shop.clock()).cost == 3 * PRICE
    shop.clock.now = month_of(shop.clock()).replace(month=12, day=1)
    assert shop.workspace.money.month_bill(ENTITY, shop.clock()) == Bill()


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(6))
def test_whatever_begins_and_ends_no_budget_is_exceeded(shop: Shop, seed: int) -> None:
    """Random prices, budgets, pauses, refusals and kills between batches."""
    random = Random(seed)
    account = priced(shop, 12)
    shop.gateways[account].reject = {f"c{random.randint(0, 11):05d}" for _ in range(4)}
    shop.context = replace(shop.context, batch=3)
    month = random.randint(10, 40) * PRICE
    shop.workspace.money.set_month_budget(ENTITY, month)
    budgets: dict[int, int] = {}
    for _ in range(6):
        campaign = due(shop)
        budgets[campaign.id] = random.randint(5, 20) * PRICE
        shop.workspace.money.set_budget(campaign.id, budgets[campaign.id])
        tick(shop)
        for _ in range(random.randint(0, 5)):
            shop.workspace.money.set_price(account, random.choice((PRICE, PRICE, 2 * PRICE)))
            chosen = random.choice(list(budgets))
            if shop.state(chosen)[0] is CampaignState.SENDING:
                dispatch.run_batch(shop.context, chosen, random.choice((-1, 2, 5)))
            if random.random() < 0.2 and shop.state(chosen)[0] is CampaignState.SENDING:
                shop.set_state(chosen, random.choice((CampaignState.PAUSED, CampaignState.CANCELLED)))
            spent = {one: shop.workspace.money.bill(one).cost for one in budgets}
            assert all(spent[one] <= budget for one, budget in budgets.items())
            assert sum(spent.values()) <= month
            assert shop.workspace.money.month_bill(ENTITY, shop.clock()).cost == sum(spent.values())
