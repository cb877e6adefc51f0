"""A shop's campaign through a Kannel that others wrote (Debian's): the whole job, and kill -9 of bearerbox in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.customer import Entity
from campaign_app.domain.platform import Asked
from tests.helpers.kannel_box import PUSH_KEY, KannelBox, needs_kannel
from tests.helpers.merchant import Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess

WINDOW = 10
pytestmark = [needs_kannel, pytest.mark.slow]


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


@pytest.fixture
def kannel(tmp_path: Path) -> Iterator[KannelBox]:
    with KannelBox(tmp_path / "kannel") as started:
        yield started


def carried(merchant: Merchant, kannel: KannelBox) -> None:
    """Connects Kannel for the entity of the first shop, and has it carry what all its shops send."""
    accounts = merchant.app.accounts
    uscc = merchant.sandbox.shops[0].entity_uscc
    entity = next(each for each in accounts.entities() if each.uscc == uscc)
    typed = {
        "base_url": kannel.url, "key_id": "user", "password": "secret", "source": "1069000",
        "push_key": PUSH_KEY, "push_port": str(kannel.push_port), "window": str(WINDOW), "use": "test",
    }  # fmt: skip
    sender = accounts.connect(Asked("kannel", typed, Entity(uscc, entity.name)), actor="test")
    for shop in accounts.all():
        if shop.entity_uscc == uscc and shop.id != sender.id:
            accounts.send_through(shop.id, sender.id, actor="test")


def finished(merchant: Merchant, campaign_id: int) -> CampaignState:
    ended = (CampaignState.DONE, CampaignState.WAITING)
    merchant.until(lambda: merchant.go_on(campaign_id) in ended, 240)
    return merchant.app.campaigns.get(campaign_id).state


def test_everybody_confirmed_is_reached_once_and_a_refusal_holds(merchant: Merchant, kannel: KannelBox) -> None:
    carried(merchant, kannel)
    campaign = merchant.new_campaign().id
    assert finished(merchant, campaign) is CampaignState.DONE
    funnel = merchant.app.campaigns.funnel(campaign)
    assert list(merchant.sandbox.ledger_rows()) == [], "nothing went through the shop's own platform"
    reached = Counter((part.to, part.udh) for part in kannel.shown())
    assert set(reached.values()) == {1}
    numbers = {to for to, _ in reached}
    assert len(numbers) == funnel["ok"] > 100

    kannel.connect_centre(f"{min(numbers)} 1069000 ucs2 %90%00%8B%A2")

    def came_back() -> bool:
        counts = merchant.app.campaigns.results(campaign).counts
        return (counts["delivered"], counts["opt_outs"]) == (funnel["ok"], 1)

    merchant.until(came_back, 120)
    again = merchant.new_campaign("再来").id
    merchant.until(lambda: merchant.app.campaigns.get(again).state is not CampaignState.SCREENING)
    refused = "suppressed_opt_out"
    assert merchant.app.campaigns.funnel(again)[refused] == funnel.get(refused, 0) + 1


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_end_of_bearerbox_reaches_nobody_twice(merchant: Merchant, kannel: KannelBox) -> None:
    carried(merchant, kannel)
    campaign = merchant.new_campaign().id
    merchant.until(lambda: bool(merchant.go_on(campaign)) and len(kannel.shown()) > 60, 120)
    kannel.kill()
    kannel.start()
    kannel.connect_centre()
    finished(merchant, campaign)
    results = merchant.app.campaigns.results(campaign)
    assert set(Counter(kannel.shown()).values()) == {1}
    assert results.counts["submitted"] + results.counts["withheld"] == results.funnel["ok"], (
        "everybody is accounted for"
    )
    assert results.counts["unknown"] <= 3 * WINDOW, "of each kill, at most those that were being handed over"
