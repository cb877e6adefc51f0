"""Where a finding of the final text stands in the template that an editor holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from campaign_app.compliance.template import ValueSpan
from campaign_app.domain.finding import Span


class Where(StrEnum):
    """NOWHERE is an absence, or something about a field: there is nothing to underline."""

    BODY = "body"
    SIGNATURE = "signature"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Place:
    """`start` and `end` are code points of the template. `value` names the variable if all of it lies in one value."""

    where: Where
    start: int = 0
    end: int = 0
    value: str = ""


NOWHERE: Final = Place(Where.NOWHERE)


def place_in_body(span: Span, values: Sequence[ValueSpan], offset: int) -> Place:
    """`values` are those of the rendered body, in order; `offset` is where the body begins in the final text.

    A value counts as its placeholder: whatever touches a part of it marks the whole.
    """
    if span.start >= span.end:
        return NOWHERE
    if span.end <= offset:
        return Place(Where.SIGNATURE)
    start, end = max(span.start - offset, 0), span.end - offset
    holder = next((value for value in values if value.start <= start and end <= value.end), None)
    name = holder.name if holder is not None else ""
    return Place(Where.BODY, _behind(start, values)[0], _behind(end - 1, values)[1], name)


def _behind(at: int, values: Sequence[ValueSpan]) -> tuple[int, int]:
    """The part of the template that character `at` of the rendered body comes from."""
    shift = 0
    for value in values:
        width = len(value.name) + 2
        if value.end <= at:
            shift += width - (value.end - value.start)
        elif value.start <= at:
            return value.start + shift, value.start + shift + width
        else:
            break
    return at + shift, at + shift + 1
