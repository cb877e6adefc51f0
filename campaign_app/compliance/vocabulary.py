"""Word lists that several rules share: `@name` in a rule stands for `resources/rules/lists/<name>.toml`.

In a list of phrases it is replaced by the words, in a pattern by an alternation of them. What takes more than words
to say, such as a denial, is a list of one pattern, and stands in patterns only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

_NAME: Final = re.compile(r"@([a-z][a-z-]*)")


class WordList(NamedTuple):
    """Either of the two is empty."""

    words: tuple[str, ...]
    pattern: str = ""


Lists = Mapping[str, WordList]


class UnknownList(ValueError):
    """A rule names a word list that is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no word list @{name}")
        self.name = name


def expand(options: Any, lists: Lists) -> Any:
    """`options` with every @name replaced. Raises UnknownList."""
    if isinstance(options, dict):
        return {name: expand(value, lists) for name, value in options.items()}
    if isinstance(options, list):
        return list(_expand_items(options, lists))
    if isinstance(options, str) and "@" in options:
        return _NAME.sub(lambda match: _alternation(match[1], lists), options)
    return options


def _expand_items(items: list[Any], lists: Lists) -> Iterator[Any]:
    for item in items:
        if isinstance(item, str) and "@" not in item:  # nearly all of them
            yield item
            continue
        named = _NAME.fullmatch(item) if isinstance(item, str) else None
        if named:
            yield from _list(named[1], lists).words
        else:
            yield expand(item, lists)


def _alternation(name: str, lists: Lists) -> str:
    return _either(_list(name, lists))


@lru_cache(maxsize=64)
def _either(given: WordList) -> str:
    return f"(?:{given.pattern or '|'.join(map(re.escape, given.words))})"


def _list(name: str, lists: Lists) -> WordList:
    if name not in lists:
        raise UnknownList(name)
    return lists[name]
