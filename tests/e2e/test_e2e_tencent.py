"""A campaign leaves through the simulated Tencent: its consents come from the platform, its numbers from the shop.

SendSms has no idempotency key, so faults and kills may leave outcomes unknown; they never send anybody a second one.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.platform import Asked
from campaign_app.domain.signature import SignatureRecord
from tests.helpers.merchant import BODY, Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.tencent import order, shown

ENDED = (CampaignState.DONE, CampaignState.WAITING)
SEED = 20_211_025


def connect_tencent(merchant: Merchant) -> Account:
    """Every shop sends through it from now on."""
    app, said = merchant.app, merchant.sandbox.ready["vendors"]["tencent"]
    shops = app.accounts.all()
    entity = Entity(shops[0].entity_uscc, "安宁百货有限公司（模拟）")
    sender = app.accounts.connect(Asked("tencent", said, entity), actor="test")
    job = app.jobs.enqueue("sync", {"account_id": sender.id}, app.clock())
    merchant.until(lambda: app.jobs.job(job.id).state in ("done", "failed"))
    # Tencent does not say what a signature may carry
    app.filings.save(SignatureRecord(entity.uscc, "安宁百货", scopes=("retail",)), actor="test")
    for shop in shops:
        app.accounts.send_through(shop.id, sender.id, actor="test")
    order(merchant.sandbox, template=BODY.replace("{name}", "{1}"))
    return sender


@pytest.fixture
def merchant(tmp_path: Path) -> Iterator[Merchant]:
    with SandboxProcess(customers=600, seed=3) as sandbox:
        opened = open_merchant(tmp_path / "ws", sandbox, batch_size=40)
        opened.start_worker()
        opened.connect()
        yield opened
        if opened.worker is not None:
            opened.worker.terminate()
            opened.stop_worker()
        opened.app.close()


def polled(merchant: Merchant, account: Account) -> None:
    job = merchant.app.jobs.enqueue("poll", {"account_id": account.id}, merchant.app.clock())
    merchant.until(lambda: merchant.app.jobs.job(job.id).state in ("done", "failed"))


def reached(merchant: Merchant) -> Counter[str]:
    """By number, whatever the outcome that was told of it."""
    return Counter(sent["phone"] for sent in shown(merchant.sandbox)["sent"])


def assert_nobody_twice(merchant: Merchant) -> None:
    ledger = merchant.sandbox.ledger()
    assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
    assert set(reached(merchant).values()) <= {1}


@pytest.mark.parametrize(
    "faults", [pytest.param("none", marks=pytest.mark.long), "timeout_after=0.04,error500_after=0.04,cut_body=0.04"]
)
def test_a_campaign_reaches_everybody_confirmed_once(faults: str, merchant: Merchant) -> None:
    sender = connect_tencent(merchant)
    campaign = merchant.new_campaign().id
    merchant.until(lambda: merchant.app.campaigns.get(campaign).state is CampaignState.SCREENED)
    merchant.sandbox.faults(faults)
    merchant.until(lambda: merchant.go_on(campaign) in ENDED)
    merchant.sandbox.faults("none")
    results = merchant.app.campaigns.results(campaign)
    assert_nobody_twice(merchant)
    # where every look-up met a fault, too, a person has to tell what became of it
    unknown = results.counts["unknown"]
    assert unknown == 0 or faults != "none"
    assert (results.campaign.state, results.campaign.state_note) == (
        (CampaignState.WAITING, "unknown_outcomes") if unknown else (CampaignState.DONE, "")
    )
    assert results.counts["accepted"] <= reached(merchant).total() <= results.counts["accepted"] + unknown
    assert reached(merchant).total() > 150
    assert results.counts["submitted"] + results.counts["withheld"] == results.funnel["ok"]
    polled(merchant, sender)
    counts = merchant.app.campaigns.results(campaign).counts
    assert counts["delivered"] + counts["failed"] == counts["accepted"]
    assert counts["opt_outs"] <= counts["replies"]


def test_an_opt_out_by_reply_reaches_the_platform_and_the_next_campaign(merchant: Merchant) -> None:
    sender = connect_tencent(merchant)
    campaign = merchant.new_campaign().id
    merchant.until(lambda: merchant.go_on(campaign) in ENDED)
    rows = {row["ref"] for row in merchant.sandbox.ledger_rows() if row["shop"] == "S1"}
    ref = min(rows)
    merchant.sandbox.reply("S1", ref, "ＴＤ")
    polled(merchant, sender)
    counts = merchant.app.campaigns.results(campaign).counts
    assert (counts["unknown"], counts["opt_outs"] >= 1) == (0, True)
    merchant.app.workspace.accounts.set_settings({"house_cap_per_week": 0, "house_cap_per_month": 0})
    second = merchant.new_campaign("第二场").id
    merchant.until(lambda: merchant.app.campaigns.get(second).state is CampaignState.SCREENED)
    funnel = merchant.app.campaigns.funnel(second)
    assert funnel["suppressed_opt_out"] >= 1
    store = merchant.app.workspace
    ids = [who for _, who, _ in store.campaigns.members_by_reason(second, "suppressed_opt_out", -1, 100)]
    assert ref in {customer.ref for customer in store.customers.by_ids(ids).values()}


def test_an_account_of_another_entity_carries_nobody(merchant: Merchant) -> None:
    said = merchant.sandbox.ready["vendors"]["tencent"]
    other = Entity("91330100MA0MN00036", "安宁数科有限公司（模拟）")
    sender = merchant.app.accounts.connect(Asked("tencent", said, other), actor="test")
    with pytest.raises(NotAllowed) as refused:
        merchant.app.accounts.send_through(merchant.app.accounts.all()[0].id, sender.id, actor="test")
    assert refused.value.code == "sender_entity"


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(600)
def test_kills_and_faults_send_nobody_a_second_message(merchant: Merchant) -> None:
    chance, killed_in = random.Random(SEED), Counter[str]()
    sender = connect_tencent(merchant)
    campaign = merchant.new_campaign().id
    merchant.until(lambda: merchant.app.campaigns.get(campaign).state is CampaignState.SCREENED)
    merchant.sandbox.faults("flaky")
    merchant.kill_worker()
    while killed_in.total() < 5:
        merchant.start_worker()
        merchant.go_on_for(campaign, chance.uniform(0.2, 2.5))
        killed_in[merchant.app.campaigns.get(campaign).state.value] += 1
        merchant.kill_worker()
    merchant.sandbox.faults("none")
    merchant.start_worker()
    merchant.until(lambda: merchant.go_on(campaign) in ENDED, 300)
    polled(merchant, sender)
    assert_nobody_twice(merchant)
    results = merchant.app.campaigns.results(campaign)
    assert results.counts["submitted"] + results.counts["withheld"] == results.funnel["ok"]
    unknown = results.counts["unknown"]
    assert results.counts["accepted"] <= reached(merchant).total() <= results.counts["accepted"] + unknown
    assert killed_in["sending"] >= 3, killed_in
