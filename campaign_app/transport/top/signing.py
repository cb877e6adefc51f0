"""TOP's request signature: every parameter, sorted by name, hashed with the app's secret.

md5 is TOP's published vector; for hmac and hmac-sha256 TOP documents the rule without one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from requests import PreparedRequest

BEIJING: Final = timezone(timedelta(hours=8))  # not by name: a frozen program may find no time zones
FORM: Final = "application/x-www-form-urlencoded;charset=utf-8"
SIGN: Final = "sign"


def _md5(secret: bytes, text: bytes) -> str:
    return hashlib.md5(secret + text + secret, usedforsecurity=False).hexdigest()


_METHODS: Final[Mapping[str, Callable[[bytes, bytes], str]]] = {
    "md5": _md5,
    "hmac": lambda secret, text: hmac.new(secret, text, "md5").hexdigest(),
    "hmac-sha256": lambda secret, text: hmac.new(secret, text, "sha256").hexdigest(),
}


def signature(params: Mapping[str, str], secret: str, method: str) -> str:
    """Over raw UTF-8, not over what is url-encoded; `method` is md5, hmac or hmac-sha256."""
    text = "".join(name + params[name] for name in sorted(params) if name != SIGN)
    return _METHODS[method](secret.encode(), text.encode()).upper()


def timestamp(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


class TopSigner:
    """Completes a form of business parameters with the public ones and signs it, anew for every attempt."""

    def __init__(self, app_key: str, secret: str, session: Callable[[], str]) -> None:
        self._app_key = app_key
        self._secret = secret
        self._session = session

    def sign(self, request: PreparedRequest, *, now: datetime, nonce: str) -> None:  # noqa: ARG002 - TOP has no nonce
        params = self.signed(_form_of(request.body), now)
        request.prepare_body(urlencode(params).encode(), None)

    def signed(self, business: Mapping[str, str], now: datetime) -> dict[str, str]:
        params = {
            **business,
            "app_key": self._app_key,
            "session": self._session(),
            "timestamp": timestamp(now),
            "v": "2.0",
            "format": "json",
            "sign_method": "hmac-sha256",
        }
        return {**params, SIGN: signature(params, self._secret, "hmac-sha256")}


def _form_of(body: Any) -> dict[str, str]:
    text = body.decode() if isinstance(body, bytes) else body or ""
    return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))
