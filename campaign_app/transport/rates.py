"""How many messages a second an account hands over: what its provider takes, or less where a person said so."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.transport.typed_fields import number

FIELD: Final = "rate"
_MOST: Final = 10_000


def lowered(account: Account, limit: int) -> int:
    """`limit` is the provider's, 0 where none is known; 0 for no limit at all. A setting never raises a limit.

    Raises SettingsError for a setting that is no such number.
    """
    typed = account.options.get(FIELD, "")
    if not typed:
        return limit
    rate = number(FIELD, typed, 1, _MOST)
    return min(rate, limit) if limit else rate
