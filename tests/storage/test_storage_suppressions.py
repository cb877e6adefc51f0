"""A newer opt-out is never undone but by a later grant that a reviewer confirmed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import ENTITY, NOW, OTHER_ENTITY, Fresh, fact, minutes, number, person, receipt, shop, sync

from campaign_app.domain.consent import Channel, ConsentMethod, ConsentStatus, CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.storage.workspace import Workspace

EXAMPLES = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
KIND = SuppressionKind
LIFTED_AT = NOW + minutes(60)


def mark(key: bytes, kind: KIND = KIND.OPT_OUT, since: datetime = NOW, entity: str = ENTITY) -> Suppression:
    return Suppression(entity, key, kind, since, "reply", "T")


@dataclass
class Person:
    """One customer with a number, and the facts that are told of them."""

    workspace: Workspace
    account_id: int = field(init=False)
    customer_id: int = field(init=False)

    def __post_init__(self) -> None:
        self.account_id = shop(self.workspace)
        self.customer_id = sync(self.workspace, self.account_id, person("c1", number(1)))["c1"]

    @property
    def key(self) -> bytes:
        return self.workspace.phone_keys.of_ref(CustomerRef(self.account_id, "c1"))

    def told(self, **changed: Any) -> int:
        """Appends a fact and returns its id."""
        told = fact(self.account_id, "c1", **{"checked_at": changed.get("obtained_at") or NOW, **changed})
        self.workspace.facts.append([told], [receipt(self.account_id)])
        return self.workspace.facts.history(self.customer_id)[-1][0]

    def lift(self, suppression: Suppression, fact_id: int, at: datetime = LIFTED_AT) -> None:
        self.workspace.suppressions.lift(
            [suppression], customer_id=self.customer_id, fact_id=fact_id, reviewer="审核员", at=at
        )

    def active(self) -> set[KIND]:
        found = self.workspace.suppressions.active(ENTITY, [self.key]).get(self.key, frozenset())
        return {each.kind for each in found}


@pytest.fixture
def somebody(workspace: Workspace) -> Person:
    return Person(workspace)


def test_marks_are_per_entity_and_key_and_kind(workspace: Workspace) -> None:
    a, b = bytes(32), bytes([1]) * 32
    marks = [mark(a), mark(a, KIND.COMPLAINT), mark(b, entity=OTHER_ENTITY)]
    workspace.suppressions.add([*marks, *marks])
    workspace.suppressions.add(marks)
    assert workspace.suppressions.active(ENTITY, [a, b]) == {a: frozenset(marks[:2])}
    assert workspace.suppressions.active(OTHER_ENTITY, [a, b]) == {b: frozenset(marks[2:])}
    assert workspace.suppressions.active(ENTITY, []) == {}


def test_thousands_of_keys_are_asked_at_once(workspace: Workspace) -> None:
    keys = [n.to_bytes(32, "big") for n in range(12_000)]
    workspace.suppressions.add([mark(key) for key in keys[::2]])
    assert len(workspace.suppressions.active(ENTITY, keys)) == 6_000


def test_a_later_grant_lifts_an_opt_out(somebody: Person) -> None:
    somebody.workspace.suppressions.add([mark(somebody.key)])
    somebody.lift(mark(somebody.key), somebody.told(obtained_at=NOW + minutes(1)))
    assert somebody.active() == set()


@pytest.mark.parametrize("way", ["person", "list", "restricted", "erased"])
def test_what_is_said_here_after_a_lift_holds_by_a_clock_that_was_set_back_too(somebody: Person, way: str) -> None:
    workspace, early = somebody.workspace, NOW - timedelta(days=1)
    keys = [somebody.key, workspace.phone_keys.of_phone(number(1))]
    kind = KIND.OPT_OUT if way in ("person", "list") else KIND.WITHDRAWN
    workspace.suppressions.add([mark(key, kind) for key in keys])
    fact_id = somebody.told(obtained_at=NOW + minutes(1))
    for key in keys:
        somebody.lift(mark(key, kind), fact_id)
    assert somebody.active() == set()
    match way:
        case "person":
            workspace.opt_outs.add(somebody.customer_id, early, "by_hand", "来电", "李")
        case "list":
            workspace.opt_outs.add_numbers([number(1)], replace(mark(b"", since=early), source="by_list", by="李"))
        case "restricted":
            workspace.subjects.restrict(somebody.customer_id, actor="李", at=early, note="要求停止")
        case _:
            workspace.subjects.erase(somebody.customer_id, actor="李", at=early)
    found = workspace.suppressions.active(ENTITY, keys)
    assert {each.kind for marks in found.values() for each in marks} == {kind}


def test_a_lift_may_be_found_by_the_number_too(somebody: Person) -> None:
    key = somebody.workspace.phone_keys.of_phone(number(1))
    somebody.workspace.suppressions.add([mark(key)])
    somebody.lift(mark(key), somebody.told(obtained_at=NOW + minutes(1)))
    assert somebody.workspace.suppressions.active(ENTITY, [key]) == {}


@pytest.mark.parametrize("kind", [KIND.COMPLAINT, KIND.MINOR])
def test_complaints_and_minors_stay(somebody: Person, kind: KIND) -> None:
    somebody.workspace.suppressions.add([mark(somebody.key, kind)])
    fact_id = somebody.told(obtained_at=NOW + minutes(1))
    with pytest.raises(NotAllowed) as caught:
        somebody.lift(mark(somebody.key, kind), fact_id)
    assert caught.value.code == "lift_kind"
    assert somebody.active() == {kind}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"obtained_at": NOW - minutes(1)}, "lift_older"),
        ({"obtained_at": NOW}, "lift_older"),
        ({"obtained_at": None}, "lift_older"),
        ({"obtained_at": NOW + minutes(90)}, "lift_older"),  # after the lift itself: no grant yet
        ({"obtained_at": NOW + minutes(1), "status": ConsentStatus.PENDING}, "lift_unconfirmed"),
        ({"obtained_at": NOW + minutes(1), "method": ConsentMethod.REGISTRATION_DEFAULT}, "lift_unconfirmed"),
        ({"obtained_at": NOW + minutes(1), "withdrawn_at": NOW}, "lift_unconfirmed"),
        ({"obtained_at": NOW + minutes(1), "channel": Channel.EMAIL}, "lift_unconfirmed"),
        ({"obtained_at": NOW + minutes(1), "channel": Channel.UNKNOWN}, "lift_unconfirmed"),
        ({"obtained_at": NOW + minutes(1), "expires_at": NOW + minutes(2)}, "lift_unconfirmed"),
        ({"obtained_at": NOW + minutes(1), "entity_uscc": OTHER_ENTITY}, "lift_other_person"),
    ],
)
def test_nothing_less_than_a_later_explicit_grant_lifts(somebody: Person, changed: dict[str, Any], code: str) -> None:
    somebody.workspace.suppressions.add([mark(somebody.key)])
    fact_id = somebody.told(**changed)
    with pytest.raises(NotAllowed) as caught:
        somebody.lift(mark(somebody.key), fact_id)
    assert caught.value.code == code
    assert KIND.OPT_OUT in somebody.active()


def test_somebody_elses_grant_lifts_nothing(somebody: Person) -> None:
    other = somebody.workspace.phone_keys.of_phone(number(2))
    somebody.workspace.suppressions.add([mark(other)])
    with pytest.raises(NotAllowed) as caught:
        somebody.lift(mark(other), somebody.told(obtained_at=NOW + minutes(1)))
    assert caught.value.code == "lift_other_person"


def test_a_lift_needs_a_reviewer_and_a_fact(somebody: Person) -> None:
    somebody.workspace.suppressions.add([mark(somebody.key)])
    with pytest.raises(NotAllowed):
        somebody.workspace.suppressions.lift([mark(somebody.key)], customer_id=1, fact_id=1, reviewer=" ", at=NOW)
    with pytest.raises(NotFound):
        somebody.lift(mark(somebody.key), 12345)


def test_an_old_copy_of_a_mark_does_not_hide_a_newer_one(somebody: Person) -> None:
    old, new = mark(somebody.key), mark(somebody.key, since=NOW + minutes(30))
    somebody.workspace.suppressions.add([old])
    somebody.workspace.suppressions.add([new])
    fact_id = somebody.told(obtained_at=NOW + minutes(1))
    with pytest.raises(NotAllowed):
        somebody.lift(old, fact_id)
    assert somebody.active() == {KIND.OPT_OUT}


def test_after_a_lift_an_old_opt_out_that_comes_late_is_history_and_a_new_one_counts(somebody: Person) -> None:
    add = somebody.workspace.suppressions.add
    add([mark(somebody.key)])
    somebody.lift(mark(somebody.key), somebody.told(obtained_at=NOW + minutes(10)))
    add([mark(somebody.key, since=NOW + minutes(5))])
    assert somebody.active() == set()
    add([mark(somebody.key, since=NOW + minutes(20))])
    assert somebody.active() == {KIND.OPT_OUT}


def test_one_kind_is_lifted_at_a_time(somebody: Person) -> None:
    somebody.workspace.suppressions.add([mark(somebody.key), mark(somebody.key, KIND.WITHDRAWN)])
    somebody.lift(mark(somebody.key), somebody.told(obtained_at=NOW + minutes(1)))
    assert somebody.active() == {KIND.WITHDRAWN}


def test_nothing_else_removes_a_mark(somebody: Person) -> None:
    workspace = somebody.workspace
    workspace.suppressions.add([mark(somebody.key)])
    somebody.told(obtained_at=NOW + minutes(5))
    sync(workspace, somebody.account_id, person("c1", number(1), updated_at=NOW + minutes(9)))
    other_shop = shop(workspace, "k2")
    sync(workspace, other_shop, person("x", number(1)))
    workspace.facts.append([fact(other_shop, "x", obtained_at=NOW + minutes(5))], [])
    for change in ("DELETE FROM suppression", "DELETE FROM suppression_lift", "UPDATE suppression SET since = 0"):
        if "lift" not in change:
            with pytest.raises(sa.exc.IntegrityError), workspace.database.write() as connection:
                connection.exec_driver_sql(change)
    assert somebody.active() == {KIND.OPT_OUT}


Step = tuple[str, int]


@given(
    st.lists(st.tuples(st.sampled_from(["opt_out", "withdrawn", "lift opt_out", "lift withdrawn"]), st.integers(0, 9)))
)
@EXAMPLES
def test_a_mark_is_in_force_unless_a_later_grant_lifted_it(fresh: Fresh, steps: list[Step]) -> None:
    """The oracle: per kind the newest mark and the newest grant; a grant lifts only what is older than itself."""
    with fresh() as workspace:
        somebody = Person(workspace)
        newest: dict[str, int] = {}
        granted: dict[str, int] = {}
        for word, minute in steps:
            kind, moment = word.removeprefix("lift "), NOW + timedelta(minutes=minute)
            if word == kind:
                workspace.suppressions.add([mark(somebody.key, KIND(kind), moment)])
                newest[kind] = max(minute, newest.get(kind, -1))
                continue
            fact_id = somebody.told(obtained_at=moment)
            in_force = kind in newest and granted.get(kind, -1) <= newest[kind]
            if in_force and minute > newest[kind]:
                somebody.lift(mark(somebody.key, KIND(kind)), fact_id)
                granted[kind] = max(minute, granted.get(kind, -1))
            else:
                with pytest.raises(NotAllowed):
                    somebody.lift(mark(somebody.key, KIND(kind)), fact_id)
        expected = {KIND(kind) for kind in newest if granted.get(kind, -1) <= newest[kind]}
        assert somebody.active() == expected


def test_customers_are_shown_with_the_marks_of_their_own_entity_by_ref_and_by_number(workspace: Workspace) -> None:
    account_id, other = shop(workspace), shop(workspace, "k9", entity_uscc=OTHER_ENTITY)
    ids = sync(workspace, account_id, person("c1", number(1)), person("c2", number(2)), person("c3"))
    theirs = sync(workspace, other, person("x1", number(1)))
    by_ref = mark(workspace.phone_keys.of_ref(CustomerRef(account_id, "c1")), KIND.WITHDRAWN)
    by_phone = mark(workspace.phone_keys.of_phone(number(1)), KIND.COMPLAINT)
    elsewhere = mark(workspace.phone_keys.of_phone(number(2)), entity=OTHER_ENTITY)
    workspace.suppressions.add([by_ref, by_phone, elsewhere])
    asked = [*ids.values(), *theirs.values(), 999]
    assert workspace.suppressions.of_customers(asked) == {ids["c1"]: frozenset({by_ref, by_phone})}
    assert workspace.suppressions.of_customers([]) == {}


def test_a_lifted_mark_is_shown_no_more(somebody: Person) -> None:
    suppressions = somebody.workspace.suppressions
    suppressions.add([mark(somebody.key)])
    assert set(suppressions.of_customers([somebody.customer_id])) == {somebody.customer_id}
    somebody.lift(mark(somebody.key), somebody.told(obtained_at=NOW + minutes(1)))
    assert suppressions.of_customers([somebody.customer_id]) == {}


def test_what_was_lifted_meanwhile_is_not_lifted_again(somebody: Person) -> None:
    somebody.workspace.suppressions.add([mark(somebody.key)])
    fact_id = somebody.told(obtained_at=NOW + minutes(1))
    somebody.lift(mark(somebody.key), fact_id)
    entries = somebody.workspace.audit.head()
    with pytest.raises(NotAllowed) as refused:
        somebody.lift(mark(somebody.key), fact_id)
    assert (refused.value.code, somebody.workspace.audit.head()) == ("lift_nothing", entries)


def test_a_number_on_a_later_list_is_not_lifted_by_a_grant_from_before_that_list(somebody: Person) -> None:
    opt_outs, key = somebody.workspace.opt_outs, somebody.workspace.phone_keys.of_phone(number(1))
    said = Suppression(ENTITY, b"", KIND.OPT_OUT, NOW, "list", "名单")
    assert opt_outs.add_numbers([number(1)], said) == 1
    grant = somebody.told(obtained_at=NOW + minutes(5))
    assert opt_outs.add_numbers([number(1)], replace(said, since=NOW + minutes(10))) == 0
    (mark,) = somebody.workspace.suppressions.active(ENTITY, [key])[key]
    assert mark.since == NOW + minutes(10)
    for each in (mark, replace(mark, since=NOW)):
        with pytest.raises(NotAllowed, match="not obtained after"):
            somebody.lift(each, grant)
