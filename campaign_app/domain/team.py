"""Who works on a team's workspace: roles, what each may do, and the one table that says so.

The services ask it before anything is done, the window before anything is offered, and the grants of the database
(`storage/roles/grants.py`) allow nothing beyond it. Whoever works alone has every role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from campaign_app.domain.errors import NotPermitted


class Role(StrEnum):
    """One login may have several; each is a role of the database."""

    OPERATOR = "operator"
    REVIEWER = "reviewer"
    OWNER = "owner"
    WORKER = "worker"


class Permission(StrEnum):
    """What a service does for somebody. Reading is no permission: every role reads everything but secrets."""

    BUILD = "build"  # campaigns up to their approval, saved audiences, test messages
    IMPORT = "import"
    SUPPRESS = "suppress"  # an opt-out or a complaint that a person was told
    SYNC = "sync"  # have the worker ask a platform for news
    SCHEDULE = "schedule"  # what was approved, and going on with what was paused
    STOP = "stop"  # pause and cancel
    APPROVE = "approve"  # with the warnings that a person confirms
    LIFT = "lift"
    VOUCH = "vouch"  # a word that others rest on: filings, trades, who reads replies, compared templates, time stamps
    HANDLE = "handle"  # own a complaint case, say which message it is about, answer and close it
    LOOK_BACK = "look_back"  # at what was sent, with what is to be put right
    CLEAR = "clear"  # replies that no machine could read
    CONNECT = "connect"  # accounts, their secrets, and the entities that they are of
    SET = "set"  # policies, rules that are switched off, prices and budgets of a month
    STAFF = "staff"  # numbers that get test messages
    ROLES = "roles"
    CLOSE = "close"  # of messages whose outcome nobody could tell
    WORK = "work"


_PERSON: Final = frozenset({Permission.SYNC, Permission.STOP})
_OPERATOR: Final = {Permission.BUILD, Permission.IMPORT, Permission.SUPPRESS, Permission.SCHEDULE}
_SAYS: Final = {Permission.APPROVE, Permission.LIFT, Permission.VOUCH, Permission.CLEAR}
_REVIEWS: Final = {*_SAYS, Permission.HANDLE, Permission.LOOK_BACK}
_REVIEWER: Final = {Permission.SUPPRESS, Permission.SCHEDULE, *_REVIEWS}
_OWNER: Final = {Permission.CONNECT, Permission.SET, Permission.STAFF, Permission.ROLES}
GRANTED: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.OPERATOR: _PERSON | _OPERATOR,
    Role.REVIEWER: _PERSON | _REVIEWER,
    Role.OWNER: _PERSON | _OWNER,
    Role.WORKER: frozenset({Permission.WORK, Permission.CLOSE, Permission.STOP}),
}
# kinds of jobs that a person may put down; the worker alone begins any other, by a campaign's state
ASKED_BY_PEOPLE: Final[Mapping[str, Permission]] = {
    "sync": Permission.SYNC,
    "changes": Permission.SYNC,
    "poll": Permission.SYNC,
    "import": Permission.IMPORT,
    "test": Permission.BUILD,
    "lookback": Permission.LOOK_BACK,
}
EVERY_ROLE: Final = frozenset(Role)
_BY_COMPUTER: Final = "@"  # before a name that a computer knows and no server


class Editor(StrEnum):
    """Who changed a campaign last, seen by whoever looks at it."""

    MYSELF = "myself"
    ANOTHER = "another"
    UNKNOWN = "unknown"


def granted_to(permission: Permission) -> tuple[Role, ...]:
    """Who may do it, in the order of the roles."""
    return tuple(role for role in Role if permission in GRANTED[role])


def may_ask(roles: frozenset[Role], kind: str) -> bool:
    """Whether somebody with these roles may have a job of this kind done."""
    return Role.WORKER in roles or _has(roles, ASKED_BY_PEOPLE.get(kind, Permission.WORK))


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever uses an open workspace: `login` is the server's name for them, "" in a workspace of one computer.

    There `user` is the name of the account of the computer that the program runs under.
    """

    login: str = ""
    roles: frozenset[Role] = EVERY_ROLE
    user: str = ""

    @property
    def name(self) -> str:
        """What is kept beside what they changed last: the login of a team, else `@` and the computer's account."""
        if self.login or not self.user:
            return self.login
        return f"{_BY_COMPUTER}{self.user}"

    def may(self, permission: Permission) -> bool:
        return _has(self.roles, permission)

    def require(self, permission: Permission) -> None:
        """Raises NotPermitted, which says who may do it."""
        if not self.may(permission):
            raise not_permitted(permission)

    def signs(self, actor: str) -> str:
        """What is put down as having done something: the server takes nobody else's name."""
        return signed(self.login, actor)


ALONE: Final = Person()


def editor(edited_by: str, me: Person) -> Editor:
    """Whether `me` is who is kept as `edited_by` (`Person.name`, or "" where nobody was).

    A computer's account and a server's login say nothing of one another: what was changed before a workspace was moved
    is nobody's that could be told. As the database has it (`is_signed`), a login's are also those of `login/…`.
    """
    if not edited_by or not me.name or edited_by.startswith(_BY_COMPUTER) == bool(me.login):
        return Editor.UNKNOWN
    mine = edited_by == me.name or edited_by.startswith(f"{me.name}/")
    return Editor.MYSELF if mine else Editor.ANOTHER


def shown_editor(edited_by: str) -> str:
    """The name as a person reads it."""
    return edited_by.removeprefix(_BY_COMPUTER)


def not_permitted(permission: Permission) -> NotPermitted:
    roles = ",".join(granted_to(permission))
    return NotPermitted("not_permitted", "This role may not do that", permission=permission.value, roles=roles)


def signed(login: str, actor: str) -> str:
    """`actor` with the login before it, once: `alice/window`."""
    return actor if not login or actor == login or actor.startswith(f"{login}/") else f"{login}/{actor}"


def login_of(signature: str) -> str:
    """Whose it is (`signed`); "" where whoever signed had no login."""
    login, named, _ = signature.partition("/")
    return login if named else ""


def _has(roles: frozenset[Role], permission: Permission) -> bool:
    return any(permission in GRANTED[role] for role in roles)
