"""Sync and screening: what comes in, and a funnel that always adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_app.compliance.providers import Cap
from campaign_app.domain.campaign import Campaign, CampaignState, Stopped, Warned
from campaign_app.domain.consent import Channel, ConsentMethod, ConsentStatus
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.signature import Signature
from campaign_app.jobs import gating, screening, sync
from campaign_app.services.accounts import synced_name
from campaign_app.storage.campaigns import SqlCampaigns
from tests.fakes.remotes import ENTITY
from tests.helpers.shop import NOW, Shop, person, screen

NO_CONSENTS = Capabilities(customers=True)


def test_a_sync_goes_on_where_it_stopped(shop: Shop) -> None:
    account = shop.add_account(0)
    shop.platforms[account].people = [person("c", i) for i in range(900)]
    sync.begin_walk(shop.context, account, full=False)
    assert sync.sync_page(shop.context, account) == sync.SyncStep(400, 400, 0, more=True)
    shop.platforms[account].trouble = [RemoteUnavailable("throttled", "429")]
    with pytest.raises(RemoteUnavailable):
        sync.sync_page(shop.context, account)
    assert sync.sync_page(shop.context, account).rows == 400
    synced = synced_name(account)
    shop.workspace.accounts.set_setting(synced, None)
    assert sync.sync_page(shop.context, account) == sync.SyncStep(100, 100, 0, more=False)
    assert shop.workspace.accounts.setting(synced, None) == NOW.isoformat()
    assert shop.workspace.customers.total() == 900


def test_signatures_come_with_the_account(shop: Shop) -> None:
    account = shop.add_account(1)
    shop.platforms[account].own_signatures = (Signature("安宁百货", ENTITY, status="approved", carrier_filed=True),)
    assert sync.sync_signatures(shop.context, account) == 1
    stored = shop.workspace.accounts.register(ENTITY).signature("安宁百货", NOW)
    assert stored is not None
    assert stored.status == "approved"


def test_a_platform_without_signatures_has_none(shop: Shop) -> None:
    account = shop.add_account(1)
    shop.platforms[account].offers = NO_CONSENTS
    shop.platforms[account].own_signatures = (Signature("安宁百货", ENTITY),)
    assert sync.sync_signatures(shop.context, account) == 0
    (way,) = shop.workspace.accounts.register(ENTITY).ways
    assert (way.tells, way.read_at) == (False, NOW)


def test_a_provider_without_customers_is_synced_once_its_signatures_are_read(shop: Shop) -> None:
    account = shop.add_account(0)
    shop.platforms[account].offers = replace(NO_CONSENTS, customers=False)
    sync.sync_signatures(shop.context, account)
    assert shop.workspace.accounts.setting(f"account.{account}.synced", None) == NOW.isoformat()


REFUSED = {
    "c00001": ({"status": ConsentStatus.NO_RECORD}, "no_record"),
    "c00002": ({"method": ConsentMethod.PRE_TICKED}, "default_consent"),
    "c00003": ({"status": ConsentStatus.WITHDRAWN}, "withdrawn"),
    "c00004": ({"purposes": frozenset({"finance"})}, "wrong_purpose"),
    "c00005": ({"channel": Channel.EMAIL}, "wrong_channel"),
    "c00006": ({"entity_uscc": "91330100MA0000002X"}, "wrong_entity"),
    "c00007": ({"expires_at": NOW}, "expired"),
    "c00008": ({"evidence": None, "status": ConsentStatus.UNKNOWN}, "unknown"),
    "c00009": ({"obtained_at": NOW + timedelta(days=1)}, "future_dated"),
}


def test_the_funnel_names_every_reason_and_adds_up(shop: Shop) -> None:
    account = shop.add_account(2_050)
    shop.platforms[account].truth = {ref: change for ref, (change, _) in REFUSED.items()}
    shop.composer.banned = {"顾客2000您"}
    campaign = shop.campaign(state=CampaignState.SCREENED)
    funnel = shop.workspace.campaigns.funnel(campaign.id)
    expected = {reason: 1 for _, reason in REFUSED.values()} | {"content": 1}
    assert funnel == expected | {"ok": 2_050 - len(expected)}
    assert shop.workspace.campaigns.stopped(campaign.id, range(2_050)) == {2_000: Stopped(("BAN-001",), "v1")}
    assert shop.workspace.campaigns.campaign(campaign.id).snapshot_size == 2_050


def test_a_ref_that_the_answer_forgot_is_asked_once_more(shop: Shop) -> None:
    account = shop.add_account(3)
    shop.platforms[account].unproven_once = {"c00001"}
    campaign = shop.campaign()
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 3}


def test_what_proves_a_second_answer_is_kept_as_that_of_the_first(shop: Shop) -> None:
    account = shop.add_account(3)
    shop.platforms[account].unproven_once = {"c00001"}
    shop.campaign()
    latest = shop.workspace.facts.latest([1, 2, 3])
    receipts = [shop.workspace.facts.receipt(fact_id) for fact_id, _ in latest.values()]
    assert [each and each.receipt_id for each in receipts] == ["p1-1", "p1-2", "p1-1"]


def test_a_platform_that_knows_no_consents_is_asked_once_and_confirms_nobody(shop: Shop) -> None:
    account = shop.add_account(3)
    platform = shop.platforms[account]
    platform.offers, nobody = NO_CONSENTS, {"evidence": None, "status": ConsentStatus.UNKNOWN, "note": "no_consent_api"}
    platform.truth = {person("c", i).ref: nobody for i in range(3)}
    campaign = shop.campaign(state=CampaignState.SCREENED)
    assert shop.workspace.campaigns.funnel(campaign.id) == {"unknown": 3}
    assert len(platform.asked) == 3


def test_screening_again_judges_anew(shop: Shop) -> None:
    account = shop.add_account(3)
    campaign = shop.campaign(state=CampaignState.SCREENED)
    shop.clock.advance(11 * 60)
    shop.platforms[account].truth["c00000"] = {"status": ConsentStatus.PENDING}
    assert screen(shop.context, campaign.id) == {"ok": 2, "pending": 1}


def test_a_draft_without_text_can_be_screened(shop: Shop) -> None:
    shop.add_account(3)
    campaign = shop.campaign(body="", state=CampaignState.SCREENED)
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 3}


def test_an_empty_audience_is_screened_too(shop: Shop) -> None:
    shop.add_account(0)
    campaign = shop.campaign(state=CampaignState.SCREENED)
    assert shop.workspace.campaigns.funnel(campaign.id) == {}


def test_a_screening_that_was_overtaken_leaves_the_state_alone(shop: Shop) -> None:
    shop.add_account(1)
    campaign = shop.campaign(state=CampaignState.CANCELLED)
    assert screening.finish_screening(shop.context, campaign.id) == {"ok": 1}
    assert shop.state(campaign.id)[0] is CampaignState.CANCELLED


def test_numbers_are_unsealed_for_senders_that_need_them_only(shop: Shop) -> None:
    account_id = shop.add_account(2)
    shop.platforms[account_id].people = [replace(person("n", 0), phone=None)]
    shop.workspace.customers.upsert_page(account_id, shop.platforms[account_id].people, "", shop.clock())
    assert shop.workspace.campaigns.funnel(shop.campaign().id) == {"ok": 3}
    gateway = shop.gateways[account_id]
    gateway.capabilities = replace(gateway.capabilities, needs_phone=True)
    campaign = shop.campaign()
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 2, "invalid_phone": 1}
    shop.run(campaign.id)
    phones = [m.recipient.phone for batch in gateway.accepted.values() for m in batch]
    assert phones == [person("c", 0).phone, person("c", 1).phone]


def test_a_step_has_several_chunks(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "CHUNK", 2)
    shop.add_account(9)
    campaign = shop.campaign(state=CampaignState.SCREENING, screened=False)
    size = screening.take_snapshot(shop.context, campaign.id)
    assert [screening.screen_chunks(shop.context, campaign.id, first, size, 3) for first in (0, 6)] == [6, 3]
    assert screening.finish_screening(shop.context, campaign.id) == {"ok": 9}


def test_a_stopped_screening_judges_nobody_more_and_is_a_draft_again(shop: Shop) -> None:
    shop.add_account(3)
    campaign = shop.campaign(state=CampaignState.SCREENING, screened=False)
    screening.take_snapshot(shop.context, campaign.id)
    store = shop.workspace.campaigns
    store.update(replace(store.campaign(campaign.id), state_note="stopping"), expected=CampaignState.SCREENING)
    assert screening.screen_chunk(shop.context, campaign.id, 0) == 0
    assert screening.finish_screening(shop.context, campaign.id) == {"unscreened": 3}
    assert shop.state(campaign.id) == (CampaignState.DRAFT, "by_user")


def test_whoever_stops_a_screening_as_it_ends_has_stopped_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their press is in the audit: what they see behind it is what it says."""
    shop.add_account(3)
    campaign = shop.campaign(state=CampaignState.SCREENING, screened=False)
    screening.screen_chunk(shop.context, campaign.id, screening.take_snapshot(shop.context, campaign.id))
    read = SqlCampaigns.campaign

    def stopped_then(store: SqlCampaigns, campaign_id: int) -> Campaign:
        monkeypatch.setattr(SqlCampaigns, "campaign", read)
        found = store.campaign(campaign_id)
        store.update(replace(found, state_note="stopping"), expected=CampaignState.SCREENING)
        return found

    monkeypatch.setattr(SqlCampaigns, "campaign", stopped_then)
    screening.finish_screening(shop.context, campaign.id)
    assert shop.state(campaign.id) == (CampaignState.DRAFT, "by_user")


