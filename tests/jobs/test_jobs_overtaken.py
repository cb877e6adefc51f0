"""What comes true while a batch is on its way: numbers that change hands, and a no that is put down here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaign_app.consent import Refusal
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import Reason
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.message import ComplaintClue, InboundMessage
from campaign_app.domain.phone import Phone, PlatformPhone
from campaign_app.jobs import dispatch
from campaign_app.jobs.asking import ask_again
from campaign_app.jobs.poll import poll_all
from campaign_app.jobs.ports import GatewayCapabilities, Rate
from campaign_app.jobs.turns import LONGEST_TURN
from tests.fakes.remotes import IDEMPOTENT, FakeGateway
from tests.helpers.shop import NOW, Shop, everybody, person

DIALECTS = ("sqlite", "postgresql")
SENDER = 9
KEYED = replace(IDEMPOTENT, needs_phone=True, rate=Rate(SENDER, 50))
WITHOUT_KEYS = replace(KEYED, idempotent=False, lookup=False)
OTHER = Phone("13900001111")
SEALED = PlatformPhone("~AgAAAA-sealed-c00001~1~")


class Killed(BaseException):
    """The process ends here."""


def carrier(shop: Shop, people: int, capabilities: GatewayCapabilities = KEYED) -> tuple[int, FakeGateway]:
    account = shop.add_account(people)
    made = shop.gateways[account] = FakeGateway(account, capabilities=capabilities)
    return account, made


def reached(gateway: FakeGateway) -> list[Phone | None]:
    return [message.recipient.phone for batch in gateway.accepted.values() for message in batch]


def number_of(index: int) -> Phone | None:
    return person("c", index).phone


def gets(shop: Shop, account: int, index: int, phone: Phone | None) -> None:
    """A sync brings another number of somebody."""
    now = replace(person("c", index), phone=phone, updated_at=NOW + timedelta(seconds=1))
    shop.workspace.customers.upsert_page(account, [now], "end", NOW)


def opts_out(shop: Shop, account: int, ref: str) -> None:
    """A person, or another worker, puts it down."""
    (customer_id,) = shop.workspace.customers.ids_of_refs(account, [ref]).values()
    shop.workspace.opt_outs.add(customer_id, shop.clock(), "person", "", "window")


def refuses(shop: Shop, account: int, stream: str, ref: str) -> None:
    """By the number that the second customer had, and naming `ref`."""
    said: dict[str, list[Any]] = {
        "inbound": [InboundMessage("i", ref, number_of(1), "TD", shop.clock())],
        "complaints": [ComplaintClue("k", ref, number_of(1), "", shop.clock())],
    }
    shop.gateways[account].stream[stream] = said[stream]
    poll_all(shop.context, account)


def once(do: Callable[[], object]) -> Callable[[], None]:
    left = [do]

    def hook() -> None:
        while left:
            left.pop()()

    return hook


def test_a_number_that_opted_out_and_comes_in_while_shops_are_asked_is_not_reached(shop: Shop) -> None:
    account, gateway = carrier(shop, 4)
    gets(shop, account, 3, OTHER)
    campaign = shop.campaign()
    opts_out(shop, account, "c00003")
    shop.clock.advance(3_600)
    shop.platforms[account].before_answer = once(lambda: gets(shop, account, 1, OTHER))
    with pytest.raises(RemoteUnavailable):
        shop.run(campaign.id)
    shop.run_to_its_end(campaign.id)
    assert reached(gateway) == [number_of(0), number_of(2)]


def test_a_number_of_another_member_that_comes_in_while_shops_are_asked_is_reached_once(shop: Shop) -> None:
    account, gateway = carrier(shop, 4)
    campaign = shop.campaign()
    shop.clock.advance(3_600)
    shop.platforms[account].before_answer = once(lambda: gets(shop, account, 1, number_of(3)))
    with pytest.raises(RemoteUnavailable):
        shop.run(campaign.id)
    shop.run_to_its_end(campaign.id)
    assert reached(gateway) == [number_of(0), number_of(3), number_of(2)]


@pytest.mark.parametrize("batch", [2, 500])
def test_a_number_that_changed_hands_after_its_batch_was_claimed_is_reached_once(shop: Shop, batch: int) -> None:
    """Be the other one claimed already, or yet to be: the claim holds the number of its moment only."""
    account, gateway = carrier(shop, 4)
    shop.context = replace(shop.context, batch=batch)
    campaign = shop.campaign()
    gateway.fail_before = [Killed()]
    with pytest.raises(Killed):
        shop.run(campaign.id)
    gets(shop, account, 1, number_of(3))
    shop.run_to_its_end(campaign.id)
    assert sorted(map(repr, reached(gateway))) == sorted(map(repr, map(number_of, (0, 2, 3))))
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 1


def test_a_sender_that_goes_by_no_number_takes_whoever_got_another_one(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [Killed()]
    with pytest.raises(Killed):
        shop.run(campaign.id)
    gets(shop, account, 1, OTHER)
    shop.run_to_its_end(campaign.id)
    assert shop.reached() == everybody(4)


@pytest.mark.parametrize("capabilities", [KEYED, WITHOUT_KEYS], ids=["with keys", "without keys"])
def test_a_no_that_is_put_down_while_texts_are_made_holds(shop: Shop, capabilities: GatewayCapabilities) -> None:
    account, _ = carrier(shop, 4, capabilities)
    campaign = shop.campaign()
    hook, real = once(lambda: opts_out(shop, account, "c00003")), shop.composer.messages

    def slow(*args: Any) -> Any:
        hook()
        return real(*args)

    shop.composer.messages = slow
    shop.run_to_its_end(campaign.id)
    assert shop.reached() == everybody(3)


def test_a_no_that_is_put_down_while_texts_are_looked_at_for_another_try_holds(shop: Shop) -> None:
    account, gateway = carrier(shop, 4, WITHOUT_KEYS)
    campaign, real = shop.campaign(), shop.composer.messages
    hook = once(lambda: opts_out(shop, account, "c00003"))

    def slow(*args: Any) -> Any:
        made = real(*args)
        hook()
        return made

    def begin() -> None:
        shop.composer.messages = slow

    gateway.before_submit, gateway.fail_before = begin, [RemoteUnavailable("throttled", "later")]
    shop.run_to_its_end(campaign.id)
    assert shop.reached() == everybody(3)


@pytest.mark.parametrize("capabilities", [KEYED, WITHOUT_KEYS], ids=["with keys", "without keys"])
def test_a_no_that_is_put_down_while_a_turn_is_waited_for_holds(shop: Shop, capabilities: GatewayCapabilities) -> None:
    account, _ = carrier(shop, 4, capabilities)
    campaign = shop.campaign()
    shop.workspace.rates.reserve(SENDER, 5, shop.clock(), LONGEST_TURN)
    hook, real = once(lambda: opts_out(shop, account, "c00003")), shop.context.wait

    def wait(seconds: float) -> None:
        hook()
        real(seconds)

    shop.context = replace(shop.context, wait=wait)
    shop.run_to_its_end(campaign.id)
    assert shop.reached() == everybody(3)


@pytest.mark.parametrize("stream", ["inbound", "complaints"])
def test_whoever_refuses_from_the_number_that_was_written_to_is_not_reached_on_a_newer_one(
    shop: Shop, stream: str
) -> None:
    """A provider's reply names a number and no customer, and the shop has another number of theirs by now."""
    account, gateway = carrier(shop, 4)
    shop.run(shop.campaign().id)
    gets(shop, account, 1, OTHER)
    refuses(shop, account, stream, "")
    gateway.accepted.clear()
    shop.run(shop.campaign().id)
    assert shop.reached() == ["c00000", "c00002", "c00003"]
    assert [one.ref.ref for one in shop.workspace.opt_outs.waiting(account, 9)] == ["c00001"]


