"""A shop's campaign through an SMS centre that is not ours (npm's `smpp`): the whole job, and kill -9 in the middle."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.customer import Entity
from campaign_app.domain.platform import Asked
from tests.helpers.merchant import BODY, Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.smpp_centre import Centre, needs_centre

pytestmark = [*needs_centre, pytest.mark.slow]
WINDOW = 10


@pytest.fixture
def merchant(tmp_path: Path) -> Iterator[Merchant]:
    with SandboxProcess(customers=600, seed=3) as sandbox:
        opened = open_merchant(tmp_path / "ws", sandbox, batch_size=50)
        opened.start_worker()
        opened.connect()
        yield opened
        if opened.worker is not None:
            opened.worker.terminate()
            opened.stop_worker()
        opened.app.close()


def carried(merchant: Merchant, centre: Centre, rate: int = 10_000) -> int:
    """Connects the centre for the entity of the first shop, and has it carry what all its shops send."""
    accounts = merchant.app.accounts
    uscc = merchant.sandbox.shops[0].entity_uscc
    entity = next(each for each in accounts.entities() if each.uscc == uscc)
    typed = {"base_url": centre.url, "key_id": "user", "password": "secret", "source": "1069000"}
    numbers = {"rate": str(rate), "window": str(WINDOW), "use": "test"}
    sender = accounts.connect(Asked("smpp", {**typed, **numbers}, Entity(uscc, entity.name)), actor="test")
    for shop in accounts.all():
        if shop.entity_uscc == uscc and shop.id != sender.id:
            accounts.send_through(shop.id, sender.id, actor="test")
    return sender.id


def finished(merchant: Merchant, campaign_id: int) -> CampaignState:
    ended = (CampaignState.DONE, CampaignState.WAITING)
    merchant.until(lambda: merchant.go_on(campaign_id) in ended, 240)
    return merchant.app.campaigns.get(campaign_id).state


def test_everybody_confirmed_is_reached_once_and_what_comes_back_is_kept(merchant: Merchant) -> None:
    with Centre() as centre:
        carried(merchant, centre)
        campaign = merchant.new_campaign().id
        assert finished(merchant, campaign) is CampaignState.DONE
        funnel, reached = merchant.app.campaigns.funnel(campaign), Counter(row["to"] for row in centre.ledger())
        assert list(merchant.sandbox.ledger_rows()) == [], "nothing went through the shop's own platform"
        assert len(reached) == funnel["ok"] > 100

        centre.reply(next(iter(reached)), "退订")

        def came_back() -> bool:
            counts = merchant.app.campaigns.results(campaign).counts
            return (counts["delivered"], counts["opt_outs"]) == (funnel["ok"], 1)

        merchant.until(came_back, 120)
        again = merchant.new_campaign("再来").id
        merchant.until(lambda: merchant.app.campaigns.get(again).state is not CampaignState.SCREENING)
        refused = "suppressed_opt_out"
        assert merchant.app.campaigns.funnel(again)[refused] == funnel.get(refused, 0) + 1
        _another_signature_stays_off_the_port(merchant, centre)


def _another_signature_stays_off_the_port(merchant: Merchant, centre: Centre) -> None:
    uscc, taken = merchant.sandbox.shops[0].entity_uscc, len(list(centre.ledger()))
    made = merchant.app.campaigns.create(
        name="会员", entity_uscc=uscc, purpose="membership", audience=Filter(), actor="test"
    )
    merchant.app.campaigns.edit(made.id, signature="安宁会员", body=BODY, actor="test")
    seen = merchant.app.preflights.look(made.id)
    (check,) = (each for each in seen.checks if each.key == "signature")
    assert (check.level, check.code, check.facts["other"]) == ("block", "port_taken", "安宁百货")
    merchant.app.campaigns.screen(made.id, actor="test")
    told = (CampaignState.PAUSED, CampaignState.WAITING)

    def stopped() -> bool:
        state = merchant.app.campaigns.get(made.id).state
        return state in told or merchant.go_on(made.id) in told

    merchant.until(stopped, 60)
    assert merchant.app.campaigns.get(made.id).state_note == "port_taken"
    assert len(list(centre.ledger())) == taken


@pytest.mark.long
@pytest.mark.timeout(600)
def test_kills_reach_nobody_twice_and_leave_no_more_unknown_than_was_on_its_way(merchant: Merchant) -> None:
    chance, kills = random.Random(7), 3
    with Centre() as centre:
        carried(merchant, centre, rate=40)
        campaign = merchant.new_campaign().id
        merchant.until(lambda: merchant.go_on(campaign) is CampaignState.SENDING and bool(centre.ledger()), 120)
        for _ in range(kills):
            merchant.go_on_for(campaign, chance.uniform(0.2, 1.5))
            merchant.kill_worker()
            merchant.start_worker()
        finished(merchant, campaign)
        parts = Counter((row["to"], row["udh"], row["text"]) for row in centre.ledger())
        results = merchant.app.campaigns.results(campaign)
        assert set(parts.values()) == {1}
        handed = results.counts["submitted"] + results.counts["withheld"]
        assert handed == results.funnel["ok"] > 0, "everybody confirmed has a ledger row"
        taken = len({row["to"] for row in centre.ledger() if row["id"]})
        assert results.counts["accepted"] <= taken <= results.counts["accepted"] + results.counts["unknown"]
