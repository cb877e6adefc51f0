"""Who wrote or complained: the customer behind a ref, a number or a message, and the keys they are suppressed by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import PhoneKeys
from campaign_app.storage import schema
from campaign_app.storage.accounts import entity_of
from campaign_app.storage.fetching import fetch, fetch_value
from campaign_app.storage.lists import rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.outcomes import FIRST_SAID, LEFT_AT
from campaign_app.storage.schema_sending import campaign, ledger, ledger_outcome, submission
from campaign_app.storage.senders import carried_by, once_carried_by

LATELY: Final = timedelta(days=30)
_customer: Final = schema.customer.c
_NUMBERS: Final = sa.select(_customer.ref, _customer.phone_key).where(_customer.account_id == sa.bindparam("account"))
# what it carried for shops, which are of the same entity, counts as well
_ITS_OWN: Final = carried_by(submission.c.account_id, sa.bindparam("account"))
# by our own names of them: a former sender tells of what it took, too
_ITS_FORMER: Final = once_carried_by(submission.c.account_id, sa.bindparam("account"))
_ROWS: Final = (
    sa.select(ledger_outcome.c.provider_id, ledger_outcome.c.ledger_id)
    .join(ledger, ledger.c.id == ledger_outcome.c.ledger_id)
    .join(submission, submission.c.id == ledger.c.submission_id)
    # the partial index is used only where the condition says so
    .where(_ITS_OWN, ledger_outcome.c.provider_id != "")
)
_OWN_ROWS: Final = (
    sa.select(ledger.c.message_id, ledger.c.id)
    .join(submission, submission.c.id == ledger.c.submission_id)
    .where(_ITS_FORMER)
)
_OF_NUMBER: Final = (
    sa.select(ledger.c.id)
    .join(submission, submission.c.id == ledger.c.submission_id)
    .where(_ITS_FORMER, submission.c.key == sa.bindparam("batch"))
)
_SENT: Final = (
    sa.select(ledger.c.dedupe_key, ledger.c.id, ledger.c.campaign_id)
    .join(campaign, campaign.c.id == ledger.c.campaign_id)
    .where(campaign.c.entity_uscc == sa.bindparam("entity"))
)
_WRITTEN_TO: Final = (
    sa.select(
        ledger.c.dedupe_key,
        ledger.c.id,
        submission.c.claimed_at,
        _customer.account_id,
        _customer.ref,
        _customer.phone_key,
    )
    .join(submission, submission.c.id == ledger.c.submission_id)
    .join(campaign, campaign.c.id == ledger.c.campaign_id)
    .join(schema.customer, _customer.id == ledger.c.customer_id)
    .where(campaign.c.entity_uscc == sa.bindparam("entity"), _customer.phone_key.is_distinct_from(ledger.c.dedupe_key))
)
_LAST: Final = (
    sa.select(ledger.c.dedupe_key, sa.func.max(ledger.c.id).label("id"))
    .join(campaign, campaign.c.id == ledger.c.campaign_id)
    .where(campaign.c.entity_uscc == sa.bindparam("entity"))
    .group_by(ledger.c.dedupe_key)
)
_TEXTS: Final = (
    sa.select(ledger.c.dedupe_key, ledger.c.text)
    .join(submission, submission.c.id == ledger.c.submission_id)
    .join(campaign, campaign.c.id == ledger.c.campaign_id)
    .outerjoin(ledger_outcome, FIRST_SAID)
    .where(campaign.c.entity_uscc == sa.bindparam("entity"), sa.bindparam("since") <= LEFT_AT)
)

NEXT_BATCH: Final = (
    sa.select(submission.c.id)
    # no numbers of people whom it never wrote to: it is asked by number
    .where(_ITS_OWN, submission.c.claimed_at >= sa.bindparam("since"), submission.c.id > sa.bindparam("after"))
    .order_by(submission.c.id)
    .limit(1)
)
NUMBERS_OF_BATCH: Final = (
    sa.select(_customer.phone_sealed)
    .join(ledger, ledger.c.customer_id == _customer.id)
    .where(ledger.c.submission_id == sa.bindparam("batch"), _customer.phone_sealed.is_not(None))
    .order_by(ledger.c.id)
)
_OF_ROW: Final = ledger.c.id == sa.bindparam("row")
_CAMPAIGN_OF: Final = sa.select(ledger.c.campaign_id).where(_OF_ROW)
_PERSON_OF: Final = (
    sa.select(_customer.account_id, _customer.ref).join(ledger, ledger.c.customer_id == _customer.id).where(_OF_ROW)
)
_KEYS_OF: Final = (
    sa.select(ledger.c.dedupe_key, _customer.account_id, _customer.ref, _customer.phone_key)
    .join(schema.customer, _customer.id == ledger.c.customer_id)
    .where(_OF_ROW)
)


def campaign_of(keys: Iterable[bytes], last_sent: Mapping[bytes, tuple[int, int]]) -> int | None:
    """The campaign of the last message that the person of these keys was sent."""
    return max((last_sent[key] for key in keys if key in last_sent), default=(0, None))[1]


def renumbered_since(
    connection: sa.Connection, hashes: PhoneKeys, entity_uscc: str, numbers: Iterable[bytes], lately: int
) -> dict[bytes, dict[CustomerRef, frozenset[bytes]]]:
    """Whom the entity wrote to under these numbers last, or since `lately`, and who has another one by now, or none.

    By the key that stands for the number, with all their keys. Before a number is given to somebody else it rests for
    months.
    """
    people = people_of(connection, numbers)
    rows = list(rows_among(connection, _WRITTEN_TO, ledger.c.dedupe_key, people, entity=entity_uscc))
    others = people_of(connection, {row.phone_key for row in rows if row.phone_key is not None})
    moved = [row for row in rows if others.get(row.phone_key) != people[row.dedupe_key]]
    before = {people[row.dedupe_key] for row in moved if row.claimed_at < lately}
    last: dict[bytes, int] = {}
    known = [key for key, person in people.items() if person in before]
    for row in rows_among(connection, _LAST, ledger.c.dedupe_key, known, entity=entity_uscc):
        last[people[row.dedupe_key]] = max(row.id, last.get(people[row.dedupe_key], 0))
    same: dict[bytes, set[bytes]] = {}
    for key, stands in others.items():
        same.setdefault(stands, set()).add(key)
    found: dict[bytes, dict[CustomerRef, frozenset[bytes]]] = {}
    for row in moved:
        person = people[row.dedupe_key]
        if row.claimed_at >= lately or row.id == last[person]:
            ref = CustomerRef(row.account_id, row.ref)
            theirs = same[others[row.phone_key]] if row.phone_key is not None else frozenset()
            found.setdefault(person, {})[ref] = frozenset({hashes.of_ref(ref), *theirs})
    return found


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks people up for one account, in one transaction."""

    connection: sa.Connection
    hashes: PhoneKeys = field(repr=False)
    account_id: int
    entity_uscc: str

    @classmethod
    def of(cls, connection: sa.Connection, hashes: PhoneKeys, account_id: int) -> Finder:
        return cls(connection, hashes, account_id, entity_of(connection, account_id))

    def numbers_of(self, refs: Iterable[str]) -> dict[str, bytes | None]:
        """The account's customers among these refs, with the key of their number."""
        found = rows_among(self.connection, _NUMBERS, _customer.ref, filter(None, refs), account=self.account_id)
        return {row[0]: row[1] for row in found}

    def keys(
        self, ref: str, phone: Phone | None, ledger_id: int | None = None, *, numbers: Mapping[str, bytes | None]
    ) -> frozenset[bytes]:
        """Every key that this person is known by: given, and of the customers behind them (of `numbers_of`), with all

        that are known to be of the same number.
        """
        keys: set[bytes] = set()
        if ref:
            keys.add(self.hashes.of_ref(CustomerRef(self.account_id, ref)))
            keys |= {key for key in (numbers.get(ref),) if key is not None}
        if phone is not None:
            keys.add(self.hashes.of_phone(phone))
        if ledger_id is not None:
            keys |= self._keys_of_row(ledger_id)
        return frozenset(people_of(self.connection, keys))

    def rows_of(self, provider_ids: Iterable[str]) -> dict[str, int]:
        """Ledger rows of this account by the sender's message id."""
        named, column = filter(None, provider_ids), ledger_outcome.c.provider_id
        return {row[0]: row[1] for row in rows_among(self.connection, _ROWS, column, named, account=self.account_id)}

    def row_of_number(self, key: str, phone: Phone) -> int | None:
        """The ledger row of this number in the batch that was submitted under a key."""
        keys, column = people_of(self.connection, [self.hashes.of_phone(phone)]), ledger.c.dedupe_key
        found = rows_among(self.connection, _OF_NUMBER, column, keys, account=self.account_id, batch=key)
        return next((row[0] for row in found), None)

    def rows_of_messages(self, message_ids: Iterable[str]) -> dict[str, int]:
        """Ledger rows of this account by our own message id."""
        named, column = filter(None, message_ids), ledger.c.message_id
        return {
            row[0]: row[1] for row in rows_among(self.connection, _OWN_ROWS, column, named, account=self.account_id)
        }

    def last_sent(self, keys: Iterable[bytes]) -> dict[bytes, tuple[int, int]]:
        """The last message that was sent under each key for the entity: its ledger row and campaign."""
        last: dict[bytes, tuple[int, int]] = {}
        found = rows_among(self.connection, _SENT, ledger.c.dedupe_key, keys, entity=self.entity_uscc)
        for key, row_id, campaign_id in found:
            last[key] = max((row_id, campaign_id), last.get(key, (0, 0)))
        return last

    def texts_sent(self, keys: Iterable[bytes], since: int) -> dict[bytes, list[str]]:
        """What was sent under each key for the entity since then."""
        texts: dict[bytes, list[str]] = {}
        for key, text in rows_among(
            self.connection, _TEXTS, ledger.c.dedupe_key, keys, entity=self.entity_uscc, since=since
        ):
            texts.setdefault(key, []).append(text)
        return texts

    def campaign_of_row(self, ledger_id: int) -> int | None:
        found: int | None = fetch_value(self.connection, _CAMPAIGN_OF, row=ledger_id)
        return found

    def person_of_row(self, ledger_id: int) -> CustomerRef:
        ((account_id, ref),) = fetch(self.connection, _PERSON_OF, row=ledger_id)
        return CustomerRef(account_id, ref)

    def _keys_of_row(self, ledger_id: int) -> set[bytes]:
        ((dedupe_key, account_id, ref, phone_key),) = fetch(self.connection, _KEYS_OF, row=ledger_id)
        known = {dedupe_key, self.hashes.of_ref(CustomerRef(account_id, ref)), phone_key}
        return {key for key in known if key is not None}
