"""One batch over the account's connection: every message once, part after part, as many at a time as the window holds.

A part is written again only where the centre plainly said that it did not take it (throttled), or where it was never
written. What was written and not answered is unknown, and nothing more of its message is sent.

Some parts taken and one refused: the message is *accepted*, with the code, for some of it is on its way, counts for
every cap and must never be sent again; a failed receipt of the refused part is kept beside it, so that it ends as
failed and never as delivered. Part 2 is sent when part 1 was taken: a refused number costs and reaches nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from campaign_app.domain.errors import RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import Clock
from campaign_app.gateways.checks import Leaving, is_late, seconds_left
from campaign_app.gateways.pushed import accepted, refused_part
from campaign_app.gateways.smpp.keeping import Keeper
from campaign_app.gateways.smpp.line import Binding
from campaign_app.gateways.smpp.pace import Pace
from campaign_app.jobs.pushed import Handed
from campaign_app.transport.reactions import Reaction
from campaign_app.transport.smpp.pdu import RESPONSE, UDHI, Address, Command, Pdu, message_id_of, submit
from campaign_app.transport.smpp.session import LinkLost, Unsent
from campaign_app.transport.smpp.statuses import status_of
from campaign_app.transport.smpp.texts import Part, parts_of

# a batch leaves within 60 s of its last look at clock and facts (`jobs.asking.BATCH_TIME`); nothing begins after this
BATCH_SECONDS: Final = 40.0
_LOOK_AGAIN: Final = 0.2
_THROTTLED_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Route:
    """From which number, and how numbers of people are written: `prefix` before the eleven digits.

    `clock` says how long a centre may still try.
    """

    source: Address
    prefix: str
    clock: Clock

    def destination(self, phone: Phone) -> Address:
        return Address(self.prefix + phone.digits, ton=1 if self.prefix else 0, npi=1)


@dataclass(frozen=True, slots=True)
class _Answer:
    """Of one part: taken (`outcome` accepted), refused, unknown; None: it was not sent, for want of time."""

    outcome: Outcome | None
    provider_id: str = ""
    code: str = ""


class Batch:
    """Lives for one `submit`, inside the event loop."""

    def __init__(
        self, binding: Binding, keeper: Keeper, route: Route, pace: Pace, window: asyncio.Semaphore, seconds: float
    ) -> None:
        self._binding = binding
        self._keeper = keeper
        self._route = route
        self._pace = pace
        self._window = window
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + seconds
        self._trouble: RemoteError | None = None

    async def run(self, messages: Sequence[Leaving], phones: Mapping[str, Phone]) -> tuple[SubmitOutcome, ...]:
        """Whom the centre surely did not take is left out; raises RemoteError where that is everybody."""
        await self._binding.session()
        found = await asyncio.gather(*(self._message(message, phones[message.message_id]) for message in messages))
        outcomes = tuple(outcome for outcome in found if outcome is not None)
        if not outcomes and self._trouble is not None:
            raise self._trouble
        return outcomes

    async def _message(self, message: Leaving, phone: Phone) -> SubmitOutcome | None:
        parts = parts_of(message.text, crc32(message.message_id.encode()))
        taken: list[Handed] = []
        answer = _Answer(None)
        async with self._window:
            for number, part in enumerate(parts, start=1):
                answer = await self._part(message, phone, part)
                if answer.outcome is not Outcome.ACCEPTED:
                    break
                taken.append(Handed(answer.provider_id, message.message_id, number, len(parts)))
        await self._keep([part for part in taken if part.provider_id])
        if taken and answer.outcome in (None, Outcome.REJECTED):
            taken.append(await self._keep_broken(message.message_id, len(taken) + 1, len(parts), answer.code))
        return _outcome(message.message_id, taken, answer)

    async def _part(self, message: Leaving, phone: Phone, part: Part) -> _Answer:
        while self._loop.time() < self._end and not _account_wide(self._trouble):
            await self._pace.turn()
            now = self._route.clock()
            if is_late(message, now):
                return _Answer(None, code="batch_late")
            left = seconds_left(message, now)
            if left is not None and left <= 0:
                return _Answer(None, code="window_over")
            try:
                session = await self._binding.session()
                answer = self._read(await session.ask(Command.SUBMIT, self._body(phone, part, left)))
            except LinkLost:
                return _Answer(Outcome.UNKNOWN, code="no_answer")
            except Unsent:
                continue
            except RemoteError as trouble:
                self._trouble = trouble
                await asyncio.sleep(_LOOK_AGAIN)
                continue
            if answer is not None:
                return answer
        return _Answer(None, code="not_sent" if self._trouble is None else self._trouble.code)

    def _body(self, phone: Phone, part: Part, valid: int | None) -> bytes:
        return submit(
            self._route.source,
            self._route.destination(phone),
            part.data,
            coding=part.coding,
            esm_class=UDHI if part.headed else 0,
            valid=valid,
        )

    def _read(self, pdu: Pdu) -> _Answer | None:
        """None where the part may be sent again."""
        if pdu.command == Command.SUBMIT | RESPONSE and pdu.status == 0:
            self._pace.well()
            return _Answer(Outcome.ACCEPTED, message_id_of(pdu.body))
        reaction, code, _ = status_of(pdu.status)
        if pdu.status == 0 or reaction is Reaction.UNSURE:
            return _Answer(Outcome.UNKNOWN, code=code if pdu.status else "smpp_unknown")
        if reaction is Reaction.NEVER:
            return _Answer(Outcome.REJECTED, code=code)
        if reaction is Reaction.ACCOUNT:
            self._trouble = RemoteRefused(code, "The SMS centre refuses the account", account_wide=True)
            return _Answer(None, code=code)
        self._pace.slow_down()
        words = "The SMS centre asks to slow down"
        self._trouble = RemoteUnavailable(code, words, retry_after=_THROTTLED_SECONDS)
        return None

    async def _keep(self, taken: Sequence[Handed]) -> None:
        await asyncio.gather(*map(self._keeper.kept, taken))

    async def _keep_broken(self, message_id: str, number: int, total: int, code: str) -> Handed:
        broken, failed = refused_part(message_id, number, total, code)
        await self._keep([broken])
        await self._keeper.kept(failed)
        return broken


def _account_wide(trouble: RemoteError | None) -> bool:
    return isinstance(trouble, RemoteRefused) and trouble.account_wide


def _outcome(message_id: str, taken: Sequence[Handed], answer: _Answer) -> SubmitOutcome | None:
    """None for a message of which nothing was sent."""
    if answer.outcome is Outcome.UNKNOWN:
        return SubmitOutcome(message_id, Outcome.UNKNOWN, code=answer.code)
    if taken:
        return accepted(taken)
    return None if answer.outcome is None else SubmitOutcome(message_id, answer.outcome, code=answer.code)
