"""What TOP says of a signature or a template; only one that passed its review is usable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from campaign_app.domain.signature import FiledTemplate, Signature
from campaign_app.platforms.top.rows import whole
from campaign_app.transport.listing import fields, plain_text
from campaign_app.transport.top.calls import TopCalls

TEMPLATE: Final = "taobao.jst.sms.template.query"
_REVIEW: Final = {0: "pending", 1: "approved", 2: "rejected"}
_KINDS: Final = {0: "code", 1: "notice", 2: "promotion", 3: "international"}
_NAME_MAX: Final = 200


def signature_of(name: str, found: Mapping[str, Any], owner_uscc: str) -> Signature:
    """TOP says nothing of its filing with the carriers or of what it may be used for: that stays unknown."""
    module = _module(found)
    same = module.get("sign_name") == name
    status = _word(_REVIEW, module.get("sign_status")) if same else "unknown"
    return Signature(text=name[:_NAME_MAX], owner_uscc=owner_uscc, source="unknown", status=status)


def template(calls: TopCalls, code: str) -> FiledTemplate:
    """*Unverified*: the name of the request's field follows that of the answer."""
    request = json.dumps({"template_code": code}, ensure_ascii=False, separators=(",", ":"))
    module = _module(calls.ask(TEMPLATE, {"query_sms_template_request": request}).fields)
    if module.get("template_code") != code:
        return FiledTemplate(plain_text(code, _NAME_MAX), "unknown", "unknown")
    kind, status = _word(_KINDS, module.get("template_type")), _word(_REVIEW, module.get("template_status"))
    return FiledTemplate(code, kind, status)


def _module(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """What came back of a look-up that succeeded; XML has its truth as text."""
    return fields(found.get("module")) if found.get("r_success") in (True, "true") else {}


def _word(words: Mapping[int, str], value: object) -> str:
    number = whole(value)
    return "unknown" if number is None else words.get(number, "unknown")