def test_a_cancelled_campaign_is_not_judged_any_more(shop: Shop) -> None:
    shop.add_account(3)
    campaign = shop.campaign(state=CampaignState.CANCELLED, screened=False)
    screening.take_snapshot(shop.context, campaign.id)
    assert screening.screen_chunk(shop.context, campaign.id, 0) == 0


def test_only_a_confirmed_decision_is_a_recipient(shop: Shop) -> None:
    account_id = shop.add_account(1)
    shop.platforms[account_id].truth["c00000"] = {"status": ConsentStatus.DECLINED}
    campaign = shop.campaign()
    account = shop.workspace.accounts.account(account_id)
    customers = list(shop.workspace.customers.by_ids([1]).values())
    (judged,) = gating.judge_all(
        shop.context, campaign, account, customers, shop.workspace.facts.latest([1]), timedelta(days=1)
    )
    with pytest.raises(TypeError, match="not confirmed"):
        gating.sealed(judged)


@pytest.mark.parametrize(
    ("caps", "days", "expected"),
    [
        ((1, 0), 1, {"house_cap": 3}),
        ((1, 0), 8, {"ok": 3}),
        ((0, 1), 8, {"house_cap": 3}),
        ((0, 2), 8, {"ok": 3}),
        ((2, 2), 1, {"ok": 3}),
    ],
)
def test_the_merchants_own_caps_keep_people_out_after_the_gate(
    shop: Shop, caps: tuple[int, int], days: int, expected: dict[str, int]
) -> None:
    shop.add_account(3)
    shop.context = replace(shop.context, house_caps=caps)
    shop.run(shop.campaign().id)
    shop.clock.advance(days * 86_400)
    again = shop.campaign(name="下一次", state=CampaignState.SCREENED)
    assert shop.workspace.campaigns.funnel(again.id) == expected


