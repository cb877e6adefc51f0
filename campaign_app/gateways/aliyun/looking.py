"""What became of a message, by number and day (`QuerySendDetails`): the row whose OutId is the batch's key.

Within one batch no number stands twice, so key and number together name the message. Aliyun keeps thirty days. A
message that is not found may still be on its way there: of it nothing is said, nor of one whose number Aliyun
refuses. The numbers of states (1 waits for the receipt, 2 failed, 3 delivered) are those of the older twin of this
interface; Aliyun's SDK does not name them, and any other leaves the message accepted, which is what its being there
says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import Phone, parse_phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.days import days_since
from campaign_app.jobs.ports import Sent
from campaign_app.transport.aliyun import AliyunCalls, Said
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.listing import fields, plain_code, plain_text

DETAILS: Final = "QuerySendDetails"
NO_NUMBER: Final = "isv.MOBILE_NUMBER_ILLEGAL"
PAGE: Final = 50
KEPT_DAYS: Final = 30
_PAGES_MAX: Final = 100
_STATES: Final = {2: Outcome.FAILED, 3: Outcome.DELIVERED}


@dataclass(frozen=True, slots=True)
class Finder:
    """Threads may share it."""

    calls: AliyunCalls
    clock: Clock

    def outcomes(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:
        """Of those whom Aliyun knows. Raises RemoteError where it answers for nobody at all."""
        found: list[SubmitOutcome] = []
        for number, one in enumerate(sent):
            try:
                outcome = self._outcome(key, one)
            except RemoteUnavailable:
                if not number:
                    raise
                break
            except RemoteRefused as refused:
                if refused.facts.get("said") != NO_NUMBER:
                    raise
                outcome = None
            found += [] if outcome is None else [outcome]
        return tuple(found)

    def _outcome(self, key: str, one: Sent) -> SubmitOutcome | None:
        if one.phone is None:
            return None
        for day in days_since(one.claimed_at, self.clock(), KEPT_DAYS):
            states = [_state(row) for row in self._rows(one.phone, day) if _is(row, key, one.phone)]
            if states:
                # the receipt's word beats that of the submission
                outcome, code = max(states, key=lambda state: state[0] is not Outcome.ACCEPTED)
                return SubmitOutcome(one.message_id, outcome, code=code)
        return None

    def _rows(self, phone: Phone, day: date) -> list[Any]:
        def page(said: Said) -> list[Any]:
            rows = said.rows("SmsSendDetailDTOs", "SmsSendDetailDTO")
            if len(rows) > PAGE:
                raise ContractBroken
            return rows

        asked = {"PhoneNumber": phone.digits, "SendDate": day.strftime("%Y%m%d"), "PageSize": str(PAGE)}
        found: list[Any] = []
        for number in range(1, _PAGES_MAX + 1):
            rows = self.calls.ask(DETAILS, {**asked, "CurrentPage": str(number)}, page)
            found += rows
            if len(rows) < PAGE:
                return found
        raise RemoteRefused("incomplete_list", f"{DETAILS}: the list does not end")


def _is(row: object, key: str, phone: Phone) -> bool:
    """A row without a number is of the number that was asked for."""
    found = fields(row)
    written = plain_text(found.get("PhoneNum"), 40)
    return found.get("OutId") == key and (not written or parse_phone(written) == phone)


def _state(row: object) -> tuple[Outcome, str]:
    found = fields(row)
    state = found.get("SendStatus")
    outcome = _STATES.get(state, Outcome.ACCEPTED) if type(state) is int else Outcome.ACCEPTED
    return outcome, plain_code(found.get("ErrCode")) if outcome is Outcome.FAILED else ""
