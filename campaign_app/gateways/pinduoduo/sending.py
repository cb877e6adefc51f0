"""Hands planned messages over, one a request, and says of each what became of it.

From Pinduoduo's SDK: the parameters, that a variable's name keeps its ${}, and the receipt (`biz_id`) of the method for
batches. Documented nowhere: what `code` is where all went well, whom a code blames, whether a repeat of an `out_id` is
known. So a receipt alone says that a message was taken; any other answer leaves it unknown and stops the account, and
nothing that may have been taken is handed over again. A message that was refused before anything was carried out stops
the account too. Whoever goes on was told: refused by the same code once more it is rejected, and keeps nobody waiting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.ports import Clock
from campaign_app.gateways.handing import Owed, Tried, carry_out, met, of_account, too_late
from campaign_app.gateways.planning import Request
from campaign_app.transport.listing import plain_text
from campaign_app.transport.pinduoduo.calls import PinduoduoCalls, written

SEND: Final = "pdd.open.msg.service.send.batch.msg"
ID_MAX: Final = 180


@dataclass(slots=True)
class Sender:
    """Threads may share it."""

    calls: PinduoduoCalls
    clock: Clock
    _owed: Owed = field(init=False)
    # what refused a message when it stopped the account; forgotten with the process, which makes one stop more
    _told: dict[str, str | int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._owed = Owed(self.clock)

    def send(self, key: str, requests: Sequence[Request]) -> Mapping[str, SubmitOutcome]:  # noqa: ARG002 - each has its id
        """By message id; whoever is missing was surely not taken. Raises RemoteError while nothing was taken."""
        self._owed.settle()
        return carry_out(requests, self.clock, bool, lambda request: self._owed.note(self._try(request)))

    def _try(self, request: Request) -> Tried:
        try:
            receipt = self._ask(request)
        except OutcomeUnknown as unknown:
            answered = "number" in unknown.facts or unknown.code == "contract_broken"
            return _unclear(request, unknown.facts.get("number", "")) if answered else met(unknown, request)
        except RemoteError as refused:
            return self._refused(request, refused)
        if not receipt:
            return _unclear(request, "")
        return Tried(tuple(SubmitOutcome(name, Outcome.ACCEPTED, receipt) for name in request.message_ids))

    def _ask(self, request: Request) -> str:
        """The receipt."""
        (entry,) = request.entries
        wording = entry.wording
        asked = {
            "out_id": entry.message.message_id,
            "phone_numbers": written([entry.sealed]),
            "sign_name": wording.signature,
            "template_code": wording.template.code,
        }
        if wording.template.values:
            asked["template_param_json"] = written([{f"${{{name}}}": value for name, value in wording.template.values}])
        found = self.calls.change(SEND, asked, lambda: self._require_in_time(request))
        return plain_text(found.get("biz_id"), ID_MAX)

    def _refused(self, request: Request, refused: RemoteError) -> Tried:
        if refused.code != "platform_refused":
            return Tried(trouble=of_account(refused))
        (message_id,), number = request.message_ids, refused.facts["number"]
        if self._told.get(message_id) == number:
            return Tried((SubmitOutcome(message_id, Outcome.REJECTED, code=f"pdd.{number}"),))
        self._told[message_id] = number
        return Tried(trouble=RemoteRefused("one_refused", str(refused), account_wide=True, number=number))

    def _require_in_time(self, request: Request) -> None:
        late = too_late(request, self.clock)
        if late is not None:
            raise late


def _unclear(request: Request, number: str | int) -> Tried:
    """An answer that nobody here can read: whether this one was taken is looked up, and nobody else is tried."""
    trouble = RemoteRefused("unclear_answer", f"{SEND}: not understood", account_wide=True, number=number or "-")
    code = f"pdd.{number}" if number else "no_receipt"
    return Tried(tuple(SubmitOutcome(name, Outcome.UNKNOWN, code=code) for name in request.message_ids), trouble)
