"""Hands planned requests over, and says of every number what became of it.

Neither SendSms nor SendBatchSms is idempotent, says Aliyun: see `gateways.handing`. Aliyun answers a request as a
whole: an OK is everybody's. A refusal that blames one number is that number's where it was alone; of several nobody
knows whether the others were taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.domain.errors import RemoteError
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.ports import Clock
from campaign_app.gateways.handing import Tried, carry_out, met
from campaign_app.gateways.planning import Entry, Request
from campaign_app.gateways.wordings import Wordings
from campaign_app.transport.aliyun import AliyunCalls, Said
from campaign_app.transport.aliyun_codes import rule_of
from campaign_app.transport.listing import plain_text
from campaign_app.transport.reactions import Reaction

SEND: Final = "SendSms"
SEND_BATCH: Final = "SendBatchSms"
ID_MAX: Final = 180
# our codes for refusals of what had been called usable
_DOUBTFUL: Final = frozenset({"signature_unusable", "signature_scene"})


@dataclass(frozen=True, slots=True)
class Sender:
    """Threads may share it."""

    calls: AliyunCalls
    wordings: Wordings
    clock: Clock
    space: Callable[[int], object] = bool

    def send(self, key: str, requests: Sequence[Request]) -> Mapping[str, SubmitOutcome]:
        """By message id; whoever is missing was surely not taken. Raises RemoteError while nothing was taken."""
        return carry_out(requests, self.clock, self.space, lambda request: self._try(key, request))

    def _try(self, key: str, request: Request) -> Tried:
        try:
            return _accepted(request, self._ask(key, request))
        except RemoteError as trouble:
            if trouble.code in _DOUBTFUL or trouble.facts.get("said") == "isv.SMS_TEMPLATE_ILLEGAL":
                self.wordings.doubt()
            blamed = Outcome.UNKNOWN if _blames_one_of_many(trouble, request) else Outcome.REJECTED
            return met(trouble, request, blamed=blamed)

    def _ask(self, key: str, request: Request) -> str:
        """The BizId."""
        shared = {"TemplateCode": request.wording.template.code, "OutId": key}
        if len(request.entries) == 1:
            (entry,) = request.entries
            own = {"PhoneNumbers": entry.digits, "SignName": entry.wording.signature}
            params = {**shared, **own, "TemplateParam": _json(_values(entry))}
            return self.calls.ask(SEND, params, _biz_id, changes=True)
        form = {
            "PhoneNumberJson": _json([entry.digits for entry in request.entries]),
            "SignNameJson": _json([entry.wording.signature for entry in request.entries]),
            "TemplateParamJson": _json([_values(entry) for entry in request.entries]),
        }
        return self.calls.ask(SEND_BATCH, shared, _biz_id, form=form, changes=True)


def _accepted(request: Request, biz_id: str) -> Tried:
    """One BizId is the whole request's; the place in it makes it a message's."""
    ids = [f"{biz_id}#{place}" if biz_id else "" for place in range(len(request.entries))]
    named = zip(request.message_ids, ids, strict=True)
    return Tried(tuple(SubmitOutcome(message_id, Outcome.ACCEPTED, mine) for message_id, mine in named))


def _blames_one_of_many(trouble: RemoteError, request: Request) -> bool:
    said = str(trouble.facts.get("said", ""))
    return len(request.entries) > 1 and rule_of(said).reaction in (Reaction.PERSON, Reaction.CAPPED)


def _values(entry: Entry) -> Mapping[str, str]:
    return dict(entry.wording.template.values)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _biz_id(said: Said) -> str:
    return plain_text(said.fields.get("BizId"), ID_MAX)
