"""Reports and complaints that came before the sender's answer was stored: applied once their message is known."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from campaign_app.domain.consent import Suppression, SuppressionKind
from campaign_app.storage.lists import rows_among
from campaign_app.storage.outcomes import Event, append_outcomes
from campaign_app.storage.people import Finder
from campaign_app.storage.schema_sending import complaint, delivery_report
from campaign_app.storage.suppressions import add_marks
from campaign_app.storage.times import moment_at


def apply_early_arrivals(finder: Finder, providers: Mapping[str, int], at: int) -> None:
    """`providers` are ledger rows by the sender's message ids, just learnt."""
    _apply_reports(finder, providers, at)
    _apply_complaints(finder, providers)


def _apply_reports(finder: Finder, providers: Mapping[str, int], at: int) -> None:
    table = delivery_report.c
    wanted = sa.select(delivery_report).where(table.account_id == finder.account_id)
    rows = sorted(
        rows_among(finder.connection, wanted, table.provider_id, providers),
        key=lambda row: (row.reported_at, row.report_id),
    )
    events = [Event(providers[row.provider_id], row.outcome, row.provider_id, row.code) for row in rows]
    append_outcomes(finder.connection, events, at)


def _apply_complaints(finder: Finder, providers: Mapping[str, int]) -> None:
    table = complaint.c
    wanted = sa.select(complaint).where(table.account_id == finder.account_id)
    for row in list(rows_among(finder.connection, wanted, table.provider_id, providers)):
        ledger_id = providers[row.provider_id]
        keys = finder.keys(row.ref, None, ledger_id)
        add_marks(finder.connection, complaint_marks(finder.entity_uscc, keys, row.received_at))
        finder.connection.execute(
            sa.update(complaint).where(table.id == row.id).values(campaign_id=finder.campaign_of_row(ledger_id))
        )


def complaint_marks(entity_uscc: str, keys: frozenset[bytes], received_at: int) -> list[Suppression]:
    since = moment_at(received_at)
    return [Suppression(entity_uscc, key, SuppressionKind.COMPLAINT, since, "complaint") for key in keys]
