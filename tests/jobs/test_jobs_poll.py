"""What comes back: reports, replies, refusals and complaints."""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Outcome
from campaign_app.jobs import unread
from campaign_app.jobs.opt_out import is_opt_out
from campaign_app.jobs.poll import PAGES_A_STEP, poll_complaints, poll_inbound, poll_reports
from campaign_app.services.shared_accounts import last_seen
from campaign_app.storage.seen import Seen, read_mark
from tests.fakes.remotes import ENTITY
from tests.helpers.shop import NOW, Shop


@pytest.mark.parametrize(
    "reply",
    [
        *("R", "r", "Ｒ", "ＴＤ", "td。", "T", "N", "回复TD", "回R", "退订", "请帮我退订！", "拒收", "别再发了", "QX"),
        *("取消", "STOP", " 0000 ", "退 订", "R 谢谢", "r，烦死了", "TD谢谢", "退", "拒绝", "不要发了", "别再骚扰"),
        *("unsubscribe", "STOP please", "我要投诉", "不要再给我发了"),
    ],
)
def test_replies_that_refuse(reply: str) -> None:
    assert is_opt_out(reply)


@pytest.mark.parametrize(
    "reply",
    ["", "好的", "1", "多少钱？", "谢谢", "请问几点开门", "Rose", "TDK", "T恤多少钱", "N95口罩", "👍"],
)
def test_replies_that_do_not(reply: str) -> None:
    assert not is_opt_out(reply)


def sent(shop: Shop, people: int = 6) -> tuple[int, int]:
    account = shop.add_account(people)
    campaign = shop.campaign()
    shop.run(campaign.id)
    return account, campaign.id


def test_reports_arrive_twice_and_out_of_order(shop: Shop) -> None:
    account, campaign = sent(shop)
    reports = [
        DeliveryReport(
            f"r{i}", f"s-{shop.message_id(campaign, i)}", Outcome.DELIVERED if i else Outcome.FAILED, "", NOW
        )
        for i in (3, 0, 1, 1, 2, 3)
    ]
    shop.gateways[account].stream["reports"] = reports
    assert poll_reports(shop.context, account) == 4
    assert poll_reports(shop.context, account) == 0
    counts = shop.workspace.inbox.counts(campaign)
    assert (counts["delivered"], counts["failed"], counts["accepted"]) == (3, 1, 6)


def test_a_report_of_another_workspaces_message_tells_that_the_account_is_shared(shop: Shop) -> None:
    """A reply is handed out once: to that one, or to this."""
    account, campaign = sent(shop)
    mine, other = shop.message_id(campaign, 0), str(uuid.uuid4())
    assert mine.startswith(f"{shop.context.workspace_id}-"), "a copy's goes on behind a dot"
    copied = mine.replace(shop.context.workspace_id, f"{shop.context.workspace_id}.0a1b2c3d")
    gateway, accounts = shop.gateways[account], shop.workspace.accounts
    gateway.stream["reports"] = [
        DeliveryReport(f"r{n}", "", Outcome.DELIVERED, "", NOW, name)
        for n, name in enumerate((mine, copied, "", "another-system"))
    ]
    poll_reports(shop.context, account)
    assert last_seen(accounts, [account]) == {}
    week = NOW - timedelta(days=7)
    for name, at, newest in (("x", week, week), ("y", NOW, NOW), ("z", week, NOW), ("w", NOW + timedelta(days=2), NOW)):
        gateway.stream["reports"].append(DeliveryReport(name, "", Outcome.DELIVERED, "", at, key=f"{other}-3-500"))
        poll_reports(shop.context, account)
        assert last_seen(accounts, [account]) == {account: newest}, "one that is read late is no news"


def test_a_refusing_reply_suppresses_for_the_entity(shop: Shop) -> None:
    account, campaign = sent(shop)
    shop.gateways[account].stream["inbound"] = [
        InboundMessage("i1", "c00001", None, "ＴＤ", NOW + timedelta(minutes=1)),
        InboundMessage("i2", "c00002", None, "几点开门", NOW + timedelta(minutes=1)),
        InboundMessage("i1", "c00001", None, "ＴＤ", NOW + timedelta(minutes=1)),
    ]
    assert poll_inbound(shop.context, account) == 2
    key = shop.workspace.phone_keys.of_ref(CustomerRef(account, "c00001"))
    assert {s.kind.value for s in shop.workspace.suppressions.active(ENTITY, [key])[key]} == {"opt_out"}
    counts = shop.workspace.inbox.counts(campaign)
    assert (counts["replies"], counts["opt_outs"]) == (2, 1)
    again = shop.campaign(name="下一次")
    assert shop.workspace.campaigns.funnel(again.id)["suppressed_opt_out"] == 1


def test_a_complaint_suppresses_at_once(shop: Shop) -> None:
    account, campaign = sent(shop)
    shop.gateways[account].stream["complaints"] = [
        ComplaintClue("k1", "c00003", None, f"s-{shop.message_id(campaign, 3)}", NOW)
    ]
    assert poll_complaints(shop.context, account) == 1
    assert shop.workspace.inbox.counts(campaign)["complaints"] == 1
    assert shop.workspace.campaigns.funnel(shop.campaign(name="下一次").id)["suppressed_complaint"] == 1


