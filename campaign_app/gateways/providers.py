"""SMS providers by name: a new one is one line here and a package beside this file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from threading import Lock
from typing import Final, Protocol, TypeVar, cast

from campaign_app.domain.customer import Account
from campaign_app.domain.ports import Clock
from campaign_app.jobs.ports import Gateway
from campaign_app.jobs.pushed import PushStore
from campaign_app.transport.kept import Kept, Shared

# name → package with a `gateway_for`, imported when an account of it is used
PROVIDERS: Final[Mapping[str, str]] = {
    "aliyun": "campaign_app.gateways.aliyun",
    "tencent": "campaign_app.gateways.tencent",
    "smpp": "campaign_app.gateways.smpp",
    "kannel": "campaign_app.gateways.kannel",
    "top": "campaign_app.gateways.top",
    "pinduoduo": "campaign_app.gateways.pinduoduo",
}
# platforms of shops, which carry a shop's messages only where a person chose so: it is then its own sender account
BY_CHOICE: Final = frozenset({"top", "pinduoduo"})


class Connection(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=Connection)


class Connections:
    """Connections that outlive a gateway, one for each sender account, and the store for what is pushed over them.

    One process holds them. An account that was connected anew, with another password or window, gets a new one.
    """

    def __init__(self, store: PushStore) -> None:
        self.store = store
        self._lock = Lock()
        self._open: dict[int, tuple[object, Connection]] = {}

    def of(self, account_id: int, made_of: object, make: Callable[[], T]) -> T:
        with self._lock:
            known = self._open.get(account_id)
            if known is not None and known[0] == made_of:
                return cast("T", known[1])
            if known is not None:
                known[1].close()
            made = make()
            self._open[account_id] = made_of, made
            return made

    def close(self) -> None:
        with self._lock:
            for _, connection in self._open.values():
                connection.close()
            self._open.clear()


@dataclass(frozen=True, slots=True)
class SenderParts:
    """What a provider's gateway is made of. `credentials` are the account's secret fields by name.

    `account.id` is that of the shop whose customers it writes to, where it carries a shop's messages; `sender_id` is
    always the account's own. `connections` are there where messages are sent. `limit`: messages a second that the
    provider takes, 0 where that is not known. `kept` is where a renewed token is stored, and `shared` outlives the
    gateway, as `transport.kept.MadeOf` has them.
    """

    account: Account
    credentials: Mapping[str, str] = field(repr=False)
    purpose: str
    clock: Clock
    wait: Callable[[float], object] | None = None
    sender_id: int = 0
    connections: Connections | None = None
    limit: int = 0
    kept: Kept | None = None
    shared: Shared = field(default_factory=Shared, repr=False)


class Provider(Protocol):
    """The package of a provider; light to import."""

    def gateway_for(self, parts: SenderParts) -> Gateway:
        """Raises SettingsError for credentials or an address that cannot be right; asks nothing yet."""
        ...


def provider_of(name: str) -> Provider:
    """A package fits `Provider` by shape."""
    return cast("Provider", import_module(PROVIDERS[name]))
