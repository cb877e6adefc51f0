"""SMS of the simulated Pinduoduo: batches by numbers that it sealed, and a record of what it took.

From its SDKs: parameters, that numbers come sealed and names of variables with their ${}, the fields of the answers,
pages of fifty, thirty days. Our choice: the names around the answers, 0 for a batch that was taken and 4 for one that
was refused as it is, one number written back as it was asked for, and that an `out_id` which comes again is no repeat.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from campaign_app.sandbox.admin import local, order_of
from campaign_app.sandbox.calls import json_answer
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.aliyun_details import OwnWords
from campaign_app.sandbox.vendors.signed_forms import Params

SEND: Final = "pdd.open.msg.service.send.batch.msg"
RECORD: Final = "pdd.open.msg.service.query.msg.record"
ENVELOPES: Final[Mapping[str, str]] = {
    SEND: "open_msg_service_send_batch_msg_response",
    RECORD: "open_msg_service_query_msg_record_response",
}
PARAMETER: Final = 10001
_REFUSED: Final = {"code": 4, "message": "simulated"}
_KEPT: Final = timedelta(days=30)
_BEIJING: Final = timezone(timedelta(hours=8))
_PLACEHOLDER: Final = re.compile(r"\$\{[A-Za-z][A-Za-z0-9_]*\}")
SIGNATURES: Final = ("安宁百货", "安宁会员")
TEMPLATES: Final[Mapping[str, str]] = {"1001": "上新，退订回T", "1002": "${name}您好，拒收请回复R"}


class SmsError(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Template(BaseModel):
    """What the console shows under this code from now on, whatever an account says of it."""

    model_config = ConfigDict(extra="forbid")
    code: str
    text: str


class Order(BaseModel):
    """`refuse`: the next `times` batches meet this code; `taken`: after they were taken.

    `no_receipt`: the next ones are taken and answered without one. `hidden`: what was taken cannot be found.
    """

    model_config = ConfigDict(extra="forbid")
    refuse: int = 0
    taken: bool = False
    times: int = Field(1, ge=1, le=1_000)
    no_receipt: int = 0
    template: Template | None = None
    hidden: bool = False
    clear: bool = False


class _Taken(NamedTuple):
    sealed: str
    out_id: str
    biz_id: str
    template: str
    text: str
    at: datetime


class Sms:
    def __init__(self, platform: Platform) -> None:
        self._platform, self._numbers = platform, OwnWords(platform)
        self._templates = dict(TEMPLATES)
        self._refusals: deque[tuple[int, bool]] = deque()
        self._taken: list[_Taken] = []
        self._requests = self._no_receipt = 0
        self._hidden = False

    def routes(self) -> list[BaseRoute]:
        path = "/sandbox/vendors/pinduoduo/sms"
        return [
            Route(path, local(self.show), methods=["GET"]),
            Route(path, local(self.order), methods=["POST"]),
        ]

    async def show(self, _request: Request) -> Response:
        """What really went out: the text as it was put together here."""
        sent = [{"sealed": each.sealed, "text": each.text, "out_id": each.out_id} for each in self._taken]
        return json_answer({"sent": sent, "requests": self._requests})

    async def order(self, request: Request) -> Response:
        order = await order_of(request, Order)
        if order.clear:
            self._refusals.clear()
            self._no_receipt = 0
        if order.refuse:
            self._refusals.extend([(order.refuse, order.taken)] * order.times)
        if order.template is not None:
            self._templates[order.template.code] = order.template.text
        self._no_receipt += order.no_receipt
        self._hidden = order.hidden
        return json_answer({"waiting": len(self._refusals)})

    def send(self, params: Params) -> Mapping[str, Any]:
        """All of the request or, but for an order, nothing."""
        self._requests += 1
        going = self._going(params)
        if going is None:
            return _REFUSED
        code, taken = self._refusals.popleft() if self._refusals else (0, False)
        if code and not taken:
            raise SmsError(code)
        receipt = self._hand_over(going, params)
        if code:
            raise SmsError(code)
        if self._no_receipt:
            self._no_receipt -= 1
            return {"code": 0, "message": ""}
        return {"biz_id": receipt, "code": 0, "message": ""}

    def _going(self, params: Params) -> list[tuple[str, str, str]] | None:
        """Sealed number, number and text of each; None for what Pinduoduo's SMS refuses behind its gateway."""
        sealed = _list(params, "phone_numbers")
        values = _list(params, "template_param_json") if "template_param_json" in params else [{} for _ in sealed]
        text = self._templates.get(params.get("template_code", ""))
        numbers = [self._number(each) for each in sealed]
        rendered = [_rendered(text or "", each) for each in values]
        once = bool(sealed) and len(set(map(str, sealed))) == len(sealed) == len(values)
        if text is None or params.get("sign_name") not in SIGNATURES or not once or None in numbers or None in rendered:
            return None
        sign = params["sign_name"]
        return [(str(s), str(n), f"【{sign}】{r}") for s, n, r in zip(sealed, numbers, rendered, strict=True)]

    def _number(self, sealed: object) -> str | None:
        people = self._platform.population
        return people.phone_of_sealed(self._platform.config.shops[0], sealed) if isinstance(sealed, str) else None

    def _hand_over(self, going: list[tuple[str, str, str]], params: Params) -> str:
        receipt = f"pdd{self._platform.config.seed:03d}{self._requests:09d}"
        out_id, now = params.get("out_id", ""), self._platform.now()
        self._numbers.hand_over_each([(number, text) for _, number, text in going], out_id or receipt)
        self._taken += [
            _Taken(sealed, out_id, receipt, params["template_code"], text, now) for sealed, _, text in going
        ]
        return receipt

    def record(self, params: Params) -> Mapping[str, Any]:
        number, size = _whole(params, "page_number", 10**6), _whole(params, "page_size", 50)
        day, sealed, now = params.get("send_date", ""), params.get("phone_number", ""), self._platform.now()
        if not re.fullmatch(r"[0-9]{8}", day, re.ASCII) or not sealed:
            raise SmsError(PARAMETER)
        found = [
            each
            for each in self._taken
            if not self._hidden and each.sealed == sealed and params.get("biz_id", each.biz_id) == each.biz_id
            and each.at.astimezone(_BEIJING).strftime("%Y%m%d") == day and now - each.at <= _KEPT
        ]  # fmt: skip
        rows = [_row(each) for each in found[(number - 1) * size : number * size]]
        return {"result_code": "0", "result_message": "", "sms_send_details": rows, "total_count": len(found)}


