"""An account as somebody connected it anew, without a platform that is asked."""

from __future__ import annotations

from campaign_app.domain.customer import Account
from campaign_app.storage.accounts import SqlAccounts, put_connected


def connect_again(accounts: SqlAccounts, account: Account) -> None:
    with accounts.db.write() as connection:
        put_connected(connection, account)
