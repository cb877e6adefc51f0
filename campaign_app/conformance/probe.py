"""Requests that a client would never send: unsigned, wrongly signed, twice, too late. One at a time, and patient."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import requests
from pydantic_core import from_json, to_json

from campaign_app.conformance.checking import Failed
from campaign_app.domain.ports import Clock
from campaign_app.transport.session import checked_address
from campaign_app.transport.signing import RequestSigner

ANSWER_MAX: Final = 64 << 20
_TIMEOUT: Final = (5.0, 60.0)
_PATIENCE: Final = 5
_LONGEST_WAIT: Final = 30.0
_CHUNK: Final = 1 << 18

Change = Callable[[requests.PreparedRequest], object]


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        """Raises Failed where the body is no JSON."""
        try:
            return from_json(self.body, allow_inf_nan=False)
        except ValueError:
            raise Failed(f"{self.status}, a body that is no JSON") from None

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def code(self) -> str:
        """The stable code of a problem+json, or ""."""
        try:
            found = from_json(self.body)
        except ValueError:
            return ""
        code = found.get("code") if isinstance(found, dict) else ""
        return code if isinstance(code, str) and code.isprintable() and len(code) <= 60 else ""

    def said(self) -> str:
        return f"{self.status} {self.code}".strip()


class Probe:
    """Speaks in one client key's name. What is throttled is asked again as the server asks; `throttled` keeps those."""

    def __init__(
        self, url: str, signer: RequestSigner, clock: Clock, wait: Callable[[float], object], http: requests.Session
    ) -> None:
        self._url, self.loopback = checked_address(url)
        self._signer, self._clock, self._wait, self._http = signer, clock, wait, http
        self._http.trust_env = not self.loopback
        self.throttled: list[Seen] = []

    @property
    def key_id(self) -> str:
        return self._signer.key_id

    def now(self) -> datetime:
        return self._clock()

    def ask(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, signed: bool = True
    ) -> Seen:
        """A request as it should be."""
        return self._patient(lambda: self.prepared(method, path, body, headers=headers, signed=signed))

    def prepared(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        signed: bool = True,
        signer: RequestSigner | None = None,
        later: timedelta = timedelta(0),
        nonce: str | None = None,
    ) -> requests.PreparedRequest:
        """`body`: bytes as they are, or anything that becomes JSON. `later`: signed as of then."""
        data = body if isinstance(body, bytes) or body is None else to_json(body)
        named = {"Accept": "application/json, application/problem+json", **(headers or {})}
        if data is not None:
            named.setdefault("Content-Type", "application/json")
        request = requests.Request(method, self._url + path, data=data, headers=named).prepare()
        if signed:
            fresh = secrets.token_urlsafe(24) if nonce is None else nonce
            (signer or self._signer).sign(request, now=self._clock() + later, nonce=fresh)
        return request

    def changed(self, method: str, path: str, body: Any, change: Change, **made: Any) -> Seen:
        """A request that is changed after it was signed."""

        def make() -> requests.PreparedRequest:
            request = self.prepared(method, path, body, **made)
            change(request)
            return request

        return self._patient(make)

    def send(self, request: requests.PreparedRequest) -> Seen:
        """Exactly this request, once. Raises Failed where no answer comes."""
        try:
            with self._http.send(request, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
                return Seen(answer.status_code, answer.headers, _read(answer))
        except requests.RequestException as error:
            raise Failed(f"no answer: {type(error).__name__}") from None

    def _patient(self, make: Callable[[], requests.PreparedRequest]) -> Seen:
        seen = self.send(make())
        for _ in range(_PATIENCE):
            if seen.status != 429:
                break
            self.throttled.append(seen)
            asked = seen.headers.get("Retry-After", "")
            self._wait(min(float(asked) if asked.isdigit() else 1.0, _LONGEST_WAIT))
            seen = self.send(make())
        return seen


def _read(answer: requests.Response) -> bytes:
    pieces, size = [], 0
    for piece in answer.iter_content(_CHUNK):
        pieces.append(piece)
        size += len(piece)
        if size > ANSWER_MAX:
            raise Failed(f"an answer of more than {ANSWER_MAX >> 20} MiB")
    return b"".join(pieces)
