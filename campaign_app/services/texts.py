"""What the people of a campaign will read, and what the compliance engine says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from campaign_app.compliance.engine import Engine
from campaign_app.compliance.message import CheckRequest, Sender
from campaign_app.compliance.segments import Segments
from campaign_app.compliance.template import Template
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import NotFound
from campaign_app.domain.finding import Finding
from campaign_app.domain.ports import AccountStore, CampaignStore, CustomerStore
from campaign_app.domain.signature import Signature

SAMPLE: Final = 500
KNOWN_MAX: Final = 20_000
# stands in for a recipient while there is none
SOMEBODY: Final = {"name": "张女士", "province": "浙江", "city": "杭州"}


@dataclass(frozen=True, slots=True)
class Checked:
    """`final_text` is what one customer would get; `rule_packs` the version of the rules it was checked with."""

    final_text: str
    verdict: str
    findings: tuple[Finding, ...]
    segments: Segments
    rule_packs: str


class Texts:
    """Renders and checks; fits `jobs.stores.Composer`."""

    def __init__(
        self, *, engine: Engine, accounts: AccountStore, campaigns: CampaignStore, customers: CustomerStore
    ) -> None:
        self._engine = engine
        self._accounts = accounts
        self._campaigns = campaigns
        self._customers = customers
        self._known: tuple[CheckRequest | None, dict[tuple[str | None, ...], tuple[str, bool]]] = (None, {})

    @property
    def rule_packs(self) -> str:
        return self._engine.pack_version

    def check(self, campaign: Campaign, customer_id: int | None, now: datetime) -> Checked:
        """As one customer would get it: the named one, else the longest text among the first of the audience."""
        rows = [values_of(c) for c in self._sample(campaign, customer_id)] or [SOMEBODY]
        checked = self._engine.check_rendered(self._request(campaign, now), rows)
        longest = max(checked, key=lambda result: result.segments.length)
        return Checked(longest.final_text, longest.verdict, longest.findings, longest.segments, self.rule_packs)

    def messages(self, campaign: Campaign, customers: Sequence[Customer], now: datetime) -> list[tuple[str, bool]]:
        """(final text, may leave) per customer; what may not has a block-level finding of its own."""
        request = self._request(campaign, now)
        names = Template.parse(request.body).names
        rows = [values_of(customer) for customer in customers]
        used = [tuple(row.get(name) for name in names) for row in rows]
        known = self._known_of(request)
        new = {values: row for values, row in zip(used, rows, strict=True) if values not in known}
        for values, result in zip(new, self._engine.check_rendered(request, new.values()), strict=True):
            known[values] = result.final_text, result.verdict != "block"
        return [known[values] for values in used]

    def _known_of(self, request: CheckRequest) -> dict[tuple[str | None, ...], tuple[str, bool]]:
        """What was found under this very request: the same values in the same text need no second look."""
        asked, known = self._known
        if asked != request or len(known) > KNOWN_MAX:
            known = {}
            self._known = request, known
        return known

    def _sample(self, campaign: Campaign, customer_id: int | None) -> list[Customer]:
        if customer_id is not None:
            found = self._customers.by_ids([customer_id])
            if not found:
                raise NotFound("customer", "There is no such customer", customer=customer_id)
            return list(found.values())
        members = self._campaigns.members(campaign.id, 0, SAMPLE)
        return list(self._customers.by_ids([member for _, member in members]).values())

    def _request(self, campaign: Campaign, now: datetime) -> CheckRequest:
        entity = self._accounts.entity(campaign.entity_uscc)
        filed = self._accounts.signature(campaign.signature, campaign.entity_uscc)
        return CheckRequest(
            body=campaign.body,
            signature=filed or Signature(campaign.signature, owner_uscc=""),
            sender=Sender(entity.name, entity.uscc, entity.kind, frozenset(entity.licences)),
            purpose=campaign.purpose,
            send_at=campaign.send_at or now,
        )


def values_of(customer: Customer) -> dict[str, str]:
    """The variables a text may use: the customer's own fields, and what files added."""
    return {**customer.attributes, "name": customer.name, "province": customer.province, "city": customer.city}
