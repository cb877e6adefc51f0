"""Opt-outs that were said here reach the platforms, however often that is tried; the backlog can be seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from campaign_app.domain.consent import Backlog, CustomerRef
from campaign_app.domain.errors import NotFound, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import ComplaintClue, InboundMessage
from campaign_app.domain.platform import Capabilities
from campaign_app.jobs.poll import read_refusals
from campaign_app.jobs.telling import tell_opt_outs
from campaign_app.jobs.worker import Worker
from campaign_app.platforms.endorsed import EndorsedPlatform
from campaign_app.services.opt_outs import OptOuts, Untold
from tests.fakes.remotes import EVERYTHING, FakePlatform
from tests.helpers.account_state import set_account_state
from tests.helpers.shop import NOW, Shop, person


def reply(shop: Shop, account: int, ref: str, text: str = "R", **facts: object) -> None:
    stream = shop.gateways[account].stream.setdefault("inbound", [])
    stream.append(InboundMessage(f"i{len(stream)}", ref, None, text, facts.get("at", shop.clock())))
    read_refusals(shop.context, account, "inbound")


def by_hand(shop: Shop) -> OptOuts:
    workspace = shop.workspace
    return OptOuts(workspace.opt_outs, shop.clock, workspace.accounts, workspace.jobs)


def waiting(shop: Shop, account: int) -> list[str]:
    return [one.ref.ref for one in shop.workspace.opt_outs.waiting(account, 99)]


def test_replies_complaints_and_a_persons_word_are_told_once(shop: Shop) -> None:
    account = shop.add_account(5)
    reply(shop, account, "c00000")
    reply(shop, account, "c00001", "谢谢")
    shop.gateways[account].stream["complaints"] = [ComplaintClue("k1", "c00002", None, "", NOW)]
    read_refusals(shop.context, account, "complaints")
    customer = shop.workspace.customers.ids_of_refs(account, ["c00003"])["c00003"]
    by_hand(shop).add(customer, note="来电", actor="王")
    assert tell_opt_outs(shop.context, account) == 3
    assert sorted(shop.platforms[account].opt_outs) == ["c00000", "c00002", "c00003"]
    assert tell_opt_outs(shop.context, account) == 0
    assert by_hand(shop).untold() == {}
    (entry,) = [e for e in shop.workspace.audit.entries() if e.action == "account.opt_outs_told"]
    assert entry.facts == {"account": account, "count": 3}
    assert shop.workspace.campaigns.funnel(shop.campaign().id) == {
        "ok": 2, "suppressed_opt_out": 2, "suppressed_complaint": 1,
    }  # fmt: skip


def test_what_somebody_said_to_one_shop_is_told_to_every_shop_of_the_entity(shop: Shop) -> None:
    first = shop.add_account(3)
    second = shop.add_account(3, prefix="d")
    reply(shop, first, "c00001")
    assert (waiting(shop, first), waiting(shop, second)) == (["c00001"], ["d00001"])


def test_trouble_leaves_everything_waiting_and_nothing_is_lost(shop: Shop) -> None:
    account = shop.add_account(3)
    for ref in ("c00000", "c00001", "c00002"):
        reply(shop, account, ref)
        shop.clock.advance(1)
    shop.platforms[account].trouble = [RemoteUnavailable("throttled", "429")]
    with pytest.raises(RemoteUnavailable):
        tell_opt_outs(shop.context, account)
    assert by_hand(shop).untold() == {account: Untold(Backlog(3, NOW))}
    assert tell_opt_outs(shop.context, account) == 3


def test_why_something_waits_is_how_its_last_attempt_ended(shop: Shop) -> None:
    account, other = shop.add_account(1), shop.add_account(1, prefix="d", first_phone=9)
    jobs = shop.workspace.jobs
    reply(shop, account, "c00000")
    for code in ("timeout", "unauthorized"):
        jobs.set_state(jobs.enqueue("tell", {"account_id": account}, NOW).id, "failed", error=code)
    jobs.set_state(jobs.enqueue("tell", {"account_id": other}, NOW).id, "failed", error="balance")
    jobs.set_state(jobs.enqueue("sync", {"account_id": account}, NOW).id, "failed", error="throttled")
    assert by_hand(shop).untold() == {account: Untold(Backlog(1, NOW), "unauthorized")}
    jobs.set_state(jobs.enqueue("tell", {"account_id": account}, NOW).id, "done")
    assert by_hand(shop).untold()[account].why == "", "the last attempt went well"
    set_account_state(shop.workspace.accounts, account, "disconnected")
    assert by_hand(shop).untold()[account].why == "account_disconnected"


def test_a_person_whom_the_platform_refuses_does_not_hold_up_the_others(shop: Shop) -> None:
    account = shop.add_account(2)
    reply(shop, account, "c00000")
    reply(shop, account, "c00001", at=NOW + timedelta(seconds=1))
    shop.platforms[account].trouble = [RemoteRefused("opt_out_not_recorded", "no")]
    assert tell_opt_outs(shop.context, account) == 1
    assert shop.platforms[account].opt_outs == ["c00001"]
    assert by_hand(shop).untold() == {account: Untold(Backlog(refused=1))}


def test_an_answer_that_nobody_understands_gives_up_no_opt_out(shop: Shop) -> None:
    account = shop.add_account(2)
    reply(shop, account, "c00000")
    reply(shop, account, "c00001", at=NOW + timedelta(seconds=1))
    shop.platforms[account].trouble = [RemoteRefused("contract_broken", "HTML")]
    assert tell_opt_outs(shop.context, account) == 1, "the other one is told"
    assert waiting(shop, account) == ["c00000"]
    shop.platforms[account].trouble = [RemoteRefused("contract_broken", "HTML")]
    with pytest.raises(RemoteRefused):
        tell_opt_outs(shop.context, account)
    assert waiting(shop, account) == ["c00000"]
    assert tell_opt_outs(shop.context, account) == 1


def test_an_opt_out_that_the_platform_did_not_record_yet_is_told_again(shop: Shop) -> None:
    account = shop.add_account(2)
    reply(shop, account, "c00000")
    reply(shop, account, "c00001", at=NOW + timedelta(seconds=1))
    shop.platforms[account].trouble = [RemoteRefused("opt_out_delayed", "INTERNAL_ERROR")]
    assert tell_opt_outs(shop.context, account) == 1, "the other one is told"
    assert waiting(shop, account) == ["c00000"]
    assert tell_opt_outs(shop.context, account) == 1


def test_what_was_told_is_in_the_audit_though_the_next_one_fails(shop: Shop) -> None:
    account = shop.add_account(2)
    reply(shop, account, "c00000")
    reply(shop, account, "c00001", at=NOW + timedelta(seconds=1))
    client = shop.platforms[account]
    first = client.write_opt_out

    def then_away(ref: CustomerRef, reason: str, occurred_at: datetime) -> None:
        if client.opt_outs:
            raise RemoteUnavailable("throttled", "429")
        first(ref, reason, occurred_at)

    client.write_opt_out = then_away
    with pytest.raises(RemoteUnavailable):
        tell_opt_outs(shop.context, account)
    assert [e.facts["count"] for e in shop.workspace.audit.entries() if e.action == "account.opt_outs_told"] == [1]


def test_a_refused_account_keeps_its_opt_outs(shop: Shop) -> None:
    account = shop.add_account(1)
    reply(shop, account, "c00000")
    shop.platforms[account].trouble = [RemoteRefused("permission", "403", account_wide=True)]
    with pytest.raises(RemoteRefused):
        tell_opt_outs(shop.context, account)
    assert waiting(shop, account) == ["c00000"]


@pytest.mark.parametrize(
    "trouble", [RemoteUnavailable("timeout", "down"), RemoteRefused("unauthorized", "401", account_wide=True)]
)
def test_a_platform_whose_consent_service_is_away_is_told_all_the_same(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, trouble: RemoteError
) -> None:
    account = shop.add_account(1)
    reply(shop, account, "c00000")
    native, service = shop.platforms[account], FakePlatform(account, shop.clock)
    both = EndorsedPlatform(native, service, shop.clock, (True, True))
    shop.platforms[account] = both

    def unsaid() -> Capabilities:
        raise trouble

    with monkeypatch.context() as away:
        away.setattr(service, "capabilities", unsaid)
        with pytest.raises(type(trouble)):
            tell_opt_outs(shop.context, account)
    assert (native.opt_outs, waiting(shop, account)) == (["c00000"], ["c00000"])
    assert tell_opt_outs(shop.context, account) == 1
    assert (service.opt_outs, waiting(shop, account)) == (["c00000"], [])


@pytest.mark.parametrize(
    "trouble", [RemoteUnavailable("timeout", "down"), RemoteRefused("unauthorized", "401", account_wide=True)]
)
@pytest.mark.parametrize("away", ["service", "platform"])
def test_one_place_that_is_away_holds_back_nobody_at_the_other(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, trouble: RemoteError, away: str
) -> None:
    monkeypatch.setattr("campaign_app.jobs.telling.TOLD_A_STEP", 2)
    account = shop.add_account(5)
    everybody = [f"c{n:05}" for n in range(5)]
    for ref in everybody:
        reply(shop, account, ref)
        shop.clock.advance(1)
    native, service = shop.platforms[account], FakePlatform(account, shop.clock)
    shop.platforms[account] = EndorsedPlatform(native, service, shop.clock, (True, True))
    gone, there = (service, native) if away == "service" else (native, service)
    gone.trouble = [trouble]
    with pytest.raises(type(trouble)):
        tell_opt_outs(shop.context, account)
    assert there.opt_outs == everybody, "the oldest first, in one round"
    assert (gone.opt_outs, waiting(shop, account)) == ([], everybody), "asked once and no more"
    while tell_opt_outs(shop.context, account):
        pass
    assert (gone.opt_outs, waiting(shop, account)) == (everybody, [])


def test_a_long_backlog_is_told_in_rounds_while_a_place_is_away(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each round goes on where the last one ended, and the oldest come again only behind the newest."""
    monkeypatch.setattr("campaign_app.jobs.telling.TOLD_A_STEP", 2)
    monkeypatch.setattr("campaign_app.jobs.telling.STEPS_A_ROUND", 2)
    account = shop.add_account(6)
    everybody = [f"c{n:05}" for n in range(6)]
    for ref in everybody:
        reply(shop, account, ref)
        shop.clock.advance(1)
    native, service = shop.platforms[account], FakePlatform(account, shop.clock)
    shop.platforms[account] = EndorsedPlatform(native, service, shop.clock, (True, True))
    down = RemoteUnavailable("timeout", "down")
    for told in (everybody[:4], everybody, [*everybody, *everybody[:4]]):
        service.trouble = [down]
        with pytest.raises(RemoteUnavailable):
            tell_opt_outs(shop.context, account)
        assert native.opt_outs == told
    while waiting(shop, account):
        tell_opt_outs(shop.context, account)
    assert sorted(service.opt_outs) == everybody


