"""The ledger of what was handed to senders: claimed before it leaves, settled by what the sender says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.campaign import SENDABLE_STATES, Campaign
from campaign_app.domain.consent import ConsentStatus, Reason
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.ports import PhoneKeys
from campaign_app.jobs.caps import NO_CAPS, Caps
from campaign_app.jobs.ports import AwaitingRow, Claim, LedgerRow, Submission
from campaign_app.storage import schema
from campaign_app.storage.accounts import require_source
from campaign_app.storage.billed import keep_billed
from campaign_app.storage.budgets import charge, parts_of
from campaign_app.storage.campaigns import put_reasons
from campaign_app.storage.caps import capped
from campaign_app.storage.doubles import doubled_among, renumbered_among, twins_of, without_doubles
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import fetch, fetch_first, fetch_value, read_first, read_rows, read_value
from campaign_app.storage.late import apply_early_arrivals, keep_refusals
from campaign_app.storage.lists import next_id, write_all, write_tuples
from campaign_app.storage.outcomes import SAME_ROW, Event, append_outcomes, standing_of_submission
from campaign_app.storage.people import Finder
from campaign_app.storage.registers import hold_port, signed_by
from campaign_app.storage.roots import keep_batch
from campaign_app.storage.rows import AnyRow, AnySelect
from campaign_app.storage.schema_sending import (
    campaign,
    campaign_member,
    ledger,
    ledger_latest,
    ledger_outcome,
    submission,
)
from campaign_app.storage.senders import require_sender, sender_of
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import plain_insert

_COLUMNS: Final = tuple(column.name for column in ledger.c)
_CONFIRMED: Final = ConsentStatus.CONFIRMED.value
_AT: Final = sa.select(submission).where(
    submission.c.campaign_id == sa.bindparam("campaign"), submission.c.first_seq == sa.bindparam("seq")
)
_SUBMISSION: Final = sa.select(submission).where(submission.c.id == sa.bindparam("which"))
_SETTLED: Final = sa.select(submission.c.settled).where(submission.c.id == sa.bindparam("which"))
_MESSAGE_IDS: Final = sa.select(ledger.c.message_id).where(ledger.c.submission_id == sa.bindparam("which"))
_LAST_CLAIMED: Final = sa.select(submission.c.claimed_at).order_by(submission.c.id.desc()).limit(1)
_CLAIMS: Final = sa.select(submission.c.claimed_at).where(submission.c.campaign_id == sa.bindparam("campaign"))
_FURTHEST: Final = _CLAIMS.order_by(submission.c.first_seq.desc()).limit(1)
_OF_CAMPAIGN: Final = submission.c.campaign_id == sa.bindparam("campaign")
_OPEN_FROM: Final = sa.select(sa.func.min(submission.c.first_seq) - 1).where(_OF_CAMPAIGN, submission.c.settled == 0)
_CLAIMED_TO: Final = sa.select(sa.func.max(submission.c.last_seq)).where(_OF_CAMPAIGN)
_DECIDED: Final = sa.select(sa.func.coalesce(_OPEN_FROM.scalar_subquery(), _CLAIMED_TO.scalar_subquery(), -1))
_sender: Final = schema.account.alias("sender")
# `simulated` is the sender's: the account itself, or the one that carries its messages
_MAY: Final = (
    sa.select(
        campaign.c.state,
        campaign.c.entity_uscc,
        campaign.c.approved_hash,
        campaign.c.approved_at,
        sa.func.coalesce(_sender.c.simulated, schema.account.c.simulated).label("simulated"),
    )
    .join(schema.account, schema.account.c.entity_uscc == campaign.c.entity_uscc)
    .outerjoin(schema.account_sender, schema.account_sender.c.account_id == schema.account.c.id)
    .outerjoin(_sender, _sender.c.id == schema.account_sender.c.sender_account_id)
    .where(campaign.c.id == sa.bindparam("campaign"), schema.account.c.id == sa.bindparam("account"))
)
_SINCE: Final = sa.select(sa.func.min(submission.c.id)).where(
    submission.c.account_id == sa.bindparam("account"), submission.c.claimed_at >= sa.bindparam("since")
)
_BEGINS: Final = sa.select(sa.func.min(ledger.c.id)).where(ledger.c.submission_id == _SINCE.scalar_subquery())
_AWAITED: Final = (Outcome.ACCEPTED.value, Outcome.UNKNOWN.value)
_AWAITING: Final = (
    sa.select(
        ledger.c.id,
        ledger.c.submission_id,
        submission.c.key,
        ledger.c.customer_id,
        ledger.c.message_id,
        submission.c.claimed_at,
    )
    # the sum keeps a page from beginning with all batches of the account, whose rows would be sorted for each
    .join(submission, submission.c.id == ledger.c.submission_id + 0)
    .outerjoin(ledger_latest, SAME_ROW)
    .where(
        submission.c.account_id == sa.bindparam("account"),
        submission.c.claimed_at >= sa.bindparam("since"),
        ledger.c.id > sa.bindparam("after"),
        sa.or_(ledger_latest.c.outcome.is_(None), ledger_latest.c.outcome.in_(_AWAITED)),
    )
    .order_by(ledger.c.id)
    .limit(sa.bindparam("limit"))
)
_ROW = sa.select(
    ledger.c.id,
    ledger.c.campaign_id,
    ledger.c.seq,
    ledger.c.customer_id,
    ledger.c.fact_id,
    ledger.c.message_id,
    ledger.c.text,
).order_by(ledger.c.id)


@dataclass(frozen=True, slots=True)
class SqlLedger:
    """Implements `jobs.ports.Ledger`."""

    db: Database
    hashes: PhoneKeys = field(repr=False)

    def submission_at(self, campaign_id: int, first_seq: int) -> Submission | None:
        row = read_first(self.db, _AT, campaign=campaign_id, seq=first_seq)
        return None if row is None else _submission(row)

    def furthest_claim(self, campaign_id: int) -> datetime | None:
        found = read_value(self.db, _FURTHEST, campaign=campaign_id)
        return None if found is None else moment_at(found)

    def claim(
        self,
        decided: Campaign,
        account: Account,
        key: str,
        claims: Sequence[Claim],
        refusals: Mapping[int, tuple[str, int | None]],
        span: tuple[int, int],
        at: datetime,
        caps: Caps = NO_CAPS,
    ) -> Submission | None:
        """A span that was claimed before keeps its first submission, which is returned unchanged."""
        campaign_id = decided.id
        with self.db.write() as connection:
            if (there := _submission_at(connection, campaign_id, span[0])) is not None:
                return there
            if not _may_send(connection, decided, account.id, claims):
                return None
            require_sender(connection, account)
            require_source(connection, account)
            twins = twins_of(connection, claims)
            fresh, doubles = without_doubles(connection, self.hashes, campaign_id, claims, twins)
            over = capped(connection, campaign_id, fresh, caps, at, twins)
            fresh = [claim for claim in fresh if claim.seq not in over]
            put_reasons(connection, campaign_id, {**refusals, **doubles, **over})
            if not fresh:
                return None
            made = Submission(
                id=next_id(connection, submission),
                campaign_id=campaign_id,
                account_id=account.id,
                key=key,
                first_seq=span[0],
                last_seq=span[1],
                claimed_at=moment_at(to_ms(at)),
                settled=False,
            )
            hold_port(connection, signed_by(connection, campaign_id), account.id, to_ms(at))
            parts = parts_of(claim.outgoing.text for claim in fresh)
            _write(connection, made, fresh, parts, charge(connection, campaign_id, account.id, parts))
            return made

    def rows(self, submission_id: int) -> tuple[LedgerRow, ...]:
        with self.db.look() as connection:
            return _rows(connection, _ROW.where(ledger.c.submission_id == submission_id))

    def message_ids(self, submission_id: int) -> frozenset[str]:
        return frozenset(row[0] for row in read_rows(self.db, _MESSAGE_IDS, which=submission_id))

    def open_rows(self, submission_id: int) -> tuple[LedgerRow, ...]:
        latest = ledger_latest.c
        undecided = sa.or_(latest.outcome.is_(None), latest.outcome == Outcome.UNKNOWN.value)
        wanted = _ROW.outerjoin(ledger_latest, SAME_ROW).where(ledger.c.submission_id == submission_id, undecided)
        with self.db.look() as connection:
            return _rows(connection, wanted)

    def awaiting(self, account_id: int, after: int, since: datetime, limit: int) -> tuple[AwaitingRow, ...]:
        which = {"account": account_id, "since": to_ms(since), "limit": limit}
        with self.db.read() as connection:
            begins = connection.execute(_BEGINS, which).scalar()
            if begins is None:
                return ()
            rows = connection.execute(_AWAITING, {**which, "after": max(after, begins - 1)}).all()
        return tuple(AwaitingRow(*row[:-1], moment_at(row.claimed_at)) for row in rows)

    def last_claimed(self) -> datetime | None:
        """When the newest batch of all was claimed."""
        with self.db.look() as connection:
            at = connection.execute(_LAST_CLAIMED).scalar()
        return None if at is None else moment_at(at)

    def settle(self, submission_id: int, outcomes: Sequence[SubmitOutcome], at: datetime) -> bool:
        """Outcomes of messages that are not in this submission are passed over."""
        with self.db.write() as connection:
            standing = standing_of_submission(connection, submission_id)
            ids = {row.message_id: row.ledger_id for row in standing}
            events = [
                Event(ids[each.message_id], each.outcome.value, each.provider_id, each.code)
                for each in outcomes
                if each.message_id in ids
            ]
            append_outcomes(connection, standing, events, to_ms(at))
            keep_billed(connection, ((ids.get(each.message_id), each.billed) for each in outcomes))
            providers = {event.provider_id: event.ledger_id for event in events if event.provider_id}
            opted_out = [ids[each.message_id] for each in outcomes if each.opted_out and each.message_id in ids]
            if providers or opted_out:
                (claim,) = fetch(connection, _SUBMISSION, which=submission_id)
                finder = Finder.of(connection, self.hashes, sender_of(connection, claim.account_id))
                apply_early_arrivals(finder, providers, claim, to_ms(at))
                keep_refusals(finder, opted_out, moment_at(claim.claimed_at), to_ms(at))
            return bool(fetch_value(connection, _SETTLED, which=submission_id))

    def answered(self, submission_id: int) -> bool:
        said = sa.select(ledger_outcome.c.n).join(ledger, ledger.c.id == ledger_outcome.c.ledger_id)
        wanted = said.where(
            ledger.c.submission_id == submission_id, ledger_outcome.c.outcome != Outcome.WITHHELD.value
        ).limit(1)
        with self.db.look() as connection:
            return connection.execute(wanted).first() is not None

    def doubled(self, submission_id: int) -> frozenset[str]:
        with self.db.read() as connection:
            return doubled_among(connection, self.hashes, submission_id)

    def renumbered(self, submission_id: int) -> frozenset[str]:
        with self.db.read() as connection:
            return renumbered_among(connection, submission_id)

    def unsettled(self, campaign_id: int) -> tuple[Submission, ...]:
        wanted = (
            sa.select(submission)
            .where(submission.c.campaign_id == campaign_id, submission.c.settled == 0)
            .order_by(submission.c.id)
        )
        with self.db.look() as connection:
            return tuple(map(_submission, connection.execute(wanted)))

    def decided_until(self, campaign_id: int) -> int:
        with self.db.look() as connection:
            return int(connection.execute(_DECIDED, {"campaign": campaign_id}).scalar_one())

    def undecided(self, campaign_id: int) -> int:
        member = campaign_member.c
        claimed = sa.select(ledger.c.id).where(ledger.c.campaign_id == campaign_id, ledger.c.seq == member.seq)
        wanted = sa.select(sa.func.count()).where(
            member.campaign_id == campaign_id, member.reason == Reason.OK, ~sa.exists(claimed)
        )
        with self.db.look() as connection:
            return connection.execute(wanted).scalar_one()


def _submission_at(connection: sa.Connection, campaign_id: int, first_seq: int) -> Submission | None:
    row = fetch_first(connection, _AT, campaign=campaign_id, seq=first_seq)
    return None if row is None else _submission(row)


def _may_send(connection: sa.Connection, decided: Campaign, account_id: int, claims: Sequence[Claim]) -> bool:
    """Whether the campaign is being sent as it was decided; raises for claims that no caller may make."""
    row = fetch_first(connection, _MAY, campaign=decided.id, account=account_id)
    if row is None:
        raise NotFound("campaign_account", "The campaign's entity has no such account", account=account_id)
    approved_at = None if decided.approved_at is None else to_ms(decided.approved_at)
    as_decided = (row.approved_hash, row.approved_at) == (decided.approved_hash, approved_at)
    if row.state not in {state.value for state in SENDABLE_STATES} or not as_decided:
        return False
    people = [claim.outgoing.recipient for claim in claims]
    if any(person.campaign_id != decided.id for person in people):
        raise NotAllowed("other_campaign", "Somebody was confirmed for another campaign", campaign=decided.id)
    if not row.simulated and any(person.simulated for person in people):
        raise NotAllowed("simulated_fact", "A simulated consent never reaches a real sender", campaign=decided.id)
    return True


def _write(connection: sa.Connection, made: Submission, claims: Sequence[Claim], parts: int, price: int | None) -> None:
    values: dict[str, Any] = {
        "id": made.id,
        "campaign_id": made.campaign_id,
        "account_id": made.account_id,
        "key": made.key,
        "first_seq": made.first_seq,
        "last_seq": made.last_seq,
        "claimed_at": to_ms(made.claimed_at),
        "parts": parts,
        "price": price,
    }
    write_all(connection, plain_insert(submission), [values])
    first = next_id(connection, ledger)
    rows = [
        (
            row_id,
            made.id,
            made.campaign_id,
            claim.seq,
            claim.outgoing.recipient.customer_id,
            claim.outgoing.recipient.fact_id,
            _CONFIRMED,
            claim.outgoing.message_id,
            claim.dedupe_key,
            claim.outgoing.text,
        )
        for row_id, claim in enumerate(claims, first)
    ]
    write_tuples(connection, plain_insert(ledger), _COLUMNS, rows)
    keep_batch(
        connection,
        (made.id, made.campaign_id, made.account_id, made.key, made.first_seq, made.last_seq, to_ms(made.claimed_at)),
        rows,
    )


def _rows(connection: sa.Connection, wanted: AnySelect) -> tuple[LedgerRow, ...]:
    return tuple(LedgerRow(*row) for row in connection.execute(wanted))


def _submission(row: AnyRow) -> Submission:
    return Submission(
        id=row.id,
        campaign_id=row.campaign_id,
        account_id=row.account_id,
        key=row.key,
        first_seq=row.first_seq,
        last_seq=row.last_seq,
        claimed_at=moment_at(row.claimed_at),
        settled=bool(row.settled),
    )
