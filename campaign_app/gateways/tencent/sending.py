"""Hands planned requests over, and says of every number what became of it.

SendSms has no idempotency key: see `gateways.handing`. Every number has a status of its own within HTTP 200.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.domain.errors import RemoteError
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import parse_phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.handing import Tried, capped, carry_out, met
from campaign_app.gateways.planning import Request
from campaign_app.gateways.tencent.planning import values_of
from campaign_app.gateways.wordings import Wordings
from campaign_app.transport.listing import fields, plain_code, plain_count, plain_text
from campaign_app.transport.reactions import Reaction
from campaign_app.transport.tencent import Said, TencentCalls, refusal_of
from campaign_app.transport.tencent_codes import rule_of

SEND: Final = "SendSms"
OK: Final = "Ok"
ID_MAX: Final = 200
PARTS_MAX: Final = 100
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
    """What Tencent said of one number: "Ok" or one of its codes; how many parts it bills (`Fee`)."""

    code: str
    serial: str = ""
    billed: int | None = None

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
        return self.code != OK and rule_of(self.code).reaction in (Reaction.ACCOUNT, Reaction.LATER)

    @property
    def capped(self) -> bool:
        """Also of one number that is to wait a moment: the others do not wait for it."""
        return self.code != OK and rule_of(self.code).reaction in (Reaction.CAPPED, Reaction.AGAIN)


def of_batch(key: str) -> str:
    """What a request to several people carries along: key and number together name the message."""
    return f"k:{key}"


def of_message(message_id: str) -> str:
    """What a request to one person carries along."""
    return f"m:{message_id}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Threads may share it."""

    calls: TencentCalls
    app_id: str
    wordings: Wordings
    clock: Clock
    space: Callable[[int], object] = bool

    def send(self, key: str, requests: Sequence[Request]) -> Mapping[str, SubmitOutcome]:
        """By message id; whoever is missing was surely not taken. Raises RemoteError while nothing was taken."""
        return carry_out(requests, self.clock, self.space, lambda request: self._try(key, request))

    def _try(self, key: str, request: Request) -> Tried:
        try:
            statuses = self._ask(key, request)
        except RemoteError as trouble:
            return met(trouble, request, opted_out=Status(plain_code(trouble.facts.get("said"))).opted_out)
        if any(status.code in _DOUBTFUL for status in statuses.values()):
            self.wordings.doubt()
        return _settled(request, statuses)

    def _ask(self, key: str, request: Request) -> Mapping[str, Status]:
        first, *others = request.message_ids
        params = {
            "PhoneNumberSet": [f"+86{entry.digits}" for entry in request.entries],
            "SmsSdkAppId": self.app_id,
            "SignName": request.wording.signature,
            "TemplateId": request.wording.template.code,
            "TemplateParamSet": values_of(request.wording),
            "SessionContext": of_batch(key) if others else of_message(first),
        }
        return self.calls.ask(SEND, params, _statuses, changes=True)


_UNMENTIONED: Final = Status("unmentioned")


def _settled(request: Request, statuses: Mapping[str, Status]) -> Tried:
    """The account's trouble that was told number by number settles nobody."""
    stop: RemoteError | None = None
    found: list[SubmitOutcome] = []
    for entry in request.entries:
        status = statuses.get(entry.digits, _UNMENTIONED)
        if status.stops:
            stop = refusal_of(status.code, SEND, changes=True)
            continue
        name = entry.message.message_id
        if status.capped:
            found.append(capped(name))
            continue
        code = "" if status.code == OK else plain_code(status.code)
        found.append(SubmitOutcome(name, status.outcome, status.serial, code, status.opted_out, status.billed))
    return Tried(tuple(found), stop)


def _statuses(said: Said) -> Mapping[str, Status]:
    """By number, eleven digits. Of a number with two different answers nobody knows what became of it."""
    found: dict[str, Status] = {}
    for row in map(fields, said.rows("SendStatusSet")):
        phone, code = parse_phone(plain_text(row.get("PhoneNumber"), 40)), row.get("Code")
        if phone is None or not isinstance(code, str):
            continue
        billed = plain_count(row.get("Fee"), PARTS_MAX) if code == OK else None
        status = Status(code, plain_text(row.get("SerialNo"), ID_MAX), billed)
        if found.setdefault(phone.digits, status) != status:
            found[phone.digits] = Status("contradictory")
    return found