def test_a_refusal_that_the_workspace_loses_is_noticed(shop: Shop, tmp_path: Path) -> None:
    """A server that took over may lack it, and the queue that handed it out does not hand it out again."""
    account, _ = sent(shop)
    watch = Seen(shop.workspace.database, tmp_path, "", shop.clock)
    shop.context = replace(shop.context, kept=watch.notice)
    shop.gateways[account].stream["inbound"] = [InboundMessage("i1", "c00001", None, "TD", NOW)]
    shop.gateways[account].stream["complaints"] = [ComplaintClue("k1", "c00003", None, "", NOW)]
    marks = list[int]()
    for poll in (poll_inbound, poll_complaints):
        assert poll(shop.context, account) == 1
        (file,) = tmp_path.glob("*.seen")
        marks.append((read_mark(file) or {})["opt_outs"][0])
    assert marks[0] < marks[1]


def test_one_poll_does_a_bounded_number_of_pages(shop: Shop) -> None:
    account, _ = sent(shop, 1)
    many = [InboundMessage(f"i{i}", "c00000", None, "好的", NOW) for i in range(2 * PAGES_A_STEP + 5)]
    shop.gateways[account].stream["inbound"] = many
    assert poll_inbound(shop.context, account) == 2 * PAGES_A_STEP
    assert poll_inbound(shop.context, account) == 5


@pytest.mark.parametrize("stream", ["inbound", "complaints"])
def test_nothing_leaves_as_long_as_a_list_of_refusals_holds_what_cannot_be_read(shop: Shop, stream: str) -> None:
    account = shop.add_account(3)
    campaign = shop.campaign()
    gateway = shop.gateways[account]
    gateway.stream["inbound"] = [InboundMessage("i1", "c00001", None, "TD", NOW)]
    gateway.unreadable[stream] = 1
    for _ in range(3):
        with pytest.raises(RemoteRefused) as stopped:
            shop.run(campaign.id)
        assert (stopped.value.code, gateway.submits) == ("unread_refusals", [])
        assert shop.state(campaign.id) == (CampaignState.PAUSED, "at_shop:unread_refusals:店c")
        shop.set_state(campaign.id, CampaignState.SENDING)
    del gateway.unreadable[stream]
    shop.run(campaign.id)
    assert shop.reached() == ["c00000", "c00002"], "what could be read was stored all the same"


def test_what_a_poll_could_not_read_and_is_not_seen_again_stops_the_next_batch_once(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    account = shop.add_account(2)
    campaign = shop.campaign()
    caplog.set_level(logging.INFO)
    shop.gateways[account].unreadable["inbound"] = 2
    assert poll_inbound(shop.context, account) == 0
    assert "2 rows of inbound could not be read" in caplog.text
    shop.gateways[account].unreadable.clear()
    with pytest.raises(RemoteRefused):
        shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.SENDING)
    shop.run(campaign.id)
    assert len(shop.reached()) == 2


def test_reports_that_cannot_be_read_stop_nothing(shop: Shop) -> None:
    account = shop.add_account(2)
    shop.gateways[account].unreadable["reports"] = 1
    poll_reports(shop.context, account)
    unread.stop(shop.context, account)


def test_a_bare_letter_is_judged_by_what_its_person_was_sent(shop: Shop) -> None:
    account, _ = sent(shop)
    replies = [InboundMessage("i1", "c00000", None, "D", NOW), InboundMessage("i2", "stranger", None, "D", NOW)]
    shop.gateways[account].stream["inbound"] = list(replies)
    assert poll_inbound(shop.context, account) == 2
    keys = shop.workspace.phone_keys
    known, stranger = (keys.of_ref(CustomerRef(account, ref)) for ref in ("c00000", "stranger"))
    assert shop.workspace.suppressions.active(ENTITY, [known, stranger]).keys() == {stranger}
    shop.context = replace(shop.context, house_caps=(0, 0))
    asked = shop.campaign(name="另一次", body="{name}您好，两件8折。退订回D")
    shop.run(asked.id)
    shop.gateways[account].stream["inbound"].append(replace(replies[0], inbound_id="i3"))
    poll_inbound(shop.context, account)
    assert known in shop.workspace.suppressions.active(ENTITY, [known])


def test_the_very_number_that_a_text_asked_for_refuses(shop: Shop) -> None:
    account, _ = sent(shop)
    shop.run(shop.campaign(name="另一次", body="{name}您好，两件8折。退订回8").id)
    shop.gateways[account].stream["inbound"] = [
        InboundMessage(f"i{each}", ref, None, text, NOW)
        for each, (ref, text) in enumerate([("c00000", "８"), ("c00001", "1"), ("stranger", "8")])
    ]
    assert poll_inbound(shop.context, account) == 3
    refused, voted, stranger = (
        shop.workspace.phone_keys.of_ref(CustomerRef(account, ref)) for ref in ("c00000", "c00001", "stranger")
    )
    assert shop.workspace.suppressions.active(ENTITY, [refused, voted, stranger]).keys() == {refused}
