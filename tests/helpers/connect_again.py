"""An account as somebody connected it anew, without a platform that is asked."""

from __future__ import annotations

from dataclasses import replace

from campaign_app.domain.customer import Account
from campaign_app.storage.accounts import SqlAccounts, put_connected


def connect_again(accounts: SqlAccounts, account: Account) -> None:
    state = next((known.state for known in accounts.accounts() if known.id == account.id), account.state)
    with accounts.db.write() as connection:
        put_connected(connection, replace(account, state=state))
