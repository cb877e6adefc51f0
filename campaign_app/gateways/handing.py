"""Carries the requests of one batch out, several at a time, for senders without idempotency keys.

What may have been taken is never handed over again. After a trouble that concerns the account nothing more is begun,
and what is under way is waited for. A batch of which nothing was taken raises that trouble; of one that was begun,
those who were surely not taken are left out of the outcomes and may be handed over again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Final, NamedTuple

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.ports import Clock
from campaign_app.gateways.checks import is_late
from campaign_app.gateways.planning import Request
from campaign_app.transport.listing import plain_code
from campaign_app.transport.reactions import CAPPED

# a session keeps as many connections (`transport.session`)
AT_ONCE: Final = 8
_OWED_FOR: Final = timedelta(minutes=5)
_UNTAKEN: Final = frozenset({Outcome.REJECTED, Outcome.WITHHELD})


class Tried(NamedTuple):
    """What became of a request's messages; of whom it says nothing was not taken. `trouble` concerns the account."""

    outcomes: tuple[SubmitOutcome, ...] = ()
    trouble: RemoteError | None = None


@dataclass(slots=True)
class Owed:
    """A trouble of the account that came with outcomes: these count, and it is raised before anything else leaves.

    Threads may share it.
    """

    clock: Clock
    _trouble: tuple[RemoteError, datetime] | None = field(default=None, init=False)

    def settle(self) -> None:
        """Raises what is owed, once: whoever goes on later has looked at it, or nobody waits for it any more."""
        owed, self._trouble = self._trouble, None
        if owed is not None and abs(self.clock() - owed[1]) <= _OWED_FOR:
            raise owed[0]

    def note(self, tried: Tried) -> Tried:
        if tried.outcomes and tried.trouble is not None:
            self._trouble = tried.trouble, self.clock()
        return tried


def carry_out(
    requests: Sequence[Request], clock: Clock, space: Callable[[int], object], attempt: Callable[[Request], Tried]
) -> Mapping[str, SubmitOutcome]:
    """By message id. Raises RemoteError while nothing was taken; nothing begins once the gate's word is too old.

    `space` waits until so many messages may leave. The first request goes alone: what the account is refused is told
    once, and not by all at once.
    """
    stopped = Event()

    def one(request: Request) -> Tried:
        if stopped.is_set():
            return Tried()
        going_on = False
        try:
            space(len(request.entries))
            late = too_late(request, clock)
            tried = attempt(request) if late is None else Tried(trouble=late)
            going_on = tried.trouble is None
            return tried
        finally:
            if not going_on:
                stopped.set()

    found = [one(request) for request in requests[:1]]
    if len(requests) > 1 and not stopped.is_set():
        with ThreadPoolExecutor(AT_ONCE, "submit") as pool:
            found += pool.map(one, requests[1:])
    outcomes = {outcome.message_id: outcome for tried in found for outcome in tried.outcomes}
    trouble = _gravest([tried.trouble for tried in found if tried.trouble is not None])
    # a no that the sender tells of is not to wait for whoever lets the campaign go on
    if trouble is not None and all(each.outcome in _UNTAKEN and not each.opted_out for each in outcomes.values()):
        raise trouble
    return outcomes


def met(
    trouble: RemoteError,
    request: Request,
    *,
    blamed: Outcome = Outcome.REJECTED,
    opted_out: bool = False,
    in_parts: bool = False,
) -> Tried:
    """What an error in place of an answer means for the request; `blamed`: where it is refused, but not the account.

    Only the provider's own word ends a message: a page of whatever stands before it, such as a 404, is nobody's fault,
    and nothing more leaves before a person has looked.
    `opted_out`: it is refused because its person wants no more; of several nobody knows whom that tells of.
    `in_parts`: who refused the account may have been handed the request in parts, after one that was taken.
    """
    if isinstance(trouble, OutcomeUnknown):
        return Tried(_alike(request, Outcome.UNKNOWN, trouble))
    if isinstance(trouble, RemoteRefused) and not trouble.account_wide:
        if not trouble.facts.get("said"):
            return Tried(trouble=of_account(trouble))
        if blamed is Outcome.REJECTED and trouble.code == CAPPED.code:
            return Tried(tuple(map(capped, request.message_ids)))
        return Tried(_alike(request, blamed, trouble, opted_out=opted_out and len(request.entries) == 1))
    if in_parts and len(request.entries) > 1:
        return Tried(_alike(request, Outcome.UNKNOWN, trouble), trouble)
    return Tried(trouble=trouble)


def of_account(refused: RemoteError) -> RemoteError:
    """Where it does not say that it is about this one person: nobody else is tried before somebody has looked."""
    if isinstance(refused, RemoteRefused) and not refused.account_wide:
        return RemoteRefused(refused.code, str(refused), account_wide=True, **refused.facts)
    return refused


def capped(message_id: str) -> SubmitOutcome:
    """Not taken, because its person got enough for now."""
    return SubmitOutcome(message_id, Outcome.WITHHELD, code=CAPPED.code)


def _alike(
    request: Request, outcome: Outcome, trouble: RemoteError, *, opted_out: bool = False
) -> tuple[SubmitOutcome, ...]:
    """The provider's own code, or ours where it did not answer."""
    code = plain_code(trouble.facts.get("said")) or trouble.code
    return tuple(SubmitOutcome(message_id, outcome, "", code, opted_out) for message_id in request.message_ids)


def too_late(request: Request, clock: Clock) -> RemoteError | None:
    now = clock()
    if any(is_late(entry.message, now) for entry in request.entries):
        return RemoteUnavailable("batch_late", "The gate's word on the batch is too old by now")
    return None


def _gravest(troubles: Sequence[RemoteError]) -> RemoteError | None:
    """One for which a person is needed, before those that pass."""
    refused = [trouble for trouble in troubles if isinstance(trouble, RemoteRefused)]
    return next(iter([*refused, *troubles]), None)
