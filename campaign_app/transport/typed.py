"""What a person typed to connect an account: secrets and options by the names of the adapter's fields."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.transport.kept import MadeOf

_FASTEST: Final = 1_000.0


def typed(parts: MadeOf, name: str) -> str:
    """Raises SettingsError for a field that is empty."""
    value = parts.credentials.get(name) or parts.account.options.get(name, "")
    if not value:
        raise SettingsError("field_missing", "A field of the account is empty", field=name)
    return value


def names_in(account: Account, option: str) -> list[str]:
    """The names that a person typed into one field."""
    names = account.options.get(option, "")
    for separator in ",;；、\n":
        names = names.replace(separator, "，")
    return list(dict.fromkeys(name for part in names.split("，") if (name := part.strip())))


def calls_per_second(parts: MadeOf) -> float:
    """How often the platform may be asked, for platforms that publish no limit. Raises SettingsError."""
    try:
        rate = float(parts.account.options.get("calls_per_second", "") or "10")
    except ValueError:
        rate = 0.0
    if not 0 < rate <= _FASTEST:
        raise SettingsError("bad_rate", "The number of calls a second is a number above 0")
    return rate
