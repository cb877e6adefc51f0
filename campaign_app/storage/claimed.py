"""One message below the root that the audit was told when its batch was claimed."""

from __future__ import annotations

import json
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.chained import climbed, leaves, path
from campaign_app.domain.ports_evidence import ClaimedIn
from campaign_app.storage import schema
from campaign_app.storage.comparing import differs
from campaign_app.storage.roots import BATCH, CLAIMED, MESSAGE, batch_leaves
from campaign_app.storage.schema_sending import ledger, submission

_audit = schema.audit.c
_SENT_IN: Final = sa.select(ledger.c.submission_id).where(
    ledger.c.campaign_id == sa.bindparam("campaign"), ledger.c.seq == sa.bindparam("seq")
)
_BATCH: Final = BATCH.where(submission.c.id == sa.bindparam("batch"))
_MESSAGES: Final = MESSAGE.where(ledger.c.submission_id == sa.bindparam("batch")).order_by(ledger.c.id)


def claimed_in(connection: sa.Connection, campaign_id: int, seq: int) -> ClaimedIn | None:
    """Of a message that the ledger has; None where no entry of the audit tells of its batch.

    Raises WorkspaceError `record_differs` where its rows are not as the entry says.
    """
    which = {"batch": connection.execute(_SENT_IN, {"campaign": campaign_id, "seq": seq}).scalar_one()}
    batch = connection.execute(_BATCH, which).one()
    # facts are canonical JSON
    named = f'"batch":{json.dumps(batch.key)}'
    claims = sa.select(schema.audit).where(_audit.action == CLAIMED, _audit.facts.contains(named, autoescape=True))
    entry = connection.execute(claims.order_by(_audit.id).limit(1)).first()
    if entry is None:
        return None
    rows = [tuple(row) for row in connection.execute(_MESSAGES, which)]
    at = next(number for number, row in enumerate(rows) if row[3] == seq)
    number, batch_id, _, _, customer_id, fact_id, *_ = rows[at]
    hashes = [*leaves("message", rows), *batch_leaves([tuple(batch)])]
    way, told = path(hashes, at), json.loads(entry.facts)
    if climbed(hashes[at], way).hex() != told.get("messages_root"):
        raise differs(entry, "messages", told, len(rows))
    return ClaimedIn(batch.key, entry.id, (number, batch_id, customer_id, fact_id), way)
