"""Writing a campaign's text: what it is written with, what the rules say of it as it stands, what it would cost.

A `Setting` is read once from the workspace. Checking a text against it reads nothing more: it is done at every
keystroke.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from campaign_app.compliance.audience import distribution
from campaign_app.compliance.engine import Engine
from campaign_app.compliance.fixes import Fix, fixes_for
from campaign_app.compliance.message import CheckRequest
from campaign_app.compliance.providers import Provider
from campaign_app.compliance.rule import Rule
from campaign_app.compliance.segments import Segments, cut_marks, tearing_marks
from campaign_app.compliance.template import Template
from campaign_app.domain.campaign import Campaign, CampaignState, Stopped
from campaign_app.domain.consent import Reason
from campaign_app.domain.customer import Reading
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.filing import Register
from campaign_app.domain.finding import Finding, Severity
from campaign_app.domain.money import PER_YUAN
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.domain.ports_people import CustomerStore, ReadingStore
from campaign_app.domain.signature import Signature, standing
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs
from campaign_app.services.places import Place, place_in_body
from campaign_app.services.provider_templates import Refusals, refusals
from campaign_app.services.readers import Reader, Spread, Variable, reader_of, spread, stand_in, variables_of
from campaign_app.services.texts import SAMPLE, Texts, filed_of, of_signature, values_of
from campaign_app.services.window import BEIJING

LONGEST, SHORTEST = "longest", "shortest"
FOUND: Final = 20
PAGE: Final = 1_000
PRICE: Final = "price_per_part"
ESTIMATE_MAX: Final = PER_YUAN
DAY: Final = (time(9), time(20))
FOREIGN: Final = "link_foreign"  # the kind of rules of links to hosts that nobody registered
_NO_LINK: Final = re.compile(r"[^a-z0-9./:?=&_%-]")
Who = Reader | str


@dataclass(frozen=True, slots=True)
class Offer:
    """A signature of the campaign's entity; `problem` is the code of why it cannot be used, "" if it can."""

    signature: Signature
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """`recipients` were screened, or match the audience as it is now.

    `price`: of a part, in ten-thousandths of a yuan, 0 where nobody said any.
    `contracted`: it is what the sender accounts are paid, not what somebody guessed here.
    """

    base: CheckRequest = field(repr=False)
    register: Register = field(repr=False)
    now: datetime
    offers: tuple[Offer, ...]
    variables: tuple[Variable, ...]
    readers: tuple[Reader, ...] = field(repr=False)
    recipients: int
    screened: bool
    price: int
    contracted: bool = False

    def request(self, body: str, signature: str, reader: Reader) -> CheckRequest:
        filed, ports = filed_of(self.register, signature, self.now, reader.shop)
        return replace(self.base, body=body, signature=filed, ports=ports, variables=reader.values)


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding, why the rule is there, where it stands in the template; `nth` of those of its rule and words.

    `may_be_own`: of a link to a host that nobody registered and that is no public shortener, so that it may be the
    merchant's own.
    """

    finding: Finding
    why: str
    place: Place
    nth: int = 0
    may_be_own: bool = False

    @property
    def key(self) -> tuple[str, str, int]:
        """The same for the same problem of a text that was typed on."""
        return self.finding.rule_id, self.finding.text, self.nth


@dataclass(frozen=True, slots=True)
class Composed:
    """A text as one reader gets it.

    `marks` are the code points of `final_text` at which a new part begins, `torn` those of them within a character
    (an emoji of several, a letter with its marks) that the reader's telephone may show in two pieces.
    """

    body: str
    signature: str
    reader: Reader
    request: CheckRequest = field(repr=False)
    final_text: str
    verdict: str
    problems: tuple[Problem, ...]
    segments: Segments
    marks: tuple[int, ...]
    torn: tuple[int, ...]
    spread: Spread


@dataclass(frozen=True, slots=True)
class Whole:
    """A text as everybody of the audience gets it, by (parts, people), with one of the longest and of the shortest."""

    body: str
    signature: str
    parts: tuple[tuple[int, int], ...]
    longest: Reader | None
    shortest: Reader | None

    @property
    def people(self) -> int:
        return sum(people for _, people in self.parts)


class Composing(Permitted):
    """`engine` gives the engine that speaks a language, `contracted` what an entity pays for a part, where known."""

    def __init__(
        self,
        *,
        texts: Texts,
        engine: Callable[[str], Engine],
        accounts: AccountStore,
        campaigns: CampaignStore,
        customers: CustomerStore,
        readings: ReadingStore,
        clock: Clock,
        contracted: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        self._contracted = contracted
        self._texts = texts
        self._engine = engine
        self._accounts = accounts
        self._campaigns = campaigns
        self._customers = customers
        self._readings = readings
        self._clock = clock

    def setting(self, campaign: Campaign) -> Setting:
        now = self._clock()
        base = self._texts.request(campaign, campaign.send_at or by_day(now))
        register = self._accounts.register(campaign.entity_uscc)
        day = (base.send_at or now).astimezone(BEIJING).date()
        readers = self._readers(campaign, now) or (stand_in(),)
        offers = (Offer(each, problem_of(each, campaign, day)) for each in register.all(now))
        screened, contracted = _screened(campaign), self._contracted(campaign.entity_uscc)
        if screened:
            recipients = self._campaigns.funnel(campaign.id).get(Reason.OK, 0)
        else:
            recipients = self._customers.count(campaign.audience, campaign.entity_uscc, now)
        return Setting(
            base=base,
            register=register,
            now=now,
            offers=tuple(sorted(offers, key=lambda offer: bool(offer.problem))),
            variables=variables_of(readers),
            readers=readers,
            recipients=recipients,
            screened=screened,
            price=self.price() if contracted is None else contracted,
            contracted=contracted is not None,
        )

    def check(self, setting: Setting, body: str, signature: str, who: Who, language: str = "zh_CN") -> Composed:
        """As one reader gets it: a given one, or the LONGEST or SHORTEST of the sample."""
        engine = self._engine(language)
        head = f"【{signature}】"
        counted = spread(head, body, setting.readers)
        if isinstance(who, Reader):
            reader = who
        else:
            reader = setting.readers[counted.longest if who == LONGEST else counted.shortest]
        request = setting.request(body, signature, reader)
        result = engine.check(request)
        told = tuple(each for each in result.findings if signature.strip() or not of_signature(each))
        return Composed(
            body=body,
            signature=signature,
            reader=reader,
            request=request,
            final_text=result.final_text,
            verdict=result.verdict,
            problems=_problems(told, request, len(head), engine),
            segments=result.segments,
            marks=cut_marks(result.final_text),
            torn=tearing_marks(result.final_text),
            spread=counted,
        )

    def measured(
        self, campaign: Campaign, body: str, signature: str, tick: Callable[[int], None] = lambda _: None
    ) -> Whole:
        """Counts everybody who is to get a text: those whom the screening let in, else the audience as it is now.

        In one pass, a page at a time; `tick` is told before every further page how many were counted, and may raise.
        """
        pages = self._pages(campaign, tick)
        rows = ((row.customer_id, row.values) for page in pages for row in page)
        found = distribution(signature, Template.parse(body), rows)
        known = self._customers.by_ids([who for who in (found.longest, found.shortest) if who is not None])
        readers = {who: reader_of(customer) for who, customer in known.items()}
        longest, shortest = (readers.get(who) if who is not None else None for who in (found.longest, found.shortest))
        return Whole(body, signature, tuple(found.messages_by_parts.items()), longest, shortest)

    def _pages(self, campaign: Campaign, tick: Callable[[int], None]) -> Iterator[tuple[Reading, ...]]:
        now, after, people = self._clock(), -1, 0
        while True:
            if _screened(campaign):
                page = self._readings.of_members(campaign.id, after, PAGE)
            else:
                page = self._readings.of_audience(campaign.audience, campaign.entity_uscc, now, after, PAGE)
            yield page
            if len(page) < PAGE:
                return
            after, people = page[-1].place, people + len(page)
            tick(people)

    def fixes(self, composed: Composed, problem: Problem, language: str = "zh_CN") -> tuple[Fix, ...]:
        """Tried out, the best first; their `body_edits` are for `composed.body` and no other text."""
        return fixes_for(problem.finding, composed.request, self._engine(language))

    def engine(self, language: str = "zh_CN") -> Engine:
        """Of the rules now in force."""
        return self._engine(language)

    def providers(self, language: str = "zh_CN") -> Mapping[str, Provider]:
        """Those that the rules know, by name."""
        return self._engine(language).providers

    def refused_by(
        self, provider: str, setting: Setting, body: str, signature: str, language: str = "zh_CN"
    ) -> Refusals:
        """What a provider will not take of a text, as the reader gets it whose message is longest."""
        reader = setting.readers[spread(f"【{signature}】", body, setting.readers).longest]
        return refusals(self._engine(language), setting.request(body, signature, reader), provider)

    def find(self, campaign: Campaign, name: str) -> tuple[Reader, ...]:
        """The first people of the audience with such a name."""
        found = self._customers.some(campaign.audience, campaign.entity_uscc, self._clock(), FOUND, name)
        return tuple(map(reader_of, found))

    def stops(
        self, campaign_id: int, customer_id: int, language: str = "zh_CN", by: Stopped | None = None
    ) -> tuple[Finding, ...] | None:
        """What keeps one customer's message back, by the rules and the data of now; None of a deleted one.

        `by`: the rules that kept it back, which may be warnings that nobody confirmed. Where they are not known, such
        warnings count if nothing graver does.
        """
        customer = self._customers.by_ids([customer_id]).get(customer_id)
        if customer is None:
            return None
        request = self._texts.request(self._campaigns.campaign(campaign_id), self._clock(), customer.account_id)
        result = self._engine(language).check(replace(request, variables=values_of(customer)))
        confirmed = {w.rule_id for w in self._campaigns.warnings(campaign_id).values() if w.confirmed_by}
        grave = tuple(each for each in result.findings if each.severity is Severity.BLOCK)
        doubtful = {each.rule_id for each in result.findings if each.severity is Severity.WARN} - confirmed
        wanted = set(by.rules) & doubtful if by is not None else set() if grave else doubtful
        return tuple(each for each in result.findings if each in grave or each.rule_id in wanted)

    def price(self) -> int:
        """What somebody said here that a part costs; 0 where nobody did: a guess of ours would be taken for theirs."""
        stored = self._accounts.setting(PRICE, 0)
        return stored if isinstance(stored, int) and 0 <= stored <= ESTIMATE_MAX else 0

    @needs(Permission.SET)
    def set_price(self, price: int) -> int:
        """In ten-thousandths of a yuan; raises SettingsError for what no message costs."""
        if not 0 <= price <= ESTIMATE_MAX:
            raise SettingsError("price", "This is no amount that a message costs")
        self._accounts.set_setting(PRICE, price)
        return price

    def sample(self, campaign: Campaign, count: int) -> tuple[Reader, ...]:
        """Some of the audience; nobody where it has nobody yet."""
        return self._readers(campaign, self._clock())[:count]

    def _readers(self, campaign: Campaign, now: datetime) -> tuple[Reader, ...]:
        if not _screened(campaign):
            found = self._customers.some(campaign.audience, campaign.entity_uscc, now, SAMPLE)
            return tuple(map(reader_of, found))
        members = [customer_id for _, customer_id in self._campaigns.members(campaign.id, 0, SAMPLE)]
        known = self._customers.by_ids(members)
        return tuple(reader_of(known[member]) for member in members if member in known)


def problem_of(signature: Signature, campaign: Campaign, day: date) -> str:
    """Why this campaign cannot be signed so on that day; the rules say the same once it is chosen."""
    problem = standing(signature, campaign.entity_uscc, day)
    return problem or ("" if campaign.purpose in signature.scopes else "other_scope")


def by_day(now: datetime) -> datetime:
    """A text without a date to send is judged as one that leaves by day: when it leaves is asked in another step."""
    local = now.astimezone(BEIJING)
    if DAY[0] <= local.time() < DAY[1]:
        return now
    day = local.date() + timedelta(days=local.time() >= DAY[1])
    return datetime.combine(day, DAY[0], BEIJING)


def _screened(campaign: Campaign) -> bool:
    """Whether the frozen audience is the one that the campaign now has."""
    return campaign.snapshot_size > 0 and campaign.state not in (CampaignState.DRAFT, CampaignState.SCREENING)


def _may_be_own(rule: Rule, finding: Finding) -> bool:
    """Of a public shortener, or of what holds the name of one, never: it is warned of whoever registers it."""
    if rule.kind != FOREIGN:
        return False
    written = _NO_LINK.sub("", unicodedata.normalize("NFKC", finding.text).casefold())
    shorteners = "|".join(map(re.escape, rule.options["shorteners"]))
    return re.search(rf"(?<![a-z0-9-])(?:{shorteners})(?![a-z0-9-]|\.[a-z0-9])", written) is None


def _problems(findings: tuple[Finding, ...], request: CheckRequest, offset: int, engine: Engine) -> tuple[Problem, ...]:
    values = Template.parse(request.body).render(request.variables).value_spans
    seen: Counter[tuple[str, str]] = Counter()
    problems = []
    for finding in findings:
        rule = engine.rule(finding.rule_id)
        why = rule.about[engine.language] if rule is not None else ""
        kind = (finding.rule_id, finding.text)
        place = place_in_body(finding.span, values, offset)
        problems.append(Problem(finding, why, place, seen[kind], rule is not None and _may_be_own(rule, finding)))
        seen[kind] += 1
    return tuple(sorted(problems, key=lambda p: (-p.finding.severity, p.finding.span.start)))
