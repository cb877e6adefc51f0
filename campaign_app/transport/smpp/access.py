"""What an account of a centre is made of, from the fields that a person typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.transport.smpp.address import Endpoint, endpoint_of
from campaign_app.transport.smpp.pdu import Address, Login

ANSWER_SECONDS: Final = 30.0
# field → the most characters of its word: some centres take longer ones than the specification has
_LONGEST: Final = {"key_id": 64, "password": 64, "system_type": 12, "source": 20}
_NUMBERS: Final = {"window": (1, 500), "rate": (1, 10_000)}
_PREFIXES: Final = {"86": "86", "+86": "+86", "0086": "0086", "none": ""}


@dataclass(frozen=True, slots=True)
class Access:
    """`window`: submit_sm without an answer yet, at most. `rate`: submit_sm a second. `prefix`: before a number."""

    endpoint: Endpoint
    login: Login = field(repr=False)
    source: Address
    prefix: str
    window: int
    rate: int
    answer_within: float = ANSWER_SECONDS


def access_of(account: Account, credentials: Mapping[str, str]) -> Access:
    """Raises SettingsError for what cannot be right."""
    typed = {**account.options, **credentials, "key_id": account.key_id}
    words = {name: _word(name, typed.get(name, "")) for name in _LONGEST}
    numbers = {name: _number(name, typed.get(name, "")) for name in _NUMBERS}
    missing = next((name for name in ("key_id", "password", "source") if not words[name]), None)
    if missing is not None:
        raise SettingsError("field_missing", "A field of the account is empty", field=missing)
    if typed.get("prefix") not in _PREFIXES:
        raise _bad("prefix")
    return Access(
        endpoint=endpoint_of(account.base_url),
        login=Login(words["key_id"], words["password"], words["system_type"]),
        source=Address(words["source"]),
        prefix=_PREFIXES[typed["prefix"]],
        window=numbers["window"],
        rate=numbers["rate"],
    )


def _word(name: str, text: str) -> str:
    if not text.isascii() or not text.isprintable() or len(text) > _LONGEST[name]:
        raise _bad(name)
    return text


def _number(name: str, text: str) -> int:
    least, most = _NUMBERS[name]
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise _bad(name)
    return int(text)


def _bad(name: str) -> SettingsError:
    return SettingsError("bad_account_field", "A field of the account cannot be right", field=name)
