"""One message for one person in a campaign, by whichever of their numbers each row was claimed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.consent import CustomerRef, Reason
from campaign_app.domain.message import Outcome
from campaign_app.domain.ports import PhoneKeys
from campaign_app.jobs.ports import Claim
from campaign_app.storage.engine import Database
from campaign_app.storage.freezing import STEP
from campaign_app.storage.lists import chunks, rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.outcomes import SAME_ROW
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema import customer
from campaign_app.storage.schema_numbers import number_alias
from campaign_app.storage.schema_sending import campaign_member, ledger, ledger_latest

AT_ONCE: Final = 1_000_000  # numbers sorted in memory, some 50 bytes each
_member: Final = campaign_member.c
_number: Final = customer.c.phone_key
_person: Final = sa.func.coalesce(number_alias.c.person, _number)
_OF_CAMPAIGN: Final = _member.campaign_id == sa.bindparam("campaign")
_OK: Final = sa.and_(_OF_CAMPAIGN, _member.reason == Reason.OK.value)
_HOW_MANY: Final = sa.select(sa.func.count()).where(_OK)
_NTH: Final = (
    sa.select(_member.seq, sa.func.row_number().over(partition_by=_person, order_by=_member.seq).label("nth"))
    .join(customer, customer.c.id == _member.customer_id)
    .outerjoin(number_alias, number_alias.c.key == _number)
    .where(_OK, _person >= sa.bindparam("first"), _person < sa.bindparam("end"))
    .subquery()
)
_LATER: Final = sa.select(_NTH.c.seq).where(_NTH.c.nth > 1)
_MARK: Final = (
    sa.update(campaign_member)
    .where(_OK, _member.seq.in_(sa.bindparam("seqs", expanding=True)))
    .values(reason=Reason.DUPLICATE_NUMBER.value, parts=None)
)
_NEVER_LEFT: Final = frozenset({Outcome.REJECTED.value, Outcome.WITHHELD.value})
_TAKEN: Final = sa.select(ledger.c.dedupe_key).where(ledger.c.campaign_id == sa.bindparam("campaign"))
_TWINS: Final = sa.select(customer.c.id, _number)
_REACHED: Final = (
    sa.select(ledger.c.customer_id, ledger.c.dedupe_key, customer.c.account_id, customer.c.ref)
    .join(customer, customer.c.id == ledger.c.customer_id)
    .outerjoin(ledger_latest, SAME_ROW)
    # the sum: by the people, and not by every row of the campaign
    .where(
        ledger.c.campaign_id + 0 == sa.bindparam("campaign"),
        sa.func.coalesce(ledger_latest.c.outcome, "").not_in([sa.literal(each) for each in sorted(_NEVER_LEFT)]),
    )
)
_CLAIMED: Final = (
    sa.select(ledger.c.campaign_id, ledger.c.dedupe_key, customer.c.account_id, customer.c.ref, _number)
    .outerjoin(customer, customer.c.id == ledger.c.customer_id)  # who was erased is not there any more
    .where(ledger.c.submission_id == sa.bindparam("submission"))
)
_ROW: Final = (
    sa.select(
        ledger.c.id,
        ledger.c.submission_id,
        ledger.c.message_id,
        ledger.c.dedupe_key,
        sa.func.coalesce(ledger_latest.c.outcome, "").label("outcome"),
    )
    .select_from(ledger)
    .outerjoin(ledger_latest, SAME_ROW)
)
_ROWS: Final = _ROW.where(ledger.c.campaign_id == sa.bindparam("campaign"))
_ROWS_OF_PEOPLE: Final = (
    _ROW.add_columns(customer.c.account_id, customer.c.ref, _number)
    .join(customer, customer.c.id == ledger.c.customer_id)
    .where(ledger.c.campaign_id + 0 == sa.bindparam("campaign"))  # by the people, as above
)
_NUMBERS: Final = (
    sa.select(ledger.c.message_id, ledger.c.dedupe_key, _number)
    .join(customer, customer.c.id == ledger.c.customer_id)
    .where(
        ledger.c.submission_id == sa.bindparam("submission"),
        sa.or_(_number.is_(None), _number != ledger.c.dedupe_key),
    )
)
# what the sender may have before what it surely has not; any other outcome comes before both
_OPEN: Final = (Outcome.UNKNOWN.value, "")


def mark_doubles(db: Database, campaign_id: int, at_once: int = AT_ONCE) -> int:
    """Whoever has the number of an earlier member that is ok; in a file by as many parts as memory asks for.

    Looked for without the lock of writers, and marked in steps: whoever ends in between begins again. Returns how many.
    """
    with db.read() as connection:
        people = connection.execute(_HOW_MANY, {"campaign": campaign_id}).scalar_one()
        sorts_on_disk = connection.dialect.name != "sqlite"
    marked = 0
    # each part reads all members once more; a server sorts what its memory does not hold on its disk
    for first, end in parts_of_keys(1 if sorts_on_disk else people // at_once + 1):
        with db.read() as connection:
            found = connection.execute(_LATER, {"campaign": campaign_id, "first": first, "end": end})
            later = [seq for (seq,) in found]
        for some in chunks(later, STEP):
            with db.write() as connection:
                for seqs in chunks(some):
                    marked += connection.execute(_MARK, {"campaign": campaign_id, "seqs": seqs}).rowcount
    return marked


def parts_of_keys(count: int) -> Iterator[tuple[bytes, bytes]]:
    """Ranges of hashed numbers that hold all of them and about as many each; the last one has no end."""
    borders = [(n * 2**32 // count).to_bytes(4, "big") for n in range(count)]
    return zip([b"", *borders[1:]], [*borders[1:], b"\xff" * 64], strict=True)


def twins_of(connection: sa.Connection, claims: Sequence[Claim]) -> dict[int, bytes]:
    """Other customers who have the number of one of these claims by now, with its key."""
    own = {claim.outgoing.recipient.customer_id for claim in claims}
    people = people_of(connection, (claim.dedupe_key for claim in claims))
    found = rows_among(connection, _TWINS, _number, people)
    return {customer_id: key for customer_id, key in found if customer_id not in own}


def without_doubles(
    connection: sa.Connection,
    hashes: PhoneKeys,
    campaign_id: int,
    claims: Sequence[Claim],
    twins: Mapping[int, bytes],
) -> tuple[list[Claim], dict[int, tuple[str, int | None]]]:
    """The fresh ones are claimed by the key that stands for their person, which the table has once in a campaign.

    `twins` are of `twins_of`: of whoever was claimed by their reference a number may be known by now.
    """
    people = people_of(connection, (claim.dedupe_key for claim in claims))
    found = rows_among(connection, _TAKEN, ledger.c.dedupe_key, people, campaign=campaign_id)
    taken = {people[row[0]] for row in found}
    for customer_id, dedupe_key, account_id, ref in rows_among(
        connection, _REACHED, ledger.c.customer_id, twins, campaign=campaign_id
    ):
        if dedupe_key == hashes.of_ref(CustomerRef(account_id, ref)):
            taken.add(people[twins[customer_id]])
    fresh: list[Claim] = []
    doubles: dict[int, tuple[str, int | None]] = {}
    for claim in claims:
        person = people[claim.dedupe_key]
        if person in taken:
            doubles[claim.seq] = (Reason.DUPLICATE_NUMBER.value, claim.outgoing.recipient.fact_id)
        else:
            taken.add(person)
            fresh.append(claim if claim.dedupe_key == person else replace(claim, dedupe_key=person))
    return fresh, doubles


def doubled_among(connection: sa.Connection, hashes: PhoneKeys, submission_id: int) -> frozenset[str]:
    """The open messages of a batch whose person has another; what was taken stays, else what may be, or the first.

    Whoever was claimed by their reference has the number that is known of them by now.
    """
    mine = connection.execute(_CLAIMED, {"submission": submission_id}).all()
    if not mine:
        return frozenset()
    people = people_of(connection, (_key_by_now(row, hashes) for row in mine))
    of_campaign = {"campaign": mine[0].campaign_id}
    found = {row.id: row for row in rows_among(connection, _ROWS, ledger.c.dedupe_key, people, **of_campaign)}
    person = {row.id: people[row.dedupe_key] for row in found.values()}
    twins = [customer_id for customer_id, _ in rows_among(connection, _TWINS, _number, people)]
    for row in rows_among(connection, _ROWS_OF_PEOPLE, ledger.c.customer_id, twins, **of_campaign):
        if _key_by_now(row, hashes) != row.dedupe_key:
            found[row.id], person[row.id] = row, people[row.phone_key]
    rows = sorted((row for row in found.values() if row.outcome not in _NEVER_LEFT), key=_rank)
    first: dict[bytes, int] = {}
    doubled: set[str] = set()
    for row in rows:
        kept = first.setdefault(person[row.id], row.id)
        if kept != row.id and row.submission_id == submission_id and row.outcome in _OPEN:
            doubled.add(row.message_id)
    return frozenset(doubled)


def _key_by_now(row: AnyRow, hashes: PhoneKeys) -> bytes:
    """The number of whoever was claimed by their reference, once it is known; else the key of the claim."""
    claimed, number = row.dedupe_key, row.phone_key
    if number is None or claimed == number or claimed != hashes.of_ref(CustomerRef(row.account_id, row.ref)):
        return bytes(claimed)
    return bytes(number)


def renumbered_among(connection: sa.Connection, submission_id: int) -> frozenset[str]:
    """Who else has such a number may have been claimed under it, or is yet to be."""
    rows = connection.execute(_NUMBERS, {"submission": submission_id}).all()
    people = people_of(connection, {key for row in rows for key in (row.dedupe_key, row.phone_key) if key is not None})
    return frozenset(row.message_id for row in rows if people[row.dedupe_key] != people.get(row.phone_key))


def _rank(row: AnyRow) -> tuple[int, int]:
    return (_OPEN.index(row.outcome) + 1 if row.outcome in _OPEN else 0), row.id
