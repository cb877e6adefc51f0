"""Tokens and private keys, sealed once more inside the encrypted workspace and bound to their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.errors import NotAllowed
from campaign_app.services.accounts import secret_name
from campaign_app.storage import schema
from campaign_app.storage.engine import Database
from campaign_app.storage.keys import Vault
from campaign_app.storage.upserts import insert_or_update

_account = schema.account.c
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
        sealed = self.vault.seal(value.encode(), name.encode())
        with self.db.write() as connection:
            statement = insert_or_update(connection, schema.secret, "name")
            connection.execute(statement, {"name": name, "sealed": sealed})

    def replace(self, name: str, value: str) -> bool:
        """`put`, but only where there is one already: a secret that was removed stays removed. Says whether it was."""
        sealed = self.vault.seal(value.encode(), name.encode())
        with self.db.write() as connection:
            changed = sa.update(schema.secret).where(schema.secret.c.name == name).values(sealed=sealed)
            return bool(connection.execute(changed).rowcount)

    def get(self, name: str) -> str | None:
        with self.db.read() as connection:
            wanted = sa.select(schema.secret.c.sealed).where(schema.secret.c.name == name)
            sealed = connection.execute(wanted).scalar()
        return None if sealed is None else self.vault.open(sealed, name.encode()).decode()

    def get_of_connected(self, account_id: int, name: str) -> str | None:
        """`get`, but None unless the account is connected; one look for what every call of a client asks."""
        with self.db.read() as connection:
            sealed = connection.execute(_OF_CONNECTED, {"account": account_id, "secret_name": name}).scalar()
        return None if sealed is None else self.vault.open(sealed, name.encode()).decode()

    def delete(self, name: str) -> None:
        with self.db.write() as connection:
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

    def replace(self, account_id: int, secret: str) -> None:
        if not self.secrets.replace(secret_name(account_id), secret):
            raise _disconnected(account_id)


def _disconnected(account_id: int) -> NotAllowed:
    return NotAllowed("account_disconnected", "The account was disconnected", account=account_id)
