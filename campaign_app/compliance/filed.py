"""Which of a provider's templates a finished text follows, and with which parameters.

A provider takes the name of an approved template and the values of its variables, never a text. What was checked and
approved here is the text, so the template is searched that gives this very text, character for character; where none
does, nothing is sent. Pure: the provider's notation (`compliance.syntaxes`) comes as an argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from campaign_app.compliance.syntaxes import SYNTAXES, BadTemplate, import_template

_SIGNED: Final = re.compile(r"【([^【】]+)】(.*)", re.DOTALL)


class Signed(NamedTuple):
    """A text as the customer reads it: the signature in front, without its brackets, and what follows it."""

    signature: str
    body: str


class Filled(NamedTuple):
    """A template and the value of each of its variables, in the order in which they first stand in it."""

    code: str
    values: tuple[tuple[str, str], ...]


def signed(text: str) -> Signed | None:
    """None for a text that does not begin with a 【signature】."""
    found = _SIGNED.fullmatch(text)
    return Signed(found[1], found[2]) if found else None


@dataclass(frozen=True, slots=True)
class Filed:
    """One template as filed; `literals` has one more piece than there are `names`, which may repeat."""

    code: str
    literals: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def parse(cls, code: str, text: str, notation: str) -> Filed:
        """Raises BadTemplate for a text that cannot be read in this notation."""
        import_template(text, notation)
        pieces = SYNTAXES[notation].placeholder.split(text)
        return cls(code, tuple(pieces[::2]), tuple(pieces[1::2]))

    def render(self, values: Mapping[str, str]) -> str:
        filled = (values[name] + literal for name, literal in zip(self.names, self.literals[1:], strict=True))
        return self.literals[0] + "".join(filled)

    def fill(self, body: str) -> Filled | None:
        """Values with which the template gives `body`; each is as short as it can be. None where there are none."""
        long_enough = len(body) >= sum(map(len, self.literals))
        if not (long_enough and body.startswith(self.literals[0]) and body.endswith(self.literals[-1])):
            return None
        if not self.names:
            return Filled(self.code, ()) if body == self.literals[0] else None
        values = _Search(self, body).values(0, len(self.literals[0]), {})
        return None if values is None else Filled(self.code, tuple(values.items()))


@dataclass(slots=True)
class _Search:
    """Tries the places of every literal in turn. What failed once is not tried again, so it ends in good time."""

    filed: Filed
    body: str
    repeated: tuple[str, ...] = ()
    failed: set[tuple[int, int, tuple[str | None, ...]]] = field(default_factory=set)

    def __post_init__(self) -> None:
        names = self.filed.names
        self.repeated = tuple(name for name in dict.fromkeys(names) if names.count(name) > 1)

    def values(self, slot: int, at: int, known: Mapping[str, str]) -> Mapping[str, str] | None:
        """The values of all variables, where that of variable `slot` begins at `at` and those before it are known."""
        if slot == len(self.filed.names):
            return known if at == len(self.body) else None
        state = slot, at, tuple(known.get(name) for name in self.repeated)
        if state in self.failed:
            return None
        name, literal = self.filed.names[slot], self.filed.literals[slot + 1]
        for end in self._ends(slot, at, known.get(name)):
            found = self.values(slot + 1, end + len(literal), {**known, name: self.body[at:end]})
            if found is not None:
                return found
        self.failed.add(state)
        return None

    def _ends(self, slot: int, at: int, known: str | None) -> Iterator[int]:
        """Where the value may end: before each place of the literal behind it; the last one ends the text."""
        literal = self.filed.literals[slot + 1]
        if known is not None:
            if self.body.startswith(known + literal, at):
                yield at + len(known)
            return
        if slot + 1 == len(self.filed.names):
            if at <= len(self.body) - len(literal):
                yield len(self.body) - len(literal)
            return
        end = self.body.find(literal, at)
        while end >= 0:
            yield end
            end = self.body.find(literal, end + 1)


class Templates:
    """The templates that an account may use. One that cannot be read is none: its text would not be known."""

    def __init__(self, texts: Iterable[tuple[str, str]], notation: str) -> None:
        """`texts`: code and text of each."""
        filed = [one for code, text in texts for one in _readable(code, text, notation)]
        # the one that says most itself comes first; the code keeps the order the same from day to day
        self._filed = sorted(filed, key=lambda one: (-sum(map(len, one.literals)), len(one.names), one.code))

    def __len__(self) -> int:
        return len(self._filed)

    def fill(self, body: str) -> Filled | None:
        """The template that gives this very text, or None."""
        return next((found for one in self._filed if (found := one.fill(body)) is not None), None)


def _readable(code: str, text: str, notation: str) -> Iterator[Filed]:
    try:
        yield Filed.parse(code, text, notation)
    except BadTemplate:
        return
