"""JD's members: pages of `jingdong.crm.member.scan`, and one person in `jingdong.pop.crm.getMemberInVender`.

The method and its parameters are JD's; the fields of its answers are a third party's restatement, unverified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import Page
from campaign_app.platforms.jd.gateway import utc_of
from campaign_app.platforms.leaves import Note
from campaign_app.platforms.native import NativeNote
from campaign_app.transport.errors import ContractBroken, translated
from campaign_app.transport.forms import part, whole
from campaign_app.transport.listing import good_ref

SCAN: Final = "jingdong.crm.member.scan"
IN_VENDER: Final = "jingdong.pop.crm.getMemberInVender"
PAGE: Final = "100"
# how long JD keeps a scroll is not known: a sync that was interrupted for longer begins anew
_SCROLL_SECONDS: Final = 300
_CURSOR: Final = re.compile(r"([0-9]{1,12}):([0-9]{1,12}):([!-~]{1,2000})", re.ASCII)
_NOTES: Final[Mapping[int | None, str]] = {
    1: NativeNote.NO_CONSENT_API,
    2: NativeNote.NOT_A_MEMBER,
    3: NativeNote.NOT_A_MEMBER,
}


@dataclass(frozen=True, slots=True)
class Place:
    """How far a listing is: members seen so far, when the scroll was handed out, the scroll itself."""

    seen: int = 0
    scroll: str = ""

    @classmethod
    def of(cls, cursor: str, now: datetime) -> Place:
        found = _CURSOR.fullmatch(cursor)
        if found is None or abs(now.timestamp() - int(found[2])) > _SCROLL_SECONDS:
            return cls()
        return cls(int(found[1]), found[3])

    def params(self) -> Mapping[str, str]:
        """After the first page the scroll is the only parameter that counts."""
        return {"scroll_id": self.scroll} if self.scroll else {"page_size": PAGE}


def page_of(found: Mapping[str, Any], place: Place, now: datetime) -> Page[PlatformCustomer]:
    """Ends where as many were seen as JD says there are. Raises RemoteRefused for a list that ends before that."""
    with translated(f"POST {SCAN}"):
        result = part(found, "crm_member_scan_result")
        total, rows, scroll = whole(result.get("total_result")), result.get("crm_members"), result.get("scroll_id")
        if not isinstance(rows, list):
            raise ContractBroken
    good = [member for row in rows if (member := member_of(row, now)) is not None]
    broken, seen = len(rows) - len(good), place.seen + len(rows)
    if seen >= total:
        return Page(tuple(good), "", more=False, broken=broken)
    following = f"{seen}:{int(now.timestamp())}:{scroll}"
    if not rows or not isinstance(scroll, str) or not _CURSOR.fullmatch(following):
        raise RemoteRefused("incomplete_list", "JD's list of members ended before its own total")
    return Page(tuple(good), following, more=True, broken=broken)


def member_of(row: object, now: datetime) -> PlatformCustomer | None:
    """Without name and number, which JD does not hand out; JD does not say when a member changed."""
    if not isinstance(row, dict) or not (ref := good_ref(row.get("customer_pin"))):
        return None
    last = row.get("last_trade_time")
    try:
        return PlatformCustomer(
            ref=ref,
            name="",
            phone=None,
            updated_at=now,
            spend_cents=_cents(row.get("trade_amount", 0)),
            order_count=min(whole(row.get("trade_count", 0)), 2**31 - 1),
            last_order_at=None if last is None else utc_of(whole(last)),
        )
    except ContractBroken:
        return None


def note_of(found: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """What speaks against reaching a person, `no_consent_api` where nothing does; and JD's words for it.

    Known are 1 (member), 2 (not yet one) and 3 (lapsed); any other number is one that nobody knows.
    """
    result = found.get("getmemberinvender_result")
    if not isinstance(result, dict):
        return Note.BROKEN_ROW, {}
    info = result.get("customerInfoEs")
    if info is None:
        return NativeNote.NOT_A_MEMBER, {"customerInfoEs": None}
    status = info.get("customerStatus") if isinstance(info, dict) else None
    known = status if type(status) is int else None
    return _NOTES.get(known, Note.UNKNOWN_WORD), {"customerStatus": known}


def _cents(yuan: object) -> int:
    if isinstance(yuan, bool) or not isinstance(yuan, int | float) or not 0 <= yuan < 10**12:
        raise ContractBroken
    return int((Decimal(str(yuan)) * 100).to_integral_value())
