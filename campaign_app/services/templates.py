"""The templates of the sender accounts, as each provider has them right now."""

from __future__ import annotations

from dataclasses import dataclass

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import AppError
from campaign_app.domain.signature import FiledTemplate
from campaign_app.services.accounts import Accounts


@dataclass(frozen=True, slots=True)
class AccountTemplates:
    """What one account listed, or why it did not."""

    account: Account
    templates: tuple[FiledTemplate, ...] = ()
    error: AppError | None = None


class Templates:
    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def read(self) -> tuple[AccountTemplates, ...]:
        """Of every connected account whose platform lists them; one that does not answer spoils no other."""
        connected = (each for each in self._accounts.all() if each.state == "connected")
        return tuple(found for each in connected if (found := self._of(each)) is not None)

    def _of(self, account: Account) -> AccountTemplates | None:
        try:
            listed = self._accounts.templates(account.id)
        except AppError as error:
            return None if error.code == "not_offered" else AccountTemplates(account, error=error)
        return None if listed is None else AccountTemplates(account, listed)
