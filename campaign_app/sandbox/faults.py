"""Injected faults: which one, if any, befalls the next request. Drawn by a seeded generator, or ordered one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType
from typing import Any, Final

# fault → seconds that it lasts or asks for, where nothing else is said
SECONDS: Final[Mapping[str, float]] = MappingProxyType(
    {"throttle": 1.0, "slow_body": 1.5, "slow_accept": 0.5, "clock_skew": 600.0}
)
TRANSPORT: Final = (
    *("throttle", "error500", "error503", "timeout_before", "timeout_after", "error500_after", "cut_body"),
    *("truncated_json", "slow_body", "clock_skew"),
)
PAGES: Final = ("half_page", "repeated_page", "reordered_page")
ANSWERS: Final = ("unknown_word", "missing_ref", "extra_ref")
_LISTS: Final = (
    "/v1/customers",
    "/v1/consents/changes",
    "/v1/messages/reports",
    "/v1/messages/inbound",
    "/v1/complaints",
)
_LOOKUP: Final = "/v1/consents/lookup"
SENDERS: Final = "/"  # where the simulated SMS providers are asked
_MESSAGES: Final = "/v1/messages"
NAMES: Final = (*TRANSPORT, *PAGES, "cursor_loop", *ANSWERS, "bad_receipt", "slow_accept")

PROFILES: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "none": {},
        "flaky": {
            **dict.fromkeys(("throttle", "error503", "half_page", "repeated_page", "reordered_page"), 0.03),
            **dict.fromkeys(("error500", "timeout_before", "timeout_after", "cut_body"), 0.015),
        },
        "hostile": {
            **dict.fromkeys((*TRANSPORT, *PAGES, *ANSWERS), 0.03),
            "bad_receipt": 0.03,
            "slow_body": 0.005,
            "cursor_loop": 0.005,
        },
        "slow": {"slow_body": 0.3, "slow_accept": 0.2},
        "lying": {**dict.fromkeys(ANSWERS, 0.15), "bad_receipt": 0.05, "reordered_page": 0.1},
        "after": {"timeout_after": 0.15, "error500_after": 0.1, "cut_body": 0.1, "truncated_json": 0.05},
    }
)


class FaultsRefused(ValueError):
    """A profile, a name or a rate that does not exist."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one request. `draw` decides details such as which answer is missing."""

    name: str
    seconds: float
    draw: int

    def is_one_of(self, *names: str) -> bool:
        return self.name in names


NO_FAULT: Final = Fault("", 0.0, 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """The fault befalls the next `times` requests to `path`, after `after` of them went by."""

    fault: str
    path: str
    times: int = 1
    after: int = 0
    seconds: float | None = None


def parse_faults(text: str) -> dict[str, float]:
    """A profile's name, or `name=rate,name=rate`. Raises FaultsRefused."""
    if text in PROFILES:
        return dict(PROFILES[text])
    rates: dict[str, float] = {}
    for part in text.split(","):
        name, separator, rate = part.strip().partition("=")
        if not separator:
            raise FaultsRefused(f"unknown fault profile {name!r}")
        rates[name] = _rate(name, rate)
    return rates


def _rate(name: str, rate: str | float) -> float:
    try:
        value = float(rate)
    except (TypeError, ValueError) as error:
        raise FaultsRefused(f"rate of {name!r} is no number") from error
    if name not in NAMES:
        raise FaultsRefused(f"unknown fault {name!r}")
    if not 0 <= value <= 1:
        raise FaultsRefused(f"rate of {name!r} must be between 0 and 1")
    return value


def concerns(name: str, path: str) -> bool:
    """Whether a fault can show at all in the answers of a path."""
    if name in TRANSPORT:
        return True
    if name in PAGES:
        return path in (*_LISTS, _LOOKUP)
    if name in ANSWERS:
        return path in (_LOOKUP, _MESSAGES)
    return path in {"cursor_loop": _LISTS, "bad_receipt": (_LOOKUP,), "slow_accept": (_MESSAGES,)}[name]


class FaultPlan:
    """Rates and rules, and a count of what really befell requests."""

    def __init__(self, rates: Mapping[str, float], seed: int) -> None:
        self.rates = dict(rates)
        self.fired: Counter[str] = Counter()
        self._rules: list[Rule] = []
        self._random = Random(f"faults {seed}")  # noqa: S311 - repeatable on purpose

    def order(self, rule: Rule) -> None:
        self._rules.append(rule)

    def forget_rules(self) -> None:
        self._rules.clear()

    def next(self, path: str) -> Fault:
        """The fault of this request; rules come before rates, and one request has at most one fault."""
        fault = self._ordered(path) or self._drawn(path)
        if fault.name:
            self.fired[fault.name] += 1
        return fault

    def as_json(self) -> dict[str, Any]:
        waiting = [{"fault": r.fault, "path": r.path, "times": r.times, "after": r.after} for r in self._rules]
        return {"rates": self.rates, "next": waiting, "fired": dict(self.fired)}

    def _ordered(self, path: str) -> Fault | None:
        for at, rule in enumerate(self._rules):
            if rule.path not in (path, "*"):
                continue
            if rule.after:
                self._rules[at] = replace(rule, after=rule.after - 1)
                continue
            self._rules[at : at + 1] = [replace(rule, times=rule.times - 1)] if rule.times > 1 else []
            return self._fault(rule.fault, rule.seconds)
        return None

    def _drawn(self, path: str) -> Fault:
        if not path.startswith("/v1/") and path != SENDERS:
            return NO_FAULT
        chosen = ""
        for name, rate in self.rates.items():
            if concerns(name, path) and self._random.random() < rate:
                chosen = chosen or name
        return self._fault(chosen, None) if chosen else NO_FAULT

    def _fault(self, name: str, seconds: float | None) -> Fault:
        lasting = SECONDS.get(name, 0.0) if seconds is None else seconds
        return Fault(name, lasting, self._random.randrange(1 << 30))
