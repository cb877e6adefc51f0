"""What a client or a sender is made of, and where its tokens are kept as they are renewed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from campaign_app.domain.customer import Account
from campaign_app.domain.ports import Clock
from campaign_app.transport.credentials import read_credentials, write_credentials


class Kept(Protocol):
    """The account's credentials as they are stored, which every process of the workspace shares."""

    def read(self) -> Mapping[str, str]: ...

    def claim(self, seen: Mapping[str, str]) -> AbstractContextManager[bool]:
        """Whether the caller alone may spend the refresh token of `seen` for as long as it is within.

        False where somebody else may, or where `seen` is not stored any more.
        """
        ...

    def replace(self, seen: Mapping[str, str], fresh: Mapping[str, str]) -> bool:
        """Stores changed ones, before they are used. False, and nothing is, where `seen` is not stored any more."""
        ...


class Bans(Protocol):
    """Until when a platform forbade to be asked, which every process of the workspace keeps to."""

    def until(self, name: str, now: datetime) -> datetime | None: ...
    def forbid(self, name: str, now: datetime, until: datetime) -> None: ...


class Unread(Protocol):
    """Replies in an account's queue that nobody can read."""

    def met(self, account_id: int, raw: str, at: datetime) -> bool:
        """Keeps it, sealed; whether a person has said that it is to go."""
        ...


@dataclass(frozen=True, slots=True)
class Shared:
    """What outlives a client, which is made anew with every change: how fast may be asked, and from when on.

    `unread` is where messages are read that nobody can make out.
    """

    paces: dict[object, Any] = field(default_factory=dict)
    bans: Bans | None = None
    unread: Unread | None = None


class MadeOf(Protocol):
    """The parts of a client or a sender. `kept` is where a renewed token is stored; without it none can be.

    `wait` replaces the waiting before something is tried again. `shared` outlives whatever is made of it: how fast,
    and from when on, may be asked.
    """

    @property
    def account(self) -> Account: ...
    @property
    def credentials(self) -> Mapping[str, str]: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def wait(self) -> Callable[[float], object] | None: ...
    @property
    def kept(self) -> Kept | None: ...
    @property
    def shared(self) -> Shared: ...


class SecretStore(Protocol):
    """The secret of an account by its id, as `services.accounts` names and keeps it."""

    def get(self, account_id: int) -> str:
        """Raises NotAllowed for an account that has none (any more)."""
        ...

    def replace(self, account_id: int, seen: str, secret: str) -> bool:
        """Keeps a changed one; False where another than `seen` is kept. Raises as `get` does."""
        ...

    def claim(self, account_id: int, seen: str, clock: Clock) -> AbstractContextManager[bool]:
        """Whether the caller alone may change `seen` now."""
        ...


@dataclass(frozen=True, slots=True)
class KeptSecret:
    """Implements `Kept` by the workspace's secrets."""

    account_id: int
    secrets: SecretStore = field(repr=False)
    clock: Clock

    def read(self) -> Mapping[str, str]:
        return read_credentials(self.secrets.get(self.account_id))

    def claim(self, seen: Mapping[str, str]) -> AbstractContextManager[bool]:
        return self.secrets.claim(self.account_id, self._text(seen), self.clock)

    def replace(self, seen: Mapping[str, str], fresh: Mapping[str, str]) -> bool:
        return self.secrets.replace(self.account_id, self._text(seen), write_credentials(fresh))

    def _text(self, seen: Mapping[str, str]) -> str:
        """As it is stored, however that was once written."""
        stored = self.secrets.get(self.account_id)
        return stored if read_credentials(stored) == seen else write_credentials(seen)
