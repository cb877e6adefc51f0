"""The caps, asked again where a claim holds the write lock: two campaigns that were judged side by side both count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.consent import Reason
from campaign_app.jobs.caps import MONTH, WEEK, Caps, over_cap, over_provider_cap
from campaign_app.jobs.ports import Claim
from campaign_app.storage import schema
from campaign_app.storage.fetching import fetch_value
from campaign_app.storage.lists import rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.outcomes import FIRST_SAID, LEFT_AT, NOT_SENT, SAME_ROW
from campaign_app.storage.schema_sending import campaign, ledger, ledger_latest, ledger_outcome, submission
from campaign_app.storage.times import moment_at, to_ms

_fact: Final = schema.consent_fact.c
_PROMISED: Final = sa.select(_fact.id, _fact.max_per_month)
_ENTITY: Final = sa.select(campaign.c.entity_uscc).where(campaign.c.id == sa.bindparam("which"))


def capped(
    connection: sa.Connection,
    campaign_id: int,
    claims: Sequence[Claim],
    caps: Caps,
    at: datetime,
    twins: Mapping[int, bytes],
) -> dict[int, tuple[str, int | None]]:
    """seq → (reason, fact id) of the claims whose people other campaigns of the entity wrote to often enough."""
    sent = _sent(connection, campaign_id, claims, at, twins)
    if not sent:
        return {}
    facts = [claim.outgoing.recipient.fact_id for claim in claims if claim.seq in sent]
    promised = {row[0]: row[1] for row in rows_among(connection, _PROMISED, _fact.id, facts)}
    week = to_ms(at - WEEK)
    refused: dict[int, tuple[str, int | None]] = {}
    for claim in claims:
        times, fact_id = sent.get(claim.seq, {}).values(), claim.outgoing.recipient.fact_id
        in_a_week = sum(left_at >= week for left_at in times)
        reason = over_cap(in_a_week, len(times), promised.get(fact_id), caps.house) if times else None
        ages = [at - moment_at(left_at) for left_at in times]
        if reason is None and over_provider_cap(ages, caps.provider):
            reason = Reason.PROVIDER_CAP
        if reason is not None:
            refused[claim.seq] = (reason.value, fact_id)
    return refused


def _sent(
    connection: sa.Connection, campaign_id: int, claims: Sequence[Claim], at: datetime, twins: Mapping[int, bytes]
) -> dict[int, dict[int, int]]:
    """seq → when each message to this person left in the last month, by ledger row.

    Also what `twins` (of `doubles.twins_of`) got, who may have been written to by reference or another number.
    """
    entity = fetch_value(connection, _ENTITY, which=campaign_id)
    people, by_person = people_of(connection, (c.dedupe_key for c in claims)), dict[bytes, int]()
    for claim in claims:
        by_person[people[claim.dedupe_key]] = claim.seq
    by_key = {key: by_person[person] for key, person in people.items()}
    by_customer = {claim.outgoing.recipient.customer_id: claim.seq for claim in claims}
    by_customer |= {customer_id: by_key[key] for customer_id, key in twins.items() if key in by_key}
    found: dict[int, dict[int, int]] = {}
    for column, seqs in ((ledger.c.dedupe_key, by_key), (ledger.c.customer_id, by_customer)):
        given = {"entity": entity, "since": to_ms(at - MONTH), "but": campaign_id}
        for who, row_id, left_at in rows_among(connection, sent_to(column), column, seqs, **given):
            found.setdefault(seqs[who], {})[row_id] = left_at
    return found


@lru_cache
def sent_to(column: sa.ColumnElement[Any]) -> sa.Select[Any, int, int]:
    """(column, ledger row, when it left) of what the `entity` sent `since` then, other than by the campaign `but`."""
    return (
        sa.select(column, ledger.c.id, LEFT_AT)
        .join(submission, submission.c.id == ledger.c.submission_id)
        .join(campaign, campaign.c.id == ledger.c.campaign_id)
        .outerjoin(ledger_latest, SAME_ROW)
        .outerjoin(ledger_outcome, FIRST_SAID)
        .where(
            campaign.c.entity_uscc == sa.bindparam("entity"),
            campaign.c.id != sa.bindparam("but"),
            sa.bindparam("since") <= LEFT_AT,
            sa.func.coalesce(ledger_latest.c.outcome, "").not_in([sa.literal(each) for each in NOT_SENT]),
        )
    )
