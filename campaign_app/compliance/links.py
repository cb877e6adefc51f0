"""Finds the links of a body, also folded, bare and badly made ones, and takes their hosts apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qsl

from campaign_app.compliance.normalize import LOOKALIKE, Folded

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
_TRAILING: Final = ",.;:!?'\")]}>"
_PARTS: Final = re.compile(r"(?:([a-z][a-z0-9+.-]*)://)?([^/?#]*)([^?#]*)(?:\?([^#]*))?")
_DECIMAL_HOST: Final = re.compile(r"0x[0-9a-f]+|\d+")


@dataclass(frozen=True)
class Link:
    """`start` and `end` are those of the body as typed, `folded` its plain form; `lookalikes` if its host holds any."""

    start: int
    end: int
    folded: str
    lookalikes: bool

    @cached_property
    def _parts(self) -> tuple[str, str, str, str]:
        match = _PARTS.match(self.folded)
        scheme, authority, path, query = match.groups(default="") if match else ("", "", "", "")
        return scheme, authority, path, query

    @property
    def scheme(self) -> str:
        return self._parts[0]

    @property
    def userinfo(self) -> bool:
        return "@" in self._parts[1]

    @property
    def host(self) -> str:
        authority = self._parts[1].rpartition("@")[2]
        host = authority[1:].partition("]")[0] if authority.startswith("[") else authority.partition(":")[0]
        return host.rstrip(".")

    @property
    def path(self) -> str:
        return self._parts[2]

    @property
    def query(self) -> Sequence[tuple[str, str]]:
        return parse_qsl(self._parts[3], keep_blank_values=True)

    @property
    def is_address(self) -> bool:
        """Whether the host is a bare number and no name."""
        if _DECIMAL_HOST.fullmatch(self.host):
            return True
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True

    def under(self, domains: Sequence[str]) -> bool:
        """Whether the host is one of `domains` or below it."""
        wanted = [domain.lower().strip(".") for domain in domains]
        return any(self.host == domain or self.host.endswith("." + domain) for domain in wanted if domain)


def find_links(body: Folded) -> tuple[Link, ...]:
    text = body.plain
    if "." not in text and "://" not in text:
        return ()
    return tuple(_link(body, *match.span()) for match in _LINK.finditer(text))


def _link(body: Folded, start: int, end: int) -> Link:
    folded = body.plain[start:end].rstrip(_TRAILING) or body.plain[start:end]
    first, last = body.plain_span(start, start + len(folded))
    host_end = first + max(folded.find("/", 8), 0) or last
    lookalikes = bool((body.flags[first : min(host_end, last)] & LOOKALIKE).any())
    return Link(first, last, folded, lookalikes)
