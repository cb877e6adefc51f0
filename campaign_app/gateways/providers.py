"""SMS providers by name: a new one is one line here and a package beside this file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final, Protocol, cast

from campaign_app.domain.customer import Account
from campaign_app.domain.ports import Clock
from campaign_app.jobs.ports import Gateway

# name → package with a `gateway_for`, imported when an account of it is used
PROVIDERS: Final[Mapping[str, str]] = {
    "aliyun": "campaign_app.gateways.aliyun",
    "tencent": "campaign_app.gateways.tencent",
}


@dataclass(frozen=True, slots=True)
class SenderParts:
    """What a provider's gateway is made of. `credentials` are the account's secret fields by name.

    `account.id` is that of the shop whose customers it writes to, where it carries a shop's messages.
    """

    account: Account
    credentials: Mapping[str, str] = field(repr=False)
    purpose: str
    clock: Clock
    wait: Callable[[float], object] | None = None


class Provider(Protocol):
    """The package of a provider; light to import."""

    def gateway_for(self, parts: SenderParts) -> Gateway:
        """Raises SettingsError for credentials or an address that cannot be right; asks nothing yet."""
        ...


def provider_of(name: str) -> Provider:
    """A package fits `Provider` by shape."""
    return cast("Provider", import_module(PROVIDERS[name]))
