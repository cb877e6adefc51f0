"""A sender without idempotency keys: nothing it may have taken is handed over again, what it refused is not lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Composed, InboundMessage, Outcome
from campaign_app.jobs import dispatch, following, poll
from campaign_app.jobs.reconciling import reconcile
from campaign_app.jobs.settling import Settled
from tests.helpers.carrier import LOST, ONCE, Carrier, counts
from tests.helpers.shop import Shop, everybody

BUSY = RemoteUnavailable("throttled", "429")


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


def test_what_was_said_of_a_part_of_a_batch_holds_whatever_becomes_of_the_rest(shop: Shop, carrier: Carrier) -> None:
    """Nor is it asked for again: a sender may find nothing, or something else."""
    carrier.room, carrier.hidden = [1, 1], set(everybody(5))
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert (shop.reached(), carrier.lookups) == (everybody(5), [])


def test_what_an_account_wide_refusal_stopped_leaves_once_a_person_goes_on(shop: Shop, carrier: Carrier) -> None:
    carrier.fail_before = [RemoteRefused("balance", "402", account_wide=True)]
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "account_refused:balance")
    assert shop.reached() == []
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)


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
