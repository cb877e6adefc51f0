"""What a platform's API said of one customer's consent, and with which evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

# the note of a fact that says: the platform has erased this person
REDACTED: Final = "redacted"


class ConsentStatus(StrEnum):
    """`no_record`: the platform knows of no consent. `unknown`: it did not say, or not in a way that can be trusted."""

    CONFIRMED = "confirmed"
    DEFAULT = "default"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    PENDING = "pending"
    UNKNOWN = "unknown"
    NO_RECORD = "no_record"


class ConsentMethod(StrEnum):
    EXPLICIT_TOGGLE = "explicit_toggle"
    DOUBLE_OPT_IN = "double_opt_in"
    REPLY_YES = "reply_yes"
    PAPER = "paper"
    PRE_TICKED = "pre_ticked"
    BUNDLED_TERMS = "bundled_terms"
    REGISTRATION_DEFAULT = "registration_default"
    NONE = "none"
    UNKNOWN = "unknown"


EXPLICIT_METHODS = frozenset(
    {ConsentMethod.EXPLICIT_TOGGLE, ConsentMethod.DOUBLE_OPT_IN, ConsentMethod.REPLY_YES, ConsentMethod.PAPER}
)
# 消费者权益保护法实施条例 23 and MIIT 2021-10-25: a default or bundled consent is no consent
DEFAULT_METHODS = frozenset({ConsentMethod.PRE_TICKED, ConsentMethod.BUNDLED_TERMS, ConsentMethod.REGISTRATION_DEFAULT})


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    ANY = "any"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CustomerRef:
    """The platform's own id of a customer within one connected account."""

    account_id: int
    ref: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact comes from. `leaf` is the canonical JSON whose SHA-256 stands in the receipt at `leaf_index`.

    `api_method`: what was asked, by the platform's own name; "" in facts from before that was kept.
    """

    issuer_uscc: str
    platform: str
    api_version: str
    simulated: bool
    request_id: str
    receipt_id: str
    leaf: str
    leaf_index: int
    api_method: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One signed answer page: a JWS over the Merkle root of its leaf hashes (32 bytes each, concatenated).

    Of a page that came with holes the nodes are kept that prove what did come (`transport.proofs`).
    """

    receipt_id: str
    account_id: int
    jws: str
    leaf_hashes: bytes = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """Appended, never changed. All times are aware UTC; `observed_at` is ours, the others are the platform's.

    `evidence` is None where nothing was proven; such a fact never confirms anybody. `note` says why it is unknown.
    """

    ref: CustomerRef
    status: ConsentStatus
    observed_at: datetime
    method: ConsentMethod = ConsentMethod.UNKNOWN
    channel: Channel = Channel.UNKNOWN
    purposes: frozenset[str] = frozenset()
    entity_uscc: str = ""
    obtained_at: datetime | None = None
    expires_at: datetime | None = None
    withdrawn_at: datetime | None = None
    max_per_month: int | None = None
    checked_at: datetime | None = None
    evidence: Evidence | None = None
    note: str = ""

    @property
    def redacted(self) -> bool:
        """Whether the platform says that it erased this person: then they are erased here too."""
        return self.status is ConsentStatus.UNKNOWN and self.note == REDACTED

    @property
    def says(self) -> tuple[object, ...]:
        """What the gate goes by, whenever it was agreed and read."""
        proof, dated = self.evidence, self.obtained_at is not None and self.checked_at is not None
        proven = None if proof is None else (proof.issuer_uscc, proof.simulated)
        return (
            self.status, self.method, self.channel, self.purposes, self.entity_uscc, dated, self.expires_at,
            self.withdrawn_at, self.max_per_month, proven,
        )  # fmt: skip

    @classmethod
    def unknown(cls, ref: CustomerRef, *, note: str, observed_at: datetime) -> ConsentFact:
        return cls(ref=ref, status=ConsentStatus.UNKNOWN, observed_at=observed_at, note=note)


class SuppressionKind(StrEnum):
    """Per legal entity. The first three beat everything; `withdrawn` is a platform's withdrawal, kept as a mark."""

    COMPLAINT = "complaint"
    OPT_OUT = "opt_out"
    MINOR = "minor"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Suppression:
    """`key` is HMAC(phone) or HMAC(account, ref) under the workspace key, 32 bytes.

    `by`: who put it down, "" for the program.
    """

    entity_uscc: str
    key: bytes = field(repr=False)
    kind: SuppressionKind
    since: datetime
    source: str
    note: str = ""
    by: str = ""


LIFTABLE: Final = frozenset({SuppressionKind.OPT_OUT, SuppressionKind.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class LocalOptOut:
    """Somebody said no here; their platform is told so. `reason`: reply, complaint or by_hand."""

    ref: CustomerRef
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """What one platform has yet to be told: how many opt-outs, since when the oldest waits, how many it refused.

    `untellable`: those of a platform that takes none.
    """

    waiting: int = 0
    oldest: datetime | None = None
    refused: int = 0
    untellable: int = 0


class Reason(StrEnum):
    """Why somebody is not reached; the gate's in order of precedence, then the funnel's own five."""

    SUPPRESSED_COMPLAINT = "suppressed_complaint"
    SUPPRESSED_OPT_OUT = "suppressed_opt_out"
    MINOR = "minor"
    INVALID_PHONE = "invalid_phone"
    NO_RECORD = "no_record"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    PENDING = "pending"
    DEFAULT_CONSENT = "default_consent"
    EXPIRED = "expired"
    NOT_CONFIRMED = "not_confirmed"
    UNKNOWN = "unknown"
    FUTURE_DATED = "future_dated"
    WRONG_CHANNEL = "wrong_channel"
    WRONG_ENTITY = "wrong_entity"
    WRONG_PURPOSE = "wrong_purpose"
    STALE = "stale"
    FREQUENCY_CAP = "frequency_cap"
    OK = "ok"
    DUPLICATE_NUMBER = "duplicate_number"
    CONTENT = "content"
    PROVIDER_CAP = "provider_cap"
    HOUSE_CAP = "house_cap"
    WINDOW = "window"
