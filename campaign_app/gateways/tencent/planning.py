"""What Tencent lets be used, and who shares a request: who gets the same template with the same values."""

from __future__ import annotations

from typing import Final

from campaign_app.compliance.filed import Templates
from campaign_app.gateways.wordings import Allowed, Wording
from campaign_app.transport.tencent import TencentCalls
from campaign_app.transport.tencent_filed import NOTATION, USABLE, signatures, templates

NUMBERS_MAX: Final = 200


def allowed(calls: TencentCalls) -> Allowed:
    """Raises RemoteError where Tencent does not say."""
    names = frozenset(one.name for one in signatures(calls) if one.status == USABLE)
    texts = [(one.template_id, one.text) for one in templates(calls) if one.status == USABLE]
    return Allowed(names, Templates(texts, NOTATION))


def alike(wording: Wording) -> Wording:
    return wording


def values_of(wording: Wording) -> list[str]:
    """In the order of their numbers in the template."""
    return [value for _, value in sorted(wording.template.values, key=lambda each: int(each[0]))]
