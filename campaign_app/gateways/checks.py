"""What every sender refuses before anything leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import floor
from typing import Final

from campaign_app.consent.recipient import Outgoing
from campaign_app.consent.staff import StaffMessage
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.phone import Phone, PlatformPhone
from campaign_app.jobs.asking import BATCH_TIME

_KEY: Final = re.compile(r"[A-Za-z0-9_~:-][A-Za-z0-9._~:-]{0,254}", re.ASCII)
TEXT_MAX: Final = 1_000
Faults = Iterable[tuple[str, bool]]
# what has a sealed recipient, of either kind
Leaving = Outgoing | StaffMessage


def check_batch(
    account: Account, purpose: str, key: str, messages: Sequence[Outgoing], *, batch_max: int, text_max: int = TEXT_MAX
) -> None:
    """Raises TypeError, or RemoteRefused: for everybody who is not for this sender, or a batch that cannot leave."""
    if not all(type(m) is Outgoing for m in messages):
        raise TypeError("a sender takes nothing but Outgoing")
    _refuse_first(
        (
            ("simulated_fact", not account.simulated and any(m.recipient.simulated for m in messages)),
            ("other_account", any(m.recipient.ref.account_id != account.id for m in messages)),
        ),
        "The batch holds somebody who is not for this sender",
        account_wide=True,
    )
    _refuse_first(
        (
            ("no_purpose", not purpose),
            ("bad_key", not _KEY.fullmatch(key)),
            ("batch_size", not 0 < len(messages) <= batch_max),
            ("duplicate_message", len({m.message_id for m in messages}) != len(messages)),
            ("message_length", not all(0 < len(m.text) <= text_max for m in messages)),
        ),
        "The batch cannot be submitted as it is",
    )


def check_test(account: Account, purpose: str, key: str, message: StaffMessage, *, text_max: int = TEXT_MAX) -> None:
    """Raises TypeError, or RemoteRefused: for a number of another entity, or a message that cannot leave."""
    if type(message) is not StaffMessage:
        raise TypeError("a test message is nothing but a StaffMessage")
    other = message.recipient.entity_uscc != account.entity_uscc
    _refuse_first((("staff_other_entity", other),), "The number is registered by another entity", account_wide=True)
    _refuse_first(
        (
            ("no_purpose", not purpose),
            ("bad_key", not _KEY.fullmatch(key)),
            ("message_length", not 0 < len(message.text) <= text_max),
        ),
        "The test message cannot be submitted as it is",
    )


def phones_of(messages: Sequence[Leaving]) -> dict[str, Phone]:
    """The number of each message, for senders that go by numbers: everybody has one, and no two the same."""
    phones = {m.message_id: m.recipient.phone for m in messages if m.recipient.phone is not None}
    _refuse_first(
        (
            ("no_phone", len(phones) != len(messages)),
            ("duplicate_phone", len(set(phones.values())) != len(phones)),
        ),
        "The batch cannot be submitted as it is",
    )
    return phones


def platform_phones_of(messages: Sequence[Leaving]) -> dict[str, PlatformPhone]:
    """The sealed number of each message, for senders that go by those; nobody of their batch has any other number."""
    found = {m.message_id: m.recipient.platform_phone for m in messages if isinstance(m, Outgoing)}
    phones = {message_id: phone for message_id, phone in found.items() if phone is not None}
    _refuse_first(
        (
            ("no_phone", len(phones) != len(messages)),
            ("plain_number", any(m.recipient.phone is not None for m in messages)),
            ("duplicate_phone", len(set(phones.values())) != len(phones)),
        ),
        "The batch cannot be submitted as it is",
    )
    return phones


def is_late(message: Leaving, now: datetime) -> bool:
    """Whether the gate's word on it is too old by now: a machine may have slept since."""
    # abs: of a clock that was set back nobody knows how long ago it was
    return abs(now - message.recipient.decided_at) > BATCH_TIME


def seconds_left(message: Leaving, now: datetime) -> int | None:
    """Until no phone may show it any more; None where that is not said."""
    return None if message.until is None else floor((message.until - now).total_seconds())


def _refuse_first(faults: Faults, words: str, *, account_wide: bool = False) -> None:
    for code, holds in faults:
        if holds:
            raise RemoteRefused(code, words, account_wide=account_wide)
