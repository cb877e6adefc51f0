"""What a person typed to connect an account: secrets and options by the names of the adapter's fields."""

from __future__ import annotations

from campaign_app.domain.errors import SettingsError
from campaign_app.platforms.adapter import Parts


def typed(parts: Parts, name: str) -> str:
    """Raises SettingsError for a field that is empty."""
    value = parts.credentials.get(name) or parts.account.options.get(name, "")
    if not value:
        raise SettingsError("field_missing", "A field of the account is empty", field=name)
    return value
