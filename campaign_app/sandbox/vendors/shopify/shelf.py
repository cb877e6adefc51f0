"""One shop's customers as Shopify shows them: in the order of their last change, with a consent in Shopify's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from campaign_app.sandbox.config import Shop
from campaign_app.sandbox.people import iso
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.truth import Truth

_SLOT: Final = 1 << 24  # more than a shop has customers
_SINGLE: Final = frozenset({"explicit_toggle", "reply_yes", "paper"})


def domain_of(shop: Shop) -> str:
    return f"sandbox-{shop.code.lower()}.myshopify.com"


def token_of(seed: int, shop: Shop) -> str:
    return "sandbox_" + sha256(f"campaign-app sandbox {seed} {shop.code} shopify".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Consent:
    """`at` is written as it goes over the wire."""

    state: Any
    level: Any
    at: Any


class Shelf:
    """`overrides` are consents that a test ordered."""

    def __init__(self, platform: Platform, shop: Shop) -> None:
        self._platform, self.shop = platform, shop
        self.overrides: dict[int, Consent] = {}
        self._touched: dict[int, int] = {}
        self._changes = 0
        self._keys: NDArray[np.int64] | None = None
        self._updated: NDArray[np.int64] | None = None

    # --- order ---

    def keys(self) -> NDArray[np.int64]:
        """Time of change and index of everybody, in order."""
        self._follow()
        if self._keys is None:
            updated = self._platform.population.updated(self.shop, 0, self.shop.size)
            for index, at in self._touched.items():
                updated[index] = at
            self._updated = updated.astype(np.int64)
            keys = self._updated * _SLOT + np.arange(self.shop.size, dtype=np.int64)
            keys.sort()
            self._keys = keys
        return self._keys

    def _follow(self) -> None:
        changes = self._platform.streams(self.shop).changes
        for change in changes[self._changes :]:
            self.touch(change.who, datetime.fromisoformat(change.at))
        self._changes = len(changes)

    def touch(self, index: int, at: datetime) -> None:
        self._touched[index] = int(at.timestamp())
        self._keys = None

    def page(self, first: int, after: int | None, since: int | None) -> tuple[list[int], bool]:
        """Keys of a page, and whether there are more."""
        keys = self.keys()
        start = 0 if after is None else int(np.searchsorted(keys, after, side="right"))
        if since is not None:
            start = max(start, int(np.searchsorted(keys, since * _SLOT, side="left")))
        return keys[start : start + first].tolist(), start + first < len(keys)

    # --- people ---

    def id_of(self, ref: str) -> int:
        return int(ref.removeprefix("ou"), 16)

    def index_of(self, number: str) -> int | None:
        """The customer behind the number of a gid."""
        if not number.isascii() or not number.isdigit() or len(number) > 15:
            return None
        return self._platform.population.index_of(self.shop, f"ou{int(number):09x}")

    def ref_of(self, index: int) -> str:
        return self._platform.population.refs(self.shop, [index])[0]

    def customers(self, keys: Sequence[int], gid: str) -> list[dict[str, Any]]:
        indices = [key % _SLOT for key in keys]
        rows = self._platform.population.customers(self.shop, indices)
        consents = self.consents(indices)
        return [
            self._customer(row, consent, key // _SLOT, gid)
            for key, row, consent in zip(keys, rows, consents, strict=True)
        ]

    def by_index(self, indices: Sequence[int], gid: str) -> list[dict[str, Any]]:
        self.keys()
        assert self._updated is not None
        keys = self._updated[list(indices)] * _SLOT + np.asarray(indices, dtype=np.int64)
        return self.customers(keys.tolist(), gid)

    def consents(self, indices: Sequence[int]) -> list[Consent]:
        truths = self._platform.truths.of(self.shop, indices)
        return [self.overrides.get(index) or consent_of(truth) for index, truth in zip(indices, truths, strict=True)]

    def _customer(self, row: dict[str, Any], consent: Consent, updated: int, gid: str) -> dict[str, Any]:
        return {
            "__typename": "Customer",
            "id": f"{gid}{self.id_of(row['ref'])}",
            "updatedAt": iso(updated),
            "displayName": row["name"],
            "firstName": row["name"][1:],
            "lastName": row["name"][:1],
            "tags": row["tags"],
            "phone": row["phone"],
            "numberOfOrders": str(row["order_count"]),
            "amountSpent": {"amount": f"{row['spend_cents'] / 100:.2f}", "currencyCode": "CNY"},
            "defaultAddress": {"province": row["province"], "city": row["city"]},
            "defaultPhoneNumber": None if row["phone"] is None else _number(row["phone"], consent),
            "smsMarketingConsent": None if row["phone"] is None else _of_customer(consent),
        }


def _number(phone: str, consent: Consent) -> dict[str, Any]:
    """In the words of all versions."""
    return {
        "__typename": "CustomerPhoneNumber",
        "phoneNumber": phone,
        "marketingState": consent.state,
        "marketingOptInLevel": consent.level,
        "marketingUpdatedAt": consent.at,
        "marketingCollectedFrom": "OTHER",
        "smsMarketingConsent": {
            "__typename": "CustomerSmsMarketingConsent",
            "state": "NEVER_SUBSCRIBED" if consent.state == "NOT_SUBSCRIBED" else consent.state,
            "optInLevel": consent.level,
            "updatedAt": consent.at,
            "collectedFrom": "OTHER",
        },
    }


def _of_customer(consent: Consent) -> dict[str, Any]:
    return {
        "__typename": "CustomerSmsMarketingConsentState",
        "marketingState": consent.state,
        "marketingOptInLevel": consent.level,
        "consentUpdatedAt": consent.at,
        "consentCollectedFrom": "OTHER",
    }


def consent_of(truth: Truth) -> Consent:
    """A truth in Shopify's words, which know no other channel, entity or purpose: such a consent is none to it."""
    if truth.withdrawn_at is not None or truth.status in ("withdrawn", "expired"):
        return Consent("UNSUBSCRIBED", "SINGLE_OPT_IN", iso(truth.withdrawn_at or truth.expires_at))
    if truth.status == "pending":
        return Consent("PENDING", "CONFIRMED_OPT_IN", None)
    if truth.status not in ("confirmed", "default"):
        unheard = truth.status not in ("declined", "no_record", "unknown")
        return Consent("GRANTED_V2" if unheard else "NOT_SUBSCRIBED", "UNKNOWN", None)
    if not truth.confirms("retail", _WHENEVER) and truth.method in (*_SINGLE, "double_opt_in"):
        return Consent("NOT_SUBSCRIBED", "UNKNOWN", None)
    level = "CONFIRMED_OPT_IN" if truth.method == "double_opt_in" else "SINGLE_OPT_IN"
    return Consent("SUBSCRIBED", "UNKNOWN" if truth.method == "imported_list" else level, iso(truth.obtained_at))


# a consent in Shopify's words does not run out, so one that the truth lets run out never was one there
_WHENEVER: Final = 2.0**33
