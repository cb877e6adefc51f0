"""Customers of a shop, as the platform syncs them and as files describe them further."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from campaign_app.domain.phone import Phone, PlatformPhone

T = TypeVar("T")
_USCC: Final = re.compile(r"[0-9A-Z]{18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entity:
    """The legal entity that answers for a shop. `kind`: enterprise, individual_business or institution."""

    uscc: str
    name: str
    kind: str = "enterprise"
    licences: tuple[str, ...] = ()


def looks_like_uscc(text: str) -> bool:
    """Whether it has the shape of a 统一社会信用代码: eighteen digits and capital letters."""
    return _USCC.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Account:
    """A shop at a platform, or an account at an SMS provider. What it keeps secret is not in here."""

    id: int
    platform: str
    label: str
    base_url: str
    entity_uscc: str
    # who answers for its consents, another entity than `entity_uscc`; a platform without a USCC is named by its domain
    issuer_uscc: str
    issuer_name: str
    key_id: str
    # what the server says of itself; it holds for everything on this machine
    simulated: bool
    # JWKS (RFC 7517) as JSON, pinned when the account was connected
    pinned_keys: str
    state: str = "connected"
    # what its adapter needs besides (`ConnectField`)
    options: Mapping[str, str] = field(default_factory=dict, hash=False)
    # that of the same entity whose Platform Consent API says who agreed, for platforms whose own API does not
    consent_account_id: int | None = None
    # that of the same entity at an SMS provider that carries its messages, or itself where its platform carries them by
    # choice
    sender_account_id: int | None = None


class Told(StrEnum):
    """What a row speaks of: everything, everything but the number, or the number alone.

    The last two are of one shop whose platform lists its customers, while its consent service knows their numbers.
    """

    ALL = "all"
    BUT_NUMBER = "but_number"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class PlatformCustomer:
    """One customer as a platform hands it out; `attributes` are the fields that audiences and texts may use.

    `withdrawn`: the platform's own list says that they are not to be written to, such as a shop's blacklist. What a row
    is not `told` of stays as it is stored, and one of a number alone makes nobody a customer. `platform_phone`: the
    number as the shop's platform sealed it, for platforms that take no other.
    """

    ref: str
    name: str
    phone: Phone | None
    updated_at: datetime
    province: str = ""
    city: str = ""
    spend_cents: int = 0
    order_count: int = 0
    last_order_at: datetime | None = None
    tags: tuple[str, ...] = ()
    minor: bool = False
    withdrawn: bool = False
    told: Told = Told.ALL
    platform_phone: PlatformPhone | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Customer:
    """A stored customer. `phone_key` is HMAC(phone) under the workspace key, of the sealed number where only that is

    known, or None.
    """

    id: int
    account_id: int
    ref: str
    name: str
    province: str
    city: str
    spend_cents: int
    order_count: int
    last_order_at: datetime | None
    tags: tuple[str, ...]
    attributes: Mapping[str, str]
    phone: Phone | None = None
    phone_key: bytes | None = field(default=None, repr=False)
    platform_phone: PlatformPhone | None = field(default=None, repr=False)


class Reading(NamedTuple):
    """What a text may say of one person; `place` is that in the walk over all of them."""

    place: int
    customer_id: int
    values: Mapping[str, str]


class ImportRow(NamedTuple):
    """One readable row of a file. `account_id` is the shop it was imported for; `ref` wins over `phone` in matching.

    `consecutive`: its number is part of a run of five or more, so it stays apart from every customer, unsendable.
    """

    row_no: int
    account_id: int
    ref: str | None
    phone: Phone | None
    attributes: Mapping[str, str]
    consecutive: bool = False


@dataclass(frozen=True, slots=True)
class ReadyRows:
    """Rows of one part of a file for one shop, by column: what can be made of them before a store is asked anything.

    `phone_keys` are the numbers' keyed hashes, `sealed` the numbers, `texts` the attributes as JSON with sorted names.
    `consecutive`: the numbers of such rows. `waiting`: (key, row) by which each row is found while it waits for its
    customer, rising. `share_keys`: two of the rows may be one person.
    """

    account_id: int
    row_nos: Sequence[int]
    refs: Sequence[str | None] = field(repr=False)
    phone_keys: Sequence[bytes | None] = field(repr=False)
    sealed: Sequence[bytes | None] = field(repr=False)
    texts: Sequence[str] = field(repr=False)
    consecutive: frozenset[int]
    waiting: Sequence[tuple[int, int]] = field(repr=False)
    share_keys: bool

    def but(self, gone: Container[int]) -> ReadyRows:
        """Without some rows."""
        left = [at for at, row_no in enumerate(self.row_nos) if row_no not in gone]

        def of(column: Sequence[T]) -> list[T]:
            return [column[at] for at in left]

        return replace(
            self,
            row_nos=of(self.row_nos),
            refs=of(self.refs),
            phone_keys=of(self.phone_keys),
            sealed=of(self.sealed),
            texts=of(self.texts),
            waiting=[key for key in self.waiting if key[1] not in gone],
        )


@dataclass(frozen=True, slots=True)
class ChunkCounts:
    """What became of the rows of a chunk; they add up to its rows. `changed` and `unchanged` rows met a customer."""

    changed: int = 0
    unchanged: int = 0
    waiting: int = 0
    consecutive: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """State (running, done, undoing, undone) of an import, its rows now, its first refusals: (row, code, field)."""

    id: int
    file_name: str
    state: str
    rows_total: int
    rows: ChunkCounts
    refused: int
    refusals: tuple[tuple[int, str, str], ...]
    consecutive_rows: tuple[int, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ImportGlance:
    """One import in the list of them; `counts` is empty until it ended."""

    id: int
    file_name: str
    state: str
    rows_total: int
    started_at: datetime
    counts: Mapping[str, int]
