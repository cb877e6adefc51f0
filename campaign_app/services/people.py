"""Customers as the window lists them, and all that is known of one: consent and suppression, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from campaign_app.domain.audience import Filter
from campaign_app.domain.consent import ConsentFact, ConsentMethod, ConsentStatus, Suppression
from campaign_app.domain.customer import Account, Customer
from campaign_app.domain.errors import NotFound
from campaign_app.domain.people import PeopleQuery
from campaign_app.domain.phone import parse_phone
from campaign_app.domain.ports import AccountStore, Clock, PhoneKeys
from campaign_app.domain.ports_people import CustomerStore, FactStore, PeopleStore, SuppressionStore
from campaign_app.domain.subjects import SubjectStore
from campaign_app.logs import mask

PAGE_ROWS: Final = 200
SORTED_MOST: Final = 200_000  # rows: of more, those that come first


@dataclass(frozen=True, slots=True)
class Glance:
    """What the latest answer of the platform says, without its evidence: thousands of these are kept."""

    status: ConsentStatus
    method: ConsentMethod
    obtained_at: datetime | None
    expires_at: datetime | None
    checked_at: datetime
    simulated: bool

    @classmethod
    def of(cls, fact: ConsentFact) -> Glance:
        return cls(
            fact.status,
            fact.method,
            fact.obtained_at,
            fact.expires_at,
            fact.checked_at or fact.observed_at,
            fact.evidence is not None and fact.evidence.simulated,
        )


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the table. The number is masked already; `suppressions` are the marks in force, newest first.

    `sealed`: a number is there that nobody but the platform can read.
    """

    id: int
    account_id: int
    shop: str
    ref: str
    name: str
    phone: str
    province: str
    city: str
    spend_cents: int
    last_order_at: datetime | None
    consent: Glance | None
    suppressions: tuple[Suppression, ...]
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Everything of one customer. `facts` are (id, fact), newest first; `names` has the names of entities by USCC.

    `restricted_at`: since when nothing but storing may be done, as the person asked.
    """

    row: PersonRow
    account: Account
    entity_name: str
    order_count: int
    tags: tuple[str, ...]
    attributes: Mapping[str, str]
    facts: tuple[tuple[int, ConsentFact], ...]
    names: Mapping[str, str] = field(default_factory=dict)
    restricted_at: datetime | None = None


class People:
    """Reads only."""

    def __init__(
        self,
        *,
        store: PeopleStore,
        customers: CustomerStore,
        facts: FactStore,
        suppressions: SuppressionStore,
        subjects: SubjectStore,
        accounts: AccountStore,
        phone_keys: PhoneKeys,
        clock: Clock,
    ) -> None:
        self._store = store
        self._customers = customers
        self._facts = facts
        self._suppressions = suppressions
        self._subjects = subjects
        self._accounts = accounts
        self._phone_keys = phone_keys
        self._clock = clock

    def query(
        self,
        text: str = "",
        *,
        account_id: int | None = None,
        status: str = "",
        province: str = "",
        audience: Filter | None = None,
    ) -> PeopleQuery:
        """What was typed: a whole number becomes its keyed hash at once, all else is a name's start or a ref."""
        phone = parse_phone(text.strip())
        if phone is not None:
            key, text = self._phone_keys.of_phone(phone), ""
        else:
            key = None
        now = None if audience is None else self._clock()
        return PeopleQuery(text.strip(), key, account_id, status, province, audience, now)

    def anchors(self, query: PeopleQuery, every: int = PAGE_ROWS) -> tuple[int, tuple[int, ...]]:
        """How many match, and the id that each page begins with; reads the table once, so it may take a while."""
        return self._store.anchors(query, every)

    def ordered(self, query: PeopleQuery, order: str, *, descending: bool, limit: int = SORTED_MOST) -> Sequence[int]:
        """The ids of the first `limit` that match, by one of `domain.people.ORDERS`; reads the table once."""
        return self._store.ordered(query, order, limit, descending=descending)

    def rows(self, query: PeopleQuery, first: int, limit: int = PAGE_ROWS) -> tuple[PersonRow, ...]:
        """The page that begins with the id `first`."""
        return self.rows_of(self._store.ids(query, first, limit))

    def rows_of(self, ids: Sequence[int]) -> tuple[PersonRow, ...]:
        """In the order of the ids; who is gone is left out."""
        found = self._customers.by_ids(ids)
        facts = self._facts.latest(ids)
        marks = self._suppressions.of_customers(ids)
        shops = {account.id: account.label for account in self._accounts.accounts()}
        return tuple(
            _row(
                found[each],
                shops[found[each].account_id],
                Glance.of(facts[each][1]) if each in facts else None,
                marks.get(each, frozenset()),
            )
            for each in ids
            if each in found
        )

    def provinces(self) -> tuple[str, ...]:
        return self._store.provinces()

    def person(self, customer_id: int) -> Person:
        """Raises NotFound."""
        customer = self._customers.by_ids([customer_id]).get(customer_id)
        if customer is None:
            raise NotFound("customer", "There is no such customer", customer=customer_id)
        account = self._accounts.account(customer.account_id)
        latest = self._facts.latest([customer_id]).get(customer_id)
        marks = self._suppressions.of_customers([customer_id]).get(customer_id, frozenset())
        facts = self._facts.history(customer_id)[::-1]
        return Person(
            row=_row(customer, account.label, Glance.of(latest[1]) if latest else None, marks),
            account=account,
            entity_name=self._accounts.entity(account.entity_uscc).name,
            order_count=customer.order_count,
            tags=customer.tags,
            # a file's column may hold a second number
            attributes={name: mask(value) for name, value in customer.attributes.items()},
            facts=facts,
            names=self._names(facts, account),
            restricted_at=self._subjects.restricted_since(customer_id),
        )

    def _names(self, facts: tuple[tuple[int, ConsentFact], ...], account: Account) -> dict[str, str]:
        """Of the issuers and of the entities that consents are for, as far as they are known."""
        known = {each.issuer_uscc: each.issuer_name for each in self._accounts.accounts()}
        known[account.issuer_uscc] = account.issuer_name
        for uscc in {fact.entity_uscc for _, fact in facts if fact.entity_uscc} - set(known):
            try:
                known[uscc] = self._accounts.entity(uscc).name
            except NotFound:
                continue
        return known


def _row(customer: Customer, shop: str, consent: Glance | None, marks: frozenset[Suppression]) -> PersonRow:
    # one mark per kind: the same one may lie under the ref and under the number
    by_kind: dict[str, Suppression] = {}
    for mark in sorted(marks, key=lambda mark: mark.since):
        by_kind[mark.kind.value] = mark
    return PersonRow(
        id=customer.id,
        account_id=customer.account_id,
        shop=shop,
        ref=customer.ref,
        name=customer.name,
        phone="" if customer.phone is None else customer.phone.masked,
        province=customer.province,
        city=customer.city,
        spend_cents=customer.spend_cents,
        last_order_at=customer.last_order_at,
        consent=consent,
        suppressions=tuple(sorted(by_kind.values(), key=lambda mark: mark.since, reverse=True)),
        sealed=customer.platform_phone is not None,
    )
