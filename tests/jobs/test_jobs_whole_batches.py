"""A batch that a sender refuses as one, or says nothing of, stops the campaign; nobody loses their message by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from unittest.mock import Mock

import pytest

from campaign_app.consent import Outgoing
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.message import SubmitOutcome
from campaign_app.jobs import dispatch, once, settling
from campaign_app.jobs.reconciling import reconcile
from campaign_app.jobs.settling import Settled
from tests.helpers.carrier import LOST, Carrier, counts, unfit
from tests.helpers.shop import Shop, everybody


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
    shop: Shop, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a template that is withdrawn while it is sent; whoever lets it go on without one was told."""
    monkeypatch.setattr(once, "MANY", 2)
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


@pytest.mark.parametrize(
    ("hidden", "ended", "unknown"),
    [
        ((0, 2), (CampaignState.WAITING, "unknown_outcomes"), 2),  # of each somebody has an outcome
        ((0, 1, 4, 5), (CampaignState.WAITING, "unknown_outcomes"), 4),  # between them one is clear
        ((0, 2, 3, 4, 5), (CampaignState.PAUSED, "unclear_batches"), 5),  # behind one of which somebody has an outcome
    ],
)
def test_only_two_batches_running_of_which_nobody_has_an_outcome_stop_the_campaign(
    shop: Shop, hidden: tuple[int, ...], ended: tuple[CampaignState, str], unknown: int
) -> None:
    account = shop.add_account(8)
    carrier = shop.gateways[account] = Carrier(account)
    carrier.hidden = {everybody(8)[each] for each in hidden}
    carrier.fail_after = [LOST, LOST, LOST]
    campaign = shop.campaign()
    shop.run(campaign.id)
    assert shop.state(campaign.id) == ended
    assert counts(shop, campaign.id)["unknown"] == unknown
    assert len(carrier.accepted) == (3 if ended[0] is CampaignState.PAUSED else 4)


def test_what_is_refused_for_several_reasons_is_refused_for_the_people(
    shop: Shop, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "MANY", 2)
    for at, code in enumerate(("isv.MOBILE_NUMBER_ILLEGAL", "isv.OUT_OF_SERVICE")):
        unfit(carrier, [everybody(5)[at]], code)
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 3, "rejected": 2}


def test_of_a_few_the_reason_may_be_theirs(shop: Shop, carrier: Carrier) -> None:
    unfit(carrier, everybody(5)[2:], "isv.MOBILE_NUMBER_ILLEGAL")
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert counts(shop, campaign.id) == {"submitted": 5, "accepted": 2, "rejected": 3}


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
