"""Connections whose answers are over in time, from the first word to the last: the library limits single reads only.

So a server that drips its headers, or what stands between the chunks of a body, is waited for no longer than another.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Callable
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema, InvalidURL
from requests.utils import select_proxy
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from campaign_app.transport.errors import ProxyUnusable


class TimelyAdapter(HTTPAdapter):
    """`seconds`: from the moment at which the request was sent."""

    def __init__(self, seconds: float, *, pool_maxsize: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pools = _pools_of(_answers_within(seconds, monotonic))
        super().__init__(pool_connections=1, pool_maxsize=pool_maxsize)

    def init_poolmanager(self, *sizes: Any, **how: Any) -> None:
        super().init_poolmanager(*sizes, **how)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def send(self, request: PreparedRequest, *args: Any, **how: Any) -> Response:
        """Raises ProxyUnusable: where there is a proxy, its address is the one that nobody has looked at before."""
        try:
            return super().send(request, *args, **how)
        except (InvalidSchema, InvalidURL) as error:
            if select_proxy(str(request.url), how.get("proxies")):
                raise ProxyUnusable from error
            raise

    def proxy_manager_for(self, proxy: str, **how: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **how)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self._pools
        return manager


class _Timely(io.RawIOBase):
    """Hands on what is read until then."""

    def __init__(self, raw: io.RawIOBase, until: float, monotonic: Callable[[], float]) -> None:
        self._raw, self._until, self._monotonic = raw, until, monotonic

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Raises TimeoutError."""
        if self._monotonic() > self._until:
            raise TimeoutError
        return self._raw.readinto(buffer)

    def close(self) -> None:
        super().close()
        self._raw.close()


def _answers_within(seconds: float, monotonic: Callable[[], float]) -> type[http.client.HTTPResponse]:
    class Answer(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **how: Any) -> None:
            super().__init__(sock, *args, **how)
            self.fp = io.BufferedReader(_Timely(self.fp.detach(), monotonic() + seconds, monotonic))

    return Answer


def _pools_of(answers: type[http.client.HTTPResponse]) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        response_class = answers

    class Sealed(HTTPSConnection):
        response_class = answers

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SealedPool(HTTPSConnectionPool):
        ConnectionCls = Sealed

    return {"http": PlainPool, "https": SealedPool}
