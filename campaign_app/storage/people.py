"""Who wrote or complained: the customer behind a ref, a number or a message, and the keys they are suppressed by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import PhoneKeys
from campaign_app.storage import schema
from campaign_app.storage.accounts import entity_of
from campaign_app.storage.lists import rows_among
from campaign_app.storage.schema_sending import campaign, ledger, ledger_outcome, submission


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

    def keys(self, ref: str, phone: Phone | None, ledger_id: int | None = None) -> frozenset[bytes]:
        """Every key that this person is known by: given, and of the customers behind them."""
        keys: set[bytes] = set()
        if ref:
            keys.add(self.hashes.of_ref(CustomerRef(self.account_id, ref)))
            keys |= self._phone_keys(schema.customer.c.account_id == self.account_id, schema.customer.c.ref == ref)
        if phone is not None:
            keys.add(self.hashes.of_phone(phone))
        if ledger_id is not None:
            keys |= self._keys_of_row(ledger_id)
        return frozenset(keys)

    def rows_of(self, provider_ids: Iterable[str]) -> dict[str, int]:
        """Ledger rows of this account by the sender's message id."""
        wanted = (
            sa.select(ledger_outcome.c.provider_id, ledger_outcome.c.ledger_id)
            .join(ledger, ledger.c.id == ledger_outcome.c.ledger_id)
            .join(submission, submission.c.id == ledger.c.submission_id)
            # the partial index is used only where the condition says so
            .where(submission.c.account_id == self.account_id, ledger_outcome.c.provider_id != "")
        )
        named = (provider_id for provider_id in provider_ids if provider_id)
        return {row[0]: row[1] for row in rows_among(self.connection, wanted, ledger_outcome.c.provider_id, named)}

    def campaign_of(self, keys: Iterable[bytes]) -> int | None:
        """The campaign of the last message that this person was sent for the entity."""
        wanted = (
            sa.select(ledger.c.campaign_id)
            .join(campaign, campaign.c.id == ledger.c.campaign_id)
            .where(campaign.c.entity_uscc == self.entity_uscc, ledger.c.dedupe_key.in_(list(keys)))
            .order_by(ledger.c.id.desc())
            .limit(1)
        )
        return self.connection.execute(wanted).scalar()

    def campaign_of_row(self, ledger_id: int) -> int | None:
        return self.connection.execute(sa.select(ledger.c.campaign_id).where(ledger.c.id == ledger_id)).scalar()

    def _phone_keys(self, *conditions: Any) -> set[bytes]:
        found = self.connection.execute(sa.select(schema.customer.c.phone_key).where(*conditions)).scalars()
        return {key for key in found if key is not None}

    def _keys_of_row(self, ledger_id: int) -> set[bytes]:
        customer = schema.customer.c
        wanted = (
            sa.select(ledger.c.dedupe_key, customer.account_id, customer.ref, customer.phone_key)
            .join(schema.customer, customer.id == ledger.c.customer_id)
            .where(ledger.c.id == ledger_id)
        )
        dedupe_key, account_id, ref, phone_key = self.connection.execute(wanted).one()
        known = {dedupe_key, self.hashes.of_ref(CustomerRef(account_id, ref)), phone_key}
        return {key for key in known if key is not None}
