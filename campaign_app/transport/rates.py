"""How many messages a second an account hands over: what its provider takes, or less where a person said so."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError

FIELD: Final = "rate"
_MOST: Final = 10_000


def lowered(account: Account, limit: int) -> int:
    """`limit` is the provider's, 0 where none is known; 0 for no limit at all. A setting never raises a limit.

    Raises SettingsError for a setting that is no such number.
    """
    typed = account.options.get(FIELD, "")
    if not typed:
        return limit
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6 and 1 <= int(typed) <= _MOST):
        raise SettingsError("bad_account_field", "A field of the account cannot be right", field=FIELD)
    return min(int(typed), limit) if limit else int(typed)
