"""Messages that were claimed although their person had refused: there should be none, and a report says how many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.message import Outcome
from campaign_app.domain.self_check import LateRow
from campaign_app.storage.lists import rows_among
from campaign_app.storage.reporting_sql import LIFTS, SENT_TO
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema import suppression_lift
from campaign_app.storage.schema_sending import ledger
from campaign_app.storage.times import moment_at

_NEVER_LEFT: Final = (Outcome.WITHHELD.value, Outcome.REJECTED.value)


def late_among(connection: sa.Connection, marks: Sequence[AnyRow]) -> Iterator[LateRow]:
    """Of these marks; a message whose mark was lifted by a grant before it was claimed is none."""
    sent = defaultdict[bytes, list[AnyRow]](list)
    for row in rows_among(connection, SENT_TO, ledger.c.dedupe_key, (mark.key for mark in marks)):
        if row.outcome not in _NEVER_LEFT:
            sent[row.dedupe_key].append(row)
    late = [(mark, row) for mark in marks for row in sent.get(mark.key, ()) if _after(mark, row)]
    lifts = defaultdict[tuple[bytes, str, str], list[int]](list)
    for lift in rows_among(connection, LIFTS, suppression_lift.c.key, (mark.key for mark, _ in late)):
        lifts[lift.key, lift.entity_uscc, lift.kind].append(lift.granted_at)
    for mark, row in late:
        granted = lifts[mark.key, mark.entity_uscc, mark.kind]
        if not any(mark.since < at <= row.claimed_at for at in granted):
            since, claimed = moment_at(mark.since), moment_at(row.claimed_at)
            yield LateRow(row.campaign_id, row.message_id, mark.kind, since, claimed, row.outcome or "")


def _after(mark: AnyRow, row: AnyRow) -> bool:
    return bool(mark.entity_uscc == row.entity_uscc and mark.since < row.claimed_at)
