"""An adapter of somebody else answers for other people than it was asked about: nobody is judged by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef
from campaign_app.domain.ports import ConsentAnswers
from campaign_app.jobs.gating import pull_changes
from tests.helpers.shop import Shop, screen


def crooked(shop: Shop, account: int, ref: str, told_of: str | None) -> None:
    """What is asked about `ref` is answered with a fact of `told_of`; with none where that is None."""
    platform = shop.platforms[account]
    straight = platform.consents

    def consents(refs: Sequence[CustomerRef]) -> ConsentAnswers:
        answers = straight(refs)
        facts = dict(answers.facts)
        given = facts.pop(CustomerRef(account, ref), None)
        if given is not None and told_of is not None:
            facts[CustomerRef(account, ref)] = replace(given, ref=CustomerRef(account, told_of))
        return ConsentAnswers(facts, answers.receipts)

    platform.consents = consents


def history(shop: Shop, account: int, ref: str) -> list[ConsentFact]:
    (customer,) = shop.workspace.customers.ids_of_refs(account, [ref]).values()
    return [fact for _, fact in shop.workspace.facts.history(customer)]


@pytest.mark.parametrize("told_of", ["c00000", None])
def test_a_fact_of_another_than_was_asked_about_confirms_neither(shop: Shop, told_of: str | None) -> None:
    account = shop.add_account(4)
    shop.platforms[account].truth["c00000"] = {"status": ConsentStatus.UNKNOWN}
    crooked(shop, account, "c00001", told_of)
    campaign = shop.campaign(screened=False, state=CampaignState.DRAFT)
    assert screen(shop.context, campaign.id) == {"unknown": 2, "ok": 2}
    assert {fact.status for fact in history(shop, account, "c00000")} == {ConsentStatus.UNKNOWN}
    assert [(fact.status, fact.note) for fact in history(shop, account, "c00001")] == [
        (ConsentStatus.UNKNOWN, "missing")
    ]


@pytest.mark.parametrize("told_of", ["c00000", None])
def test_a_change_that_is_answered_for_another_is_not_read(shop: Shop, told_of: str | None) -> None:
    """What was known of the person counts no more, and the twins of nobody are let through by it."""
    account = shop.add_account(4)
    campaign = shop.campaign()
    before = len(history(shop, account, "c00000"))
    crooked(shop, account, "c00001", told_of)
    shop.platforms[account].changes.append("c00001")
    assert not pull_changes(shop.context, shop.workspace.accounts.account(account))
    assert len(history(shop, account, "c00000")) == before
    assert history(shop, account, "c00001")[-1].status is ConsentStatus.UNKNOWN
    shop.run(campaign.id)
    assert shop.reached() == ["c00000", "c00002", "c00003"]
