"""Tencent Cloud SMS (2021-01-11), simulated: strict on signature, clock, signatures and templates; orders by number.

From Tencent's SDK: fields, limits, states and codes. Our choice: the texts of templates, that a call with a name that
is no action is `InvalidAction`, and how many statuses the disorder that a test may order brings twice.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from campaign_app.sandbox.admin import local
from campaign_app.sandbox.calls import json_answer
from campaign_app.sandbox.config import ENTITY, OTHER_ENTITY, SandboxConfig
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.at_root import RootRoute
from campaign_app.sandbox.vendors.numbers import Handed, Numbers
from campaign_app.sandbox.vendors.signed_forms import local_order, simulated_word
from campaign_app.sandbox.vendors.tencent_queues import Queue, Queues, Sent
from campaign_app.sandbox.vendors.tencent_wire import Asked, TencentError, admitted

NAME: Final = "tencent"
APP_ID: Final = "1400006666"
NUMBERS_MAX: Final = 200
PAGE_MAX: Final = 100
# name, StatusCode, QualificationStatusCode
_SIGNATURES: Final = (
    ("安宁百货", 0, 1),
    ("安宁会员", 0, 1),
    ("安宁到家", 2, 1),
    ("安宁折扣", 1, 0),
    ("安宁金融", -1, 2),
)
# whom a signature was qualified for, where that is not the shops' entity
_QUALIFIED: Final[Mapping[str, str]] = {"安宁会员": OTHER_ENTITY.name, "安宁到家": ""}
# StatusCode, text
_TEMPLATES: Final = (
    (0, "上新，退订回T"),
    (0, "尊敬的{1}，您的{2}积分本月底到期，进店可抵现金，拒收请回复R"),
    (0, "全场满{1}减{2}，{3}前有效，拒收请回复R"),
    (2, "周年庆全场8折，拒收请回复R"),
    (1, "会员日双倍积分，拒收请回复R"),
    (-1, "全网最低价，拒收请回复R"),
    (0, "{1}您好，拒收请回复R"),
)
_REFUSED: Final[Mapping[str, str]] = {
    "carrier_blacklist": "FailedOperation.PhoneNumberInBlacklist",
    "invalid_number": "InvalidParameterValue.IncorrectPhoneNumber",
    "daily_limit": "LimitExceeded.PhoneNumberDailyLimit",
}
_PLACEHOLDER: Final = re.compile(r"\{([1-9]\d?)\}")


class Order(BaseModel):
    """`error` befalls the next `times` calls (of `action`, or any), `number_error` the next `times` numbers.

    `template` is one more text, with this `status`; `sign_status` gives a signature another state. `packages` are all
    that was bought: amount, used, and in how many days it ends. `sessions` and `disorder`: see `tencent_queues`.
    """

    model_config = ConfigDict(extra="forbid")
    error: str = ""
    action: str = ""
    number_error: str = ""
    times: int = Field(1, ge=1, le=1_000_000)
    template: str = ""
    status: int = 0
    sign: str = ""
    sign_status: int = 0
    packages: list[tuple[int, int, int]] | None = Field(None, max_length=2_000)
    sessions: bool | None = None
    disorder: bool | None = None


def routes(platform: Platform) -> list[BaseRoute]:
    sender = _Sender(platform)
    return [
        RootRoute("X-TC-Action", sender.call),
        Route(f"/sandbox/vendors/{NAME}", sender.order, methods=["POST"]),
        Route(f"/sandbox/vendors/{NAME}", local(sender.show), methods=["GET"]),
    ]


def credentials(config: SandboxConfig) -> Mapping[str, str]:
    secret_id, secret_key = _key(config)
    return {"key_id": APP_ID, "secret_id": secret_id, "secret_key": secret_key, "region": "ap-guangzhou"}


def _key(config: SandboxConfig) -> tuple[str, str]:
    return f"AKIDsimulated{simulated_word(config, 'tencent id')[:20]}", simulated_word(config, "tencent key")


class _Sender:
    def __init__(self, platform: Platform) -> None:
        self._platform, self._key = platform, _key(platform.config)
        self._numbers = Numbers(platform)
        self._queues = Queues(platform, self._numbers)
        self._errors: deque[tuple[str, str]] = deque()
        self._number_errors: deque[str] = deque()
        self._signatures = {name: [status, qualified] for name, status, qualified in _SIGNATURES}
        self._templates: dict[str, tuple[int, str]] = {str(1001 + n): each for n, each in enumerate(_TEMPLATES)}
        self._requests = 0
        self._bought = [(1_000_000, 0, 365)]
        self._texts: list[Mapping[str, str]] = []
        queues = self._queues
        self._actions: Mapping[str, Callable[[Asked], Mapping[str, Any]]] = {
            "SendSms": self._send,
            "SmsPackagesStatistics": self._packages,
            "DescribeSmsSignList": self._list_signatures,
            "DescribeSmsTemplateList": self._list_templates,
            "PullSmsSendStatus": lambda a: {"PullSmsSendStatusSet": self._pull(a, queues.statuses)},
            "PullSmsReplyStatus": lambda a: {"PullSmsReplyStatusSet": self._pull(a, queues.replies)},
            "PullSmsSendStatusByPhoneNumber": lambda a: {"PullSmsSendStatusSet": self._look(a, queues.statuses)},
            "PullSmsReplyStatusByPhoneNumber": lambda a: {"PullSmsReplyStatusSet": self._look(a, queues.replies)},
        }

    async def call(self, request: Request) -> Response:
        self._requests += 1
        request_id = f"t{simulated_word(self._platform.config, str(self._requests))[:12]}"
        try:
            asked = await admitted(request, self._key, self._platform.now())
            self._trouble(asked.action)
            found = self._actions.get(asked.action, _no_action)(asked)
        except TencentError as error:
            found = {"Error": {"Code": error.code, "Message": error.message}}
        return json_answer({"Response": {**found, "RequestId": request_id}})

    async def order(self, request: Request) -> Response:
        order = await local_order(request, Order)
        if order.error:
            self._errors.extend([(order.action, order.error)] * order.times)
        if order.number_error:
            self._number_errors.extend([order.number_error] * order.times)
        if order.template:
            self._templates[str(1001 + len(self._templates))] = order.status, order.template
        if order.sign:
            self._signatures[order.sign] = [order.sign_status, 1]
        self._bought = self._bought if order.packages is None else order.packages
        queues = self._queues
        queues.sessions = queues.sessions if order.sessions is None else order.sessions
        queues.disorder = queues.disorder if order.disorder is None else order.disorder
        return json_answer({"waiting": len(self._errors), "numbers": len(self._number_errors)})

    async def show(self, _request: Request) -> Response:
        """What really went out: the text as it was put together here, with the session that came along."""
        return json_answer({"sent": self._texts, "requests": self._requests})

    def _trouble(self, action: str) -> None:
        if self._errors and self._errors[0][0] in ("", action):
            raise TencentError(self._errors.popleft()[1])

    # --- what may be used ---

    def _packages(self, asked: Asked) -> Mapping[str, Any]:
        self._require_app(asked)
        for name in ("BeginTime", "EndTime"):
            if not re.fullmatch(r"20[0-9]{8}", asked.text(name), re.ASCII):
                raise TencentError(f"InvalidParameterValue.{name}VerifyFail")
        now = int(self._platform.now().timestamp())
        rows = [
            {
                "PackageCreateTime": now - 86_400, "PackageEffectiveTime": now - 86_400,
                "PackageExpiredTime": now + days * 86_400, "PackageAmount": amount, "PackageType": 1,
                "PackageId": 1 + n, "CurrentUsage": used + (0 if n else len(self._texts)),
            }
            for n, (amount, used, days) in enumerate(self._bought)
        ]  # fmt: skip
        first = asked.number("Offset", 0, 0, 1_000_000)
        return {"SmsPackagesStatisticsSet": rows[first : first + asked.number("Limit", None, 1, 500)]}

    def _list_signatures(self, asked: Asked) -> Mapping[str, Any]:
        rows = [
            {
                "SignId": 500 + n, "International": 0, "StatusCode": status, "ReviewReply": "", "SignName": name,
                "CreateTime": self._platform.config.epoch, "QualificationId": 900 + n,
                "QualificationName": _QUALIFIED.get(name, ENTITY.name),
                "QualificationStatusCode": qualified,
            }
            for n, (name, (status, qualified)) in enumerate(self._signatures.items())
        ]  # fmt: skip
        return {"DescribeSignListStatusSet": self._page(asked, rows)}

    def _list_templates(self, asked: Asked) -> Mapping[str, Any]:
        epoch = self._platform.config.epoch
        rows = [
            {
                "TemplateId": int(template_id), "International": 0, "StatusCode": status,
                "ReviewReply": "内容含违规用语，请修改后重新提交" if status < 0 else "",
                "TemplateName": f"模板{template_id}", "CreateTime": epoch, "TemplateContent": text,
            }
            for template_id, (status, text) in self._templates.items()
        ]  # fmt: skip
        return {"DescribeTemplateStatusSet": self._page(asked, rows)}

    def _page(self, asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        asked.number("International", None, 0, 1)
        limit = asked.number("Limit", 10, 0, PAGE_MAX)
        offset = asked.number("Offset", 0, 0, 10**6)
        return rows[offset : offset + limit]

    # --- messages ---

    def _send(self, asked: Asked) -> Mapping[str, Any]:
        phones, params = asked.texts("PhoneNumberSet"), asked.texts("TemplateParamSet")
        session, sign = asked.text("SessionContext", ""), asked.text("SignName")
        self._require_app(asked)
        for code, holds in (
            ("MissingParameter.EmptyPhoneNumberSet", phones),
            ("LimitExceeded.PhoneNumberCountLimit", len(phones) <= NUMBERS_MAX),
            ("InvalidParameterValue.IncorrectPhoneNumber", len(set(phones)) == len(phones)),
            ("InvalidParameter.InvalidParameters", len(session.encode()) < 512),
        ):
            if not holds:
                raise TencentError(code)
        code, text = self._text(sign, asked.text("TemplateId"), params)
        refused = {phone: code or self._refused(phone) for phone in phones}
        going = [phone for phone in phones if not refused[phone]]
        handed = dict(zip(going, self._numbers.hand_over(going, session, text), strict=True)) if going else {}
        rows = [self._row(phone, (session, sign, text), refused[phone], handed.get(phone)) for phone in phones]
        return {"SendStatusSet": rows}

    def _text(self, sign: str, template_id: str, params: list[str]) -> tuple[str, str]:
        """(why this cannot be sent to anybody or "", the text that the customer reads)."""
        if self._signatures.get(sign, [None])[0] != 0:
            return "FailedOperation.SignatureIncorrectOrUnapproved", ""
        status, template = self._templates.get(template_id, (None, ""))
        if status != 0:
            return "FailedOperation.TemplateUnapprovedOrNotExist", ""
        if len(set(_PLACEHOLDER.findall(template))) != len(params):
            return "FailedOperation.TemplateParamSetNotMatchApprovedTemplate", ""
        return "", f"【{sign}】{_PLACEHOLDER.sub(lambda found: params[int(found[1]) - 1], template)}"

    def _refused(self, phone: str) -> str:
        if self._number_errors:
            return self._number_errors.popleft()
        good = re.fullmatch(r"\+861[0-9]{10}", phone, re.ASCII)
        return "" if good else "InvalidParameterValue.IncorrectPhoneNumber"

    def _row(self, phone: str, said: tuple[str, str, str], code: str, handed: Handed | None) -> Mapping[str, Any]:
        session, sign, text = said
        code = code or _REFUSED.get(handed.code if handed else "", "")
        serial = ""
        if handed is not None and handed.seq:
            serial = f"{self._platform.config.seed}:{handed.seq}"
            self._queues.note(self._platform.ledger.rows[handed.seq - 1], Sent(serial, phone, session, sign))
            self._texts.append({"phone": phone, "text": text, "session": session, "serial": serial})
        return {
            "SerialNo": serial, "PhoneNumber": phone, "Fee": 0 if code else 1, "SessionContext": session,
            "Code": code or "Ok", "Message": code or "send success", "IsoCode": "CN",
        }  # fmt: skip

    # --- what comes back ---

    def _pull(self, asked: Asked, queue: Queue) -> list[Mapping[str, Any]]:
        self._require_app(asked)
        limit = asked.number("Limit", None, 1, PAGE_MAX)
        self._queues.settle()
        return queue.pull(limit)

    def _look(self, asked: Asked, queue: Queue) -> list[Mapping[str, Any]]:
        self._require_app(asked)
        limit, offset = asked.number("Limit", None, 1, PAGE_MAX), asked.number("Offset", None, 0, 0)
        begin, end = asked.number("BeginTime", None, 0, 10**11), asked.number("EndTime", 10**11, 0, 10**11)
        self._queues.settle()
        found = list(queue.of_number(asked.text("PhoneNumber"), begin, end, self._platform.now()))
        return found[offset : offset + limit]

    def _require_app(self, asked: Asked) -> None:
        if asked.text("SmsSdkAppId") != APP_ID:
            raise TencentError("UnauthorizedOperation.SmsSdkAppIdVerifyFail")


def _no_action(asked: Asked) -> NoReturn:
    raise TencentError("InvalidAction", asked.action)
