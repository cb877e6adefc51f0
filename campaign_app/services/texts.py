"""What the people of a campaign will read, and what the compliance engine says of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from campaign_app.compliance.engine import Engine
from campaign_app.compliance.fixes import Fix, fixes_for
from campaign_app.compliance.message import CheckRequest, Port, Sender
from campaign_app.compliance.segments import Segments
from campaign_app.compliance.template import Template
from campaign_app.domain.campaign import Campaign, Warned
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import NotFound
from campaign_app.domain.filing import Register
from campaign_app.domain.finding import Finding, Severity
from campaign_app.domain.message import Composed
from campaign_app.domain.ports import AccountStore
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.domain.ports_people import CustomerStore
from campaign_app.domain.signature import Signature
from campaign_app.services.carriers import Carriers, nothing_told
from campaign_app.services.profiles import Profile
from campaign_app.services.window import BEIJING, likely_time

SAMPLE: Final = 500
KNOWN_MAX: Final = 20_000
# fields of a customer that a text may use, whatever a file calls its columns
_OWN: Final = ("name", "province", "city")
_FILLED: Final = "某某"
# what is found of a signature: where none is chosen yet that is what is wrong, and the window says it once
_OF_SIGNATURE: Final = frozenset({"SIG-001", "SIG-006", "SIG-007", "SIG-008"})
_NAMELESS: Final = "IDN-001"
Known = dict[tuple[str | None, ...], Composed]
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


@dataclass(frozen=True, slots=True)
class Survey:
    """What the rules say of the texts that would leave: the rules of `blocks` stop all of them.

    `leaving` are those texts by shop, one for each person; of shop 0 where nobody is to get it yet.
    """

    blocks: Mapping[str, Finding]
    warned: Mapping[str, Finding]
    leaving: Mapping[int, Sequence[str]] = field(default_factory=dict, repr=False)


def of_signature(finding: Finding) -> bool:
    """Whether it speaks of what stands in front of the text, and of no words that somebody wrote."""
    return finding.rule_id in _OF_SIGNATURE and finding.span.start == finding.span.end


def is_nameless(finding: Finding) -> bool:
    """Whether it says no more of a text than that no signature is chosen, where none is."""
    return finding.rule_id == _NAMELESS or of_signature(finding)


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
        self._carriers = Carriers(accounts, profile)
        self._known: dict[int, tuple[Engine, CheckRequest, Known]] = {}

    @property
    def engine(self) -> Engine:
        """Of the rules now in force."""
        return self._engine()

    @property
    def rule_packs(self) -> str:
        return self._engine().pack_version

    def check(self, campaign: Campaign, customer_id: int | None, now: datetime) -> Checked:
        """As one customer would get it: the named one, else the longest text among the first of the audience."""
        engine = self._engine()
        checked = (
            (result, values, request)
            for _, request, rows in self._asked(campaign, self._sample(campaign, customer_id), now)
            for result, values in zip(engine.check_rendered(request, rows), rows, strict=True)
        )
        longest, values, request = max(checked, key=lambda each: each[0].segments.length)
        return Checked(
            longest.final_text,
            longest.verdict,
            longest.findings,
            longest.segments,
            engine.pack_version,
            replace(request, variables=values),
        )

    def fixes(self, checked: Checked, finding: Finding) -> tuple[Fix, ...]:
        """What one key can do about a finding of `checked`, with edits for its text and for the campaign's body."""
        return fixes_for(finding, checked.request, self._engine())

    def survey(self, campaign: Campaign, now: datetime) -> Survey:
        """Over the first who are still to get it. A text that is blocked for one of them stops nobody else."""
        members = self._campaigns.ok_members(campaign.id, -1, SAMPLE)
        people, engine = self._customers.by_ids([who for _, who in members]).values(), self._engine()
        asked = self._asked(campaign, people, now)
        by_shop = {shop: list(engine.check_rendered(request, rows)) for shop, request, rows in asked}
        checked = [result for results in by_shop.values() for result in results]
        leaving = [result for result in checked if result.verdict != "block"]
        found = [finding for result in leaving or checked for finding in result.findings]
        of = {
            severity: {finding.rule_id: finding for finding in reversed(found) if finding.severity is severity}
            for severity in (Severity.BLOCK, Severity.WARN)
        }
        texts = {shop: [r.final_text for r in results if r.verdict != "block"] for shop, results in by_shop.items()}
        return Survey(of[Severity.BLOCK], of[Severity.WARN], texts)

    def unconfirmed(
        self, known: Mapping[str, Warned], found: Collection[str], before: Campaign, planned: Campaign, now: datetime
    ) -> set[str]:
        """The rules whose warning is open. Where `planned` leaves on another day than `before` was to, so is what is

        `found` of that day: nobody confirmed it of this one.
        """
        confirmed = {rule for rule, warned in known.items() if warned.confirmed_by}
        if before.approved_at is not None and _day_of(before, before.approved_at) != _day_of(planned, now):
            confirmed -= {rule for rule in confirmed & set(found) if self._is_of_time(rule)}
        return {*known, *found} - confirmed

    def _is_of_time(self, rule_id: str) -> bool:
        rule = self._engine().rule(rule_id)
        return rule is not None and rule.kind.startswith("send_")

    def finding(self, campaign: Campaign, customer_id: int | None, rule_id: str, now: datetime) -> Finding | None:
        """What a rule says of one customer's text now."""
        if customer_id is None or not self._customers.by_ids([customer_id]):
            return None
        checked = self.check(campaign, customer_id, now)
        return next((finding for finding in checked.findings if finding.rule_id == rule_id), None)

    def messages(self, campaign: Campaign, customers: Sequence[Customer], now: datetime) -> list[Composed]:
        shops = _by_shop(customers).items()
        composed = {shop: iter(self._of_shop(campaign, shop, mine, now)) for shop, mine in shops}
        return [next(composed[customer.account_id]) for customer in customers]

    def _of_shop(self, campaign: Campaign, shop: int, customers: Sequence[Customer], now: datetime) -> list[Composed]:
        request = self.request(campaign, now, shop)
        names = Template.parse(request.body).names
        used = [tuple(_value_of(customer, name) for name in names) for customer in customers]
        engine = self._engine()
        known = self._known_of(shop, request, engine)
        new = {values: who for values, who in zip(used, customers, strict=True) if values not in known}
        results = list(engine.check_rendered(request, map(values_of, new.values())))
        anybodys = _anybodys(engine, request, names) if any(each.findings for each in results) else frozenset()
        for values, result in zip(new, results, strict=True):
            blocks, warned = _rules(result.findings, Severity.BLOCK), _rules(result.findings, Severity.WARN)
            met = anybodys & (blocks | warned)
            known[values] = Composed(result.final_text, blocks, warned, engine.pack_version, met)
        return [known[values] for values in used]

    def _known_of(self, shop: int, request: CheckRequest, engine: Engine) -> Known:
        """What these very rules said of this very request: the same values in the same text need no second look."""
        by, asked, known = self._known.get(shop, (None, None, {}))
        if by is not engine or asked != request or len(known) > KNOWN_MAX:
            known = {}
            self._known[shop] = engine, request, known
        return known

    def _asked(
        self, campaign: Campaign, people: Iterable[Customer], now: datetime
    ) -> Iterator[tuple[int, CheckRequest, list[Mapping[str, str]]]]:
        """What is checked of each shop with the values of its people; of somebody, of shop 0, where nobody is yet."""
        shops = _by_shop(people)
        for shop, mine in shops.items():
            yield shop, self.request(campaign, now, shop), [values_of(customer) for customer in mine]
        if not shops:
            yield 0, self.request(campaign, now), [SOMEBODY]

    def _sample(self, campaign: Campaign, customer_id: int | None) -> list[Customer]:
        if customer_id is not None:
            found = self._customers.by_ids([customer_id])
            if not found:
                raise NotFound("customer", "There is no such customer", customer=customer_id)
            return list(found.values())
        members = self._campaigns.members(campaign.id, 0, SAMPLE)
        return list(self._customers.by_ids([member for _, member in members]).values())

    def request(self, campaign: Campaign, now: datetime, shop: int | None = None) -> CheckRequest:
        """What is checked, without anybody's values; of one shop by what its carrier tells of the signature."""
        entity = self._accounts.entity(campaign.entity_uscc)
        profile = self._profile(campaign.entity_uscc)
        provider, *also = self._carriers.providers(campaign)
        register, text = self._accounts.register(campaign.entity_uscc), campaign.signature
        signature, ports = filed_of(register, text, now, shop)
        now = now.replace(second=0, microsecond=0)  # the same question for a minute, whoever keeps its answers
        return CheckRequest(
            body=campaign.body,
            signature=signature,
            sender=Sender(entity.name, entity.uscc, entity.kind, frozenset(entity.licences)),
            purpose=campaign.purpose,
            industry=profile.industry,
            provider=provider,
            also=tuple(also),
            allowed_domains=profile.domains,
            send_at=likely_time(now) if campaign.send_at is None else max(campaign.send_at, now),
            goods=profile.goods,
            ports=ports,
        )


