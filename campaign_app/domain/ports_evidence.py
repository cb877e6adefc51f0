"""What a proof of a campaign is made of, as the workspace hands it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from campaign_app.domain.consent import Receipt


@dataclass(frozen=True, slots=True)
class SourceTold:
    """The answer page that a consent came in; `receipt` is None for a platform that signs nothing."""

    account_id: int
    issuer_uscc: str
    platform: str
    api_version: str
    api_method: str
    request_id: str
    receipt_id: str
    simulated: bool
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message of the ledger with the consent that justified it.

    `who` is the keyed hash of the number, of the reference where no number is known. `salt`: 16 bytes that nobody
    without the workspace can guess, always the same. `source` numbers a `SourceTold`. Times in milliseconds since 1970.
    `outcomes`: (outcome, code, provider's id, time), the oldest first.
    """

    seq: int
    account_id: int
    sender_id: int
    ref: str
    message_id: str
    who: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    text: str = field(repr=False)
    claimed_at: int
    source: int
    leaf: str = field(repr=False)
    leaf_index: int
    outcomes: tuple[tuple[str, str, str, int], ...]


@dataclass(frozen=True, slots=True)
class SentWindow:
    """Some messages in the order of the campaign, and the sources that they came from."""

    messages: Sequence[SentMessage]
    sources: Mapping[int, SourceTold]


@dataclass(frozen=True, slots=True)
class ClaimedIn:
    """The batch that a message was claimed in, by the root that an entry of the audit was told at that moment.

    `row`: the message's own number in the ledger, those of its batch, its customer and its consent fact. `path`: from
    the message's leaf to the root, as `domain.chained.path` gives it.
    """

    batch: str
    entry: int
    row: tuple[int, int, int, int]
    path: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """An entry of the audit; `facts` is its canonical JSON text as it was hashed, `at_ms` milliseconds since 1970."""

    number: int
    at_ms: int
    action: str
    actor: str
    facts: str = field(repr=False)
    salt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Compared:
    """What the tables were found to agree with: `entries` of the audit, and of these the `roots` over `rows`.

    `before`: rows from before there were roots, of which only the number is known.
    """

    entries: int
    roots: int
    rows: int
    before: int


class EvidenceStore(Protocol):
    """Everything of one workspace that may become evidence."""

    @property
    def workspace_id(self) -> str: ...

    def sent(self, campaign_id: int) -> AbstractContextManager[Iterator[SentWindow]]:
        """The campaign's messages as they are at one moment, in windows of a bounded size."""
        ...

    def sent_one(self, campaign_id: int, seq: int) -> tuple[SentWindow, ClaimedIn | None]:
        """One message, and its batch; None where no entry of the audit tells of it: it was claimed before schema 25.

        Raises WorkspaceError `record_differs` where the rows are not as that entry says.
        """
        ...

    def counted(self, campaign_id: int) -> int:
        """How many messages the ledger has of it."""
        ...

    def places(self, campaign_id: int, ref: str) -> tuple[tuple[int, int], ...]:
        """(account, seq) of everybody with this reference among whom the ledger has a message to."""
        ...

    def person_hash(self, account_id: int, ref: str) -> bytes:
        """The keyed hash by which the audit names a customer."""
        ...

    def chain(self) -> Iterator[ChainEntry]:
        """Every entry of the audit from the first to the newest. Raises WorkspaceError `damaged` if it is broken."""
        ...

    def chain_length(self) -> int: ...

    def compare(self, tick: Callable[[float], object]) -> Compared:
        """The tables with what the audit says of their rows; raises WorkspaceError.

        `damaged` (the chain is broken), `record_differs`, `record_missing`. `tick` is told how far it is (0 to 1).
        """
        ...


# kinds of entries that the program makes by the thousand; and as a kind: all but these
BY_THE_PAGE: Final = ("batch", "facts")
DECISIONS: Final = "decisions"


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which entries of the audit are wanted: of a kind ("" for all), of one campaign, with these words in them.

    `actions` and `parts` (of who did it) are what these words call by other names than are kept.
    """

    kind: str = ""
    campaign_id: int | None = None
    text: str = ""
    actions: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry of the audit as it is shown."""

    number: int
    at: datetime
    action: str
    actor: str
    facts: Mapping[str, str | int | bool | None]
    hash: bytes


class AuditReader(Protocol):
    def find(self, query: AuditQuery, newest: int, offset: int, limit: int) -> tuple[AuditLine, ...]:
        """The newest first, none newer than the entry `newest`."""
        ...

    def count(self, query: AuditQuery) -> tuple[int, int]:
        """How many there are, and the number of the newest entry of all."""
        ...
