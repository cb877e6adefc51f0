"""Aliyun SMS (dysmsapi 2017-05-25), simulated: strict on signature, clock, nonce, signatures and templates.

From Aliyun's SDK and documents: fields, limits, states and codes. Our choice: the texts of templates, that an unlucky
number is taken and then fails, and what a test orders about a number that spoils its request.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, NoReturn

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from campaign_app.sandbox.admin import local
from campaign_app.sandbox.calls import json_answer
from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.aliyun_details import Details
from campaign_app.sandbox.vendors.aliyun_queues import names as queue_names
from campaign_app.sandbox.vendors.aliyun_wire import AliyunError, Asked, Door
from campaign_app.sandbox.vendors.at_root import RootRoute
from campaign_app.sandbox.vendors.signed_forms import local_order, simulated_word

NAME: Final = "aliyun"
NUMBERS_MAX: Final = 1_000
BATCH_MAX: Final = 100
PAGE_MAX: Final = 50
_PASS, _CODES, _GENERAL, _PROMOTION = "AUDIT_STATE_PASS", "验证码", "通用", 2
_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)\}")


class Filed(NamedTuple):
    """A signature; `carriers` are the states of its filing with mobile, unicom and telecom.

    `letter` is whether a letter of authorisation has passed, None for none.
    """

    state: str
    kind: str
    carriers: tuple[int, int, int] = (3, 3, 3)
    third_party: bool = False
    trademark: int = 0
    letter: bool | None = None


_SIGNATURES: Final[Mapping[str, Filed]] = {
    "安宁百货": Filed(_PASS, _GENERAL),
    "安宁会员": Filed(_PASS, _GENERAL, (3, 1, -1), trademark=77),
    "安宁联名": Filed(_PASS, _GENERAL, letter=False),
    "安宁代发": Filed(_PASS, _GENERAL, third_party=True),
    "安宁验证": Filed(_PASS, _CODES),
    "安宁折扣": Filed("AUDIT_STATE_INIT", _GENERAL, (-2, -2, -2)),
    "安宁金融": Filed("AUDIT_STATE_NOT_PASS", _GENERAL, (-2, -2, -2)),
}
_EXTENSIONS: Final[Mapping[str, str]] = {"安宁百货": "01", "安宁会员": "02"}
# state, kind (OuterTemplateType), text
_TEMPLATES: Final = (
    (_PASS, _PROMOTION, "上新，退订回T"),
    (_PASS, _PROMOTION, "${name}您好，拒收请回复R"),
    (_PASS, _PROMOTION, "尊敬的${name}，您的${points}积分本月底到期，进店可抵现金，拒收请回复R"),
    (_PASS, 1, "您的订单已发货，拒收请回复R"),
    ("AUDIT_STATE_INIT", _PROMOTION, "会员日双倍积分，拒收请回复R"),
    ("AUDIT_STATE_NOT_PASS", _PROMOTION, "全网最低价，拒收请回复R"),
)


class Order(BaseModel):
    """`error` befalls the next `times` calls (of `action`, or any), with HTTP `http`.

    `number_error` refuses the next `times` requests for one of their numbers; `taken`: the others were taken all the
    same. `template` is one more text, of this `kind`; `sign` gets another `sign_state`. `lag`: seconds until a message
    can be found. `lease`: seconds of a queue's lease; `twice`: its messages are put in two times; `expire`: no key of a
    queue holds any more. `clear` forgets earlier errors first.
    """

    model_config = ConfigDict(extra="forbid")
    error: str = ""
    http: int = 200
    action: str = ""
    number_error: str = ""
    taken: bool = False
    times: int = Field(1, ge=1, le=1_000_000)
    template: str = ""
    kind: int = _PROMOTION
    sign: str = ""
    sign_state: str = _PASS
    lag: float | None = None
    lease: float | None = None
    twice: bool | None = None
    expire: bool = False
    clear: bool = False


def routes(platform: Platform) -> list[BaseRoute]:
    sender = _Sender(platform)
    return [
        RootRoute("x-acs-action", sender.call),
        Route("/queues/{name}/messages", sender.queues.call, methods=["GET", "DELETE"]),
        Route(f"/sandbox/vendors/{NAME}", sender.order, methods=["POST"]),
        Route(f"/sandbox/vendors/{NAME}", local(sender.show), methods=["GET"]),
    ]


def credentials(config: SandboxConfig) -> Mapping[str, str]:
    key_id, secret = _key(config)
    return {"key_id": key_id, "access_key_secret": secret, **queue_names(config)}


def _key(config: SandboxConfig) -> tuple[str, str]:
    return f"LTAIsimulated{simulated_word(config, 'aliyun id')[:16]}", simulated_word(config, "aliyun key")


class _Sender:
    def __init__(self, platform: Platform) -> None:
        self._platform, self._door = platform, Door(_key(platform.config))
        self._details = Details(platform)
        self.queues = self._details.queues
        self._errors: deque[tuple[str, AliyunError]] = deque()
        self._number_errors: deque[tuple[str, bool]] = deque()
        self._signatures = dict(_SIGNATURES)
        self._templates = {f"SMS_{1001 + n}": each for n, each in enumerate(_TEMPLATES)}
        self._requests = 0
        self._actions: Mapping[str, Callable[[Asked], Mapping[str, Any]]] = {
            "SendSms": self._send,
            "SendBatchSms": self._send_batch,
            "QuerySmsSignList": self._list_signatures,
            "GetSmsSign": self._signature,
            "QueryExtCodeSign": _extensions,
            "QuerySmsTemplateList": self._list_templates,
            "QuerySendDetails": self._details.find,
            "QueryTokenForMnsQueue": self.queues.give_key,
        }

    async def call(self, request: Request) -> Response:
        self._requests += 1
        request_id = f"a{simulated_word(self._platform.config, str(self._requests))[:12]}"
        status, found = 200, dict[str, Any]()
        try:
            asked = await self._door.admitted(request, self._platform.now())
            self._trouble(asked.action)
            found = {"Code": "OK", "Message": "OK", **self._actions.get(asked.action, _no_action)(asked)}
        except AliyunError as error:
            status, found = error.status, {"Code": error.code, "Message": "simulated"}
        return json_answer({**found, "RequestId": request_id}, status)

    async def order(self, request: Request) -> Response:
        order = await local_order(request, Order)
        if order.clear:
            self._errors.clear()
            self._number_errors.clear()
        if order.error:
            self._errors.extend([(order.action, AliyunError(order.error, order.http))] * order.times)
        if order.number_error:
            self._number_errors.extend([(order.number_error, order.taken)] * order.times)
        if order.template:
            self._templates[f"SMS_{1001 + len(self._templates)}"] = _PASS, order.kind, order.template
        if order.sign:
            self._signatures[order.sign] = Filed(order.sign_state, _GENERAL)
        self._details.lag = self._details.lag if order.lag is None else order.lag
        self.queues.lease = self.queues.lease if order.lease is None else order.lease
        self.queues.twice = self.queues.twice if order.twice is None else order.twice
        if order.expire:
            self.queues.forget_keys()
        return json_answer({"waiting": len(self._errors), "numbers": len(self._number_errors)})

    async def show(self, _request: Request) -> Response:
        """What really went out: the text as it was put together here."""
        return json_answer({"sent": self._details.texts, "requests": self._requests, "queues": self.queues.waiting()})

    def _trouble(self, action: str) -> None:
        if self._errors and self._errors[0][0] in ("", action):
            raise self._errors.popleft()[1]

    # --- what may be used ---

    def _list_signatures(self, asked: Asked) -> Mapping[str, Any]:
        rows = [
            {
                "SignName": name, "AuditStatus": filed.state, "BusinessType": filed.kind, "OrderId": "1",
                "CreateDate": "2026-01-01 00:00:00", "Reason": {"RejectInfo": "无审批备注"},
            }
            for name, filed in self._signatures.items()
        ]  # fmt: skip
        return {"SmsSignList": _page(asked, rows), "TotalCount": len(rows)}

    def _signature(self, asked: Asked) -> Mapping[str, Any]:
        name = asked.text("SignName")
        filed = self._signatures.get(name)
        if filed is None:
            raise AliyunError("isv.SMS_SIGNATURE_ILLEGAL")
        carriers = zip(("mobile", "unicom", "telecom"), filed.carriers, strict=True)
        details = [{"OperatorCode": carrier, "RegisterStatus": state} for carrier, state in carriers]
        return {
            "SignName": name, "ThirdParty": filed.third_party, "SignIspRegisterDetailList": details,
            "TrademarkId": filed.trademark, "AppIcpRecordId": 0,
            "AuthorizationLetterId": 0 if filed.letter is None else 88,
            "AuthorizationLetterAuditPass": bool(filed.letter),
        }  # fmt: skip

    def _list_templates(self, asked: Asked) -> Mapping[str, Any]:
        rows = [
            {
                "TemplateCode": code, "TemplateName": f"模板{code}", "TemplateContent": text, "AuditStatus": state,
                "OuterTemplateType": kind, "TemplateType": {1: 0, 2: 1}.get(kind, 2), "OrderId": "1",
                "CreateDate": "2026-01-01 00:00:00",
                "Reason": {"RejectInfo": "无审批备注" if state == _PASS else "内容含违规用语，请修改后重新提交"},
            }
            for code, (state, kind, text) in self._templates.items()
        ]  # fmt: skip
        return {"SmsTemplateList": _page(asked, rows), "TotalCount": len(rows)}

    # --- messages ---

    def _send(self, asked: Asked) -> Mapping[str, Any]:
        phones = asked.text("PhoneNumbers").split(",")
        if len(phones) > NUMBERS_MAX:
            raise AliyunError("isv.MOBILE_COUNT_OVER_LIMIT")
        sign, values = asked.text("SignName"), asked.json("TemplateParam", "{}")
        return self._hand_over(asked, [(phone, sign, values) for phone in phones])

    def _send_batch(self, asked: Asked) -> Mapping[str, Any]:
        phones, signs = asked.json("PhoneNumberJson"), asked.json("SignNameJson")
        values = asked.json("TemplateParamJson", _nothing_for(phones))
        if not all(isinstance(each, list) for each in (phones, signs, values)):
            raise AliyunError("isv.INVALID_JSON_PARAM")
        if not len(phones) == len(signs) == len(values):
            raise AliyunError("isv.INVALID_PARAMETERS")
        if not 0 < len(phones) <= BATCH_MAX:
            raise AliyunError("isv.MOBILE_COUNT_OVER_LIMIT")
        return self._hand_over(asked, list(zip(phones, signs, values, strict=True)))

    def _hand_over(self, asked: Asked, entries: list[tuple[str, str, Any]]) -> Mapping[str, Any]:
        """All of the request or, but for an order, nothing."""
        out_id, template = asked.text("OutId", ""), asked.text("TemplateCode")
        if len(out_id) >= 256:
            raise AliyunError("isv.INVALID_PARAMETERS")
        going = [(_mobile(phone), self._text(sign, template, values)) for phone, sign, values in entries]
        biz_id = f"{self._platform.config.seed:03d}{self._requests:015d}^0"
        code, taken = self._number_errors.popleft() if self._number_errors else ("", False)
        if taken:
            self._details.hand_over(going[1:], template, out_id, biz_id)
        if code:
            raise AliyunError(code)
        self._details.hand_over(going, template, out_id, biz_id)
        return {"BizId": biz_id}

    def _text(self, sign: str, template: str, values: Any) -> str:
        """What the customer reads."""
        state, kind, text = self._templates.get(template, ("", 0, ""))
        filed = self._signatures.get(sign)
        if filed is None or filed.state != _PASS:
            raise AliyunError("isv.SMS_SIGNATURE_ILLEGAL")
        if state != _PASS:
            raise AliyunError("isv.SMS_TEMPLATE_ILLEGAL")
        if filed.kind == _CODES and kind == _PROMOTION:
            raise AliyunError("isv.SMS_SIGNATURE_SCENE_ILLEGAL")
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise AliyunError("isv.INVALID_JSON_PARAM")
        if not set(_PLACEHOLDER.findall(text)) <= values.keys():
            raise AliyunError("isv.TEMPLATE_MISSING_PARAMETERS")
        return f"【{sign}】{_PLACEHOLDER.sub(lambda found: values[found[1]], text)}"


def _nothing_for(phones: Any) -> str:
    return f"[{','.join(['{}'] * len(phones))}]" if isinstance(phones, list) else "[]"


def _mobile(written: Any) -> str:
    """With or without 86, +86 or 0086 in front, as E.164."""
    found = re.fullmatch(r"(?:\+?86|0086)?(1[0-9]{10})", written, re.ASCII) if isinstance(written, str) else None
    if found is None:
        raise AliyunError("isv.MOBILE_NUMBER_ILLEGAL")
    return f"+86{found[1]}"


def _extensions(asked: Asked) -> Mapping[str, Any]:
    wanted = {"SignName": asked.text("SignName", ""), "ExtCode": asked.text("ExtCode", "")}
    rows = [{"SignName": name, "ExtCode": code, "Active": 1, "SendCount": 0} for name, code in _EXTENSIONS.items()]
    found = [row for row in rows if all(row[key] == word for key, word in wanted.items() if word)]
    page = _page(asked, found, "PageNo")
    return {"Success": True, "Data": {"List": page, "Total": len(found), "PageNo": 1, "PageSize": len(page)}}


def _page(asked: Asked, rows: list[dict[str, Any]], at: str = "PageIndex") -> list[dict[str, Any]]:
    size, number = asked.number("PageSize", 10, 1, PAGE_MAX), asked.number(at, 1, 1, 10**6)
    return rows[(number - 1) * size : number * size]


def _no_action(_asked: Asked) -> NoReturn:
    raise AliyunError("InvalidAction.NotFound", 400)