def filed_of(register: Register, text: str, now: datetime, shop: int | None) -> tuple[Signature, tuple[Port, ...]]:
    """What holds of a signature for one shop, and whose its carrier's port is; one nobody reported is filed nowhere."""
    held = register.held(text, shop).items()
    ports = tuple(Port(each, port) for port, other in held for each in (text, other))
    return register.signature(text, now, shop) or Signature(text, owner_uscc=""), ports


def _day_of(campaign: Campaign, now: datetime) -> date:
    """On which it leaves, by a look at it now."""
    leaves = likely_time(now) if campaign.send_at is None else max(campaign.send_at, now)
    return leaves.astimezone(BEIJING).date()


def _anybodys(engine: Engine, request: CheckRequest, names: Iterable[str]) -> frozenset[str]:
    """The rules that are met by somebody of whom everything is known and nothing is odd, and by one with no values."""
    filled = {name: SOMEBODY.get(name, _FILLED) for name in names}
    met = (
        {finding.rule_id for finding in result.findings}
        for result in engine.check_rendered(request, [filled, dict.fromkeys(names, "")])
    )
    return frozenset.intersection(*map(frozenset, met))


def _rules(findings: Iterable[Finding], severity: Severity) -> frozenset[str]:
    return frozenset(finding.rule_id for finding in findings if finding.severity is severity)


def _by_shop(customers: Iterable[Customer]) -> dict[int, list[Customer]]:
    found: dict[int, list[Customer]] = {}
    for customer in customers:
        found.setdefault(customer.account_id, []).append(customer)
    return found


def _value_of(customer: Customer, name: str) -> str | None:
    """Of `values_of` the one: most of a batch's texts are known by these alone."""
    return getattr(customer, name) if name in _OWN else customer.attributes.get(name)


def values_of(customer: Customer) -> dict[str, str]:
    """The variables a text may use: the customer's own fields, and what files added."""
    return {**customer.attributes, **{name: getattr(customer, name) for name in _OWN}}
