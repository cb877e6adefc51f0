"""What the fixed text of a template settles for all rows whose values are calm: short, of plain letters and digits.

Such values bring no bracket, border, link, sign or odd character, and leave those of the fixed text what they are. So
the fixed text is read once, and of each row only the clauses that hold a value. Rows with any other value, and
templates in which even a calm one could make a difference, are read in full; the findings are the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from campaign_app.compliance.clauses import BORDER, EMPTY, Clause, Found, may_hold, read
from campaign_app.compliance.links import VALUE, WIDE_WALLS, Link, find_links, hides_link, may_hide
from campaign_app.compliance.normalize import SEPARATOR, FoldTable
from campaign_app.compliance.template import Rendered, Template

# a face that a value could lend its T, and a link whose host is not ASCII
_TOUCHY: Final = re.compile(r"[_^]|://(?![!-~])")
_STAND_IN: Final = "0"
_RUN: Final = re.compile(f"[!-~{WIDE_WALLS}]+")
_WALLS: Final = re.compile(f"[{WIDE_WALLS}]")


class _Piece(NamedTuple):
    """A clause: its place in the text without values, and how many values stand before its start and its end."""

    start: int
    end: int
    before: int
    upto: int
    text: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class Skeleton:
    """`starts` is where each value begins in the text without values, and last the length of that text.

    `may_hide` says that calm values could make a link whose dots are written as something else.
    """

    calm: re.Pattern[str]
    starts: tuple[int, ...]
    fixed_links: tuple[tuple[Link, int], ...]
    pieces: tuple[_Piece, ...]
    reference: Rendered
    may_hide: bool

    def covers(self, rendered: Rendered, plain: str) -> bool:
        """Whether all the variables have values, and calm ones that hide nothing; `plain` is the folded text."""
        text, spans, left_out = rendered
        if left_out or len(spans) != len(self.starts) - 1 or (self.may_hide and hides_link(plain)):
            return False
        return all(self.calm.fullmatch(text, start, end) for _, start, end in spans)

    def links(self, shifts: Sequence[int]) -> tuple[Link, ...]:
        return tuple(
            link._replace(start=link.start + shifts[before], end=link.end + shifts[before])
            for link, before in self.fixed_links
        )

    def shifts(self, rendered: Rendered) -> list[int]:
        """How far what stands behind so many values is moved by them."""
        shifts = [span[1] - start for span, start in zip(rendered.value_spans, self.starts, strict=False)]
        shifts.append(len(rendered.text) - self.starts[-1])
        return shifts

    def clauses(self, plain: str, shifts: Sequence[int]) -> list[Found]:
        found = []
        for start, end, before, upto, fixed, settled in self.pieces:
            at = start + shifts[before]
            if before == upto:
                found.append((at, fixed, settled))
            elif may_hold(text := plain[at : end + shifts[upto]]) and (clause := read(text)) is not EMPTY:
                found.append((at, text, clause))
        return found


def skeleton_of(template: Template, table: FoldTable) -> Skeleton | None:
    """None if the template has no variables, or one that even a calm value could do something with."""
    reference = template.render(dict.fromkeys(template.names, _STAND_IN))
    body = table.text(reference.text)
    touchy = body.flagged & ~SEPARATOR or _TOUCHY.search(body.plain) or hides_link(body.plain)
    if not template.names or touchy or _may_link(reference):
        return None
    ends = [span.end for span in reference.value_spans]
    starts = (*(span.start - n for n, span in enumerate(reference.value_spans)), len(template.fixed))
    links = [(link, bisect_right(ends, link.start)) for link in find_links(body)]
    fixed_links = tuple((link._replace(start=link.start - n, end=link.end - n), n) for link, n in links)
    blank = template.render(dict.fromkeys(template.names, VALUE)).text.lower()
    return Skeleton(table.calm, starts, fixed_links, _pieces(body.plain, reference), reference, may_hide(blank))


def _may_link(reference: Rendered) -> bool:
    """Whether a value stands in a run of ASCII in which a link could be."""
    for run in _RUN.finditer(reference.text):
        start = run.start()
        for part in _WALLS.split(run[0]):
            end = start + len(part)
            if ("." in part or "://" in part) and any(s.start < end and start < s.end for s in reference.value_spans):
                return True
            start = end + 1
    return False


def _pieces(plain: str, reference: Rendered) -> tuple[_Piece, ...]:
    """Those clauses of the reference that hold anything, or a value."""
    pieces, start = [], 0
    begins, ends = [s.start for s in reference.value_spans], [s.end for s in reference.value_spans]
    for text in BORDER.split(plain):
        before, upto = bisect_right(ends, start), bisect_left(begins, start + len(text))
        clause = read(text)
        if before != upto or clause is not EMPTY:
            pieces.append(_Piece(start - before, start + len(text) - upto, before, upto, text, clause))
        start += len(text) + 1
    return tuple(pieces)
