"""What a campaign's proof is made of, read from one moment of the workspace in windows of a bounded size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.errors import NotFound
from campaign_app.domain.ports_evidence import ChainEntry, ClaimedIn, Compared, SentMessage, SentWindow, SourceTold
from campaign_app.storage import schema
from campaign_app.storage.audit import checked_rows
from campaign_app.storage.claimed import claimed_in
from campaign_app.storage.comparing import compare
from campaign_app.storage.engine import Database
from campaign_app.storage.facts import receipt_of
from campaign_app.storage.keys import KeyedHashes
from campaign_app.storage.lists import rows_among
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_sending import ledger, ledger_outcome, submission

WINDOW: Final = 5_000  # messages
_SALT_BYTES: Final = 16
_fact, _customer = schema.consent_fact.c, schema.customer.c
_OF_CAMPAIGN: Final = ledger.c.campaign_id == sa.bindparam("campaign")
_SENT: Final = (
    sa.select(
        ledger.c.id,
        ledger.c.seq,
        _customer.account_id,
        submission.c.account_id.label("sender_id"),
        _customer.ref,
        ledger.c.message_id,
        ledger.c.dedupe_key,
        ledger.c.text,
        submission.c.claimed_at,
        _fact.source_id,
        _fact.leaf,
        _fact.leaf_index,
    )
    .join(submission, submission.c.id == ledger.c.submission_id)
    .join(schema.customer, _customer.id == ledger.c.customer_id)
    .join(schema.consent_fact, _fact.id == ledger.c.fact_id)
    .where(_OF_CAMPAIGN, ledger.c.seq > sa.bindparam("after"))
    .order_by(ledger.c.seq)
    .limit(sa.bindparam("most"))
)
_outcome = ledger_outcome.c
_OUTCOMES: Final = sa.select(
    _outcome.ledger_id, _outcome.outcome, _outcome.code, _outcome.provider_id, _outcome.at
).order_by(_outcome.ledger_id, _outcome.n)
_SOURCES: Final = sa.select(schema.consent_source)
_RECEIPTS: Final = sa.select(schema.consent_receipt)
_COUNT: Final = sa.select(sa.func.count()).select_from(ledger).where(_OF_CAMPAIGN)
_PLACES: Final = (
    sa.select(_customer.account_id, ledger.c.seq)
    .join(schema.customer, _customer.id == ledger.c.customer_id)
    .where(
        # shop by shop, as the index of references goes
        _customer.account_id.in_(sa.select(schema.account.c.id)),
        _customer.ref == sa.bindparam("ref"),
        # the sum keeps it from beginning with all messages of the campaign
        ledger.c.campaign_id + 0 == sa.bindparam("campaign"),
    )
    .order_by(ledger.c.seq)
)
_LENGTH: Final = sa.select(sa.func.coalesce(sa.func.max(schema.audit.c.id), 0))


@dataclass(frozen=True, slots=True)
class SqlEvidence:
    """Implements `domain.ports_evidence.EvidenceStore`."""

    db: Database
    workspace_id: str
    hashes: KeyedHashes = field(repr=False)
    key: bytes = field(repr=False)

    @contextmanager
    def sent(self, campaign_id: int) -> Iterator[Iterator[SentWindow]]:
        with self.db.read() as connection:
            yield self._windows(connection, campaign_id)

    def sent_one(self, campaign_id: int, seq: int) -> tuple[SentWindow, ClaimedIn | None]:
        with self.db.read() as connection:
            window = self._window(connection, campaign_id, seq - 1, 1)
            if [message.seq for message in window.messages] != [seq]:
                raise NotFound("evidence_person", "The ledger has no such message", campaign=campaign_id)
            return window, claimed_in(connection, campaign_id, seq)

    def counted(self, campaign_id: int) -> int:
        with self.db.read() as connection:
            return connection.execute(_COUNT, {"campaign": campaign_id}).scalar_one()

    def places(self, campaign_id: int, ref: str) -> tuple[tuple[int, int], ...]:
        with self.db.read() as connection:
            rows = connection.execute(_PLACES, {"campaign": campaign_id, "ref": ref}).all()
        return tuple((row.account_id, row.seq) for row in rows)

    def person_hash(self, account_id: int, ref: str) -> bytes:
        return self.hashes.of_ref(CustomerRef(account_id, ref))

    def chain(self) -> Iterator[ChainEntry]:
        with self.db.read() as connection:
            for row in checked_rows(connection):
                number, at, action, actor, facts, *_ = row
                yield ChainEntry(number, at, action, actor, facts, self._salt(b"entry", number, 0))

    def chain_length(self) -> int:
        with self.db.read() as connection:
            return int(connection.execute(_LENGTH).scalar_one())

    def compare(self, tick: Callable[[float], object]) -> Compared:
        return compare(self.db, tick)

    def _windows(self, connection: sa.Connection, campaign_id: int) -> Iterator[SentWindow]:
        after = -1
        while (window := self._window(connection, campaign_id, after, WINDOW)).messages:
            after = window.messages[-1].seq
            yield window

    def _window(self, connection: sa.Connection, campaign_id: int, after: int, most: int) -> SentWindow:
        rows = connection.execute(_SENT, {"campaign": campaign_id, "after": after, "most": most}).all()
        outcomes = _outcomes(connection, [row.id for row in rows])
        messages = [self._message(campaign_id, row, outcomes.get(row.id, ())) for row in rows]
        return SentWindow(messages, _sources(connection, {message.source for message in messages}))

    def _message(self, campaign_id: int, row: AnyRow, outcomes: Sequence[tuple[str, str, str, int]]) -> SentMessage:
        _, seq, account_id, sender_id, ref, message_id, who, text, claimed_at, source, leaf, leaf_index = row
        salt = self._salt(b"record", campaign_id, seq)
        # a fact without a source was never proven; the gate lets none through
        consent = source or 0, leaf or "", leaf_index or 0
        told = tuple(outcomes)
        return SentMessage(
            seq, account_id, sender_id, ref, message_id, who, salt, text, claimed_at, *consent, outcomes=told
        )

    def _salt(self, kind: bytes, first: int, second: int) -> bytes:
        place = first.to_bytes(8, "big") + second.to_bytes(8, "big")
        return blake2b(place, digest_size=_SALT_BYTES, key=self.key, person=kind).digest()


def _outcomes(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[tuple[str, str, str, int]]]:
    found: dict[int, list[tuple[str, str, str, int]]] = {}
    for row in rows_among(connection, _OUTCOMES, ledger_outcome.c.ledger_id, ids):
        ledger_id, outcome, code, provider_id, at = row
        found.setdefault(ledger_id, []).append((outcome, code, provider_id, at))
    return found


def _sources(connection: sa.Connection, ids: set[int]) -> dict[int, SourceTold]:
    rows = list(rows_among(connection, _SOURCES, schema.consent_source.c.id, ids))
    wanted = {row.receipt_row for row in rows if row.receipt_row is not None}
    receipts = {
        row.id: receipt_of(row) for row in rows_among(connection, _RECEIPTS, schema.consent_receipt.c.id, wanted)
    }
    return {
        row.id: SourceTold(
            row.account_id,
            row.issuer_uscc,
            row.platform,
            row.api_version,
            row.api_method,
            row.request_id,
            row.receipt_id,
            bool(row.simulated),
            receipts.get(row.receipt_row),
        )
        for row in rows
    }
