"""The platform itself: what is true now, what was accepted, and what comes back. No HTTP in here."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from campaign_app.sandbox.config import SandboxConfig, Shop
from campaign_app.sandbox.ledger import Ledger, Row
from campaign_app.sandbox.mixing import chance
from campaign_app.sandbox.people import Population
from campaign_app.sandbox.receipt_keys import ReceiptKeys
from campaign_app.sandbox.truth import Truth, Truths
from campaign_app.sandbox.words import FAILURE_CODES, OPT_OUT_REPLIES, ORDINARY_REPLIES, REJECTION_CODES
from campaign_app.transport.receipts import utc_text
from campaign_app.transport.wire import MessagesRequest, OptOut, TrialMessage, WireMessage

REJECTED: Final = 0.003
FAILED: Final = 0.03
REPLIED: Final = 0.015
OPT_OUT_SHARE: Final = 0.6
COMPLAINED: Final = 0.0001


class Inbound(NamedTuple):
    inbound_id: str
    who: int
    text: str
    at: str


class Complaint(NamedTuple):
    complaint_id: str
    who: int
    provider_id: str
    at: str


class Change(NamedTuple):
    who: int
    at: str


class Outcome(NamedTuple):
    message_id: str
    status: str
    provider_id: str = ""
    code: str = ""


@dataclass(slots=True)
class Streams:
    """What one shop can page through; a cursor is a position in one of these."""

    changes: list[Change] = field(default_factory=list)
    inbound: list[Inbound] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    accepted: list[tuple[Row, datetime]] = field(default_factory=list)
    reported: int = 0  # of `accepted`, those whose report is due


class Reaction(NamedTuple):
    """A person answers at `due`: a reply, or a complaint."""

    due: datetime
    seq: int
    shop: Shop
    who: int
    reply: str | None
    provider_id: str


class Platform:
    """Two shops of one entity. The clock may be skewed by `skew` seconds at run time."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.population = Population(config)
        self.truths = Truths(config)
        self.ledger = Ledger()
        self.receipt_keys = ReceiptKeys(config.seed)
        self.withheld: frozenset[str] = frozenset()  # capabilities that this server does not offer
        self._redacted: defaultdict[int, set[int]] = defaultdict(set)
        self.skew = 0.0
        self.delay = config.reaction_delay
        self._streams: defaultdict[int, Streams] = defaultdict(Streams)
        self._reactions: list[Reaction] = []

    def now(self) -> datetime:
        return self.config.clock() + timedelta(seconds=self.skew)

    def streams(self, shop: Shop) -> Streams:
        """What has come in up to now."""
        self._settle()
        return self._streams[shop.number]

    def truth_of(self, shop: Shop, refs: Sequence[str]) -> list[Truth]:
        self._settle()
        return self.truths.of(shop, self.population.indices_of(shop, refs))

    # --- people who are no more ---

    def redact(self, shop: Shop, index: int) -> None:
        """The shop was asked to erase somebody: the listing names them once more, as a reference only."""
        self._redacted[shop.number].add(index)

    def redacted(self, shop: Shop) -> frozenset[int]:
        return frozenset(self._redacted[shop.number])

    # --- consent ---

    def change(self, shop: Shop, index: int, truth: Truth) -> None:
        """Sets somebody's truth; it shows in consents/changes."""
        self.truths.change(shop, index, truth)
        self._streams[shop.number].changes.append(Change(index, utc_text(self.now()) or ""))

    def opt_out(self, shop: Shop, item: OptOut) -> bool:
        """False for a ref that this shop never handed out."""
        index = self.population.index_of(shop, item.ref)
        if index is None:
            return False
        self._withdraw(shop, index, min(item.occurred_at, self.now()))
        return True

    def _withdraw(self, shop: Shop, index: int, at: datetime) -> None:
        (known,) = self.truths.of(shop, [index])
        if known.status != "withdrawn":
            self.change(shop, index, replace(known, status="withdrawn", withdrawn_at=int(at.timestamp())))

    # --- messages ---

    def accept(self, shop: Shop, key: str, request: MessagesRequest) -> list[Outcome]:
        """Takes a batch over; what is accepted here was sent, as far as anybody can tell."""
        refs = [message.ref for message in request.messages]
        indices = self.population.indices_of(shop, refs)
        truths = self.truth_of(shop, refs)
        return [
            self._accept_one(shop, (key, request.purpose), message, index, truth)
            for message, index, truth in zip(request.messages, indices, truths, strict=True)
        ]

    def _accept_one(
        self, shop: Shop, batch: tuple[str, str], message: WireMessage, index: int | None, truth: Truth
    ) -> Outcome:
        if index is None:
            return Outcome(message.message_id, "rejected", code="unknown_ref")
        draw = self._unrest("reject", message.message_id)
        if draw < REJECTED:
            return Outcome(message.message_id, "rejected", code=_pick(REJECTION_CODES, draw / REJECTED))
        now, (key, purpose) = self.now(), batch
        confirmed = truth.confirms(purpose, now.timestamp())
        seq, at = len(self.ledger.rows) + 1, utc_text(now) or ""
        row = Row(
            seq=seq,
            shop=shop.code,
            key=key,
            message_id=message.message_id,
            ref=message.ref,
            purpose=purpose,
            accepted_at=at,
            confirmed=confirmed,
        )
        self.ledger.append(row, message.text)
        due = now + timedelta(seconds=self.delay)
        self._streams[shop.number].accepted.append((row, due))
        self._expect_reaction(shop, index, row, due)
        return Outcome(message.message_id, "accepted", provider_id=provider_id(row))

    def accept_trial(self, shop: Shop, key: str, message: TrialMessage) -> Outcome:
        """Takes a test message to a staff number; a customer's number is none."""
        if self.population.persons_of([message.phone])[0] is not None:
            return Outcome(message.message_id, "rejected", code="customer_number")
        at = utc_text(self.now()) or ""
        row = self.ledger.take_trial(shop.code, key, message.message_id, message.phone, message.text, at)
        return Outcome(message.message_id, "accepted", provider_id=f"t{row.seq}")

    def failure(self, row: Row) -> str:
        """Why a message was not delivered, or "" if it was."""
        draw = self._chance("fail", row.message_id)
        return _pick(FAILURE_CODES, draw / FAILED) if draw < FAILED else ""

    # --- what comes back ---

    def _expect_reaction(self, shop: Shop, index: int, row: Row, due: datetime) -> None:
        draw = self._unrest("react", row.message_id)
        if draw >= REPLIED + COMPLAINED or self.failure(row):
            return
        reply = self._reply(row.message_id) if draw < REPLIED else None
        heapq.heappush(self._reactions, Reaction(due, row.seq, shop, index, reply, provider_id(row)))

    def _reply(self, message_id: str) -> str:
        words = OPT_OUT_REPLIES if self._chance("stop", message_id) < OPT_OUT_SHARE else ORDINARY_REPLIES
        return _pick(words, self._chance("words", message_id))

    def _settle(self) -> None:
        """Lets everything happen that is due by now."""
        now = self.now()
        while self._reactions and self._reactions[0].due <= now:
            self._happen(heapq.heappop(self._reactions))
        for streams in self._streams.values():
            while streams.reported < len(streams.accepted) and streams.accepted[streams.reported][1] <= now:
                streams.reported += 1

    def _happen(self, reaction: Reaction) -> None:
        if reaction.reply is None:
            self.complain(reaction.shop, reaction.who, reaction.provider_id, reaction.due)
        else:
            self.reply(reaction.shop, reaction.who, reaction.reply, reaction.due)

    def reply(self, shop: Shop, index: int, text: str, at: datetime | None = None) -> None:
        """Somebody writes back; an opt-out counts at once."""
        inbound, at = self._streams[shop.number].inbound, at or self.now()
        inbound.append(Inbound(f"i{shop.number}-{len(inbound) + 1}", index, text, utc_text(at) or ""))
        if text in OPT_OUT_REPLIES:
            self._withdraw(shop, index, at)

    def complain(self, shop: Shop, index: int, provider_id: str, at: datetime | None = None) -> None:
        """Somebody complained at 12321."""
        complaints, at = self._streams[shop.number].complaints, at or self.now()
        name = f"c{shop.number}-{len(complaints) + 1}"
        complaints.append(Complaint(name, index, provider_id, utc_text(at) or ""))

    def _unrest(self, salt: str, name: str) -> float:
        return 1.0 if self.config.calm else self._chance(salt, name)

    def _chance(self, salt: str, name: str) -> float:
        return chance(self.config.seed, salt, name)


def provider_id(row: Row) -> str:
    return f"p{row.seq}"


def _pick(words: Sequence[str], draw: float) -> str:
    return words[min(int(draw * len(words)), len(words) - 1)]
