"""What may happen around a batch while it is decided, claimed and handed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from campaign_app.compliance.providers import Cap
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import ConsentStatus, CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import ComplaintClue, Composed, InboundMessage
from campaign_app.domain.ports import ConsentAnswers
from campaign_app.jobs import dispatch, fencing
from campaign_app.jobs.asking import CLOCK_STEP
from tests.fakes.remotes import ENTITY, IDEMPOTENT
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


def test_the_window_is_looked_at_again_right_before_a_batch_leaves(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign(window_end=NOW + timedelta(minutes=3))
    shop.platforms[account].changes = ["c00001"]
    shop.platforms[account].before_answer = lambda: shop.clock.advance(150)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "window_over")
    assert shop.reached() == []


def test_before_its_time_by_a_clock_that_was_set_back_it_waits_for_a_person(shop: Shop) -> None:
    shop.add_account(5)
    campaign = shop.campaign(send_at=NOW, window_end=NOW + timedelta(hours=12))
    shop.clock.advance(-61)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "clock_back")
    assert shop.reached() == []
    shop.clock.advance(2)
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END


@pytest.mark.parametrize(("jump", "note"), [(-86_400, "clock_back"), (86_400, "window_over")])
def test_a_clock_that_jumps_while_a_batch_is_decided_refuses_nobody(shop: Shop, jump: float, note: str) -> None:
    """By another day's clock every fact that was just read is stale, or of a time that has not come."""
    account = shop.add_account(3)
    campaign = shop.campaign(send_at=NOW, window_end=NOW + timedelta(hours=12))
    shop.clock.advance(660)  # everybody is asked about again
    platform, jumps = shop.platforms[account], [jump]
    answers = platform.consents

    def consents(refs: Sequence[CustomerRef]) -> ConsentAnswers:
        read = answers(refs)
        if jumps:
            shop.clock.advance(jumps.pop())
        return read

    platform.consents = consents
    with pytest.raises(RemoteUnavailable, match="while a batch was decided"):
        shop.run(campaign.id)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, note)
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 3}
    shop.clock.advance(-jump)
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(3)


@pytest.mark.parametrize("keys", [True, False])
def test_a_rule_that_stops_whoever_reads_it_stops_the_campaign_and_loses_nobody(shop: Shop, *, keys: bool) -> None:
    """Such as of a signature whose filing nobody vouches for any more, before a batch is claimed and after."""
    account = shop.add_account(4)
    gateway = shop.gateways[account]
    gateway.capabilities = replace(IDEMPOTENT, idempotent=keys)
    campaign = shop.campaign()
    shop.context = replace(shop.context, batch=2)
    dispatch.run_batch(shop.context, campaign.id, -1)
    shop.composer.everybodys = {"SIG-002"}
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "rule:SIG-002")
    shop.composer.everybodys = set()
    shop.set_state(campaign.id, CampaignState.SENDING)
    gateway.fail_before = [RemoteUnavailable("throttled", "later")]
    real, turns = shop.context.wait, [{"SIG-002"}]

    def wait(seconds: float) -> None:
        real(seconds)
        shop.composer.everybodys = turns.pop() if turns else set()

    shop.context = replace(shop.context, wait=wait)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "rule:SIG-002")
    assert len(shop.reached()) == 2
    shop.composer.everybodys = set()
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(4)
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 4


@pytest.mark.parametrize("seconds", [75, 13 * 3600])
def test_a_batch_that_is_composed_after_the_window_has_everybody_left(shop: Shop, seconds: float) -> None:
    """A platform that took long before its end, or a machine that slept between the gate's word and the texts."""
    shop.add_account(6)
    campaign = shop.campaign(send_at=NOW, window_end=NOW + timedelta(hours=12))
    shop.clock.advance(12 * 3600 - 70)
    sleeps, real = [seconds], shop.composer.messages

    def messages(campaign: Campaign, customers: Sequence[Customer], _: datetime) -> list[Composed]:
        shop.clock.advance(sleeps.pop() if sleeps else 0)
        return real(campaign, customers, shop.clock())

    shop.composer.messages = messages
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "window_over")
    assert len(shop.workspace.campaigns.ok_members(campaign.id, -1, 10)) == 6, "nobody was decided"
    assert shop.reached() == []


@pytest.mark.parametrize("jump", [2 * 3600, 86_400])
def test_a_clock_that_jumps_before_a_second_try_refuses_nobody(shop: Shop, jump: float) -> None:
    account = shop.add_account(6)
    gateway, platform = shop.gateways[account], shop.platforms[account]
    gateway.capabilities = replace(IDEMPOTENT, idempotent=False, lookup=False)
    campaign = shop.campaign(send_at=NOW, window_end=NOW + timedelta(hours=12))
    shop.context = replace(shop.context, wait=lambda _: shop.clock.advance(660))
    gateway.fail_before = [RemoteUnavailable("throttled", "later")]
    answers, jumps = platform.consents, [jump]

    def consents(refs: Sequence[CustomerRef]) -> ConsentAnswers:
        read = answers(refs)
        if not gateway.fail_before and jumps:
            shop.clock.advance(jumps.pop())
        return read

    platform.consents = consents
    shop.run(campaign.id)
    if shop.state(campaign.id)[0] is not CampaignState.DONE:
        assert shop.state(campaign.id)[0] is CampaignState.WAITING
        shop.clock.now = NOW + timedelta(hours=1)
        shop.set_state(campaign.id, CampaignState.SENDING)
        shop.run(campaign.id)
    assert shop.state(campaign.id)[0] is CampaignState.DONE
    assert shop.reached() == everybody(6)


def test_a_clock_set_back_within_the_window_waits_for_a_person(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign(send_at=NOW - timedelta(hours=6), window_end=NOW + timedelta(hours=6))
    shop.context = replace(shop.context, batch=2)
    assert dispatch.run_batch(shop.context, campaign.id, -1).step is dispatch.Step.ON
    shop.clock.advance(-3 * 3600)
    assert dispatch.run_batch(shop.context, campaign.id, 1).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "clock_back")
    assert len(shop.gateways[account].submits) == 1
    shop.clock.advance(3 * 3600)
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(4)


@pytest.mark.parametrize("seed", range(10))
def test_with_the_clock_moved_at_random_nothing_leaves_outside_of_the_window(shop: Shop, seed: int) -> None:
    account, chance, left = shop.add_account(20), Random(seed), list[datetime]()
    shop.context = replace(shop.context, batch=2)
    begin, end = NOW, NOW + timedelta(hours=1)

    def moved() -> None:
        left.append(shop.clock())
        shop.clock.now = NOW + timedelta(minutes=chance.uniform(-30, 90))

    shop.gateways[account].before_submit = moved
    campaign = shop.campaign(send_at=begin, window_end=end)
    for _ in range(10):
        dispatch.run_batch(shop.context, campaign.id, -1)
        dispatch.run_batch(shop.context, campaign.id, 1)
        shop.clock.now = NOW + timedelta(minutes=chance.uniform(-30, 90))
        shop.set_state(campaign.id, CampaignState.SENDING)
    assert all(begin - CLOCK_STEP <= at <= end for at in left)


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
