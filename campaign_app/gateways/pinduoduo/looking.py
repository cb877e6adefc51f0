"""What became of a message, by number and day (`query.msg.record`): the row whose `out_id` is the message's own.

Pinduoduo keeps thirty days and pages of at most fifty (SDK). Documented nowhere: whether the number is wanted as it was
sealed, and what `send_status` and `error_code` mean. So being there says that a message was taken, and nothing more;
of one that is not found, or where the number is refused, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import PlatformPhone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.days import days_since
from campaign_app.jobs.ports import Sent
from campaign_app.transport.errors import ContractBroken, translated
from campaign_app.transport.listing import fields
from campaign_app.transport.pinduoduo.calls import PinduoduoCalls

RECORD: Final = "pdd.open.msg.service.query.msg.record"
PAGE: Final = 50
KEPT_DAYS: Final = 30
_PAGES_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Finder:
    """Threads may share it."""

    calls: PinduoduoCalls
    clock: Clock

    def outcomes(self, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:
        """Of those whom Pinduoduo knows. Raises RemoteError where it answers for nobody at all."""
        found: list[SubmitOutcome] = []
        for number, one in enumerate(sent):
            try:
                there = one.platform_phone is not None and self._is_there(one, one.platform_phone)
            except RemoteUnavailable:
                if not number:
                    raise
                break
            found += [SubmitOutcome(one.message_id, Outcome.ACCEPTED)] if there else []
        return tuple(found)

    def _is_there(self, one: Sent, phone: PlatformPhone) -> bool:
        days = days_since(one.claimed_at, self.clock(), KEPT_DAYS)
        rows = (row for day in days for row in self._rows(phone, day.strftime("%Y%m%d")))
        try:
            return any(fields(row).get("out_id") == one.message_id for row in rows)
        except RemoteRefused as refused:
            if refused.account_wide:
                raise
        return False

    def _rows(self, phone: PlatformPhone, day: str) -> Iterator[Any]:
        asked = {"phone_number": phone.sealed, "send_date": day, "page_size": str(PAGE)}
        for number in range(1, _PAGES_MAX + 1):
            page = self.calls.ask(RECORD, {**asked, "page_number": str(number)}).get("sms_send_details")
            with translated(f"POST {RECORD}"):
                rows = _list(page)
            yield from rows
            if len(rows) < PAGE:
                return


def _list(page: object) -> list[Any]:
    """Nothing at all is how some servers write an empty list. Raises ContractBroken for what is none."""
    if page is None:
        return []
    if not isinstance(page, list) or len(page) > PAGE:
        raise ContractBroken
    return page
