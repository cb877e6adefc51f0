"""What a platform brings along, and where platforms are found: our own, and packages that name themselves as one.

A package offers an `Adapter` under the entry point group `campaign_app.platforms`; `docs/adapters.md` shows how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Final, Protocol

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.platform import Capabilities, ConnectField, Offer
from campaign_app.domain.ports import Clock, PlatformClient
from campaign_app.transport.kept import Kept, Shared

GROUP: Final = "campaign_app.platforms"
# name → module with an ADAPTER: found without metadata, which a frozen program does not have
OWN: Final[Mapping[str, str]] = {
    "consent_api": "campaign_app.platforms.open_contract",
    "shopify": "campaign_app.platforms.shopify",
    "shopline": "campaign_app.platforms.shopline",
    "top": "campaign_app.platforms.top",
    "jd": "campaign_app.platforms.jd",
    "pinduoduo": "campaign_app.platforms.pinduoduo",
    "meituan": "campaign_app.platforms.meituan",
    "aliyun": "campaign_app.platforms.aliyun",
    "tencent": "campaign_app.platforms.tencent",
    "smpp": "campaign_app.platforms.smpp",
    "kannel": "campaign_app.platforms.kannel",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a client is made of. `kept` is where a renewed token is stored; without it none can be.

    `pin` stores the keys that a platform has rotated to (`Account.pinned_keys`: those seen, those of now), before they
    prove anything.
    `wait` replaces the waiting before something is tried again, which otherwise ends with the client's `close`.
    """

    account: Account
    credentials: Mapping[str, str] = field(repr=False)
    clock: Clock
    wait: Callable[[float], object] | None = None
    kept: Kept | None = None
    pin: Callable[[str, str], None] | None = None
    shared: Shared = field(default_factory=Shared, repr=False)


class Adapter(Offer, Protocol):
    """What a package offers."""

    def client(self, parts: Parts) -> PlatformClient:
        """Raises SettingsError for credentials or an address that cannot be right; asks nothing yet."""
        ...


def names() -> tuple[str, ...]:
    """Every platform that can be connected, ours first."""
    return (*OWN, *sorted(_offered().keys() - OWN.keys()))


def adapter_for(name: str) -> Adapter:
    """Raises SettingsError for a platform that nobody offers, or whose package is broken."""
    if name in OWN:
        found: Adapter = import_module(OWN[name]).ADAPTER
        return found
    offered = _offered().get(name)
    if offered is None:
        raise SettingsError("unknown_platform", "There is no client for this platform")
    return _loaded(offered)


@cache
def _offered() -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _loaded(offered: EntryPoint) -> Adapter:
    """Raises SettingsError, whatever the package raises."""
    words = "The platform's package cannot be loaded"
    try:
        found: Adapter = offered.load()
        same, whole = found.name == offered.name, _is_whole(found)
    except (Exception, SystemExit) as error:  # the one place where foreign code runs: its bugs must not take ours along
        raise SettingsError("broken_adapter", words, package=offered.value) from error
    if not same:
        words = "The platform's package offers another platform"
    if not (same and whole):
        raise SettingsError("broken_adapter", words, package=offered.value)
    return found


def _is_whole(found: Adapter) -> bool:
    words, fields = (found.issuer, found.issuer_name), found.fields
    typed = isinstance(fields, tuple) and all(isinstance(each, ConnectField) for each in fields)
    named = all(isinstance(word, str) for word in words)
    return typed and named and isinstance(found.capabilities, Capabilities) and callable(found.client)


class Offers:
    """Implements `services.connecting.Offers`."""

    def names(self) -> tuple[str, ...]:
        return names()

    def offer(self, name: str) -> Offer:
        return adapter_for(name)
