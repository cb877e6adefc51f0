"""What stands in the workspace as far as this window knows, for saves that are to take the place of just that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Seen(Generic[T]):
    """Saves go one after the other: each is over what the one before it left, and a refused one leaves nothing."""

    value: T

    def save(self, write: Callable[[T], object], wanted: T) -> None:
        """`write` gets what stands there. For the work of `Tasks.write`; what it raises is raised here."""
        write(self.value)
        self.value = wanted
