"""The client of Aliyun against its simulator, and Aliyun's own SDK against the same: written apart from each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
import requests
from alibabacloud_dysmsapi20170525 import models
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.request import DaraRequest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.errors import AppError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.platform import is_carrier
from campaign_app.domain.signature import Signature
from campaign_app.platforms import adapter_for
from campaign_app.transport.aliyun import AcsKey, canonical
from campaign_app.transport.aliyun_codes import CODES, FAMILIES, rule_of
from campaign_app.transport.reactions import Reaction
from campaign_app.words import load
from tests.helpers.aliyun import Carried, asked_for, carried
from tests.helpers.connected import clock
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import ENTITY, connected, trouble

# the SDK leaves its sockets to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
HEADERS = {
    "host": "dysmsapi.aliyuncs.com", "x-acs-action": "SendSms", "x-acs-content-sha256": sha256(b"").hexdigest(),
    "x-acs-date": "2021-10-25T00:00:00Z", "x-acs-signature-nonce": "nonce-0001", "x-acs-version": "2017-05-25",
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=300) as running:
        yield running


@pytest.fixture(scope="module")
def shop(sandbox: SandboxProcess) -> Carried:
    return carried(sandbox)


@pytest.fixture
def sdk(sandbox: SandboxProcess) -> Client:
    said = sandbox.ready["vendors"]["aliyun"]
    config = Config(
        access_key_id=said["key_id"], access_key_secret=said["access_key_secret"],
        endpoint=urlsplit(sandbox.url).netloc, protocol="HTTP",
    )  # fmt: skip
    return Client(config)


# --- the signature ---


def test_the_signature_is_the_one_that_aliyuns_sdk_computes_for_the_vector() -> None:
    query = {"PhoneNumbers": "13800000000", "SignName": "示例旗舰店", "TemplateCode": "SMS_1"}
    query["TemplateParam"] = '{"a":"1"}'
    made = AcsKey("testid", "testsecret").authorization(canonical(query), HEADERS, b"")
    assert made.endswith(",Signature=c01aadacecdfdfa73acfabef1ccbea9facb0e9df7eea24cfeb798a547e264afb")


@given(st.dictionaries(st.text(st.characters(codec="ascii", categories=["L"]), min_size=1), st.text(max_size=20)))
def test_whatever_is_signed_has_the_sdks_signature(query: dict[str, str]) -> None:
    request = DaraRequest()
    request.method, request.pathname, request.query, request.headers = "POST", "/", query, dict(HEADERS)
    theirs = Utils.get_authorization(request, "ACS3-HMAC-SHA256", HEADERS["x-acs-content-sha256"], "id", "secret")
    assert AcsKey("id", "secret").authorization(canonical(query), HEADERS, b"") == theirs


# --- Aliyun's own SDK against the simulator ---


def test_the_sdk_sends_one_and_many_and_finds_them(shop: Carried, sdk: Client) -> None:
    one, *others = shop.batch(3)
    phones = [m.recipient.phone.digits for m in (one, *others) if m.recipient.phone]
    name = json.dumps({"name": "某某"}, ensure_ascii=False)
    sent = sdk.send_sms(
        models.SendSmsRequest(
            phone_numbers=phones[0], sign_name="安宁百货", template_code="SMS_1002", template_param=name, out_id="sdk-1"
        )
    ).body
    assert (sent.code, bool(sent.biz_id)) == ("OK", True)
    many = sdk.send_batch_sms(
        models.SendBatchSmsRequest(
            phone_number_json=json.dumps(phones[1:]), sign_name_json=json.dumps(["安宁百货"] * 2),
            template_code="SMS_1002", template_param_json=f"[{name},{name}]", out_id="sdk-2",
        )
    ).body  # fmt: skip
    assert many.code == "OK"
    today = (clock() + timedelta(hours=8)).strftime("%Y%m%d")
    found = sdk.query_send_details(
        models.QuerySendDetailsRequest(phone_number=phones[1], send_date=today, page_size=50, current_page=1)
    ).body
    rows = [row for row in found.sms_send_detail_dtos.sms_send_detail_dto if row.out_id == "sdk-2"]
    assert [row.content for row in rows] == ["【安宁百货】某某您好，拒收请回复R"]
    gateway = shop.gateway()
    assert len(gateway.lookup("sdk-2", asked_for(others))) == 2
    gateway.close()


def test_the_sdk_reads_signatures_and_templates(sdk: Client) -> None:
    listed = sdk.query_sms_sign_list(models.QuerySmsSignListRequest(page_index=1, page_size=50)).body
    assert "安宁百货" in [row.sign_name for row in listed.sms_sign_list]
    filed = sdk.get_sms_sign(models.GetSmsSignRequest(sign_name="安宁会员")).body
    assert [d.register_status for d in filed.sign_isp_register_detail_list] == [3, 1, -1]
    templates = sdk.query_sms_template_list(models.QuerySmsTemplateListRequest(page_index=1, page_size=2)).body
    assert (len(templates.sms_template_list), templates.total_count) == (2, 6)


def test_the_sdk_is_told_of_a_limit_as_a_code(shop: Carried, sdk: Client, sandbox: SandboxProcess) -> None:
    trouble(sandbox, "aliyun", error="isv.BUSINESS_LIMIT_CONTROL", action="SendSms")
    phone = shop.people[0].phone
    assert phone is not None
    said = sdk.send_sms(
        models.SendSmsRequest(phone_numbers=phone.digits, sign_name="安宁百货", template_code="SMS_1001")
    ).body
    assert said.code == "isv.BUSINESS_LIMIT_CONTROL"


# --- strictness ---


def test_a_request_counts_once(sandbox: SandboxProcess) -> None:
    said = sandbox.ready["vendors"]["aliyun"]
    query = canonical({"PageIndex": "1", "PageSize": "1"})
    headers = {
        **HEADERS, "host": urlsplit(sandbox.url).netloc, "x-acs-action": "QuerySmsSignList",
        "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "x-acs-signature-nonce": "once",
    }  # fmt: skip
    authorization = AcsKey(said["key_id"], said["access_key_secret"]).authorization(query, headers, b"")

    def ask(**changed: str) -> str:
        answer = requests.post(
            f"{sandbox.url}/?{query}", headers={**headers, "Authorization": authorization, **changed}, timeout=10
        )
        return str(answer.json()["Code"])

    assert [ask(), ask()] == ["OK", "SignatureNonceUsed"]
    assert ask(**{"x-acs-signature-nonce": "twice"}) == "SignatureDoesNotMatch"
    assert ask(**{"x-acs-date": "2021-10-25T00:00:00Z"}) == "InvalidTimeStamp.Expired"
    assert ask(Authorization=authorization.replace(said["key_id"], "nobody")) == "InvalidAccessKeyId.NotFound"
    assert ask(Authorization="Basic x") == "IncompleteSignature"


def test_the_sdk_reads_which_extension_a_signature_has(sdk: Client) -> None:
    asked = models.QueryExtCodeSignRequest(sign_name="安宁百货", page_no=1, page_size=10)
    said = sdk.query_ext_code_sign(asked).body
    assert (said.code, [(row.sign_name, row.ext_code) for row in said.data.list]) == ("OK", [("安宁百货", "01")])


# --- the client ---


@pytest.mark.parametrize("code", ["isp.RAM_PERMISSION_DENY", "InvalidAction.NotFound"])
def test_an_account_that_may_not_read_extensions_keeps_its_signatures(sandbox: SandboxProcess, code: str) -> None:
    trouble(sandbox, "aliyun", error=code, http=400, action="QueryExtCodeSign", times=9)
    with connected(sandbox, "aliyun") as client:
        assert {one.port for one in client.signatures()} == {""}
    trouble(sandbox, "aliyun", clear=True)


def test_extensions_whose_answer_did_not_come_are_not_taken_for_none(sandbox: SandboxProcess) -> None:
    trouble(sandbox, "aliyun", error="isp.SYSTEM_ERROR", http=503, action="QueryExtCodeSign", times=99)
    try:
        with connected(sandbox, "aliyun") as client, pytest.raises(RemoteUnavailable):
            client.signatures()
    finally:
        trouble(sandbox, "aliyun", clear=True)


def test_the_connection_is_checked_and_what_is_not_there_is_not_said(sandbox: SandboxProcess) -> None:
    with connected(sandbox, "aliyun") as client:
        report = client.check_connection()
        assert (report.ok, report.simulated, report.issuer_uscc) == (True, True, "aliyun.com")
        assert abs(report.clock_skew_seconds) < 60
    offers = adapter_for("aliyun").capabilities
    assert is_carrier(offers)
    assert (offers.no_replies, offers.consent_lookup) == (True, False)


def test_a_signature_is_filed_with_the_carriers_that_have_it(sandbox: SandboxProcess) -> None:
    with connected(sandbox, "aliyun") as client:
        found = {one.text: one for one in client.signatures()}
    everywhere = (("mobile", True), ("unicom", True), ("telecom", True))
    ours = Signature(
        "安宁百货", ENTITY, "unknown", "approved", True, ("retail",), carriers=everywhere, port="01"
    )  # fmt: skip
    assert found["安宁百货"] == ours
    partly = found["安宁会员"]
    assert (partly.status, partly.carrier_filed, partly.unfiled) == ("approved", True, ("telecom",))
    assert (partly.source, partly.port) == ("trademark", "02")
    assert (found["安宁代发"].owner_uscc, found["安宁代发"].owner_open) == ("", False)
    assert found["安宁联名"].status == "pending", "its letter of authorisation has not passed its review"
    assert (found["安宁验证"].status, found["安宁验证"].scopes) == ("approved", ())
    assert (found["安宁折扣"].status, found["安宁折扣"].carrier_filed) == ("pending", None)
    assert found["安宁金融"].status == "rejected"


@pytest.mark.parametrize(
    ("code", "http", "kind", "ours"),
    [
        ("InvalidAccessKeyId.NotFound", 400, RemoteRefused, "unauthorized_key"),
        ("isp.RAM_PERMISSION_DENY", 200, RemoteRefused, "permission"),
        ("Throttling.User", 400, RemoteUnavailable, "throttled"),
        ("isp.SYSTEM_ERROR", 200, RemoteUnavailable, "server_error"),
    ],
)
def test_a_refusal_is_told_by_its_code(
    sandbox: SandboxProcess, code: str, http: int, kind: type[Exception], ours: str
) -> None:
    trouble(sandbox, "aliyun", error=code, http=http, times=3)
    with connected(sandbox, "aliyun") as client:
        with pytest.raises(kind) as caught:
            client.check_connection()
        assert caught.value.code == ours
        while True:  # what was ordered and not asked for befalls nobody else
            try:
                client.check_connection()
            except (RemoteRefused, RemoteUnavailable):
                continue
            break


def test_a_wrong_clock_is_a_problem_of_the_connection(sandbox: SandboxProcess) -> None:
    sandbox.skew_clock(3_600)
    try:
        with connected(sandbox, "aliyun") as client:
            report = client.check_connection()
    finally:
        sandbox.skew_clock(0)
    assert (report.ok, report.problem) == (False, "clock_skew")


# --- the table of codes ---


def test_every_code_has_words_in_both_languages() -> None:
    for rule in (*CODES.values(), *FAMILIES.values()):
        sentences = [load(language).error(AppError(rule.code, "no words", said="x")) for language in ("zh_CN", "en")]
        assert "no words" not in sentences
        assert len(set(sentences)) == 2


def test_what_is_new_is_never_taken_for_a_refusal_that_it_may_not_be() -> None:
    assert rule_of("isp.NEW").reaction is Reaction.UNSURE
    assert rule_of("").reaction is Reaction.UNSURE
    assert rule_of("isv.NEW").reaction is Reaction.NEVER
    assert rule_of("Throttling.Api").reaction is Reaction.AGAIN
