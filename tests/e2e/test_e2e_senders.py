"""A shop whose messages a simulated SMS provider carries, which loses answers: nobody is doubled, nobody missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.consent import Outgoing, Refusal
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.finding import Severity
from campaign_app.jobs import dispatch, gating, poll
from campaign_app.jobs.ports import BATCH, Claim
from campaign_app.services.accounts import secret_name
from campaign_app.services.situation import Check
from campaign_app.words import load
from tests.helpers.aliyun_shop import BODY, Workspace, aliyun_shop
from tests.helpers.connected import clock
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import trouble

pytestmark = pytest.mark.slow

PEOPLE, SEED = 3_200, 5


@pytest.fixture
def carried(tmp_path: Path) -> Iterator[Workspace]:
    """Its replies are read elsewhere."""
    with (
        SandboxProcess(customers=PEOPLE, seed=SEED) as sandbox,
        aliyun_shop(tmp_path / "ws", sandbox, reply_queue="", report_queue="") as shop,
    ):
        shop.app.replies.record(shop.sender.id, "短信控制台，王丽每天看", actor="王")
        yield shop


def test_with_lost_answers_throttles_and_refusals_nobody_is_doubled_and_nobody_is_missed(carried: Workspace) -> None:
    campaign = carried.campaign(f"{{name}}{BODY}")
    ready = carried.app.workspace.campaigns.funnel(campaign.id)["ok"]
    assert ready > 1_000
    for fault in ("timeout_after", "error500_after", "cut_body", "truncated_json"):
        carried.sandbox.faults(fault=fault, path="/", after=5, seconds=0.05)
    trouble(carried.sandbox, "aliyun", error="Throttling.User", http=400, action="SendBatchSms", times=2)
    trouble(carried.sandbox, "aliyun", number_error="isv.BUSINESS_LIMIT_CONTROL", taken=True)
    assert carried.run(campaign.id).step is dispatch.Step.STOPPED

    # one number spoilt its request and was not taken: it alone is left to a person
    assert carried.app.workspace.campaigns.campaign(campaign.id).state_note == "unknown_outcomes"
    counts = carried.counts(campaign.id)
    assert (counts["submitted"], counts["unknown"]) == (ready, 1)
    ledger = carried.sandbox.ledger()
    assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
    # some are taken by Aliyun and refused behind it: of those the ledger of the reached knows nothing
    assert counts["accepted"] - counts["failed"] <= ledger["accepted"] <= counts["accepted"]

    found = 0
    for _ in range(ready // 200 + 2):
        found += poll.poll_reports(carried.context, carried.shop.id)
    counts = carried.counts(campaign.id)
    assert (counts["delivered"] + counts["failed"], counts["unknown"]) == (ready - 1, 1)
    assert counts["failed"] > 0
    assert carried.sandbox.ledger()["doubled"] == 0


def test_a_text_without_a_template_reaches_nobody(carried: Workspace) -> None:
    campaign = carried.campaign(f"{{name}}{BODY}".replace("300", "400"))
    campaigns, rejected = carried.app.workspace.campaigns, []
    for _ in range(2):
        assert carried.run(campaign.id).step is dispatch.Step.STOPPED
        stopped = campaigns.campaign(campaign.id)
        assert (stopped.state, stopped.state_note) == (CampaignState.PAUSED, "account_refused:template_unfit")
        rejected.append(carried.counts(campaign.id)["rejected"])
        campaigns.update(replace(stopped, state=CampaignState.SENDING, state_note=""), expected=CampaignState.PAUSED)
    assert rejected[0] == 0
    assert rejected[1] == BATCH, "of more than a thousand people the batch that a person let go on"
    assert carried.sandbox.ledger()["accepted"] == 0


def test_nothing_leaves_until_somebody_has_said_where_replies_are_read(carried: Workspace) -> None:
    carried.app.replies.record(carried.sender.id, "", actor="王")
    campaign = carried.campaign(f"{{name}}{BODY}")

    def checks() -> dict[str, Check]:
        return {check.key: check for check in carried.app.preflights.look(campaign.id).checks}

    assert (checks()["replies"].level, checks()["replies"].code) == ("block", "replies_unread")
    assert checks()["replies"].facts["names"] == (carried.shop.label,)
    assert checks()["sender"].facts["names"] == (f"{carried.shop.label} → {carried.sender.label}",)
    assert "退订" in load("zh_CN").term("check", "replies_unread")
    with pytest.raises(NotAllowed) as refused:
        carried.run(campaign.id)
    assert refused.value.code == "replies_unread"
    assert carried.sandbox.ledger()["accepted"] == 0
    carried.app.replies.record(carried.sender.id, "短信控制台，王丽每天看", actor="王")
    assert (checks()["replies"].level, checks()["replies"].code) == ("warn", "replies_elsewhere")
    carried.run(campaign.id)  # to its end, or until the simulated people have complained too often
    assert carried.sandbox.ledger()["accepted"] > 0


def test_a_sender_of_another_entity_is_refused_wherever_it_comes_in(carried: Workspace) -> None:
    store = carried.app.workspace.accounts
    store.add_entity(Entity("91330100MA0000009X", "别人"))
    foreign = store.add_account(replace(carried.sender, key_id="foreign", entity_uscc="91330100MA0000009X"))
    with pytest.raises(NotAllowed) as refused:
        carried.app.accounts.send_through(carried.shop.id, foreign.id, actor="王")
    assert refused.value.code == "sender_entity"
    carried.app.workspace.secrets.put(secret_name(foreign.id), "{}")
    store.set_sender(carried.shop.id, foreign.id)
    with pytest.raises(NotAllowed) as caught:
        carried.context.remotes.gateway(carried.shop.id, "retail")
    assert caught.value.code == "sender_entity"
    store.set_sender(carried.shop.id, carried.sender.id)


def test_what_the_shops_own_platform_is_told_is_still_read(carried: Workspace) -> None:
    """Whoever refused there, or complained, is reached by no sender."""
    store = carried.app.workspace.campaigns
    first = carried.campaign(f"{{name}}{BODY}")
    ids = [customer for _, customer, _ in store.members_by_reason(first.id, "ok", -1, 2)]
    refused, complained = (carried.app.workspace.customers.by_ids(ids)[one].ref for one in ids)
    carried.sandbox.reply("S1", refused, "退订")
    carried.sandbox.complain("S1", complained)
    carried.run(first.id)
    reached = {row["ref"] for row in carried.sandbox.ledger_rows()}
    assert reached
    assert reached.isdisjoint({refused, complained})
    assert store.funnel(first.id)["suppressed_opt_out"] >= 1
    assert store.funnel(first.id)["suppressed_complaint"] >= 1


def claim_everybody(shop: Workspace, number: int) -> None:
    """A campaign to all who confirmed, as far as the ledger knows."""
    stores, account = shop.context.stores, shop.shop
    campaign = stores.campaigns.create(
        Campaign(0, f"第{number}次", account.entity_uscc, "retail", Filter(), state=CampaignState.SENDING)
    )
    people = stores.customers.some(campaign.audience, account.entity_uscc, clock(), 100)
    facts = gating.refresh(shop.context, account, people, clock() - timedelta(minutes=10))
    judged = gating.judge_all(shop.context, campaign, account, people, facts, timedelta(hours=1))
    claims = [
        Claim(seq, Outgoing(gating.sealed(each), f"m{number}-{seq}", "冬装上新"), each.customer.phone_key or b"")
        for seq, each in enumerate(judged)
        if not isinstance(each.decision, Refusal)
    ]
    assert stores.ledger.claim(campaign, account, f"k{number}", claims, {}, (0, len(judged)), clock())


def test_a_shop_that_aliyun_carries_is_held_to_aliyuns_caps_and_rules_whatever_the_profile_says(tmp_path: Path) -> None:
    with SandboxProcess(customers=12, seed=SEED) as sandbox, aliyun_shop(tmp_path / "ws", sandbox) as shop:
        shop.context = replace(shop.context, house_caps=(0, 0))
        for number in range(49):
            claim_everybody(shop, number)
        last = shop.campaign(f"{{name}}{BODY}")
        ready = shop.app.workspace.campaigns.funnel(last.id)["ok"]
        shop.run(last.id)
        funnel = shop.app.workspace.campaigns.funnel(shop.campaign(f"{{name}}{BODY}").id)
        assert shop.counts(last.id)["accepted"] == ready == funnel["provider_cap"] > 0
        assert "ok" not in funnel

        made = shop.app.campaigns.create(
            name="贷款", entity_uscc=shop.shop.entity_uscc, purpose="finance", audience=last.audience, actor="王"
        )
        shop.app.campaigns.edit(made.id, actor="王", signature="安宁百货", body="回T退订")
        found = {each.rule_id: each for each in shop.app.campaigns.check(made.id).findings}
        assert "阿里云" in found["PRV-001"].message
        assert found["OPT-002"].severity is Severity.BLOCK
