"""Customers come in by walks: everybody once, then what changed, from whatever page somebody was interrupted at."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.domain.consent import ConsentStatus, CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.customer import Told
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import InboundMessage
from campaign_app.jobs import sync
from campaign_app.jobs.gating import pull_changes
from campaign_app.jobs.poll import read_refusals
from campaign_app.services.accounts import synced_name
from tests.fakes.remotes import ENTITY, EVERYTHING
from tests.helpers.shop import NOW, Shop, everybody, open_shop, person
from tests.helpers.staged import FILED


class Killed(BaseException):
    """The process is gone."""


def walk(shop: Shop, account: int) -> sync.Walk:
    found = sync.Walk.read(shop.workspace.accounts.cursor(account, "customers"))
    assert found is not None
    return found


def test_the_first_walk_is_over_everybody_and_the_next_over_what_changed_since(shop: Shop) -> None:
    account = shop.add_account(900)
    platform = shop.platforms[account]
    assert platform.since == [None] * 3
    shop.clock.advance(7_200)
    platform.people[5] = replace(platform.people[5], name="改名", updated_at=shop.clock())
    platform.since.clear()
    shop.sync(account)
    assert platform.since == [NOW - sync.OVERLAP]
    (found,) = shop.workspace.customers.by_ids(
        [shop.workspace.customers.ids_of_refs(account, ["c00005"])["c00005"]]
    ).values()
    assert found.name == "改名"
    assert shop.workspace.accounts.setting(synced_name(account), "") == shop.clock().isoformat()


def test_rows_of_numbers_alone_are_no_customers(shop: Shop) -> None:
    account = shop.add_account(3)
    platform = shop.platforms[account]
    platform.people = [replace(each, told=Told.NUMBER) for each in platform.people]
    sync.begin_walk(shop.context, account, full=True)
    step = sync.sync_page(shop.context, account)
    assert (step.rows, step.new, step.more) == (0, 0, False)


def test_what_changed_while_a_walk_was_under_way_is_in_the_next_one(shop: Shop) -> None:
    account = shop.add_account(900)
    begun = walk(shop, account).begun
    shop.clock.advance(86_400)
    sync.begin_walk(shop.context, account, full=False)
    assert walk(shop, account).since == begun - sync.OVERLAP


def test_everybody_is_walked_over_on_demand(shop: Shop) -> None:
    account = shop.add_account(900)
    shop.platforms[account].since.clear()
    shop.sync(account, full=True)
    assert shop.platforms[account].since == [None] * 3


def test_a_walk_over_everybody_takes_the_place_of_an_interrupted_one_over_some(shop: Shop) -> None:
    account = shop.add_account(900)
    for full, since in ((False, NOW - sync.OVERLAP), (True, None), (False, None), (True, None)):
        sync.begin_walk(shop.context, account, full=full)
        assert walk(shop, account).since == since


def test_a_cursor_of_an_earlier_version_is_no_walk(shop: Shop) -> None:
    account = shop.add_account(3)
    shop.workspace.customers.upsert_page(account, (), "cu1f4", NOW)
    assert sync.sync_page(shop.context, account) == sync.SyncStep(0, 0, 0, more=False)
    shop.sync(account)
    assert walk(shop, account) == sync.Walk(NOW, None, "3", ended=True)


def test_a_cursor_that_the_platform_forgot_begins_the_walk_anew(shop: Shop) -> None:
    account = shop.add_account(900)
    platform = shop.platforms[account]
    sync.begin_walk(shop.context, account, full=True)
    sync.sync_page(shop.context, account)
    platform.forgotten.add("400")
    assert sync.sync_page(shop.context, account).more
    assert (walk(shop, account).cursor, walk(shop, account).restarts) == ("", 1)
    platform.forgotten.clear()
    while sync.sync_page(shop.context, account).more:
        pass
    assert walk(shop, account).ended


def test_a_platform_that_never_keeps_its_cursors_is_given_up(shop: Shop) -> None:
    account = shop.add_account(900)
    shop.platforms[account].forgotten.add("400")
    sync.begin_walk(shop.context, account, full=True)
    with pytest.raises(RemoteRefused):
        list(_steps(shop, account))
    assert shop.platforms[account].since.count(None) <= 3 + 2 * (sync.RESTARTS + 1)


def test_an_account_without_customers_comes_to_a_clear_end(shop: Shop) -> None:
    account = shop.add_account(0)
    shop.platforms[account].offers = replace(EVERYTHING, customers=False, signatures=False)
    shop.platforms[account].trouble = [RemoteRefused("not_offered", "nothing here is to be asked")]
    assert sync.sync_signatures(shop.context, account) == 0
    sync.begin_walk(shop.context, account, full=False)
    assert sync.sync_page(shop.context, account) == sync.SyncStep(0, 0, 0, more=False)
    assert walk(shop, account).ended


@pytest.mark.expects_logs("campaign_app.jobs.sync")
def test_a_signature_longer_than_any_may_be_is_left_out(shop: Shop) -> None:
    """A server's index refuses a text of some thousand bytes: the others would not be known either."""
    account = shop.add_account(3)
    shop.platforms[account].own_signatures = (FILED, replace(FILED, text="安" * 2_700))
    assert sync.sync_signatures(shop.context, account) == 1
    assert [each.signature.text for each in shop.workspace.filings.reports(ENTITY)] == [FILED.text]


