"""Platforms are told of the opt-outs that were said here: by reply, complaint or hand. Nothing else is ever told.

A shop's platform and the consent service that is set on it are told each for itself: while one of them is away the
other one learns of everybody. Each ref waits once, with the newest that was said of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from campaign_app.domain.consent import CustomerRef, LocalOptOut
from campaign_app.domain.errors import RemoteError, RemoteRefused
from campaign_app.domain.ports import DividedClient, PlatformClient
from campaign_app.jobs.stores import Context

TOLD_A_STEP: Final = 200
# while nobody counts as told everywhere a round ends after so many steps, and the next one begins behind it
STEPS_A_ROUND: Final = 5


@dataclass(slots=True)
class _Place:
    """`away`: why nothing more is tried there in this round."""

    client: PlatformClient
    away: RemoteError | None = None


def tell_opt_outs(context: Context, account_id: int) -> int:
    """Tells one platform of the oldest that wait, one by one; returns how many it took. Safe to run twice.

    One whose person the platform refuses is put aside. Any other refusal leaves it waiting and goes on with the others,
    and is raised where nobody could be told. A place that is away, or refuses the whole account, is asked no more in
    this round, and that is raised at its end: whom only the other place was told of goes on waiting, and is told
    there again.
    """
    outbox, begun = context.stores.opt_outs, _left_at(context, account_id)
    waiting = outbox.waiting(account_id, TOLD_A_STEP, after=begun) or outbox.waiting(account_id, TOLD_A_STEP)
    places = _places(context.remotes.platform(account_id))
    if not places:
        outbox.settle(waiting, "untellable", context.clock(), code="not_offered")
        return 0
    told, trouble, left, steps = 0, list[RemoteError](), begun, STEPS_A_ROUND
    try:
        while waiting and not told and steps and _any_there(places):
            for one in waiting:
                try:
                    told += _tell(context, places, one)
                except RemoteError as error:
                    trouble.append(error)
                if not _any_there(places):
                    break
            left, steps = waiting[-1], steps - 1
            waiting = outbox.waiting(account_id, TOLD_A_STEP, after=left)
    finally:
        if told:
            context.stores.audit.record(
                "account.opt_outs_told", actor="worker", at=context.clock(), account=account_id, count=told
            )
    _leave_at(context, account_id, begun, left if waiting and not told else None)
    away = [place.away for place in places if place.away is not None]
    if away or (trouble and not told):
        raise (*away, *trouble)[0]
    return told


def _left_name(account_id: int) -> str:
    return f"account.{account_id}.told_to"


def _left_at(context: Context, account_id: int) -> LocalOptOut | None:
    """The last one that the former round tried, where it ended before all were."""
    known = context.stores.accounts.setting(_left_name(account_id), None)
    return (
        None if known is None else LocalOptOut(CustomerRef(account_id, known[1]), datetime.fromisoformat(known[0]), "")
    )


def _leave_at(context: Context, account_id: int, was: LocalOptOut | None, now: LocalOptOut | None) -> None:
    if was != now:
        value = None if now is None else (now.since.isoformat(), now.ref.ref)
        context.stores.accounts.set_setting(_left_name(account_id), value)


def _places(client: PlatformClient) -> list[_Place]:
    """Those that take opt-outs, and those that cannot say so now."""
    every = client.opt_out_places() if isinstance(client, DividedClient) else (client,)
    found = list[_Place]()
    for one in every:
        try:
            if one.capabilities().opt_out_write:
                found.append(_Place(one))
        except RemoteError as error:
            found.append(_Place(one, error if _is_away(error) else None))
    return found


def _any_there(places: list[_Place]) -> bool:
    return any(place.away is None for place in places)


def _is_away(error: RemoteError) -> bool:
    return not isinstance(error, RemoteRefused) or error.account_wide


def _of_the_person(error: RemoteError) -> bool:
    return isinstance(error, RemoteRefused) and error.of_the_person


def _tell(context: Context, places: list[_Place], one: LocalOptOut) -> int:
    """1 if every place took it, 0 if one refuses this person for good and the others have nothing left to be told."""
    failed = list[RemoteError]()
    for place in places:
        if place.away is not None:
            failed.append(place.away)
            continue
        try:
            place.client.write_opt_out(one.ref, one.reason, one.since)
        except RemoteError as error:
            failed.append(error)
            if _is_away(error):
                place.away = error
    if not failed:
        context.stores.opt_outs.settle([one], "told", context.clock())
        return 1
    outcome = min(failed, key=_of_the_person)
    if not _of_the_person(outcome):
        raise outcome
    context.stores.opt_outs.settle([one], "refused", context.clock(), code=outcome.code)
    return 0
