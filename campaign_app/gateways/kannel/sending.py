"""One batch over sendsms: every message once, part after part, as many at a time as the window holds.

Each part has its own header for concatenation, so that Kannel cuts nothing. What may have been taken is never handed
over again. After the first part that was not answered for, or that Kannel cannot pass on now, the batch ends: whoever
was not handed over is left out of its outcomes. Some parts taken and one refused: as over SMPP (`smpp.sending`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from campaign_app.compliance.segments import ucs2_parts
from campaign_app.domain.errors import (
    AppError,
    OutcomeUnknown,
    RemoteError,
    RemoteRefused,
    RemoteUnavailable,
    WorkspaceError,
)
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.checks import Leaving, is_late, seconds_left
from campaign_app.gateways.kannel.pushes import Arrived, part_of
from campaign_app.gateways.pushed import accepted, refused_part
from campaign_app.jobs.pushed import Handed
from campaign_app.transport.kannel import SendSms

# a batch leaves within 60 s of its last look at clock and facts (`jobs.asking.BATCH_TIME`), a request takes up to 35:
# no message begins after the first, and no part of one after the second
BATCH_SECONDS: Final = 15.0
PARTS_SECONDS: Final = 25.0
_AGAIN_SECONDS: Final = 0.5
_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Route:
    """What stands before the eleven digits of a number, and where the receipt of a part is pushed to.

    `clock` says how long Kannel may still try.
    """

    prefix: str
    receipts: Callable[[Handed], str]
    clock: Clock


class Batch:
    """Lives for one `submit`."""

    def __init__(
        self,
        calls: SendSms,
        route: Route,
        keep: Callable[[Arrived], None],
        now: Callable[[], float],
        wait: Callable[[float], bool],
    ) -> None:
        self._calls = calls
        self._route = route
        self._keep = keep
        self._now = now
        self._wait = wait
        self._began = now()
        self._trouble: AppError | None = None

    def run(self, messages: Sequence[Leaving], phones: Mapping[str, Phone], window: int) -> tuple[SubmitOutcome, ...]:
        """Whom Kannel surely did not take is left out; raises RemoteError where that is everybody."""
        with ThreadPoolExecutor(window, "kannel-send") as pool:
            found = list(pool.map(lambda each: self._begun(each, phones[each.message_id]), messages))
        outcomes = tuple(outcome for outcome in found if outcome is not None)
        if not outcomes and self._trouble is not None:
            raise self._trouble
        return outcomes

    def _begun(self, message: Leaving, phone: Phone) -> SubmitOutcome | None:
        """None for one of which nothing was taken, for now. Raises WorkspaceError, and then nobody else begins."""
        if self._trouble is not None or self._now() - self._began >= BATCH_SECONDS:
            return None
        try:
            outcome, answers = self._message(message, self._route.prefix + phone.digits)
            if answers.handed:
                self._keep(answers)
        except WorkspaceError as trouble:
            self._trouble = trouble
            raise
        return outcome

    def _message(self, message: Leaving, to: str) -> tuple[SubmitOutcome | None, Arrived]:
        texts, taken, code = ucs2_parts(message.text), list[Handed](), ""
        for number, text in enumerate(texts, start=1):
            part = part_of(message.message_id, number, len(texts))
            try:
                code = self._handed_over(message, to, text, part)
            except OutcomeUnknown as trouble:
                self._trouble = trouble
                unknown = SubmitOutcome(message.message_id, Outcome.UNKNOWN, code=trouble.code)
                return unknown, Arrived(tuple(taken))
            except RemoteError as trouble:
                return self._broken(message.message_id, taken, part, trouble)
            taken.append(part)
        outcome = SubmitOutcome(message.message_id, Outcome.ACCEPTED, accepted(taken).provider_id, code)
        return outcome, Arrived(tuple(taken))

    def _handed_over(self, message: Leaving, to: str, text: str, part: Handed) -> str:
        """Once the first part was taken, the others are worth some patience, until the line is closed."""
        udh = bytes([5, 0, 3, crc32(part.message_id.encode()) % 256, part.total, part.number])
        data = text.encode("utf-16-be", "surrogatepass")
        while True:
            if part.number > 1 and self._late():
                raise RemoteUnavailable("not_sent", "The batch had no more time")
            minutes = self._minutes(message)
            try:
                header = udh if part.total > 1 else b""
                code = self._calls.send(to, data, header, self._route.receipts(part), minutes)
            except OutcomeUnknown:
                raise
            except RemoteUnavailable:
                if part.number == 1 or self._wait(_AGAIN_SECONDS):
                    raise
                continue
            if code:
                words = "Kannel has no connection to a centre: what it took waits there"
                self._trouble = RemoteUnavailable(code, words)
            return code

    def _minutes(self, message: Leaving) -> int | None:
        """How long Kannel may try, rounded down. Raises RemoteUnavailable where that is no whole minute any more.

        Also where the gate has to be asked again.
        """
        now = self._route.clock()
        if is_late(message, now):
            raise RemoteUnavailable("batch_late", "The gate's word on the message is too old by now")
        left = seconds_left(message, now)
        if left is not None and left < _MINUTE:
            raise RemoteUnavailable("window_over", "The window ends within a minute")
        return None if left is None else left // _MINUTE

    def _late(self) -> bool:
        return self._now() - self._began >= PARTS_SECONDS

    def _broken(
        self, message_id: str, taken: Sequence[Handed], part: Handed, trouble: RemoteError
    ) -> tuple[SubmitOutcome | None, Arrived]:
        refused = isinstance(trouble, RemoteRefused) and not trouble.account_wide
        if not refused:
            self._trouble = trouble
        if taken:
            broken, failed = refused_part(message_id, part.number, part.total, trouble.code)
            parts = (*taken, broken)
            return accepted(parts), Arrived(parts, (failed,))
        return (SubmitOutcome(message_id, Outcome.REJECTED, code=trouble.code) if refused else None), Arrived()
