"""What comes back: delivery reports, replies with their opt-outs, complaints. All once, with the cursor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.consent import CustomerRef, LocalOptOut, Suppression, SuppressionKind
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Outcome, Page
from campaign_app.domain.phone import Phone
from campaign_app.services.case_timers import shipped
from campaign_app.storage.accounts import put_cursor
from campaign_app.storage.billed import keep_billed
from campaign_app.storage.casing import FEED, Clued, case_of_clue
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import fetch_value, read_value
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.late import complaint_marks
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.outbox import numbers_said, put_down
from campaign_app.storage.outcomes import Event, append_outcomes, standing_of
from campaign_app.storage.people import LATELY, NEXT_BATCH, NUMBERS_OF_BATCH, Finder, campaign_of, renumbered_since
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_cases import complaint_case
from campaign_app.storage.schema_sending import complaint, delivery_report, early_report, inbound, ledger, ledger_latest
from campaign_app.storage.suppressions import put_marks
from campaign_app.storage.times import to_ms
from campaign_app.storage.upserts import plain_insert

# ref, every key of the person, when
_Said = tuple[tuple[CustomerRef, ...], frozenset[bytes], datetime]  # whom it is of, their keys, when
_Renumbered = Mapping[bytes, Mapping[CustomerRef, frozenset[bytes]]]  # by the number that they had
_CLAIMED: Final = sa.select(sa.func.count()).select_from(ledger).where(ledger.c.campaign_id == sa.bindparam("campaign"))
_WITHHELD: Final = (
    sa.select(sa.func.count())
    .select_from(ledger_latest)
    .where(ledger_latest.c.campaign_id == sa.bindparam("campaign"), ledger_latest.c.outcome == Outcome.WITHHELD.value)
)
_COMPLAINTS: Final = (
    sa.select(sa.func.count())
    .select_from(complaint_case)
    .where(complaint_case.c.campaign_id == sa.bindparam("campaign"))
)
_ACCEPTED: Final = (Outcome.ACCEPTED.value, Outcome.DELIVERED.value, Outcome.FAILED.value)


def _counted(table: sa.Table, **counts: sa.ColumnElement[int]) -> tuple[sa.Select[Any], sa.ColumnElement[int]]:
    """By campaign, in the order of an index; and the column that says which."""
    of, named = table.c.campaign_id, (count.label(name) for name, count in counts.items())
    return sa.select(of, *named).group_by(of), of


_ALL: Final = sa.func.count()
# outcomes are counted one by one in one reading: to group by them, all rows of a campaign would be sorted
_TALLIES: Final = (
    _counted(ledger_latest, **{each.value: _ALL.filter(ledger_latest.c.outcome == each.value) for each in Outcome}),
    _counted(ledger, every=_ALL),
    _counted(inbound, every=_ALL, opt_outs=_ALL.filter(inbound.c.opt_out == 1)),
    _counted(complaint_case, every=_ALL),
)


@dataclass(frozen=True, slots=True)
class SqlInbox:
    """Implements `domain.ports.InboxStore`."""

    db: Database
    keys: WorkspaceKeys = field(repr=False)

    def store_reports(
        self, account_id: int, page: Page[DeliveryReport], at: datetime, *, stands: str | None = None
    ) -> int:
        """A report of a message that is not known yet is kept and applied when the message's outcome is settled."""
        with self.db.write() as connection:
            finder = Finder.of(connection, self.keys.hashes, account_id)
            put_cursor(connection, account_id, "reports", page.next_cursor, stands=stands)
            known = _known(connection, delivery_report, "report_id", account_id, (r.report_id for r in page.items))
            new = {r.report_id: r for r in page.items if r.report_id not in known}
            rows = [_report_row(account_id, report, to_ms(at)) for report in new.values()]
            write_all(connection, plain_insert(delivery_report), rows)
            where = _rows_of(finder, new.values())
            events = [
                Event(where[report.report_id], report.outcome.value, report.provider_id, report.code)
                for report in sorted(new.values(), key=lambda r: (r.reported_at, r.report_id))
                if report.report_id in where
            ]
            early = [
                {"account_id": account_id, "provider_id": report.provider_id, "report_id": report.report_id}
                for report in new.values()
                if report.provider_id and report.report_id not in where
            ]
            write_all(connection, plain_insert(early_report), early)
            keep_billed(connection, ((where.get(report.report_id), report.billed) for report in new.values()))
            standing = standing_of(connection, (event.ledger_id for event in events))
            return append_outcomes(connection, standing, events, to_ms(at))

    def store_inbound(
        self,
        account_id: int,
        page: Page[InboundMessage],
        opt_outs: Sequence[str],
        at: datetime,
        *,
        stands: str | None = None,
    ) -> int:
        stop = frozenset(opt_outs)
        with self.db.write() as connection:
            finder = Finder.of(connection, self.keys.hashes, account_id)
            put_cursor(connection, account_id, "inbound", page.next_cursor, stands=stands)
            known = _known(connection, inbound, "inbound_id", account_id, (m.inbound_id for m in page.items))
            numbers = finder.numbers_of(message.ref for message in page.items)
            people = [(message, finder.keys(message.ref, message.phone, numbers=numbers)) for message in page.items]
            sent = finder.last_sent(key for _, keys in people for key in keys)
            no = [(message, keys) for message, keys in people if message.inbound_id in stop]
            moved = _renumbered(finder, [(m.ref, keys, m.received_at) for m, keys in no])
            said = [(*_reached(finder, m.ref, keys, sent, moved), m.received_at) for m, keys in no]
            rows: dict[str, dict[str, Any]] = {}
            for message, keys in people:
                if message.inbound_id not in known:
                    is_no = message.inbound_id in stop
                    campaign = campaign_of(keys, sent)
                    rows[message.inbound_id] = self._reply_row(account_id, message, campaign, at, is_no=is_no)
            write_all(connection, plain_insert(inbound), list(rows.values()))
            put_marks(connection, [mark for each in said for mark in _opt_outs(finder.entity_uscc, each)], to_ms(at))
            _tell(connection, finder, said, "reply")
            return len(rows)

    def texts_sent(
        self, account_id: int, messages: Sequence[InboundMessage], since: datetime
    ) -> dict[str, tuple[str, ...]]:
        with self.db.read() as connection:
            finder = Finder.of(connection, self.keys.hashes, account_id)
            numbers = finder.numbers_of(message.ref for message in messages)
            people = {m.inbound_id: finder.keys(m.ref, m.phone, numbers=numbers) for m in messages}
            texts = finder.texts_sent({key for keys in people.values() for key in keys}, to_ms(since))
        found = {name: tuple(text for key in keys for text in texts.get(key, ())) for name, keys in people.items()}
        return {name: sent for name, sent in found.items() if sent}

    def store_complaints(
        self, account_id: int, page: Page[ComplaintClue], at: datetime, *, stands: str | None = None
    ) -> int:
        with self.db.write() as connection:
            finder = Finder.of(connection, self.keys.hashes, account_id)
            put_cursor(connection, account_id, "complaints", page.next_cursor, stands=stands)
            known = _known(connection, complaint, "complaint_id", account_id, (c.complaint_id for c in page.items))
            where = finder.rows_of(clue.provider_id for clue in page.items)
            numbers = finder.numbers_of(clue.ref for clue in page.items)
            marks: list[Suppression] = []
            said: list[_Said] = []
            rows: dict[str, dict[str, Any]] = {}
            told: dict[str, Clued] = {}
            for clue in page.items:
                ledger_id = where.get(clue.provider_id)
                keys = finder.keys(clue.ref, clue.phone, ledger_id, numbers=numbers)
                sent = finder.last_sent(keys)
                moved = _renumbered(finder, [(clue.ref, keys, clue.received_at)])
                refs, every_key = _reached(finder, clue.ref, keys, sent, moved)
                marks += complaint_marks(finder.entity_uscc, every_key, to_ms(clue.received_at))
                said.append((refs, every_key, clue.received_at))
                if clue.complaint_id not in known:
                    campaign = campaign_of(keys, sent) if ledger_id is None else finder.campaign_of_row(ledger_id)
                    rows[clue.complaint_id] = self._complaint_row(account_id, clue, campaign, at)
                    told[clue.complaint_id] = Clued(clue, keys, ledger_id, campaign)
            write_all(connection, plain_insert(complaint), list(rows.values()))
            for complaint_id, clued in told.items():
                case_of_clue(finder, rows[complaint_id], clued, shipped().match_days, at)
            put_marks(connection, marks, to_ms(at), FEED)
            _tell(connection, finder, said, "complaint")
            return len(rows)

    def complaints(self, campaign_id: int) -> int:
        return int(read_value(self.db, _COMPLAINTS, campaign=campaign_id))

    def written_to(self, account_id: int, since: datetime, after: int) -> tuple[int, tuple[Phone, ...]] | None:
        with self.db.read() as connection:
            batch = connection.execute(NEXT_BATCH, {"account": account_id, "since": to_ms(since), "after": after})
            found = batch.scalar()
            if found is None:
                return None
            sealed = connection.execute(NUMBERS_OF_BATCH, {"batch": found}).scalars()
            return found, tuple(self.keys.phones.open(each) for each in sealed)

    def counts(self, campaign_id: int) -> dict[str, int]:
        """`submitted` = accepted + rejected + unknown; `accepted` includes what was delivered or failed since.

        `unknown` includes rows that have no outcome yet; `withheld` ones were never handed over.
        """
        return self.tallies((campaign_id,))[campaign_id]

    def tallies(self, campaign_ids: Collection[int]) -> dict[int, dict[str, int]]:
        with self.db.read() as connection:
            found = [
                {row.campaign_id: row for row in rows_among(connection, counted, of, campaign_ids)}
                for counted, of in _TALLIES
            ]
        return {one: _tally(*(each.get(one) for each in found)) for one in campaign_ids}

    def submitted(self, campaign_id: int) -> int:
        with self.db.read() as connection:
            rows = fetch_value(connection, _CLAIMED, campaign=campaign_id)
            return int(rows - fetch_value(connection, _WITHHELD, campaign=campaign_id))

    def any_accepted(self, campaign_id: int) -> bool:
        latest = ledger_latest.c
        wanted = sa.select(latest.ledger_id).where(latest.campaign_id == campaign_id, latest.outcome.in_(_ACCEPTED))
        with self.db.look() as connection:
            return connection.execute(wanted.limit(1)).first() is not None

    def _reply_row(
        self, account_id: int, message: InboundMessage, campaign_id: int | None, at: datetime, *, is_no: bool
    ) -> dict[str, Any]:
        return {
            **self._row(account_id, message.ref, message.phone, message.received_at, at),
            "inbound_id": message.inbound_id,
            "text": message.text,
            "opt_out": int(is_no),
            "campaign_id": campaign_id,
            "phone_key": None if message.phone is None else self.keys.hashes.of_phone(message.phone),
        }

    def _complaint_row(
        self, account_id: int, clue: ComplaintClue, campaign_id: int | None, at: datetime
    ) -> dict[str, Any]:
        return {
            **self._row(account_id, clue.ref, clue.phone, clue.received_at, at),
            "complaint_id": clue.complaint_id,
            "provider_id": clue.provider_id,
            "campaign_id": campaign_id,
        }

    def _row(
        self, account_id: int, ref: str, phone: Phone | None, received_at: datetime, at: datetime
    ) -> dict[str, Any]:
        return {
            "account_id": account_id,
            "ref": ref,
            "phone_sealed": None if phone is None else self.keys.phones.seal(phone),
            "received_at": to_ms(received_at),
            "stored_at": to_ms(at),
        }


