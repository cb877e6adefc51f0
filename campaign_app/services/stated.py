"""Templates and signatures that a person typed in, of a platform that shows neither: a person's word, kept and audited.

What leaves is the text that was checked only if the platform really holds these very templates. Nobody but a person can
compare them with its console, so nothing leaves until somebody has; another text or signature voids the word.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Final

from campaign_app.domain.campaign import Noted
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs

# options of an account
STATED: Final = ("signatures", "templates")


def is_checked(settings: AccountStore, account: Account) -> bool:
    """Whether a person has compared just what is typed in now."""
    return bool(settings.setting(_name(account.id), "") == _digest(account))


def _digest(account: Account) -> str:
    stated = [account.options.get(name, "") for name in STATED]
    return sha256(json.dumps(stated, ensure_ascii=False).encode()).hexdigest()


def _name(account_id: int) -> str:
    return f"account.{account_id}.templates_checked"


class StatedTemplates(Permitted):
    def __init__(self, accounts: AccountStore, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock

    def is_checked(self, account_id: int) -> bool:
        return is_checked(self._accounts, self._accounts.account(account_id))

    @needs(Permission.VOUCH)
    def record(self, account_id: int, *, actor: str, checked: bool = True) -> None:
        """Keeps that somebody compared them, or takes the word back. Raises NotFound, SettingsError."""
        account = self._accounts.account(account_id)
        if checked and not all(account.options.get(name) for name in STATED):
            raise SettingsError("nothing_stated", "No signature or no template is typed in", account=account_id)
        digest = _digest(account)
        noted = Noted(
            "account.templates_checked", actor, self._clock(),
            {"account": account_id, "checked": checked, "sha256": digest},
        )  # fmt: skip
        self._accounts.change_settings((), lambda _: ({_name(account_id): digest if checked else ""}, [noted]))
