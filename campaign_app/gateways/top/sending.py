"""Hands planned requests over, and says of every number what became of it.

TOP answers a request as a whole, with one receipt code, and offers no look-up of it. `task_sign` names a request: those
with the same one are "the same sending of the merchant", by which it can drop numbers that it had (TOP's SDK). What a
repeat is answered with, and for how long one is known, is documented nowhere: so it is a second lock and no key.
Nothing that may have been taken is handed over again. Which of Aliyun's `isv.` codes TOP hands on is unverified, and
so is whether TOP hands a request on in parts: one that refuses the account leaves everybody of several unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from campaign_app.domain.errors import RemoteError, RemoteRefused
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.ports import Clock
from campaign_app.gateways.handing import Owed, Tried, carry_out, met, too_late
from campaign_app.gateways.planning import Request
from campaign_app.gateways.wordings import Wordings
from campaign_app.transport.aliyun_codes import CODES, rule_of
from campaign_app.transport.listing import plain_text
from campaign_app.transport.reactions import Reaction, error_of
from campaign_app.transport.top.calls import TopCalls

SEND: Final = "taobao.jst.sms.message.direct.batchsend"
ID_MAX: Final = 180
SIGN_MAX: Final = 32
# our codes for refusals of what had been called usable
_DOUBTFUL: Final = frozenset({"signature_unusable", "signature_scene"})


@dataclass(slots=True)
class Sender:
    """Threads may share it."""

    calls: TopCalls
    wordings: Wordings
    clock: Clock
    space: Callable[[int], object] = bool
    _owed: Owed = field(init=False)

    def __post_init__(self) -> None:
        self._owed = Owed(self.clock)

    def send(self, key: str, requests: Sequence[Request]) -> Mapping[str, SubmitOutcome]:
        """By message id; whoever is missing was surely not taken. Raises RemoteError while nothing was taken.

        Where the account was refused and left people unknown, the outcomes are returned, and the refusal is raised in
        place of what would be handed over next, so that it stops the account all the same.
        """
        self._owed.settle()
        return carry_out(requests, self.clock, self.space, lambda request: self._owed.note(self._try(key, request)))

    def _try(self, key: str, request: Request) -> Tried:
        try:
            receipt = self._ask(key, request)
        except RemoteError as refused:
            trouble, blamed = _meant(refused, request)
            if trouble.code in _DOUBTFUL or trouble.facts.get("said") == "isv.SMS_TEMPLATE_ILLEGAL":
                self.wordings.doubt()
            return met(trouble, request, blamed=blamed, in_parts=bool(trouble.facts.get("said")))
        return _accepted(request, receipt)

    def _ask(self, key: str, request: Request) -> str:
        """The receipt code."""
        business = {
            "sign_name": request.wording.signature,
            "sms_template_code": request.wording.template.code,
            "rec_num": _json([entry.digits for entry in request.entries]),
            "sms_content": _json([dict(entry.wording.template.values) for entry in request.entries]),
            "task_sign": task_sign(key, request.message_ids),
        }
        answered = self.calls.change(SEND, business, lambda: self._require_in_time(request))
        return plain_text(answered.fields.get("module"), ID_MAX)

    def _require_in_time(self, request: Request) -> None:
        """The request's turn within the rate may have come late."""
        late = too_late(request, self.clock)
        if late is not None:
            raise late


def task_sign(key: str, message_ids: Sequence[str]) -> str:
    """Of this batch and these messages: whoever was left out of a request before has another one.

    Campaign and place stand in it to be read; how long one may be is unverified.
    """
    digest = sha256("\n".join((key, *message_ids)).encode()).hexdigest()[:16]
    return f"{digest}-{'-'.join(key.split('-')[-2:])}"[:SIGN_MAX]


def _meant(refused: RemoteError, request: Request) -> tuple[RemoteError, Outcome]:
    """The refusal by what its `isv.` code says, and what it means for whoever is in the request.

    A code that blames one number, or that nobody knows, says nothing of the other numbers.
    """
    said = str(refused.facts.get("vendor_sub_code", ""))
    if not said:
        if refused.code == "refused":  # nobody knows what of: its number is all that a person can look up
            number = refused.facts.get("vendor_code", "")
            refused = RemoteRefused("platform_refused", str(refused), number=number)
        return refused, Outcome.REJECTED
    rule = rule_of(said)
    for_all = said in CODES and rule.reaction not in (Reaction.PERSON, Reaction.CAPPED)
    blamed = Outcome.REJECTED if for_all or len(request.entries) == 1 else Outcome.UNKNOWN
    return error_of(rule, f"{SEND}: refused", said, changes=True), blamed


def _accepted(request: Request, receipt: str) -> Tried:
    """The receipt is the whole request's; the place in it makes it a message's. Without one nobody knows."""
    if not receipt:
        return Tried(tuple(SubmitOutcome(name, Outcome.UNKNOWN, code="unmentioned") for name in request.message_ids))
    named = enumerate(request.message_ids)
    return Tried(tuple(SubmitOutcome(name, Outcome.ACCEPTED, f"{receipt}#{place}") for place, name in named))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
