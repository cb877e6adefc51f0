"""A TOP client from what the workspace keeps of its account."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.forms import Unsigned
from campaign_app.platforms.tokens import Tokens
from campaign_app.platforms.top.calls import TopCalls
from campaign_app.platforms.top.client import TopPlatform
from campaign_app.platforms.top.errors import is_session_over
from campaign_app.platforms.top.limits import Turn, limits_of
from campaign_app.platforms.top.paging import SEARCH_PAGES
from campaign_app.platforms.top.signing import TopSigner
from campaign_app.platforms.top.token import renewing
from campaign_app.platforms.typed import calls_per_second
from campaign_app.transport.session import SignedSession, checked_address

OAUTH: Final = "https://oauth.taobao.com"


def client_of(parts: Parts, *, pages: int = SEARCH_PAGES) -> TopPlatform:
    """Raises SettingsError for credentials, an address or a rate that cannot be right.

    `pages`: how many of one query TOP hands out.
    """
    _, simulated = checked_address(parts.account.base_url)
    return TopPlatform(parts.account, calls_of(parts), parts.clock, simulated=simulated, pages=pages)


def calls_of(parts: Parts) -> TopCalls:
    """Raises as `client_of` does."""
    account, credentials = parts.account, dict(parts.credentials)
    app_key, secret = account.options.get("app_key", ""), credentials.get("app_secret", "")
    if not (app_key and secret and credentials.get("session")):
        raise SettingsError("bad_credentials", "The account's credentials cannot be read: connect it again")
    rate = calls_per_second(parts)
    # what is simulated has its own token endpoint: nothing of it goes to the real one
    base, simulated = checked_address(account.base_url)
    oauth = SignedSession(base if simulated else OAUTH, Unsigned(), parts.clock, wait=parts.wait)
    tokens = Tokens(parts, renewing(oauth, app_key, secret), name="session", over=is_session_over)
    signer, limits = TopSigner(app_key, secret, lambda: tokens.access), limits_of(parts, base, app_key, rate)
    http = SignedSession(base, signer, parts.clock, throttle=Turn(limits, parts.clock), wait=parts.wait)
    return TopCalls(http, oauth, tokens, limits, parts.clock)
