"""Client of an SMS centre: the login can be checked, and nothing else can be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.smpp import ADAPTER
from campaign_app.platforms.unoffered import Unoffered
from campaign_app.transport.smpp.access import Access, access_of
from campaign_app.transport.smpp.pdu import Command, Pdu
from campaign_app.transport.smpp.session import LinkLost, Session, Unsent, bound

VERSION = "3.4"


def platform_of(parts: Parts) -> SmppPlatform:
    """Raises SettingsError for what cannot be right; asks nothing yet."""
    return SmppPlatform(parts.account, access_of(parts.account, parts.credentials), parts.clock)


class SmppPlatform(Unoffered):
    """Implements `domain.ports.PlatformClient`; threads may share it."""

    def __init__(self, account: Account, access: Access, clock: Clock) -> None:
        super().__init__(account, clock)
        self._access = access

    def capabilities(self) -> Capabilities:
        return ADAPTER.capabilities

    def check_connection(self) -> ConnectionReport:
        """Address, certificate, login, and that the centre answers; the clock of a centre cannot be asked.

        It binds as a transmitter, so that no reply is delivered to whoever does not keep it. A centre on this machine
        may be the near end of a tunnel to a real one: it is a simulator only where a person said so.
        """
        asyncio.run(self._look())
        host = self._access.endpoint.host
        return ConnectionReport(
            ok=True, issuer_uscc=host, issuer_name=host, api_version=VERSION,
            simulated=self._access.test, clock_skew_seconds=0.0, pinned_keys="",
            shop=f"{self._account.key_id}@{host}",
        )  # fmt: skip

    def close(self) -> None:
        """No connection is left open."""

    async def _look(self) -> None:
        access = self._access
        session = await bound(
            access.endpoint, access.login, Command.BIND_TRANSMITTER, _unasked, answer_within=access.answer_within
        )
        try:
            await session.ask(Command.ENQUIRE_LINK)
        except (LinkLost, Unsent):
            raise RemoteUnavailable("unreachable", "The SMS centre broke off the connection") from None
        finally:
            await session.unbind()


def _unasked(session: Session, pdus: Sequence[Pdu]) -> None:
    """A transmitter is delivered nothing; whatever comes all the same is to come again later."""
    for pdu in pdus:
        session.answer(pdu, 0x64)
