"""Tokens and private keys, sealed once more inside the encrypted workspace and bound to their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

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
