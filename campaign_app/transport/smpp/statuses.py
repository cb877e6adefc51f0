"""What a centre's status means for the message or the account. Data; the names are those of SMPP v3.4, 5.1.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_app.domain.errors import RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.transport.reactions import Reaction, Rule

_AGAIN, _NEVER, _ACCOUNT = Reaction.AGAIN, Reaction.NEVER, Reaction.ACCOUNT
STATUSES: Final[Mapping[int, Rule]] = {
    0x01: Rule(_NEVER, "smpp_message_length"),
    0x02: Rule(_NEVER, "smpp_command_length"),
    0x03: Rule(_NEVER, "smpp_command"),
    0x04: Rule(_ACCOUNT, "smpp_bind_status"),
    0x05: Rule(_AGAIN, "smpp_already_bound"),
    0x08: Rule(_AGAIN, "smpp_system_error"),
    0x0A: Rule(_ACCOUNT, "smpp_source"),
    0x0B: Rule(_NEVER, "smpp_destination"),
    0x0D: Rule(_ACCOUNT, "smpp_bind_failed"),
    0x0E: Rule(_ACCOUNT, "smpp_password"),
    0x0F: Rule(_ACCOUNT, "smpp_system_id"),
    0x14: Rule(_AGAIN, "smpp_queue_full"),
    0x15: Rule(_ACCOUNT, "smpp_service_type"),
    0x43: Rule(_NEVER, "smpp_esm_class"),
    0x45: Rule(_NEVER, "smpp_submit_failed"),
    0x48: Rule(_ACCOUNT, "smpp_source"),
    0x49: Rule(_ACCOUNT, "smpp_source"),
    0x50: Rule(_ACCOUNT, "smpp_destination_kind"),
    0x51: Rule(_ACCOUNT, "smpp_destination_kind"),
    0x53: Rule(_ACCOUNT, "smpp_system_type"),
    0x58: Rule(_AGAIN, "smpp_throttled"),
    0x64: Rule(_AGAIN, "smpp_temporary"),
    0x65: Rule(_NEVER, "smpp_permanent"),
    0x66: Rule(_NEVER, "smpp_refused"),
    0xFE: Rule(_NEVER, "smpp_delivery_failed"),
    0xFF: Rule(Reaction.UNSURE, "smpp_unknown"),
}


def status_of(status: int) -> Rule:
    """One that is not in the table, a vendor's own among them, plainly says that the message was not taken."""
    return STATUSES.get(status) or Rule(Reaction.NEVER, f"smpp_{status:08x}")


def bind_error(status: int) -> RemoteError:
    """Whoever may not bind may do nothing, unless the centre says that it may pass."""
    reaction, code, _ = status_of(status)
    if reaction is Reaction.AGAIN:
        return RemoteUnavailable("smpp_not_now", "The SMS centre takes no connection now", status=code)
    return RemoteRefused("smpp_login", "The SMS centre refuses the account", account_wide=True, status=code)
