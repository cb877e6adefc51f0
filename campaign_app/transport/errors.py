"""Where the trouble of libraries and servers becomes ours (`domain.errors`).

Four questions decide: did the request leave, may it have been carried out, did the server keep the contract, is the
whole account refused. Nothing of an address, a body or a header gets into an error, nor the library's error behind it.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from http import HTTPStatus
from types import TracebackType
from typing import Final

import requests.exceptions as rq
import urllib3.exceptions as u3
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from campaign_app.domain.errors import AppError, OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.transport.wire import Problem

LONGEST_RETRY_AFTER: Final = 86_400.0
_CODE: Final = re.compile(r"[a-z][a-z_]{0,40}(?:[0-9]{1,4}[a-z_]{0,20})?", re.ASCII)


class Fate(Enum):
    """What is known of the request."""

    UNSENT = "unsent"  # it never left, or was turned away unread: may be tried again
    MAYBE_DONE = "maybe_done"  # it may have been carried out
    BROKEN = "broken"  # answered, but against the contract; it may have been carried out as well
    REFUSED = "refused"  # not carried out, and trying again changes nothing
    ACCOUNT = "account"  # the same, for everything that the account asks


class AnswerTooLarge(Exception):
    """The answer went over the size limit and was not read any further."""


class ContractBroken(Exception):
    """An answer that is well-formed and still not what the contract says."""


class SeeOther(Exception):
    """303 to a request that changes something: it may be done, and what became of it would be told elsewhere."""


class Redirected(Exception):
    """The server pointed elsewhere; signed requests follow nobody."""


class ProxyUnusable(Exception):
    """The proxy that the system names has no address, or speaks what nobody here does (SOCKS): nothing leaves."""


@dataclass(frozen=True, slots=True)
class _Trouble:
    fate: Fate
    code: str
    words: str


_UNREACHABLE: Final = _Trouble(Fate.UNSENT, "unreachable", "could not be reached")
_TIMEOUT: Final = _Trouble(Fate.MAYBE_DONE, "timeout", "did not answer in time")
_CUT: Final = _Trouble(Fate.MAYBE_DONE, "connection_cut", "broke off the connection")
_TLS: Final = _Trouble(Fate.ACCOUNT, "tls", "has no valid certificate or refused encryption")
_TLS_LATE: Final = _Trouble(Fate.BROKEN, "tls", "broke the encryption")
_BAD_REQUEST: Final = _Trouble(Fate.REFUSED, "bad_request", "cannot be asked this")
_BROKEN: Final = _Trouble(Fate.BROKEN, "contract_broken", "answered against its contract")

# the first that fits; specific ones first
_TROUBLES: Final[tuple[tuple[tuple[type[BaseException], ...], _Trouble], ...]] = (
    ((AnswerTooLarge,), _Trouble(Fate.BROKEN, "answer_too_large", "answered more than is read")),
    ((SeeOther,), _Trouble(Fate.MAYBE_DONE, "redirected", "pointed to another address for what became of it")),
    ((Redirected,), _Trouble(Fate.ACCOUNT, "redirected", "pointed to another address")),
    ((ContractBroken, ValidationError), _BROKEN),
    ((ProxyUnusable,), _Trouble(Fate.ACCOUNT, "proxy_unusable", "is behind a proxy that cannot be used")),
    ((rq.ConnectTimeout,), _UNREACHABLE),
    ((rq.Timeout, u3.TimeoutError, TimeoutError), _TIMEOUT),
    ((rq.ConnectionError, rq.ChunkedEncodingError, rq.ContentDecodingError), _CUT),
    ((u3.ProtocolError, u3.DecodeError), _CUT),
    ((rq.InvalidURL, rq.InvalidHeader, rq.InvalidSchema, rq.MissingSchema, u3.LocationParseError), _BAD_REQUEST),
    ((PydanticSerializationError, UnicodeEncodeError), _BAD_REQUEST),
    ((rq.RequestException, u3.HTTPError), _CUT),
    ((OSError,), _TLS),  # requests: the file of trusted certificates cannot be read
)
_STATUS: Final[Mapping[int, _Trouble]] = {
    400: _Trouble(Fate.REFUSED, "bad_request", "refused the request"),
    401: _Trouble(Fate.ACCOUNT, "unauthorized", "did not accept the signature"),
    402: _Trouble(Fate.ACCOUNT, "balance", "asks for payment"),
    403: _Trouble(Fate.ACCOUNT, "permission", "does not permit this"),
    404: _Trouble(Fate.REFUSED, "not_found", "does not know this"),
    407: _Trouble(Fate.ACCOUNT, "proxy_auth", "is behind a proxy that asks for a password"),
    408: _Trouble(Fate.UNSENT, "timeout", "did not get the request in time"),
    425: _Trouble(Fate.UNSENT, "too_early", "asks to try again"),
    429: _Trouble(Fate.UNSENT, "throttled", "asks to slow down"),
}
_OTHER_4XX: Final = _Trouble(Fate.REFUSED, "refused", "refused the request")
_SERVER_ERROR: Final = _Trouble(Fate.MAYBE_DONE, "server_error", "failed")
_OVERLOADED: Final = _Trouble(Fate.UNSENT, "unavailable", "is not available now")
# words of the contract that say more than their status
_WORDS: Final[Mapping[tuple[int, str], _Trouble]] = {
    # our nonce was seen before: this very request came twice, so the first one was taken
    (401, "replayed"): _Trouble(Fate.MAYBE_DONE, "replayed", "got the request twice"),
    (409, "in_progress"): _Trouble(Fate.MAYBE_DONE, "in_progress", "is still working on the request"),
}


def translated(what: str, *, changes: bool = False) -> AbstractContextManager[None]:
    """Turns what goes wrong inside into a RemoteError about `what`.

    `changes` says that the request, once it arrived, may have been carried out: then everything that does not rule
    this out is OutcomeUnknown.
    """
    return _Translation(what, changes=changes)


def status_error(
    what: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
    changes: bool = False,
    ours: bool = True,
) -> RemoteError:
    """The error for an answer whose status is no success; `body` is read for a problem+json code only.

    `ours`: by our own contract, which promises that nothing was carried out before a 503 with a Retry-After.
    """
    word = _problem_code(body)
    trouble = _WORDS.get((status, word)) or _of_status(status, headers)
    if trouble is _OVERLOADED and changes and not ours:
        trouble = _SERVER_ERROR
    code = word if word and trouble.fate in (Fate.REFUSED, Fate.ACCOUNT) else trouble.code
    facts: dict[str, str | int] = {"status": status}
    if code == "clock_skew" and (server := http_date(headers.get("Date", ""))):
        facts["skew_seconds"] = round((server - now).total_seconds())
    trouble = _Trouble(trouble.fate, code, trouble.words)
    return _error(what, trouble, changes=changes, retry_after=_retry_after(headers, now), facts=facts)


class _Translation(AbstractContextManager[None]):
    def __init__(self, what: str, *, changes: bool) -> None:
        self._what = what
        self._changes = changes

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        trouble = None if error is None or isinstance(error, AppError) else _trouble(error)
        if error is None or trouble is None:
            return
        ours = _error(self._what, trouble, changes=self._changes, facts={"cause": type(error).__name__})
        try:
            raise ours
        finally:
            # the library's error names addresses and quotes bodies: nobody who walks the chain may meet it
            ours.__context__ = None


def _error(
    what: str, trouble: _Trouble, *, changes: bool, facts: Mapping[str, str | int], retry_after: float | None = None
) -> RemoteError:
    words = f"{what}: the server {trouble.words}"
    if changes and trouble.fate in (Fate.MAYBE_DONE, Fate.BROKEN):
        return OutcomeUnknown(trouble.code, words, retry_after=retry_after, what=what, **facts)
    if trouble.fate in (Fate.UNSENT, Fate.MAYBE_DONE):
        return RemoteUnavailable(trouble.code, words, retry_after=retry_after, what=what, **facts)
    wide = trouble.fate is Fate.ACCOUNT
    return RemoteRefused(trouble.code, words, account_wide=wide, what=what, **facts)


def _trouble(error: BaseException) -> _Trouble | None:
    if isinstance(error, ValidationError) and _ends_early(error):
        return _Trouble(Fate.MAYBE_DONE, "answer_cut", "broke off its answer")
    if isinstance(error, rq.SSLError | u3.SSLError):
        return _tls(error)
    if any(isinstance(e, u3.NewConnectionError | u3.ConnectTimeoutError | u3.ProxyError) for e in _chain(error)):
        return _UNREACHABLE
    return next((trouble for kinds, trouble in _TROUBLES if isinstance(error, kinds)), None)


def _tls(error: BaseException) -> _Trouble:
    """A bad certificate shows before anything is sent; later ones may follow a request that was taken."""
    causes = list(_chain(error))
    if any(isinstance(e, ssl.SSLCertVerificationError | ssl.CertificateError) for e in causes):
        return _TLS
    if any(isinstance(e, ssl.SSLEOFError | ssl.SSLZeroReturnError) for e in causes):
        return _CUT
    return _TLS_LATE


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was made of: requests and urllib3 wrap as arguments, as `reason` and as causes."""
    pending, seen = [error], set[int]()
    while pending:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (*one.args, getattr(one, "reason", None), one.__cause__, one.__context__)
        pending += [e for e in inner if isinstance(e, BaseException)]


def _ends_early(error: ValidationError) -> bool:
    first = error.errors(include_url=False, include_input=False)[0]
    return first["type"] == "json_invalid" and "EOF" in first["msg"]


def _of_status(status: int, headers: Mapping[str, str]) -> _Trouble:
    if status == HTTPStatus.SERVICE_UNAVAILABLE and "Retry-After" in headers:
        return _OVERLOADED
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _SERVER_ERROR
    return _STATUS.get(status, _OTHER_4XX)


def _problem_code(body: bytes) -> str:
    """The server's own code if it is a plain word: what looks like anything else might be somebody's number."""
    try:
        code = Problem.model_validate_json(body).code
    except ValidationError:
        return ""
    return code if _CODE.fullmatch(code) else ""


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from Retry-After, given as seconds or as a date; None if it is absent or nonsense."""
    written = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", written, re.ASCII):
        return min(float(written), LONGEST_RETRY_AFTER)
    at = http_date(written)
    return None if at is None else min(max((at - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)


def http_date(written: str) -> datetime | None:
    """A moment as headers write it; None for anything else, such as a year that no calendar has."""
    try:
        at = parsedate_to_datetime(written)
    except (ValueError, TypeError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