@pytest.mark.parametrize(
    ("caps", "hours", "expected"),
    [
        ([(1, 60)], 0.5, {"provider_cap": 3}),
        ([(1, 60)], 2, {"ok": 3}),
        ([(2, 60), (1, 1440)], 2, {"provider_cap": 3}),
        ([(2, 1440)], 2, {"ok": 3}),
    ],
)
def test_what_the_sms_provider_would_drop_is_not_sent(
    shop: Shop, caps: list[tuple[int, int]], hours: float, expected: dict[str, int]
) -> None:
    shop.add_account(3)
    known = tuple(Cap(most=most, minutes=minutes, what="") for most, minutes in caps)
    shop.context = replace(shop.context, provider_caps=lambda account_id: known if account_id else ())
    shop.run(shop.campaign().id)
    shop.clock.advance(hours * 3600)
    again = shop.campaign(name="下一次", state=CampaignState.SCREENED)
    assert shop.workspace.campaigns.funnel(again.id) == expected


def test_who_said_no_is_told_as_such_whatever_the_sms_provider_would_drop(shop: Shop) -> None:
    account = shop.add_account(3)
    shop.context = replace(shop.context, provider_caps=lambda _: (Cap(most=1, minutes=7 * 1440, what=""),))
    shop.run(shop.campaign().id)
    shop.platforms[account].truth["c00001"] = {"status": ConsentStatus.DECLINED}
    shop.clock.advance(2 * 86_400)
    again = shop.campaign(name="下一次", state=CampaignState.SCREENED)
    assert shop.workspace.campaigns.funnel(again.id) == {"provider_cap": 2, "declined": 1}


def test_a_screening_keeps_the_warnings_of_those_who_would_get_it_and_forgets_older_ones(shop: Shop) -> None:
    account = shop.add_account(4)
    shop.composer.odd = {"顾客1您": "URG-001", "顾客2您": "PRC-001", "顾客3您": "ABS-002"}
    shop.composer.banned = {"顾客3您"}
    shop.platforms[account].truth["c00002"] = {"status": ConsentStatus.DECLINED}
    campaign = shop.campaign(state=CampaignState.SCREENED)
    store = shop.workspace.campaigns
    assert store.warnings(campaign.id) == {"URG-001": Warned("URG-001", 2)}
    screening.screen_chunk(shop.context, campaign.id, 0)
    assert store.warnings(campaign.id) == {"URG-001": Warned("URG-001", 2)}
    shop.composer.odd = {}
    screen(shop.context, campaign.id)
    assert store.warnings(campaign.id) == {}
