"""Looking back: what today's rules and today's consents say of what was sent. Nothing that was sent is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from campaign_app.domain.consent import Reason


class Ground(StrEnum):
    """What a look-back finds beside the gate's own reasons, which it uses too (`Reason`)."""

    SIMILAR = "similar"  # alike to what somebody was sent who then refused
    SIGNATURE_EXPIRED = "signature_expired"
    SIGNATURE_SCOPE = "signature_scope"
    SIGNATURE_REFUSED = "signature_refused"
    RULE = "rule"
    RULE_WARNS = "rule_warns"  # a warning that nobody confirmed for the campaign
    SIGNATURE_UNKNOWN = "signature_unknown"
    TEXT_MISSING = "text_missing"
    TEXT_UNREAD = "text_unread"
    FACT_MISSING = "fact_missing"
    CONSENT_UNREAD = "consent_unread"


class Era(StrEnum):
    """Whether it was so when the message left, came about since, or nobody can tell."""

    THEN = "then"
    SINCE = "since"
    UNDATED = "undated"


class Kind(StrEnum):
    """`finding` is the merchant's to put right; `since` is nobody's fault; `unlooked` is not known, never good."""

    FINDING = "finding"
    UNLOOKED = "unlooked"
    SINCE = "since"


class RunState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


_ALWAYS: Final = frozenset(
    {
        *(Ground.SIMILAR, Ground.SIGNATURE_EXPIRED, Ground.SIGNATURE_SCOPE, Ground.SIGNATURE_REFUSED),
        *(Ground.RULE, Ground.RULE_WARNS, Reason.DEFAULT_CONSENT),
    }
)
_UNLOOKED: Final = frozenset(
    {
        *(Ground.SIGNATURE_UNKNOWN, Ground.TEXT_MISSING, Ground.TEXT_UNREAD, Ground.FACT_MISSING),
        *(Ground.CONSENT_UNREAD, Reason.UNKNOWN, Reason.STALE, Reason.FUTURE_DATED),
    }
)
# of several that hold for one message the first is its reason: the graver before the lighter
ORDER: Final[tuple[str, ...]] = (
    *(Reason.DEFAULT_CONSENT, Ground.SIMILAR, Reason.SUPPRESSED_COMPLAINT, Reason.SUPPRESSED_OPT_OUT, Reason.MINOR),
    *(Reason.NO_RECORD, Reason.WITHDRAWN, Reason.DECLINED, Reason.PENDING, Reason.EXPIRED, Reason.NOT_CONFIRMED),
    *(Reason.WRONG_CHANNEL, Reason.WRONG_ENTITY, Reason.WRONG_PURPOSE),
    *(Ground.SIGNATURE_EXPIRED, Ground.SIGNATURE_SCOPE, Ground.SIGNATURE_REFUSED, Ground.RULE, Ground.RULE_WARNS),
    *(Ground.TEXT_MISSING, Ground.TEXT_UNREAD, Ground.FACT_MISSING, Ground.CONSENT_UNREAD, Ground.SIGNATURE_UNKNOWN),
    *(Reason.UNKNOWN, Reason.STALE, Reason.FUTURE_DATED),
)
_RANK: Final = {reason: n for n, reason in enumerate(ORDER)}
_GRAVITY: Final = {Kind.FINDING: 0, Kind.UNLOOKED: 1, Kind.SINCE: 2}


def kind_of(reason: str, era: str) -> Kind:
    """A consent that ended since the message left is told apart from one that was no consent when it left."""
    if reason in _ALWAYS:
        return Kind.FINDING
    if reason in _UNLOOKED or era == Era.UNDATED:
        return Kind.UNLOOKED
    return Kind.FINDING if era == Era.THEN else Kind.SINCE


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that holds for a message. `rules`: which, where it is the text; `moment`: when it came about."""

    reason: str
    era: Era
    rules: tuple[str, ...] = ()
    moment: datetime | None = None

    @property
    def rank(self) -> tuple[int, int]:
        return _GRAVITY[kind_of(self.reason, self.era)], _RANK[self.reason]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which messages: claimed in [`since`, `until`), of these campaigns, or of any."""

    since: datetime
    until: datetime
    campaigns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """How many messages of a campaign have the same reason; `rules` are ids with commas between them."""

    campaign_id: int
    reason: str
    era: str
    rules: str
    messages: int

    @property
    def kind(self) -> Kind:
        return kind_of(self.reason, self.era)


@dataclass(frozen=True, slots=True)
class Run:
    """One look-back. `total` is what lies in its scope, `looked` = `ok` + the messages of all `groups`.

    `after` is the last batch that was looked at; `rule_packs` the version of the rules; `note` why it failed.
    """

    id: int
    scope: Scope
    state: RunState
    asked_by: str
    asked_at: datetime
    by_clock: bool = False
    rule_packs: str = ""
    total: int = 0
    ok: int = 0
    after: int = 0
    groups: tuple[Group, ...] = ()
    ended_at: datetime | None = None
    note: str = ""

    @property
    def looked(self) -> int:
        return self.ok + sum(group.messages for group in self.groups)

    def of_kind(self, kind: Kind) -> int:
        return sum(group.messages for group in self.groups if group.kind is kind)

    def counts(self) -> Mapping[str, int]:
        """They add up to `looked`."""
        return {"ok": self.ok, **{kind.value: self.of_kind(kind) for kind in Kind}}


@dataclass(frozen=True, slots=True)
class SentRow:
    """A message that was handed over, with what it rested on. `shop` is the account of its customer."""

    ledger_id: int
    campaign_id: int
    customer_id: int
    shop: int
    fact_id: int
    text: str = field(repr=False)
    sent_at: datetime
    person: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Window:
    """The messages of the next batches; `last` is the last of these, `ended` that none is left."""

    rows: tuple[SentRow, ...]
    last: int
    ended: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A message of a run that is not good. `also`: further reasons, with commas; `fact_id`: the fact of now, or 0."""

    ledger_id: int
    campaign_id: int
    customer_id: int
    reason: str
    era: str
    rules: str
    also: str
    fact_id: int
    moment: datetime | None
    sent_at: datetime

    @property
    def kind(self) -> Kind:
        return kind_of(self.reason, self.era)


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two runs, over the messages that lie in the scope of both: findings that came, went, or stayed."""

    new: int
    gone: int
    same: int
    new_groups: tuple[Group, ...] = ()
    gone_groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be put right, of which group of a run. `campaign_id` 0 is of no single campaign."""

    what: str
    owner: str
    due: date | None = None
    campaign_id: int = 0
    reason: str = ""
    rules: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A `Wish` that was put down, and how it stands."""

    id: int
    run_id: int
    wish: Wish
    done: bool
    note: str
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime
