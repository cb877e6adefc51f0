"""Where the answers to a sender's messages are read that does not hand them in: a person's word, kept and audited.

Every text asks for an opt-out by a reply (rules OPT-*), so nothing leaves by such a sender until somebody has said who
reads the replies, and where.
"""

from __future__ import annotations

from typing import Final

from campaign_app.domain.campaign import Noted
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs

WHERE_MAX: Final = 100


def read_at(settings: AccountStore, account_id: int) -> str:
    """Where the replies to what this account carries are read, "" where nobody said."""
    return str(settings.setting(_name(account_id), ""))


def _name(account_id: int) -> str:
    return f"account.{account_id}.replies_read"


class Replies(Permitted):
    def __init__(self, accounts: AccountStore, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock

    def read_at(self, account_id: int) -> str:
        return read_at(self._accounts, account_id)

    @needs(Permission.VOUCH)
    def record(self, account_id: int, where: str, *, actor: str) -> None:
        """`where`: who reads them and in which place; "" takes the word back. Raises NotFound, SettingsError."""
        said = where.strip()
        if len(said) > WHERE_MAX:
            raise SettingsError("replies_where", "Too long a place", most=WHERE_MAX)
        self._accounts.account(account_id)
        noted = Noted(
            "account.replies_read", actor, self._clock(),
            {"account": account_id, "recorded": bool(said), "where": said},
        )  # fmt: skip
        self._accounts.change_settings((), lambda _: ({_name(account_id): said}, [noted]))