@pytest.mark.parametrize("moment", range(9))
def test_a_walk_that_is_killed_at_any_page_is_taken_up_there(tmp_path: Path, moment: int) -> None:
    """Three pages with three moments each: before it is asked, before it is stored, after that."""
    for shop in open_shop(tmp_path / "ws"):
        account = shop.add_account(0)
        shop.platforms[account].people = [person("c", i) for i in range(900)]
        with suppress(Killed):
            _walk_until(shop, account, moment)
        shop.platforms[account].before_page = None
        stored = shop.workspace.customers.total()
        sync.begin_walk(shop.context, account, full=False)
        rows = sum(step.rows for step in _steps(shop, account))
        assert stored + rows == 900
        assert shop.workspace.customers.total() == 900


def _walk_until(shop: Shop, account: int, moment: int) -> None:
    """Dies at this moment of the walk."""
    reached = -1

    def pass_by() -> None:
        nonlocal reached
        reached += 1
        if reached == moment:
            raise Killed

    customers = shop.context.stores.customers

    class Dying:
        """The store of a process that may die before or after it writes."""

        def upsert_page(self, *args: object) -> object:
            if len(args[1]):
                pass_by()
            stored = customers.upsert_page(*args)
            if len(args[1]):
                pass_by()
            return stored

    shop.platforms[account].before_page = pass_by
    context = replace(shop.context, stores=replace(shop.context.stores, customers=Dying()))
    sync.begin_walk(context, account, full=False)
    while sync.sync_page(context, account).more:
        pass


def _steps(shop: Shop, account: int) -> Iterator[sync.SyncStep]:
    step = sync.SyncStep(0, 0, 0, more=True)
    while step.more:
        step = sync.sync_page(shop.context, account)
        yield step


# --- people whom the platform erased ---------------------------------------------------------------------------------


def test_people_whom_the_platform_erased_are_erased_here_with_a_receipt(shop: Shop) -> None:
    account = shop.add_account(4)
    ids = shop.workspace.customers.ids_of_refs(account, ["c00001"])
    shop.platforms[account].redacted = ("c00001", "never_seen")
    shop.sync(account, full=True)
    (gone,) = shop.workspace.customers.by_ids(ids.values()).values()
    assert (gone.name, gone.phone, gone.phone_key, gone.province, gone.attributes) == ("", None, None, "", {})
    (receipt,) = [e for e in shop.workspace.audit.entries() if e.action == "customer.erased"]
    assert (receipt.facts["account"], receipt.facts["customer"]) == (account, ids["c00001"])
    assert "c00001" not in str(receipt.facts)
    shop.sync(account, full=True)
    assert sum(e.action == "customer.erased" for e in shop.workspace.audit.entries()) == 1
    assert shop.workspace.audit.verify()


