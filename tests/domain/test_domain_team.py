"""Roles of a team: what each may do, who may do a thing, and under which name somebody acts."""

from __future__ import annotations

import pytest

from campaign_app.domain.errors import NotAllowed, NotPermitted
from campaign_app.domain.team import (
    ALONE,
    ASKED_BY_PEOPLE,
    EVERY_ROLE,
    GRANTED,
    Editor,
    Permission,
    Person,
    Role,
    editor,
    granted_to,
    login_of,
    may_ask,
    not_permitted,
    shown_editor,
    signed,
)


def test_whoever_works_alone_may_do_everything() -> None:
    assert all(ALONE.may(each) for each in Permission)
    assert ALONE.signs("window") == "window"


def test_every_permission_is_somebodys_and_nobody_has_none() -> None:
    assert GRANTED.keys() == EVERY_ROLE
    assert frozenset().union(*GRANTED.values()) == frozenset(Permission)
    assert not any(Person("x", frozenset()).may(each) for each in Permission)


def test_what_keeps_people_apart() -> None:
    assert granted_to(Permission.APPROVE) == granted_to(Permission.LIFT) == (Role.REVIEWER,)
    assert granted_to(Permission.CONNECT) == granted_to(Permission.SET) == (Role.OWNER,)
    assert granted_to(Permission.WORK) == (Role.WORKER,)
    assert granted_to(Permission.STOP) == tuple(Role), "anybody may stop a campaign"


def test_who_may_not_is_told_who_may() -> None:
    anna = Person("anna", frozenset({Role.OPERATOR}))
    anna.require(Permission.BUILD)
    with pytest.raises(NotPermitted) as caught:
        anna.require(Permission.APPROVE)
    assert (caught.value.code, caught.value.facts) == ("not_permitted", {"permission": "approve", "roles": "reviewer"})
    assert isinstance(caught.value, NotAllowed)
    assert not_permitted(Permission.SCHEDULE).facts["roles"] == "operator,reviewer"


def test_two_roles_are_both() -> None:
    both = Person("anna", frozenset({Role.OPERATOR, Role.REVIEWER}))
    assert both.may(Permission.BUILD)
    assert both.may(Permission.APPROVE)


def test_which_jobs_somebody_may_have_done() -> None:
    assert may_ask(frozenset({Role.OPERATOR}), "import")
    assert not may_ask(frozenset({Role.REVIEWER}), "import")
    assert not may_ask(EVERY_ROLE - {Role.WORKER}, "dispatch")
    assert may_ask(frozenset({Role.WORKER}), "dispatch")
    assert may_ask(frozenset({Role.WORKER}), "import"), "what by the clock begins is its own"
    assert not may_ask(frozenset(), "sync")
    assert not set(ASKED_BY_PEOPLE) & {"dispatch", "screen", "reconcile", "tell"}


@pytest.mark.parametrize(
    ("edited_by", "me", "seen"),
    [
        ("anna", Person("anna"), Editor.MYSELF),
        ("anna/nightly", Person("anna"), Editor.MYSELF),
        ("annabel", Person("anna"), Editor.ANOTHER),
        ("anna", Person("bob", user="anna"), Editor.ANOTHER),
        ("", Person("anna"), Editor.UNKNOWN),
        ("@anna", Person("anna"), Editor.UNKNOWN),
        ("@anna", Person(user="anna"), Editor.MYSELF),
        ("@anna", Person(user="bob"), Editor.ANOTHER),
        ("anna", Person(user="anna"), Editor.UNKNOWN),
        ("", Person(user="anna"), Editor.UNKNOWN),
        ("@anna", ALONE, Editor.UNKNOWN),
    ],
)
def test_who_changed_a_campaign_is_told_by_logins_or_by_accounts_of_a_computer(
    edited_by: str, me: Person, seen: Editor
) -> None:
    assert editor(edited_by, me) is seen


def test_a_name_is_kept_so_that_a_login_and_an_account_are_never_taken_for_one_another() -> None:
    assert [Person("anna", user="a").name, Person(user="anna").name, ALONE.name] == ["anna", "@anna", ""]
    assert [shown_editor("anna"), shown_editor("@anna")] == ["anna", "anna"]


def test_a_name_is_signed_once() -> None:
    assert signed("anna", "window") == "anna/window"
    assert signed("anna", "anna/window") == "anna/window"
    assert signed("anna", "anna") == "anna"
    assert signed("an", "anna/window") == "an/anna/window"
    assert signed("", "window") == "window"
    assert (login_of("anna/window"), login_of("window")) == ("anna", "")