# --- a number that is learnt after its person was written to by reference ---------------------------------------------


def by_reference(shop: Shop) -> int:
    """The first shop's only customer has no number yet; the second one's is the same person, and has it."""
    first = shop.add_account(1)
    gets(shop, first, 0, None)
    shop.add_account(1, prefix="d")
    shop.context = replace(shop.context, batch=1)
    return first


def learns(shop: Shop, account: int) -> None:
    now = replace(person("c", 0), updated_at=NOW + timedelta(seconds=2))
    shop.workspace.customers.upsert_page(account, [now], "later", NOW)


def test_a_number_that_is_learnt_between_two_batches_is_reached_once(shop: Shop) -> None:
    first = by_reference(shop)
    campaign = shop.campaign().id
    dispatch.run_batch(shop.context, campaign, -1)
    learns(shop, first)
    shop.run(campaign)
    assert shop.reached() == ["c00000"]
    assert shop.workspace.campaigns.funnel(campaign)["duplicate_number"] == 1


def test_what_was_sent_by_reference_counts_for_the_number_that_was_learnt_since(shop: Shop) -> None:
    first = by_reference(shop)
    earlier = shop.campaign()
    dispatch.run_batch(shop.context, earlier.id, -1)
    shop.set_state(earlier.id, CampaignState.PAUSED)
    shop.context = replace(shop.context, house_caps=(1, 1))
    later = shop.campaign(name="后一个")
    learns(shop, first)
    shop.run(later.id)
    assert shop.reached() == ["c00000"]


