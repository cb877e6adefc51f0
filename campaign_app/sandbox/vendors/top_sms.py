"""SMS of the simulated Taobao Open Platform: signatures and templates by name, and batches by plain numbers.

From an SDK (bububa/opentaobao): fields and limits. Our choice: that a template without `template_status` 1 or a
signature without `sign_status` 1 refuses the whole request, Aliyun's names for the refusals, that numbers which were
taken under a `task_sign` are dropped when they come under it again, and what is answered then: the first receipt.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from campaign_app.sandbox.admin import local, order_of
from campaign_app.sandbox.calls import json_answer
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.aliyun_details import OwnWords
from campaign_app.sandbox.vendors.top_wire import Asked, TopError

SEND: Final = "taobao.jst.sms.message.direct.batchsend"
NUMBERS_MAX: Final = 200
_PASS: Final = 1
_PROMOTION: Final = 2
# as the signatures of the sandbox's contract, by TOP's numbers
SIGNATURES: Final[Mapping[str, int]] = {"安宁百货": 1, "安宁会员": 1, "安宁折扣": 0, "安宁金融": 2}
_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)\}")


class Filed(NamedTuple):
    kind: int
    status: int
    text: str


TEMPLATES: Final[Mapping[str, Filed]] = {
    "SMS_1": Filed(_PROMOTION, _PASS, "上新，退订回T"),
    "SMS_2": Filed(1, _PASS, "您的订单已发货，拒收请回复R"),
    "SMS_3": Filed(_PROMOTION, 0, "会员日双倍积分，拒收请回复R"),
    "SMS_4": Filed(_PROMOTION, 2, "全网最低价，拒收请回复R"),
    "SMS_5": Filed(_PROMOTION, _PASS, "${name}您好，拒收请回复R"),
}
# of these one may be filed later on; an account names them before
LATER: Final = ("SMS_8", "SMS_9")


class Template(BaseModel):
    """A template from now on."""

    model_config = ConfigDict(extra="forbid")
    code: str
    text: str
    kind: int = _PROMOTION
    status: int = _PASS


class Order(BaseModel):
    """`refuse`: the next `times` batches are answered with this `isv.` or `isp.` code. `taken`: after they were taken.

    `sign` gets another `sign_status`. `no_receipt`: the next batches are taken and answered without `module`.
    """

    model_config = ConfigDict(extra="forbid")
    refuse: str = ""
    taken: bool = False
    times: int = Field(1, ge=1, le=1_000)
    template: Template | None = None
    sign: str = ""
    sign_status: int = _PASS
    no_receipt: int = 0
    clear: bool = False


class Sms:
    def __init__(self, platform: Platform) -> None:
        self._platform, self._numbers = platform, OwnWords(platform)
        self._signatures, self._templates = dict(SIGNATURES), dict(TEMPLATES)
        self._refusals: deque[tuple[str, bool]] = deque()
        self._no_receipt = self._requests = 0
        self._taken: dict[str, tuple[str, set[str]]] = {}
        self._texts: list[Mapping[str, str]] = []

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/sandbox/vendors/top", local(self.show), methods=["GET"]),
            Route("/sandbox/vendors/top", local(self.order), methods=["POST"]),
        ]

    async def show(self, _request: Request) -> Response:
        """What really went out: the text as it was put together here."""
        return json_answer({"sent": self._texts, "batches": self._requests})

    async def order(self, request: Request) -> Response:
        order = await order_of(request, Order)
        if order.clear:
            self._refusals.clear()
            self._no_receipt = 0
        if order.refuse:
            self._refusals.extend([(order.refuse, order.taken)] * order.times)
        if order.template is not None:
            filed = order.template
            self._templates[filed.code] = Filed(filed.kind, filed.status, filed.text)
        if order.sign:
            self._signatures[order.sign] = order.sign_status
        self._no_receipt += order.no_receipt
        return json_answer({"waiting": len(self._refusals)})

    # --- what may be used ---

    def signature(self, found: Asked) -> Mapping[str, Any]:
        name = _inside(found, "query_sms_sign_request", "sign_name")
        if name not in self._signatures:
            return {"r_success": False, "r_code": "isv.SMS_SIGNATURE_ILLEGAL", "message": "no such signature"}
        module = {"sign_name": name, "sign_status": self._signatures[name], "create_date": "2026-01-01 00:00:00"}
        return {"r_success": True, "module": module}

    def template(self, found: Asked) -> Mapping[str, Any]:
        code = _inside(found, "query_sms_template_request", "template_code")
        if code not in self._templates:
            return {"r_success": False, "r_code": "isv.SMS_TEMPLATE_ILLEGAL", "message": "no such template"}
        kind, status, text = self._templates[code]
        module = {
            "template_code": code, "template_type": kind, "template_status": status, "template_content": text,
            "template_name": f"模板{code}", "reason": "内容含违规用语" if status == 2 else "",
            "create_date": "2026-01-01 00:00:00",
        }  # fmt: skip
        return {"r_success": True, "module": module}

    # --- messages ---

    def send(self, found: Asked) -> Mapping[str, Any]:
        """All of the request or, but for an order, nothing."""
        self._requests += 1
        going = self._going(found)
        code, taken = self._refusals.popleft() if self._refusals else ("", False)
        if code and not taken:
            raise _refused(code)
        receipt = self._hand_over(going, found.params.get("task_sign", ""))
        if code:
            raise _refused(code)
        if self._no_receipt:
            self._no_receipt -= 1
            return {}
        return {"module": receipt}

    def _going(self, found: Asked) -> list[tuple[str, str]]:
        """Number (E.164) and text of each."""
        phones, values = _list(found, "rec_num"), _list(found, "sms_content")
        sign, template = found.params.get("sign_name", ""), found.params.get("sms_template_code", "")
        if "oaids" in found.params or not 0 < len(phones) <= NUMBERS_MAX:
            raise _refused("isv.MOBILE_COUNT_OVER_LIMIT")
        if not all(isinstance(each, str) and re.fullmatch(r"1[0-9]{10}", each, re.ASCII) for each in phones):
            raise _refused("isv.MOBILE_NUMBER_ILLEGAL")
        if len(values) != len(phones) or len(set(phones)) != len(phones):
            raise _refused("isv.INVALID_JSON_PARAM")
        if self._signatures.get(sign) != _PASS:
            raise _refused("isv.SMS_SIGNATURE_ILLEGAL")
        filed = self._templates.get(template)
        if filed is None or filed.status != _PASS:
            raise _refused("isv.SMS_TEMPLATE_ILLEGAL")
        return [
            (f"+86{phone}", f"【{sign}】{_rendered(filed.text, own)}")
            for phone, own in zip(phones, values, strict=True)
        ]

    def _hand_over(self, going: list[tuple[str, str]], task_sign: str) -> str:
        receipt = f"top{self._platform.config.seed:03d}{self._requests:09d}"
        if task_sign:
            receipt, numbers = self._taken.setdefault(task_sign, (receipt, set()))
            going = [(phone, text) for phone, text in going if phone not in numbers]
            numbers.update(phone for phone, _ in going)
        self._numbers.hand_over_each(going, task_sign or receipt)
        self._texts += [{"phone": phone, "text": text, "task_sign": task_sign} for phone, text in going]
        return receipt


def later_codes() -> str:
    """What an account names, those that may be filed later on included."""
    return "，".join((*TEMPLATES, *LATER))


def _rendered(text: str, values: Any) -> str:
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise _refused("isv.INVALID_JSON_PARAM")
    if not set(_PLACEHOLDER.findall(text)) <= values.keys():
        raise _refused("isv.TEMPLATE_MISSING_PARAMETERS")
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _list(found: Asked, name: str) -> list[Any]:
    try:
        value = json.loads(found.params.get(name, ""))
    except ValueError:
        value = None
    if not isinstance(value, list):
        raise TopError(41, "Invalid Arguments", "isv.invalid-parameter", name)
    return value


def _inside(found: Asked, name: str, key: str) -> str:
    """A field of a JSON object among the parameters."""
    try:
        value = json.loads(found.params.get(name, ""))[key]
    except (ValueError, KeyError, TypeError):
        raise TopError(40, "Missing Arguments", "isv.missing-parameter", name) from None
    return str(value)


def _refused(code: str) -> TopError:
    return TopError(15, "Remote service error", code, "simulated")
