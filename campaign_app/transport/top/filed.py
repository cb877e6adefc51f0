"""Signatures and templates of an account at TOP, which looks them up one by one and lists none.

So the account names them. Only what passed its review is usable, a template only as a promotion. TOP says nothing of
the carriers' filing. The fields of both answers are those of an SDK (bububa/opentaobao).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from campaign_app.compliance.syntaxes import SYNTAXES
from campaign_app.domain.signature import FiledTemplate
from campaign_app.transport.listing import fields, plain_text
from campaign_app.transport.top.answers import whole
from campaign_app.transport.top.calls import TopCalls

SIGNATURE: Final = "taobao.jst.sms.signname.query"
TEMPLATE: Final = "taobao.jst.sms.template.query"
NOTATION: Final = "${name}"
NAME_MAX: Final = 200
_TEXT_MAX: Final = 2_000
_REVIEW: Final = {0: "pending", 1: "approved", 2: "rejected"}
_KINDS: Final = {0: "code", 1: "notice", 2: "promotion", 3: "international"}


def signature_status(calls: TopCalls, name: str) -> str:
    """Raises RemoteError; of a signature that TOP does not know it is "unknown"."""
    module = _looked_up(calls, SIGNATURE, "query_sms_sign_request", {"sign_name": name})
    return _word(_REVIEW, module.get("sign_status")) if module.get("sign_name") == name else "unknown"


def template(calls: TopCalls, code: str) -> FiledTemplate:
    """Raises RemoteError; of a template that TOP does not know everything is "unknown"."""
    module = _looked_up(calls, TEMPLATE, "query_sms_template_request", {"template_code": code})
    if module.get("template_code") != code:
        return FiledTemplate(plain_text(code, NAME_MAX), "unknown", "unknown")
    kind, status = _word(_KINDS, module.get("template_type")), _word(_REVIEW, module.get("template_status"))
    text = plain_text(module.get("template_content"), _TEXT_MAX)
    names = tuple(dict.fromkeys(SYNTAXES[NOTATION].placeholder.findall(text)))
    reason = plain_text(module.get("reason"), _TEXT_MAX) if status == "rejected" else ""
    found = FiledTemplate(code, kind, status, plain_text(module.get("template_name"), NAME_MAX), text, names, reason)
    return replace(found, sends=NOTATION) if found.usable else found


def _looked_up(calls: TopCalls, method: str, field: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
    """What came back of a look-up that succeeded; XML has its truth as text."""
    request = json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
    found = calls.ask(method, {field: request}).fields
    return fields(found.get("module")) if found.get("r_success") in (True, "true") else {}


def _word(words: Mapping[int, str], value: object) -> str:
    number = whole(value)
    return "unknown" if number is None else words.get(number, "unknown")
