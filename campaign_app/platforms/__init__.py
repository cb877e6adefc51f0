"""Clients of the platforms whose APIs say who consented."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import Clock

if TYPE_CHECKING:
    from campaign_app.platforms.consent_api import ConsentApiPlatform

__all__ = ["client_for"]


def client_for(
    account: Account, private_key: str, clock: Clock, *, wait: Callable[[float], object] | None = None
) -> ConsentApiPlatform:
    """A client for the account's platform. Raises SettingsError for an unknown platform, a bad key or a bad address.

    `wait` replaces the waiting before something is tried again, which otherwise ends with the client's `close`.
    """
    if account.platform != "consent_api":
        raise SettingsError("unknown_platform", "There is no client for this platform")
    # requests takes 130 ms to import: not before somebody is connected
    from campaign_app.platforms.consent_api import ConsentApiPlatform
    from campaign_app.transport.connect import session_for

    return ConsentApiPlatform(account, session_for(account, private_key, clock, wait=wait), clock)
