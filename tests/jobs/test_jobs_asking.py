"""What is asked before a batch leaves: every shop of the entity, to the end of its lists, and the texts once more."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaign_app.consent.gate import Refusal
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.errors import RemoteError, RemoteRefused, RemoteUnavailable, WorkspaceError
from campaign_app.domain.message import ComplaintClue, InboundMessage, Page
from campaign_app.domain.platform import Capabilities
from campaign_app.jobs import dispatch, fencing, notes, screening
from campaign_app.jobs.asking import ask_again, refusals
from campaign_app.jobs.poll import PAGES_A_STEP, poll_inbound
from tests.helpers.account_state import set_account_state
from tests.helpers.shop import NOW, Shop, everybody, person

AWAY = RemoteUnavailable("connect_timeout", "No answer")


def two_shops(shop: Shop) -> tuple[int, int, int]:
    """A campaign at the first of two shops whose customers are the same people."""
    first, second = shop.add_account(5), shop.add_account(5, prefix="d")
    return first, second, shop.campaign().id


def reply(shop: Shop, second: int) -> None:
    shop.gateways[second].stream["inbound"] = [InboundMessage("i", "d00001", None, "TD", NOW)]


def reply_by_number(shop: Shop, second: int) -> None:
    shop.gateways[second].stream["inbound"] = [InboundMessage("i", "", person("c", 1).phone, "TD", NOW)]


def complain(shop: Shop, second: int) -> None:
    shop.gateways[second].stream["complaints"] = [ComplaintClue("k", "d00001", None, "", NOW)]


def withdraw(shop: Shop, second: int) -> None:
    shop.platforms[second].truth["d00001"] = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": NOW}
    shop.platforms[second].changes.append("d00001")


@pytest.mark.parametrize("said", [reply, reply_by_number, complain, withdraw])
def test_what_somebody_said_at_the_other_shop_holds_before_the_batch_leaves(
    shop: Shop, said: Callable[[Shop, int], None]
) -> None:
    first, second, campaign = two_shops(shop)
    said(shop, second)
    shop.run(campaign)
    assert sorted(shop.gateways[first].everybody()) == [ref for ref in everybody(5) if ref != "c00001"]


def test_a_consent_that_ends_while_its_batch_may_still_be_handed_over_is_over(shop: Shop) -> None:
    first = shop.add_account(3)
    for ref, seconds in (("c00000", 60), ("c00001", 61)):
        shop.platforms[first].truth[ref] = {"expires_at": NOW + timedelta(seconds=seconds)}
    shop.run(shop.campaign().id)
    assert sorted(shop.gateways[first].everybody()) == ["c00001", "c00002"]


def test_who_said_no_to_the_other_shop_before_its_changes_were_first_read_is_not_reached(shop: Shop) -> None:
    """Its list of changes was empty from the start, and nobody ever asked that shop about this person."""
    first, second = shop.add_account(5), shop.add_account(5, prefix="d")
    gone = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": NOW - timedelta(days=9)}
    shop.platforms[second].truth["d00001"] = gone
    campaign = shop.campaign(screened=False, state=CampaignState.SCREENING).id
    only_first = shop.workspace.accounts.account(first)
    people = shop.workspace.customers.by_ids(
        list(shop.workspace.customers.ids_of_refs(first, everybody(5)).values())
    ).values()
    asking = shop.workspace.campaigns.campaign(campaign)
    judged = ask_again(shop.context, asking, only_first, list(people))
    refused = [each.customer.ref for each in judged if isinstance(each.decision, Refusal)]
    assert refused == ["c00001"]
    assert sorted(shop.platforms[second].asked) == everybody(5, "d")
    shop.platforms[second].asked.clear()
    shop.clock.advance(3_600)
    ask_again(shop.context, asking, only_first, list(people))
    assert shop.platforms[second].asked == [], "what is known is kept up to date by the list of changes"


def test_a_shop_that_nobody_can_ask_who_agreed_is_not_asked(shop: Shop) -> None:
    _, second, campaign = two_shops(shop)
    shop.platforms[second].offers = Capabilities(customers=True)
    shop.platforms[second].asked.clear()
    dispatch.run_batch(shop.context, campaign, -1)
    assert shop.platforms[second].asked == []


def test_a_platform_that_tells_of_no_changes_is_asked_about_everybody_before_a_batch(shop: Shop) -> None:
    account = shop.add_account(3)
    platform = shop.platforms[account]
    platform.offers = Capabilities(customers=True, consent_lookup=True)
    campaign = shop.campaign().id
    platform.asked.clear()
    shop.clock.advance(1)
    platform.truth["c00001"] = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": NOW}
    shop.run(campaign)
    assert set(everybody(3)) <= set(platform.asked)
    assert sorted(shop.gateways[account].everybody()) == ["c00000", "c00002"]


def test_nothing_leaves_while_another_shop_of_the_entity_cannot_be_read(shop: Shop) -> None:
    _, second, campaign = two_shops(shop)
    shop.platforms[second].trouble = [AWAY]
    with pytest.raises(RemoteUnavailable):
        dispatch.run_batch(shop.context, campaign, -1)
    assert shop.reached() == []
    assert shop.run(campaign).step is dispatch.Step.END


def test_what_the_other_shops_said_is_kept_where_one_of_them_cannot_be_read(shop: Shop) -> None:
    _, second, campaign = two_shops(shop)
    third = shop.add_account(5, prefix="e")
    shop.platforms[second].trouble = [AWAY]
    shop.gateways[third].stream["inbound"] = [InboundMessage("i", "", person("c", 1).phone, "TD", NOW)]
    with pytest.raises(RemoteUnavailable) as caught:
        dispatch.run_batch(shop.context, campaign, -1)
    assert caught.value.facts["shop"] == shop.workspace.accounts.account(second).label
    set_account_state(shop.workspace.accounts, third, "disconnected")
    shop.run(campaign)
    assert shop.reached() == [ref for ref in everybody(5) if ref != "c00001"]


def test_a_bug_at_one_shop_is_not_hidden_by_trouble_at_another(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _, second, campaign = two_shops(shop)
    third = shop.add_account(5, prefix="e")

    def broken(_: str) -> Page[InboundMessage]:
        raise LookupError("a bug")

    shop.platforms[second].trouble = [AWAY]
    monkeypatch.setattr(shop.gateways[third], "inbound", broken)
    with pytest.raises(LookupError):
        dispatch.run_batch(shop.context, campaign, -1)
    assert shop.reached() == []


def test_a_shop_that_was_disconnected_is_not_asked(shop: Shop) -> None:
    _, second, campaign = two_shops(shop)
    set_account_state(shop.workspace.accounts, second, "disconnected")
    shop.platforms[second].trouble = [AWAY]
    dispatch.run_batch(shop.context, campaign, -1)
    assert shop.reached() == everybody(5)


@pytest.mark.parametrize("stream", ["inbound", "complaints"])
def test_a_list_of_any_length_is_read_to_its_end(shop: Shop, stream: str) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    count = 2 * PAGES_A_STEP + 1
    refs = ["c00004"] * (count - 1) + ["c00002"]
    inbound = [InboundMessage(f"i{n}", ref, None, "TD", NOW) for n, ref in enumerate(refs)]
    complaints = [ComplaintClue(f"k{n}", ref, None, "", NOW) for n, ref in enumerate(refs)]
    shop.gateways[account].stream[stream] = {"inbound": inbound, "complaints": complaints}[stream]
    shop.run(campaign.id)
    assert shop.reached() == ["c00000", "c00001", "c00003"]


def test_a_list_without_end_stops_the_batch(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.jobs.poll.MAX_PAGES", 3)
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].stream["inbound"] = [InboundMessage(f"i{n}", "c00004", None, "好", NOW) for n in range(9)]
    with pytest.raises(RemoteRefused) as caught:
        shop.run(campaign.id)
    assert caught.value.code == "cursor_loop"
    assert shop.reached() == []


def claimed(shop: Shop) -> tuple[int, int]:
    """A worker that was killed between the claim and the request."""
    account = shop.add_account(5)
    campaign = shop.campaign(name="双十一", body="{name}您好，拒收请回复R")
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    return account, campaign.id


def go_on(shop: Shop, campaign_id: int) -> dispatch.BatchResult:
    known = shop.workspace.campaigns.campaign(campaign_id)
    planned = replace(known, state=CampaignState.SENDING, window_end=shop.clock() + timedelta(hours=5))
    shop.workspace.campaigns.update(planned, expected=known.state)
    return shop.run(campaign_id)


def behind_the_fence(shop: Shop, campaign_id: int) -> dispatch.BatchResult:
    assert go_on(shop, campaign_id).step is dispatch.Step.WAIT
    assert shop.reached() == []
    shop.clock.advance(fencing.FENCE.total_seconds() + 1)
    return dispatch.finish(shop.context, campaign_id)


def banned(shop: Shop) -> None:
    shop.composer.banned = {"顾客1您"}


def warned(shop: Shop) -> None:
    shop.composer.odd = {"顾客1您": "R-NEW"}


def renamed_and_banned(shop: Shop) -> None:
    """What would be written today is clean; what was claimed is not."""
    shop.workspace.customers.upsert_page(
        1, [replace(person("c", 1), name="新名字", updated_at=NOW + timedelta(days=1))], "9", NOW
    )
    shop.composer.banned = {"顾客1您"}


@pytest.mark.parametrize("rules", [banned, warned, renamed_and_banned])
def test_a_claimed_text_that_the_rules_stop_by_now_is_withheld(shop: Shop, rules: Callable[[Shop], None]) -> None:
    _, campaign = claimed(shop)
    shop.clock.advance(2 * 86_400)
    rules(shop)
    assert behind_the_fence(shop, campaign).step is dispatch.Step.END
    assert shop.reached() == [ref for ref in everybody(5) if ref != "c00001"]
    counts = shop.workspace.inbox.counts(campaign)
    assert (counts["accepted"], counts["withheld"]) == (4, 1)


def test_a_claimed_text_of_somebody_renamed_leaves_as_it_was_claimed(shop: Shop) -> None:
    account, campaign = claimed(shop)
    renamed = replace(person("c", 1), name="新名字", updated_at=NOW + timedelta(days=1))
    shop.workspace.customers.upsert_page(account, [renamed], "9", NOW)
    assert go_on(shop, campaign).step is dispatch.Step.END
    (batch,) = shop.gateways[account].accepted.values()
    assert [m.text for m in batch][:2] == [f"【安宁百货】顾客{n}您好，拒收请回复R" for n in (0, 1)]


def test_nobody_is_left_to_send_to_whose_customer_is_gone(shop: Shop) -> None:
    _, campaign_id = claimed(shop)
    (submission,) = shop.workspace.ledger.unsettled(campaign_id)
    rows = shop.workspace.ledger.open_rows(submission.id)
    found = refusals(shop.context, shop.workspace.campaigns.campaign(campaign_id), rows, {})
    assert found == {row.message_id: "customer_erased" for row in rows}


def test_a_claimed_text_that_cannot_be_read_literally_is_withheld(shop: Shop) -> None:
    """A name with a placeholder in it would be filled in again: what leaves would not be what was checked."""
    account = shop.add_account(3)
    named = replace(person("c", 1), name="{name}", updated_at=NOW + timedelta(days=1))
    shop.workspace.customers.upsert_page(account, [named], "9", NOW)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    again: dict[str, Any] = {"name": "新名字", "updated_at": NOW + timedelta(days=2)}
    shop.workspace.customers.upsert_page(account, [replace(named, **again)], "10", NOW)
    assert behind_the_fence(shop, campaign.id).step is dispatch.Step.END
    assert shop.reached() == ["c00000", "c00002"]


def test_what_a_persons_former_words_meet_by_now_is_theirs_alone(shop: Shop) -> None:
    account, campaign = claimed(shop)
    renamed = replace(person("c", 1), name="新名字", updated_at=NOW + timedelta(days=1))
    shop.workspace.customers.upsert_page(account, [renamed], "9", NOW)
    shop.composer.banned = {"顾客1"}
    assert behind_the_fence(shop, campaign).step is dispatch.Step.END
    assert shop.reached() == ["c00000", "c00002", "c00003", "c00004"]


# --- the shop that gave no answer is named ---------------------------------------------------------------------------

REFUSED = RemoteRefused("unauthorized", "401", account_wide=True)


@pytest.mark.parametrize("trouble", [AWAY, REFUSED, RemoteRefused("contract_broken", "HTML")])
@pytest.mark.parametrize("which", [0, 1])
def test_the_error_of_a_shop_that_cannot_be_asked_names_it(shop: Shop, trouble: RemoteError, which: int) -> None:
    *accounts, campaign = two_shops(shop)
    shop.platforms[accounts[which]].trouble = [trouble]
    with pytest.raises(type(trouble)) as caught:
        dispatch.run_batch(shop.context, campaign, -1)
    assert caught.value.facts["shop"] == ("店c", "店d")[which]
    assert shop.reached() == []


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (AWAY, "platform_unavailable"),
        (REFUSED, "unauthorized"),
        (RemoteRefused("contract_broken", "HTML"), "contract_broken"),
    ],
)
def test_a_batch_that_waits_for_another_shop_says_which(shop: Shop, trouble: RemoteError, code: str) -> None:
    """It was claimed and killed: at the sender nobody knows it, and before it leaves every shop is asked once more."""
    first, second, campaign = two_shops(shop)
    shop.gateways[first].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        dispatch.run_batch(shop.context, campaign, -1)
    shop.platforms[second].trouble = [trouble] * 20
    assert dispatch.run_batch(shop.context, campaign, -1).step is dispatch.Step.STOPPED
    assert shop.state(campaign) == (CampaignState.PAUSED, f"at_shop:{code}:店d")
    assert shop.reached() == []
    shop.platforms[second].trouble = []
    shop.set_state(campaign, CampaignState.SENDING)
    shop.run(campaign)
    assert len(shop.reached()) == len(set(shop.reached())) > 0


def test_a_screening_that_a_shop_stops_says_which(shop: Shop) -> None:
    shop.add_account(5)
    second = shop.add_account(5, prefix="d")
    campaign = shop.campaign(state=CampaignState.SCREENING, screened=False)
    screening.take_snapshot(shop.context, campaign.id)
    shop.platforms[second].trouble = [REFUSED]
    with pytest.raises(RemoteRefused) as caught:
        screening.screen_chunk(shop.context, campaign.id, 0)
    assert notes.note_of(caught.value) == "at_shop:unauthorized:店d"


# --- what nobody could read, and what a person is needed for, is told whatever else went wrong ------------------------


def unreadable_once(shop: Shop, account: int) -> None:
    """A row of a queue that hands each out once: nobody sees it again."""
    shop.gateways[account].unreadable["inbound"] = 1
    poll_inbound(shop.context, account)
    shop.gateways[account].unreadable.clear()


@pytest.mark.parametrize("trouble", [AWAY, REFUSED])
def test_an_unreadable_reply_of_one_shop_is_told_when_another_shop_is_in_trouble_too(
    shop: Shop, trouble: RemoteError
) -> None:
    _, second, campaign = two_shops(shop)
    third = shop.add_account(5, prefix="e")
    unreadable_once(shop, third)
    shop.platforms[second].trouble = [trouble]
    told = []
    while not shop.reached():
        with suppress(RemoteError):
            shop.run(campaign)
        told.append(shop.state(campaign)[1])
        if shop.state(campaign)[0] is CampaignState.PAUSED:
            shop.set_state(campaign, CampaignState.SENDING)
    assert "at_shop:unread_refusals:店e" in told
    assert shop.reached() == everybody(5)


def test_an_unreadable_reply_stops_a_claimed_batch_too_until_a_person_looked(shop: Shop) -> None:
    account, campaign = claimed(shop)
    unreadable_once(shop, account)
    assert go_on(shop, campaign).step is dispatch.Step.STOPPED
    assert shop.state(campaign) == (CampaignState.PAUSED, "at_shop:unread_refusals:店c")
    assert shop.reached() == []
    assert go_on(shop, campaign).step is dispatch.Step.END
    assert shop.reached() == everybody(5)


def test_an_unreadable_reply_waits_for_the_next_batch_where_somebody_paused_at_that_moment(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign().id
    unreadable_once(shop, account)
    asking = shop.workspace.campaigns.campaign(campaign)
    shop.set_state(campaign, CampaignState.PAUSED)
    for _ in range(2):
        with pytest.raises(RemoteRefused):
            ask_again(shop.context, asking, shop.workspace.accounts.account(account), [])
    assert shop.state(campaign) == (CampaignState.PAUSED, "")


def test_a_shop_that_refuses_is_told_before_one_that_may_answer_later(shop: Shop) -> None:
    _, second, campaign = two_shops(shop)
    third = shop.add_account(5, prefix="e")
    shop.platforms[second].trouble, shop.platforms[third].trouble = [AWAY], [REFUSED]
    with pytest.raises(RemoteRefused) as caught:
        dispatch.run_batch(shop.context, campaign, -1)
    assert caught.value.facts["shop"] == "店e"


def test_trouble_of_the_workspace_is_no_shops(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign(state=CampaignState.SCREENING, screened=False)
    screening.take_snapshot(shop.context, campaign.id)
    shop.platforms[account].trouble = [WorkspaceError("server_disk_full", "The disk of the server is full")]
    with pytest.raises(WorkspaceError) as caught:
        screening.screen_chunk(shop.context, campaign.id, 0)
    assert notes.note_of(caught.value) == "server_disk_full"
