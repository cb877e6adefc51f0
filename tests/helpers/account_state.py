"""The state of an account as it is stored, which the program itself changes with its secrets only."""

from __future__ import annotations

from campaign_app.storage.accounts import SqlAccounts, put_state


def set_account_state(accounts: SqlAccounts, account_id: int, state: str) -> None:
    with accounts.db.write() as connection:
        put_state(connection, account_id, state)
