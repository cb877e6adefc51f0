"""When the messages of a campaign got their outcomes and their answers, counted by the minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.course import Happened
from campaign_app.domain.message import Outcome
from campaign_app.storage.engine import Database
from campaign_app.storage.rows import AnySelect
from campaign_app.storage.schema_sending import complaint, inbound, ledger_latest, ledger_outcome
from campaign_app.storage.times import moment_at

_MINUTE_MS: Final = 60_000
_CAMPAIGN: Final[sa.BindParameter[int]] = sa.bindparam("campaign")


def _minute(column: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return column - column % _MINUTE_MS


def _counted(table: sa.Table, kind: str, *where: sa.ColumnElement[bool]) -> AnySelect:
    at = _minute(table.c.received_at).label("at")
    counted = sa.select(at, sa.literal(kind), sa.literal(""), sa.func.count())
    return counted.where(table.c.campaign_id == _CAMPAIGN, *where).group_by(at)


_AT: Final = _minute(ledger_outcome.c.at).label("at")
_LATEST: Final = sa.and_(
    ledger_outcome.c.ledger_id == ledger_latest.c.ledger_id, ledger_outcome.c.n == ledger_latest.c.n
)
_OUTCOMES: Final = (
    sa.select(_AT, ledger_outcome.c.outcome, ledger_outcome.c.code, sa.func.count())
    .select_from(ledger_latest.join(ledger_outcome, _LATEST))
    .where(ledger_latest.c.campaign_id == _CAMPAIGN, ledger_outcome.c.outcome != Outcome.WITHHELD.value)
    .group_by(_AT, ledger_outcome.c.outcome, ledger_outcome.c.code)
)
_ANSWERS: Final = (
    _counted(inbound, "replies"),
    _counted(inbound, "opt_outs", inbound.c.opt_out == 1),
    _counted(complaint, "complaints"),
)


@dataclass(frozen=True, slots=True)
class SqlCourse:
    """Implements `domain.course.CourseStore`."""

    db: Database

    def course(self, campaign_id: int) -> tuple[Happened, ...]:
        which = {"campaign": campaign_id}
        with self.db.read() as connection:
            rows = [row for wanted in (_OUTCOMES, *_ANSWERS) for row in connection.execute(wanted, which)]
        return tuple(Happened(moment_at(at), kind, code, count) for at, kind, code, count in rows)
