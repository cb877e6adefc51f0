"""What a centre's status means for the message or the account. Data; the names are those of SMPP v3.4, 5.1.3."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from campaign_app.domain.errors import RemoteError, RemoteRefused, RemoteUnavailable


class Reaction(Enum):
    """`again`: not taken, wait and try once more. `refused`: this one never. `account`: nothing of the account.

    `unsure`: the centre itself does not know what it did.
    """

    AGAIN = "again"
    REFUSED = "refused"
    ACCOUNT = "account"
    UNSURE = "unsure"


class Status(NamedTuple):
    code: str
    reaction: Reaction


_AGAIN, _REFUSED, _ACCOUNT = Reaction.AGAIN, Reaction.REFUSED, Reaction.ACCOUNT
STATUSES: Final[Mapping[int, Status]] = {
    0x01: Status("smpp_message_length", _REFUSED),
    0x02: Status("smpp_command_length", _REFUSED),
    0x03: Status("smpp_command", _REFUSED),
    0x04: Status("smpp_bind_status", _ACCOUNT),
    0x05: Status("smpp_already_bound", _AGAIN),
    0x08: Status("smpp_system_error", _AGAIN),
    0x0A: Status("smpp_source", _ACCOUNT),
    0x0B: Status("smpp_destination", _REFUSED),
    0x0D: Status("smpp_bind_failed", _ACCOUNT),
    0x0E: Status("smpp_password", _ACCOUNT),
    0x0F: Status("smpp_system_id", _ACCOUNT),
    0x14: Status("smpp_queue_full", _AGAIN),
    0x15: Status("smpp_service_type", _ACCOUNT),
    0x43: Status("smpp_esm_class", _REFUSED),
    0x45: Status("smpp_submit_failed", _REFUSED),
    0x48: Status("smpp_source", _ACCOUNT),
    0x49: Status("smpp_source", _ACCOUNT),
    0x50: Status("smpp_destination_kind", _ACCOUNT),
    0x51: Status("smpp_destination_kind", _ACCOUNT),
    0x53: Status("smpp_system_type", _ACCOUNT),
    0x58: Status("smpp_throttled", _AGAIN),
    0x64: Status("smpp_temporary", _AGAIN),
    0x65: Status("smpp_permanent", _REFUSED),
    0x66: Status("smpp_refused", _REFUSED),
    0xFE: Status("smpp_delivery_failed", _REFUSED),
    0xFF: Status("smpp_unknown", Reaction.UNSURE),
}


def status_of(status: int) -> Status:
    """One that is not in the table, a vendor's own among them, plainly says that the message was not taken."""
    return STATUSES.get(status) or Status(f"smpp_{status:08x}", Reaction.REFUSED)


def bind_error(status: int) -> RemoteError:
    """Whoever may not bind may do nothing, unless the centre says that it may pass."""
    code, reaction = status_of(status)
    if reaction is Reaction.AGAIN:
        return RemoteUnavailable("smpp_not_now", "The SMS centre takes no connection now", status=code)
    return RemoteRefused("smpp_login", "The SMS centre refuses the account", account_wide=True, status=code)
