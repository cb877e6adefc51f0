"""Which signatures and templates of an account Aliyun has approved, and how far a signature's filing with carriers is.

Approved is not filed: a signature that a carrier has not registered is held back there although Aliyun approved it.
The states of filing are those of `GetSmsSign` in Aliyun's SDK (4.6.0); that a template for promotion is one whose
`OuterTemplateType` is 2 is said there too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from campaign_app.domain.errors import RemoteRefused
from campaign_app.transport.aliyun import AliyunCalls, Said
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.listing import fields, plain_text

NOTATION: Final = "${name}"
SIGNATURES: Final = "QuerySmsSignList"
SIGNATURE: Final = "GetSmsSign"
TEMPLATES: Final = "QuerySmsTemplateList"
EXTENSIONS: Final = "QueryExtCodeSign"
PASSED: Final = "AUDIT_STATE_PASS"
GENERAL: Final = "通用"  # the other kind, 验证码, carries nothing but codes
PROMOTION: Final = 2
PAGE: Final = 50
CARRIERS: Final = ("mobile", "unicom", "telecom")
_REGISTERED: Final = frozenset({1, 3})
_SOURCES: Final = (("TrademarkId", "trademark"), ("AppIcpRecordId", "app"))
_PAGES_MAX: Final = 200
_NAME_MAX: Final = 200
_TEXT_MAX: Final = 2_000
T = TypeVar("T")


class ListedSignature(NamedTuple):
    """As the list has it; `state` and `kind` in Aliyun's words."""

    name: str
    state: str
    kind: str

    @property
    def usable(self) -> bool:
        """Approved, and of the kind that may carry promotion."""
        return self.state == PASSED and self.kind == GENERAL


class Filing(NamedTuple):
    """`carriers`: which of the three have filed it; () where Aliyun does not say it of each. `own`: None likewise.

    `source`: the proof of the name, where it names one. `letter_due`: it rests on a letter that has not been approved.
    """

    carriers: tuple[tuple[str, bool], ...] = ()
    own: bool | None = None
    source: str = "unknown"
    letter_due: bool = False

    @property
    def filed(self) -> bool | None:
        """By any of them: whom the others do not reach is said beside."""
        return any(filed for _, filed in self.carriers) if self.carriers else None


class ListedTemplate(NamedTuple):
    code: str
    text: str
    state: str
    kind: int | None
    name: str = ""
    reason: str = ""

    @property
    def usable(self) -> bool:
        return self.state == PASSED and self.kind == PROMOTION


def signatures(calls: AliyunCalls) -> list[ListedSignature]:
    """Raises RemoteError."""
    return _all(calls, SIGNATURES, ("SmsSignList",), _signature)


def templates(calls: AliyunCalls) -> list[ListedTemplate]:
    """Raises RemoteError."""
    return _all(calls, TEMPLATES, ("SmsTemplateList",), _template)


def filing(calls: AliyunCalls, name: str) -> Filing:
    """Raises RemoteError."""
    return calls.ask(SIGNATURE, {"SignName": name}, _filing)


def extensions(calls: AliyunCalls) -> dict[str, str]:
    """Extension codes by signature; none where the account may not read them, on which nothing hangs.

    An answer that did not come is no such word: the register would tell of ports that went and came again.
    """
    try:
        return dict(_all(calls, EXTENSIONS, ("Data", "List"), _extension, "PageNo"))
    except RemoteRefused as refused:
        if refused.code != "permission":
            raise
        return {}


def _all(
    calls: AliyunCalls, action: str, name: tuple[str, ...], read: Callable[[Any], T | None], at: str = "PageIndex"
) -> list[T]:
    def page(said: Said) -> list[Any]:
        rows = said.rows(*name)
        if len(rows) > PAGE:
            raise ContractBroken
        return rows

    found: list[T] = []
    for number in range(1, _PAGES_MAX + 1):
        rows = calls.ask(action, {at: str(number), "PageSize": str(PAGE)}, page)
        found += [one for row in rows if (one := read(row)) is not None]
        if len(rows) < PAGE:
            return found
    raise RemoteRefused("incomplete_list", f"{action}: the list does not end")


def _signature(row: object) -> ListedSignature | None:
    found = fields(row)
    name, state, kind = (plain_text(found.get(key), _NAME_MAX) for key in ("SignName", "AuditStatus", "BusinessType"))
    return ListedSignature(name, state, kind) if name else None


def _template(row: object) -> ListedTemplate | None:
    """A row without a readable code or text is left out: nothing can be sent with it."""
    found = fields(row)
    code, state = (plain_text(found.get(key), _NAME_MAX) for key in ("TemplateCode", "AuditStatus"))
    text, kind = plain_text(found.get("TemplateContent"), _TEXT_MAX), found.get("OuterTemplateType")
    if not code or not text:
        return None
    name, refused = plain_text(found.get("TemplateName"), _NAME_MAX), fields(found.get("Reason"))
    reasons = (plain_text(refused.get(key), _TEXT_MAX) for key in ("RejectInfo", "RejectSubInfo"))
    return ListedTemplate(code, text, state, kind if type(kind) is int else None, name, " ".join(filter(None, reasons)))


def _filing(said: Said) -> Filing:
    states = {}
    for row in map(fields, said.rows("SignIspRegisterDetailList")):
        carrier, state = row.get("OperatorCode"), row.get("RegisterStatus")
        if isinstance(carrier, str) and type(state) is int:
            states[carrier] = state
    third_party, told = said.fields.get("ThirdParty"), states.keys() >= set(CARRIERS)
    return Filing(
        tuple((name, states[name] in _REGISTERED) for name in CARRIERS) if told else (),
        not third_party if isinstance(third_party, bool) else None,
        next((source for key, source in _SOURCES if said.fields.get(key)), "unknown"),
        bool(said.fields.get("AuthorizationLetterId")) and said.fields.get("AuthorizationLetterAuditPass") is not True,
    )


def _extension(row: object) -> tuple[str, str] | None:
    found = fields(row)
    name, code = (plain_text(found.get(key), _NAME_MAX) for key in ("SignName", "ExtCode"))
    return (name, code) if name and code.isascii() and code.isdigit() else None
