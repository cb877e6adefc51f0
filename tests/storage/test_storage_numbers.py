"""Whoever is known by a plain number and by a sealed one is one person, in whatever order that is learnt."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from storage_samples import ENTITY, NOW, Campaigning, fact, minutes, number, person, receipt, shop, sync

from campaign_app.domain.answer import AnswerQuery
from campaign_app.domain.consent import CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.customer import ImportRow
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.message import DeliveryReport, InboundMessage, Outcome, Page
from campaign_app.domain.people import PeopleQuery
from campaign_app.domain.phone import PlatformPhone
from campaign_app.storage.numbers import link, people_of
from campaign_app.storage.schema_sending import inbound
from campaign_app.storage.workspace import Workspace

S1, S2 = PlatformPhone("~AgAAAAexample0sealed~1~"), PlatformPhone("~AgAAAAexample1sealed~1~")
TWINS = ("both", "sealed", "plain")


def learn(workspace: Workspace, *, later: datetime = NOW) -> tuple[int, dict[str, int]]:
    """The account and three rows of one person, and somebody else."""
    account_id = shop(workspace)
    rows = {"sealed": (None, S1), "plain": (number(1), None), "both": (number(1), S1), "other": (number(2), S2)}
    people = [person(ref, phone, platform_phone=theirs, updated_at=later) for ref, (phone, theirs) in rows.items()]
    return account_id, sync(workspace, account_id, *people)


def opt_out(workspace: Workspace, key: bytes) -> Suppression:
    mark = Suppression(ENTITY, key, SuppressionKind.OPT_OUT, NOW, "reply")
    workspace.suppressions.add([mark])
    return mark


def marked(workspace: Workspace, ids: dict[str, int]) -> set[str]:
    found = workspace.suppressions.of_customers(list(ids.values()))
    return {ref for ref, customer_id in ids.items() if customer_id in found}


def together(pairs: list[tuple[bytes, bytes]], key: bytes) -> set[bytes]:
    """By walking from pair to pair."""
    found, size = {key}, 0
    while size != len(found):
        size = len(found)
        found |= {each for pair in pairs if found & set(pair) for each in pair}
    return found


@pytest.mark.parametrize("seed", range(5))
def test_pairs_in_any_order_and_any_pages_join_whom_they_lead_to(workspace: Workspace, seed: int) -> None:
    chance, said = random.Random(seed), list[tuple[bytes, bytes]]()
    keys = [bytes([n]) * 32 for n in range(1, 41)]
    with workspace.database.write() as connection:
        for _ in range(12):
            page = [(chance.choice(keys[:20]), chance.choice(keys[20:])) for _ in range(chance.randrange(4))]
            link(connection, page)
            said += page
            for key in keys:
                people = people_of(connection, [key])
                assert set(people) == together(said, key)
                assert len(set(people.values())) == 1
                assert set(people.values()) <= set(people)
        every = people_of(connection, keys)
    assert set(every) == set(keys)


@pytest.mark.parametrize("who", TWINS)
def test_an_opt_out_under_either_number_holds_for_all_rows_of_the_person(workspace: Workspace, who: str) -> None:
    _, ids = learn(workspace)
    workspace.opt_outs.add(ids[who], NOW, "manual", "")
    assert marked(workspace, ids) == set(TWINS)


def test_an_opt_out_said_before_the_two_numbers_were_known_to_be_one_holds_for_both(workspace: Workspace) -> None:
    account_id, keys = shop(workspace), workspace.phone_keys
    ids = sync(workspace, account_id, person("sealed", platform_phone=S1), person("plain", number(1)))
    opt_out(workspace, keys.of_platform_phone(S1))
    assert marked(workspace, ids) == {"sealed"}
    ids |= sync(workspace, account_id, person("both", number(1), platform_phone=S1))
    assert marked(workspace, ids) == set(TWINS)


@pytest.mark.parametrize("gone", ["changed", "erased"])
def test_who_was_one_person_stays_so_when_the_row_that_said_it_is_gone(workspace: Workspace, gone: str) -> None:
    account_id, ids = learn(workspace)
    if gone == "erased":
        workspace.customers.upsert_page(account_id, [], "x", NOW + minutes(1), ["both"])
        assert marked(workspace, ids) == set(TWINS)
        return
    sync(workspace, account_id, person("both", number(3), platform_phone=S2, updated_at=NOW + minutes(1)))
    opt_out(workspace, workspace.phone_keys.of_platform_phone(S1))
    assert marked(workspace, ids) == {"sealed", "plain"}


def test_a_reply_holds_for_every_row_and_every_shop_that_knows_the_person_is_told(workspace: Workspace) -> None:
    account_id, ids = learn(workspace)
    said = InboundMessage("i", "", number(1), "T", NOW)
    workspace.inbox.store_inbound(account_id, Page((said,), "x", more=False), ["i"], NOW)
    assert marked(workspace, ids) == set(TWINS)
    assert {one.ref.ref for one in workspace.opt_outs.waiting(account_id, 9)} == set(TWINS)
    (answer,) = workspace.answers.page(AnswerQuery(phone_key=workspace.phone_keys.of_phone(number(1))), 9, 0, 9)
    assert len(answer.told) == 3


def test_a_reply_of_one_row_is_found_by_the_number_of_the_other(workspace: Workspace) -> None:
    account_id, ids = learn(workspace)
    said = InboundMessage("i", "sealed", None, "好的", NOW)
    workspace.inbox.store_inbound(account_id, Page((said,), "x", more=False), [], NOW)
    key = workspace.phone_keys.of_phone(number(1))
    assert workspace.answers.count(AnswerQuery(phone_key=key))[0] == 1
    assert set(workspace.people.ids(PeopleQuery(phone_key=key), 0, 9)) == {ids[ref] for ref in TWINS}


def test_a_mark_under_one_number_is_lifted_by_a_grant_of_the_other_and_by_nobody_elses(workspace: Workspace) -> None:
    account_id, ids = learn(workspace)
    mark = opt_out(workspace, workspace.phone_keys.of_platform_phone(S1))
    granted = {"obtained_at": NOW + minutes(5), "checked_at": NOW + minutes(5)}
    workspace.facts.append([fact(account_id, ref, **granted) for ref in ("plain", "other")], [receipt(account_id)])
    how: dict[str, Any] = {"customer_id": ids["plain"], "reviewer": "审核员", "at": NOW + minutes(9)}
    with pytest.raises(NotAllowed):
        workspace.suppressions.lift([mark], fact_id=workspace.facts.latest([ids["other"]])[ids["other"]][0], **how)
    workspace.suppressions.lift([mark], fact_id=workspace.facts.latest([ids["plain"]])[ids["plain"]][0], **how)
    assert marked(workspace, ids) == set()


def test_a_providers_reply_forgets_its_number_with_the_last_row_of_the_person(workspace: Workspace) -> None:
    account_id, _ = learn(workspace)
    provider = shop(workspace, "sms", base_url="http://127.0.0.1/sms")
    workspace.inbox.store_inbound(
        provider, Page((InboundMessage("i", "", number(1), "好的", NOW),), "x", more=False), [], NOW
    )
    for ref, kept in (("both", True), ("plain", True), ("sealed", False)):
        workspace.customers.upsert_page(account_id, [], "x", NOW + minutes(1), [ref])
        with workspace.database.read() as connection:
            assert (connection.execute(sa.select(inbound.c.phone_key)).scalar_one() is not None) is kept


def test_a_files_row_by_number_is_about_every_row_of_the_person(workspace: Workspace) -> None:
    account_id, ids = learn(workspace)
    import_id = workspace.imports.begin("f.csv", "a", 1, NOW)
    workspace.imports.apply_chunk(import_id, [ImportRow(1, account_id, None, number(1), {"等级": "金"})])
    people = workspace.customers.by_ids(list(ids.values()))
    assert {one.ref for one in people.values() if one.attributes} == set(TWINS)


def test_a_files_row_that_waits_by_number_is_given_to_whoever_has_it_sealed(workspace: Workspace) -> None:
    account_id = shop(workspace)
    import_id = workspace.imports.begin("f.csv", "a", 1, NOW)
    workspace.imports.apply_chunk(import_id, [ImportRow(1, account_id, None, number(1), {"等级": "金"})])
    keys = workspace.phone_keys
    with workspace.database.write() as connection:
        link(connection, [(keys.of_phone(number(1)), keys.of_platform_phone(S1))])
    (one,) = sync(workspace, account_id, person("sealed", platform_phone=S1)).values()
    assert workspace.customers.by_ids([one])[one].attributes == {"等级": "金"}


def test_a_customer_by_their_sealed_number_is_no_staff(workspace: Workspace) -> None:
    account_id = shop(workspace)
    sync(workspace, account_id, person("both", number(1), platform_phone=S1), person("sealed", platform_phone=S1))
    sync(workspace, account_id, person("both", updated_at=NOW + minutes(1)))
    with pytest.raises(NotAllowed) as caught:
        workspace.staff.register(ENTITY, "我", number(1), actor="我", at=NOW)
    assert caught.value.code == "staff_customer"


def test_a_placeholder_beside_many_sealed_numbers_makes_them_one_person_whom_one_opt_out_silences(
    workspace: Workspace,
) -> None:
    """One person may have many sealed numbers: parted, they would get many messages, some past an opt-out."""
    account_id, keys = shop(workspace), workspace.phone_keys
    sealed = [PlatformPhone(f"~AgAAAAexample{n}sealed~1~") for n in range(30)]
    everybody = [person(f"c{n}", number(1), platform_phone=theirs) for n, theirs in enumerate(sealed)]
    sync(workspace, account_id, *everybody)
    righted = [
        person(f"c{n}", number(n + 2), platform_phone=theirs, updated_at=NOW + minutes(1))
        for n, theirs in enumerate(sealed)
    ]
    ids = sync(workspace, account_id, *righted)
    with workspace.database.read() as connection:
        people = people_of(connection, map(keys.of_platform_phone, sealed))
    assert len(set(people.values())) == 1, "numbers that come right later part nobody"
    opt_out(workspace, keys.of_platform_phone(sealed[0]))
    assert marked(workspace, ids) == set(ids)


# --- the ledger ---


def sending(workspace: Workspace, *linked: int) -> Campaigning:
    """Customers c0, c1, … of whom these are one person by now: each number's sealed form is the first one's."""
    made, keys = Campaigning(workspace, 4), workspace.phone_keys
    with workspace.database.write() as connection:
        link(connection, [(keys.of_phone(number(n)), keys.of_platform_phone(S1)) for n in linked])
    return made


def test_a_person_is_claimed_once_by_whichever_number(workspace: Workspace) -> None:
    made = sending(workspace, 0, 1, 2)
    made.claim(0)
    span = (1, 4)
    claims = [made.claim_of(seq) for seq in (1, 2, 3)]
    later = workspace.ledger.claim(made.campaign, made.account, "key-1", claims, {}, span, NOW)
    assert later is not None
    assert len(workspace.ledger.rows(later.id)) == 1
    assert workspace.campaigns.funnel(made.campaign_id) == {"ok": 2, "duplicate_number": 2}


def test_duplicates_are_marked_by_person(workspace: Workspace) -> None:
    made = sending(workspace, 1, 3)
    assert workspace.campaigns.mark_duplicates(made.campaign_id) == 1
    assert [seq for seq, *_ in workspace.campaigns.members_by_reason(made.campaign_id, "duplicate_number", -1, 9)] == [
        3
    ]


def test_what_one_row_was_sent_counts_for_the_other(workspace: Workspace) -> None:
    made = sending(workspace, 0, 1)
    made.claim(0)
    ids = made.ids
    sent = workspace.campaigns.sent_since(ENTITY, list(ids.values()), NOW - minutes(5))
    assert sent == {ids["c0"]: 1, ids["c1"]: 1}


def test_a_report_by_batch_and_number_finds_the_row_that_was_claimed_by_the_other_number(workspace: Workspace) -> None:
    made, key = sending(workspace, 1), workspace.phone_keys.of_platform_phone(S1)
    claims = [made.claim_of(0), made.claim_of(1, key)]
    assert workspace.ledger.claim(made.campaign, made.account, "batch", claims, {}, (0, 1), NOW) is not None
    report = DeliveryReport("r", "", Outcome.DELIVERED, "", NOW, key="batch", phone=number(1))
    workspace.inbox.store_reports(made.account_id, Page((report,), "x", more=False), NOW)
    assert made.counts()["delivered"] == 1


@pytest.mark.parametrize(
    ("settled", "doubled"),
    [
        ((), {2, 3}),
        (((3, Outcome.UNKNOWN),), {2}),
        (((1, Outcome.ACCEPTED),), {2, 3}),
        (((3, Outcome.ACCEPTED),), {2}),
        (((1, Outcome.REJECTED),), {3}),
        (((1, Outcome.WITHHELD), (2, Outcome.REJECTED)), set()),
    ],
)
def test_of_one_persons_claims_one_is_kept_when_they_turn_out_to_be_one(
    workspace: Workspace, settled: tuple[tuple[int, Outcome], ...], doubled: set[int]
) -> None:
    made = sending(workspace)
    first, second = made.claim(0, 1), made.claim(2, 3)
    for seq, outcome in settled:
        made.settle(first if seq < 2 else second, (seq, outcome))
    assert workspace.ledger.doubled(second.id) == frozenset()
    keys = workspace.phone_keys
    with workspace.database.write() as connection:
        link(connection, [(keys.of_phone(number(n)), keys.of_platform_phone(S1)) for n in (1, 2, 3)])
    assert workspace.ledger.doubled(second.id) == {f"m-{made.campaign_id}-{seq}" for seq in doubled}


@pytest.mark.parametrize(
    ("settled", "doubled"),
    [
        ((), {1}),
        (((0, Outcome.ACCEPTED),), {1}),
        (((1, Outcome.ACCEPTED),), {0}),
        (((1, Outcome.UNKNOWN),), {0}),
        (((0, Outcome.WITHHELD),), set()),
        (((1, Outcome.REJECTED),), set()),
    ],
)
def test_whoever_was_claimed_by_reference_is_one_with_the_number_that_is_learnt_since(
    workspace: Workspace, settled: tuple[tuple[int, Outcome], ...], doubled: set[int]
) -> None:
    made = sending(workspace)
    sync(workspace, made.account_id, person("c0", None, updated_at=NOW + minutes(1)))
    key = workspace.phone_keys.of_ref(CustomerRef(made.account_id, "c0"))
    claims = [made.claim_of(0, key)]
    first = workspace.ledger.claim(made.campaign, made.account, "key-0", claims, {}, (0, 1), NOW)
    assert first is not None
    batches = {0: first, 1: made.claim(1)}
    for seq, outcome in settled:
        made.settle(batches[seq], (seq, outcome))

    def twice() -> set[str]:
        return {each for batch in batches.values() for each in workspace.ledger.doubled(batch.id)}

    assert twice() == set()
    sync(workspace, made.account_id, person("c0", number(1), updated_at=NOW + minutes(2)))
    assert twice() == {f"m-{made.campaign_id}-{seq}" for seq in doubled}


def test_a_batch_without_rows_holds_nobody_twice(workspace: Workspace) -> None:
    assert workspace.ledger.doubled(7) == frozenset()


def test_the_sealed_number_that_a_row_had_before_is_still_its_persons(workspace: Workspace) -> None:
    account_id, ids = learn(workspace)
    sync(workspace, account_id, replace(person("both", number(1), platform_phone=S2), updated_at=NOW + minutes(1)))
    key = workspace.phone_keys.of_ref(CustomerRef(account_id, "sealed"))
    workspace.opt_outs.add(ids["other"], NOW, "manual", "")
    assert key not in workspace.suppressions.active(ENTITY, [key])
    assert marked(workspace, ids) == {*TWINS, "other"}
