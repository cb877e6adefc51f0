"""Pinduoduo's gateway (`/api/router`), over https only.

Published: parameters, the window of 10 minutes, the signature with its vector. From SDKs: which codes may be tried
again, and the names around answers, which do not follow from the method's name. Everything else is refused for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from campaign_app.domain.errors import RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.concatenated import md5_between
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.forms import FORM, FormSigner, blamed, form, json_object, part
from campaign_app.transport.session import Answer, SignedSession
from campaign_app.transport.tokens import Pair, Tokens, expired, pair_of
from campaign_app.transport.typed import typed

ROUTER: Final = "/api/router"
VERSION: Final = "V1"
WINDOW_SECONDS: Final = 600
TIME: Final = "pdd.time.get"
MALL: Final = "pdd.mall.info.get"
REFRESH: Final = "pdd.pop.auth.token.refresh"
ENVELOPES: Final[Mapping[str, str]] = {
    TIME: "time_get_response",
    MALL: "mall_info_get_response",
    REFRESH: "pop_auth_token_refresh_response",
}
# with back-off; an SDK that tries everything again which it does not know is no example
_AGAIN: Final[Mapping[int, str]] = {
    52101: "throttled",
    52102: "unavailable",
    52103: "unavailable",
    70031: "throttled",
}
_ACCOUNT: Final[Mapping[int, str]] = {20004: "bad_signature", 20005: "ip_not_allowed"}
_EXPIRED: Final = 10019


def signature(client_secret: str, params: Mapping[str, str]) -> str:
    return md5_between(client_secret, params)


class PinduoduoGateway:
    """Asks methods in one shop's name; threads may share it."""

    def __init__(self, parts: Parts) -> None:
        client_id, secret, _ = (typed(parts, name) for name in ("client_id", "client_secret", "access_token"))
        self._clock = parts.clock
        self._tokens = Tokens(parts, self._renewed)

        def public(now: datetime) -> dict[str, str]:
            shared = {"client_id": client_id, "data_type": "JSON", "version": VERSION}
            return {**shared, "access_token": self._tokens.access, "timestamp": str(int(now.timestamp()))}

        signer = FormSigner(public, lambda params: signature(secret, params))
        self._http = SignedSession(parts.account.base_url, signer, parts.clock, wait=parts.wait)

    def ask(self, method: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        """Only ever reads: what is asked twice changes nothing. Raises RemoteError."""
        return self._tokens.used_in(lambda: self._exchange(method, params, safe_to_repeat=True))

    def _renewed(self, refresh_token: str) -> Pair:
        try:
            return pair_of(self._exchange(REFRESH, {"refresh_token": refresh_token}, safe_to_repeat=False))
        except RemoteRefused as refused:
            words = "Pinduoduo gives no new access token"
            raise RemoteRefused("reauthorise", words, account_wide=True) from refused

    def _exchange(self, method: str, params: Mapping[str, str], *, safe_to_repeat: bool) -> Mapping[str, Any]:
        body = form({"type": method, **params})

        def read(answer: Answer) -> Mapping[str, Any]:
            found = json_object(answer)
            if "error_response" in found:
                error = error_of(part(found, "error_response").get("error_code"))
                raise blamed(error, answer, self._clock(), WINDOW_SECONDS)
            return part(found, ENVELOPES[method])

        return self._http.exchange(ROUTER, body, FORM, read, safe_to_repeat=safe_to_repeat)

    def close(self) -> None:
        self._http.close()


def error_of(code: object) -> RemoteError:
    """What is not on a list is refused, and never tried again by itself."""
    if type(code) is not int or not 0 <= code < 10**9:
        raise ContractBroken
    if code in _AGAIN:
        return RemoteUnavailable(_AGAIN[code], "Pinduoduo asks to try again later")
    if code == _EXPIRED:
        return expired()
    if code in _ACCOUNT:
        return RemoteRefused(_ACCOUNT[code], "Pinduoduo refuses the account", account_wide=True)
    return RemoteRefused("platform_refused", "Pinduoduo refused the request", number=code)
