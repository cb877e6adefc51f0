"""One call of TOP after another: signed, throttled, its errors read; a session that is over is renewed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from campaign_app.domain.errors import RemoteError, RemoteUnavailable
from campaign_app.domain.ports import Clock
from campaign_app.transport.errors import http_date
from campaign_app.transport.listing import plain_text
from campaign_app.transport.session import Answer, SignedSession
from campaign_app.transport.tokens import Tokens
from campaign_app.transport.top.answers import read
from campaign_app.transport.top.errors import error_of
from campaign_app.transport.top.limits import PATH, TopLimits
from campaign_app.transport.top.signing import FORM

# the fact of an error that has the SHA-256 of the answer that was one
ANSWER: Final = "answer_sha256"


@dataclass(frozen=True, slots=True)
class Answered:
    """What one call brought. `server_time` is that of the answer's Date, if it has one."""

    method: str
    fields: Mapping[str, Any]
    body: bytes = field(repr=False)
    server_time: datetime | None = None

    @property
    def request_id(self) -> str:
        return plain_text(self.fields.get("request_id"), 100)


class TopCalls:
    """Threads may share it; `oauth` is where `tokens` are renewed."""

    def __init__(
        self, http: SignedSession, oauth: SignedSession, tokens: Tokens, limits: TopLimits, clock: Clock
    ) -> None:
        self._http = http
        self._oauth = oauth
        self._tokens = tokens
        self._limits = limits
        self._clock = clock

    def ask(self, method: str, business: Mapping[str, str]) -> Answered:
        """Raises RemoteUnavailable or RemoteRefused. Only what reads is asked here, so that it may be repeated."""
        return self._tokens.used_in(lambda: self._once(method, business, changes=False))

    def change(self, method: str, business: Mapping[str, str], ready: Callable[[], object]) -> Answered:
        """As `ask`, but carried out at most once: raises OutcomeUnknown where it may have been.

        A session that is over is refused before anything is carried out: it is renewed, and whoever asked has to look
        at everything again. `ready` raises what keeps the call from leaving, after any wait for its turn.
        """
        return self._tokens.used_once(lambda: self._once(method, business, changes=True, ready=ready))

    def close(self) -> None:
        self._http.close()
        self._oauth.close()

    def _once(
        self, method: str, business: Mapping[str, str], *, changes: bool, ready: Callable[[], object] = bool
    ) -> Answered:
        self._limits.require_allowed(method, self._clock())
        data = urlencode({"method": method, **business}).encode()
        try:
            read_as = self._reader(method, changes=changes)
            return self._http.exchange(PATH, data, FORM, read_as, safe_to_repeat=not changes, ready=ready)
        except RemoteUnavailable as trouble:
            self._heed(trouble)
            raise

    def _heed(self, trouble: RemoteError) -> None:
        """A ban is everybody's from the moment on at which it is read, however long whoever read it goes on trying."""
        if isinstance(trouble, RemoteUnavailable) and trouble.code in ("throttled", "day_quota"):
            self._limits.forbid(trouble.retry_after or 0.0, self._clock())

    def _reader(self, method: str, *, changes: bool) -> Callable[[Answer], Answered]:
        def answered(answer: Answer) -> Answered:
            said = read(answer.body, method)
            if said.error:
                trouble = error_of(said.error, method, self._clock(), changes=changes)
                trouble.facts = {**trouble.facts, ANSWER: sha256(answer.body).hexdigest()}
                self._heed(trouble)
                raise trouble
            return Answered(method, said.fields, answer.body, http_date(answer.headers.get("Date", "")))

        return answered
