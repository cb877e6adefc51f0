"""A value made when it is first asked for: `functools.cached_property` without its lock.

Two threads may make it twice; what is made here is the same both times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
S = TypeVar("S")


class lazy(Generic[S, T]):  # noqa: N801 - used like `property`
    def __init__(self, make: Callable[[S], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, owner: None, kind: type) -> lazy[S, T]: ...
    @overload
    def __get__(self, owner: S, kind: type) -> T: ...
    def __get__(self, owner: Any, kind: type) -> Any:
        if owner is None:
            return self
        made = owner.__dict__[self._name] = self._make(owner)
        return made
