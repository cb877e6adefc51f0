"""One bound connection to a centre, inside an event loop: requests with their answers, and what comes unasked.

A request whose answer does not come, because the connection ended or the centre is silent for too long, is `LinkLost`:
nobody knows whether it was taken. One that was never written is `Unsent`. A silent centre loses its connection.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Final

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.transport.smpp.address import Endpoint
from campaign_app.transport.smpp.pdu import RESPONSE, BrokenPdu, Command, Login, Pdu, bind, frames, packed
from campaign_app.transport.smpp.statuses import bind_error

LAST_SEQUENCE: Final = 0x7FFF_FFFF
_UNKNOWN_COMMAND: Final = 0x03
_GOODBYE_SECONDS: Final = 2.0
Arrived = Callable[["Session", Sequence[Pdu]], object]


class LinkLost(Exception):
    """No answer came: the request may have been carried out."""


class Unsent(Exception):
    """The request never left."""


class Session(asyncio.Protocol):
    """`arrived` gets every deliver_sm and data_sm, many at once; whoever has kept them calls `answer` for each."""

    def __init__(self, arrived: Arrived, answer_within: float) -> None:
        self._arrived = arrived
        self._within = answer_within
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._sequence = 0
        self._transport: asyncio.Transport | None = None
        self._heard = self._loop.time()

    @property
    def alive(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    @property
    def silent_for(self) -> float:
        """Seconds since anything came in."""
        return self._loop.time() - self._heard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        self._buffer += data
        found: list[Pdu] = []
        try:
            for pdu in frames(self._buffer):
                if pdu.command in (Command.DELIVER, Command.DATA):
                    found.append(pdu)
                else:
                    self._take(pdu)
        except BrokenPdu:
            self.abort()
        if found:
            self._arrived(self, found)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - it is lost, however it was
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(LinkLost())

    async def ask(self, command: Command, body: bytes = b"") -> Pdu:
        """Raises Unsent, LinkLost."""
        transport = self._transport
        if transport is None or transport.is_closing():
            raise Unsent
        self._sequence = sequence = self._sequence % LAST_SEQUENCE + 1
        future: asyncio.Future[Pdu] = self._loop.create_future()
        self._waiting[sequence] = future
        transport.write(packed(command, sequence, body))
        try:
            async with asyncio.timeout(self._within):
                return await future
        except TimeoutError:
            self.abort()
            raise LinkLost from None
        finally:
            self._waiting.pop(sequence, None)

    def answer(self, pdu: Pdu, status: int = 0) -> None:
        """Answers what the centre sent. A deliver_sm_resp has an empty message id."""
        if self._transport is not None and not self._transport.is_closing():
            body = b"\0" if pdu.command in (Command.DELIVER, Command.DATA) else b""
            self._transport.write(packed(pdu.command | RESPONSE, pdu.sequence, body, status))

    async def unbind(self) -> None:
        """Says goodbye and ends the connection, whatever the centre answers."""
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self.ask(Command.UNBIND)
        except (LinkLost, Unsent, TimeoutError):
            pass
        self.abort()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _take(self, pdu: Pdu) -> None:
        if pdu.command & RESPONSE:
            future = self._waiting.pop(pdu.sequence, None)
            if future is not None and not future.done():
                future.set_result(pdu)
        elif pdu.command in (Command.ENQUIRE_LINK, Command.UNBIND):
            self.answer(pdu)
            if pdu.command == Command.UNBIND and self._transport is not None:
                self._transport.close()
        elif self._transport is not None:
            self._transport.write(packed(Command.NACK, pdu.sequence, status=_UNKNOWN_COMMAND))


async def bound(
    endpoint: Endpoint, login: Login, command: Command, arrived: Arrived, *, answer_within: float
) -> Session:
    """Connects and binds. Raises RemoteUnavailable, RemoteRefused; then there is no connection."""
    session = await _connected(endpoint, arrived, answer_within)
    try:
        await _log_in(session, login, command)
    except BaseException:  # whoever waits may be cancelled, when the line is closed: nobody would end the connection
        session.abort()
        raise
    return session


async def _log_in(session: Session, login: Login, command: Command) -> None:
    try:
        answer = await session.ask(command, bind(login))
    except (LinkLost, Unsent):
        raise RemoteUnavailable("unreachable", "The SMS centre does not answer the login") from None
    if answer.status or answer.command != command | RESPONSE:
        raise bind_error(answer.status)


async def _connected(endpoint: Endpoint, arrived: Arrived, within: float) -> Session:
    loop = asyncio.get_running_loop()
    context = _verifying() if endpoint.tls else None
    try:
        async with asyncio.timeout(within):
            _, session = await loop.create_connection(
                lambda: Session(arrived, within), endpoint.host, endpoint.port, ssl=context
            )
    except ssl.SSLError:
        words = "The SMS centre has no valid certificate or refused encryption"
        raise RemoteRefused("tls", words, account_wide=True) from None
    except OSError:
        raise RemoteUnavailable("unreachable", "The SMS centre cannot be reached") from None
    return session


def _verifying() -> ssl.SSLContext:
    """The system's authorities, and those that come with requests: a frozen program may find none of the system's."""
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context
