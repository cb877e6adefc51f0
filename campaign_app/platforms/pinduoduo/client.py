"""Client of Pinduoduo: the connection can be checked; its API knows neither customers nor consents nor signatures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.local import on_this_machine
from campaign_app.platforms.pinduoduo import ADAPTER
from campaign_app.platforms.unoffered import Unoffered
from campaign_app.transport.errors import ContractBroken, translated
from campaign_app.transport.listing import plain_text
from campaign_app.transport.pinduoduo.calls import MALL, TIME, VERSION, WINDOW_SECONDS, PinduoduoCalls
from campaign_app.transport.pinduoduo.stated import templates

_BEIJING: Final = timezone(timedelta(hours=8))


def platform_of(parts: Parts) -> PinduoduoPlatform:
    """Raises SettingsError for what cannot be right, templates that cannot be read too; asks nothing yet."""
    templates(parts.account)
    return PinduoduoPlatform(parts.account, PinduoduoCalls(parts), parts.clock)


class PinduoduoPlatform(Unoffered):
    """Implements `domain.ports.PlatformClient`; threads may share it."""

    def __init__(self, account: Account, calls: PinduoduoCalls, clock: Clock) -> None:
        super().__init__(account, clock)
        self._calls = calls

    def capabilities(self) -> Capabilities:
        return ADAPTER.capabilities

    def check_connection(self) -> ConnectionReport:
        """Asks for the time and for the shop: client, secret and token have to be right."""
        before = self._clock()
        said = self._calls.ask(TIME, {})
        with translated(f"POST {TIME}"):
            skew = (moment(said.get("time")) - before).total_seconds()
        shop = self._calls.ask(MALL, {})
        problem = "clock_skew" if abs(skew) > WINDOW_SECONDS else ""
        return ConnectionReport(
            ok=not problem, issuer_uscc=ADAPTER.issuer, issuer_name=ADAPTER.issuer_name, api_version=VERSION,
            simulated=on_this_machine(self._account.base_url), clock_skew_seconds=skew, pinned_keys="",
            problem=problem, shop=plain_text(shop.get("mall_name"), 200),
        )  # fmt: skip

    def close(self) -> None:
        self._calls.close()


def moment(value: object) -> datetime:
    """The platform's time, which SDKs know as seconds and as a text in Beijing time. Raises ContractBroken."""
    try:
        if isinstance(value, str) and not value.isdigit():
            return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_BEIJING).astimezone(UTC)
        if isinstance(value, str) or type(value) is int:
            return datetime.fromtimestamp(int(value), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise ContractBroken
