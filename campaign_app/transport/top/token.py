"""The session of a shop: its access token, renewed by the refresh token (OAuth 2, as third parties describe TOP's)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from campaign_app.domain.errors import RemoteRefused
from campaign_app.transport.forms import FORM, form, json_object
from campaign_app.transport.session import SignedSession
from campaign_app.transport.tokens import Pair, pair_of

TOKEN: Final = "/token"  # noqa: S105 - a path


def renewing(http: SignedSession, app_key: str, app_secret: str) -> Callable[[str], Pair]:
    """Asks for a new access token: once, for the platform may give each refresh token only one answer."""

    def renew(refresh_token: str) -> Pair:
        app = {"client_id": app_key, "client_secret": app_secret}
        body = form({"grant_type": "refresh_token", "refresh_token": refresh_token, **app})
        try:
            return http.exchange(TOKEN, body, FORM, lambda answer: pair_of(json_object(answer)), safe_to_repeat=False)
        except RemoteRefused as refused:
            words = "The shop has to authorise the app again"
            raise RemoteRefused("reauthorise", words, account_wide=True) from refused

    return renew
