"""What holds of a signature for one shop: what its carrier tells, else what the merchant states of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from typing import Final

from campaign_app.domain.signature import (
    CARRIERS,
    Signature,
    SignatureRecord,
    SignatureReport,
    filed_for,
    filing_told,
    standing,
)

_FRESH: Final = timedelta(hours=1)
_BEIJING: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class OwnFiling:
    """What the merchant states of a signature, for senders that cannot tell; no provider confirms it.

    `carriers` are those that have filed it.
    """

    entity_uscc: str
    text: str
    scopes: tuple[str, ...]
    carriers: tuple[str, ...]
    stated_at: datetime
    stated_by: str
    valid_until: date | None = None

    @property
    def signature(self) -> Signature:
        carriers = tuple((carrier, carrier in self.carriers) for carrier in CARRIERS)
        return Signature(
            text=self.text,
            owner_uscc=self.entity_uscc,
            source="unknown",
            status="approved",
            carrier_filed=bool(self.carriers),
            scopes=self.scopes,
            valid_until=self.valid_until,
            carriers=carriers,
            stated=True,
        )


@dataclass(frozen=True, slots=True)
class Way:
    """How the messages of `shop` leave: `carrier` hands them over, and `tells` where it lists its signatures.

    `source` answers for the shop's consents, where another account does. `port` is the number that messages come from,
    where that is a field of the carrier's account. `read_at` is when the carrier's list was last read.
    """

    shop: int
    carrier: int
    source: int | None = None
    tells: bool = True
    port: str = ""
    read_at: datetime | None = None


# of a port: whose signature it carries, and which
Holder = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Register:
    """All that is known of the signatures of one entity. `reports` are of its connected accounts, the newest first.

    A report that is older than `max_age` says nothing of the filing any more. `holders` are those of the ways' ports.
    """

    entity_uscc: str
    entity_name: str
    max_age: timedelta
    reports: tuple[SignatureReport, ...] = ()
    ways: tuple[Way, ...] = ()
    records: Mapping[str, SignatureRecord] = field(default_factory=dict)
    own: Mapping[str, OwnFiling] = field(default_factory=dict)
    holders: Mapping[str, Holder] = field(default_factory=dict)

    def texts(self) -> tuple[str, ...]:
        return tuple(sorted({report.signature.text for report in self.reports} | self.own.keys()))

    def signature(self, text: str, now: datetime, shop: int | None = None) -> Signature | None:
        """As it holds for one shop; without one for the shop that it serves best. None where nobody tells of it."""
        ways = self._shops() if shop is None else [way for way in self.ways if way.shop == shop]
        found = (self._by(way, text, now) for way in ways)
        known = [signature for signature in found if signature is not None]
        day = now.astimezone(_BEIJING).date()
        return min(known, key=lambda each: bool(standing(each, self.entity_uscc, day)), default=None)

    def all(self, now: datetime) -> tuple[Signature, ...]:
        found = (self.signature(text, now) for text in self.texts())
        return tuple(signature for signature in found if signature is not None)

    def due(self, now: datetime) -> tuple[int, ...]:
        """The carriers whose list was not read within the hour."""
        old = (way.carrier for way in self.ways if way.tells and (way.read_at is None or now - way.read_at >= _FRESH))
        return tuple(dict.fromkeys(old))

    def held(self, text: str, shop: int | None = None) -> Mapping[str, str]:
        """By port of the shop's carrier, or of any, the other signature that holds it."""
        ports = {way.port for way in self.ways if shop in {None, way.shop}}
        held = {port: holder for port, holder in self.holders.items() if port in ports}
        return {port: other for port, (uscc, other) in held.items() if (uscc, other) != (self.entity_uscc, text)}

    def _shops(self) -> tuple[Way, ...]:
        """Of accounts that only serve others none, while there are others."""
        serving = {served for way in self.ways for served in (way.carrier, way.source) if served != way.shop}
        return tuple(way for way in self.ways if way.shop not in serving) or self.ways

    def _by(self, way: Way, text: str, now: datetime) -> Signature | None:
        told, record = self._told(way, text, now), self.records.get(text, SignatureRecord(self.entity_uscc, text))
        if told is None and text in self.own and not way.tells:
            told = self.own[text].signature
        if told is None:
            return None
        every = {scope for report in self.reports if report.signature.text == text for scope in report.signature.scopes}
        told = filed_for(told, record.scopes, every)
        if told.owner_open and (record.owner_confirmed or _same_name(told.owner_name, self.entity_name)):
            told = replace(told, owner_uscc=self.entity_uscc)
        ends = [day for day in (told.valid_until, record.letter_until) if day is not None]
        return replace(told, valid_until=min(ends, default=None))

    def _told(self, way: Way, text: str, now: datetime) -> Signature | None:
        """What the carrier tells; of one that cannot, what the shop's platform or consent service does."""
        near = (way.carrier, way.shop, way.source)
        said = [each for each in self.reports if each.signature.text == text and each.account_id in near]
        own = [each for each in said if each.account_id == way.carrier] if way.tells else said
        if not own:
            return None
        if self._is_old(own[0], now):
            return replace(own[0].signature, carrier_filed=None, carriers=())
        return filing_told(own[0].signature, [each.signature for each in said if not self._is_old(each, now)])

    def _is_old(self, report: SignatureReport, now: datetime) -> bool:
        # abs: after the clock was set back nobody knows how old it is
        return abs(now - report.seen_at) > self.max_age


def _same_name(one: str, other: str) -> bool:
    """As registered names are written: brackets of either width, and no spaces."""
    mine, theirs = ("".join(unicodedata.normalize("NFKC", name).split()) for name in (one, other))
    return mine == theirs != ""


def port_of(options: Mapping[str, str]) -> str:
    """Where an account's messages come from, where that is a field of it: digits only, or a name as written."""
    source = "".join(options.get("source", "").split()).casefold()
    return source if any(map(str.isalpha, source)) else "".join(filter(str.isdigit, source))


Check = Callable[[Register], object]


def accepts(_now: Register) -> None:
    """Whatever stands in the register may be written over."""
