"""What a self-check report counts: a period, and the rows that a workspace has of it.

Each kind of row is the answer of one named query (`QUERIES`); a number of the report is a sum over rows of one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Final, Protocol

from campaign_app.domain.errors import SettingsError

BEIJING: Final = timezone(timedelta(hours=8))
LONGEST: Final = timedelta(days=3 * 366)
_QUARTERS: Final = 4


class Stage(StrEnum):
    """Of 自查自纠: what was found, what is being put right, what a second look says."""

    CHECK = "check"
    FIX = "fix"
    RECHECK = "recheck"


@dataclass(frozen=True, slots=True)
class Period:
    """Days of Beijing, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not self.first <= self.last or self.last - self.first > LONGEST:
            raise SettingsError("bad_period", "A period ends after it begins, and within three years")

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), BEIJING)

    @property
    def until(self) -> datetime:
        """The moment after its end."""
        return datetime.combine(self.last, time(), BEIJING) + timedelta(days=1)

    @property
    def months(self) -> tuple[str, ...]:
        """Every month that it touches: 2026-11."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        places = (self.first.year * 12 + self.first.month - 1 + n for n in range(count))
        return tuple(f"{place // 12}-{place % 12 + 1:02d}" for place in places)

    @classmethod
    def year(cls, year: int) -> Period:
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Period:
        if not 1 <= quarter <= _QUARTERS:
            raise SettingsError("bad_period", "A year has four quarters")
        return cls(date(year, 3 * quarter - 2, 1), _end_of(year, 3 * quarter))

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        return cls(date(year, month, 1), _end_of(year, month))


def _end_of(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShopRow:
    """A connected account. `customers` are those known now, `sent` the messages that it handed over in the period."""

    account_id: int
    label: str
    platform: str
    entity_uscc: str
    entity: str
    issuer_uscc: str
    issuer: str
    simulated: bool
    customers: int
    sent: int


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign of which something was claimed in the period."""

    campaign_id: int
    name: str
    entity_uscc: str
    purpose: str
    signature: str
    state: str
    approved_by: str
    rule_packs: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class BatchRow:
    """Messages that a campaign claimed over an account in a month of the period."""

    campaign_id: int
    account_id: int
    month: str
    messages: int


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What became of them by now; "" for those of which nothing is known yet."""

    campaign_id: int
    outcome: str
    messages: int


@dataclass(frozen=True, slots=True)
class GroundRow:
    """On which consents they rest: how those were given."""

    campaign_id: int
    method: str
    messages: int


@dataclass(frozen=True, slots=True)
class IssuerRow:
    """Who confirmed the consents on which they rest."""

    campaign_id: int
    issuer_uscc: str
    messages: int


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """What the gate, or what follows it, said of the people of a campaign; "" for nothing yet."""

    campaign_id: int
    reason: str
    people: int


@dataclass(frozen=True, slots=True)
class StopRow:
    """People whose text a rule kept back; somebody may be counted for several rules."""

    campaign_id: int
    rule: str
    rule_packs: str
    people: int


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A rule that warned of a campaign, and who confirmed that it may be sent; "" for nobody."""

    campaign_id: int
    rule: str
    confirmed_by: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """As an account reports it now. `filed` by carriers: None where it does not say."""

    account_id: int
    text: str
    owner_uscc: str
    status: str
    filed: bool | None
    scopes: str
    valid_until: str
    port: str
    campaigns: int


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """People known now, by the newest answer of their platform; status and method "" where there never was one."""

    account_id: int
    status: str
    method: str
    purposes: str
    people: int


@dataclass(frozen=True, slots=True)
class MarkRow:
    """Marks of the suppression list from the period; a person has one for each number and reference."""

    kind: str
    source: str
    marks: int