def _row(each: _Taken) -> Mapping[str, Any]:
    written = each.at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    return {
        "content": each.text, "error_code": "", "out_id": each.out_id, "phone_number": each.sealed, "receive_time": "",
        "send_status": 1, "send_time": written, "template_code": each.template,
    }  # fmt: skip


def typed_templates() -> str:
    """As a person types them into an account."""
    return " | ".join(f"{code}={text}" for code, text in TEMPLATES.items())


def _rendered(text: str, values: object) -> str | None:
    """None where a value is missing, is one too many, or is none."""
    names = set(_PLACEHOLDER.findall(text))
    if not isinstance(values, dict) or set(values) != names or not all(isinstance(v, str) for v in values.values()):
        return None
    return _PLACEHOLDER.sub(lambda found: str(values[found[0]]), text)


def _list(params: Params, name: str) -> list[Any]:
    try:
        value = json.loads(params.get(name, ""))
    except ValueError:
        value = None
    if not isinstance(value, list):
        raise SmsError(PARAMETER)
    return value


def _whole(params: Params, name: str, most: int) -> int:
    written = params.get(name, "")
    if not re.fullmatch(r"[0-9]{1,7}", written, re.ASCII) or not 1 <= int(written) <= most:
        raise SmsError(PARAMETER)
    return int(written)
