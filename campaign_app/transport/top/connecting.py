"""What asks TOP for one account, from what the workspace keeps of it."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.transport.forms import Unsigned
from campaign_app.transport.kept import MadeOf
from campaign_app.transport.session import SignedSession, checked_address
from campaign_app.transport.tokens import Tokens
from campaign_app.transport.top.calls import TopCalls
from campaign_app.transport.top.errors import is_session_over
from campaign_app.transport.top.limits import Turn, limits_of
from campaign_app.transport.top.signing import TopSigner
from campaign_app.transport.top.token import renewing
from campaign_app.transport.typed import calls_per_second

OAUTH: Final = "https://oauth.taobao.com"


def calls_of(parts: MadeOf) -> TopCalls:
    """Raises SettingsError for credentials, an address or a rate that cannot be right."""
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
