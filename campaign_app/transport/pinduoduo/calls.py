"""Pinduoduo's gateway (`/api/router`), over https only.

Published: parameters, the window of 10 minutes, the signature with its vector. From SDKs: which codes may be tried
again, and the names around some answers, which do not follow from the method's name. Everything else is refused for
good. How lists and objects are written for the signature is documented nowhere: as SDKs do, as the JSON that is sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.transport.concatenated import md5_between
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.forms import FORM, FormSigner, blamed, form, json_object, part
from campaign_app.transport.kept import MadeOf
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
# plainly said before anything is carried out
_LIMITS: Final = frozenset({52101, 70031})
_ACCOUNT: Final[Mapping[int, str]] = {20004: "bad_signature", 20005: "ip_not_allowed"}
_EXPIRED: Final = 10019
# codes below speak of the request, its signature or its permission (SDK); of the others nobody knows how far it got
_OF_REQUEST: Final = 40_000


def signature(client_secret: str, params: Mapping[str, str]) -> str:
    return md5_between(client_secret, params)


def written(value: object) -> str:
    """A list or an object as a parameter."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class PinduoduoCalls:
    """Asks methods in one shop's name; threads may share it."""

    def __init__(self, parts: MadeOf) -> None:
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
        return self._tokens.used_in(lambda: self._exchange(method, params, changes=False))

    def change(self, method: str, params: Mapping[str, str], ready: Callable[[], object]) -> Mapping[str, Any]:
        """As `ask`, but carried out at most once: raises OutcomeUnknown where it may have been.

        A token that is over is refused before anything is carried out: it is renewed, and whoever asked has to look at
        everything again. `ready` raises what keeps the call from leaving.
        """
        return self._tokens.used_once(lambda: self._exchange(method, params, changes=True, ready=ready))

    def _renewed(self, refresh_token: str) -> Pair:
        try:
            return pair_of(self._exchange(REFRESH, {"refresh_token": refresh_token}, changes=True))
        except RemoteRefused as refused:
            words = "Pinduoduo gives no new access token"
            raise RemoteRefused("reauthorise", words, account_wide=True) from refused

    def _exchange(
        self, method: str, params: Mapping[str, str], *, changes: bool, ready: Callable[[], object] = bool
    ) -> Mapping[str, Any]:
        body = form({"type": method, **params})

        def read(answer: Answer) -> Mapping[str, Any]:
            found = json_object(answer)
            if "error_response" in found:
                error = error_of(part(found, "error_response").get("error_code"), changes=changes and method != REFRESH)
                raise blamed(error, answer, self._clock(), WINDOW_SECONDS)
            return _inside(found, method)

        return self._http.exchange(ROUTER, body, FORM, read, safe_to_repeat=not changes, ready=ready)

    def close(self) -> None:
        self._http.close()


def _inside(found: Mapping[str, Any], method: str) -> Mapping[str, Any]:
    """By the name around it where one is known, else the only object that is there. Raises ContractBroken."""
    if method in ENVELOPES:
        return part(found, ENVELOPES[method])
    objects = [each for each in found.values() if isinstance(each, dict)]
    if len(objects) != 1:
        raise ContractBroken
    return objects[0]


def error_of(code: object, *, changes: bool = False) -> RemoteError:
    """What is not on a list is refused, and never tried again by itself.

    `changes`: the request would have done something if carried out. Then only what speaks of the request, or of a
    limit, says that it was not.
    """
    if type(code) is not int or not 0 <= code < 10**9:
        raise ContractBroken
    if changes and code >= _OF_REQUEST and code not in _LIMITS:
        return OutcomeUnknown("server_error", "Pinduoduo may have carried it out", number=code)
    if code in _AGAIN:
        return RemoteUnavailable(_AGAIN[code], "Pinduoduo asks to try again later")
    if code == _EXPIRED:
        return expired()
    if code in _ACCOUNT:
        return RemoteRefused(_ACCOUNT[code], "Pinduoduo refuses the account", account_wide=True)
    return RemoteRefused("platform_refused", "Pinduoduo refused the request", number=code)
