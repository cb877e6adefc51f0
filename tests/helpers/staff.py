"""Recipients of test messages, by the one function that makes them."""

from __future__ import annotations

from datetime import datetime

from campaign_app.consent.staff import StaffAsk, StaffMessage, StaffRecipient, admit_staff
from campaign_app.domain.phone import Phone

STRANGER = Phone("16612345678")  # of a prefix that the sandbox hands out to nobody

PLAIN = "【安宁百货】上新，退订回T"


def staff_message(
    entity: str,
    now: datetime,
    text: str = "【安宁百货】上新，退订回T",
    name: str = "ws1-test-1",
    phone: Phone = STRANGER,
) -> StaffMessage:
    found = admit_staff(StaffAsk(entity, 1, phone, suppressed=False, sent_today=0, cap=1, now=now))
    assert isinstance(found, StaffRecipient)
    return StaffMessage(found, name, text)
