"""The `number_*` and `contact_*` kinds: numbers of persons, and ways to reach the merchant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from campaign_app.compliance.checks.base import Builder, simple
from campaign_app.compliance.numbers import Number
from campaign_app.compliance.subject import Hit, Subject
from campaign_app.compliance.traits import DOOR, HOTLINES, LONG, LONG_VALUE, NO_HOTLINE, NUMBERS

# an address down to the door, as a value brings it in
_ADDRESS: Final = re.compile(
    r"[\u4e00-\u9fff]{1,12}(?:省|市|区|县|镇|乡|街道)[^,。;!]{0,20}(?:路|街|道|巷|弄|村|苑|园|小区|花园|大道|新村)"
    r"[^,。;!]{0,12}\d+(?:号|栋|幢|座|单元|弄|室|楼)[^,。;!]{0,12}"
)
# whose address it is, the street, and the number
_NAMED: Final = re.compile(
    r"(?:(?:收货|收件|送货|配送|寄送|家庭|居住|默认|登记)(?:人)?(?:地址|住址)(?!附近|旁|周边|就近)(?:为|是|[:：])?|[送寄](?:至|到|往)|住在)"
    r"(?P<address>[\u4e00-\u9fff0-9 ]{2,24}(?:路|街|道|巷|弄|村|苑|园|小区)"
    r"[\u4e00-\u9fff0-9-]{0,8}\d(?:号楼|栋|幢|单元|号)[\u4e00-\u9fff0-9-]{0,10}\d室)"
)


def merchants_mobile(subject: Subject) -> Iterator[Hit]:
    """A mobile number in the fixed text: somebody's own, where a hotline belongs."""
    for number in subject.numbers:
        if number.kind == "mobile" and not _excused(subject, number):
            yield subject.body_hit(number.start, number.end)


def _excused(subject: Subject, number: Number) -> bool:
    """What a value brings in or a link carries is another rule's."""
    return subject.value_over(number.start, number.end) is not None or subject.in_link(number.start, number.end)


def personal(subject: Subject) -> Iterator[Hit]:
    """Identity and card numbers and somebody's address anywhere; mobile numbers and any full address in a value."""
    for number in subject.numbers:
        if subject.in_link(number.start, number.end):
            continue
        if number.kind != "mobile" or subject.value_over(number.start, number.end):
            yield subject.body_hit(number.start, number.end)
    text = subject.text
    for match in _NAMED.finditer(text):
        if subject.value_over(*match.span("address")) is None:
            yield subject.body_hit(*match.span("address"))
    for span in subject.value_spans:
        if span.end - span.start >= LONG and _ADDRESS.search(text, span.start, span.end):
            yield subject.body_hit(span.start, span.end)


def no_contact(subject: Subject) -> Iterator[Hit]:
    """Asked of messages without a hotline only."""
    allowed = subject.request.allowed_domains
    if not any(link.under(allowed) for link in subject.links):
        yield Hit()


def hotlines(subject: Subject) -> Iterator[Hit]:
    for span in subject.hotlines:
        yield subject.body_hit(*subject.body.plain_span(*span))


KINDS: Final[dict[str, Builder]] = {
    "number_mobile": simple(merchants_mobile, traits=NUMBERS),
    "number_personal": simple(personal, traits=NUMBERS | LONG_VALUE | DOOR),
    "contact_missing": simple(no_contact, traits=NO_HOTLINE, steady=True),
    "contact_hotline": simple(hotlines, traits=HOTLINES),
}
