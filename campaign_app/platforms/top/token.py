"""The session of a shop: its access token, renewed by the refresh token (OAuth 2, as third parties describe TOP's)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from campaign_app.domain.errors import RemoteRefused
from campaign_app.platforms.top.signing import FORM
from campaign_app.transport.session import Answer, SignedSession

TOKEN: Final = "/token"  # noqa: S105 - a path
_WORDS: Final = "The shop has to authorise the app again"


class Granted(BaseModel):
    """What the token endpoint answers. A refusal has none of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    access_token: str = Field(min_length=1, max_length=500, repr=False)
    refresh_token: str = Field("", max_length=500, repr=False)


class Refused(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    error: str = Field(min_length=1)


class TokenEndpoint:
    """Asks for a new access token: once, for the platform may give each refresh token only one answer."""

    def __init__(self, http: SignedSession, app_key: str, app_secret: str) -> None:
        self._http = http
        self._app = {"client_id": app_key, "client_secret": app_secret}

    def __call__(self, refresh_token: str) -> Granted:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **self._app}
        try:
            return self._http.exchange(TOKEN, urlencode(form).encode(), FORM, _granted, safe_to_repeat=False)
        except RemoteRefused as refused:
            raise RemoteRefused("reauthorise", _WORDS, account_wide=True) from refused

    def close(self) -> None:
        self._http.close()


def _granted(answer: Answer) -> Granted:
    try:
        Refused.model_validate_json(answer.body)
    except ValueError:
        return Granted.model_validate_json(answer.body)
    raise RemoteRefused("reauthorise", _WORDS, account_wide=True)


class SessionKey:
    """The access token in use; a new one is stored before it is used, and by one thread only.

    Without `keep` nothing is renewed: a token that cannot be stored would be lost, and the refresh token with it.
    """

    def __init__(
        self,
        credentials: Mapping[str, str],
        endpoint: TokenEndpoint,
        *,
        keep: Callable[[Mapping[str, str]], None] | None,
        reread: Callable[[], Mapping[str, str]] | None,
    ) -> None:
        self._credentials = credentials
        self._endpoint = endpoint
        self._keep = keep
        self._reread = reread
        self._lock = Lock()

    def key(self) -> str:
        return self._credentials["session"]

    def renew(self, failed: str) -> None:
        """Raises RemoteRefused("reauthorise") where only a person can help, RemoteUnavailable to try again."""
        with self._lock:
            if self.key() != failed:
                return
            stored = self._credentials if self._reread is None else self._reread()
            if stored.get("session", failed) != failed:  # another process was faster
                self._credentials = stored
                return
            refresh_token = stored.get("refresh_token", "")
            if self._keep is None or not refresh_token:
                raise RemoteRefused("reauthorise", _WORDS, account_wide=True)
            granted = self._endpoint(refresh_token)
            tokens = {"session": granted.access_token, "refresh_token": granted.refresh_token or refresh_token}
            changed = {**stored, **tokens}
            self._keep(changed)
            self._credentials = changed

    def close(self) -> None:
        self._endpoint.close()
