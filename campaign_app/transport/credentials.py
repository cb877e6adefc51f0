"""The secret fields of an account as the workspace keeps them: one JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping

from campaign_app.domain.errors import SettingsError


def read_credentials(secret: str) -> Mapping[str, str]:
    """Raises SettingsError, without the secret in it."""
    try:
        found = json.loads(secret)
    except ValueError:
        found = None
    if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()):
        return found
    raise SettingsError("bad_credentials", "The account's credentials cannot be read: connect it again")


def write_credentials(credentials: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(credentials.items())), ensure_ascii=False)
