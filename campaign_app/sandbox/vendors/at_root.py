"""Senders that all POST to `/`, told apart by a header that only one of them has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route


class RootRoute(Route):
    """Meets a POST to `/` that carries the header."""

    def __init__(self, header: str, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        super().__init__("/", endpoint, methods=["POST"])
        self._header = header.lower().encode()

    def matches(self, scope: MutableMapping[str, Any]) -> tuple[Match, MutableMapping[str, Any]]:
        found, child = super().matches(scope)
        there = found is Match.FULL and any(name == self._header for name, _ in scope["headers"])
        return (found, child) if there else (Match.NONE, {})
