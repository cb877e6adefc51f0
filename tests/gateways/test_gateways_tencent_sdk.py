"""Tencent's own SDK against our simulator: both sides were written apart from each other."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from campaign_app.domain.message import Outcome
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.tencent import PLAIN, People, drained, shown, tencent

# the package leaves its sockets to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=400, calm=True) as running:
        yield running


@pytest.fixture(scope="module")
def people(sandbox: SandboxProcess) -> People:
    return People.of(sandbox)


@pytest.fixture
def sdk(sandbox: SandboxProcess) -> Iterator[SmsClient]:
    yield client_of(sandbox)
    gc.collect()


def client_of(sandbox: SandboxProcess, **changed: str) -> SmsClient:
    known = {**sandbox.ready["vendors"]["tencent"], **changed}
    http = HttpProfile(protocol="http", endpoint=sandbox.url.removeprefix("http://"))
    return SmsClient(
        Credential(known["secret_id"], known["secret_key"]), known["region"], ClientProfile(httpProfile=http)
    )


def ask(sdk: SmsClient, action: str, **params: Any) -> dict[str, Any]:
    """As the SDK's user does: a model, a call, its answer as JSON."""
    request = getattr(models, f"{action}Request")()
    request.from_json_string(json.dumps(params))
    found: dict[str, Any] = json.loads(getattr(sdk, action)(request).to_json_string())
    return found


def app_id(sandbox: SandboxProcess) -> str:
    return str(sandbox.ready["vendors"]["tencent"]["key_id"])


def test_the_sdk_sends_and_pulls_what_became_of_it_once(
    sandbox: SandboxProcess, people: People, sdk: SmsClient
) -> None:
    phones = [m.recipient.phone.e164 for m in people.messages(20) if m.recipient.phone]
    app = app_id(sandbox)
    said = ask(
        sdk, "SendSms", PhoneNumberSet=phones, SmsSdkAppId=app, SignName="安宁百货", TemplateId="1002",
        TemplateParamSet=["王芳", "20"], SessionContext="by the SDK",
    )["SendStatusSet"]  # fmt: skip
    assert [row["PhoneNumber"] for row in said] == phones
    taken = {row["SerialNo"] for row in said if row["Code"] == "Ok"}
    assert taken == {sent["serial"] for sent in shown(sandbox)["sent"] if sent["session"] == "by the SDK"} != set()
    rows = ask(sdk, "PullSmsSendStatus", Limit=100, SmsSdkAppId=app)["PullSmsSendStatusSet"]
    assert {row["SerialNo"] for row in rows} >= taken
    assert ask(sdk, "PullSmsSendStatus", Limit=100, SmsSdkAppId=app)["PullSmsSendStatusSet"] == []
    ledger = sandbox.ledger()
    assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)


def test_the_sdk_sees_the_states_that_our_client_sees(sandbox: SandboxProcess, sdk: SmsClient) -> None:
    signs = ask(sdk, "DescribeSmsSignList", International=0, Limit=100, Offset=0)["DescribeSignListStatusSet"]
    assert {row["SignName"]: row["StatusCode"] for row in signs} == {
        "安宁百货": 0, "安宁会员": 0, "安宁到家": 2, "安宁折扣": 1, "安宁金融": -1,
    }  # fmt: skip
    texts = ask(sdk, "DescribeSmsTemplateList", International=0, Limit=2, Offset=4)["DescribeTemplateStatusSet"]
    assert [row["TemplateId"] for row in texts] == [1005, 1006]


