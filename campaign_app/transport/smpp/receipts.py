"""Delivery receipts: who tells them from replies, and what they say in optional parameters or in their text.

The text's form is SMPP v3.4, appendix B: a convention of vendors. Dates in it name no time zone and are not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from campaign_app.domain.message import Outcome
from campaign_app.transport.smpp.pdu import INTERMEDIATE, KIND, RECEIPT, TAG_RECEIPTED_ID, TAG_STATE, Delivered
from campaign_app.transport.smpp.texts import UCS2_CODING, read

# message_state; what is not here (enroute, accepted, unknown) is not the end of a message
_STATES: Final[Mapping[int, str]] = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}
_OUTCOMES: Final[Mapping[str, Outcome]] = {
    "DELIVRD": Outcome.DELIVERED,
    "EXPIRED": Outcome.FAILED,
    "DELETED": Outcome.FAILED,
    "UNDELIV": Outcome.FAILED,
    "REJECTD": Outcome.FAILED,
}
_ID: Final = re.compile(r"\bid:([!-~]{1,64})")
_STAT: Final = re.compile(r"\bstat:([A-Za-z]{1,7})")
_ERR: Final = re.compile(r"\berr:([0-9A-Za-z]{1,8})")


@dataclass(frozen=True, slots=True)
class Receipt:
    """`provider_id` is the centre's id of one submitted part."""

    provider_id: str
    outcome: Outcome
    code: str


def is_receipt(found: Delivered) -> bool:
    """By its class, or by what it says of a message; what only names one may be somebody's answer to it."""
    if found.esm_class & KIND in (RECEIPT, INTERMEDIATE):
        return True
    return TAG_RECEIPTED_ID in found.tlvs and (TAG_STATE in found.tlvs or bool(_first(_STAT, _text(found))))


def receipt_of(found: Delivered) -> Receipt | None:
    """None for a receipt that says nothing final or does not say of what."""
    tlvs, text = found.tlvs, _text(found)
    provider_id = tlvs.get(TAG_RECEIPTED_ID, b"").split(b"\0", 1)[0].decode("ascii", "replace") or _first(_ID, text)
    state = _STATES.get(tlvs[TAG_STATE][-1], "") if tlvs.get(TAG_STATE) else _first(_STAT, text).upper()
    outcome = _OUTCOMES.get(state)
    if not provider_id or outcome is None:
        return None
    error = _first(_ERR, text)
    code = "" if outcome is Outcome.DELIVERED else f"smpp_{state.lower()}" + (f"_{error}" if error.strip("0") else "")
    return Receipt(provider_id, outcome, code)


def _text(found: Delivered) -> str:
    """ASCII whatever the coding says, for it is a form and no text; but for the centres that write it as UCS-2."""
    return read(found.data, UCS2_CODING) if found.coding == UCS2_CODING else found.data.decode("latin-1")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return "" if found is None else found[1]
