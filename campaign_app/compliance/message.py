"""What is checked: one message with its signature, sender, purpose and time, and its total, fail-closed parser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from campaign_app.domain.signature import Signature

# mainland China has one civil time without summer time; a fixed offset needs no zone database
BEIJING: Final = timezone(timedelta(hours=8))
PURPOSES: Final = frozenset({"retail", "finance", "membership", "service"})
SOURCES: Final = frozenset(
    {"company", "trademark", "app", "shop_name", "website", "miniprogram", "official_account"},
)
STATUSES: Final = frozenset({"approved", "pending", "rejected", "unknown"})
# in yuan; also keeps infinity and NaN out
_DEAREST: Final = 1e9
KINDS: Final = frozenset({"enterprise", "individual_business", "institution"})


class BadRequest(ValueError):
    """The line holds no message that could be checked."""


@dataclass(frozen=True, slots=True)
class Sender:
    name: str
    uscc: str
    kind: str = "enterprise"
    licences: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Good:
    """Goods that texts name, and the price that their own page shows, in cents."""

    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class Port:
    """A sub-port of a provider and a signature that it carries."""

    signature: str
    number: str


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """One line of the case format. `body` is a `{name}` template without 【signature】.

    `also` are further providers that carry it: it is held to what each of them asks.
    `goods` and `ports` are what the merchant registered; no provider or platform tells them.
    `send_at` is aware; None means that nobody knows when it leaves, which no rule on time forgives.
    """

    body: str
    signature: Signature
    sender: Sender
    purpose: str = "retail"
    industry: str = "general"
    provider: str = "generic"
    allowed_domains: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    send_at: datetime | None = None
    goods: tuple[Good, ...] = ()
    ports: tuple[Port, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def send_date(self) -> date | None:
        """The day of sending in Beijing."""
        local = self.beijing
        return local.date() if local else None

    @property
    def beijing(self) -> datetime | None:
        if self.send_at is None:
            return None
        try:
            return self.send_at.astimezone(BEIJING)
        except OverflowError:
            return None


def request_from_json(line: Mapping[str, Any]) -> CheckRequest:
    """Reads a line of the case format. Whatever is missing or of a wrong type counts against the message.

    Raises BadRequest if there is no text at all.
    """
    body = line.get("body")
    if not isinstance(body, str):
        raise BadRequest("body is missing or is no text")
    return CheckRequest(
        body=body,
        signature=_signature(_mapping(line.get("signature"))),
        sender=_sender(_mapping(line.get("sender"))),
        purpose=_one_of(line.get("purpose"), PURPOSES, ""),
        industry=_text(line.get("industry")) or "general",
        provider=_text(line.get("provider")) or "generic",
        allowed_domains=_texts(line.get("allowed_domains")),
        variables=_variables(_mapping(line.get("variables"))),
        send_at=_instant(line.get("send_at")),
        goods=tuple(_goods(line.get("goods"))),
        ports=tuple(_ports(line.get("ports"))),
    )


def _signature(data: Mapping[str, Any]) -> Signature:
    filed = data.get("carrier_filed")
    return Signature(
        text=_text(data.get("text")),
        owner_uscc=_text(data.get("owner")),
        source=_one_of(data.get("source"), SOURCES, "unknown"),
        status=_one_of(data.get("status"), STATUSES, "unknown"),
        carrier_filed=filed if isinstance(filed, bool) else None,
        scopes=_texts(data.get("scopes")),
        valid_until=_day(data.get("valid_until")),
        carriers=tuple((name, told is True) for name, told in _mapping(data.get("carriers")).items()),
        stated=data.get("stated") is True,
    )


def _sender(data: Mapping[str, Any]) -> Sender:
    return Sender(
        name=_text(data.get("name")),
        uscc=_text(data.get("uscc")),
        kind=_one_of(data.get("kind"), KINDS, "unknown"),
        licences=frozenset(_texts(data.get("licences"))),
    )


def _goods(value: object) -> Iterator[Good]:
    """What has no name or no price cannot be compared with anything."""
    for item in map(_mapping, value if isinstance(value, list) else ()):
        price = item.get("price")
        if isinstance(price, int | float) and not isinstance(price, bool) and 0 < price < _DEAREST:
            yield Good(_text(item.get("name")), round(price * 100))


def _ports(value: object) -> Iterator[Port]:
    for item in map(_mapping, value if isinstance(value, list) else ()):
        yield Port(_text(item.get("signature")), _text(item.get("port")))


def _variables(data: Mapping[str, Any]) -> dict[str, str]:
    """Numbers become text; null is the word that a program would have sent; lists and objects are no values."""
    values: dict[str, str] = {}
    for name, value in data.items():
        if isinstance(value, str):
            values[name] = value
        elif value is None or isinstance(value, bool):
            values[name] = {None: "null", True: "true", False: "false"}[value]
        elif isinstance(value, int | float):
            values[name] = repr(value)
    return values


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _one_of(value: object, allowed: frozenset[str], fallback: str) -> str:
    return value if isinstance(value, str) and value in allowed else fallback


def _instant(value: object) -> datetime | None:
    """An ISO 8601 time with a zone; anything else is no known time."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def _day(value: object) -> date | None:
    """A date that cannot be read has passed already; null and nothing at all are no limit."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value) if isinstance(value, str) else date.min
    except ValueError:
        return date.min