def _rows_of(finder: Finder, reports: Collection[DeliveryReport]) -> dict[str, int]:
    """Report id → ledger row: by the sender's id, else (its answer was lost) by our own, or by batch and number."""
    found = finder.rows_of(report.provider_id for report in reports)
    own = finder.rows_of_messages(report.message_id for report in reports if report.provider_id not in found)
    rows: dict[str, int] = {}
    for report in reports:
        row = found.get(report.provider_id) or own.get(report.message_id)
        if row is None and report.key and report.phone is not None:
            row = finder.row_of_number(report.key, report.phone)
        if row is not None:
            rows[report.report_id] = row
    return rows


def _tell(connection: sa.Connection, finder: Finder, said: Sequence[_Said], reason: str) -> None:
    """Puts down what the shops of the entity have yet to be told."""
    if not said:
        return
    by_ref = [LocalOptOut(ref, since, reason) for refs, _, since in said for ref in refs]
    put_down(connection, finder.entity_uscc, by_ref, numbers_said([(keys, at) for _, keys, at in said], reason))


def _renumbered(finder: Finder, said: Sequence[tuple[str, frozenset[bytes], datetime]]) -> _Renumbered:
    """Of refusals that name no customer, each with its keys and its moment."""
    unnamed = [(keys, at) for ref, keys, at in said if not ref]
    if not unnamed:
        return {}
    numbers, lately = {key for keys, _ in unnamed for key in keys}, min(at for _, at in unnamed) - LATELY
    return renumbered_since(finder.connection, finder.hashes, finder.entity_uscc, numbers, to_ms(lately))


