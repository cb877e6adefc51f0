"""What a sender's answer brings along: refusals of people, and reports and complaints that came before the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.consent import CustomerRef, LocalOptOut, Suppression, SuppressionKind
from campaign_app.storage.casing import FEED, settle_case_of_clue
from campaign_app.storage.copies import copied_since
from campaign_app.storage.fetching import fetch_first
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.outbox import numbers_said, put_down
from campaign_app.storage.outcomes import Event, append_outcomes, standing_of
from campaign_app.storage.people import Finder
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_sending import complaint, delivery_report, early_report
from campaign_app.storage.suppressions import put_marks
from campaign_app.storage.times import moment_at, to_ms

SENDER: Final = "sender"
# a clock that is kept right is set by so much at most
_CLOCK_STEP: Final = timedelta(minutes=1)
_early, _complaint = early_report.c, complaint.c
_ANY_EARLY: Final = sa.select(_early.account_id).where(_early.account_id == sa.bindparam("account")).limit(1)
_ANY_COMPLAINT: Final = sa.select(_complaint.id).where(_complaint.account_id == sa.bindparam("account")).limit(1)
_WAITING: Final = (
    sa.select(delivery_report)
    .join(
        early_report,
        sa.and_(_early.account_id == delivery_report.c.account_id, _early.report_id == delivery_report.c.report_id),
    )
    .where(_early.account_id == sa.bindparam("account"), delivery_report.c.stored_at >= sa.bindparam("since"))
)
_COMPLAINTS: Final = sa.select(complaint).where(_complaint.account_id == sa.bindparam("account"))
_APPLIED = sa.delete(early_report).where(
    _early.account_id == sa.bindparam("account"), _early.provider_id == sa.bindparam("provider")
)


def apply_early_arrivals(finder: Finder, providers: Mapping[str, int], claim: AnyRow, at: int) -> None:
    """`providers` are ledger rows by the sender's message ids, just learnt.

    A report from before their claim is of another message: a sender that was started anew may use an id once more. But
    a copy claims anew what the workspace that it is of may have handed over since.
    """
    if fetch_first(finder.connection, _ANY_EARLY, account=finder.account_id) is not None:
        claimed = moment_at(claim.claimed_at)
        since = min(claimed, copied_since(finder.connection, claim.campaign_id) or claimed)
        _apply_reports(finder, providers, to_ms(since - _CLOCK_STEP), at)
    if fetch_first(finder.connection, _ANY_COMPLAINT, account=finder.account_id) is not None:
        _apply_complaints(finder, providers, at)


def keep_refusals(finder: Finder, ledger_ids: Iterable[int], since: datetime, at: int) -> None:
    """Suppresses whom the sender does not write to because they told it so, or a carrier; shops are told as of a reply.

    It is known to hold since they were to be written to; of when they said it the sender tells nothing.
    """
    for ledger_id in ledger_ids:
        keys = finder.keys("", None, ledger_id, numbers={})
        kind = SuppressionKind.OPT_OUT
        put_marks(finder.connection, [Suppression(finder.entity_uscc, key, kind, since, SENDER) for key in keys], at)
        by_ref = LocalOptOut(finder.person_of_row(ledger_id), since, SENDER)
        put_down(finder.connection, finder.entity_uscc, [by_ref], numbers_said([(keys, since)], SENDER))


def _apply_reports(finder: Finder, providers: Mapping[str, int], since: int, at: int) -> None:
    account = finder.account_id
    found = list(rows_among(finder.connection, _WAITING, _early.provider_id, providers, account=account, since=since))
    found.sort(key=lambda row: (row.reported_at, row.report_id))
    events = [Event(providers[row.provider_id], row.outcome, row.provider_id, row.code) for row in found]
    append_outcomes(finder.connection, standing_of(finder.connection, (e.ledger_id for e in events)), events, at)
    done = [{"account": finder.account_id, "provider": provider_id} for provider_id in {e.provider_id for e in events}]
    write_all(finder.connection, _APPLIED, done)


def _apply_complaints(finder: Finder, providers: Mapping[str, int], at: int) -> None:
    account = finder.account_id
    found = list(rows_among(finder.connection, _COMPLAINTS, _complaint.provider_id, providers, account=account))
    numbers = finder.numbers_of(row.ref for row in found)
    for row in found:
        ledger_id = providers[row.provider_id]
        keys = finder.keys(row.ref, None, ledger_id, numbers=numbers)
        put_marks(finder.connection, complaint_marks(finder.entity_uscc, keys, row.received_at), at, FEED)
        said = numbers_said([(keys, moment_at(row.received_at))], "complaint")
        by_ref = LocalOptOut(CustomerRef(finder.account_id, row.ref), moment_at(row.received_at), "complaint")
        put_down(finder.connection, finder.entity_uscc, [by_ref], said)
        campaign_id = finder.campaign_of_row(ledger_id)
        finder.connection.execute(sa.update(complaint).where(_complaint.id == row.id).values(campaign_id=campaign_id))
        settle_case_of_clue(finder.connection, row.id, (ledger_id, campaign_id), at)


def complaint_marks(entity_uscc: str, keys: frozenset[bytes], received_at: int, by: str = "") -> list[Suppression]:
    since = moment_at(received_at)
    kind = SuppressionKind.COMPLAINT
    return [Suppression(entity_uscc, key, kind, since, "complaint", by=by) for key in keys]
