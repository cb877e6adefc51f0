"""Looks a message or a reply up by its number (`PullSms…StatusByPhoneNumber`), which takes nothing from the queues.

Tencent keeps seven days, and tells a status only once the carrier has: no status says nothing. Statuses carry the
SessionContext only where Tencent has turned that on for the application; without it nobody can say which message a
status is of, and the outcome stays unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import DeliveryReport, InboundMessage, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.tencent.returning import reply_of, report_of
from campaign_app.gateways.tencent.sending import of_batch, of_message
from campaign_app.jobs.ports import Sent
from campaign_app.transport.listing import fields
from campaign_app.transport.tencent import TencentCalls

STATUSES: Final = "PullSmsSendStatusByPhoneNumber"
REPLIES: Final = "PullSmsReplyStatusByPhoneNumber"
# Tencent's seven days without what its clock and ours may differ by
KEPT: Final = timedelta(days=7) - timedelta(minutes=10)
NO_NUMBER: Final = "InvalidParameterValue.IncorrectPhoneNumber"
PAGE: Final = 100
_MARGIN: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Finder:
    """Threads may share it."""

    calls: TencentCalls
    app_id: str
    clock: Clock

    def outcomes(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:
        """Of those whom Tencent knows a status of. Raises RemoteError where it answers for nobody at all."""
        found: list[SubmitOutcome] = []
        for number, one in enumerate(sent):
            try:
                outcome = self._outcome(key, one)
            except RemoteUnavailable:
                if not number:
                    raise
                break
            found += [] if outcome is None else [outcome]
        return tuple(found)

    def reports(self, phone: Phone, since: datetime) -> tuple[DeliveryReport, ...]:
        return tuple(one for row in self._of(STATUSES, phone, since) if (one := report_of(row)) is not None)

    def replies(self, phone: Phone, since: datetime) -> tuple[InboundMessage, ...]:
        now = self.clock()
        found = (reply_of(row, now, phone) for row in self._of(REPLIES, phone, since))
        return tuple(one for one in found if one is not None)

    def _of(self, action: str, phone: Phone, since: datetime) -> list[Any]:
        """Nothing comes from what is no number to Tencent: the others' rows are not to wait for it."""
        try:
            return self._rows(action, phone, since)
        except RemoteRefused as refused:
            if refused.facts.get("said") != NO_NUMBER:
                raise
        return []

    def _outcome(self, key: str, one: Sent) -> SubmitOutcome | None:
        if one.phone is None or self.clock() - one.claimed_at > KEPT:
            return None
        ours = of_batch(key), of_message(one.message_id)
        rows = self._of(STATUSES, one.phone, one.claimed_at - _MARGIN)
        reports = [found for row in rows if fields(row).get("SessionContext") in ours and (found := report_of(row))]
        if not reports:
            return None
        last = max(reports, key=lambda report: report.reported_at)
        return SubmitOutcome(one.message_id, last.outcome, last.provider_id, last.code)

    def _rows(self, action: str, phone: Phone, since: datetime) -> list[Any]:
        now = self.clock()
        begin = max(since, now - KEPT)
        params = {
            "BeginTime": int(begin.timestamp()), "EndTime": int((now + _MARGIN).timestamp()), "Offset": 0,
            "Limit": PAGE, "PhoneNumber": phone.e164, "SmsSdkAppId": self.app_id,
        }  # fmt: skip
        name = "PullSmsSendStatusSet" if action == STATUSES else "PullSmsReplyStatusSet"
        return self.calls.ask(action, params, lambda said: said.rows(name))
