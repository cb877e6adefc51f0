"""Tokens and private keys, sealed once more inside the encrypted workspace and bound to their names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.campaign import Noted
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, RemoteRefused
from campaign_app.domain.ports import Clock
from campaign_app.services.accounts import secret_name
from campaign_app.storage import copies, schema
from campaign_app.storage.accounts import put_connected, put_state
from campaign_app.storage.audit import append_noted
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import read_value
from campaign_app.storage.keys import Vault
from campaign_app.storage.upserts import insert_or_update

# longer than any exchange with a token endpoint may take (`transport.session.Limits`, twice after a wrong clock)
LEASE: Final = timedelta(minutes=6)
# by which a clock may be corrected; more than that it was set back, and nobody waits until it catches up
CLOCK_STEP: Final = timedelta(minutes=1)
_account = schema.account.c
_SEALED: Final = sa.select(schema.secret.c.sealed).where(schema.secret.c.name == sa.bindparam("secret_name"))
_CLAIM: Final = sa.select(schema.setting.c.value).where(schema.setting.c.name == sa.bindparam("which"))
_UNCLAIM: Final = sa.delete(schema.setting).where(schema.setting.c.name == sa.bindparam("which"))
_OF_CONNECTED: Final = sa.select(schema.secret.c.sealed).where(
    schema.secret.c.name == sa.bindparam("secret_name"),
    sa.exists().where(_account.id == sa.bindparam("account"), _account.state == "connected"),
)


@dataclass(frozen=True, slots=True)
class SqlSecrets:
    """Implements `domain.ports.Secrets`."""

    db: Database
    vault: Vault = field(repr=False)

    def put(self, name: str, value: str) -> None:
        with self.db.write() as connection:
            self._put(connection, name, value)

    def _put(self, connection: sa.Connection, name: str, value: str) -> None:
        sealed = self.vault.seal(value.encode(), name.encode())
        statement = insert_or_update(connection, schema.secret, "name")
        connection.execute(statement, {"name": name, "sealed": sealed})

    def connect(self, account: Account, name: str, value: str, noted: Noted) -> None:
        with self.db.write() as connection:
            put_connected(connection, account)
            self._put(connection, name, value)
            append_noted(connection, noted)

    def disconnect(self, account_id: int, name: str, noted: Noted) -> None:
        with self.db.write() as connection:
            put_state(connection, account_id, "disconnected")
            _delete(connection, name)
            append_noted(connection, noted)

    def replace(self, name: str, expected: str, value: str) -> bool:
        """Says whether `expected` was stored, and is replaced: a secret that was removed or changed stays as it is."""
        sealed = self.vault.seal(value.encode(), name.encode())
        with self.db.write() as connection:
            if self._stored(connection, name) != expected:
                return False
            connection.execute(sa.update(schema.secret).where(schema.secret.c.name == name).values(sealed=sealed))
            connection.execute(_UNCLAIM, {"which": _claim_name(name)})
            return True

    @contextmanager
    def claim(self, name: str, expected: str, clock: Clock) -> Iterator[bool]:
        """Whether `expected` is stored and nobody else, in whatever process, has claimed it. It ends with the block, or

        after `LEASE` where a process ended within. Raises RemoteRefused("copy_waits") in a copy that nobody accepted: a
        token that is renewed there shuts out the workspace that goes on.
        """
        by = token_hex(16)
        taken = self._claimed(name, expected, clock, by)
        try:
            yield taken
        finally:
            if taken:
                self._unclaim(name, by)

    def _claimed(self, name: str, expected: str, clock: Clock, by: str) -> bool:
        with self.db.write() as connection:
            # not before: who waited for the database would take a claim made meanwhile for one of a later time
            now = clock()
            if copies.noticed(copies.meta_of(connection)):
                raise RemoteRefused("copy_waits", "Nobody has accepted this copy of a workspace", account_wide=True)
            if self._stored(connection, name) != expected:
                return False
            written = connection.execute(_CLAIM, {"which": _claim_name(name)}).scalar()
            if written is not None and _holds(datetime.fromisoformat(json.loads(written)["until"]), now):
                return False
            mine = json.dumps({"by": by, "until": (now + LEASE).isoformat()})
            row = {"name": _claim_name(name), "value": mine}
            connection.execute(insert_or_update(connection, schema.setting, "name"), row)
            return True

    def _unclaim(self, name: str, by: str) -> None:
        with self.db.write() as connection:
            written = connection.execute(_CLAIM, {"which": _claim_name(name)}).scalar()
            if written is not None and json.loads(written)["by"] == by:
                connection.execute(_UNCLAIM, {"which": _claim_name(name)})

    def get(self, name: str) -> str | None:
        with self.db.read() as connection:
            return self._stored(connection, name)

    def _stored(self, connection: sa.Connection, name: str) -> str | None:
        sealed = connection.execute(_SEALED, {"secret_name": name}).scalar()
        return None if sealed is None else self.vault.open(sealed, name.encode()).decode()

    def get_of_connected(self, account_id: int, name: str) -> str | None:
        """`get`, but None unless the account is connected; one look for what every call of a client asks."""
        sealed = read_value(self.db, _OF_CONNECTED, account=account_id, secret_name=name)
        return None if sealed is None else self.vault.open(sealed, name.encode()).decode()

    def delete(self, name: str) -> None:
        with self.db.write() as connection:
            _delete(connection, name)


def _delete(connection: sa.Connection, name: str) -> None:
    connection.execute(sa.delete(schema.secret).where(schema.secret.c.name == name))


@dataclass(frozen=True, slots=True)
class AccountSecrets:
    """What each connected account's client is made of. Implements `platforms.SecretStore`."""

    secrets: SqlSecrets

    def get(self, account_id: int) -> str:
        found = self.secrets.get_of_connected(account_id, secret_name(account_id))
        if found is None:
            raise _disconnected(account_id)
        return found

    def replace(self, account_id: int, seen: str, secret: str) -> bool:
        if self.secrets.replace(secret_name(account_id), seen, secret):
            return True
        self.get(account_id)
        return False

    def claim(self, account_id: int, seen: str, clock: Clock) -> AbstractContextManager[bool]:
        return self.secrets.claim(secret_name(account_id), seen, clock)


def _holds(until: datetime, now: datetime) -> bool:
    return now < until <= now + LEASE + CLOCK_STEP


def _claim_name(name: str) -> str:
    return f"{name}.claimed"


def _disconnected(account_id: int) -> NotAllowed:
    return NotAllowed("account_disconnected", "The account was disconnected", account=account_id)
