"""Finds the links of a body, also folded, bare and badly made ones, and takes their hosts apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from campaign_app.compliance.lazy import lazy
from campaign_app.compliance.normalize import DROPPED, LOOKALIKE, Folded

# the top-level domains that are met in messages; .example is reserved (RFC 2606) and stands for a brand in tests
_TOP: Final = (
    "com|cn|net|org|gov|edu|top|vip|xyz|shop|site|club|store|online|ltd|cc|io|me|info|biz|tv|app|link|example|mobi|"
    "pro|wang|ren|fun|icu|work|tech|live|ink|red|asia|hk|tw|jp|us|uk|ru|co|ly|gl|to|gd|im|la|pub|world|group|email"
)
_REST: Final = r"[!-~]{0,400}"
_LINK: Final = re.compile(
    rf"(?<![a-z0-9])[a-z][a-z0-9+.-]{{0,15}}://(?:[^\s/?#,。;!、\"'()【】《》「」『』]{{1,200}}){_REST}"
    rf"|(?<![a-z0-9@._-])(?:[a-z0-9](?:[a-z0-9-]{{0,40}})\.){{1,6}}(?:{_TOP})(?![a-z0-9@-]|\.[a-z])(?::\d{{1,5}})?(?:[/?]{_REST})?"
    r"|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:(?::\d{1,5})?/[!-~]{0,400}|:\d{1,5})"
)
_RUN: Final = re.compile(r"[!-~]{4,}")
# another mark, a word or a space for the dot: dwz。cn, t点cn, dwz .cn. A sentence may end before VIP or App, so that
# only the two or three domains that nobody says begin a sentence are read without a path, and never behind a number.
_SURE: Final = "(?:com|cn|net)"
_MARK: Final = r"(?: ?[。点·•,、] ?| \. ?|\. )"
# a folded comma may have been a full-width one
_PATH: Final = r"/[a-z0-9/._~%=&#+:@-]{0,400}(?:\?[a-z0-9=&%_.+-]{1,400})?"
_HIDDEN: Final = re.compile(
    rf"(?<![a-z0-9@._-])(?=[a-z0-9-]{{0,40}}[a-z])([a-z0-9][a-z0-9-]{{0,40}}(?:\.[a-z0-9-]{{1,40}}){{0,3}}){_MARK}"
    rf"({_SURE}(?:\.cn)?(?![a-z0-9@-])(?:{_PATH})?|(?:{_TOP})(?=/[a-z0-9]){_PATH})"
)
_GOES_ON: Final = re.compile(r"[一-鿿]| [a-z]")
_SHORTENERS: Final = frozenset(
    {"dwz", "t", "url", "suo", "bit", "tb", "s", "u", "mrw", "sourl", "reurl", "tinyurl", "goo"}
)
# found without looking at every letter; few texts have it, and only these are read for the rest
_MARKED: Final = re.compile(rf"[。点·•,、 ] ?\.? ?(?:{_SURE}|(?:{_TOP})/)")
VALUE: Final = "\0"
# a value beside a mark with letters on its other side, a domain behind a value that may end in 点, and two values
_MAY_HIDE: Final = (
    rf"[a-z0-9-]{_MARK}[a-z.]{{0,12}}{VALUE}|{VALUE}[a-z0-9.-]{{0,40}}{_MARK}[a-z.]{{0,12}}(?:{VALUE}|{_SURE}|(?:{_TOP})/)"
    rf"|{VALUE} ?(?:[a-z.]{{0,12}}{VALUE}|{_SURE}|(?:{_TOP})/)"
)
WIDE_WALLS: Final = "，；！？（）、"
_WIDE_WALL: Final = re.compile(f"[{WIDE_WALLS}]")
_TRAILING: Final = ",.;:!?'\")]}>"
_PARTS: Final = re.compile(r"(?:([a-z][a-z0-9+.-]*)://)?([^/?#]*)([^?#]*)(?:\?([^#]*))?")
# an address may be one number or up to four, in any mixture of bases
_NUMBERS: Final = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}")


@dataclass(frozen=True)
class Address:
    """A folded link, taken apart."""

    scheme: str
    userinfo: bool
    host: str
    path: str
    query: tuple[tuple[str, str], ...]

    @lazy
    def unsafe(self) -> bool:
        """Another scheme, a user in front of the host, a number for a host, or letters beyond ASCII in it."""
        return (
            self.scheme not in ("", "http", "https")
            or self.userinfo
            or _is_number(self.host)
            or not self.host.isascii()
            or any(label.startswith("xn--") for label in self.host.split("."))
        )


@lru_cache(maxsize=4096)
def address_of(folded: str) -> Address:
    match = _PARTS.match(folded)
    scheme, authority, path, query = match.groups(default="") if match else ("", "", "", "")
    user, _, host = authority.rpartition("@")
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return Address(scheme, bool(user), name.rstrip("."), path, tuple(parse_qsl(query, keep_blank_values=True)))


class Link(NamedTuple):
    """`start` and `end` are those of the body as typed, `folded` its plain form; `lookalikes` if its host holds any.

    `hidden` if something else stands for a dot of its host, which `folded` has.
    """

    start: int
    end: int
    folded: str
    lookalikes: bool
    hidden: bool = False

    @property
    def address(self) -> Address:
        return address_of(self.folded)

    @property
    def host(self) -> str:
        return self.address.host

    @property
    def unsafe(self) -> bool:
        return self.lookalikes or self.address.unsafe

    def under(self, domains: Sequence[str]) -> bool:
        """Whether the host is one of `domains` or below it."""
        host, wanted = self.host, [domain.lower().strip(".") for domain in domains]
        return any(host == domain or host.endswith("." + domain) for domain in wanted if domain)


def _is_number(host: str) -> bool:
    if _NUMBERS.fullmatch(host):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def find_links(body: Folded) -> tuple[Link, ...]:
    links = tuple(_link(body, *span) for span in _spans(body))
    return tuple(sorted((*links, *_hidden(body, links)))) if hides_link(body.plain) else links


def hides_link(plain: str) -> bool:
    """Whether there is one whose dots are written as something else."""
    return _MARKED.search(plain) is not None and next(_disguised(plain), None) is not None


def _disguised(plain: str) -> Iterator[re.Match[str]]:
    """Words go on behind what only looks like a domain (iPhone·cn国行, U.S. net zero), but not behind a path."""
    for match in _HIDDEN.finditer(plain):
        if "/" in match[2] or match[1] in _SHORTENERS or not _GOES_ON.match(plain, match.end()):
            yield match


def may_hide(pattern: str) -> bool:
    """Whether calm values in place of each `VALUE` of a text could make such a link together with it."""
    return re.search(_MAY_HIDE, pattern) is not None


def _hidden(body: Folded, others: Sequence[Link]) -> Iterator[Link]:
    for match in _disguised(body.plain):
        first, last = body.plain_span(*match.span())
        if not any(link.start < last and first < link.end for link in others):
            yield Link(first, last, f"{match[1]}.{match[2]}", lookalikes=False, hidden=True)


def _spans(body: Folded) -> Iterator[tuple[int, int]]:
    """Only runs of ASCII with a dot or a scheme can hold a link, so nothing else is searched."""
    text, done = body.plain, 0
    for run in _RUN.finditer(text):
        start, end = run.span()
        if run[0].endswith("://"):  # the host goes on beyond ASCII
            match = _LINK.search(text, start)
            if match and match.start() < end:
                done = next(_pieces(body, *match.span()))[1]
                yield match.start(), done
        elif done < end and ("." in run[0] or "://" in run[0]):
            for first, last in _pieces(body, max(start, done), end):
                yield from ((first + a, first + b) for a, b in _in_run(text[first:last]))


def _pieces(body: Folded, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Full-width marks end a link, though they fold to characters that a link may hold."""
    first, last = body.plain_span(start, end)
    if _WIDE_WALL.search(body.raw, first, last):
        for at in range(start, end):
            if body.raw[int(body.plain_at[at])] in WIDE_WALLS:
                yield start, at
                start = at + 1
    yield start, end


@lru_cache(maxsize=4096)
def _in_run(run: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in _LINK.finditer(run))


def _link(body: Folded, start: int, end: int) -> Link:
    folded = body.plain[start:end].rstrip(_TRAILING) or body.plain[start:end]
    end = start + len(folded)
    if not body.flagged & (DROPPED | LOOKALIKE):
        return Link(start, end, folded, lookalikes=False)
    first, last = body.plain_span(start, end)
    path = folded.find("/", folded.find("://") + 3)
    host = body.flags[first : last if path < 0 else first + path]
    return Link(first, last, folded, lookalikes=bool((host & LOOKALIKE).any()))
