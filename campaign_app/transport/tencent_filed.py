"""Which signatures and templates of an account Tencent lets be used. Only StatusCode 0 is usable.

2 means passed and not yet in force. A domestic signature whose first filing with the carriers is not done is −1, says
the SDK's text, so that of one with 0 it is done. Of a template its kind (marketing, notice) is not told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from campaign_app.domain.errors import RemoteRefused
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.listing import fields, plain_text
from campaign_app.transport.tencent import Said, TencentCalls

SIGNATURES: Final = "DescribeSmsSignList"
TEMPLATES: Final = "DescribeSmsTemplateList"
USABLE: Final = 0
NOTATION: Final = "{1}"
PAGE: Final = 100
_PAGES_MAX: Final = 100
_NAME_MAX: Final = 200
_TEXT_MAX: Final = 2_000
_MAINLAND: Final = (0, 3)  # 3: a template for both
T = TypeVar("T")


class FiledSignature(NamedTuple):
    """`status` as Tencent says it, None for anything that is no number. `owner`: whom it was qualified for, by name."""

    name: str
    status: int | None
    owner: str = ""


class FiledTemplate(NamedTuple):
    template_id: str
    text: str
    status: int | None
    name: str = ""
    reply: str = ""  # of the review: mostly why it was refused


def signatures(calls: TencentCalls) -> list[FiledSignature]:
    """Every domestic signature. Raises RemoteError."""
    return _all(calls, SIGNATURES, "DescribeSignListStatusSet", _signature)


def templates(calls: TencentCalls) -> list[FiledTemplate]:
    """Every template for domestic messages. Raises RemoteError."""
    return _all(calls, TEMPLATES, "DescribeTemplateStatusSet", _template)


def _all(calls: TencentCalls, action: str, name: str, read: Callable[[Any], T | None]) -> list[T]:
    found: list[T] = []
    for number in range(_PAGES_MAX):

        def page(said: Said) -> list[Any]:
            rows = said.rows(name)
            if len(rows) > PAGE:
                raise ContractBroken
            return rows

        rows = calls.ask(action, {"International": 0, "Limit": PAGE, "Offset": number * PAGE}, page)
        found += [one for row in rows if (one := read(row)) is not None]
        if len(rows) < PAGE:
            return found
    raise RemoteRefused("incomplete_list", f"{action}: the list does not end")


def _signature(row: object) -> FiledSignature | None:
    name, owner = (plain_text(fields(row).get(key), _NAME_MAX) for key in ("SignName", "QualificationName"))
    return FiledSignature(name, _status(row), owner) if name else None


def _template(row: object) -> FiledTemplate | None:
    """A row without a readable id or text is left out: nothing can be sent with it."""
    found = fields(row)
    template_id, text = found.get("TemplateId"), plain_text(found.get("TemplateContent"), _TEXT_MAX)
    if type(template_id) is not int or not text or found.get("International") not in _MAINLAND:
        return None
    name, reply = (plain_text(found.get(key), _TEXT_MAX) for key in ("TemplateName", "ReviewReply"))
    return FiledTemplate(str(template_id), text, _status(row), name, reply)


def _status(row: object) -> int | None:
    status = fields(row).get("StatusCode")
    return status if type(status) is int else None
