"""The message under check: its parts, its folded body, and what several checks ask of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple

from campaign_app.compliance.clauses import Clause, clauses_in
from campaign_app.compliance.cover import Cover
from campaign_app.compliance.dates import Day
from campaign_app.compliance.frame import Frame
from campaign_app.compliance.lazy import lazy
from campaign_app.compliance.links import Link, find_links
from campaign_app.compliance.normalize import Folded
from campaign_app.compliance.numbers import Number, find_numbers
from campaign_app.compliance.opt_outs import OptOut, find_opt_outs
from campaign_app.compliance.segments import Segments, cn_segments
from campaign_app.compliance.skeleton import Skeleton
from campaign_app.compliance.template import Rendered, ValueSpan
from campaign_app.domain.finding import Severity

_START: Final = attrgetter("start")
_END: Final = attrgetter("end")


class Hit(NamedTuple):
    """A place in the final text where a rule is broken, 0, 0 for an absence or a field.

    `spread` says that the words were written with separators or decorations between them, `variant` that other
    characters stand for the usual ones.
    """

    start: int = 0
    end: int = 0
    severity: Severity | None = None
    spread: bool = False
    variant: bool = False
    facts: tuple[tuple[str, str], ...] = ()


class Found(NamedTuple):
    """Where in the squeezed body a check saw something near one of its literals; `group` is the check's own number."""

    start: int
    end: int
    group: int


class Stand(NamedTuple):
    """squeezed[start:end] stands for `word`: one character in `parts`, else pinyin."""

    start: int
    end: int
    word: str
    parts: bool


class Subject:
    """One rendered message. `marks` are the hits of the rules that were asked before the late ones.

    `skeleton` is what the template settles for it, None if it has to be read in full. `stand_ins` are the places of the
    squeezed body that are read as another word too.
    """

    def __init__(self, frame: Frame, rendered: Rendered, body: Folded, skeleton: Skeleton | None = None) -> None:
        self.skeleton = skeleton
        self.frame = frame
        self.request = frame.request
        self.provider = frame.provider
        self.template = frame.template
        self.offset = frame.offset
        self.rendered = rendered
        self.text = rendered.text
        self.value_spans = rendered.value_spans
        self.body = body
        self.final_text = frame.head + rendered.text
        self.marks: list[tuple[str, Hit]] = []
        self.memo: dict[int, bool] = {}
        self.stand_ins: Sequence[Stand] = ()

    @lazy
    def segments(self) -> Segments:
        return cn_segments(self.final_text)

    @lazy
    def own_names(self) -> Cover | None:
        """Where the sender's names stand in the squeezed body, None if nowhere."""
        text = self.body.squeezed
        named = [name for name in self.frame.own_names if name in text]
        return Cover(span for name in named for span in occurrences(text, name)) if named else None

    @lazy
    def opt_outs(self) -> Sequence[OptOut]:
        return find_opt_outs(self.body)

    @lazy
    def links(self) -> Sequence[Link]:
        return find_links(self.body) if self.skeleton is None else self.skeleton.links(self._shifts)

    @lazy
    def clauses(self) -> Sequence[tuple[int, str, Clause]]:
        plain = self.body.plain
        return clauses_in(plain) if self.skeleton is None else self.skeleton.clauses(plain, self._shifts)

    @lazy
    def _shifts(self) -> Sequence[int]:
        return self.skeleton.shifts(self.rendered) if self.skeleton else ()

    @lazy
    def hotlines(self) -> Sequence[tuple[int, int]]:
        """Where the body, in plain form, has a hotline or landline number."""
        return [(a + at, b + at) for at, _, clause in self.clauses for a, b in clause.hotlines]

    @lazy
    def numbers(self) -> Sequence[Number]:
        """At places of the body as typed."""
        body, found = self.body, []
        for at, text, clause in self.clauses:
            if clause.numbers:
                first, last = body.plain_span(at, at + len(text))
                for kind, start, end in find_numbers(text, body.raw[first:last]):
                    found.append(Number(kind, *body.plain_span(start + at, end + at)))
        return found

    @lazy
    def days(self) -> Sequence[Day]:
        return [day for _, _, clause in self.clauses for day in clause.days]

    def value_over(self, start: int, end: int) -> ValueSpan | None:
        """The value that body[start:end] holds a part of."""
        spans = self.value_spans
        at = bisect_right(spans, start, key=_END)
        return spans[at] if at < len(spans) and spans[at].start < end else None

    def value_starts(self, at: int) -> bool:
        """Whether a value begins at this place."""
        place = bisect_left(self.value_spans, at, key=_START)
        return place < len(self.value_spans) and self.value_spans[place].start == at

    def in_link(self, start: int, end: int) -> bool:
        """Whether body[start:end] is a part of a link."""
        before = bisect_right(self.links, start, key=_START) if self.links else 0
        return before > 0 and end <= self.links[before - 1].end

    def folded_slice(self, start: int, end: int) -> str:
        """body[start:end] in plain form."""
        return self.frame.table.text(self.text[start:end]).plain

    def visible(self, start: int) -> str:
        """What can be seen of the body from `start` on."""
        return self.folded_slice(start, len(self.text))

    def body_hit(self, start: int, end: int, severity: Severity | None = None, **facts: str) -> Hit:
        """A hit at raw positions of the body."""
        return Hit(start + self.offset, end + self.offset, severity, facts=tuple(facts.items()) if facts else ())

    @lazy
    def in_parts(self) -> Sequence[Hit]:
        """The characters that are written as their parts."""
        return [self.squeezed_hit(one.start, one.end) for one in self.stand_ins if one.parts]

    def squeezed_hit(self, start: int, end: int, severity: Severity | None = None) -> Hit:
        """A hit at positions of the squeezed body."""
        first, last = self.body.squeezed_span(start, end)
        return Hit(first + self.offset, last + self.offset, severity)

    def signature_hit(self, severity: Severity | None = None, **facts: str) -> Hit:
        """A hit that marks the words between 【 and 】."""
        return Hit(1, self.offset - 1, severity, facts=tuple(facts.items()))


def _graver(one: Severity | None, other: Severity | None) -> Severity | None:
    """None is the rule's own severity, which only a block surely outweighs."""
    if one is None or other is None:
        return Severity.BLOCK if Severity.BLOCK in (one, other) else None
    return max(one, other)


def merged(several: Iterable[Hit]) -> list[Hit]:
    """In order of place; those that overlap become one, as grave as the gravest, and those without a place one."""
    hits = list(several)
    if len(hits) < 2:
        return hits
    kept: list[Hit] = []
    hits.sort(key=itemgetter(0, 1))
    for hit in hits:
        last = kept[-1] if kept else None
        if last is not None and (hit.start < last.end or hit.start == hit.end == last.end):
            kept[-1] = last._replace(
                end=max(last.end, hit.end),
                severity=_graver(last.severity, hit.severity),
                spread=last.spread or hit.spread,
                variant=last.variant or hit.variant,
            )
        else:
            kept.append(hit)
    return kept


def occurrences(text: str, word: str) -> Iterator[tuple[int, int]]:
    at = text.find(word)
    while at >= 0:
        yield at, at + len(word)
        at = text.find(word, at + 1)
