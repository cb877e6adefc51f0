"""The message under check: its parts, its folded body, and what several checks ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

from campaign_app.compliance.links import Link, find_links
from campaign_app.compliance.message import CheckRequest
from campaign_app.compliance.normalize import Folded, FoldTable
from campaign_app.compliance.numbers import Number, find_numbers
from campaign_app.compliance.opt_outs import OptOut, find_opt_outs
from campaign_app.compliance.providers import Provider
from campaign_app.compliance.segments import Segments, cn_segments
from campaign_app.compliance.template import Rendered, Template, ValueSpan
from campaign_app.domain.finding import Severity

# what a company calls itself beyond the words that customers know
_COMPANY_FORMS: Final = ("股份有限公司", "有限责任公司", "有限公司", "公司")


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in the final text where a rule is broken, 0, 0 for an absence or a field.

    `spread` says that the words were written with separators or decorations between them, `variant` that other
    characters stand for the usual ones.
    """

    start: int = 0
    end: int = 0
    severity: Severity | None = None
    spread: bool = False
    variant: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


class Found(NamedTuple):
    """A literal of a check, by its place in the check's list, and where it stands in the squeezed body."""

    literal: int
    start: int
    end: int


@dataclass(frozen=True)
class Subject:
    """One rendered message. `marks` are the hits of the rules that were asked before the late ones."""

    request: CheckRequest
    provider: Provider
    template: Template
    rendered: Rendered
    body: Folded
    marks: list[tuple[str, Hit]] = field(default_factory=list)
    memo: dict[int, bool] = field(default_factory=dict)

    @cached_property
    def head(self) -> str:
        return f"【{self.request.signature.text}】"

    @cached_property
    def offset(self) -> int:
        """Where the body starts in the final text."""
        return len(self.head)

    @cached_property
    def final_text(self) -> str:
        return self.head + self.rendered.text

    @cached_property
    def segments(self) -> Segments:
        return cn_segments(self.final_text)

    @cached_property
    def value_spans(self) -> Sequence[ValueSpan]:
        """Where the values stand in the body."""
        return self.rendered.value_spans

    @cached_property
    def own_names(self) -> tuple[str, ...]:
        """Folded names of the sender, longest first: words inside them claim nothing."""
        names = {self.request.signature.text, self.request.sender.name, short_name(self.request.sender.name)}
        folded = {self.body.table.phrase(name) for name in names}
        return tuple(sorted((name for name in folded if len(name) > 1), key=len, reverse=True))

    @cached_property
    def own_name_spans(self) -> tuple[tuple[int, int], ...]:
        """Where the sender's names stand in the squeezed body."""
        return tuple(span for name in self.own_names for span in occurrences(self.body.squeezed, name))

    @cached_property
    def opt_outs(self) -> Sequence[OptOut]:
        return find_opt_outs(self.body)

    @cached_property
    def links(self) -> Sequence[Link]:
        return find_links(self.body)

    @cached_property
    def numbers(self) -> Sequence[Number]:
        return find_numbers(self.body)

    def value_over(self, start: int, end: int) -> ValueSpan | None:
        """The value that body[start:end] holds a part of."""
        return next((span for span in self.value_spans if span.start < end and start < span.end), None)

    def in_link(self, start: int, end: int) -> bool:
        """Whether body[start:end] is a part of a link."""
        return any(link.start <= start and end <= link.end for link in self.links)

    def folded_slice(self, start: int, end: int) -> str:
        """body[start:end] in plain form."""
        return self.body.table.text(self.rendered.text[start:end]).plain

    def visible(self, start: int) -> str:
        """What can be seen of the body from `start` on."""
        return self.folded_slice(start, len(self.rendered.text))

    def body_hit(self, start: int, end: int, severity: Severity | None = None, **facts: str) -> Hit:
        """A hit at raw positions of the body."""
        return Hit(start + self.offset, end + self.offset, severity, facts=facts)

    def squeezed_hit(self, start: int, end: int, severity: Severity | None = None) -> Hit:
        """A hit at positions of the squeezed body."""
        first, last = self.body.squeezed_span(start, end)
        return Hit(first + self.offset, last + self.offset, severity)

    def signature_hit(self, severity: Severity | None = None, **facts: str) -> Hit:
        """A hit that marks the words between 【 and 】."""
        return Hit(1, self.offset - 1, severity, facts=facts)


def subject_of(
    request: CheckRequest, provider: Provider, template: Template, rendered: Rendered, table: FoldTable
) -> Subject:
    return Subject(request, provider, template, rendered, table.text(rendered.text))


def _graver(one: Severity | None, other: Severity | None) -> Severity | None:
    """None is the rule's own severity, which only a block surely outweighs."""
    if one is None or other is None:
        return Severity.BLOCK if Severity.BLOCK in (one, other) else None
    return max(one, other)


def merged(hits: Iterable[Hit]) -> list[Hit]:
    """In order of place; those that overlap become one, as grave as the gravest, and those without a place one."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        last = kept[-1] if kept else None
        if last is not None and (hit.start < last.end or hit.start == hit.end == last.end):
            kept[-1] = replace(
                last,
                end=max(last.end, hit.end),
                severity=_graver(last.severity, hit.severity),
                spread=last.spread or hit.spread,
                variant=last.variant or hit.variant,
            )
        else:
            kept.append(hit)
    return kept


def short_name(name: str) -> str:
    """A company's name without its legal form."""
    for form in _COMPANY_FORMS:
        if name.endswith(form):
            return name.removesuffix(form)
    return name


def occurrences(text: str, word: str) -> Iterator[tuple[int, int]]:
    at = text.find(word)
    while at >= 0:
        yield at, at + len(word)
        at = text.find(word, at + 1)
