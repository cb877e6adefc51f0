"""What stands before every service that changes something: whether the role of whoever asks allows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Self, TypeVar

from campaign_app.domain.team import ALONE, Permission, Person

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="Permitted")


class Permitted:
    """A service that asks who is working with it; in a workspace of one computer that is one who may do everything."""

    person: Person = ALONE

    def used_by(self, person: Person) -> Self:
        """The service of this person."""
        self.person = person
        return self


def needs(
    permission: Permission,
) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Raises NotPermitted before anything else is looked at."""

    def made(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
        @wraps(method)
        def asked(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            self.person.require(permission)
            return method(self, *args, **kwargs)

        return asked

    return made
