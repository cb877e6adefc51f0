"""What people write into the fields of an entity: domains, and goods with their prices."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from campaign_app.compliance.message import Good
from campaign_app.services.profiles import Profile, is_domain, is_good

_BETWEEN: Final = re.compile(r"[\s,，、;；]+")
_AROUND: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?|[:/?#].*$")
_ENTRIES: Final = re.compile(r"[;；\n]+")
_GOOD: Final = re.compile(r"(.{2,40}?)[\s:：]*?[\s:：¥￥](\d{1,7})(?:\.(\d{1,2}))?\s*元?")


@dataclass(frozen=True, slots=True)
class Reading:
    """`wrong` is the first part that cannot be understood, "" if all can; `values` are the others."""

    values: tuple[Any, ...]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """How a field of the profile is read from what is typed, and written into its line."""

    read: Callable[[str], Reading]
    write: Callable[[Profile], str]


def domains_in(text: str) -> tuple[str, ...]:
    """As people write them: with commas or spaces between, as whole addresses, in capitals; each once."""
    written = (_AROUND.sub("", each.lower()) for each in _BETWEEN.split(text.strip()))
    return tuple(dict.fromkeys(each for each in written if each))


def read_domains(text: str) -> Reading:
    found = domains_in(text)
    return Reading(found, next((each for each in found if not is_domain(each)), ""))


def read_goods(text: str) -> Reading:
    """羽绒被 599；面霜 129.5元"""
    return _read(text, good_of)


def good_of(entry: str) -> Good | None:
    match = _GOOD.fullmatch(entry)
    if not match:
        return None
    good = Good(match[1].strip(), int(match[2]) * 100 + int((match[3] or "").ljust(2, "0")))
    return good if is_good(good) else None


def _read(text: str, value_of: Callable[[str], Any]) -> Reading:
    entries = [entry.strip() for entry in _ENTRIES.split(text) if entry.strip()]
    values = [value_of(entry) for entry in entries]
    wrong = next((entry for entry, value in zip(entries, values, strict=True) if value is None), "")
    return Reading(tuple(dict.fromkeys(value for value in values if value is not None)), wrong)


def _price(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}" if cents % 100 else str(cents // 100)


FIELDS: Final[Mapping[str, Field]] = {
    "domains": Field(read_domains, lambda profile: " ".join(profile.domains)),
    "goods": Field(read_goods, lambda profile: "; ".join(f"{g.name} {_price(g.cents)}" for g in profile.goods)),
}
