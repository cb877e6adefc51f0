"""One signed HTTP session per account: time limits always, size limits always, redirects never."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from http import HTTPStatus
from threading import Event
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from pydantic import BaseModel
from pydantic_core import to_json
from requests.adapters import BaseAdapter
from requests.auth import AuthBase
from requests.cookies import RequestsCookieJar
from tenacity import RetryCallState, Retrying, stop_after_attempt

from campaign_app.domain.errors import RemoteError, RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.domain.ports import Clock
from campaign_app.transport.errors import AnswerTooLarge, Redirected, SeeOther, status_error, translated
from campaign_app.transport.loopback import is_loopback
from campaign_app.transport.parsing import parsed
from campaign_app.transport.throttle import Pace
from campaign_app.transport.timely import TimelyAdapter

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
Refusal = Callable[[int, bytes], RemoteError | None]
_CHUNK: Final = 1 << 18
_PROBLEM_MAX: Final = 1 << 16
_POOL: Final = 32


class Signer(Protocol):
    def sign(self, request: requests.PreparedRequest, *, now: Any, nonce: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer as it came, for interfaces whose errors come with status 200."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes. `read` is for every single read, `whole` for one answer from when it is asked for to its last

    byte (`transport.timely`).
    """

    connect: float = 5.0
    read: float = 30.0
    whole: float = 120.0
    answer_bytes: int = 64 << 20
    attempts: int = 3
    longest_wait: float = 10.0


