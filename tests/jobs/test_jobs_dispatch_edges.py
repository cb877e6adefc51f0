"""What may happen around a batch while it is decided, claimed and handed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from campaign_app.compliance.providers import Cap
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import ConsentStatus, CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused
from campaign_app.domain.message import ComplaintClue, Composed, InboundMessage
from campaign_app.jobs import dispatch, fencing
from tests.fakes.remotes import ENTITY
from tests.helpers.shop import NOW, FakeComposer, Shop, everybody, person

UNKNOWN = OutcomeUnknown("read_timeout", "No answer in time")


def test_a_number_that_became_equal_after_screening_is_sent_to_once(shop: Shop) -> None:
    account = shop.add_account(6)
    campaign = shop.campaign()
    twin = replace(person("c", 1), phone=person("c", 0).phone, updated_at=NOW)
    shop.workspace.customers.upsert_page(account, [twin], "end", NOW)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == [ref for ref in everybody(6) if ref != "c00001"]
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 5, "duplicate_number": 1}


def test_a_batch_that_refused_everybody_does_not_double_those_after_it(shop: Shop) -> None:
    shop.add_account(12)
    campaign = shop.campaign()
    shop.context = replace(shop.context, batch=4)
    shop.composer.banned = {f"顾客{i}您" for i in range(4)}
    dispatch.run_batch(shop.context, campaign.id, -1)
    dispatch.run_batch(shop.context, campaign.id, 3)
    shop.composer.banned = set()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(12)[4:]


@pytest.mark.parametrize("caps", [(1, 4), (0, 0)])
def test_a_claimed_batch_that_never_left_does_not_count_against_its_own_people(
    shop: Shop, caps: tuple[int, int]
) -> None:
    account = shop.add_account(5)
    shop.platforms[account].truth = {ref: {"max_per_month": 1} for ref in everybody(5)}
    shop.context = replace(shop.context, house_caps=caps)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [UNKNOWN]
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)


def test_a_campaign_without_a_window_never_leaves(shop: Shop) -> None:
    shop.add_account(5)
    campaign = shop.campaign(window_end=None)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.reached() == []


def test_a_gates_word_older_than_a_batch_may_take_is_asked_anew(shop: Shop) -> None:
    account = shop.add_account(3)
    campaign = shop.campaign()
    real = shop.composer.messages

    def slow(*args: Any) -> Any:
        shop.clock.advance(90)
        shop.platforms[account].truth["c00001"] = {"status": ConsentStatus.DECLINED}
        shop.platforms[account].changes = ["c00001"]
        return real(*args)

    shop.composer.messages = slow
    assert shop.run(campaign.id).step is dispatch.Step.WAIT
    assert shop.reached() == [], "who said no while texts were made is not sent to"


def test_replies_and_complaints_that_wait_at_the_platform_are_read_first(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign()
    shop.gateways[account].stream["inbound"] = [InboundMessage("i", "c00001", None, "R", NOW)]
    shop.gateways[account].stream["complaints"] = [ComplaintClue("k", "c00002", None, "", NOW)]
    shop.run(campaign.id)
    assert shop.reached() == ["c00000", "c00003"]


def test_an_opt_out_by_ref_holds_for_the_number_learnt_later(shop: Shop) -> None:
    first, second = shop.add_account(1, prefix="a"), shop.add_account(1, prefix="b")
    unnumbered = replace(person("a", 1), phone=None)
    shop.workspace.customers.upsert_page(first, [unnumbered], "1", NOW)
    key = shop.workspace.phone_keys.of_ref(CustomerRef(first, "a00001"))
    shop.workspace.suppressions.add([Suppression(ENTITY, key, SuppressionKind.OPT_OUT, NOW, "reply")])
    learnt = replace(person("a", 1), updated_at=NOW)
    shop.workspace.customers.upsert_page(first, [learnt], "2", NOW)
    shop.workspace.customers.upsert_page(second, [replace(person("b", 9), phone=learnt.phone)], "1", NOW)
    shop.run(shop.campaign().id)
    assert not {"a00001", "b00009"} & set(shop.reached())


def test_a_message_that_the_sender_never_mentions_stops_nobody_else(shop: Shop) -> None:
    account = shop.add_account(1_200)
    campaign = shop.campaign()
    shop.gateways[account].never_mentioned = {"c00002"}
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "unknown_outcomes")
    assert shop.reached() == everybody(1_200)
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 1_199


def test_a_later_submit_moves_the_fence(shop: Shop) -> None:
    account = shop.add_account(2)
    campaign = shop.campaign()
    gateway, platform = shop.gateways[account], shop.platforms[account]
    gateway.fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    platform.truth["c00001"] = {"status": ConsentStatus.PENDING}
    platform.changes = ["c00001"]
    assert shop.run(campaign.id).step is dispatch.Step.WAIT
    shop.clock.advance(fencing.FENCE.total_seconds() - 5)
    platform.truth = {}
    gateway.fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    platform.truth["c00001"] = {"status": ConsentStatus.PENDING}
    platform.changes = ["c00001", "c00001"]
    shop.clock.advance(10)
    assert shop.run(campaign.id).step is dispatch.Step.WAIT, "the second request may still arrive"


class Overtaken(FakeComposer):
    """Renders; before that, once, another campaign sends everything it has."""

    def __init__(self, overtake: Callable[[], object]) -> None:
        super().__init__()
        self._overtake: list[Callable[[], object]] = [overtake]

    def messages(self, campaign: Campaign, customers: Sequence[Customer], now: datetime) -> list[Composed]:
        while self._overtake:
            self._overtake.pop()()
        return super().messages(campaign, customers, now)


@pytest.mark.parametrize(
    ("promised", "house_caps", "reason"),
    [({"max_per_month": 1}, (0, 0), "frequency_cap"), ({}, (1, 0), "house_cap"), ({}, (0, 1), "house_cap")],
)
def test_two_campaigns_at_once_keep_to_the_caps_together(
    shop: Shop, promised: dict[str, Any], house_caps: tuple[int, int], reason: str
) -> None:
    account = shop.add_account(5)
    shop.context = replace(shop.context, house_caps=house_caps)
    shop.platforms[account].truth = dict.fromkeys(everybody(3), promised)
    first, second = shop.campaign(), shop.campaign(name="同时的另一个")
    fast = shop.context
    shop.context = replace(fast, composer=Overtaken(lambda: replace(shop, context=fast).run(second.id)))
    assert shop.run(first.id).step is dispatch.Step.END
    capped = 3 if promised else 5
    assert shop.workspace.campaigns.funnel(second.id) == {"ok": 5}
    funnel = shop.workspace.campaigns.funnel(first.id)
    assert funnel == {key: count for key, count in ((reason, capped), ("ok", 5 - capped)) if count}
    assert shop.reached() == sorted([*everybody(5), *everybody(5)[capped:]])


def test_two_campaigns_at_once_keep_to_the_providers_caps_together(shop: Shop) -> None:
    shop.add_account(5)
    shop.context = replace(shop.context, provider_caps=lambda _: (Cap(most=1, minutes=60, what=""),))
    first, second = shop.campaign(), shop.campaign(name="同时的另一个")
    fast = shop.context
    shop.context = replace(fast, composer=Overtaken(lambda: replace(shop, context=fast).run(second.id)))
    assert shop.run(first.id).step is dispatch.Step.END
    assert shop.workspace.campaigns.funnel(first.id) == {"provider_cap": 5}
    assert shop.reached() == everybody(5)


def test_a_message_of_long_ago_counts_for_no_cap(shop: Shop) -> None:
    account = shop.add_account(3)
    shop.platforms[account].truth = {ref: {"max_per_month": 2} for ref in everybody(3)}
    shop.context = replace(shop.context, house_caps=(1, 2))
    shop.run(shop.campaign().id)
    shop.clock.advance(8 * 86_400)
    second = shop.campaign(name="一周以后")
    shop.run(second.id)
    assert shop.workspace.campaigns.funnel(second.id) == {"ok": 3}


def test_changes_of_the_time_before_the_first_look_are_not_read_again(shop: Shop) -> None:
    account = shop.add_account(5)
    platform = shop.platforms[account]
    platform.changes = everybody(5) * 3
    campaign = shop.campaign()
    assert shop.workspace.accounts.cursor(account, "changes") == "15"
    assert platform.asked == everybody(5)
    shop.run(campaign.id)
    assert platform.asked == everybody(5), "the facts are fresh, and nothing changed since"


def test_a_change_between_the_list_and_the_first_answer_is_seen(shop: Shop) -> None:
    account = shop.add_account(5)
    platform = shop.platforms[account]
    platform.changes = ["c00000"]

    def withdraw() -> None:
        platform.before_answer = None
        platform.changes.append("c00002")

    platform.before_answer = withdraw
    campaign = shop.campaign()
    platform.truth["c00002"] = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": NOW}
    shop.run(campaign.id)
    assert "c00002" not in shop.reached()
    assert len(shop.reached()) == 4


def test_the_list_is_never_skipped_once_a_fact_was_read(shop: Shop) -> None:
    account = shop.add_account(5)
    shop.campaign(name="第一个")
    facts = shop.workspace.facts
    assert not facts.unread(account)
    facts.begin_changes(shop.workspace.accounts.account(account), "99")
    assert shop.workspace.accounts.cursor(account, "changes") == "0"
    second = shop.add_account(3, first_phone=50, prefix="d")
    assert facts.unread(second)
    facts.append(list(shop.platforms[second].consents([CustomerRef(second, "d00000")]).facts.values()), [])
    assert not facts.unread(second)
    shop.platforms[second].changes = ["d00000"]
    campaign = shop.campaign(name="第二个")
    assert shop.workspace.accounts.cursor(second, "changes") == ""
    shop.platforms[second].truth["d00000"] = {"status": ConsentStatus.DECLINED}
    shop.run(campaign.id)
    assert "d00000" not in shop.reached()


def test_a_cursor_that_the_platform_no_longer_keeps_begins_anew(shop: Shop) -> None:
    account = shop.add_account(5)
    platform = shop.platforms[account]
    platform.changes = ["c00000", "c00001", "c00002"]
    campaign = shop.campaign()
    platform.changes += ["c00003"]
    platform.forgotten = {"3"}
    platform.truth["c00003"] = {"status": ConsentStatus.DECLINED}
    shop.run(campaign.id)
    assert len(shop.reached()) == 4
    assert shop.workspace.accounts.cursor(account, "changes") == "4"


def test_another_refusal_of_the_list_stops_the_batch(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.workspace.facts.append_changes(shop.workspace.accounts.account(account), [], [], "0", "")
    for code in ("bad_cursor", "refused"):
        shop.platforms[account].trouble = [RemoteRefused(code, "No")]
        with pytest.raises(RemoteRefused):
            dispatch.run_batch(shop.context, campaign.id, -1)
    assert shop.reached() == []
