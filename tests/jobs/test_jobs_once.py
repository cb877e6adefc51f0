"""A sender without idempotency keys: nothing it may have taken is handed over again, what it refused is not lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from campaign_app.consent import Outgoing
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Composed, InboundMessage, Outcome, SubmitOutcome
from campaign_app.jobs import dispatch, following, poll, settling
from campaign_app.jobs.ports import GatewayCapabilities, Sent
from campaign_app.jobs.reconciling import reconcile
from campaign_app.jobs.settling import Settled
from tests.fakes.remotes import FakeGateway
from tests.helpers.shop import Shop, everybody

ONCE = GatewayCapabilities(
    simulated=True, needs_phone=True, batch_max=2, idempotent=False, lookup=True, streams=frozenset(), follow=True
)
BUSY = RemoteUnavailable("throttled", "429")
LOST = OutcomeUnknown("timeout", "No answer in time")


@dataclass
class Carrier(FakeGateway):
    """Takes whatever it is handed, as often as it is handed; `room` messages a call, `hidden` ones cannot be found."""

    capabilities: GatewayCapabilities = ONCE
    room: list[int] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    ends: dict[str, Outcome] = field(default_factory=dict)

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        if self.before_submit:
            self.before_submit()
        self.submits.append(key)
        if self.fail_before:
            raise self.fail_before.pop(0)
        taken = messages[: self.room.pop(0)] if self.room else messages
        self.accepted.setdefault(key, []).extend(taken)
        if self.fail_after:
            raise self.fail_after.pop(0)
        return tuple(SubmitOutcome(m.message_id, Outcome.ACCEPTED) for m in taken)

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:
        self.lookups.append(key)
        self.asked_for.append(tuple(sent))
        if self.fail_lookup:
            raise self.fail_lookup.pop(0)
        known = {
            m.message_id: m.recipient for m in self.accepted.get(key, ()) if m.recipient.ref.ref not in self.hidden
        }
        return tuple(
            SubmitOutcome(one.message_id, self.ends.get(known[one.message_id].ref.ref, Outcome.ACCEPTED))
            for one in sent
            if one.message_id in known and one.phone == known[one.message_id].phone
        )


@pytest.fixture
def carrier(shop: Shop) -> Iterator[Carrier]:
    account = shop.add_account(5)
    made = shop.gateways[account] = Carrier(account)
    yield made
    assert shop.reached() == sorted(set(shop.reached())), "somebody was sent to twice"


def counts(shop: Shop, campaign_id: int) -> dict[str, int]:
    return {word: n for word, n in shop.workspace.inbox.counts(campaign_id).items() if n}


def test_everybody_gets_one_message_in_batches_that_the_sender_can_take(shop: Shop, carrier: Carrier) -> None:
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)
    assert [len(batch) for batch in carrier.accepted.values()] == [2, 2, 1]
    assert carrier.lookups == []


def test_what_was_taken_unanswered_is_found_by_number_and_never_handed_over_again(shop: Shop, carrier: Carrier) -> None:
    carrier.fail_after = [LOST]
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert (shop.reached(), len(carrier.submits)) == (everybody(5), 3)
    assert all(one.phone is not None for one in carrier.asked_for[0])
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 5}


def test_what_is_found_nowhere_is_left_to_a_person_and_never_handed_over_again(shop: Shop, carrier: Carrier) -> None:
    carrier.fail_before = [LOST]
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "unknown_outcomes")
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 3, "unknown": 2}
    assert shop.reached() == everybody(5)[2:]


def test_a_worker_that_was_killed_after_the_claim_hands_nothing_over_again(shop: Shop, carrier: Carrier) -> None:
    carrier.fail_after = [KeyboardInterrupt()]  # type: ignore[list-item]
    campaign = shop.campaign()
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert (shop.reached(), len(carrier.submits)) == (everybody(5), 3)


@pytest.mark.parametrize("refusal", [BUSY, RemoteRefused("bad_request", "400")])
def test_what_was_plainly_refused_is_handed_over_again(shop: Shop, carrier: Carrier, refusal: Exception) -> None:
    carrier.fail_before = [refusal, refusal]
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)
    assert carrier.lookups == []


def test_of_two_workers_one_hands_over_what_was_not_taken(shop: Shop, carrier: Carrier) -> None:
    """The other stood still between its look at the note and its request."""
    campaign = shop.campaign()
    carrier.fail_before = [BUSY]
    real, others = shop.context.composer.messages, ["there"]

    def messages(*args: Any) -> list[Composed]:
        if carrier.submits and others:
            (submission,) = shop.workspace.ledger.unsettled(campaign.id)[:1]
            ids = shop.workspace.ledger.message_ids(submission.id)
            assert shop.workspace.accounts.take_setting(f"untaken.{submission.key}", ids) is bool(others.pop())
            assert not shop.workspace.accounts.take_setting(f"untaken.{submission.key}", ids)
        return list(real(*args))

    shop.composer.messages = messages
    shop.run(campaign.id)
    first = carrier.submits[0]
    assert carrier.submits.count(first) == 1, "and then it was looked up"
    assert first in carrier.lookups


def test_of_a_batch_that_was_taken_in_part_the_rest_follows(shop: Shop, carrier: Carrier) -> None:
    carrier.room = [1, 1]
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert (shop.reached(), len(carrier.submits)) == (everybody(5), 4)


def test_what_an_account_wide_refusal_stopped_leaves_once_a_person_goes_on(shop: Shop, carrier: Carrier) -> None:
    carrier.fail_before = [RemoteRefused("balance", "402", account_wide=True)]
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "account_refused:balance")
    assert shop.reached() == []
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)


def unfit(carrier: Carrier, who: Collection[str], code: str = "no_template") -> None:
    """No template gives the texts of these people, or they are refused otherwise; a request goes out for the others."""
    taking = carrier.submit

    def submit(key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        fit = [m for m in messages if m.recipient.ref.ref not in who]
        found = {each.message_id: each for each in (taking(key, fit) if fit else ())}
        refused = SubmitOutcome("", Outcome.REJECTED, code=code)
        return tuple(found.get(m.message_id) or replace(refused, message_id=m.message_id) for m in messages)

    carrier.submit = submit  # type: ignore[method-assign]


def test_a_batch_that_no_template_gives_stops_the_campaign_and_costs_nobody_their_message(
    shop: Shop, carrier: Carrier
) -> None:
    taking = carrier.submit
    unfit(carrier, everybody(5))
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "account_refused:template_unfit")
    assert counts(shop, campaign.id) == {"submitted": 2, "unknown": 2}
    carrier.submit = taking  # type: ignore[method-assign]
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 5}


def test_a_reason_that_refuses_everybody_stops_the_campaign_and_costs_nobody_their_message(
    shop: Shop, carrier: Carrier
) -> None:
    """Such as a template that is withdrawn while it is sent; whoever lets it go on without one was told."""
    taking = carrier.submit
    unfit(carrier, everybody(5)[:4], "isv.SMS_TEMPLATE_ILLEGAL")
    campaign = shop.campaign()
    for found in ({"unknown": 2}, {"rejected": 2, "unknown": 2}):
        assert shop.run(campaign.id).step is dispatch.Step.STOPPED
        assert shop.state(campaign.id) == (CampaignState.PAUSED, "refused:batch_refused=isv.SMS_TEMPLATE_ILLEGAL")
        assert counts(shop, campaign.id) == {"submitted": sum(found.values()), **found}
        shop.set_state(campaign.id, CampaignState.SENDING)
    carrier.submit = taking  # type: ignore[method-assign]
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 3, "rejected": 2}


def test_a_sender_that_answers_for_nobody_is_handed_two_batches_and_no_more(shop: Shop, carrier: Carrier) -> None:
    carrier.hidden = set(everybody(5))
    carrier.fail_after = [LOST, LOST, LOST]
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "unclear_batches")
    assert counts(shop, campaign.id) == {"submitted": 4, "unknown": 4}
    carrier.fail_after = []
    shop.set_state(campaign.id, CampaignState.SENDING)
    shop.run(campaign.id)
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 1, "unknown": 4}


def test_of_one_alone_the_reason_may_be_theirs(shop: Shop, carrier: Carrier) -> None:
    unfit(carrier, everybody(5)[4:], "isv.MOBILE_NUMBER_ILLEGAL")
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 4, "rejected": 1}


def test_whoever_lets_it_go_on_without_a_template_is_asked_at_every_such_batch(shop: Shop, carrier: Carrier) -> None:
    unfit(carrier, everybody(5)[:4])
    campaign = shop.campaign()
    rejected = []
    for _ in range(2):
        assert shop.run(campaign.id).step is dispatch.Step.STOPPED
        assert shop.state(campaign.id) == (CampaignState.PAUSED, "account_refused:template_unfit")
        rejected.append(counts(shop, campaign.id).get("rejected", 0))
        shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert rejected == [0, 2]
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 1, "rejected": 4}


@pytest.mark.parametrize("last", ["put_aside", "tell_unfit"])
def test_a_worker_that_was_killed_while_it_stopped_for_no_template_costs_nobody_their_message(
    shop: Shop, carrier: Carrier, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    taking = carrier.submit
    unfit(carrier, everybody(5))
    campaign = shop.campaign()
    with monkeypatch.context() as patched:
        patched.setattr(settling, last, Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            shop.run(campaign.id)
    shop.run(campaign.id)
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "account_refused:template_unfit")
    shop.set_state(campaign.id, CampaignState.SENDING)
    carrier.submit = taking  # type: ignore[method-assign]
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 5}


def test_a_batch_that_no_template_gives_can_be_cancelled(shop: Shop, carrier: Carrier) -> None:
    unfit(carrier, everybody(5))
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "by_user")
    assert counts(shop, campaign.id) == {"withheld": 2}


def test_a_few_whom_no_template_fits_are_rejected_and_stop_nobody(shop: Shop, carrier: Carrier) -> None:
    unfit(carrier, everybody(5)[:1])
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 4, "rejected": 1}


@pytest.mark.parametrize("note", ["by_user", "account_refused:template_unfit"])
def test_whoever_stopped_it_meanwhile_was_told_of_no_template_of_this_batch(
    shop: Shop, carrier: Carrier, note: str
) -> None:
    """Be it another flow of the campaign, for a batch of its own."""
    unfit(carrier, everybody(5))
    campaign, refusing = shop.campaign(), carrier.submit
    campaigns = shop.context.stores.campaigns

    def submit(key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        stopped = replace(campaigns.campaign(campaign.id), state=CampaignState.PAUSED, state_note=note)
        campaigns.update(stopped, expected=CampaignState.SENDING)
        return refusing(key, messages)

    carrier.submit = submit  # type: ignore[method-assign]
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    carrier.submit = refusing  # type: ignore[method-assign]
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "account_refused:template_unfit")
    assert counts(shop, campaign.id).get("rejected", 0) == 0


def test_whoever_opted_out_before_it_is_handed_over_again_is_withheld_at_once(shop: Shop, carrier: Carrier) -> None:
    shop.context = replace(shop.context, wait=lambda _: shop.platforms[carrier.account_id].changes.append("c00000"))
    carrier.fail_before = [BUSY]
    campaign = shop.campaign()
    shop.platforms[carrier.account_id].truth["c00000"] = {"status": ConsentStatus.CONFIRMED}
    carrier.before_submit = lambda: (
        shop.platforms[carrier.account_id].truth["c00000"].update(status=ConsentStatus.WITHDRAWN)
    )
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)[1:]
    assert counts(shop, campaign.id)["withheld"] == 1


def test_a_stale_batch_asks_the_gate_and_leaves(shop: Shop, carrier: Carrier) -> None:
    campaign = shop.campaign()
    messages, pauses = shop.context.composer.messages, [61.0]

    class Slow:
        def messages(self, *asked: object) -> object:
            shop.clock.advance(pauses.pop() if pauses else 0)
            return messages(*asked)  # type: ignore[arg-type]

    shop.context = replace(shop.context, composer=Slow())  # type: ignore[arg-type]
    assert dispatch.run_batch(shop.context, campaign.id, -1).step is dispatch.Step.ON
    assert shop.reached() == everybody(5)[:2]
    assert carrier.lookups == []


def test_nothing_leaves_once_the_campaign_was_paused(shop: Shop, carrier: Carrier) -> None:
    carrier.fail_before = [BUSY]
    campaign = shop.campaign()
    shop.platforms[carrier.account_id].before_answer = lambda: (
        shop.set_state(campaign.id, CampaignState.PAUSED) if carrier.submits else None
    )
    shop.platforms[carrier.account_id].changes = []
    shop.context = replace(shop.context, wait=lambda _: shop.platforms[carrier.account_id].changes.append("c00001"))
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert len(carrier.submits) == 1


def test_a_cancel_withholds_what_was_refused_and_looks_for_the_rest(shop: Shop, carrier: Carrier) -> None:
    campaign = shop.campaign()
    carrier.fail_before = [RemoteRefused("balance", "402", account_wide=True)]
    shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert counts(shop, campaign.id) == {"withheld": 2}
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "by_user")


def test_a_cancel_leaves_unknown_what_is_found_nowhere(shop: Shop, carrier: Carrier) -> None:
    campaign = shop.campaign()
    carrier.fail_before = [LOST]
    shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    assert [reconcile(shop.context, campaign.id, looks) for looks in range(3)][-1] is Settled.DONE
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "unknown_outcomes")
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 3, "unknown": 2}


def test_a_sender_without_look_up_leaves_what_it_may_have_taken_to_a_person(shop: Shop, carrier: Carrier) -> None:
    carrier.capabilities = replace(ONCE, lookup=False)
    carrier.fail_after = [LOST]
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert (carrier.lookups, len(carrier.submits)) == ([], 3)
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 3, "unknown": 2}


def test_a_sender_that_goes_by_refs_is_told_no_numbers(shop: Shop, carrier: Carrier) -> None:
    carrier.capabilities = replace(ONCE, needs_phone=False)
    carrier.fail_after = [LOST]
    campaign = shop.campaign()
    shop.run(campaign.id)
    assert {one.phone for one in carrier.asked_for[0]} == {None}


# --- what became of them, where the sender hands out no reports ---


def test_the_end_of_every_message_is_looked_up_in_turn(shop: Shop, carrier: Carrier) -> None:
    campaign = shop.campaign()
    shop.run(campaign.id)
    carrier.ends = {"c00000": Outcome.DELIVERED, "c00004": Outcome.FAILED}
    three_at_once = [following.follow_up(shop.context, carrier.account_id, carrier, most=3) for _ in range(2)]
    assert three_at_once == [1, 1]
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 5, "delivered": 1, "failed": 1}
    carrier.ends = dict.fromkeys(everybody(5), Outcome.DELIVERED)
    assert poll.poll_reports(shop.context, carrier.account_id) == 3
    assert poll.poll_reports(shop.context, carrier.account_id) == 0


def test_nobody_is_asked_for_longer_than_a_receipt_takes(shop: Shop, carrier: Carrier) -> None:
    shop.run(shop.campaign().id)
    shop.clock.advance(following.AWAITED.total_seconds() + 1)
    assert poll.poll_reports(shop.context, carrier.account_id) == 0
    assert carrier.lookups == []


def test_a_poll_settles_what_was_unknown(shop: Shop, carrier: Carrier) -> None:
    carrier.fail_after, carrier.hidden = [LOST], {"c00000", "c00001"}
    campaign = shop.campaign()
    shop.run(campaign.id)
    assert shop.state(campaign.id)[1] == "unknown_outcomes"
    carrier.hidden.clear()
    shop.clock.advance(timedelta(minutes=5).total_seconds())
    poll.poll_reports(shop.context, carrier.account_id)
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 5}
    assert shop.workspace.ledger.unsettled(campaign.id) == ()


def test_a_sender_that_is_followed_hands_in_the_lists_that_it_has(shop: Shop, carrier: Carrier) -> None:
    carrier.capabilities = replace(ONCE, streams=frozenset({"inbound"}))
    shop.run(shop.campaign().id)
    carrier.stream["inbound"] = [InboundMessage("i1", "c00000", None, "退订", shop.clock())]
    carrier.ends = {"c00001": Outcome.DELIVERED}
    assert poll.poll_reports(shop.context, carrier.account_id) == 1
    assert poll.poll_inbound(shop.context, carrier.account_id) == 1
