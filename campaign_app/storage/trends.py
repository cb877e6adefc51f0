"""What was handed over and who complained, by campaign, of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.complaint import SentCounts
from campaign_app.domain.message import Outcome
from campaign_app.storage.engine import Database
from campaign_app.storage.lists import rows_among
from campaign_app.storage.schema_cases import complaint_case
from campaign_app.storage.schema_sending import ledger, ledger_latest, submission
from campaign_app.storage.times import to_ms

_case: Final = complaint_case.c
_latest: Final = sa.and_(ledger_latest.c.ledger_id == ledger.c.id, ledger_latest.c.campaign_id == ledger.c.campaign_id)
_reached: Final = sa.func.coalesce(ledger_latest.c.outcome, "").notin_((Outcome.WITHHELD, Outcome.REJECTED))
_THEN: Final = sa.and_(
    submission.c.claimed_at >= sa.bindparam("since"), submission.c.claimed_at < sa.bindparam("until")
)
_BATCHES: Final = sa.select(submission.c.id).where(_THEN)
_SENT: Final = (
    sa.select(ledger.c.campaign_id, sa.func.count())
    .select_from(ledger)
    .outerjoin(ledger_latest, _latest)
    .where(_reached)
    .group_by(ledger.c.campaign_id)
)
_COMPLAINED: Final = (
    sa.select(_case.campaign_id, sa.func.count(), sa.func.count().filter(_case.ledger_id.is_(None)))
    .where(_case.made_at >= sa.bindparam("since"), _case.made_at < sa.bindparam("until"))
    .group_by(_case.campaign_id)
)


@dataclass(frozen=True, slots=True)
class SqlTrends:
    """Implements `services.trends.TrendStore`."""

    db: Database

    def counted(self, accounts: Sequence[int], since: datetime, until: datetime) -> SentCounts:
        then = {"since": to_ms(since), "until": to_ms(until)}
        sent: dict[int, int] = {}
        complaints: dict[int, int] = {}
        unchecked: dict[int, int] = {}
        with self.db.read() as connection:
            batches = rows_among(connection, _BATCHES, submission.c.account_id, accounts, **then)
            ids = [row.id for row in batches]
            for campaign_id, count in rows_among(connection, _SENT, ledger.c.submission_id, ids):
                sent[campaign_id] = sent.get(campaign_id, 0) + count
            found = connection.execute(_COMPLAINED, then).all()
        unmatched = sum(count for campaign_id, count, _ in found if campaign_id is None)
        for campaign_id, count, unsure in found:
            if campaign_id is not None:
                complaints[campaign_id], unchecked[campaign_id] = count, unsure
        return SentCounts(sent, complaints, unchecked, unmatched)
