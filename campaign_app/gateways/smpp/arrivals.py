"""What a centre delivers, read from its PDU before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_app.gateways.rows import UNREAD
from campaign_app.jobs.pushed import PushedReceipt, PushedReply
from campaign_app.transport.smpp.pdu import TAG_NUMBER, TAG_REF, TAG_TOTAL, UDHI, BrokenPdu, Pdu, delivered
from campaign_app.transport.smpp.receipts import is_receipt, receipt_of
from campaign_app.transport.smpp.texts import Piece, read, without_header

_TEXT_MAX: Final = 2_000
UNREADABLE: Final = PushedReply("", "")


def arrival_of(pdu: Pdu) -> PushedReceipt | PushedReply | None:
    """None for a receipt that says nothing final.

    What nobody can read is the reply of nobody who can be told; without its text alone it counts as a refusal.
    """
    try:
        found = delivered(pdu)
    except BrokenPdu:
        return UNREADABLE
    if is_receipt(found):
        receipt = receipt_of(found)
        return None if receipt is None else PushedReceipt(receipt.provider_id, receipt.outcome, receipt.code)
    data, piece = without_header(found.data) if found.esm_class & UDHI else (found.data, _of_tlvs(found.tlvs))
    text = UNREAD if found.cut and not data else read(data, found.coding).replace("\0", "")[:_TEXT_MAX]
    return PushedReply(found.source, text, piece.reference, piece.number, piece.total)


def _of_tlvs(tlvs: Mapping[int, bytes]) -> Piece:
    """Concatenation by optional parameters instead of a header."""
    reference, total, number = (int.from_bytes(tlvs.get(tag, b""), "big") for tag in (TAG_REF, TAG_TOTAL, TAG_NUMBER))
    return Piece(reference, total, number) if 1 <= number <= total <= 255 else Piece()
