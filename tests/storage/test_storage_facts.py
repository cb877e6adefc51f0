"""Facts are appended in any order; the latest is the one that speaks of the latest moment."""

from __future__ import annotations

import base64
import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import ENTITY, ISSUER, NOW, Fresh, fact, minutes, number, person, receipt, shop, sync

from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Evidence,
    SuppressionKind,
)
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.storage.workspace import Workspace
from tests.helpers.connect_again import connect_again

EXAMPLES = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def test_a_fact_comes_back_as_it_was(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1"), person("c2"))
    full = fact(
        account_id,
        "c1",
        purposes=frozenset({"retail", "会员"}),
        expires_at=NOW + minutes(9),
        max_per_month=4,
        note="说明",
        channel=Channel.ANY,
        evidence=Evidence(ISSUER, "consent_api", "1.2", False, "req", "receipt-1", '{"a":"中"}', 17, "nodes"),
    )
    bare = ConsentFact.unknown(CustomerRef(account_id, "c2"), note="missing_answer", observed_at=NOW)
    workspace.facts.append([full, bare], [receipt(account_id)])
    latest = workspace.facts.latest(list(ids.values()))
    assert [latest[ids[ref]][1] for ref in ("c1", "c2")] == [full, bare]
    assert workspace.facts.history(ids["c1"]) == (latest[ids["c1"]],)
    assert workspace.facts.receipt(latest[ids["c1"]][0]) == receipt(account_id)
    assert workspace.facts.receipt(latest[ids["c2"]][0]) is None


def test_appending_tells_the_latest_facts_as_they_are_stored(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1"), person("c2"), person("c3"))
    workspace.facts.append([fact(account_id, "c1"), fact(account_id, "c3")], [])
    older = fact(account_id, "c1", checked_at=NOW - minutes(1), status=ConsentStatus.DECLINED)
    twice = [fact(account_id, "c2", checked_at=NOW + minutes(n)) for n in (2, 1)]
    told = workspace.facts.append([older, *twice, fact(account_id, "stranger")], [receipt(account_id)])
    assert told == workspace.facts.latest([ids["c1"], ids["c2"]])
    assert [told[ids[ref]][1] for ref in ("c1", "c2")] == [fact(account_id, "c1"), twice[0]]
    assert workspace.facts.append([fact(account_id, "stranger")], []) == {}


@pytest.mark.parametrize(
    ("before", "after", "ahead", "gives_way"),
    [
        ("confirmed", "declined", minutes(1), False),  # as far as a platform's clock may be ahead of ours
        ("confirmed", "declined", minutes(2), True),
        ("confirmed", "confirmed", minutes(2), True),
        ("declined", "unknown", minutes(2), True),
        ("declined", "confirmed", minutes(60), False),  # hosts that read at once differ by less
        ("declined", "confirmed", minutes(61), True),
    ],
)
def test_a_fact_of_a_time_to_come_gives_way_to_what_is_read_now(
    workspace: Workspace, before: str, after: str, ahead: timedelta, *, gives_way: bool
) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1"))
    early = fact(account_id, "c1", status=ConsentStatus(before), checked_at=NOW + ahead, observed_at=NOW + ahead)
    late = fact(account_id, "c1", status=ConsentStatus(after))
    workspace.facts.append([early], [])
    told = workspace.facts.append([late], [])
    assert told == workspace.facts.latest([ids["c1"]])
    assert told[ids["c1"]][1] == (late if gives_way else early)


def test_facts_checked_since_a_moment_leave_out_old_and_undated_ones(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, *(person(ref) for ref in ("old", "then", "new", "undated", "none")))
    times = {"old": NOW - minutes(1), "then": NOW, "new": NOW + minutes(1), "undated": None}
    workspace.facts.append([fact(account_id, ref, checked_at=at) for ref, at in times.items()], [])
    found = workspace.facts.latest(list(ids.values()), checked_since=NOW)
    assert {customer_id: told.checked_at for customer_id, (_, told) in found.items()} == {
        ids["then"]: NOW,
        ids["new"]: NOW + minutes(1),
    }


@pytest.mark.parametrize(
    "otherwise",
    [
        {"status": ConsentStatus.DECLINED},
        {"purposes": frozenset({"service"})},
        {"channel": Channel.EMAIL},
        {"expires_at": NOW},
        {"max_per_month": 1},
        {"evidence": None},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_whose_latest_word_is_another_one_is_not_among_the_confirmed(
    workspace: Workspace, otherwise: dict[str, object]
) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, *(person(ref) for ref in ("c1", "c2", "c3")))
    workspace.facts.append([fact(account_id, "c1"), fact(account_id, "c2")], [])
    by = {customer_id: fact_id for customer_id, (fact_id, _) in workspace.facts.latest(list(ids.values())).items()}
    again = [fact(account_id, "c1", checked_at=NOW + minutes(1))]
    workspace.facts.append([*again, fact(account_id, "c2", checked_at=NOW + minutes(1), **otherwise)], [])
    assert workspace.facts.confirmed(by) == {ids["c1"]}
    workspace.accounts.take_consents_from(account_id, shop(workspace, "k2"))
    assert workspace.facts.confirmed(by) == set()


def test_facts_of_nobody_we_know_are_skipped(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1"))
    workspace.facts.append([fact(account_id, "c1"), fact(account_id, "stranger")], [receipt(account_id)])
    assert list(workspace.facts.latest([*ids.values(), 999])) == list(ids.values())


def test_the_same_ref_in_two_shops_is_two_customers(workspace: Workspace) -> None:
    first, second = shop(workspace), shop(workspace, "k2")
    ids = [sync(workspace, account_id, person("c1"))["c1"] for account_id in (first, second)]
    workspace.facts.append([fact(second, "c1")], [])
    assert list(workspace.facts.latest(ids)) == [ids[1]]


def test_a_receipt_is_kept_once_and_another_under_its_id_is_kept_too(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1"))
    forged = replace(receipt(account_id), jws="another page under the same id")
    workspace.facts.append([fact(account_id, "c1")], [receipt(account_id)])
    workspace.facts.append([fact(account_id, "c1")], [receipt(account_id)])
    workspace.facts.append([fact(account_id, "c1")], [forged])
    proofs = [workspace.facts.receipt(fact_id) for fact_id, _ in workspace.facts.history(ids["c1"])]
    assert proofs == [receipt(account_id), receipt(account_id), forged]


def test_a_receipt_may_be_longer_than_an_index_takes(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1"))
    long = replace(receipt(account_id), jws=base64.b64encode(random.Random(1).randbytes(12_000)).decode())
    workspace.facts.append([fact(account_id, "c1")], [long, replace(long, received_at=NOW + minutes(1))])
    ((fact_id, _),) = workspace.facts.history(ids["c1"])
    assert workspace.facts.receipt(fact_id) == replace(long, received_at=NOW + minutes(1))


def test_changes_move_their_cursor_with_them(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1"))
    asked, told = workspace.accounts.account(account_id), [fact(account_id, "c1")]
    assert workspace.facts.append_changes(asked, told, [receipt(account_id)], "", "after 1")
    assert workspace.accounts.cursor(account_id, "changes") == "after 1"
    assert list(workspace.facts.latest(list(ids.values()))) == list(ids.values())
    assert not workspace.facts.append_changes(asked, told, [], "", "elsewhere"), "it was read from another place"
    assert workspace.accounts.cursor(account_id, "changes") == "after 1"
    assert len(workspace.facts.history(ids["c1"])) == 1


def test_what_a_former_source_said_is_not_kept(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1"))
    asked, told = workspace.accounts.account(account_id), [fact(account_id, "c1")]
    workspace.accounts.take_consents_from(account_id, shop(workspace, "k2"))
    for keep in (
        lambda: workspace.facts.append(told, [], asked=asked),
        lambda: workspace.facts.append_changes(asked, told, [], "", "1"),
        lambda: workspace.facts.begin_changes(asked, "1"),
    ):
        with pytest.raises(RemoteUnavailable) as refused:
            keep()
        assert refused.value.code == "source_changed"
    assert workspace.accounts.cursor(account_id, "changes") == ""
    assert workspace.facts.history(ids["c1"]) == ()


def test_a_naive_time_is_refused_and_nothing_is_kept(workspace: Workspace) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1"))
    with pytest.raises(TypeError):
        workspace.facts.append([fact(account_id, "c1", observed_at=datetime(2026, 1, 1))], [])  # noqa: DTZ001
    assert workspace.facts.history(ids["c1"]) == ()


@pytest.mark.parametrize("table", ["consent_fact", "consent_receipt", "consent_source", "suppression"])
def test_what_was_said_is_never_changed(workspace: Workspace, table: str) -> None:
    account_id = shop(workspace)
    sync(workspace, account_id, person("c1"))
    withdrawn = fact(account_id, "c1", status=ConsentStatus.WITHDRAWN)
    workspace.facts.append([withdrawn], [receipt(account_id)])
    for change in (
        f"DELETE FROM {table}",
        f"UPDATE {table} SET id = id",
        f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT (id) DO UPDATE SET id = excluded.id",
    ):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"), workspace.database.write() as connection:
            connection.exec_driver_sql(change)
    if workspace.database.engine.dialect.name == "sqlite":
        with pytest.raises(sa.exc.IntegrityError), workspace.database.write() as connection:
            connection.exec_driver_sql(f"REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize(
    ("changed", "since"),
    [
        ({"status": ConsentStatus.WITHDRAWN, "withdrawn_at": NOW - minutes(5)}, NOW - minutes(5)),
        ({"status": ConsentStatus.WITHDRAWN}, NOW),
        ({"status": ConsentStatus.WITHDRAWN, "checked_at": None, "evidence": None}, NOW),
        ({"withdrawn_at": NOW - minutes(7)}, NOW - minutes(7)),
    ],
)
def test_a_withdrawal_marks_ref_and_number(workspace: Workspace, changed: dict[str, object], since: datetime) -> None:
    account_id = shop(workspace)
    sync(workspace, account_id, person("c1", number(1)), person("c2", number(2)))
    workspace.facts.append([fact(account_id, "c1", **changed), fact(account_id, "c2")], [receipt(account_id)])
    keys = workspace.phone_keys
    marked = [keys.of_ref(CustomerRef(account_id, "c1")), keys.of_phone(number(1))]
    others = [keys.of_ref(CustomerRef(account_id, "c2")), keys.of_phone(number(2))]
    active = workspace.suppressions.active(ENTITY, marked + others)
    assert set(active) == set(marked)
    assert {(mark.kind, mark.since) for marks in active.values() for mark in marks} == {
        (SuppressionKind.WITHDRAWN, since)
    }


def test_a_withdrawal_at_one_shop_counts_at_the_other_by_number(workspace: Workspace) -> None:
    first, second = shop(workspace), shop(workspace, "k2")
    sync(workspace, first, person("c1", number(1)))
    sync(workspace, second, person("other", number(1)))
    workspace.facts.append([fact(first, "c1", status=ConsentStatus.WITHDRAWN)], [])
    assert workspace.suppressions.active(ENTITY, [workspace.phone_keys.of_phone(number(1))])


def test_a_later_confirmation_leaves_the_withdrawal_marked(workspace: Workspace) -> None:
    account_id = shop(workspace)
    sync(workspace, account_id, person("c1"))
    workspace.facts.append([fact(account_id, "c1", status=ConsentStatus.WITHDRAWN)], [])
    granted = fact(account_id, "c1", checked_at=NOW + minutes(9), obtained_at=NOW + minutes(8))
    workspace.facts.append([granted], [])
    assert workspace.suppressions.active(ENTITY, [workspace.phone_keys.of_ref(CustomerRef(account_id, "c1"))])


@st.composite
def sayings(draw: st.DrawFn) -> ConsentFact:
    status = draw(st.sampled_from([*ConsentStatus]))
    checked = draw(st.none() | st.integers(-5, 5))
    return fact(
        draw(st.just(1)),
        draw(st.sampled_from(["c1", "c2", "stranger"])),
        status=status,
        method=draw(st.sampled_from([*ConsentMethod])),
        observed_at=NOW + timedelta(seconds=draw(st.integers(-5, 5))),
        checked_at=None if checked is None else NOW + timedelta(seconds=checked),
        evidence=None,
    )


def rank(saying: tuple[int, ConsentFact]) -> tuple[datetime, bool, int]:
    position, said = saying
    return said.checked_at or said.observed_at, said.status is not ConsentStatus.CONFIRMED, position


@given(st.lists(st.lists(sayings(), max_size=5), max_size=6))
@EXAMPLES
def test_the_latest_is_by_its_moment_whatever_the_order(fresh: Fresh, pages: list[list[ConsentFact]]) -> None:
    with fresh() as workspace:
        account_id = shop(workspace)
        ids = sync(workspace, account_id, person("c1"), person("c2"))
        for page in pages:
            workspace.facts.append(page, [])
        latest = workspace.facts.latest(list(ids.values()))
        said = [each for page in pages for each in page]
        for ref, customer_id in ids.items():
            mine = [(position, each) for position, each in enumerate(said) if each.ref.ref == ref]
            expected = max(mine, key=rank)[1] if mine else None
            assert (latest[customer_id][1] if customer_id in latest else None) == expected
            assert [each for _, each in workspace.facts.history(customer_id)] == [each for _, each in mine]


def test_what_a_former_source_said_is_kept_and_is_nobodys_latest_word(workspace: Workspace) -> None:
    source, first, other = shop(workspace, "k1"), shop(workspace, "k2"), shop(workspace, "k3")
    mine, theirs = (sync(workspace, account, person("c1"))["c1"] for account in (first, other))
    workspace.facts.append([fact(account, "c1") for account in (first, other)], [])
    account = workspace.accounts.account(first)
    connect_again(workspace.accounts, replace(account, label="新名"))
    assert set(workspace.facts.latest([mine, theirs])) == {mine, theirs}, "its source is the same"
    workspace.accounts.take_consents_from(first, source)
    assert set(workspace.facts.latest([mine, theirs])) == {theirs}
    assert len(workspace.facts.history(mine)) == 1
