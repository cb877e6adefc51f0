"""Plans for peaks, what people answer for in them, and the command that pauses everything, with what it took."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.message import Outcome
from campaign_app.domain.peak import PAUSED_ALL, Duty, PauseAll, Plan, PlanState, Press, Result, Stop, Wish, Word
from campaign_app.domain.ports import Clock
from campaign_app.domain.ports_peak import Batch
from campaign_app.services.overtaken import require_as_seen
from campaign_app.storage.audit import acting, append_entry
from campaign_app.storage.engine import Database
from campaign_app.storage.lists import rows_among
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_peaks import peak_pause, peak_plan, peak_word
from campaign_app.storage.schema_sending import campaign, ledger, ledger_outcome, submission
from campaign_app.storage.times import moment_at, moment_or_none, to_ms

_plan, _word, _pause = peak_plan.c, peak_word.c, peak_pause.c
_RUNNING: Final = (CampaignState.SCHEDULED.value, CampaignState.SENDING.value)
# by an earlier command, with which they shall not go on from now
_HELD: Final = sa.and_(campaign.c.state == CampaignState.PAUSED.value, campaign.c.state_note == PAUSED_ALL)
_NEWEST: Final = sa.select(sa.func.coalesce(sa.func.max(submission.c.id), 0))
_SENDING: Final = sa.select(campaign.c.id).where(campaign.c.state == CampaignState.SENDING.value)
# campaign by campaign, for there are few of them and many batches
_OPEN: Final = (
    sa.select(submission.c.id)
    .where(submission.c.campaign_id == sa.bindparam("campaign"), submission.c.settled == 0)
    .order_by(submission.c.first_seq)
)
_SINCE: Final = (
    sa.select(submission.c.campaign_id, submission.c.id)
    .where(submission.c.id > sa.bindparam("newest"))
    .order_by(submission.c.id)
)
# the first answer to a message is the sender's, whatever reports follow; one that was withheld never left
_ANSWERS: Final = (
    sa.select(ledger.c.submission_id, ledger.c.campaign_id, ledger_outcome.c.outcome, ledger_outcome.c.at)
    .join(ledger_outcome, sa.and_(ledger_outcome.c.ledger_id == ledger.c.id, ledger_outcome.c.n == 1), isouter=True)
    .order_by(ledger.c.id)
)


@dataclass(frozen=True, slots=True)
class SqlPeaks:
    """Implements `domain.ports_peak.PeakStore`."""

    db: Database

    def add(self, wish: Wish, *, actor: str, at: datetime) -> Plan:
        with self.db.write() as connection:
            who = acting(connection, actor)
            values = {
                **_wished(wish), "state": PlanState.DRAFT.value, "open_items": "[]", "made_by": who,
                "made_at": to_ms(at), "changed_by": who, "changed_at": to_ms(at),
            }  # fmt: skip
            made = connection.execute(sa.insert(peak_plan).values(values)).inserted_primary_key
            assert made is not None
            append_entry(connection, "peak.planned", actor, to_ms(at), _told(made[0], wish))
            return plan_of(_plan_row(connection, made[0]))

    def change(
        self,
        plan_id: int,
        wish: Wish,
        state: PlanState,
        *,
        open_items: Sequence[str] = (),
        actor: str,
        at: datetime,
        seen: Plan | None = None,
    ) -> Plan:
        with self.db.write() as connection:
            before = _open_plan(connection, plan_id)
            if seen is not None:
                require_as_seen(before, seen, seen)
            values = {
                **_wished(wish), "state": state.value, "open_items": json.dumps(list(open_items)),
                "changed_by": acting(connection, actor), "changed_at": to_ms(at),
            }  # fmt: skip
            connection.execute(sa.update(peak_plan).where(_plan.id == plan_id).values(values))
            action = "peak.changed" if state is before.state else f"peak.{state.value}"
            told = _told(plan_id, wish) | ({"open": ",".join(open_items)} if state is PlanState.READY else {})
            append_entry(connection, action, actor, to_ms(at), told)
            return plan_of(_plan_row(connection, plan_id))

    def plan(self, plan_id: int) -> Plan:
        with self.db.read() as connection:
            return plan_of(_plan_row(connection, plan_id))

    def plans(self) -> tuple[Plan, ...]:
        with self.db.look() as connection:
            return tuple(map(plan_of, connection.execute(sa.select(peak_plan).order_by(_plan.id.desc()))))

    def say(
        self, plan_id: int, item: str, code: str, *, holds: bool, name: str, note: str, actor: str, at: datetime
    ) -> Word:
        with self.db.write() as connection:
            _open_plan(connection, plan_id)
            who = acting(connection, actor)
            values = {
                "plan_id": plan_id, "item": item, "code": code, "holds": int(holds), "name": name, "note": note,
                "said_by": who, "said_at": to_ms(at),
            }  # fmt: skip
            connection.execute(sa.insert(peak_word).values(values))
            action = "peak.confirmed" if holds else "peak.taken_back"
            append_entry(connection, action, actor, to_ms(at), {"peak": plan_id, "item": item, "code": code})
            return Word(item, code, holds, name, note, who, at)

    def words(self, plan_id: int) -> Mapping[str, Word]:
        wanted = sa.select(peak_word).where(_word.plan_id == plan_id).order_by(_word.id)
        with self.db.look() as connection:
            return {row.item: _word_of(row) for row in connection.execute(wanted)}

    def press(self) -> Press:
        with self.db.read() as connection:
            newest = int(connection.execute(_NEWEST).scalar_one())
            sending = list(connection.execute(_SENDING).scalars())
            found = {each: connection.execute(_OPEN, {"campaign": each}).scalars() for each in sending}
            return Press(newest, {each: tuple(ids) for each, ids in found.items()})

    def pause_all(
        self,
        plan: Plan,
        press: Press,
        active: Collection[int],
        *,
        drill: bool,
        actor: str,
        asked_at: datetime,
        clock: Clock,
    ) -> PauseAll:
        with self.db.write() as connection:
            held = clock()
            wanted = sa.select(campaign.c.id, campaign.c.state).where(sa.or_(campaign.c.state.in_(_RUNNING), _HELD))
            if plan.wish.entities:
                wanted = wanted.where(campaign.c.entity_uscc.in_(plan.wish.entities))
            found = connection.execute(wanted.order_by(campaign.c.id)).all()
            since = _by_campaign(connection.execute(_SINCE, {"newest": press.newest}))
            stops = tuple(_stop(*each, press, since, active) for each in found)
            values = {
                "plan_id": plan.id, "drill": int(drill), "asked_by": acting(connection, actor),
                "asked_at": to_ms(asked_at), "in_force_at": to_ms(held), "stops": stops_written(stops),
                "resumed_by": "", "resumed": "[]",
            }  # fmt: skip
            made = connection.execute(sa.insert(peak_pause).values(values)).inserted_primary_key
            assert made is not None
            paused = {"state": CampaignState.PAUSED.value, "state_note": PAUSED_ALL}
            running = [number for number, state in found if state in _RUNNING]
            for number in running:
                connection.execute(sa.update(campaign).where(campaign.c.id == number).values(paused))
                append_entry(connection, "campaign.paused", actor, to_ms(held), {"campaign": number, "pause": made[0]})
            told = {"peak": plan.id, "pause": made[0], "drill": drill, "campaigns": len(running)}
            append_entry(connection, "peak.paused_all", actor, to_ms(asked_at), told)
            return pause_of(_pause_row(connection, made[0]))

    def pause(self, pause_id: int) -> PauseAll:
        with self.db.read() as connection:
            return pause_of(_pause_row(connection, pause_id))

    def pauses(self, plan_id: int | None = None) -> tuple[PauseAll, ...]:
        wanted = sa.select(peak_pause).order_by(_pause.id.desc())
        if plan_id is not None:
            wanted = wanted.where(_pause.plan_id == plan_id)
        with self.db.look() as connection:
            return tuple(map(pause_of, connection.execute(wanted)))

    def answers(self, pause: PauseAll) -> tuple[Batch, ...]:
        watched = [each for stop in pause.stops for each in stop.watched]
        with self.db.read() as connection:
            found = rows_among(connection, _ANSWERS, ledger.c.submission_id, watched) if watched else ()
            rows: dict[int, list[AnyRow]] = {each: [] for each in watched}
            for row in found:
                rows[row.submission_id].append(row)
        return tuple(_batch(each, mine, to_ms(pause.asked_at)) for each, mine in rows.items())

    def keep(self, pause: PauseAll, *, actor: str, at: datetime) -> PauseAll:
        told: dict[str, str | int | bool | None] = {"peak": pause.plan_id, "pause": pause.id}
        with self.db.write() as connection:
            before = pause_of(_pause_row(connection, pause.id))
            # whoever looked before another has put down what they saw takes nothing of that back
            stops = {} if before.measured_at is not None else {"stops": stops_written(pause.stops)}
            # each change follows its entry: a server takes none without (`guard_pause`)
            if pause.measured_at is not None and stops:
                append_entry(connection, "peak.measured", actor, to_ms(at), told | _measured(pause))
                _put(connection, pause.id, {**stops, "measured_at": to_ms(pause.measured_at)})
                stops = {}
            on = tuple(dict.fromkeys((*before.resumed, *pause.resumed)))
            if pause.resumed_at is not None and (before.resumed_at is None or on != before.resumed):
                append_entry(connection, "peak.resumed", actor, to_ms(at), told | {"campaigns": len(on)})
                _put(connection, pause.id, {**stops, "resumed": json.dumps(on), **_resumed(connection, before, pause)})
            return pause_of(_pause_row(connection, pause.id))


def require_unheld(connection: sa.Connection, campaign_id: int, since_pause: int) -> None:
    """Raises NotAllowed("campaign_state") where a later command than this holds the campaign and is not over."""
    later = sa.select(peak_pause).where(_pause.id > since_pause, _pause.resumed_at.is_(None))
    pauses = map(pause_of, connection.execute(later))
    if any(stop.campaign_id == campaign_id for pause in pauses for stop in pause.stops):
        raise NotAllowed("campaign_state", "Everything was paused anew", campaign=campaign_id)


def _put(connection: sa.Connection, pause_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(sa.update(peak_pause).where(_pause.id == pause_id).values(values))


def _resumed(connection: sa.Connection, before: PauseAll, pause: PauseAll) -> Mapping[str, Any]:
    """Who let them go on first, and when: that stays."""
    if before.resumed_at is not None:
        return {}
    return {"resumed_by": acting(connection, pause.resumed_by), "resumed_at": to_ms(pause.resumed_at)}


def _measured(pause: PauseAll) -> dict[str, str | int | bool | None]:
    seconds = pause.seconds
    known = pause.result in (Result.STOPPED, Result.OVER)
    return {
        "result": pause.result.value, "milliseconds": None if seconds is None else round(seconds * 1_000),
        "messages": pause.messages if known else None, "unanswered": pause.left if known else None,
    }  # fmt: skip


def _told(plan_id: int, wish: Wish) -> dict[str, str | int | bool | None]:
    """No names: the chain is kept for ever."""
    days = {"from": wish.first.isoformat(), "until": wish.last.isoformat()}
    return {"peak": plan_id, **days, "entities": len(wish.entities), "on_duty": len(wish.duty)}


def _by_campaign(rows: Iterable[Any]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for campaign_id, submission_id in rows:
        found[campaign_id] = (*found.get(campaign_id, ()), submission_id)
    return found


def _stop(number: int, state: str, press: Press, since: Mapping[int, tuple[int, ...]], active: Collection[int]) -> Stop:
    """One that claimed a batch since the command was being sent, whatever was known of its worker before."""
    claimed = since.get(number, ())
    return Stop(number, state, number in active or bool(claimed), (*press.open.get(number, ()), *claimed))


def _batch(submission_id: int, mine: Sequence[AnyRow], since: int) -> Batch:
    later = [row.at for row in mine if row.outcome not in (None, Outcome.WITHHELD.value) and row.at >= since]
    unanswered = sum(row.outcome is None for row in mine)
    last = moment_at(max(later)) if later else None
    return Batch(submission_id, mine[0].campaign_id if mine else 0, len(later), unanswered, last)


def _plan_row(connection: sa.Connection, plan_id: int) -> AnyRow:
    row = connection.execute(sa.select(peak_plan).where(_plan.id == plan_id)).first()
    if row is None:
        raise NotFound("peak", "There is no such plan", peak=plan_id)
    return row


def _open_plan(connection: sa.Connection, plan_id: int) -> Plan:
    found = plan_of(_plan_row(connection, plan_id))
    if found.state is PlanState.OVER:
        raise NotAllowed("peak_over", "The plan is over and stays as it is", peak=plan_id)
    return found


def _pause_row(connection: sa.Connection, pause_id: int) -> AnyRow:
    row = connection.execute(sa.select(peak_pause).where(_pause.id == pause_id)).first()
    if row is None:
        raise NotFound("peak_pause", "Nothing was paused under this number", pause=pause_id)
    return row


def _wished(wish: Wish) -> dict[str, str]:
    return {
        "name": wish.name,
        "first_day": wish.first.isoformat(),
        "last_day": wish.last.isoformat(),
        "entities": json.dumps(list(wish.entities)),
        "duty": json.dumps([[each.name, each.when] for each in wish.duty], ensure_ascii=False),
    }


def plan_of(row: AnyRow) -> Plan:
    duty = tuple(Duty(*each) for each in json.loads(row.duty))
    days = date.fromisoformat(row.first_day), date.fromisoformat(row.last_day)
    return Plan(
        id=row.id,
        wish=Wish(row.name, *days, tuple(json.loads(row.entities)), duty),
        state=PlanState(row.state),
        open_items=tuple(json.loads(row.open_items)),
        made_by=row.made_by,
        made_at=moment_at(row.made_at),
        changed_by=row.changed_by,
        changed_at=moment_at(row.changed_at),
    )


def _word_of(row: AnyRow) -> Word:
    return Word(row.item, row.code, bool(row.holds), row.name, row.note, row.said_by, moment_at(row.said_at))


def stops_written(stops: Iterable[Stop]) -> str:
    """As a row keeps them; the server's guard takes nothing else from a person's SQL."""
    return json.dumps(
        [
            [
                stop.campaign_id, stop.was, stop.active, list(stop.watched), stop.ended, stop.batches, stop.messages,
                stop.left, None if stop.last_at is None else to_ms(stop.last_at),
            ]
            for stop in stops
        ]
    )  # fmt: skip


def pause_of(row: AnyRow) -> PauseAll:
    stops = tuple(
        Stop(
            campaign_id=number,
            was=was,
            active=active,
            watched=tuple(watched),
            ended=ended,
            batches=batches,
            messages=messages,
            left=left,
            last_at=moment_or_none(last),
        )
        for number, was, active, watched, ended, batches, messages, left, last in json.loads(row.stops)
    )
    return PauseAll(
        id=row.id,
        plan_id=row.plan_id,
        drill=bool(row.drill),
        asked_by=row.asked_by,
        asked_at=moment_at(row.asked_at),
        in_force_at=moment_at(row.in_force_at),
        stops=stops,
        measured_at=moment_or_none(row.measured_at),
        resumed_by=row.resumed_by,
        resumed_at=moment_or_none(row.resumed_at),
        resumed=tuple(json.loads(row.resumed)),
    )
