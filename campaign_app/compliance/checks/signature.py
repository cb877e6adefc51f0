"""The `signature_*` kinds: what stands in front of the message, who owns it and what it is filed for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from campaign_app.compliance.checks.base import Asked, Builder, Options, simple, with_options
from campaign_app.compliance.normalize import TRADITIONAL, FoldTable
from campaign_app.compliance.subject import Hit, Subject
from campaign_app.compliance.traits import SIGNATURE_BRACKET
from campaign_app.domain.finding import Severity

_SECOND_HEAD: Final = re.compile(r"\s*(【[^【】]{0,60}】?)")
_BRACKETED: Final = re.compile(r"【[^【】]{0,60}】|[【】]")
_TEST: Final = re.compile(r"测试|test", re.IGNORECASE)


def second_head(subject: Subject) -> Iterator[Hit]:
    """The program puts the signature in front: one more at the start of the body is one too many."""
    second = _SECOND_HEAD.match(subject.text)
    if second:
        yield subject.body_hit(*second.span(1))


def nameless(subject: Subject) -> Iterator[Hit]:
    if subject.frame.nameless:
        yield Hit()


def brackets_in_body(subject: Subject) -> Iterator[Hit]:
    return (subject.body_hit(*match.span()) for match in _BRACKETED.finditer(subject.text))


def length(subject: Subject) -> Iterator[Hit]:
    """Outside of the provider's limits; where they are not known, of those that most providers have."""
    provider = subject.provider
    size = len(unicodedata.normalize("NFC", subject.request.signature.text))
    if size and not provider.signature_min <= size <= provider.signature_max:
        severity = None if provider.signature_length_known else Severity.INFO
        low, high = str(provider.signature_min), str(provider.signature_max)
        yield subject.signature_hit(severity, min=low, max=high, size=str(size))


def characters(subject: Subject) -> Iterator[Hit]:
    """Those that the provider takes, not digits only, nothing traditional, and no test."""
    text = subject.request.signature.text
    if not text.strip():
        return
    traditional = subject.frame.table.text(text).flagged & TRADITIONAL
    accepted = re.fullmatch(subject.provider.signature_pattern, text)
    if not accepted or text.isdigit() or traditional or _TEST.search(text):
        yield subject.signature_hit()


def filed(subject: Subject) -> Iterator[Hit]:
    """Approved by the provider, filed with the carriers, and valid through the day of sending."""
    signature, day = subject.request.signature, subject.request.send_date
    expired = signature.valid_until is not None and (day is None or signature.valid_until < day)
    if signature.status != "approved" or signature.carrier_filed is not True or expired:
        yield Hit(facts=(("state", "expired" if expired else signature.status),))


def owner(subject: Subject) -> Iterator[Hit]:
    request = subject.request
    if not request.sender.uscc or request.signature.owner_uscc != request.sender.uscc:
        yield Hit()


def shared_port(subject: Subject) -> Iterator[Hit]:
    """Other signatures on the sub-port of this one."""
    ports, own = subject.request.ports, subject.request.signature.text
    mine = {port.number for port in ports if port.signature == own and port.number}
    others = sorted({port.signature for port in ports if port.number in mine and port.signature != own})
    if others:
        yield subject.signature_hit(others="、".join(others))


def stated(subject: Subject) -> Iterator[Hit]:
    if subject.request.signature.stated:
        yield subject.signature_hit()


class Carrier(Options):
    """Whose customers a signature that is not filed with it does not reach."""

    carrier: str


def build_carrier(options: Carrier, _table: FoldTable) -> Asked:
    def unfiled(subject: Subject) -> Iterator[Hit]:
        if options.carrier in subject.request.signature.unfiled:
            yield subject.signature_hit()

    return Asked(unfiled, fixed=True)


KINDS: Final[dict[str, Builder]] = {
    "signature_second": simple(second_head, traits=SIGNATURE_BRACKET, steady=True),
    "signature_nameless": simple(nameless, fixed=True),
    "signature_in_body": simple(brackets_in_body, traits=SIGNATURE_BRACKET, steady=True),
    "signature_length": simple(length, fixed=True),
    "signature_characters": simple(characters, fixed=True),
    "signature_filed": simple(filed, fixed=True),
    "signature_owner": simple(owner, fixed=True),
    "signature_port": simple(shared_port, fixed=True),
    "signature_stated": simple(stated, fixed=True),
    "signature_carrier": with_options(Carrier, build_carrier),
}
