"""What Kannel pushes: the addresses that it is given, and what a request to one of them says.

Only who knows the account's key is heard. A receipt names our own message and part, so that it is also an answer for a
part that was never answered for. What stands before the last words of a path may be a proxy's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from hmac import compare_digest
from typing import Final
from urllib.parse import parse_qs, quote, unquote, unquote_to_bytes, urlsplit

from campaign_app.domain.message import Outcome
from campaign_app.jobs.pushed import Handed, PushedReceipt, PushedReply
from campaign_app.transport.smpp.texts import likelier, read, without_header

_TEXT_MAX: Final = 2_000
_SOURCE_MAX: Final = 40
_COUNT: Final = re.compile("[0-9]{1,3}")
# of `%d`; 4 and 8 (waits at the centre, was taken there) say nothing final
_OUTCOMES: Final[Mapping[str, tuple[Outcome, str]]] = {
    "1": (Outcome.DELIVERED, ""),
    "2": (Outcome.FAILED, "kannel_failed"),
    "16": (Outcome.FAILED, "kannel_rejected"),
}


@dataclass(frozen=True, slots=True)
class Arrived:
    """What is to be kept, in one transaction."""

    handed: tuple[Handed, ...] = ()
    receipts: tuple[PushedReceipt, ...] = ()
    replies: tuple[PushedReply, ...] = ()

    def __add__(self, other: Arrived) -> Arrived:
        return Arrived(self.handed + other.handed, self.receipts + other.receipts, self.replies + other.replies)


def part_of(message_id: str, number: int, total: int) -> Handed:
    """Kannel has no ids; ours is in the address of the receipt."""
    return Handed(f"{message_id}.{number}", message_id, number, total)


def receipt_url(push_url: str, key: str, part: Handed) -> str:
    return f"{push_url}/receipt/{key}/{quote(part.message_id, safe='')}/{part.number}/{part.total}?type=%d"


def arrived(method: str, target: str, headers: Message, body: bytes, key: str) -> Arrived | None:
    """None for a request that is none of Kannel's."""
    address = urlsplit(target)
    words = address.path.split("/")
    if method == "POST" and words[-2:-1] == ["reply"] and compare_digest(words[-1].encode(), key.encode()):
        return Arrived(replies=(_reply(headers, body),))
    if method == "GET" and words[-5:-4] == ["receipt"] and compare_digest(words[-4].encode(), key.encode()):
        return _receipt(words[-3:], parse_qs(address.query).get("type", [""])[0])
    return None


def _receipt(words: list[str], kind: str) -> Arrived | None:
    message_id, number, total = words
    if not (_COUNT.fullmatch(number) and _COUNT.fullmatch(total) and 1 <= int(number) <= int(total) <= 255):
        return None
    if kind not in _OUTCOMES:
        return Arrived()
    part = part_of(unquote(message_id), int(number), int(total))
    return Arrived(handed=(part,), receipts=(PushedReceipt(part.provider_id, *_OUTCOMES[kind]),))


def _reply(headers: Message, body: bytes) -> PushedReply:
    """Kannel joins the parts itself, unless it was told not to; a reply is never lost to one character."""
    header = unquote_to_bytes(headers.get("X-Kannel-UDH", ""))
    _, piece = without_header(header)
    text = _text(headers.get_content_charset(""), headers.get("X-Kannel-Coding", ""), body)
    source = headers.get("X-Kannel-From", "")[:_SOURCE_MAX]
    return PushedReply(source, text.replace("\0", "")[:_TEXT_MAX], piece.reference, piece.number, piece.total)


def _text(charset: str, coding: str, body: bytes) -> str:
    try:
        text = body.decode(charset, "replace")
    except LookupError:  # octets without a charset: UCS-2 (2), else what carriers in the mainland write
        return read(body, 8 if coding == "2" else 4)
    # Kannel calls UTF-8 whatever a centre hands in as a text
    return text if coding == "2" else likelier(text, body)
