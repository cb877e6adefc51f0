"""A Pinduoduo shop sends by Pinduoduo itself: its consent service lists people with sealed numbers, and confirms them.

A person typed the templates in and compared them. Faults and kills leave outcomes to be looked up; nobody is sent a
second message, and no number that can be read ever goes to Pinduoduo.
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
from tests.helpers.pinduoduo_sender import order, shown
from tests.helpers.sandbox import SandboxProcess

ENDED = (CampaignState.DONE, CampaignState.WAITING)
OFFER = "会员专享：冬装满300元减50元，凭会员码到店使用，11月30日前有效。拒收请回复R"
SEED = 20_211_026


@dataclass
class Pinduoduo:
    """The shop, in a workspace where nothing but it is synced."""

    merchant: Merchant
    shop: Account

    def sent(self) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = shown(self.merchant.sandbox)["sent"]
        return rows

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
        assert set(Counter(row["sealed"] for row in self.sent()).values()) <= {1}


def connect(merchant: Merchant) -> Account:
    """As the window connects both, with what Pinduoduo cannot be asked entered by a person."""
    app, said = merchant.app, merchant.sandbox.shops[0]
    app.workspace.accounts.set_settings({"sync_every_minutes": 0})
    typed = consent_api(base_url=merchant.sandbox.url, key_id=said.key_id, private_key=said.private_key)
    endpoint = app.accounts.connect(typed, actor="test")
    service = connected.connect(merchant.sandbox, clock=app.clock)
    app.workspace.accounts.put_signatures(endpoint.id, service.platform.signatures(), app.clock())
    service.close()
    (entity,) = app.accounts.entities()
    values = merchant.sandbox.ready["vendors"]["pinduoduo"] | {"templates": f"1009=${{what}}{OFFER}"}
    asked = Asked("pinduoduo", values, Entity(entity.uscc, entity.name), endpoint.id)
    shop = app.accounts.connect(asked, actor="test")
    job = app.jobs.enqueue("sync", {"account_id": shop.id}, app.clock())
    merchant.until(lambda: app.jobs.job(job.id).state in ("done", "failed"))
    app.filings.save(SignatureRecord(entity.uscc, "安宁百货", scopes=("retail",)), actor="test")
    app.accounts.send_through(shop.id, shop.id, actor="test")
    app.replies.record(shop.id, "拼多多后台，王丽每天看", actor="test")
    app.stated.record(shop.id, actor="test")
    order(merchant.sandbox, template={"code": "1009", "text": f"${{what}}{OFFER}"})
    return app.workspace.accounts.account(shop.id)


@pytest.fixture
def pinduoduo(tmp_path: Path) -> Iterator[Pinduoduo]:
    with SandboxProcess(customers=150, seed=3) as sandbox:
        opened = open_merchant(tmp_path / "ws", sandbox, batch_size=15)
        opened.start_worker()
        yield Pinduoduo(opened, connect(opened))
        if opened.worker is not None:
            opened.worker.terminate()
            opened.stop_worker()
        opened.app.close()


def test_a_campaign_reaches_everybody_confirmed_once_by_their_sealed_number(pinduoduo: Pinduoduo) -> None:
    app, campaign = pinduoduo.merchant.app, pinduoduo.screened()
    funnel = app.campaigns.funnel(campaign)
    assert funnel["ok"] > 20
    assert funnel["invalid_phone"] > 0, "whose number nobody sealed"
    app.stated.record(pinduoduo.shop.id, actor="test", checked=False)
    unchecked = pinduoduo.checks(campaign)["templates"]
    assert (unchecked.level, unchecked.code) == ("block", "templates_unchecked")
    app.stated.record(pinduoduo.shop.id, actor="test")
    checks = pinduoduo.checks(campaign)
    assert {key: check.code for key, check in checks.items() if check.level == "block"} == {}
    assert [checks[key].code for key in ("sender", "templates", "replies")] == [
        "sender_simulated", "templates_stated", "replies_elsewhere",
    ]  # fmt: skip
    pinduoduo.ended(campaign)
    results = app.campaigns.results(campaign)
    assert (results.campaign.state, results.counts["accepted"], results.counts["unknown"]) == (
        CampaignState.DONE, funnel["ok"], 0,
    )  # fmt: skip
    pinduoduo.assert_nobody_twice()
    assert len(pinduoduo.sent()) == funnel["ok"]
    assert {row["text"] for row in pinduoduo.sent()} == {f"【安宁百货】双十一{OFFER}"}
    assert app.accounts.untold_deliveries(pinduoduo.shop.entity_uscc) == (pinduoduo.shop,)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_kill_and_lost_answers_send_nobody_a_second_message(pinduoduo: Pinduoduo) -> None:
    chance, merchant = random.Random(SEED), pinduoduo.merchant
    campaign = pinduoduo.screened()
    merchant.sandbox.faults("timeout_after=0.05,error500_after=0.05,cut_body=0.05")
    merchant.sandbox.faults(fault="slow_body", path="/api/router", times=99, seconds=0.2)
    claimed = merchant.app.workspace.inbox.counts
    merchant.until(lambda: merchant.go_on(campaign) in ENDED or claimed(campaign)["submitted"] > 0)
    merchant.go_on_for(campaign, chance.uniform(0.0, 0.3))
    assert merchant.app.campaigns.get(campaign).state is CampaignState.SENDING
    merchant.kill_worker()
    merchant.sandbox.faults("none", clear=True)
    merchant.start_worker()
    pinduoduo.ended(campaign)
    pinduoduo.assert_nobody_twice()
    counts = merchant.app.campaigns.results(campaign).counts
    assert counts["accepted"] <= len(pinduoduo.sent()) <= counts["accepted"] + counts["unknown"]
    assert counts["submitted"] + counts["withheld"] == merchant.app.campaigns.funnel(campaign)["ok"]
