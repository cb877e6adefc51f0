"""JD's legacy gateway (`/routerjson`), which JD calls 历史接口.

Published: the address, the parameters and the signature with its vector. Third-party restatements, unverified: the
error codes with their meanings, the window of 6 minutes, the names around an answer, and that GET and POST both work.
The newer gateway (api-cn.jd.com) is not used: its headers were never seen in JD's own words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any, Final

from campaign_app.domain.errors import RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.transport.concatenated import md5_between
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.forms import FORM, form, json_object, part
from campaign_app.transport.listing import plain_text
from campaign_app.transport.session import Answer, SignedSession
from campaign_app.transport.tokens import Pair, Tokens, expired, pair_of

ROUTER: Final = "/routerjson"
OAUTH: Final = "/oauth/token"
VERSION: Final = "2.0"
# the fact of a refusal that has the SHA-256 of the answer that was one
ANSWER: Final = "answer_sha256"
_BEIJING: Final = timezone(timedelta(hours=8))
_QUOTA_SECONDS: Final = 3_600.0  # JD says "another day"; whoever asks again meets the same answer


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: what is inside its envelope, its bytes, and the Date of the gateway."""

    found: Mapping[str, Any]
    page: bytes
    date: str

    @property
    def request_id(self) -> str:
        """JD's documents show none; "" where an answer has none (*unverified* that any has one)."""
        return plain_text(self.found.get("request_id") or self.found.get("requestId"), 100)


def signature(app_secret: str, params: Mapping[str, str]) -> str:
    return md5_between(app_secret, params)


def timestamp(now: datetime) -> str:
    at = now.astimezone(_BEIJING)
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}+0800"


class JdGateway:
    """Asks methods in one shop's name; `http` signs, `oauth` is where tokens are renewed."""

    def __init__(self, http: SignedSession, oauth: SignedSession, tokens: Tokens) -> None:
        self._http = http
        self._oauth = oauth
        self._tokens = tokens

    def ask(self, method: str, params: Mapping[str, Any]) -> Said:
        """Only ever reads: what is asked twice changes nothing. Raises RemoteError."""
        body = form({"method": method, "360buy_param_json": json.dumps(params, ensure_ascii=False)})
        envelope = f"{method.replace('.', '_')}_responce"

        def read(answer: Answer) -> Said:
            try:
                found = _inside(json_object(answer), envelope)
            except RemoteRefused as refused:
                refused.facts = {**refused.facts, ANSWER: sha256(answer.body).hexdigest()}
                raise
            return Said(found, answer.body, answer.headers.get("Date", ""))

        return self._tokens.used_in(lambda: self._http.exchange(ROUTER, body, FORM, read, safe_to_repeat=True))

    def close(self) -> None:
        self._http.close()
        self._oauth.close()


def renewing(http: SignedSession, app_key: str, app_secret: str) -> Callable[[str], Pair]:
    """JD's token endpoint; the addresses are a third party's restatement."""

    def renew(refresh_token: str) -> Pair:
        asked = {"grant_type": "refresh_token", "client_id": app_key, "client_secret": app_secret}
        body = form({**asked, "refresh_token": refresh_token})
        try:
            return http.exchange(OAUTH, body, FORM, lambda answer: pair_of(json_object(answer)), safe_to_repeat=False)
        except RemoteRefused as refused:
            raise RemoteRefused("reauthorise", "JD gives no new access token", account_wide=True) from refused

    return renew


def _inside(found: Mapping[str, Any], envelope: str) -> Mapping[str, Any]:
    """Raises the error that the gateway names, ContractBroken for what is neither an answer nor an error."""
    if "error_response" in found:
        raise error_of(part(found, "error_response").get("code"))
    inner = part(found, envelope)
    if str(inner.get("code")) != "0":
        raise error_of(inner.get("code"))
    return inner


def error_of(code: object) -> RemoteError:
    """What is not named here is refused, and never tried again by itself."""
    word = code if isinstance(code, str) else str(code) if type(code) is int else ""
    if not (word.isascii() and word.isdigit() and len(word) <= 9):
        raise ContractBroken
    if word == "2":
        return RemoteUnavailable("throttled", "JD's quota is used up", retry_after=_QUOTA_SECONDS)
    if word == "65":
        return RemoteUnavailable("timeout", "JD's gateway did not get an answer in time")
    if word == "19":
        return expired()
    if word == "8":
        return RemoteRefused("clock_skew", "JD does not accept this computer's time")
    wide = {"12": "bad_signature", "21": "unknown_key", "24": "permission"}.get(word)
    words = "JD's gateway refused the request"
    if wide is not None:
        return RemoteRefused(wide, words, account_wide=True)
    return RemoteRefused("platform_refused", words, number=word)


def utc_of(milliseconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        raise ContractBroken from None
