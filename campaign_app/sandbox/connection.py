"""Faults of the connection itself: answers that are late, spoilt, cut off or never come.

ASGI has no message for "drop the connection", and an application that returns early only makes uvicorn answer 500. So
the protocol class below hands each request the asyncio transport that it came in on, and the middleware works on that:
`abort()` drops everything at once, `close()` first flushes what was written, which is how a body is cut in its middle.
Afterwards the application waits for `http.disconnect`, so that uvicorn sees a client that went away and stays quiet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from math import ceil
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from campaign_app.sandbox.faults import NO_FAULT, Fault, FaultPlan
from campaign_app.sandbox.problems import problem

TRANSPORT: Final = "campaign_app.sandbox.transport"
_CHUNKS: Final = 8


class CuttableProtocol(H11Protocol):
    """uvicorn's own protocol; requests can reach the transport through `scope["extensions"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app = partial(_with_transport, self.app, transport)


async def _with_transport(
    app: Callable[..., Awaitable[None]], transport: asyncio.Transport, scope: Any, receive: Any, send: Any
) -> None:
    scope["extensions"] = {**scope.get("extensions", {}), TRANSPORT: transport}
    if not scope.get("path", "/").startswith("/"):  # RFC 9112 3.2.2: a server has to take a whole address as well
        scope["path"], scope["raw_path"] = urlsplit(scope["path"]).path, urlsplit(scope["raw_path"]).path
    await app(scope, receive, send)


class FaultyConnection:
    """ASGI middleware: draws the fault of every request and does those that are not about the answer's content.

    It also writes the Date of every answer, by the platform's own clock: a server whose clock is wrong says so in it.
    """

    def __init__(self, app: ASGIApp, plan: FaultPlan, clock: Callable[[], datetime]) -> None:
        self._app = app
        self._plan = plan
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] != "http" or scope["path"].startswith(("/sandbox/", "/ledger"))
        fault = NO_FAULT if ours else self._plan.next(scope["path"])
        scope["state"] = {**scope.get("state", {}), "fault": fault}
        skew = fault.seconds if fault.name == "clock_skew" else 0.0
        await self._answer(fault, scope, receive, _Dated(send, self._clock() + timedelta(seconds=skew)))

    async def _answer(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.is_one_of("throttle", "error500", "error503"):
            await _drain(receive)
            await _early_answer(fault)(scope, receive, send)
        elif fault.name == "timeout_before":
            await _drain(receive)
            await _drop(scope, receive, fault.seconds)
        elif fault.is_one_of("timeout_after", "error500_after", "cut_body", "truncated_json", "slow_body"):
            await self._answer_badly(fault, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer_badly(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """The request is carried out; its answer does not arrive as it should."""
        answer = _Kept()
        await self._app(scope, receive, answer)
        if fault.name == "timeout_after":
            await _drop(scope, receive, fault.seconds)
        elif fault.name == "error500_after":
            await problem(500, "injected", "an injected fault")(scope, receive, send)
        elif fault.name == "slow_body":
            await answer.replay_slowly(send, fault.seconds)
        elif fault.name == "truncated_json":
            await answer.replay_truncated(send)
        else:
            await answer.replay_half(send)
            scope["extensions"][TRANSPORT].close()
            await _gone(receive)


class _Dated:
    """Sends with a Date."""

    def __init__(self, send: Send, now: datetime) -> None:
        self._send = send
        self._date = (b"date", format_datetime(now.astimezone(UTC), usegmt=True).encode())

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [self._date, *message["headers"]]}
        await self._send(message)


class _Kept:
    """Keeps an answer instead of sending it."""

    def __init__(self) -> None:
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        else:
            self._body += message.get("body", b"")

    async def replay_half(self, send: Send) -> None:
        """Its header announces all of the body."""
        await send(self._start)
        await send(_part(self._body[: len(self._body) // 2], more=True))

    async def replay_truncated(self, send: Send) -> None:
        """A whole HTTP answer whose body ends in the middle."""
        half = self._body[: len(self._body) // 2]
        length = (b"content-length", str(len(half)).encode())
        others = [header for header in self._start["headers"] if header[0].lower() != b"content-length"]
        await send({**self._start, "headers": [*others, length]})
        await send(_part(half, more=False))

    async def replay_slowly(self, send: Send, seconds: float) -> None:
        await send(self._start)
        size = max(1, -(-len(self._body) // _CHUNKS))
        for at in range(0, len(self._body), size):
            await asyncio.sleep(seconds / _CHUNKS)
            await send(_part(self._body[at : at + size], more=True))
        await send(_part(b"", more=False))


def _part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _early_answer(fault: Fault) -> ASGIApp:
    wait = {"Retry-After": str(ceil(fault.seconds))}
    if fault.name == "throttle":
        return problem(429, "throttled", "too many requests", wait)
    if fault.name == "error503":
        return problem(503, "unavailable", "an injected fault", wait if fault.seconds else None)
    return problem(500, "injected", "an injected fault")


async def _drain(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request":
        if not message.get("more_body"):
            return


async def _drop(scope: Scope, receive: Receive, seconds: float) -> None:
    await asyncio.sleep(seconds)
    scope["extensions"][TRANSPORT].abort()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
