"""What the simulated TOP remembers: how fast it is asked, and which sessions are good."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from campaign_app.sandbox.config import SandboxConfig, Shop
from campaign_app.sandbox.vendors.top_wire import TopError


def secret_of(config: SandboxConfig, name: str) -> str:
    """Secrets of the sandbox follow from its seed: they protect nothing and make restarts repeatable."""
    return sha256(f"campaign-app sandbox {config.seed} top {name}".encode()).hexdigest()[:48]


@dataclass(slots=True)
class Limits:
    """So many calls in any second; who makes more is banned for a time. 0 is no limit."""

    per_second: int = 0
    ban_seconds: int = 2
    day_quota: int | None = None  # how many calls are left of it
    banned_until: datetime | None = None
    bans: int = 0
    calls: int = 0
    times: deque[datetime] = field(default_factory=deque)

    def take(self, now: datetime) -> None:
        """Raises TopError."""
        if self.banned_until is not None and now < self.banned_until:
            raise self._banned((self.banned_until - now).total_seconds())
        while self.times and now - self.times[0] >= timedelta(seconds=1):
            self.times.popleft()
        if self.per_second and len(self.times) >= self.per_second:
            self.bans += 1
            self.banned_until = now + timedelta(seconds=self.ban_seconds)
            raise self._banned(self.ban_seconds)
        if self.day_quota == 0:
            limited = "accesscontrol.limited-by-app-access-count"
            raise TopError(7, "App Call Limited", limited, "This ban will last until the next day")
        self.times.append(now)
        self.calls += 1
        if self.day_quota is not None:
            self.day_quota -= 1

    def lift(self) -> None:
        self.per_second, self.day_quota, self.banned_until = 0, None, None

    def _banned(self, seconds: float) -> TopError:
        limited = "accesscontrol.limited-by-app-api-access-count"
        return TopError(7, "App Call Limited", limited, f"This ban will last for {max(round(seconds), 1)} more seconds")


class Sessions:
    """Access tokens and refresh tokens of each shop; of every generation only the last is good."""

    def __init__(self, config: SandboxConfig) -> None:
        self._config = config
        self._access = {shop.code: 0 for shop in config.shops}
        self._refresh = {shop.code: 0 for shop in config.shops}
        self._over: set[str] = set()
        self.refreshed = 0

    def shop_of(self, session: str) -> Shop:
        """Raises TopError."""
        if not session:
            raise TopError(26, "Missing Session")
        for shop in self._config.shops:
            if session == self._token("session", shop, self._access) and session not in self._over:
                return shop
        raise TopError(27, "Invalid Session")

    def refresh(self, token: str) -> dict[str, Any] | None:
        for shop in self._config.shops:
            if token == self._token("refresh", shop, self._refresh) and token not in self._over:
                self._access[shop.code] += 1
                self._refresh[shop.code] += 1
                self.refreshed += 1
                return {
                    "access_token": self._token("session", shop, self._access),
                    "refresh_token": self._token("refresh", shop, self._refresh),
                    "expires_in": 86_400,
                    "re_expires_in": 2_592_000,
                    "token_type": "Bearer",
                    "taobao_user_nick": shop.name,
                }
        return None

    def end(self, *, refresh_tokens: bool) -> None:
        for shop in self._config.shops:
            self._over.add(self._token("session", shop, self._access))
            if refresh_tokens:
                self._over.add(self._token("refresh", shop, self._refresh))

    def _token(self, kind: str, shop: Shop, generations: Mapping[str, int]) -> str:
        return secret_of(self._config, f"{kind} {shop.code} {generations[shop.code]}")
