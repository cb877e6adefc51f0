"""Credentials that are stored in memory, as `platforms.adapter.Kept` has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class InMemory:
    """`written`: whatever was stored, in order. `busy`: somebody else renews them, for ever."""

    stored: dict[str, str]
    written: list[Mapping[str, str]] = field(default_factory=list)
    busy: bool = False
    _lock: Lock = field(default_factory=Lock)

    def read(self) -> Mapping[str, str]:
        return dict(self.stored)

    @contextmanager
    def claim(self, seen: Mapping[str, str]) -> Iterator[bool]:
        with self._lock:
            yield seen == self.stored and not self.busy

    def replace(self, seen: Mapping[str, str], fresh: Mapping[str, str]) -> bool:
        if seen != self.stored:
            return False
        self.stored = dict(fresh)
        self.written.append(fresh)
        return True
