"""One call of TOP after another: signed, throttled, its errors read; a session that is over is renewed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.ports import Clock
from campaign_app.platforms.top.answers import read
from campaign_app.platforms.top.errors import error_of, is_session_over
from campaign_app.platforms.top.signing import FORM
from campaign_app.platforms.top.token import SessionKey
from campaign_app.transport.session import Answer, SignedSession

PATH: Final = "/router/rest"
_EARLIEST: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one call brought. `server_time` is that of the answer's Date, if it has one."""

    fields: Mapping[str, Any]
    body: bytes = field(repr=False)
    server_time: datetime | None = None

    @property
    def request_id(self) -> str:
        found = self.fields.get("request_id", "")
        return found if isinstance(found, str) else ""


class TopCalls:
    """What TOP forbade for a time is not asked before that time is over: threads may share it."""

    def __init__(self, http: SignedSession, session: SessionKey, clock: Clock) -> None:
        self._http = http
        self._session = session
        self._clock = clock
        self._lock = Lock()
        self._not_before: datetime | None = None

    def ask(self, method: str, business: Mapping[str, str]) -> Answered:
        """Raises RemoteUnavailable or RemoteRefused. Only what reads is asked here, so that it may be repeated."""
        used = self._session.key()
        try:
            return self._once(method, business)
        except RemoteRefused as refused:
            if not is_session_over(refused):
                raise
        self._session.renew(used)
        return self._once(method, business)

    def close(self) -> None:
        self._http.close()
        self._session.close()

    def _once(self, method: str, business: Mapping[str, str]) -> Answered:
        self._wait_for_ban(method)
        data = urlencode({"method": method, **business}).encode()
        try:
            return self._http.exchange(PATH, data, FORM, self._reader(method), safe_to_repeat=True)
        except RemoteUnavailable as trouble:
            if trouble.code in ("throttled", "day_quota") and trouble.retry_after is not None:
                self._forbid(trouble.retry_after)
            raise

    def _reader(self, method: str) -> Callable[[Answer], Answered]:
        def answered(answer: Answer) -> Answered:
            said = read(answer.body, method)
            if said.error:
                raise error_of(said.error, method, self._clock())
            return Answered(said.fields, answer.body, _date(answer.headers))

        return answered

    def _forbid(self, seconds: float) -> None:
        with self._lock:
            until = self._clock() + timedelta(seconds=seconds)
            self._not_before = until if self._not_before is None else max(until, self._not_before)

    def _wait_for_ban(self, method: str) -> None:
        with self._lock:
            left = _EARLIEST if self._not_before is None else self._not_before - self._clock()
        if left > _EARLIEST:
            words = f"{method}: the platform asked not to be asked yet"
            raise RemoteUnavailable("throttled", words, retry_after=left.total_seconds(), what=method)


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        at = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None