def test_nobody_who_was_erased_is_reached_again_and_their_proof_stays(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign()
    shop.run(campaign.id)
    assert shop.reached() == everybody(4)
    shop.platforms[account].redacted = ("c00001",)
    shop.sync(account, full=True)
    again = shop.campaign()
    assert shop.workspace.campaigns.funnel(again.id) == {"ok": 3, "withdrawn": 1}
    shop.run(again.id)
    assert shop.reached().count("c00001") == 1
    customer = shop.workspace.customers.ids_of_refs(account, ["c00001"])["c00001"]
    assert shop.workspace.facts.history(customer)
    assert shop.workspace.campaigns.funnel(campaign.id)["ok"] == 4


def test_somebody_who_comes_back_and_goes_again_is_erased_again(shop: Shop) -> None:
    account = shop.add_account(2)
    platform = shop.platforms[account]
    for _ in range(2):
        platform.redacted = ("c00000",)
        shop.sync(account, full=True)
        platform.redacted = ()
        platform.people[0] = replace(platform.people[0], updated_at=shop.clock())
        shop.sync(account, full=True)
        (there,) = shop.workspace.customers.by_ids(
            list(shop.workspace.customers.ids_of_refs(account, ["c00000"]).values())
        ).values()
        assert there.name == "顾客0"
        shop.clock.advance(60)
    assert sum(e.action == "customer.erased" for e in shop.workspace.audit.entries()) == 2
    assert shop.workspace.campaigns.funnel(shop.campaign().id) == {"ok": 1, "withdrawn": 1}


# --- a sync never raises anybody -------------------------------------------------------------------------------------

EVENTS = ("reply", "platform_withdraws", "platform_confirms", "sync", "full", "screen", "lost", "renumbered")


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(12))
def test_whoever_said_no_stays_so_whatever_is_synced(shop: Shop, seed: int) -> None:
    chance, said_no = random.Random(seed), set[str]()
    account = shop.add_account(3)
    for event in ["reply", "platform_withdraws", *chance.choices(EVENTS, k=20), "full", "screen"]:
        shop.clock.advance(60)
        ACTS[event](shop, account, f"c{chance.randrange(3):05d}", said_no)


def _reply(shop: Shop, account: int, ref: str, said_no: set[str]) -> None:
    replies = shop.gateways[account].stream.setdefault("inbound", [])
    replies.append(InboundMessage(f"i{len(replies)}", ref, None, "TD", shop.clock()))
    read_refusals(shop.context, account, "inbound")
    said_no.add(ref)


def _withdraw(shop: Shop, account: int, ref: str, said_no: set[str]) -> None:
    gone = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": shop.clock()}
    shop.platforms[account].truth[ref] = gone
    shop.platforms[account].changes.append(ref)
    pull_changes(shop.context, shop.workspace.accounts.account(account))
    said_no.add(ref)


def _confirm(shop: Shop, account: int, ref: str, said_no: set[str]) -> None:
    """As if nothing had been: an old grant, or one of this minute that no reviewer has seen."""
    shop.platforms[account].truth[ref] = {"obtained_at": shop.clock()} if ref.endswith("1") else {}
    shop.platforms[account].changes.append(ref)


def _touch(phone: bool) -> Callable[[Shop, int, str, set[str]], None]:
    def act(shop: Shop, account: int, ref: str, said_no: set[str]) -> None:
        people = shop.platforms[account].people
        at = next(i for i, p in enumerate(people) if p.ref == ref)
        new = replace(people[at], updated_at=shop.clock())
        people[at] = replace(new, phone=person("n", at + 7_000 + account).phone if phone else None)

    return act


