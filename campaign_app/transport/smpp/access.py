"""What an account of a centre is made of, from the fields that a person typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.transport.smpp.address import Endpoint, endpoint_of
from campaign_app.transport.smpp.pdu import Address, Login
from campaign_app.transport.typed_fields import bad_field, missing_field, number, prefix, word

ANSWER_SECONDS: Final = 30.0
# field → the most characters of its word: some centres take longer ones than the specification has
_LONGEST: Final = {"key_id": 64, "password": 64, "system_type": 12, "source": 20}
_NUMBERS: Final = {"window": (1, 500), "rate": (1, 10_000)}


@dataclass(frozen=True, slots=True)
class Access:
    """`window`: submit_sm without an answer yet, at most. `rate`: submit_sm a second. `prefix`: before a number.

    `test`: a person said that the centre leads to a simulator only.
    """

    endpoint: Endpoint
    login: Login = field(repr=False)
    source: Address
    prefix: str
    window: int
    rate: int
    test: bool = False
    answer_within: float = ANSWER_SECONDS


def access_of(account: Account, credentials: Mapping[str, str]) -> Access:
    """Raises SettingsError for what cannot be right."""
    typed = {**account.options, **credentials, "key_id": account.key_id}
    words = {name: word(name, typed.get(name, ""), longest) for name, longest in _LONGEST.items()}
    numbers = {name: number(name, typed.get(name, ""), *limits) for name, limits in _NUMBERS.items()}
    missing = next((name for name in ("key_id", "password", "source") if not words[name]), None)
    if missing is not None:
        raise missing_field(missing)
    endpoint, use = endpoint_of(account.base_url), typed.get("use") or "live"
    if use != "live" and not (use == "test" and endpoint.near):
        raise bad_field("use")
    return Access(
        endpoint=endpoint,
        login=Login(words["key_id"], words["password"], words["system_type"]),
        source=Address(words["source"]),
        prefix=prefix(typed.get("prefix", "")),
        window=numbers["window"],
        rate=numbers["rate"],
        test=use == "test",
    )
