"""Other people's clients of JD and Pinduoduo against our simulators: both sides were written apart from each other."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

import jd
import pdd_sdk
import pytest
from jd.api.base import RestApi as JdApi
from jd.api.base import sign as jd_sign
from pdd_sdk.api.base import DdkException
from pdd_sdk.api.base import RestApi as PddApi
from pdd_sdk.api.base import sign as pdd_sign

from campaign_app.platforms.jd.gateway import signature as our_jd
from campaign_app.transport.pinduoduo.calls import signature as our_pdd
from tests.helpers.connected import connect
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import connected, everybody

# both packages leave their sockets to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
PARAMS = {"b": "2", "a": "1", "360": "{}", "Z": "z"}


class Scan(JdApi):
    """The methods that we use are not among those of the package; it derives the parameters from the attributes."""

    def __init__(self, domain: str, port: int) -> None:
        super().__init__(domain, port)
        self.page_size: str | None = None
        self.scroll_id: str | None = None

    def getapiname(self) -> str:
        return "jingdong.crm.member.scan"


class Time(PddApi):
    def getapiname(self) -> str:
        return "pdd.time.get"


class Mall(PddApi):
    def getapiname(self) -> str:
        return "pdd.mall.info.get"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=150) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    yield
    gc.collect()


def scan(sandbox: SandboxProcess, secret: str = "", **asked: str) -> Any:
    known, at = sandbox.ready["vendors"]["jd"], urlsplit(sandbox.url)
    request = Scan(at.hostname or "", at.port or 0)
    request.set_app_info(jd.appinfo(known["app_key"], secret or known["app_secret"]))
    for name, value in asked.items():
        setattr(request, name, value)
    return request.getResponse(known["access_token"])


def test_jds_package_signs_as_we_do() -> None:
    assert jd_sign("secret", PARAMS) == our_jd("secret", PARAMS)
    assert pdd_sign("secret", PARAMS) == our_pdd("secret", PARAMS)


def test_jds_package_reads_all_members_and_so_do_we(sandbox: SandboxProcess) -> None:
    found, asked = [], {"page_size": "50"}
    while True:
        result = scan(sandbox, **asked)["jingdong_crm_member_scan_responce"]["crm_member_scan_result"]
        found += [row["customer_pin"] for row in result["crm_members"]]
        if len(found) >= result["total_result"]:
            break
        asked = {"scroll_id": result["scroll_id"]}
    with connected(sandbox, "jd") as client:
        assert everybody(client) == found


def test_jds_package_with_another_secret_is_refused(sandbox: SandboxProcess) -> None:
    assert scan(sandbox, secret="another", page_size="50")["error_response"]["code"] == "12"


def pdd(sandbox: SandboxProcess, kind: type[Any], secret: str = "") -> Any:
    known, at = sandbox.ready["vendors"]["pinduoduo"], urlsplit(sandbox.url)
    request = kind(at.hostname or "", at.port or 0)
    request.set_app_info(pdd_sdk.appinfo(known["client_id"], secret or known["client_secret"]))
    return request


def test_pinduoduos_package_asks_the_time(sandbox: SandboxProcess) -> None:
    found = pdd(sandbox, Time).getResponse()
    assert abs(int(found["time_get_response"]["time"]) - time.time()) < 60


def test_pinduoduos_package_asks_for_the_shop(sandbox: SandboxProcess) -> None:
    request = pdd(sandbox, Mall)
    request.access_token = sandbox.ready["vendors"]["pinduoduo"]["access_token"]
    assert request.getResponse()["mall_info_get_response"]["mall_name"] == sandbox.shops[0].name


@pytest.mark.parametrize("secret", ["another"])
def test_pinduoduos_package_with_another_secret_is_refused(sandbox: SandboxProcess, secret: str) -> None:
    with pytest.raises(DdkException):
        pdd(sandbox, Time, secret).getResponse()


class Batch(PddApi):
    """The package derives the parameters from the attributes, and signs them as they are written here."""

    def __init__(self, domain: str, port: int) -> None:
        super().__init__(domain, port)
        self.out_id = self.phone_numbers = self.sign_name = self.template_code = self.template_param_json = ""

    def getapiname(self) -> str:
        return "pdd.open.msg.service.send.batch.msg"


class Record(PddApi):
    def __init__(self, domain: str, port: int) -> None:
        super().__init__(domain, port)
        self.phone_number = self.send_date = ""
        self.page_number, self.page_size = "1", "50"

    def getapiname(self) -> str:
        return "pdd.open.msg.service.query.msg.record"


def of_shop(sandbox: SandboxProcess, kind: type[Any], **asked: str) -> Any:
    request = pdd(sandbox, kind)
    for name, value in {"access_token": sandbox.ready["vendors"]["pinduoduo"]["access_token"], **asked}.items():
        setattr(request, name, value)
    (answer,) = (each for each in request.getResponse().values() if isinstance(each, dict))
    return answer


def test_pinduoduos_package_sends_to_a_sealed_number_and_finds_it(sandbox: SandboxProcess) -> None:
    shop = connect(sandbox)
    sealed = next(one.platform_phone.sealed for one in shop.everybody() if one.platform_phone)
    shop.close()
    asked = {
        "out_id": "other-1", "phone_numbers": json.dumps([sealed]), "sign_name": "安宁百货", "template_code": "1002",
        "template_param_json": json.dumps([{"${name}": "甲"}]),
    }  # fmt: skip
    assert of_shop(sandbox, Batch, **asked)["biz_id"]
    today = datetime.now(timezone(timedelta(hours=8))).strftime("%Y%m%d")
    found = of_shop(sandbox, Record, phone_number=sealed, send_date=today)
    assert [(row["out_id"], row["content"]) for row in found["sms_send_details"]] == [
        ("other-1", "【安宁百货】甲您好，拒收请回复R")
    ]
    for wrong in (
        {"phone_numbers": '["13800000001"]'}, {"phone_numbers": json.dumps([sealed, sealed])}, {"sign_name": "别人家"},
        {"template_code": "1"}, {"template_param_json": '[{"name": "甲"}]'}, {"template_param_json": "[{}]"},
    ):  # fmt: skip
        refused = of_shop(sandbox, Batch, **{**asked, **wrong})
        assert (refused.get("biz_id"), refused["code"]) == (None, 4)
    for kind, wrong in ((Batch, {"phone_numbers": "13800000001"}), (Record, {"page_size": "51"}), (Record, {})):
        with pytest.raises(DdkException):
            of_shop(sandbox, kind, **{**(asked if kind is Batch else {"send_date": today}), **wrong})
