"""Which addresses are on this machine: whatever answers there is a simulator."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from campaign_app.domain.errors import SettingsError


def on_this_machine(base_url: str) -> bool:
    """False for what is no address at all: whoever asks it says so."""
    try:
        host = urlsplit(base_url).hostname or ""
    except ValueError:
        return False
    try:
        at = ip_address(host)
    except ValueError:
        return host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")
    at = getattr(at, "ipv4_mapped", None) or at
    return at.is_loopback or at.is_unspecified


def require_one_side(base_url: str, other_url: str) -> None:
    """Raises SettingsError unless both are on this machine or neither is: a simulator's secrets stay here."""
    if on_this_machine(base_url) is not on_this_machine(other_url):
        raise SettingsError("mixed_addresses", "One address of the account is on this machine and the other is not")
