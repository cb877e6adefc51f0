"""What is true of everybody's consent: seeded in realistic shares, changed at run time by opt-outs and by tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from campaign_app.domain.consent import EXPLICIT_METHODS
from campaign_app.sandbox.config import ENTITY, OTHER_ENTITY, SandboxConfig, Shop
from campaign_app.sandbox.mixing import below, weighted
from campaign_app.sandbox.people import DAY

_EXPLICIT_WORDS: Final = frozenset(EXPLICIT_METHODS)


@dataclass(frozen=True, slots=True)
class Truth:
    """One customer's consent as the platform knows it; times in seconds."""

    status: str
    method: str = "none"
    channel: str = "sms"
    purposes: tuple[str, ...] = ()
    entity: str = ENTITY.uscc
    obtained_at: int | None = None
    expires_at: int | None = None
    withdrawn_at: int | None = None
    max_per_month: int | None = None

    def confirms(self, purpose: str, now: float) -> bool:
        """Whether it is an explicit consent in force for an SMS of this purpose by the shops' own entity."""
        return (
            self.status == "confirmed"
            and self.method in _EXPLICIT_WORDS
            and self.channel in ("sms", "any")
            and purpose in self.purposes
            and self.entity == ENTITY.uscc
            and self._in_force(now)
        )

    def _in_force(self, now: float) -> bool:
        begun = self.obtained_at is not None and self.obtained_at <= now
        ended = self.expires_at is not None and self.expires_at <= now
        return begun and not ended and self.withdrawn_at is None


NO_RECORD: Final = Truth("no_record", "none", "sms", ())


@dataclass(frozen=True, slots=True)
class Kind:
    """A share of the population, in thousandths, and what is true of it. `ends` in days after the anchor."""

    share: int
    status: str
    method: str
    purposes: tuple[str, ...] = ("retail",)
    channel: str = "sms"
    entity: str = ENTITY.uscc
    ends: tuple[int, int] | None = None
    withdrawn: bool = False
    cap: int | None = None
    group: str = field(default="other", kw_only=True)


_BOTH: Final = ("retail", "membership")
_FUTURE: Final = (30, 700)
_PAST: Final = (-200, -1)
# groups and shares: explicit 450, registration_default 200, bundled 100, withdrawn 50, declined 30, pending 40,
# expired 20; the other 110 have another channel, purpose or entity, a word nobody knows, a pre-ticked box or no record
KINDS: Final = (
    Kind(120, "confirmed", "explicit_toggle", group="explicit"),
    Kind(40, "confirmed", "explicit_toggle", _BOTH, ends=_FUTURE, group="explicit"),
    Kind(30, "confirmed", "explicit_toggle", ("retail", "finance"), "any", group="explicit"),
    Kind(110, "confirmed", "double_opt_in", group="explicit"),
    Kind(40, "confirmed", "double_opt_in", _BOTH, "any", ends=_FUTURE, group="explicit"),
    Kind(50, "confirmed", "reply_yes", group="explicit"),
    Kind(20, "confirmed", "reply_yes", cap=4, group="explicit"),
    Kind(25, "confirmed", "paper", ends=_FUTURE, group="explicit"),
    Kind(15, "confirmed", "paper", _BOTH, cap=8, group="explicit"),
    Kind(150, "default", "registration_default", group="registration_default"),
    Kind(50, "confirmed", "registration_default", _BOTH, group="registration_default"),
    Kind(70, "default", "bundled_terms", group="bundled"),
    Kind(30, "confirmed", "bundled_terms", group="bundled"),
    Kind(35, "withdrawn", "explicit_toggle", withdrawn=True, group="withdrawn"),
    Kind(10, "withdrawn", "registration_default", withdrawn=True, group="withdrawn"),
    Kind(5, "confirmed", "double_opt_in", withdrawn=True, group="withdrawn"),
    Kind(30, "declined", "none", (), group="declined"),
    Kind(40, "pending", "double_opt_in", group="pending"),
    Kind(12, "expired", "explicit_toggle", ends=_PAST, group="expired"),
    Kind(8, "confirmed", "double_opt_in", ends=_PAST, group="expired"),
    Kind(25, "confirmed", "explicit_toggle", channel="email", group="wrong_channel"),
    Kind(15, "confirmed", "explicit_toggle", ("finance",), group="wrong_purpose"),
    Kind(10, "confirmed", "double_opt_in", ("membership",), group="wrong_purpose"),
    Kind(15, "confirmed", "explicit_toggle", entity=OTHER_ENTITY.uscc, group="wrong_entity"),
    Kind(6, "granted_v2", "explicit_toggle", group="unknown_word"),
    Kind(4, "confirmed", "imported_list", group="unknown_word"),
    Kind(10, "confirmed", "pre_ticked", group="pre_ticked"),
    Kind(25, "no_record", "none", (), group="no_record"),
)
_SHARES: Final = tuple(kind.share for kind in KINDS)
_NEVER_OBTAINED: Final = frozenset({"declined", "pending", "no_record"})


class Truths:
    """Seeded truth of every customer, and what became of it since; keeps only what changed."""

    def __init__(self, config: SandboxConfig) -> None:
        self._seed = config.seed
        self._epoch = config.epoch
        self._changed: dict[tuple[int, int], Truth] = {}

    def kinds(self, shop: Shop, indices: Sequence[int]) -> list[Kind]:
        index = np.asarray(indices, dtype=np.uint64) + np.uint64(shop.first)
        return [KINDS[k] for k in weighted(self._seed, "consent", index, _SHARES).tolist()]

    def of(self, shop: Shop, indices: Sequence[int | None]) -> list[Truth]:
        """The truth of each; nobody at all has no record."""
        known = [i for i in indices if i is not None]
        found = dict(zip(known, self._seeded(shop, known), strict=True))
        changed = self._changed
        return [NO_RECORD if i is None else changed.get((shop.number, i)) or found[i] for i in indices]

    def change(self, shop: Shop, index: int, truth: Truth) -> None:
        self._changed[shop.number, index] = truth

    def _seeded(self, shop: Shop, indices: Sequence[int]) -> list[Truth]:
        index = np.asarray(indices, dtype=np.uint64) + np.uint64(shop.first)
        obtained = (self._epoch - 210 * DAY - below(self._seed, "obtained", index, 600 * DAY)).tolist()
        ended = (self._epoch - below(self._seed, "withdrawn", index, 200 * DAY)).tolist()
        return [
            self._truth(kind, at, off) for kind, at, off in zip(self.kinds(shop, indices), obtained, ended, strict=True)
        ]

    def _truth(self, kind: Kind, obtained: int, ended: int) -> Truth:
        return Truth(
            status=kind.status,
            method=kind.method,
            channel=kind.channel,
            purposes=kind.purposes,
            entity=kind.entity,
            obtained_at=None if kind.status in _NEVER_OBTAINED else obtained,
            expires_at=None if kind.ends is None else _within(self._epoch, kind.ends, obtained),
            withdrawn_at=ended if kind.withdrawn else None,
            max_per_month=kind.cap,
        )


def _within(epoch: int, days: tuple[int, int], draw: int) -> int:
    first, last = days
    return epoch + first * DAY + draw % ((last - first) * DAY)