def test_a_message_of_ours_is_found_by_the_sdk_and_the_other_way_round(
    sandbox: SandboxProcess, people: People, sdk: SmsClient
) -> None:
    batch = people.messages(10)
    with tencent(sandbox) as gateway:
        outcomes = {o.message_id: o for o in gateway.submit("w-1-sdk", batch)}
        first = next(m for m in batch if outcomes[m.message_id].outcome is Outcome.ACCEPTED)
        assert first.recipient.phone
        phone = first.recipient.phone.e164
        (row,) = ask(
            sdk, "PullSmsSendStatusByPhoneNumber", BeginTime=0, Offset=0, Limit=100, PhoneNumber=phone,
            SmsSdkAppId=app_id(sandbox),
        )["PullSmsSendStatusSet"]  # fmt: skip
        assert (row["SerialNo"], row["SessionContext"]) == (outcomes[first.message_id].provider_id, "k:w-1-sdk")
        sandbox.reply("S1", first.recipient.ref.ref, "ＴＤ")
        replies = ask(sdk, "PullSmsReplyStatus", Limit=100, SmsSdkAppId=app_id(sandbox))["PullSmsReplyStatusSet"]
        assert ("ＴＤ", phone) in [(r["ReplyContent"], r["PhoneNumber"]) for r in replies]
        assert drained(gateway.inbound)[0] == []  # the SDK has taken it from the queue


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"secret_key": "another"}, "AuthFailure.SignatureFailure"),
        ({"secret_id": "another"}, "AuthFailure.SecretIdNotFound"),
    ],
)
def test_the_sdk_with_another_key_is_refused(sandbox: SandboxProcess, changed: dict[str, str], code: str) -> None:
    with pytest.raises(TencentCloudSDKException) as info:
        ask(client_of(sandbox, **changed), "DescribeSmsSignList", International=0)
    assert info.value.get_code() == code
    gc.collect()


def test_the_sdk_with_a_clock_that_is_off_is_refused(sandbox: SandboxProcess, sdk: SmsClient) -> None:
    sandbox.skew_clock(400)
    try:
        with pytest.raises(TencentCloudSDKException) as info:
            ask(sdk, "DescribeSmsSignList", International=0)
        assert info.value.get_code() == "AuthFailure.SignatureExpire"
    finally:
        sandbox.skew_clock(0)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"TemplateId": "1004"}, "FailedOperation.TemplateUnapprovedOrNotExist"),
        ({"TemplateParamSet": ["1"]}, "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"),
        ({"SignName": "安宁到家"}, "FailedOperation.SignatureIncorrectOrUnapproved"),
        ({"PhoneNumberSet": ["+8612345"]}, "InvalidParameterValue.IncorrectPhoneNumber"),
    ],
)
def test_what_may_not_be_used_is_refused_number_by_number(
    sandbox: SandboxProcess, people: People, sdk: SmsClient, params: dict[str, Any], code: str
) -> None:
    (message,) = people.messages(1)
    assert message.recipient.phone
    whole = {
        "PhoneNumberSet": [message.recipient.phone.e164], "SmsSdkAppId": app_id(sandbox), "SignName": "安宁百货",
        "TemplateId": "1001", **params,
    }  # fmt: skip
    (row,) = ask(sdk, "SendSms", **whole)["SendStatusSet"]
    assert (row["Code"], row["SerialNo"]) == (code, "")
    assert PLAIN.startswith("【安宁百货】")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"PhoneNumberSet": [f"+8613{n:09}" for n in range(201)]}, "LimitExceeded.PhoneNumberCountLimit"),
        ({"PhoneNumberSet": []}, "MissingParameter.EmptyPhoneNumberSet"),
        ({"SmsSdkAppId": "1"}, "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
        ({"SessionContext": "x" * 512}, "InvalidParameter.InvalidParameters"),
    ],
)
def test_a_request_that_breaks_a_limit_is_refused_whole(
    sandbox: SandboxProcess, sdk: SmsClient, params: dict[str, Any], code: str
) -> None:
    whole = {"PhoneNumberSet": ["+8613800000000"], "SmsSdkAppId": app_id(sandbox), "SignName": "安宁百货"}
    with pytest.raises(TencentCloudSDKException) as info:
        ask(sdk, "SendSms", **{**whole, "TemplateId": "1001", **params})
    assert info.value.get_code() == code