def _reached(
    finder: Finder, ref: str, keys: frozenset[bytes], sent: Mapping[bytes, tuple[int, int]], renumbered: _Renumbered
) -> tuple[tuple[CustomerRef, ...], frozenset[bytes]]:
    """Whom a refusal is of: who is named, else also whoever was last (in `sent`) or lately written to under its number.

    A provider's reply names no customer, and the shop may have another number of theirs by now.
    """
    named = CustomerRef(finder.account_id, ref)
    row = max((sent[key][0] for key in keys if key in sent), default=None)
    if ref or row is None:
        return (named,), keys
    moved = {who: theirs for key in keys for who, theirs in renumbered.get(key, {}).items()}
    keys = keys.union(finder.keys("", None, row, numbers={}), *moved.values())
    return (named, finder.person_of_row(row), *moved), keys


def _opt_outs(entity_uscc: str, said: _Said) -> list[Suppression]:
    _, keys, since = said
    return [Suppression(entity_uscc, key, SuppressionKind.OPT_OUT, since, "reply") for key in keys]


def _known(
    connection: sa.Connection, table: sa.Table, name: str, account_id: int, ids: Iterable[str]
) -> frozenset[str]:
    found = rows_among(connection, _of_account(table, name), table.c[name], ids, account=account_id)
    return frozenset(row[0] for row in found)


