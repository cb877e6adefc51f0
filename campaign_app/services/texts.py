"""What the people of a campaign will read, and what the compliance engine says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from campaign_app.compliance.audience import Distribution, distribution
from campaign_app.compliance.engine import Engine
from campaign_app.compliance.fixes import Fix, fixes_for
from campaign_app.compliance.message import CheckRequest, Sender
from campaign_app.compliance.segments import Segments
from campaign_app.compliance.template import Template
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import NotFound
from campaign_app.domain.finding import Finding
from campaign_app.domain.ports import AccountStore, CampaignStore, CustomerStore
from campaign_app.domain.signature import Signature
from campaign_app.services.profiles import Profile

SAMPLE: Final = 500
# stands in for a recipient while there is none
SOMEBODY: Final = {"name": "张女士", "province": "浙江", "city": "杭州"}


@dataclass(frozen=True, slots=True)
class Checked:
    """`final_text` is what one customer would get; `rule_packs` the version of the rules it was checked with.

    `request` is what was checked, with that customer's values.
    """

    final_text: str
    verdict: str
    findings: tuple[Finding, ...]
    segments: Segments
    rule_packs: str
    request: CheckRequest = field(repr=False)


def nothing_told(entity_uscc: str) -> Profile:  # noqa: ARG001 - as `Profiles.of`
    return Profile()


class Texts:
    """Renders and checks; fits `jobs.stores.Composer`. `engine` gives the one of the rules now in force."""

    def __init__(
        self,
        *,
        engine: Callable[[], Engine],
        accounts: AccountStore,
        campaigns: CampaignStore,
        customers: CustomerStore,
        profile: Callable[[str], Profile] = nothing_told,
    ) -> None:
        self._engine = engine
        self._profile = profile
        self._accounts = accounts
        self._campaigns = campaigns
        self._customers = customers

    @property
    def rule_packs(self) -> str:
        return self._engine().pack_version

    def check(self, campaign: Campaign, customer_id: int | None, now: datetime) -> Checked:
        """As one customer would get it: the named one, else the longest text among the first of the audience."""
        rows = [values_of(c) for c in self._sample(campaign, customer_id)] or [SOMEBODY]
        request, engine = self._request(campaign, now), self._engine()
        checked = zip(engine.check_rendered(request, rows), rows, strict=True)
        longest, values = max(checked, key=lambda pair: pair[0].segments.length)
        return Checked(
            longest.final_text,
            longest.verdict,
            longest.findings,
            longest.segments,
            engine.pack_version,
            replace(request, variables=values),
        )

    def measured(self, campaign: Campaign) -> Distribution:
        """How many parts the messages of the whole snapshot take, told in one pass over it."""
        return distribution(campaign.signature, Template.parse(campaign.body), self._rows(campaign))

    def _rows(self, campaign: Campaign) -> Iterator[dict[str, str]]:
        first = 0
        while members := self._campaigns.members(campaign.id, first, first + SAMPLE):
            found = self._customers.by_ids([member for _, member in members])
            yield from map(values_of, found.values())
            first += SAMPLE

    def fixes(self, checked: Checked, finding: Finding) -> tuple[Fix, ...]:
        """What one key can do about a finding of `checked`, with edits for its text and for the campaign's body."""
        return fixes_for(finding, checked.request, self._engine())

    def messages(self, campaign: Campaign, customers: Sequence[Customer], now: datetime) -> list[tuple[str, bool]]:
        """(final text, may leave) per customer; what may not has a block-level finding of its own."""
        results = self._engine().check_rendered(self._request(campaign, now), map(values_of, customers))
        return [(result.final_text, result.verdict != "block") for result in results]

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
        profile = self._profile(campaign.entity_uscc)
        filed = self._accounts.signature(campaign.signature, campaign.entity_uscc)
        return CheckRequest(
            body=campaign.body,
            signature=filed or Signature(campaign.signature, owner_uscc=""),
            sender=Sender(entity.name, entity.uscc, entity.kind, frozenset(entity.licences)),
            purpose=campaign.purpose,
            industry=profile.industry,
            provider=profile.provider,
            allowed_domains=profile.domains,
            send_at=campaign.send_at or now,
        )


def values_of(customer: Customer) -> dict[str, str]:
    """The variables a text may use: the customer's own fields, and what files added."""
    return {**customer.attributes, "name": customer.name, "province": customer.province, "city": customer.city}
