"""The packages of parts that an SMS application at Tencent Cloud has bought, and what is left of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

from campaign_app.domain.errors import RemoteRefused
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.listing import fields
from campaign_app.transport.tencent import Said, TencentCalls

PACKAGES: Final = "SmsPackagesStatistics"
PAGE: Final = 500
_PAGES_MAX: Final = 20
# packages are asked for by the time at which they were made; how long one holds at most is not known
_BACK: Final = timedelta(days=5 * 366)
_BEIJING: Final = timezone(timedelta(hours=8))


class Packages(NamedTuple):
    """`left`: parts of what has not ended, None where a row cannot be read. `date` is the server's."""

    left: int | None
    date: str


def packages(calls: TencentCalls, app_id: str, now: datetime) -> Packages:
    """Raises RemoteError."""
    span = {"BeginTime": _hour(now - _BACK), "EndTime": _hour(now)}
    found: list[Any] = []
    for number in range(_PAGES_MAX):
        asked = {"SmsSdkAppId": app_id, "Limit": PAGE, "Offset": number * PAGE, **span}
        rows, date = calls.ask(PACKAGES, asked, _page)
        found += rows
        if len(rows) < PAGE:
            return Packages(_left(map(fields, found), int(now.timestamp())), date)
    raise RemoteRefused("incomplete_list", f"{PACKAGES}: the list does not end")


def _page(said: Said) -> tuple[list[Any], str]:
    rows = said.rows("SmsPackagesStatisticsSet")
    if len(rows) > PAGE:
        raise ContractBroken
    return rows, said.date


def _left(rows: Iterable[Mapping[str, Any]], now: int) -> int | None:
    left = 0
    for row in rows:
        amount, used, ends = (row.get(name) for name in ("PackageAmount", "CurrentUsage", "PackageExpiredTime"))
        if type(amount) is not int or type(used) is not int or type(ends) is not int:
            return None
        left += max(amount - used, 0) if ends > now else 0
    return left


def _hour(at: datetime) -> str:
    return at.astimezone(_BEIJING).strftime("%Y%m%d%H")
