"""A Taobao shop sends by TOP itself: its consent service confirms and tells numbers, nobody tells what became of it.

TOP knows no keys and no look-up, so faults and kills leave outcomes unknown; they never send anybody a second message.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.platform import Asked, consent_api
from campaign_app.domain.signature import SignatureRecord
from campaign_app.services.situation import Check
from tests.helpers import connected
from tests.helpers.merchant import Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.top_sender import order, shown

ENDED = (CampaignState.DONE, CampaignState.WAITING)
OFFER = "会员专享：冬装满300元减50元，凭会员码到店使用，11月30日前有效。拒收请回复R"
SEED = 20_211_026


@dataclass
class Taobao:
    """The shop, in a workspace where nothing but it is synced."""

    merchant: Merchant
    shop: Account

    def sent(self) -> Counter[str]:
        return Counter(row["phone"] for row in shown(self.merchant.sandbox)["sent"])

    def screened(self) -> int:
        campaigns = self.merchant.app.campaigns
        made = campaigns.create(
            name="双十一", entity_uscc=self.shop.entity_uscc, purpose="retail", audience=Filter(), actor="test"
        )
        campaigns.edit(made.id, signature="安宁百货", body=f"双十一{OFFER}", actor="test")
        campaigns.screen(made.id, actor="test")
        self.merchant.until(lambda: campaigns.get(made.id).state is CampaignState.SCREENED)
        return made.id

    def ended(self, campaign: int) -> None:
        self.merchant.until(lambda: self.merchant.go_on(campaign) in ENDED)

    def checks(self, campaign: int) -> dict[str, Check]:
        return {check.key: check for check in self.merchant.app.preflights.look(campaign).checks}

    def assert_nobody_twice(self) -> None:
        ledger = self.merchant.sandbox.ledger()
        assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
        assert set(self.sent().values()) <= {1}


def connect(merchant: Merchant) -> Account:
    """As the window connects both, with what TOP cannot be asked entered by a person."""
    app, said = merchant.app, merchant.sandbox.shops[0]
    app.workspace.accounts.set_settings({"sync_every_minutes": 0})
    typed = consent_api(base_url=merchant.sandbox.url, key_id=said.key_id, private_key=said.private_key)
    endpoint = app.accounts.connect(typed, actor="test")
    service = connected.connect(merchant.sandbox, clock=app.clock)
    app.workspace.accounts.put_signatures(endpoint.id, service.platform.signatures(), app.clock())
    service.close()
    (entity,) = app.accounts.entities()
    values = merchant.sandbox.ready["vendors"]["top"] | {"calls_per_second": "1000"}
    shop = app.accounts.connect(Asked("top", values, Entity(entity.uscc, entity.name), endpoint.id), actor="test")
    order(merchant.sandbox, template={"code": "SMS_9", "text": f"${{what}}{OFFER}"})
    job = app.jobs.enqueue("sync", {"account_id": shop.id}, app.clock())
    merchant.until(lambda: app.jobs.job(job.id).state in ("done", "failed"))
    app.filings.save(SignatureRecord(entity.uscc, "安宁百货", scopes=("retail",)), actor="test")
    app.accounts.send_through(shop.id, shop.id, actor="test")
    app.replies.record(shop.id, "聚石塔控制台，王丽每天看", actor="test")
    return app.workspace.accounts.account(shop.id)


@pytest.fixture
def taobao(tmp_path: Path) -> Iterator[Taobao]:
    with SandboxProcess(customers=400, seed=3) as sandbox:
        opened = open_merchant(tmp_path / "ws", sandbox, batch_size=40)
        opened.start_worker()
        yield Taobao(opened, connect(opened))
        if opened.worker is not None:
            opened.worker.terminate()
            opened.stop_worker()
        opened.app.close()


def test_a_campaign_reaches_everybody_confirmed_once_and_says_what_is_not_told(taobao: Taobao) -> None:
    app, campaign = taobao.merchant.app, taobao.screened()
    funnel = app.campaigns.funnel(campaign)
    assert funnel["ok"] > 50
    assert funnel["invalid_phone"] > 0, "whose number nobody told"
    app.replies.record(taobao.shop.id, "", actor="test")
    assert (taobao.checks(campaign)["replies"].level, taobao.checks(campaign)["replies"].code) == (
        "block",
        "replies_unread",
    )
    app.replies.record(taobao.shop.id, "聚石塔控制台，王丽每天看", actor="test")
    checks = taobao.checks(campaign)
    assert {key: check.code for key, check in checks.items() if check.level == "block"} == {}
    assert (checks["sender"].code, checks["replies"].code) == ("sender_simulated", "replies_elsewhere")
    taobao.ended(campaign)
    results = app.campaigns.results(campaign)
    assert (results.campaign.state, results.counts["accepted"], results.counts["unknown"]) == (
        CampaignState.DONE, funnel["ok"], 0,
    )  # fmt: skip
    assert (results.counts["delivered"], results.counts["failed"]) == (0, 0)
    taobao.assert_nobody_twice()
    assert taobao.sent().total() == funnel["ok"]
    assert {row["text"] for row in shown(taobao.merchant.sandbox)["sent"]} == {f"【安宁百货】双十一{OFFER}"}
    assert app.accounts.untold_deliveries(taobao.shop.entity_uscc) == (taobao.shop,)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_kill_and_lost_answers_send_nobody_a_second_message(taobao: Taobao) -> None:
    chance, merchant = random.Random(SEED), taobao.merchant
    campaign = taobao.screened()
    merchant.sandbox.faults("timeout_after=0.1,error500_after=0.1,cut_body=0.1")
    merchant.go_on_for(campaign, chance.uniform(0.3, 1.0))
    merchant.kill_worker()
    merchant.sandbox.faults("none")
    merchant.start_worker()
    taobao.ended(campaign)
    taobao.assert_nobody_twice()
    counts = merchant.app.campaigns.results(campaign).counts
    assert counts["accepted"] <= taobao.sent().total() <= counts["accepted"] + counts["unknown"]
    assert counts["submitted"] + counts["withheld"] == merchant.app.campaigns.funnel(campaign)["ok"]
