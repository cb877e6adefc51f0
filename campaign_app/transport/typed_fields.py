"""Fields that a person typed for a sender account, as far as they can be right at all."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.errors import SettingsError

# what may stand before the eleven digits of a number
PREFIXES: Final = {"86": "86", "+86": "+86", "0086": "0086", "none": ""}


def word(name: str, text: str, longest: int) -> str:
    """Raises SettingsError, as they all do."""
    if not text.isascii() or not text.isprintable() or len(text) > longest:
        raise bad_field(name)
    return text


def number(name: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise bad_field(name)
    return int(text)


def prefix(text: str) -> str:
    if text not in PREFIXES:
        raise bad_field("prefix")
    return PREFIXES[text]


def bad_field(name: str) -> SettingsError:
    return SettingsError("bad_account_field", "A field of the account cannot be right", field=name)


def missing_field(name: str) -> SettingsError:
    return SettingsError("field_missing", "A field of the account is empty", field=name)
