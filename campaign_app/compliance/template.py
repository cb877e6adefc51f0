"""Our own `{name}` templates: parsed once, rendered many times, and a value is never expanded a second time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from campaign_app.compliance.lazy import lazy

# `${x}` and `{{x}}` belong to other providers: they stay in the text, and VAR-001 reports them
_PLACEHOLDER: Final = re.compile(r"(?<![${])\{(\w{1,40})\}(?!\})")

# code points of a body; no message is a hundredth as long, and a hundred long values in one text would be gigabytes
MOST: Final = 200_000
# what is made of a longer one, to be looked at
_KEPT: Final = 1_000


class ValueSpan(NamedTuple):
    """Where the value of variable `name` stands in a rendered text, in code points."""

    name: str
    start: int
    end: int


class Rendered(NamedTuple):
    """`left_out`: of a text beyond any measure only the beginning was made; how many code points are missing."""

    text: str
    value_spans: tuple[ValueSpan, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Template:
    """`literals` has one more piece than there are placeholders; `names` are theirs, in order, repeats included."""

    body: str
    literals: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def parse(cls, body: str) -> Template:
        pieces = _PLACEHOLDER.split(body)
        return cls(body, tuple(pieces[::2]), tuple(pieces[1::2]))

    @lazy
    def _holes(self) -> tuple[tuple[str, str], ...]:
        """Each placeholder's name and the text behind it."""
        return tuple(zip(self.names, self.literals[1:], strict=True))

    @lazy
    def variables(self) -> frozenset[str]:
        return frozenset(self.names)

    @lazy
    def fixed(self) -> str:
        """The text with every variable empty."""
        return "".join(self.literals)

    @lazy
    def adjacent(self) -> bool:
        """Whether two variables touch."""
        return any(not literal for literal in self.literals[1:-1])

    def render(self, values: Mapping[str, str]) -> Rendered:
        """A variable without a value stays as it is written. Of more than MOST code points only some are made."""
        text, spans = self.literals[0], []
        for name, literal in self._holes:
            value = values.get(name)
            if value is None:
                text += f"{{{name}}}{literal}"
            else:
                at = len(text)
                end = at + len(value)
                if end > MOST:
                    return self._beginning(values)
                spans.append(ValueSpan(name, at, end))
                text += value + literal
        return Rendered(text, tuple(spans)) if len(text) <= MOST else self._beginning(values)

    def values_in(self, text: str) -> dict[str, str] | None:
        """Values with which `render` makes this very text; None where there are none, or none that were found.

        Each value ends where the text behind it begins for the first time; one that was never put in has none.
        """
        if not text.startswith(self.literals[0]):
            return None
        at, values = len(self.literals[0]), dict[str, str]()
        for number, (name, literal) in enumerate(self._holes, 1):
            last = number == len(self.names)
            end = len(text) - len(literal) if last else text.find(literal, at)
            if end < at or (last and not text.endswith(literal)):
                return None
            values.setdefault(name, text[at:end])
            at = end + len(literal)
        given = {name: value for name, value in values.items() if value != f"{{{name}}}"}
        # of variables that stand in one place each, pieces that were cut out one behind another are the text
        fits = 0 < len(self.names) == len(self.variables) and len(text) <= MOST
        return given if fits or self.render(given).text == text else None

    def _beginning(self, values: Mapping[str, str]) -> Rendered:
        text, spans, size = self.literals[0][:_KEPT], [], len(self.literals[0])
        for name, literal in self._holes:
            value, at = values.get(name, f"{{{name}}}"), len(text)
            text += value[: _KEPT - at]
            if name in values and at < _KEPT:
                spans.append(ValueSpan(name, at, len(text)))
            text += literal[: _KEPT - len(text)]
            size += len(value) + len(literal)
        return Rendered(text, tuple(spans), size - len(text))
