"""Whose shop an address is: at the platform every shop has a domain of its own."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.platforms.local import on_this_machine


def shop_of(account: Account) -> str:
    """The shop's domain: its host, and of a simulator, which has many shops, the last part of its address."""
    if not on_this_machine(account.base_url):
        return account.key_id
    return urlsplit(account.base_url).path.rpartition("/")[2] or account.key_id


def require_own_address(account: Account, domain: str, shop: str) -> None:
    """Raises SettingsError unless the address is that of this shop at the platform, written in the one way.

    Somebody else's server could confirm the list of whoever runs it, and would be handed the token.
    """
    named = re.fullmatch(r"[a-z0-9][a-z0-9-]*", shop, re.ASCII)
    if not on_this_machine(account.base_url) and not (named and account.base_url == f"https://{shop}.{domain}"):
        raise SettingsError("bad_url", "This is not the shop's address at the platform")