@dataclass(frozen=True, slots=True)
class OptOutRow:
    """A reply that opts out: when it was sent, and when it was here and in force. `who` is masked."""

    account_id: int
    campaign_id: int | None
    who: str
    received_at: datetime
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class ToldRow:
    """An opt-out that a platform is to be told."""

    account_id: int
    reason: str
    state: str
    since: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class LateRow:
    """A message that was claimed after its person had opted out or complained, and before any later grant."""

    campaign_id: int
    message_id: str
    kind: str
    since: datetime
    claimed_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A complaint case. `stored_at`: when it was put down here, which suppresses its person at once."""

    case_id: int
    source: str
    state: str
    number: str
    account_id: int | None
    campaign_id: int | None
    received_at: datetime
    stored_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """What somebody has to put right after a look-back: put down in the period, or before it and still open."""

    task_id: int
    campaign_id: int
    reason: str
    what: str
    owner: str
    due: str
    done: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class WordingRow:
    """A check of a wording by which consent is asked for; `findings` is how many there were."""

    entity_uscc: str
    kind: str
    name: str
    file_sha256: str
    findings: int
    rule_packs: str
    checked_by: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class PeakRow:
    """A plan for a peak with a day in the period. `on_duty`: names, as the plan has them; `duty` is how many.

    `open_items` are the keys of what was not in order when a person called it ready (or over, where nobody had), and
    `open` is how many; None of a draft, of which nobody said anything.
    """

    plan_id: int
    name: str
    first: str
    last: str
    entities: str
    state: str
    open_items: str
    open: int | None
    on_duty: str
    duty: int
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class PauseRow:
    """Everything was paused: in the period, or before it for a plan with a day in it.

    `seconds` from the command until the last batch was settled, and the messages that were answered after it: None
    where that is not known (`result`).
    """

    pause_id: int
    plan_id: int
    plan: str
    drill: bool
    asked_by: str
    asked_at: datetime
    campaigns: int
    result: str
    seconds: float | None
    messages: int | None


AnyRow = (
    ShopRow | CampaignRow | BatchRow | OutcomeRow | GroundRow | IssuerRow | ReasonRow | StopRow | WarningRow
    | SignatureRow | ConsentRow | MarkRow | OptOutRow | ToldRow | LateRow | ComplaintRow | TaskRow | WordingRow
    | PeakRow | PauseRow
)  # fmt: skip
QUERIES: Final[Mapping[str, type[AnyRow]]] = {
    "shops": ShopRow,
    "campaigns": CampaignRow,
    "batches": BatchRow,
    "outcomes": OutcomeRow,
    "grounds": GroundRow,
    "issuers": IssuerRow,
    "reasons": ReasonRow,
    "stops": StopRow,
    "warnings": WarningRow,
    "signatures": SignatureRow,
    "consents": ConsentRow,
    "marks": MarkRow,
    "opt_outs": OptOutRow,
    "told": ToldRow,
    "late": LateRow,
    "complaints": ComplaintRow,
    "tasks": TaskRow,
    "wordings": WordingRow,
    "peaks": PeakRow,
    "pauses": PauseRow,
}


class Facts(Protocol):
    """The rows of one period as they are at one moment; each may be read again. Short unless said otherwise."""

    def shops(self) -> Sequence[ShopRow]: ...
    def campaigns(self) -> Sequence[CampaignRow]: ...
    def batches(self) -> Sequence[BatchRow]: ...
    def outcomes(self) -> Sequence[OutcomeRow]: ...
    def grounds(self) -> Sequence[GroundRow]: ...
    def issuers(self) -> Sequence[IssuerRow]: ...
    def reasons(self) -> Sequence[ReasonRow]: ...
    def stops(self) -> Sequence[StopRow]: ...
    def warnings(self) -> Sequence[WarningRow]: ...
    def signatures(self) -> Sequence[SignatureRow]: ...
    def consents(self) -> Sequence[ConsentRow]: ...
    def marks(self) -> Sequence[MarkRow]: ...
    def opt_outs(self) -> Iterable[OptOutRow]:
        """As many as there were; read in pages."""
        ...

    def told(self) -> Iterable[ToldRow]:
        """As many as there were; read in pages."""
        ...

    def late(self) -> Sequence[LateRow]: ...
    def complaints(self) -> Iterable[ComplaintRow]:
        """As many as there were; read in pages."""
        ...

    def tasks(self) -> Sequence[TaskRow]: ...
    def wordings(self) -> Sequence[WordingRow]: ...
    def peaks(self) -> Sequence[PeakRow]: ...
    def pauses(self) -> Sequence[PauseRow]: ...
    def audit_head(self) -> tuple[int, bytes]: ...


class ReportStore(Protocol):
    def facts(self, period: Period, step: Callable[[], object]) -> AbstractContextManager[Facts]:
        """`step` is called between any two statements, every few seconds at least, and may raise to cancel."""
        ...