@lru_cache
def _of_account(table: sa.Table, name: str) -> sa.Select[Any]:
    return sa.select(table.c[name]).where(table.c.account_id == sa.bindparam("account"))


def _report_row(account_id: int, report: DeliveryReport, at: int) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "report_id": report.report_id,
        "provider_id": report.provider_id,
        "outcome": report.outcome.value,
        "code": report.code,
        "reported_at": to_ms(report.reported_at),
        "stored_at": at,
    }


def _tally(
    outcomes: AnyRow | None, rows: AnyRow | None, replies: AnyRow | None, cases: AnyRow | None
) -> dict[str, int]:
    def of(row: AnyRow | None, *names: str) -> int:
        return 0 if row is None else sum(getattr(row, name) for name in names)

    withheld, rejected = of(outcomes, Outcome.WITHHELD), of(outcomes, Outcome.REJECTED)
    submitted, accepted = of(rows, "every") - withheld, of(outcomes, *_ACCEPTED)
    return {
        "submitted": submitted,
        "accepted": accepted,
        "rejected": rejected,
        "unknown": submitted - accepted - rejected,
        "withheld": withheld,
        "delivered": of(outcomes, Outcome.DELIVERED),
        "failed": of(outcomes, Outcome.FAILED),
        "replies": of(replies, "every"),
        "opt_outs": of(replies, "opt_outs"),
        "complaints": of(cases, "every"),
    }