class SignedSession:
    """Asks one server in one account's name; many threads may share it.

    What is safe to repeat is tried up to `limits.attempts` times, waiting as the server asks for if that is not longer
    than `limits.longest_wait`. `wait` ends early when the session is closed.
    """

    def __init__(
        self,
        base_url: str,
        signer: Signer,
        clock: Clock,
        *,
        limits: Limits = Limits(),
        throttle: Pace | None = None,
        wait: Callable[[float], object] | None = None,
        adapter: BaseAdapter | None = None,
    ) -> None:
        self._base, loopback = checked_address(base_url)
        self._clock, self._limits = clock, limits
        self._pace = throttle or nullcontext()
        self._closed = Event()
        self._wait = wait or self._closed.wait
        self._signing = _Signing(signer, clock)
        self._http = _Session()
        # a proxy is a matter of the machine's settings, but nothing on this machine is behind one
        self._http.trust_env = not loopback
        self._http.headers["User-Agent"] = "campaign-app"
        self._http.headers["Accept"] = "application/json, application/problem+json"
        # a list that a proxy keeps would say of refusals and changes what was true before
        self._http.headers["Cache-Control"] = "no-cache"
        timely = adapter or TimelyAdapter(limits.whole, pool_maxsize=_POOL)
        for scheme in ("http://", "https://"):  # by an address it would miss what the library spells otherwise
            self._http.mount(scheme, timely)

    def get(self, path: str, params: Mapping[str, str], model: type[M], *, signed: bool = True) -> M:
        auth: AuthBase = self._signing if signed else _Unsigned()
        request = requests.Request("GET", self._base + path, params=dict(params), auth=auth)
        return self._repeat(request, f"GET {_endpoint(path)}", _reading(model), changes=False)

    def post(
        self,
        path: str,
        body: BaseModel | Mapping[str, Any],
        model: type[M],
        headers: Mapping[str, str] | None = None,
        *,
        safe_to_repeat: bool,
    ) -> M:
        """`safe_to_repeat`: carried out twice it does no more than once; else it is carried out at most once."""
        what = f"POST {_endpoint(path)}"
        with translated(what):
            data = to_json(body)
        every = {**(headers or {}), "Content-Type": "application/json"}
        request = requests.Request("POST", self._base + path, data=data, headers=every, auth=self._signing)
        return self._repeat(request, what, _reading(model), changes=not safe_to_repeat)

    def exchange(  # noqa: PLR0913 - what one exchange is made of
        self,
        path: str,
        data: bytes,
        content_type: str,
        read: Callable[[Answer], T],
        *,
        safe_to_repeat: bool,
        headers: Mapping[str, str] | None = None,
        refusal: Refusal = lambda _status, _body: None,
        method: str = "POST",
        ready: Callable[[], object] = bool,
    ) -> T:
        """Sends bytes; `read` makes of the answer what it says, or raises an error of ours, which is repeated like one

        of the transport's. What is none of ours (ValidationError, ContractBroken) is an answer against the contract.
        `refusal` makes of status and body of an answer that is no success what they say; None where that is nothing.
        `ready` raises what keeps the request from leaving, once its turn has come.
        """
        what = f"{method} {_endpoint(path)}"
        every = {**(headers or {}), "Content-Type": content_type}
        request = requests.Request(method, self._base + path, data=data, headers=every, auth=self._signing)
        return self._repeat(request, what, read, changes=not safe_to_repeat, refusal=refusal, ready=ready)

    def close(self) -> None:
        """Ends waits under way and gives the connections back."""
        self._closed.set()
        self._http.close()

    def _ask(
        self,
        request: requests.Request,
        what: str,
        read: Callable[[Answer], T],
        *,
        changes: bool,
        refusal: Refusal | None,
        ready: Callable[[], object],
    ) -> T:
        with self._pace, translated(what, changes=changes):
            ready()
            prepared = self._http.prepare_request(request)
            settings = self._http.merge_environment_settings(str(prepared.url), {}, True, None, None)  # noqa: FBT003
            timeout = (self._limits.connect, self._limits.read)
            with self._http.send(prepared, timeout=timeout, allow_redirects=False, **settings) as response:
                if 300 <= response.status_code < 400:
                    raise SeeOther if changes and response.status_code == HTTPStatus.SEE_OTHER else Redirected
                if not response.ok:
                    body, now = self._read_problem(response), self._clock()
                    if refusal is not None and (said := refusal(response.status_code, body)):
                        raise said
                    raise status_error(
                        what, response.status_code, response.headers, body,
                        now=now, changes=changes, ours=refusal is None,
                    )  # fmt: skip
                return read(Answer(self._read(response, self._limits.answer_bytes), response.headers))

    def _read(self, response: requests.Response, most: int) -> bytes:
        pieces, size = [], 0
        while piece := response.raw.read1(_CHUNK, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise AnswerTooLarge
        return b"".join(pieces)

    def _read_problem(self, response: requests.Response) -> bytes:
        """The status already says what happened; a body that does not come changes nothing."""
        try:
            return self._read(response, _PROBLEM_MAX)
        except (urllib3.exceptions.HTTPError, OSError, AnswerTooLarge):
            return b""

    def _repeat(
        self,
        request: requests.Request,
        what: str,
        read: Callable[[Answer], T],
        *,
        changes: bool,
        refusal: Refusal | None = None,
        ready: Callable[[], object] = bool,
    ) -> T:
        """Without a `refusal` it is our own contract that is spoken."""
        retrying = Retrying(
            retry=self._worth_another_change if changes else self._worth_another,
            stop=stop_after_attempt(self._limits.attempts),
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        answer: T = retrying(self._ask, request, what, read, changes=changes, refusal=refusal, ready=ready)
        return answer

    def _worth_another(self, state: RetryCallState) -> bool:
        error = _error_of(state)
        soon = isinstance(error, RemoteUnavailable) and (error.retry_after or 0.0) <= self._limits.longest_wait
        return (soon or self._worth_another_change(state)) and not self._closed.is_set()

    def _worth_another_change(self, state: RetryCallState) -> bool:
        """One of many servers may have a wrong clock; it refuses before it looks at anything, so once more is safe."""
        error = _error_of(state)
        skewed = isinstance(error, RemoteRefused) and error.code == "clock_skew"
        return skewed and state.attempt_number == 1

    def _sleep(self, seconds: float) -> None:
        self._wait(seconds)

    def _pause(self, state: RetryCallState) -> float:
        error = _error_of(state)
        if isinstance(error, RemoteUnavailable) and error.retry_after is not None:
            return error.retry_after
        backoff: float = 0.2 * 2 ** (state.attempt_number - 1)
        return min(backoff, self._limits.longest_wait)


class _Session(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        self.cookies = _NoCookies()

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - the library's signature
        """None: the library would read the whole body of a redirect, however large."""
        return


class _NoCookies(RequestsCookieJar):
    def extract_cookies(self, response: Any, request: Any) -> None:
        """Keeps none: an account is its key."""


class _Signing(AuthBase):
    """Signs last, when the request is complete; every attempt has a nonce and a time of its own."""

    def __init__(self, signer: Signer, clock: Clock) -> None:
        self._signer = signer
        self._clock = clock

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        self._signer.sign(request, now=self._clock(), nonce=secrets.token_urlsafe(24))
        return request


class _Unsigned(AuthBase):
    """Keeps the library from looking for a password in ~/.netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _reading(model: type[M]) -> Callable[[Answer], M]:
    return lambda answer: parsed(model, answer.body)


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _endpoint(path: str) -> str:
    """What errors may say of a path: keys and refs stand behind its second part, numbers and texts behind a `?`."""
    return "/".join(path.partition("?")[0].split("/")[:3])


def checked_address(base_url: str) -> tuple[str, bool]:
    """The address without a slash at its end, and whether it is on this machine."""
    try:
        parts = urlsplit(base_url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in ("http", "https") or not host or not plain:
        raise SettingsError("bad_url", "The address of the account's server is not an http(s) address")
    loopback = is_loopback(host)
    if parts.scheme != "https" and not loopback:
        raise SettingsError("insecure_url", "Only https:// leaves this machine")
    return base_url.rstrip("/"), loopback
