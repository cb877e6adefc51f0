"""Client of a Kannel gateway: user and password can be checked, and nothing else can be asked."""

from __future__ import annotations

from urllib.parse import urlsplit

from campaign_app.domain.customer import Account
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.kannel import ADAPTER
from campaign_app.platforms.unoffered import Unoffered
from campaign_app.transport.kannel import Access, SendSms, access_of


def platform_of(parts: Parts) -> KannelPlatform:
    """Raises SettingsError for what cannot be right; asks nothing yet."""
    return KannelPlatform(parts.account, access_of(parts.account, parts.credentials), parts.clock)


class KannelPlatform(Unoffered):
    """Implements `domain.ports.PlatformClient`; threads may share it."""

    def __init__(self, account: Account, access: Access, clock: Clock) -> None:
        super().__init__(account, clock)
        self._access = access
        self._calls = SendSms(access, clock)

    def capabilities(self) -> Capabilities:
        return ADAPTER.capabilities

    def check_connection(self) -> ConnectionReport:
        """Address, certificate, user and password; that Kannel can push to us shows only when it does.

        A gateway on this machine may lead to the carriers: it is a simulator only where a person said so.
        """
        self._calls.check()
        host = urlsplit(self._access.base_url).hostname or ""
        return ConnectionReport(
            ok=True, issuer_uscc=host, issuer_name=host, api_version="sendsms", simulated=self._access.test,
            clock_skew_seconds=0.0, pinned_keys="", shop=f"{self._access.username}@{host}",
        )  # fmt: skip

    def close(self) -> None:
        self._calls.close()