@pytest.mark.parametrize("stream", ["inbound", "complaints"])
def test_whoever_is_named_is_meant_alone_whoever_was_written_to_under_the_number(shop: Shop, stream: str) -> None:
    account, gateway = carrier(shop, 4)
    shop.run(shop.campaign().id)
    gets(shop, account, 1, OTHER)
    refuses(shop, account, stream, "c00000")
    gateway.accepted.clear()
    shop.run(shop.campaign().id)
    assert shop.reached() == everybody(4)[1:]
    assert [one.ref.ref for one in shop.workspace.opt_outs.waiting(account, 9)] == ["c00000"]


def test_another_number_of_the_same_person_is_no_change_of_hands(shop: Shop) -> None:
    """Claimed by the key that stands for the person, which is of the plain number; the row has the sealed one alone."""
    account, gateway = carrier(shop, 4, replace(KEYED, needs_phone=False, needs_platform_phone=True))
    for seconds, phone in ((1, number_of(1)), (2, None)):
        later = NOW + timedelta(seconds=seconds)
        now = replace(person("c", 1), phone=phone, platform_phone=SEALED, updated_at=later)
        shop.workspace.customers.upsert_page(account, [now], "end", NOW)
    campaign = shop.campaign()
    gateway.fail_before = [Killed()]
    with pytest.raises(Killed):
        shop.run(campaign.id)
    shop.run_to_its_end(campaign.id)
    assert shop.reached() == ["c00001"]
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 0


def test_whoever_is_erased_while_shops_are_asked_is_not_reached(shop: Shop) -> None:
    account, gateway = carrier(shop, 4)
    campaign = shop.campaign()
    shop.clock.advance(3_600)
    (erased,) = shop.workspace.customers.ids_of_refs(account, ["c00001"]).values()
    erase = once(lambda: shop.workspace.subjects.erase(erased, actor="window", at=shop.clock()))
    shop.platforms[account].before_answer = erase
    with pytest.raises(RemoteUnavailable):
        shop.run(campaign.id)
    shop.run_to_its_end(campaign.id)
    assert reached(gateway) == [number_of(0), number_of(2), number_of(3)]


class Without:
    """The customers of a workspace of which one is no longer there, once that is so."""

    def __init__(self, customers: Any) -> None:
        self.customers = customers
        self.gone: list[int] = []

    def by_ids(self, ids: Sequence[int], *, phones: bool = True) -> dict[int, Customer]:
        found: dict[int, Customer] = self.customers.by_ids(ids, phones=phones)
        return {each: customer for each, customer in found.items() if each not in self.gone}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.customers, name)


def test_whoever_is_no_longer_there_once_shops_were_asked_has_no_number(shop: Shop) -> None:
    account, _ = carrier(shop, 4)
    campaign = shop.campaign()
    shop.clock.advance(3_600)
    known = shop.workspace.customers.by_ids(
        sorted(shop.workspace.customers.ids_of_refs(account, everybody(4)).values())
    )
    customers: Any = Without(shop.workspace.customers)
    context = replace(shop.context, stores=replace(shop.context.stores, customers=customers))
    shop.platforms[account].before_answer = once(lambda: customers.gone.append(sorted(known)[1]))
    judged = ask_again(context, campaign, shop.workspace.accounts.account(account), list(known.values()))
    found = {j.customer.ref: j.decision.reason for j in judged if isinstance(j.decision, Refusal)}
    assert found == {"c00001": Reason.INVALID_PHONE}