def _screen(shop: Shop, account: int, ref: str, said_no: set[str]) -> None:
    campaign = shop.campaign(name=f"{account}-{shop.clock()}")
    passing = shop.workspace.campaigns.members_by_reason(campaign.id, "ok", -1, 10_000)
    refs = {c.ref for c in shop.workspace.customers.by_ids([one for _, one, _ in passing]).values()}
    assert not refs & said_no


def _sync(full: bool) -> Callable[[Shop, int, str, set[str]], None]:
    return lambda shop, account, _ref, _no: shop.sync(account, full=full)


ACTS = {
    "reply": _reply,
    "platform_withdraws": _withdraw,
    "platform_confirms": _confirm,
    "sync": _sync(False),
    "full": _sync(True),
    "screen": _screen,
    "lost": _touch(phone=False),
    "renumbered": _touch(phone=True),
}


def test_a_mark_by_hand_survives_a_full_sync_too(shop: Shop) -> None:
    account = shop.add_account(2)
    key = shop.workspace.phone_keys.of_ref(CustomerRef(account, "c00000"))
    shop.workspace.suppressions.add([Suppression(ENTITY, key, SuppressionKind.OPT_OUT, NOW, "by_hand")])
    shop.sync(account, full=True)
    assert shop.workspace.campaigns.funnel(shop.campaign().id) == {"ok": 1, "suppressed_opt_out": 1}


# --- a walk over everybody that was begun while another one was under way --------------------------------------------


def full_meanwhile(shop: Shop, account: int) -> None:
    """A walk over everybody is begun while the platform answers the next page."""

    def begin() -> None:
        shop.platforms[account].before_page = None
        sync.begin_walk(shop.context, account, full=True)

    shop.platforms[account].before_page = begin


def test_a_page_of_some_does_not_take_the_place_of_a_walk_over_everybody(shop: Shop) -> None:
    account = shop.add_account(900)
    shop.clock.advance(7_200)
    platform = shop.platforms[account]
    platform.people[5] = replace(platform.people[5], updated_at=shop.clock())
    sync.begin_walk(shop.context, account, full=False)
    shop.clock.advance(60)
    full_meanwhile(shop, account)
    assert sync.sync_page(shop.context, account) == sync.SyncStep(0, 0, 0, more=True)
    assert walk(shop, account) == sync.Walk(shop.clock(), None)
    platform.since.clear()
    assert sum(step.rows for step in _steps(shop, account)) == 900
    assert platform.since == [None] * 3


def test_a_walk_over_some_is_not_begun_over_one_over_everybody(shop: Shop) -> None:
    account = shop.add_account(3)
    shop.clock.advance(7_200)
    accounts, begun = shop.workspace.accounts, list[str]()

    class Slow:
        """The store of a process that is overtaken after it has read where the walk stands."""

        def cursor(self, account_id: int, stream: str) -> str:
            stands = accounts.cursor(account_id, stream)
            sync.begin_walk(shop.context, account_id, full=True)
            begun.append(accounts.cursor(account_id, stream))
            return stands

    context = replace(shop.context, stores=replace(shop.context.stores, accounts=Slow()))
    sync.begin_walk(context, account, full=False)
    assert [accounts.cursor(account, "customers")] == begun
    assert walk(shop, account).since is None


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=3)])
def test_a_page_from_before_does_not_bring_back_whom_the_platform_erased(shop: Shop, ahead: timedelta) -> None:
    account = shop.add_account(2)
    platform = shop.platforms[account]
    platform.people[1] = replace(platform.people[1], updated_at=shop.clock() + ahead - timedelta(seconds=1))
    shop.sync(account, full=True)
    platform.redacted = ("c00001",)
    shop.sync(account, full=True)
    platform.redacted = ()
    shop.sync(account, full=True)
    ids = shop.workspace.customers.ids_of_refs(account, ["c00001"])
    (gone,) = shop.workspace.customers.by_ids(ids.values()).values()
    assert (gone.name, gone.phone, gone.province) == ("", None, "")
