"""A merchant on one morning, for what needs a person there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.ports import Job
from campaign_app.domain.signature import Signature
from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.services.matters import Matter, matters
from tests.helpers.desk_of import ENTITY, ISSUER, NAME

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 10)
SHOP = Account(1, "consent_api", "旗舰店", "http://a", ENTITY, ISSUER, "登记处", "k", True, "{}")
OWNER = Entity(ENTITY, NAME)
FILED = Signature("安宁百货", ENTITY, status="approved", carrier_filed=True, valid_until=TODAY + timedelta(days=90))


def row(state: State, **changes: object) -> CampaignRow:
    return CampaignRow(replace(Campaign(5, "双十一", ENTITY, "retail", Filter(), state=state), **changes))  # type: ignore[arg-type]


def found(
    *rows: CampaignRow,
    jobs: tuple[Job, ...] = (),
    accounts: tuple[Account, ...] = (SHOP,),
    signatures: tuple[Signature, ...] = (FILED,),
    refused: str = "",
    others: Mapping[str, Sequence[Signature]] = {},
) -> tuple[Matter, ...]:
    """`others` are the signatures of other entities."""
    told = {account.entity_uscc: signatures for account in accounts if account.state == "connected"}
    return matters(rows, jobs, accounts, (OWNER,), {**told, **others}, NOW, refused)
