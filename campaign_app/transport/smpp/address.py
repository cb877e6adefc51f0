"""Where a centre is: `smpps://host:port` with TLS, `smpp://host:port` without it, which never leaves this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from campaign_app.domain.errors import SettingsError
from campaign_app.transport.loopback import is_loopback

_PORTS: Final = {"smpp": 2775, "smpps": 3550}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`tls` also means that the centre's certificate is verified, for this very host."""

    host: str
    port: int
    tls: bool

    @property
    def near(self) -> bool:
        return is_loopback(self.host)


def endpoint_of(base_url: str) -> Endpoint:
    """Raises SettingsError for what is no such address, and for one without TLS that is not on this machine."""
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    plain = not (parts.query or parts.fragment or parts.username or parts.password or parts.path.strip("/"))
    if parts.scheme not in _PORTS or not host or not plain or port == 0:
        raise SettingsError("bad_smpp_url", "The address of the SMS centre is not smpps://host:port")
    if parts.scheme == "smpp" and not is_loopback(host):
        raise SettingsError("insecure_smpp", "Only smpps:// leaves this machine")
    return Endpoint(host, port or _PORTS[parts.scheme], parts.scheme == "smpps")
