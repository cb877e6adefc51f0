"""The `link_*` kinds: where links lead, what they carry and where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from campaign_app.compliance.checks.base import Asked, Builder, Options, simple, with_options
from campaign_app.compliance.links import Link
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.subject import Hit, Subject
from campaign_app.compliance.traits import LINKS

_OPEN_END: Final = re.compile(r"[/=?&.\-_:]\Z")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_GLUED: Final = re.compile(r"(?:td|qx|[tnrd])\Z")
_OPT_OUT: Final = re.compile(r"退订|拒收")


class Hosts(Options):
    """Public shorteners: they hide where a link leads, on any allow-list."""

    shorteners: tuple[str, ...]


class Keys(Options):
    """Names of query parameters that tell who somebody is."""

    keys: tuple[str, ...]


def from_variable(subject: Subject) -> Iterator[Hit]:
    """A link that a value is part of, makes up, or goes on."""
    for link in subject.links:
        if subject.value_over(link.start, link.end) or _goes_on_in_value(subject, link):
            yield subject.body_hit(link.start, link.end)


def unsafe(subject: Subject) -> Iterator[Hit]:
    for link in subject.links:
        if link.unsafe:
            yield subject.body_hit(link.start, link.end)


def glued(subject: Subject) -> Iterator[Hit]:
    """The keyword of an opt-out that reads as the end of a link."""
    text = subject.text
    for link in subject.links:
        if _GLUED.search(link.folded) and _OPT_OUT.match(text, link.end):
            yield subject.body_hit(link.start, link.end)


def build_hosts(options: Hosts, table: FoldTable) -> Asked:  # noqa: ARG001 - the builder's
    shorteners = frozenset(options.shorteners)

    def foreign(subject: Subject) -> Iterator[Hit]:
        for link in subject.links:
            short = link.host in shorteners
            if (short or not link.under(subject.request.allowed_domains)) and not link.unsafe:
                kind = "short" if short else "foreign"
                hit = subject.body_hit(link.start, link.end, host=link.host, kind=kind)
                yield hit._replace(spread=True) if link.hidden else hit

    return Asked(foreign, traits=LINKS, steady=True)


def build_keys(options: Keys, table: FoldTable) -> Asked:  # noqa: ARG001 - the builder's
    telling = re.compile("|".join(map(re.escape, options.keys)))

    def personal(subject: Subject) -> Iterator[Hit]:
        for link in subject.links:
            named = any(telling.fullmatch(key) or _MOBILE.fullmatch(value) for key, value in link.address.query)
            if named or any(_MOBILE.fullmatch(part) for part in link.address.path.split("/")):
                yield subject.body_hit(link.start, link.end)

    return Asked(personal, traits=LINKS, steady=True)


def _goes_on_in_value(subject: Subject, link: Link) -> bool:
    return bool(_OPEN_END.search(link.folded)) and subject.value_starts(link.end)


KINDS: Final[dict[str, Builder]] = {
    "link_from_variable": simple(from_variable, traits=LINKS, steady=True),
    "link_foreign": with_options(Hosts, build_hosts),
    "link_unsafe": simple(unsafe, traits=LINKS, steady=True),
    "link_glued": simple(glued, traits=LINKS, steady=True),
    "link_personal": with_options(Keys, build_keys),
}
