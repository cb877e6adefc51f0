"""The rules that warned of a campaign's texts, and a person's confirmation of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.campaign import Warned
from campaign_app.storage.fetching import fetch
from campaign_app.storage.lists import write_all
from campaign_app.storage.schema_sending import campaign_warning
from campaign_app.storage.times import moment_or_none, to_ms
from campaign_app.storage.upserts import insert_or_ignore

_warning = campaign_warning.c
_OF_CAMPAIGN: Final = sa.select(campaign_warning).where(_warning.campaign_id == sa.bindparam("campaign"))


def put_found(connection: sa.Connection, campaign_id: int, found: Mapping[str, int]) -> None:
    rows = [{"campaign_id": campaign_id, "rule_id": rule, "customer_id": who} for rule, who in found.items()]
    write_all(connection, insert_or_ignore(connection, campaign_warning), rows)


def put_confirmed(connection: sa.Connection, campaign_id: int, rules: Collection[str], by: str, at: datetime) -> None:
    if not rules:  # whoever may confirm nothing has nothing to write here
        return
    unseen = [{"campaign_id": campaign_id, "rule_id": rule} for rule in rules]
    write_all(connection, insert_or_ignore(connection, campaign_warning), unseen)
    connection.execute(
        sa.update(campaign_warning)
        .where(_warning.campaign_id == campaign_id, _warning.rule_id.in_(rules))
        .values(confirmed_by=by, confirmed_at=to_ms(at))
    )


def warnings_of(connection: sa.Connection, campaign_id: int) -> dict[str, Warned]:
    return {
        row.rule_id: Warned(row.rule_id, row.customer_id, row.confirmed_by, moment_or_none(row.confirmed_at))
        for row in fetch(connection, _OF_CAMPAIGN, campaign=campaign_id)
    }
