"""The access token of an account, renewed once when the platform calls it expired: by its refresh token, or by the

application's own secret. A refresh token is good once, and window and worker hold the same one: whoever spends it has
claimed it before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock
from typing import Final, TypeVar

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.services.expiry import TOLD_END
from campaign_app.transport.kept import Kept, MadeOf

T = TypeVar("T")
EXPIRED: Final = "token_expired"
# for another process that renews it right now
LOOKS: Final = 20
PAUSE: Final = 0.5
# how answers name the seconds that a refresh token is good for: of TOP (3P) and of Pinduoduo (S), both unverified
_ENDS: Final = ("re_expires_in", "refresh_token_expires_in")


@dataclass(frozen=True, slots=True)
class Pair:
    """What a platform hands out; without a new refresh token the old one stays.

    `seconds`: how long the refresh token is good, so that a person has to authorise again by then; None for not said.
    """

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    seconds: float | None = None


def expired() -> RemoteRefused:
    return RemoteRefused(EXPIRED, "The platform calls the access token expired", account_wide=True)


def is_expired(refused: RemoteRefused) -> bool:
    return refused.code == EXPIRED


class Tokens:
    """Threads may share it. What is new is stored before it is used, or not asked for where nothing can store it.

    `name`: what the adapter calls its access token. `over`: whether a refusal means that it is expired. `by`: the
    secret that renews it. `lasting`: that one is not used up by it, so that it may be asked where nothing can store
    what comes of it, and so the first token comes from it too.
    """

    def __init__(
        self,
        parts: MadeOf,
        renew: Callable[[str], Pair],
        *,
        name: str = "access_token",
        over: Callable[[RemoteRefused], bool] = is_expired,
        by: str = "refresh_token",
        lasting: bool = False,
    ) -> None:
        self._held = dict(parts.credentials)
        self._kept, self._clock = parts.kept, parts.clock
        self._renew = renew
        self._name = name
        self._over = over
        self._by = by
        self._lasting = lasting
        self._wait = parts.wait or Event().wait
        self._lock = Lock()
        # what was renewed and could not be stored: (what it replaces, what it is)
        self._unkept: tuple[Mapping[str, str], dict[str, str]] | None = None

    @property
    def access(self) -> str:
        return self._held.get(self._name, "")

    def used_in(self, ask: Callable[[], T]) -> T:
        """What `ask` returns; once more with a new token where the platform called the old one expired."""
        used = self.access
        if not used and self._lasting:
            self._replace(used, expired())
            return ask()
        try:
            return ask()
        except RemoteRefused as refused:
            if not self._over(refused):
                raise
            self._replace(used, refused)
        return ask()

    def used_once(self, ask: Callable[[], T]) -> T:
        """What `ask` returns. Where the platform called the token expired, there is a new one afterwards, and

        RemoteUnavailable says that nothing was done: renewing may take longer than what `ask` relies on stays true.
        """
        used = self.access
        try:
            return ask()
        except RemoteRefused as refused:
            if not self._over(refused):
                raise
            self._replace(used, refused)
        raise RemoteUnavailable("renewing", "The access token was renewed: ask again")

    def _replace(self, used: str, refused: RemoteRefused) -> None:
        """Raises `refused` where nothing can be renewed, RemoteRefused("reauthorise") where only a person can help."""
        with self._lock:
            if self.access != used:
                return
            if self._kept is None:
                self._hold_only(refused)
                return
            for _ in range(LOOKS):
                if self._adopted_or_renewed(used, self._kept, refused):
                    return
                self._wait(PAUSE)
        raise RemoteUnavailable("renewing", "Another process is renewing the access token", retry_after=LOOKS * PAUSE)

    def _hold_only(self, refused: RemoteRefused) -> None:
        """For an account that is not stored yet."""
        secret = self._held.get(self._by, "")
        if not (self._lasting and secret):
            raise refused
        self._held = {**self._held, self._name: self._renew(secret).access}

    def _adopted_or_renewed(self, used: str, kept: Kept, refused: RemoteRefused) -> bool:
        """False where somebody else is at it, or was since we looked: what is claimed is what was looked at."""
        if self._unkept is not None:
            self._keep(kept, *self._unkept)
            return True
        seen = kept.read()
        if seen.get(self._name, used) != used:  # another process has renewed it in the meantime
            self._held = dict(seen)
            return True
        secret = seen.get(self._by, "")
        if not secret:
            raise refused
        with kept.claim(seen) as ours:
            if not ours:
                return False
            pair = self._renew(secret)
            fresh = {**seen, self._name: pair.access, self._by: pair.refresh or secret, **self._end(pair)}
            # the refresh token is spent: where storing fails (a full disk), the next call begins with storing this
            self._unkept = seen, fresh
            self._keep(kept, seen, fresh)
            return True

    def _end(self, pair: Pair) -> Mapping[str, str]:
        """Where the answer says nothing, what an earlier one said goes on to count."""
        if pair.seconds is None:
            return {}
        return {TOLD_END: (self._clock() + timedelta(seconds=pair.seconds)).isoformat()}

    def _keep(self, kept: Kept, seen: Mapping[str, str], fresh: dict[str, str]) -> None:
        """Raises what keeps it from being stored."""
        # who was connected anew meanwhile has tokens of another authorisation: they stay
        self._held = fresh if kept.replace(seen, fresh) else dict(kept.read())
        self._unkept = None


def pair_of(found: Mapping[str, object]) -> Pair:
    """Raises RemoteRefused("reauthorise") for an answer without a token: a person has to authorise again."""
    access, refresh = found.get("access_token"), found.get("refresh_token")
    seconds = next((said for name in _ENDS if (said := _positive(found.get(name))) is not None), None)
    if not isinstance(access, str) or not access:
        raise RemoteRefused("reauthorise", "The platform gives no new access token", account_wide=True)
    return Pair(access, refresh if isinstance(refresh, str) else "", seconds)


def _positive(value: object) -> float | None:
    """Seconds, as a number or its digits; 0 is what a platform says that does not know."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        value = int(value)
    return float(value) if type(value) is int and 0 < value < 10**10 else None
