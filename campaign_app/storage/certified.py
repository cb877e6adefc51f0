"""Until when a server's certificate holds. The database's driver does not tell: the server is asked apart from it."""

from __future__ import annotations

import socket
import ssl
import struct
from datetime import UTC, datetime
from typing import Final

from campaign_app.storage.postgres import CONNECT_SECONDS, trusted
from campaign_app.storage.server import Server

_ASKS_FOR_TLS: Final = struct.pack("!ii", 8, 80_877_103)
_TAKES_IT: Final = b"S"


def certified_until(server: Server) -> datetime | None:
    """None where none is asked for, or the server does not tell: connecting to it says what is wrong."""
    if not server.verified:
        return None
    try:
        context = ssl.create_default_context(cafile=trusted(server))
        with socket.create_connection((server.host, server.port), CONNECT_SECONDS) as plain:
            plain.sendall(_ASKS_FOR_TLS)
            if plain.recv(1) != _TAKES_IT:
                return None
            with context.wrap_socket(plain, server_hostname=server.host) as secret:
                told = secret.getpeercert()
    except OSError:
        return None
    ends = told.get("notAfter") if told else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None
