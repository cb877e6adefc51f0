"""Staff numbers and test messages in the store: five for each entity, and never more messages than a day allows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import ENTITY, NOW, OTHER_ENTITY, Fresh, number, person, shop, sync

from campaign_app.consent.staff import StaffRecipient
from campaign_app.domain.consent import Suppression, SuppressionKind
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.phone import Phone
from campaign_app.domain.staff import Trial, TrialState, Wish
from campaign_app.storage.workspace import Workspace

DAY = timedelta(days=1)


@pytest.fixture
def store(workspace: Workspace) -> Workspace:
    opened(workspace)
    return workspace


def opened(workspace: Workspace) -> None:
    for uscc, name in ((ENTITY, "安宁百货"), (OTHER_ENTITY, "另一家")):
        workspace.accounts.add_entity(Entity(uscc, name))


def register(workspace: Workspace, n: int, entity: str = ENTITY, label: str = "") -> int:
    return workspace.staff.register(entity, label or f"员工{n}", number(n), actor="王", at=NOW).id


def wish(workspace: Workspace, staff_id: int, press: str = "p", entity: str = ENTITY, text: str = "文") -> Trial:
    return workspace.staff.wish(Wish(press, 1, None, staff_id, text, "王"), entity, NOW)


def suppress(workspace: Workspace, phone: Phone, entity: str = ENTITY) -> None:
    key = workspace.phone_keys.of_phone(phone)
    workspace.suppressions.add([Suppression(entity, key, SuppressionKind.OPT_OUT, NOW, "reply")])


def test_a_registered_number_is_listed_masked_and_kept_sealed(store: Workspace) -> None:
    made = register(store, 1)
    (found,) = store.staff.numbers(ENTITY)
    by = "王" if not store.shared else "yunfa/王"  # the server knows who is logged in
    assert (found.id, found.label, found.masked, found.added_by) == (made, "员工1", number(1).masked, by)
    assert store.staff.numbers(OTHER_ENTITY) == ()
    assert number(1).digits not in repr(found)
    assert number(1).digits not in repr(store.audit.entries())


def test_five_are_the_most_and_a_removed_one_makes_room(store: Workspace) -> None:
    ids = [register(store, n) for n in range(5)]
    with pytest.raises(NotAllowed) as refused:
        register(store, 5)
    assert refused.value.code == "staff_full"
    assert register(store, 5, OTHER_ENTITY)
    store.staff.remove(ids[2], actor="王", at=NOW)
    assert register(store, 5) not in ids, "no id is used twice"
    assert [each.action for each in store.audit.entries(limit=2)] == ["staff.registered", "staff.removed"]
    with pytest.raises(NotFound):
        store.staff.remove(ids[2], actor="王", at=NOW)


def test_the_same_number_or_note_is_refused(store: Workspace) -> None:
    register(store, 1)
    for n, label, code in ((1, "别人", "staff_known"), (2, "员工1", "staff_label")):
        with pytest.raises(NotAllowed) as refused:
            register(store, n, label=label)
        assert refused.value.code == code


def test_a_customers_or_a_suppressed_number_is_refused(store: Workspace) -> None:
    account = shop(store, entity_uscc=OTHER_ENTITY)
    sync(store, account, person("c1", number(1)))
    suppress(store, number(2))
    for n, code in ((1, "staff_customer"), (2, "staff_suppressed")):
        with pytest.raises(NotAllowed) as refused:
            register(store, n)
        assert refused.value.code == code
    assert store.staff.numbers(ENTITY) == ()


def test_the_same_press_is_the_same_message(store: Workspace) -> None:
    staff = register(store, 1)
    first, again = wish(store, staff), wish(store, staff, text="另一条")
    assert first == again == store.staff.pressed("p")
    assert [job.kind for job in store.jobs.open_jobs()] == ["test"]
    assert store.jobs.job(first.job_id).args == {"trial_id": first.id}
    assert store.staff.pressed("q") is None
    assert store.staff.last_trial(1) == first
    assert store.staff.last_trial(2) is None


def test_a_message_is_claimed_once(store: Workspace) -> None:
    made = wish(store, register(store, 1))
    claimed = store.staff.claim(made.id, 1, cap=20, at=NOW)
    assert isinstance(claimed, StaffRecipient)
    assert claimed.phone == number(1)
    assert store.staff.claim(made.id, 1, cap=20, at=NOW) is None
    assert store.staff.sent_today(ENTITY, NOW) == 1
    store.staff.settle(made.id, TrialState.ACCEPTED, at=NOW, provider_id="x")
    store.staff.settle(made.id, TrialState.UNKNOWN, at=NOW)
    assert store.staff.trial(made.id).state is TrialState.ACCEPTED
    assert [e.action for e in store.audit.entries(limit=2)] == ["test.accepted", "test.sending"]
    facts = store.audit.entries(limit=1)[0].facts
    assert (facts["label"], facts["number"], len(str(facts["text_sha256"]))) == ("员工1", number(1).masked, 64)


def test_a_number_that_was_removed_or_suppressed_meanwhile_gets_nothing(store: Workspace) -> None:
    one, two = register(store, 1), register(store, 2)
    removed, suppressed = wish(store, one, "a"), wish(store, two, "b")
    store.staff.remove(one, actor="王", at=NOW)
    register(store, 3, label="员工1")
    suppress(store, number(2))
    for made, code in ((removed, "not_registered"), (suppressed, "staff_suppressed")):
        assert store.staff.claim(made.id, 1, cap=20, at=NOW) is None
        assert (store.staff.trial(made.id).state, store.staff.trial(made.id).code) == (TrialState.REFUSED, code)
    assert store.staff.sent_today(ENTITY, NOW) == 0


def test_another_entitys_number_is_none(store: Workspace) -> None:
    theirs = register(store, 1, OTHER_ENTITY)
    for staff in (theirs, theirs + 1):
        with pytest.raises(NotFound):
            wish(store, staff)
    with pytest.raises(NotFound):
        store.staff.trial(1)


def test_the_cap_is_of_a_day_in_beijing(store: Workspace) -> None:
    staff = register(store, 1)
    midnight = NOW.replace(hour=16)  # in Beijing
    before, at_once, after = (wish(store, staff, press) for press in "abc")
    assert store.staff.claim(before.id, 1, cap=1, at=midnight - timedelta(milliseconds=1)) is not None
    assert store.staff.claim(at_once.id, 1, cap=1, at=midnight - timedelta(milliseconds=1)) is None
    assert store.staff.trial(at_once.id).code == "test_cap"
    assert store.staff.claim(after.id, 1, cap=1, at=midnight) is not None


PEOPLE = st.integers(0, 7)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("register"), PEOPLE),
        st.tuples(st.just("remove"), PEOPLE),
        st.tuples(st.just("suppress"), PEOPLE),
        st.tuples(st.just("wish"), PEOPLE),
        st.tuples(st.just("claim"), st.integers(0, 20)),
        st.tuples(st.just("tomorrow"), PEOPLE),
    ),
    max_size=40,
)


class Days:
    """What an owner and a worker may do in any order, and what a person would say of it."""

    def __init__(self, workspace: Workspace, cap: int) -> None:
        self.workspace, self.cap, self.now = workspace, cap, NOW
        self.registered, self.suppressed = dict[int, int](), set[int]()
        self.wishes, self.sent = list[int](), list[Phone]()

    def register(self, n: int) -> None:
        if n in self.registered or n in self.suppressed or len(self.registered) == 5:
            with pytest.raises(NotAllowed):
                register(self.workspace, n)
        else:
            self.registered[n] = register(self.workspace, n)

    def remove(self, n: int) -> None:
        if n in self.registered:
            self.workspace.staff.remove(self.registered.pop(n), actor="王", at=self.now)

    def suppress(self, n: int) -> None:
        suppress(self.workspace, number(n))
        self.suppressed.add(n)

    def wish(self, n: int) -> None:
        if n in self.registered:
            self.wishes.append(wish(self.workspace, self.registered[n], f"p{len(self.wishes)}").id)

    def tomorrow(self, _: int) -> None:
        self.now += DAY
        self.sent.clear()

    def claim(self, n: int) -> None:
        found = (
            self.workspace.staff.claim(self.wishes[n], 1, cap=self.cap, at=self.now) if n < len(self.wishes) else None
        )
        if found is not None:
            self.sent.append(found.phone)
            assert found.phone in {number(each) for each in self.registered if each not in self.suppressed}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, cap=st.integers(0, 3))
def test_whatever_is_done_no_other_number_is_reached_nor_more_than_the_cap(
    fresh: Fresh, steps: list[tuple[str, int]], cap: int
) -> None:
    with fresh() as workspace:
        opened(workspace)
        days = Days(workspace, cap)
        for what, n in steps:
            getattr(days, what)(n)
            assert len(days.sent) <= cap
            known = {each.masked for each in workspace.staff.numbers(ENTITY)}
            assert known == {number(each).masked for each in days.registered}
