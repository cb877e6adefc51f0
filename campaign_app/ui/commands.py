"""Commands of the palette, and finding them by what is typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from campaign_app.ui import pinyin

_NOWHERE: Final = 9


@dataclass(frozen=True, slots=True)
class Command:
    """`kind` is action, page, section or campaign; `keys` its shortcut, `note` with its `level` a campaign's state.

    It is found by its title and by `also`: other names of it, such as those of another language.
    """

    key: str
    kind: str
    title: str
    run: Callable[[], object] = field(repr=False, compare=False)
    picture: str = ""
    keys: str = ""
    note: str = ""
    level: str = ""
    also: tuple[str, ...] = ()


class Finder:
    """Finds in one list of commands while a query is typed: what a longer one finds, a shorter one found before."""

    def __init__(self, commands: Sequence[Command], known: pinyin.Readings) -> None:
        self._commands, self._known = commands, known
        self._query, self._left = "", commands

    def find(self, query: str) -> list[Command]:
        if not query.startswith(self._query):
            self._left = self._commands
        found = find(self._left, query, self._known)
        kept = {each.key for each in found}
        self._query, self._left = query, [each for each in self._left if each.key in kept]
        return found


def find(commands: Iterable[Command], query: str, known: pinyin.Readings) -> list[Command]:
    """Those in which every word of the query stands, the closest first; all of them in their order without a query."""
    words = unicodedata.normalize("NFKC", query).casefold().split()
    if not words:
        return list(commands)
    ranked = [(_rank(each, words, known), each) for each in commands]
    return [each for rank, each in sorted(ranked, key=lambda pair: pair[0]) if rank < _NOWHERE]


def _rank(command: Command, words: Sequence[str], known: pinyin.Readings) -> int:
    worst = 0
    for word in words:
        at = pinyin.place(word, command.title, known)
        if at >= 0:
            worst = max(worst, min(at, 1))
            continue
        others = [pinyin.place(word, other, known) for other in command.also]
        found = [min(at, 1) + 2 for at in others if at >= 0]
        if not found:
            return _NOWHERE
        worst = max(worst, *found)
    return worst
