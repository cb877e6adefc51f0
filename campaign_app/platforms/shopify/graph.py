"""One GraphQL question and its answer: paced by cost, judged whole, repeated where the platform only asks for time.

An answer with any error in it is none, whatever data came along (rule 1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

from pydantic_core import to_json

from campaign_app.domain.errors import AppError, RemoteRefused, RemoteUnavailable
from campaign_app.platforms.shopify.editions import Edition
from campaign_app.platforms.shopify.grant import Grant
from campaign_app.platforms.shopify.pace import Cost, Pace
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.parsing import parsed
from campaign_app.transport.session import Answer, SignedSession
from campaign_app.transport.wire import Wire

ATTEMPTS: Final = 6
LONGEST_WAIT: Final = 60.0
# how GraphQL servers of Shopify's make call a query that does not fit their schema: undefinedField, …
_DRIFT: Final = re.compile(r"[a-z][A-Za-z]+", re.ASCII)


class Reply(Wire):
    data: dict[str, Any] | None = None
    errors: list[Any] | None = None
    extensions: Any = None


@dataclass(frozen=True, slots=True)
class Answered:
    """Data of an answer without any error, and what proves where it came from."""

    data: Mapping[str, Any]
    request_id: str
    body: bytes
    date: str


def drifted(what: str) -> RemoteRefused:
    """A field is of another kind than the pinned version says."""
    return RemoteRefused("schema_drift", f"{what}: the platform's answer does not fit its own version", what=what)


class Graph:
    """`grant`: where the token comes from, None where it lasts."""

    def __init__(
        self,
        http: SignedSession,
        edition: Edition,
        pace: Pace,
        *,
        wait: Callable[[float], object] | None,
        grant: Grant | None = None,
    ) -> None:
        self._http, self._edition, self._pace, self._grant = http, edition, pace, grant
        self._closed = Event()
        self.wait = wait or self._closed.wait

    def ask(self, name: str, query: str, variables: Mapping[str, Any], *, repeat: bool = True) -> Answered:
        """`repeat`: carried out twice it does no more than once. Raises RemoteError."""
        body = to_json({"query": query, "variables": dict(variables)})
        attempt = 1
        while True:
            try:
                return self._granted(lambda: self._once(name, body, repeat=repeat))
            except RemoteUnavailable as error:
                pause = _pause(error, attempt)
                if not self._may_repeat(error, repeat=repeat) or attempt == ATTEMPTS or pause > LONGEST_WAIT:
                    raise
                self.wait(pause)
                attempt += 1

    def _granted(self, once: Callable[[], Answered]) -> Answered:
        return once() if self._grant is None else self._grant.used_in(once)

    def _may_repeat(self, error: RemoteUnavailable, *, repeat: bool) -> bool:
        """A query that was throttled was not carried out, whatever it is."""
        return (repeat or error.code == "throttled") and not self._closed.is_set()

    def _once(self, name: str, body: bytes, *, repeat: bool) -> Answered:
        points, delay = self._pace.reserve(name)
        cost: Cost | None = None

        def read(answer: Answer) -> Answered:
            nonlocal cost
            reply = parsed(Reply, answer.body, strict=False)
            cost = Cost.read(reply.extensions)
            return self._answered(reply, answer, cost)

        if delay > 0:
            self.wait(delay)
        try:
            return self._http.exchange(self._edition.path, body, "application/json", read, safe_to_repeat=repeat)
        except RemoteUnavailable as error:
            if error.code == "throttled":
                self._pace.emptied()
            raise
        finally:
            self._pace.settle(name, points, cost)

    def _answered(self, reply: Reply, answer: Answer, cost: Cost | None) -> Answered:
        version = answer.headers.get("X-Shopify-API-Version", self._edition.version)
        if version != self._edition.version:
            raise drifted(f"version {version[:20]!r}")
        if reply.errors:
            raise _error_of(reply.errors, cost)
        if reply.data is None:
            raise ContractBroken
        request_id = answer.headers.get("X-Request-Id", "")[:100]
        return Answered(reply.data, request_id, answer.body, answer.headers.get("Date", ""))

    def close(self) -> None:
        self._closed.set()
        self._http.close()
        if self._grant is not None:
            self._grant.close()


def _pause(error: RemoteUnavailable, attempt: int) -> float:
    backoff: float = 0.2 * 2 ** (attempt - 1)
    return backoff if error.retry_after is None else error.retry_after


def _error_of(errors: list[Any], cost: Cost | None) -> AppError:
    codes = [_code(error) for error in errors]
    if "ACCESS_DENIED" in codes:
        return RemoteRefused("permission", "The platform does not permit this", account_wide=True)
    if "THROTTLED" in codes:
        wait = None if cost is None else cost.wait
        return RemoteUnavailable("throttled", "The platform asks to slow down", retry_after=wait)
    if "INTERNAL_SERVER_ERROR" in codes or "TIMEOUT" in codes:
        return RemoteUnavailable("server_error", "The platform failed")
    if any(_DRIFT.fullmatch(code) for code in codes):
        return drifted("query")
    return RemoteRefused("query_refused", "The platform refused the question")


def _code(error: Any) -> str:
    """Shopify's code of one error; its words are not for anybody's eyes, but for the one that has no code."""
    if not isinstance(error, dict):
        return ""
    extensions = error.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    if isinstance(code, str):
        return code
    return "THROTTLED" if error.get("message") == "Throttled" else ""
