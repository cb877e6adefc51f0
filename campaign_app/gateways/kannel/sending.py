"""One batch over sendsms: every message once, part after part, one after the other.

Each part has its own header for concatenation, so that Kannel cuts nothing. What may have been taken is never handed
over again. After the first part that was not answered for, or that Kannel cannot pass on now, the batch ends: whoever
was not handed over is left out of its outcomes. Some parts taken and one refused: as over SMPP (`smpp.sending`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from campaign_app.compliance.segments import ucs2_parts
from campaign_app.consent.recipient import Outgoing
from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.gateways.kannel.pushes import part_of
from campaign_app.gateways.pushed import accepted, refused_part
from campaign_app.jobs.pushed import Handed, PushedReceipt
from campaign_app.transport.kannel import SendSms

# a batch leaves within 60 s of its last look at clock and facts (`jobs.asking.BATCH_TIME`); nothing begins after this
BATCH_SECONDS: Final = 25.0
_AGAIN_SECONDS: Final = 0.5
KeepParts = Callable[[Sequence[Handed], Sequence[PushedReceipt]], None]


@dataclass(frozen=True, slots=True)
class Route:
    """What stands before the eleven digits of a number, and where the receipt of a part is pushed to."""

    prefix: str
    receipts: Callable[[Handed], str]


class Batch:
    """Lives for one `submit`."""

    def __init__(
        self,
        calls: SendSms,
        route: Route,
        keep: KeepParts,
        now: Callable[[], float],
        wait: Callable[[float], object],
    ) -> None:
        self._calls = calls
        self._route = route
        self._keep = keep
        self._now = now
        self._wait = wait
        self._end = now() + BATCH_SECONDS
        self._trouble: RemoteError | None = None

    def run(self, messages: Sequence[Outgoing], phones: Mapping[str, Phone]) -> tuple[SubmitOutcome, ...]:
        """Whom Kannel surely did not take is left out; raises RemoteError where that is everybody."""
        outcomes = []
        for message in messages:
            if self._trouble is not None or self._now() >= self._end:
                break
            outcome = self._message(message, self._route.prefix + phones[message.message_id].digits)
            if outcome is not None:
                outcomes.append(outcome)
        if not outcomes and self._trouble is not None:
            raise self._trouble
        return tuple(outcomes)

    def _message(self, message: Outgoing, to: str) -> SubmitOutcome | None:
        """None for one of which nothing was taken, for now."""
        texts, taken, code = ucs2_parts(message.text), list[Handed](), ""
        for number, text in enumerate(texts, start=1):
            part = part_of(message.message_id, number, len(texts))
            try:
                code = self._handed_over(to, text, part)
            except OutcomeUnknown as trouble:
                self._trouble = trouble
                self._keep(taken, ())
                return SubmitOutcome(message.message_id, Outcome.UNKNOWN, code=trouble.code)
            except RemoteError as trouble:
                return self._broken(message.message_id, taken, part, trouble)
            taken.append(part)
        self._keep(taken, ())
        return SubmitOutcome(message.message_id, Outcome.ACCEPTED, accepted(taken).provider_id, code)

    def _handed_over(self, to: str, text: str, part: Handed) -> str:
        """Once the first part was taken, the others are worth some patience."""
        udh = bytes([5, 0, 3, crc32(part.message_id.encode()) % 256, part.total, part.number])
        data = text.encode("utf-16-be", "surrogatepass")
        while True:
            try:
                code = self._calls.send(to, data, udh if part.total > 1 else b"", self._route.receipts(part))
            except OutcomeUnknown:
                raise
            except RemoteUnavailable:
                if part.number == 1 or self._now() >= self._end:
                    raise
                self._wait(_AGAIN_SECONDS)
                continue
            if code:
                words = "Kannel has no connection to a centre: what it took waits there"
                self._trouble = RemoteUnavailable(code, words)
            return code

    def _broken(self, message_id: str, taken: list[Handed], part: Handed, trouble: RemoteError) -> SubmitOutcome | None:
        refused = isinstance(trouble, RemoteRefused) and not trouble.account_wide
        if not refused:
            self._trouble = trouble
        if taken:
            broken, failed = refused_part(message_id, part.number, part.total, trouble.code)
            self._keep([*taken, broken], [failed])
            return accepted([*taken, broken])
        return SubmitOutcome(message_id, Outcome.REJECTED, code=trouble.code) if refused else None
