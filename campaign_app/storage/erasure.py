"""Erasing people: whom their platform has erased, and who asked for it here.

What goes: name, number, place, orders, tags, attributes, what files said of them, and the numbers of their replies.
What stays, for as long as the law wants the proof kept (`docs/architecture.md`, retention): the reference, what was
agreed with its receipts, what was sent with its outcome, opt-outs and complaints. The keyed hashes of reference and
number stay suppressed: nobody is reached again because they are forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.consent import CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.ports import PhoneKeys
from campaign_app.storage import schema
from campaign_app.storage.audit import BY_PLATFORM, ERASED, append_entry
from campaign_app.storage.importready import keys_of_numbers, keys_of_refs
from campaign_app.storage.lists import rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.prospects import forget, of_keys
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_cases import complaint_case
from campaign_app.storage.schema_imports import import_change
from campaign_app.storage.schema_sending import complaint, inbound, ledger
from campaign_app.storage.subjects_erased import ERASED_THERE
from campaign_app.storage.suppressions import add_marks, marks_of
from campaign_app.storage.times import moment_at
from campaign_app.storage.upserts import insert_or_ignore

SOURCE: Final = "erased"
_customer: Final = schema.customer.c
_EMPTY: Final = {
    "name": "", "province": "", "city": "", "tags": "", "attributes": "{}", "spend_cents": 0, "order_count": 0,
    "last_order_at": None, "phone_sealed": None, "phone_key": None, "platform_phone_sealed": None,
}  # fmt: skip
_WANTED: Final = sa.select(
    _customer.id, _customer.ref, _customer.updated_at, *(_customer[name] for name in _EMPTY)
).where(_customer.account_id == sa.bindparam("account"))


def erase(
    connection: sa.Connection, hashes: PhoneKeys, account: tuple[int, str], refs: Iterable[str], seen_at: int,
    actor: str = BY_PLATFORM,
) -> int:  # fmt: skip
    """`account` is its id and entity; `actor` who asks for it. Each person leaves a receipt in the audit; asked once
    more there is no other.

    Returns how many receipts there are.
    """
    account_id, entity = account
    receipts = 0
    found = list(rows_among(connection, _WANTED, _customer.ref, refs, account=account_id))
    for row in found:
        ref_key = hashes.of_ref(CustomerRef(account_id, row.ref))
        if actor == BY_PLATFORM:  # also of whom it names anew
            gone = {"name": ERASED_THERE + ref_key.hex(), "value": json.dumps(seen_at)}
            connection.execute(insert_or_ignore(connection, schema.setting), [gone])
        blank = all(getattr(row, name) == value for name, value in _EMPTY.items())
        if blank and _is_marked(connection, entity, ref_key):
            continue
        keys = [ref_key] if row.phone_key is None else [ref_key, row.phone_key]
        erased = [Suppression(entity, key, SuppressionKind.WITHDRAWN, moment_at(seen_at), SOURCE) for key in keys]
        # what was said under the number alone, such as a complaint, would be nobody's once the number is forgotten
        said = marks_of(connection, entity, keys[1:]).get(keys[-1], frozenset())
        marks, _ = add_marks(connection, [*erased, *(replace(mark, key=ref_key) for mark in said)], here=True)
        files = _forget(connection, account_id, row, seen_at)
        forget_said(connection, account, row)
        append_entry(
            connection, ERASED, actor, seen_at,
            {"account": account_id, "customer": row.id, "ref_hmac": ref_key.hex(), "file_rows": files, **marks},
        )  # fmt: skip
        receipts += 1
    return receipts


def _is_marked(connection: sa.Connection, entity: str, ref_key: bytes) -> bool:
    """Whether an erasure has left its mark, and nobody has lifted it since."""
    mark = schema.suppression.c
    wanted = sa.exists().where(mark.key == ref_key, mark.entity_uscc == entity, mark.source == SOURCE)
    if not connection.execute(sa.select(wanted)).scalar_one():
        return False
    in_force = marks_of(connection, entity, [ref_key]).get(ref_key, frozenset())
    return any(each.kind is SuppressionKind.WITHDRAWN for each in in_force)


def _forget(connection: sa.Connection, account_id: int, row: AnyRow, seen_at: int) -> int:
    """Returns how many rows of files were forgotten. A page from before cannot write the person back.

    A platform whose clock is ahead may have dated what it erased later than `seen_at`.
    """
    gone = {**_EMPTY, "updated_at": max(row.updated_at + 1, seen_at)}
    connection.execute(sa.update(schema.customer).where(_customer.id == row.id).values(gone))
    changes = connection.execute(
        sa.update(import_change)
        .where(import_change.c.customer_id == row.id)
        .values(before="{}", after="{}", phone_sealed=None, phone_key=None)
    ).rowcount
    numbers = set(people_of(connection, [] if row.phone_key is None else [row.phone_key]))
    theirs = [
        each
        for each in of_keys(connection, [*keys_of_refs([(account_id, row.ref)]), *keys_of_numbers(numbers)])
        if each.account_id == account_id and (each.ref == row.ref or each.phone_key in numbers)
    ]
    forget(connection, theirs)
    return changes + len(theirs)


def forget_said(connection: sa.Connection, account: tuple[int, str], row: AnyRow) -> None:
    """The numbers in what a customer, whose row is from before they were erased, wrote and complained of.

    Also of complaints, and of replies by an SMS provider, which name a number and no customer, be it a former one that
    they were written to under. Not while another customer has it.
    """
    account_id, entity = account
    for table in (inbound, complaint, complaint_case):
        which = sa.and_(table.c.account_id == account_id, table.c.ref == row.ref)
        lost = [name for name in ("phone_sealed", "phone_key") if name in table.c]
        connection.execute(sa.update(table).where(which).values(dict.fromkeys(lost)))
    under = set(connection.execute(sa.select(ledger.c.dedupe_key).where(ledger.c.customer_id == row.id)).scalars())
    if row.phone_key is not None:
        under.add(row.phone_key)
    people = people_of(connection, under)
    for person in set(people.values()):
        _forget_number(connection, entity, [key for key, stands in people.items() if stands == person])


def _forget_number(connection: sa.Connection, entity: str, numbers: Sequence[bytes]) -> None:
    ours = sa.select(schema.account.c.id).where(schema.account.c.entity_uscc == entity)
    has = sa.select(_customer.id).where(_customer.phone_key.in_(numbers), _customer.account_id.in_(ours)).limit(1)
    if connection.execute(has).first() is not None:
        return
    said = inbound.c
    theirs = sa.and_(said.phone_key.in_(numbers), said.ref == "", said.account_id.in_(ours))
    connection.execute(sa.update(inbound).where(theirs).values(phone_sealed=None, phone_key=None))
    case = complaint_case.c
    named = sa.and_(case.phone_key.in_(numbers), case.entity_uscc == entity)
    clues = sa.select(case.clue_id).where(named, case.clue_id.is_not(None))
    connection.execute(sa.update(complaint).where(complaint.c.id.in_(clues)).values(phone_sealed=None))
    connection.execute(sa.update(complaint_case).where(named).values(phone_sealed=None, phone_key=None))
