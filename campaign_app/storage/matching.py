"""Which message a complaint may be about: what its person was sent, across the shops of the entity, before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.complaint import Candidate, Found, Unmatched
from campaign_app.domain.consent import CustomerRef, LocalOptOut
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.message import Outcome
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import PhoneKeys
from campaign_app.storage import schema
from campaign_app.storage.lists import rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_sending import campaign, ledger, ledger_latest, submission
from campaign_app.storage.times import moment_at

_customer: Final = schema.customer.c
_MINUTE: Final = timedelta(seconds=59, milliseconds=999)
# nobody was reached by these
_NOT_SENT: Final = frozenset({Outcome.WITHHELD, Outcome.REJECTED})
_latest: Final = sa.and_(ledger_latest.c.ledger_id == ledger.c.id, ledger_latest.c.campaign_id == ledger.c.campaign_id)
_SENT: Final = (
    sa.select(
        ledger.c.id,
        ledger.c.campaign_id,
        campaign.c.name,
        campaign.c.signature,
        _customer.account_id,
        _customer.ref,
        ledger.c.text,
        submission.c.claimed_at,
        ledger_latest.c.outcome,
        ledger.c.customer_id,
        ledger.c.fact_id,
    )
    .select_from(ledger)
    .join(submission, submission.c.id == ledger.c.submission_id)
    .join(campaign, campaign.c.id == ledger.c.campaign_id)
    .join(schema.customer, _customer.id == ledger.c.customer_id)
    .outerjoin(ledger_latest, _latest)
    .where(campaign.c.entity_uscc == sa.bindparam("entity"))
)
_SHOPS: Final = sa.select(schema.account.c.id).where(schema.account.c.entity_uscc == sa.bindparam("entity"))
_NAMED: Final = sa.select(_customer.id, _customer.account_id, _customer.phone_key).where(
    _customer.ref == sa.bindparam("which")
)


@dataclass(frozen=True, slots=True)
class Whom:
    """Every key of a person, the customers that their reference names, and where."""

    keys: frozenset[bytes] = field(repr=False)
    customers: tuple[int, ...] = ()
    refs: tuple[CustomerRef, ...] = ()

    def said(self, since: datetime, reason: str) -> list[LocalOptOut]:
        return [LocalOptOut(ref, since, reason) for ref in self.refs]


def person_of(
    connection: sa.Connection,
    hashes: PhoneKeys,
    entity: str,
    *,
    phone: Phone | None = None,
    ref: str = "",
    account_id: int | None = None,
) -> Whom:
    """Whom a number and a reference name at the entity's shops.

    A reference that no shop knows stands for whoever will have it. Raises NotAllowed `complaint_shop` for a shop of
    another entity.
    """
    keys = set() if phone is None else {hashes.of_phone(phone)}
    customers: tuple[int, ...] = ()
    refs: tuple[CustomerRef, ...] = ()
    if ref:
        shops = list(connection.execute(_SHOPS, {"entity": entity}).scalars())
        if account_id is not None and account_id not in shops:
            raise NotAllowed("complaint_shop", "The shop is not of this entity", account=account_id)
        asked = shops if account_id is None else [account_id]
        known = list(rows_among(connection, _NAMED, _customer.account_id, asked, which=ref))
        customers = tuple(row.id for row in known)
        refs = tuple(CustomerRef(shop, ref) for shop in ([row.account_id for row in known] or asked))
        keys |= {hashes.of_ref(each) for each in refs} | {row.phone_key for row in known if row.phone_key is not None}
    return Whom(frozenset(people_of(connection, keys)), customers, refs)


def messages_for(
    connection: sa.Connection, entity: str, whom: Whom, made_at: datetime, days: int, signature: str = ""
) -> Found:
    """What this person was sent in the days before a complaint, the newest first; or why there is nothing."""
    rows: dict[int, AnyRow] = {}
    for column, values in ((ledger.c.dedupe_key, whom.keys), (ledger.c.customer_id, whom.customers)):
        rows |= {row.id: row for row in rows_among(connection, _SENT, column, values, entity=entity)}
    sent = [row for row in rows.values() if row.outcome not in _NOT_SENT]
    if not sent:
        return Found(why=Unmatched.NEVER_SENT)
    near = [_candidate(row, signature) for row in sent]
    # who tells the time by the minute means all of it
    until = made_at if made_at.second or made_at.microsecond else made_at + _MINUTE
    then = [each for each in near if made_at - timedelta(days=days) <= each.sent_at <= until]
    if not then:
        return Found(why=Unmatched.NOT_THEN)
    return Found(tuple(sorted(then, key=lambda each: (each.sent_at, each.ledger_id), reverse=True)))


def message(connection: sa.Connection, entity: str, ledger_id: int) -> Candidate | None:
    """The message of a row that is known already."""
    rows = list(rows_among(connection, _SENT, ledger.c.id, [ledger_id], entity=entity))
    return _candidate(rows[0], "") if rows else None


def bare(signature: str) -> str:
    """As it is compared: without the brackets that it is quoted in."""
    return signature.strip().strip("【】[]").strip()


def _candidate(row: AnyRow, signature: str) -> Candidate:
    (each, campaign_id, name, signed, shop, ref, text, claimed_at, outcome, *fact) = tuple(row)
    differs = bool(bare(signature)) and bool(signed) and bare(signature) != bare(signed)
    sent_at = moment_at(claimed_at)
    return Candidate(each, campaign_id, name, signed, shop, ref, text, sent_at, outcome or "", differs, *fact)
