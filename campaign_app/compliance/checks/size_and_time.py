"""The `parts_*`, `total_length` and `send_*` kinds: how long a message is, and when it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from campaign_app.compliance.checks.base import Asked, Builder, Options, simple, with_options
from campaign_app.compliance.dates import in_english
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.subject import Hit, Subject
from campaign_app.compliance.traits import LONGER_BY_VALUES, SEVERAL_PARTS, TOO_LONG
from campaign_app.domain.finding import Severity


class Window(Options):
    """Beijing time; `until` itself is outside."""

    start: time
    until: time


class Days(Options):
    """Days and hours on which a message may go out, though a person should think about it first."""

    start: time
    until: time
    days: tuple[date, ...] = ()


class Years(Options):
    """The last year whose holidays are known."""

    until: int


def several(subject: Subject) -> Iterator[Hit]:
    """Asked of messages of several parts only."""
    parts = subject.segments
    yield Hit(facts=(("parts", str(parts.segments)), ("length", str(parts.length))))


def too_long(subject: Subject) -> Iterator[Hit]:
    """Asked of those only."""
    size, limit = len(subject.final_text) + subject.rendered.left_out, subject.provider.total_length
    yield Hit(facts=(("length", str(size)), ("limit", str(limit))))


def longer_by_values(subject: Subject) -> Iterator[Hit]:
    """The fixed text fits fewer parts than this person's: asked of such messages only."""
    fixed, most = subject.frame.fixed_parts, subject.segments.segments
    yield Hit(facts=(("fixed", str(fixed)), ("parts", str(most))))


def build_window(options: Window, table: FoldTable) -> Asked:  # noqa: ARG001 - the builder's
    """The rule's window, or the provider's where that is narrower; a doubtful end of the provider's is a warning."""

    def outside(subject: Subject) -> Iterator[Hit]:
        at, window = subject.request.beijing, subject.provider.window
        start, until = options.start, options.until
        if window is not None:
            start, until = max(start, window.start), min(until, window.until)
        doubtful = window.sometimes_until if window and window.sometimes_until else until
        if at is None or not start <= at.time() < until:
            yield Hit(facts=_hours(at, start, until))
        elif at.time() >= doubtful:
            yield Hit(severity=Severity.WARN, facts=_hours(at, start, doubtful))

    return Asked(outside, fixed=True)


def _hours(at: datetime | None, start: time, until: time) -> tuple[tuple[str, str], ...]:
    named = {"at": at.strftime("%H:%M") if at else "—", "start": f"{start:%H:%M}", "until": f"{until:%H:%M}"}
    return tuple(named.items())


def build_quiet(options: Days, table: FoldTable) -> Asked:  # noqa: ARG001 - the builder's
    quiet = frozenset(options.days)

    def quiet_time(subject: Subject) -> Iterator[Hit]:
        at = subject.request.beijing
        if at is not None and (at.date() in quiet or options.start <= at.time() < options.until):
            hour = at.strftime("%H:%M")
            yield Hit(facts=(("at", f"{at:%m-%d} {hour}"), ("at_en", f"{in_english(at)} {hour}")))

    return Asked(quiet_time, fixed=True)


def build_unknown_year(options: Years, _table: FoldTable) -> Asked:
    def unknown(subject: Subject) -> Iterator[Hit]:
        at = subject.request.beijing
        if at is not None and at.year > options.until:
            yield Hit(facts=(("year", str(at.year)),))

    return Asked(unknown, fixed=True)


KINDS: Final[dict[str, Builder]] = {
    "parts_several": simple(several, traits=SEVERAL_PARTS, steady=True),
    "total_length": simple(too_long, traits=TOO_LONG, steady=True),
    "parts_longer_by_values": simple(longer_by_values, traits=LONGER_BY_VALUES, steady=True),
    "send_window": with_options(Window, build_window),
    "send_quiet": with_options(Days, build_quiet),
    "send_unknown_year": with_options(Years, build_unknown_year),
}
