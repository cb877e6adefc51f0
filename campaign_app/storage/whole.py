"""Whether a server has ended a connection that lay unused, told without asking the server."""

from __future__ import annotations

import select
from typing import Any

from sqlalchemy.exc import DisconnectionError


def require_whole(connection: Any, _record: object, _taken_by: object) -> None:
    """Raises DisconnectionError, upon which the pool makes another connection; nobody hears of it.

    Where nothing was asked, nothing is to be read but that end. A way that was cut the system notices by itself
    (`postgres`, keepalives). To ask the server would be one more wait for everything that is read or written.
    """
    if connection.closed or _has_news(connection.fileno()):
        raise DisconnectionError("The server has ended the connection")


def _has_news(descriptor: int) -> bool:
    if hasattr(select, "poll"):  # Windows has none; there `select` takes a descriptor of any number
        looked = select.poll()
        looked.register(descriptor, select.POLLIN)
        return bool(looked.poll(0))
    return bool(select.select([descriptor], [], [], 0)[0])
