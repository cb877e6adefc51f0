"""The access token of an app of the Dev Dashboard, by the client credentials grant: good for 24 hours.

Address, parameters and the answer's fields are those of Shopify's page on this grant. The words with which it refuses
one are known from developers' posts only (*unverified*), and so is that a new token leaves the former one good: whoever
is refused looks first whether another process has a newer one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from campaign_app.domain.errors import RemoteError, RemoteRefused
from campaign_app.platforms.adapter import Parts
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.forms import FORM, Unsigned, form, json_object
from campaign_app.transport.session import Answer, Limits, SignedSession
from campaign_app.transport.tokens import Pair, Tokens, pair_of

T = TypeVar("T")
PATH: Final = "/admin/oauth/access_token"
TOKEN: Final = "granted_token"  # noqa: S105 - a name
SECRET: Final = "client_secret"  # noqa: S105 - a name
_UNAUTHORIZED: Final = "unauthorized"
# a word in the refusal, which comes as JSON or as a page → ours
_WORDS: Final[Mapping[str, str]] = {
    "shop_not_permitted": "shop_not_permitted",
    "app_not_installed": "app_not_installed",
    "application_cannot_be_found": "bad_client",
    "invalid_client": "bad_client",
}
_WORD: Final = re.compile("|".join(_WORDS).encode(), re.ASCII)


class Grant:
    """The token that a client is to use, from its application's id and secret; threads may share it."""

    def __init__(self, parts: Parts, http: SignedSession) -> None:
        self._http = http
        ask = granting(http, parts.account.options["client_id"])
        self._tokens = Tokens(parts, ask, name=TOKEN, over=_is_over, by=SECRET, lasting=True)

    @property
    def access(self) -> str:
        return self._tokens.access

    def used_in(self, ask: Callable[[], T]) -> T:
        """As `Tokens.used_in`. Raises RemoteRefused where the platform grants none."""
        return self._tokens.used_in(ask)

    def close(self) -> None:
        self._http.close()


def grant_of(parts: Parts) -> Grant | None:
    """None for an account that has a lasting token of its own."""
    if not (parts.account.options.get("client_id") and parts.credentials.get(SECRET)):
        return None
    # `Graph` asks again for what may come later
    http = SignedSession(parts.account.base_url, Unsigned(), parts.clock, limits=Limits(attempts=1), wait=parts.wait)
    return Grant(parts, http)


def granting(http: SignedSession, client_id: str) -> Callable[[str], Pair]:
    """Asked twice it only hands out two tokens."""

    def ask(secret: str) -> Pair:
        body = form({"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret})
        return http.exchange(PATH, body, FORM, _granted, safe_to_repeat=True, refusal=_refusal)

    return ask


def _granted(answer: Answer) -> Pair:
    """No refresh token comes with it: the secret stays what it is."""
    access = pair_of(json_object(answer)).access
    if not (access.isascii() and access.isprintable()):
        raise ContractBroken
    return Pair(access)


def _refusal(status: int, body: bytes) -> RemoteError | None:
    found = _WORD.search(body) if 400 <= status < 500 else None
    code = "no_such_shop" if status == 404 else _WORDS[found[0].decode()] if found else ""
    return RemoteRefused(code, "Shopify grants no access token", account_wide=True) if code else None


def _is_over(refused: RemoteRefused) -> bool:
    return refused.code == _UNAUTHORIZED
