"""Whom a platform erased is erased here whichever way it says so, and each leaves a receipt that can be looked up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from campaign_app.domain.consent import REDACTED, ConsentStatus
from campaign_app.domain.customer import Entity
from campaign_app.domain.message import InboundMessage, Page
from campaign_app.domain.phone import Phone
from campaign_app.jobs import sync
from campaign_app.jobs.gating import pull_changes
from campaign_app.sandbox.vendors.shopify.shelf import Consent
from campaign_app.services.following import Following
from campaign_app.storage.schema_sending import inbound
from tests.helpers.shop import NOW, Shop, everybody, screen
from tests.helpers.shopify import Inside, account_of, inside

GONE = {"status": ConsentStatus.UNKNOWN, "note": REDACTED}


def following(shop: Shop) -> Following:
    workspace = shop.workspace
    return Following(workspace.accounts, workspace.opt_outs, workspace.audit)


def names(shop: Shop, account: int) -> dict[str, str]:
    people = shop.workspace.customers
    ids = people.ids_of_refs(account, everybody(4))
    return {each.ref: each.name for each in people.by_ids(list(ids.values())).values()}


def test_a_look_up_that_says_so_erases(shop: Shop) -> None:
    account = shop.add_account(4)
    shop.platforms[account].truth["c00001"] = GONE
    campaign = shop.campaign()
    assert names(shop, account)["c00001"] == ""
    assert names(shop, account)["c00002"] == "顾客2"
    (receipt,) = following(shop).erasures(account)
    assert (receipt.account_id, receipt.at) == (account, shop.clock())
    screen(shop.context, campaign.id)
    assert following(shop).erasures(account) == (receipt,), "who was erased leaves no other receipt"
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 3, "withdrawn": 1}
    shop.run(campaign.id)
    assert "c00001" not in shop.reached()


def test_a_change_that_says_so_erases_and_leaves_whoever_is_merely_unknown(shop: Shop) -> None:
    account = shop.add_account(4)
    platform = shop.platforms[account]
    platform.truth |= {"c00001": GONE, "c00002": {**GONE, "note": "missing"}}
    platform.changes += ["c00001", "c00002", "never_seen"]
    pull_changes(shop.context, shop.workspace.accounts.account(account))
    assert {ref for ref, name in names(shop, account).items() if not name} == {"c00001"}
    assert len(following(shop).erasures(account)) == 1


def test_receipts_are_those_of_the_account_and_match_the_audit(shop: Shop) -> None:
    first, second = shop.add_account(4), shop.add_account(4, prefix="d")
    for account, refs in ((first, ("c00000", "c00001")), (second, ("d00003",))):
        shop.platforms[account].redacted = refs
        shop.sync(account, full=True)
        shop.clock.advance(60)
    mine, theirs = following(shop).erasures(first), following(shop).erasures(second)
    assert (len(mine), len(theirs)) == (2, 1)
    assert [each.entry for each in mine] == sorted((each.entry for each in mine), reverse=True)
    entries = {entry.id: entry for entry in shop.workspace.audit.entries()}
    for each in (*mine, *theirs):
        assert entries[each.entry].hash.hex() == each.digest
        assert entries[each.entry].facts["ref_hmac"] == each.ref_hmac
    assert len(shop.workspace.audit.erasures(first, 1)) == 1


def test_every_receipt_is_listed_however_many_a_table_shows(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.services.following.RECEIPTS", 2)
    account, other = shop.add_account(4), shop.add_account(4, prefix="d")
    for each, prefix in ((account, "c"), (other, "d")):
        shop.platforms[each].redacted = tuple(everybody(4, prefix))
        shop.sync(each, full=True)
    found = list(following(shop).every_erasure(account))
    assert found == list(shop.workspace.audit.erasures(account, 9))
    assert (len(found), following(shop).erasures(account)) == (4, tuple(found[:2]))


def test_only_those_erased_now_are_counted(shop: Shop) -> None:
    account = shop.add_account(4)
    shop.platforms[account].redacted = ("c00001", "never_seen")
    assert [_walk(shop, account) for _ in range(2)] == [1, 0]


def _walk(shop: Shop, account: int) -> int:
    sync.begin_walk(shop.context, account, full=True)
    erased, more = 0, True
    while more:
        step = sync.sync_page(shop.context, account)
        erased, more = erased + step.erased, step.more
    return erased


# --- Shopify's own word for it, from its simulator to a receipt ------------------------------------------------------


def test_shopifys_redacted_comes_to_a_receipt(shop: Shop) -> None:
    simulated = inside(customers=40)
    account = _shopify(shop, simulated)
    assert _walk(shop, account) == 0
    customer, ref = _somebody_with_a_number(shop, account)
    _redact(simulated, ref, simulated.time[0])
    assert _walk(shop, account) == 1
    (gone,) = shop.workspace.customers.by_ids([customer]).values()
    assert (gone.name, gone.phone) == ("", None)
    (receipt,) = following(shop).erasures(account)
    assert len(bytes.fromhex(receipt.ref_hmac)) == 32
    assert shop.workspace.audit.verify()


def _shopify(shop: Shop, simulated: Inside) -> int:
    known = simulated.client._account
    shop.workspace.accounts.add_entity(Entity(known.entity_uscc, "安宁百货"))
    stored = shop.workspace.accounts.add_account(replace(account_of(known.base_url, {"key_id": known.key_id}), id=0))
    shop.platforms[stored.id] = simulated.client
    return stored.id


def _somebody_with_a_number(shop: Shop, account: int) -> tuple[int, str]:
    people = shop.workspace.customers.by_ids(range(1, 41))
    return next((each.id, each.ref) for each in people.values() if each.phone is not None)


def _redact(simulated: Inside, ref: str, at: datetime) -> None:
    shelf = next(iter(simulated.service.shops.values())).shelf
    index = shelf.index_of(ref)
    assert index is not None
    shelf.overrides[index] = Consent("REDACTED", None, at.isoformat())
    shelf.touch(index, at)


@pytest.mark.parametrize("shared", [False, True])
def test_a_providers_replies_forget_the_number_unless_another_customer_has_it(shop: Shop, *, shared: bool) -> None:
    account, _ = shop.add_account(4), shop.add_account(4, first_phone=0 if shared else 50, prefix="d")
    provider = shop.add_account(0, prefix="sms")
    number = next(iter(shop.workspace.customers.by_ids([1]).values())).phone
    said = [InboundMessage(f"r{n}", "", phone, "好的", NOW) for n, phone in enumerate((number, Phone("13700000001")))]
    shop.workspace.inbox.store_inbound(provider, Page(tuple(said), "1", more=False), (), NOW)
    shop.platforms[account].redacted = ("c00000",)
    shop.sync(account, full=True)
    with shop.workspace.database.read() as connection:
        kept = connection.execute(sa.select(inbound.c.phone_sealed, inbound.c.phone_key).order_by(inbound.c.id)).all()
    assert [row.phone_key is not None for row in kept] == [shared, True]
    assert [row.phone_sealed is not None for row in kept] == [shared, True]