def test_a_person_whom_one_place_refuses_waits_for_the_other_that_is_away(shop: Shop) -> None:
    account = shop.add_account(1)
    reply(shop, account, "c00000")
    native, service = shop.platforms[account], FakePlatform(account, shop.clock)
    shop.platforms[account] = EndorsedPlatform(native, service, shop.clock, (True, True))
    refused = RemoteRefused("opt_out_not_recorded", "no")
    native.trouble, service.trouble = [refused, refused], [RemoteUnavailable("timeout", "down")]
    with pytest.raises(RemoteUnavailable):
        tell_opt_outs(shop.context, account)
    assert waiting(shop, account) == ["c00000"]
    assert tell_opt_outs(shop.context, account) == 0
    assert (service.opt_outs, by_hand(shop).untold()) == (["c00000"], {account: Untold(Backlog(refused=1))})


def test_many_answers_that_nobody_understands_hold_back_nobody_behind_them(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign_app.jobs.telling.TOLD_A_STEP", 2)
    account = shop.add_account(5)
    for n in range(5):
        reply(shop, account, f"c{n:05}")
        shop.clock.advance(1)
    shop.platforms[account].trouble = [RemoteRefused("contract_broken", "HTML")] * 4
    assert tell_opt_outs(shop.context, account) == 1
    assert shop.platforms[account].opt_outs == ["c00004"]
    assert len(waiting(shop, account)) == 4


def test_a_server_that_cannot_say_what_it_takes_is_tried(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    account = shop.add_account(1)
    reply(shop, account, "c00000")

    def unsaid() -> Capabilities:
        raise RemoteRefused("contract_broken", "HTML")

    monkeypatch.setattr(shop.platforms[account], "capabilities", unsaid)
    assert tell_opt_outs(shop.context, account) == 1


def test_a_platform_that_takes_none_is_not_told_and_this_is_counted(shop: Shop) -> None:
    account = shop.add_account(1)
    shop.platforms[account].offers = replace(EVERYTHING, opt_out_write=False)
    reply(shop, account, "c00000")
    assert tell_opt_outs(shop.context, account) == 0
    assert not shop.platforms[account].opt_outs
    assert by_hand(shop).untold() == {account: Untold(Backlog(untellable=1))}


def test_somebody_who_says_it_again_is_told_again_and_an_old_word_is_not(shop: Shop) -> None:
    account = shop.add_account(1)
    reply(shop, account, "c00000")
    tell_opt_outs(shop.context, account)
    reply(shop, account, "c00000", at=NOW - timedelta(days=1))
    assert not waiting(shop, account)
    shop.clock.advance(60)
    reply(shop, account, "c00000")
    assert tell_opt_outs(shop.context, account) == 1


def test_what_is_said_while_it_is_told_is_not_taken_for_told(shop: Shop) -> None:
    account = shop.add_account(1)
    reply(shop, account, "c00000")
    (old,) = shop.workspace.opt_outs.waiting(account, 9)
    shop.clock.advance(60)
    reply(shop, account, "c00000")
    shop.workspace.opt_outs.settle([old], "told", shop.clock())
    assert waiting(shop, account) == ["c00000"]


def test_nobody_unknown_can_be_put_down_by_hand(shop: Shop) -> None:
    with pytest.raises(NotFound):
        by_hand(shop).add(77, note="", actor="王")


def test_the_worker_tells_only_where_something_waits(shop: Shop) -> None:
    account, other = shop.add_account(1), shop.add_account(1, prefix="d", first_phone=9)
    reply(shop, account, "c00000")
    shop.mute.add(other)
    Worker(shop.context, lambda _: None).tick()
    jobs = {(job.kind, job.args["account_id"]) for job in shop.workspace.jobs.open_jobs()}
    assert jobs == {("poll", account), ("tell", account)}


def test_a_number_that_is_learnt_later_changes_nothing_for_who_said_no(shop: Shop) -> None:
    account = shop.add_account(0)
    shop.platforms[account].people = [replace(person("c", 0), phone=None)]
    shop.sync(account)
    reply(shop, account, "c00000")
    shop.platforms[account].people = [replace(person("c", 0), updated_at=shop.clock() + timedelta(seconds=5))]
    shop.sync(account, full=True)
    assert shop.workspace.campaigns.funnel(shop.campaign().id) == {"suppressed_opt_out": 1}


def test_an_address_that_is_gone_gives_up_no_opt_out(shop: Shop) -> None:
    account = shop.add_account(1)
    reply(shop, account, "c00000")
    shop.platforms[account].trouble = [RemoteRefused("not_found", "404")]
    with pytest.raises(RemoteRefused):
        tell_opt_outs(shop.context, account)
    assert waiting(shop, account) == ["c00000"]


def given_up(shop: Shop, source: int | None = None) -> int:
    """One that the platform refused, one that it could not take, one that it was told."""
    account = shop.add_account(3)
    shop.workspace.accounts.take_consents_from(account, source)
    reply(shop, account, "c00002")
    tell_opt_outs(shop.context, account)
    reply(shop, account, "c00000")
    shop.platforms[account].trouble = [RemoteRefused("bad_ref", "no")]
    tell_opt_outs(shop.context, account)
    shop.platforms[account].offers = replace(EVERYTHING, opt_out_write=False)
    reply(shop, account, "c00001")
    tell_opt_outs(shop.context, account)
    assert by_hand(shop).untold() == {account: Untold(Backlog(refused=1, untellable=1))}
    shop.platforms[account].offers = EVERYTHING
    return account


def test_what_nobody_took_is_told_again_once_consents_come_from_elsewhere(shop: Shop) -> None:
    account, source = given_up(shop), shop.add_account(0, prefix="d")
    accounts = shop.workspace.accounts
    accounts.take_consents_from(account, None)
    assert waiting(shop, account) == [], "the source is the same"
    accounts.take_consents_from(account, source)
    assert waiting(shop, account) == ["c00000", "c00001"]
    assert tell_opt_outs(shop.context, account) == 2


def test_what_nobody_took_is_told_again_once_the_source_of_consents_is_connected_again(shop: Shop) -> None:
    source = shop.add_account(0, prefix="d")
    account, accounts = given_up(shop, source), shop.workspace.accounts
    set_account_state(accounts, source, "disconnected")
    assert waiting(shop, account) == []
    set_account_state(accounts, source, "connected")
    assert waiting(shop, account) == ["c00000", "c00001"]


def test_what_nobody_took_is_told_again_once_the_shop_is_connected_again(shop: Shop) -> None:
    account = given_up(shop)
    set_account_state(shop.workspace.accounts, account, "disconnected")
    assert waiting(shop, account) == []
    set_account_state(shop.workspace.accounts, account, "connected")
    assert waiting(shop, account) == ["c00000", "c00001"]
