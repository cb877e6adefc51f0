"""Hands planned requests over, and says of every number what became of it.

SendSms has no idempotency key. What may have been taken is `unknown` and never sent again. Where Tencent refuses the
whole account or asks to slow down, a batch of which nothing was taken raises that; of one that was begun, those who
were surely not taken are left out of the outcomes and may be handed over again. Nothing leaves once the gate's word on
the batch is older than a minute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import parse_phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.checks import Leaving
from campaign_app.gateways.tencent.planning import Request
from campaign_app.gateways.wordings import Wordings
from campaign_app.jobs.asking import BATCH_TIME
from campaign_app.transport.listing import fields, plain_code, plain_text
from campaign_app.transport.reactions import Reaction
from campaign_app.transport.tencent import Said, TencentCalls, refusal_of
from campaign_app.transport.tencent_codes import rule_of

SEND: Final = "SendSms"
OK: Final = "Ok"
ID_MAX: Final = 200
# refusals of what had been called usable
_DOUBTFUL: Final = frozenset(
    {
        "FailedOperation.SignatureIncorrectOrUnapproved",
        "FailedOperation.TemplateIdNotExist",
        "FailedOperation.TemplateIncorrectOrUnapproved",
        "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
        "FailedOperation.TemplateUnapprovedOrNotExist",
    }
)


@dataclass(frozen=True, slots=True)
class Status:
    """What Tencent said of one number: "Ok" or one of its codes."""

    code: str
    serial: str = ""

    @property
    def outcome(self) -> Outcome:
        if self.code == OK:
            return Outcome.ACCEPTED
        return Outcome.UNKNOWN if rule_of(self.code).reaction is Reaction.UNSURE else Outcome.REJECTED

    @property
    def opted_out(self) -> bool:
        return self.code != OK and rule_of(self.code).reaction is Reaction.OPTED_OUT

    @property
    def stops(self) -> bool:
        """Whether the same is going to be said of every number."""
        return self.code != OK and rule_of(self.code).reaction is Reaction.ACCOUNT


def of_batch(key: str) -> str:
    """What a request to several people carries along: key and number together name the message."""
    return f"k:{key}"


def of_message(message_id: str) -> str:
    """What a request to one person carries along."""
    return f"m:{message_id}"


@dataclass(slots=True)
class _Batch:
    outcomes: dict[str, SubmitOutcome] = field(default_factory=dict)
    begun: bool = False  # somebody was reached, or may have been

    def put(self, messages: Sequence[Leaving], outcome: Outcome, code: str) -> None:
        self.begun |= outcome is Outcome.UNKNOWN
        # of several numbers nobody knows whose refusal the one code tells of
        opted_out = outcome is Outcome.REJECTED and len(messages) == 1 and Status(code).opted_out
        for message in messages:
            self.outcomes[message.message_id] = SubmitOutcome(message.message_id, outcome, "", code, opted_out)

    def settle(self, messages: Sequence[Leaving], statuses: Mapping[str, Status]) -> RemoteError | None:
        """The account's trouble that was told number by number: it settles nobody."""
        stop: RemoteError | None = None
        for message in messages:
            status = statuses.get(digits_of(message), _UNMENTIONED)
            if status.stops:
                stop = refusal_of(status.code, SEND, changes=True)
                continue
            self.begun |= status.outcome is not Outcome.REJECTED
            code = "" if status.code == OK else plain_code(status.code)
            self.outcomes[message.message_id] = SubmitOutcome(
                message.message_id, status.outcome, status.serial, code, status.opted_out
            )
        return stop


@dataclass(frozen=True, slots=True)
class Sender:
    """Threads may share it."""

    calls: TencentCalls
    app_id: str
    wordings: Wordings
    clock: Clock

    def send(self, key: str, requests: Sequence[Request]) -> Mapping[str, SubmitOutcome]:
        """By message id; whoever is missing was surely not taken. Raises RemoteError while nothing was taken."""
        batch = _Batch()
        for request in requests:
            trouble = self._too_late(request) or self._try(batch, key, request)
            if trouble is None:
                continue
            if not batch.begun:
                raise trouble
            break
        return batch.outcomes

    def _too_late(self, request: Request) -> RemoteError | None:
        now = self.clock()
        # abs: of a clock that was set back nobody knows how long ago it was
        if any(abs(now - message.recipient.decided_at) > BATCH_TIME for message in request.messages):
            return RemoteUnavailable("batch_late", f"{SEND}: the gate's word on the batch is too old by now")
        return None

    def _try(self, batch: _Batch, key: str, request: Request) -> RemoteError | None:
        """The trouble for which nothing more can be handed over now."""
        try:
            statuses = self._ask(key, request)
        except OutcomeUnknown as trouble:
            batch.put(request.messages, Outcome.UNKNOWN, _said(trouble))
        except RemoteUnavailable as trouble:
            return trouble
        except RemoteRefused as trouble:
            if trouble.account_wide:
                return trouble
            batch.put(request.messages, Outcome.REJECTED, _said(trouble))
        else:
            if any(status.code in _DOUBTFUL for status in statuses.values()):
                self.wordings.doubt()
            return batch.settle(request.messages, statuses)
        return None

    def _ask(self, key: str, request: Request) -> Mapping[str, Status]:
        first, *others = request.messages
        params = {
            "PhoneNumberSet": [f"+86{digits_of(message)}" for message in request.messages],
            "SmsSdkAppId": self.app_id,
            "SignName": request.wording.signature,
            "TemplateId": request.wording.template.code,
            "TemplateParamSet": request.values,
            "SessionContext": of_batch(key) if others else of_message(first.message_id),
        }
        return self.calls.ask(SEND, params, _statuses, changes=True)


_UNMENTIONED: Final = Status("unmentioned")


def digits_of(message: Leaving) -> str:
    """Every message of a plan has a number."""
    phone = message.recipient.phone
    return "" if phone is None else phone.digits


def _statuses(said: Said) -> Mapping[str, Status]:
    """By number, eleven digits. Of a number with two different answers nobody knows what became of it."""
    found: dict[str, Status] = {}
    for row in map(fields, said.rows("SendStatusSet")):
        phone, code = parse_phone(plain_text(row.get("PhoneNumber"), 40)), row.get("Code")
        if phone is None or not isinstance(code, str):
            continue
        status = Status(code, plain_text(row.get("SerialNo"), ID_MAX))
        if found.setdefault(phone.digits, status) != status:
            found[phone.digits] = Status("contradictory")
    return found


def _said(trouble: RemoteError) -> str:
    """Tencent's own code, or ours where it did not answer."""
    return plain_code(trouble.facts.get("said")) or trouble.code
