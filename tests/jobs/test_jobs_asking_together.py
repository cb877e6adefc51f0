"""Lists that are read before a batch leaves are read at the same time, and none costs what another one said."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import ComplaintClue, InboundMessage, Page
from campaign_app.jobs import dispatch, unread
from campaign_app.jobs.gating import refresh
from campaign_app.jobs.poll import poll_inbound
from campaign_app.jobs.stores import Context
from tests.helpers.shop import NOW, Shop, everybody

Ask = Callable[[str], Page[Any]]


def meeting(read: Ask, meet: Barrier) -> Ask:
    """Answers once as many ask as are to meet."""

    def ask(cursor: str) -> Page[Any]:
        meet.wait()
        return read(cursor)

    return ask


def test_shops_are_read_at_the_same_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ten shops a batch would wait thirty times for an answer from afar, and nearly all of it for others."""
    first, second, third = (shop.add_account(5, prefix=prefix) for prefix in "cde")
    campaign = shop.campaign().id
    meet = Barrier(3, timeout=30)
    for account in (first, second, third):
        gateway = shop.gateways[account]
        monkeypatch.setattr(gateway, "inbound", meeting(gateway.inbound, meet))
    assert shop.run(campaign).step is dispatch.Step.END
    assert not meet.broken
    assert len(shop.reached()) == 5


def test_the_lists_of_a_shop_are_read_at_the_same_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign().id
    meet, gateway = Barrier(2, timeout=30), shop.gateways[account]
    monkeypatch.setattr(gateway, "inbound", meeting(gateway.inbound, meet))
    monkeypatch.setattr(gateway, "complaints", meeting(gateway.complaints, meet))
    assert dispatch.run_batch(shop.context, campaign, -1).step is dispatch.Step.ON
    assert not meet.broken
    assert len(shop.reached()) == 5


def slow(shop: Shop, account: int, stream: str, minutes: int, meanwhile: Callable[[], object]) -> Ask:
    """A list that takes so long; it is not begun before the other two of the shop are read, where they do not wait."""
    read: Ask = getattr(shop.gateways[account], stream)
    others = Event()

    def noticed(ask: Ask) -> Ask:
        def asked(cursor: str) -> Page[Any]:
            page = ask(cursor)
            others.set()
            return page

        return asked

    def wait(cursor: str) -> Page[Any]:
        others.wait(0.5)
        shop.clock.advance(minutes * 60)
        meanwhile()
        return read(cursor)

    other = {"inbound": "complaints", "complaints": "inbound"}[stream]
    setattr(shop.gateways[account], other, noticed(getattr(shop.gateways[account], other)))
    return wait


def withdraws(shop: Shop, account: int, ref: str) -> Callable[[], object]:
    def act() -> None:
        shop.platforms[account].truth[ref] = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": shop.clock()}
        shop.platforms[account].changes.append(ref)

    return act


