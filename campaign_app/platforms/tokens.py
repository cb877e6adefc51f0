"""The access token of an account, renewed once by its refresh token when the platform calls it expired."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, TypeVar

from campaign_app.domain.errors import RemoteRefused
from campaign_app.platforms.adapter import Parts

T = TypeVar("T")
EXPIRED: Final = "token_expired"


@dataclass(frozen=True, slots=True)
class Pair:
    """What a platform hands out; without a new refresh token the old one stays."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)


def expired() -> RemoteRefused:
    return RemoteRefused(EXPIRED, "The platform calls the access token expired", account_wide=True)


class Tokens:
    """Threads may share it. What is new is stored before it is used, or not asked for where nothing can store it."""

    def __init__(self, parts: Parts, renew: Callable[[str], Pair]) -> None:
        self._held = dict(parts.credentials)
        self._keep, self._reread = parts.keep, parts.reread
        self._renew = renew
        self._lock = Lock()

    @property
    def access(self) -> str:
        return self._held.get("access_token", "")

    def used_in(self, ask: Callable[[], T]) -> T:
        """What `ask` returns; once more with a new token where the platform called the old one expired."""
        used = self.access
        try:
            return ask()
        except RemoteRefused as refused:
            if refused.code != EXPIRED:
                raise
        self._replace(used)
        return ask()

    def _replace(self, used: str) -> None:
        """Raises RemoteRefused("reauthorise") where the platform gives no new one."""
        with self._lock:
            if self.access != used or self._adopted(used):
                return
            refresh = self._held.get("refresh_token", "")
            if self._keep is None or not refresh:
                raise expired()
            pair = self._renew(refresh)
            fresh = {**self._held, "access_token": pair.access, "refresh_token": pair.refresh or refresh}
            self._keep(fresh)
            self._held = fresh

    def _adopted(self, used: str) -> bool:
        """Whether another process has renewed it in the meantime."""
        stored: Mapping[str, str] = {} if self._reread is None else self._reread()
        if stored.get("access_token", used) == used:
            return False
        self._held = dict(stored)
        return True


def pair_of(found: Mapping[str, object]) -> Pair:
    """Raises RemoteRefused("reauthorise") for an answer without a token: a person has to authorise again."""
    access, refresh = found.get("access_token"), found.get("refresh_token")
    if not isinstance(access, str) or not access:
        raise RemoteRefused("reauthorise", "The platform gives no new access token", account_wide=True)
    return Pair(access, refresh if isinstance(refresh, str) else "")
