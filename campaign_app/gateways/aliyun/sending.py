"""Hands planned requests over, and says of every number what became of it.

Neither SendSms nor SendBatchSms is idempotent, says Aliyun. What may have been taken is `unknown` and never sent again.
Aliyun answers a request as a whole: an OK is everybody's. A refusal that blames one number is that number's where it
was alone; of several nobody knows whether the others were taken. Where the whole account is refused or asked to slow
down, a batch of which nothing was taken raises that; of one that was begun, those who were surely not taken are left
out of the outcomes. Nothing leaves once the gate's word on the batch is older than a minute.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.ports import Clock
from campaign_app.gateways.aliyun.planning import Entry, Planner, Request
from campaign_app.jobs.asking import BATCH_TIME
from campaign_app.transport.aliyun import AliyunCalls, Said
from campaign_app.transport.aliyun_codes import rule_of
from campaign_app.transport.listing import plain_code, plain_text
from campaign_app.transport.reactions import Reaction

SEND: Final = "SendSms"
SEND_BATCH: Final = "SendBatchSms"
ID_MAX: Final = 180
# our codes for refusals of what had been called usable
_DOUBTFUL: Final = frozenset({"signature_unusable", "signature_scene"})


@dataclass(slots=True)
class _Batch:
    outcomes: dict[str, SubmitOutcome] = field(default_factory=dict)
    begun: bool = False  # somebody was reached, or may have been

    def accept(self, request: Request, biz_id: str) -> None:
        """One BizId is the whole request's; the place in it makes it a message's."""
        self.begun = True
        for place, message_id in enumerate(request.message_ids):
            provider_id = f"{biz_id}#{place}" if biz_id else ""
            self.outcomes[message_id] = SubmitOutcome(message_id, Outcome.ACCEPTED, provider_id)

    def put(self, request: Request, outcome: Outcome, trouble: RemoteError) -> None:
        self.begun |= outcome is Outcome.UNKNOWN
        code = plain_code(trouble.facts.get("said")) or trouble.code
        for message_id in request.message_ids:
            self.outcomes[message_id] = SubmitOutcome(message_id, outcome, code=code)


@dataclass(frozen=True, slots=True)
class Sender:
    """Threads may share it."""

    calls: AliyunCalls
    planner: Planner
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
        if any(abs(now - entry.message.recipient.decided_at) > BATCH_TIME for entry in request.entries):
            return RemoteUnavailable("batch_late", f"{SEND_BATCH}: the gate's word on the batch is too old by now")
        return None

    def _try(self, batch: _Batch, key: str, request: Request) -> RemoteError | None:
        """The trouble for which nothing more can be handed over now."""
        try:
            batch.accept(request, self._ask(key, request))
        except OutcomeUnknown as trouble:
            batch.put(request, Outcome.UNKNOWN, trouble)
        except RemoteUnavailable as trouble:
            return trouble
        except RemoteRefused as trouble:
            if trouble.code in _DOUBTFUL:
                self.planner.doubt()
            if trouble.account_wide:
                return trouble
            batch.put(request, Outcome.UNKNOWN if _blames_one_of_many(trouble, request) else Outcome.REJECTED, trouble)
        return None

    def _ask(self, key: str, request: Request) -> str:
        """The BizId."""
        shared = {"TemplateCode": request.template, "OutId": key}
        if len(request.entries) == 1:
            (entry,) = request.entries
            own = {"PhoneNumbers": entry.phone.digits, "SignName": entry.wording.signature}
            params = {**shared, **own, "TemplateParam": _json(_values(entry))}
            return self.calls.ask(SEND, params, _biz_id, changes=True)
        form = {
            "PhoneNumberJson": _json([entry.phone.digits for entry in request.entries]),
            "SignNameJson": _json([entry.wording.signature for entry in request.entries]),
            "TemplateParamJson": _json([_values(entry) for entry in request.entries]),
        }
        return self.calls.ask(SEND_BATCH, shared, _biz_id, form=form, changes=True)


def _blames_one_of_many(trouble: RemoteRefused, request: Request) -> bool:
    said = str(trouble.facts.get("said", ""))
    return len(request.entries) > 1 and rule_of(said).reaction is Reaction.PERSON


def _values(entry: Entry) -> Mapping[str, str]:
    return dict(entry.wording.template.values)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _biz_id(said: Said) -> str:
    return plain_text(said.fields.get("BizId"), ID_MAX)