@pytest.mark.parametrize(("stream", "minutes"), [("inbound", 9), ("complaints", 9), ("inbound", 100)])
def test_who_withdraws_while_a_list_is_read_for_long_is_not_reached(
    shop: Shop, stream: str, minutes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look at the changes comes last: facts as old as ten minutes are believed by it."""
    account = shop.add_account(5)
    campaign = shop.campaign().id
    monkeypatch.setattr(
        shop.gateways[account], stream, slow(shop, account, stream, minutes, withdraws(shop, account, "c00001"))
    )
    with suppress(RemoteUnavailable):
        dispatch.run_batch(shop.context, campaign, -1)
    assert "c00001" not in shop.reached()


def test_who_withdraws_at_another_shop_while_the_machine_sleeps_is_not_reached(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, second = shop.add_account(5), shop.add_account(5, prefix="d")
    campaign = shop.campaign().id
    other = shop.workspace.accounts.account(second)
    ids = shop.workspace.customers.ids_of_refs(second, everybody(5, "d"))
    refresh(shop.context, other, list(shop.workspace.customers.by_ids(list(ids.values())).values()), NOW)
    withdrawn = withdraws(shop, second, "d00001")
    monkeypatch.setattr(shop.gateways[second], "inbound", slow(shop, second, "inbound", 100, withdrawn))
    with suppress(RemoteUnavailable):
        dispatch.run_batch(shop.context, campaign, -1)
    assert "c00001" not in shop.reached()


def test_replies_that_came_while_the_machine_slept_are_read_before_anything_leaves(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign().id

    def reply() -> None:
        shop.gateways[account].stream["inbound"] = [InboundMessage("i", "c00001", None, "TD", shop.clock())]

    monkeypatch.setattr(shop.gateways[account], "complaints", slow(shop, account, "complaints", 30, reply))
    with pytest.raises(RemoteUnavailable) as late:
        dispatch.run_batch(shop.context, campaign, -1)
    assert late.value.code == "batch_late"
    assert shop.reached() == []


def test_whose_fact_grows_too_old_while_others_are_looked_up_is_asked_about_again(shop: Shop) -> None:
    """A look-up of minutes is no reason to leave out those who needed none."""
    account, platform = shop.add_account(5), shop.platforms[1]
    campaign = shop.campaign().id
    some = list(shop.workspace.customers.by_ids([1, 2]).values())
    shop.clock.advance(5 * 60)
    refresh(shop.context, shop.workspace.accounts.account(account), some, shop.clock())
    shop.clock.advance(9 * 60)

    def slow() -> None:
        platform.before_answer = None
        shop.clock.advance(3 * 60)

    platform.before_answer = slow
    with suppress(RemoteUnavailable):
        dispatch.run_batch(shop.context, campaign, -1)
    shop.run(campaign)
    assert shop.reached() == everybody(5)


def test_an_answer_that_is_old_as_it_comes_is_waited_for_by_nobody(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign().id
    shop.clock.advance(20 * 60)
    old = {"checked_at": shop.clock() - timedelta(minutes=15)}
    shop.platforms[account].truth["c00001"] = old
    shop.platforms[account].before_answer = lambda: shop.clock.advance(3 * 60)
    shop.run(campaign)
    assert shop.reached() == [ref for ref in everybody(5) if ref != "c00001"]


def test_replies_that_nobody_could_read_are_told_though_the_shop_refuses(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign().id
    shop.gateways[account].unreadable["inbound"] = 1
    poll_inbound(shop.context, account)
    shop.gateways[account].unreadable.clear()

    def refuse(_: str) -> Page[Any]:
        raise RemoteRefused("unauthorized", "401", account_wide=True)

    monkeypatch.setattr(shop.gateways[account], "complaints", refuse)
    monkeypatch.setattr(shop.platforms[account], "consent_changes", refuse)
    with pytest.raises(RemoteRefused):
        dispatch.run_batch(shop.context, campaign, -1)
    assert shop.state(campaign) == (CampaignState.PAUSED, "at_shop:unread_refusals:店c")


@pytest.mark.parametrize("stream", ["inbound", "complaints"])
def test_a_refusal_is_kept_where_another_list_of_the_shop_cannot_be_read(
    shop: Shop, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign().id
    other = {"inbound": "complaints", "complaints": "inbound"}[stream]
    said = {
        "inbound": InboundMessage("i", "c00001", None, "TD", NOW),
        "complaints": ComplaintClue("k", "c00001", None, "", NOW),
    }
    shop.gateways[account].stream[stream] = [said[stream]]
    with monkeypatch.context() as patch:

        def away(_: str) -> Page[Any]:
            raise RemoteUnavailable("connect_timeout", "No answer")

        patch.setattr(shop.gateways[account], other, away)
        with pytest.raises(RemoteUnavailable):
            dispatch.run_batch(shop.context, campaign, -1)
    shop.gateways[account].stream[stream] = []
    shop.run(campaign)
    assert shop.reached() == [ref for ref in everybody(5) if ref != "c00001"]


def test_a_row_that_cannot_be_read_while_another_one_is_told_stops_what_leaves_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, campaign = shop.add_account(5), shop.campaign().id
    put_aside, more = unread.put_aside, [2, 1]

    def tell(context: Context, *how: Any) -> bool:
        if more:  # another flow reads the same queue
            unread.note(context, account, "inbound", more.pop())
        return put_aside(context, *how)

    monkeypatch.setattr(unread, "put_aside", tell)
    unread.note(shop.context, account, "inbound", 1)
    for _ in range(3):
        shop.set_state(campaign, CampaignState.SENDING)
        with pytest.raises(RemoteRefused):
            shop.run(campaign)
        assert shop.state(campaign) == (CampaignState.PAUSED, "at_shop:unread_refusals:店c")
    shop.set_state(campaign, CampaignState.SENDING)
    assert shop.run(campaign).step is dispatch.Step.END
    assert shop.reached() == everybody(5)
