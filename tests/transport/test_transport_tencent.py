"""Requests to Tencent Cloud: signed as its own SDK signs, and every one of its codes with one reaction and words."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from tencentcloud.common.credential import Credential
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.sms.v20210111 import errorcodes
from tencentcloud.sms.v20210111.sms_client import SmsClient

from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.reactions import Reaction
from campaign_app.transport.tencent import CONTENT_TYPE, Said, Tc3Key, Tc3Signer, refusal_of
from campaign_app.transport.tencent_codes import CODES, FAMILIES, rule_of
from campaign_app.transport.tencent_packages import packages
from campaign_app.words import Language, load

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "tc3_signatures.json").read_text("utf-8")
)
KNOWN = [code for name, code in vars(errorcodes).items() if name.isupper()]
# of the page of common error codes
COMMON = [
    *("AuthFailure.InvalidSecretId", "AuthFailure.SecretIdNotFound", "AuthFailure.SignatureExpire"),
    *("AuthFailure.SignatureFailure", "AuthFailure.TokenFailure", "AuthFailure.UnauthorizedOperation"),
    *("FailedOperation", "InternalError", "InvalidAction", "InvalidParameter", "InvalidParameterValue"),
    *("LimitExceeded", "MissingParameter", "NoSuchVersion", "RequestLimitExceeded", "UnauthorizedOperation"),
    *("UnknownParameter", "UnsupportedOperation", "RequestLimitExceeded.UinLimitExceeded", "IpNotInWhitelist"),
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["service"])
def test_a_request_is_signed_as_published(vector: dict[str, Any]) -> None:
    said = Tc3Key("AKID", vector["secret_key"]).authorization(
        vector["service"], vector["content_type"], vector["host"], vector["payload"].encode(), vector["timestamp"]
    )
    scope = f"{vector['date']}/{vector['service']}/tc3_request"
    signed = f"SignedHeaders=content-type;host, Signature={vector['signature']}"
    assert said == f"TC3-HMAC-SHA256 Credential=AKID/{scope}, {signed}"


@given(st.binary(max_size=60), st.integers(10**9, 4 * 10**9), st.text("xyz0189", min_size=8, max_size=40))
def test_a_request_is_signed_as_by_tencents_sdk(body: bytes, timestamp: int, secret: str) -> None:
    url = "http://127.0.0.1:8123/"
    ours = requests.Request("POST", url, data=body, headers={"Content-Type": CONTENT_TYPE}).prepare()
    now = datetime.fromtimestamp(timestamp, UTC)
    Tc3Signer(Tc3Key("AKID", secret), "ap-guangzhou").sign(ours, now=now, nonce="n")
    theirs = RequestInternal("127.0.0.1:8123", "POST", "/", {"Content-Type": CONTENT_TYPE, "Host": "127.0.0.1:8123"})
    theirs.data = body
    theirs.header["X-TC-Timestamp"] = str(timestamp)
    client = SmsClient(Credential("AKID", secret), "ap-guangzhou")
    signature = client._get_tc3_signature({}, theirs, now.strftime("%Y-%m-%d"), "sms", secret, {})
    assert ours.headers["Authorization"].endswith(f"Signature={signature}")
    assert secret not in repr(Tc3Key("AKID", secret))


@pytest.mark.parametrize("changes", [True, False])
def test_every_code_has_one_reaction(changes: bool) -> None:
    for code in (*KNOWN, *COMMON):
        reaction, error = rule_of(code).reaction, refusal_of(code, "SendSms", changes=changes)
        whole_account = isinstance(error, RemoteRefused) and error.account_wide
        assert code.partition(".")[0] in FAMILIES
        assert isinstance(error, RemoteUnavailable) is (reaction in (Reaction.AGAIN, Reaction.UNSURE)), code
        assert isinstance(error, OutcomeUnknown) is (changes and reaction is Reaction.UNSURE), code
        assert whole_account is (reaction in (Reaction.ACCOUNT, Reaction.LATER)), code
        assert error.facts["said"] == code


def test_the_table_names_no_code_that_tencent_does_not_have() -> None:
    assert set(CODES) <= {*KNOWN, *COMMON}


@pytest.mark.parametrize("code", ["InternalError.Timeout", "InternalError.SendAndRecvFail", "InternalError.Anything"])
def test_trouble_inside_tencent_leaves_the_outcome_open(code: str) -> None:
    assert isinstance(refusal_of(code, "SendSms", changes=True), OutcomeUnknown)


@given(st.text("ABCabc.", min_size=1, max_size=30).filter(lambda code: code.partition(".")[0] not in FAMILIES))
def test_a_code_of_a_new_family_leaves_the_outcome_open(code: str) -> None:
    assert isinstance(refusal_of(code, "SendSms", changes=True), OutcomeUnknown)


@pytest.mark.parametrize("code", sorted({rule.code for rule in (*CODES.values(), *FAMILIES.values())}))
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_error_has_its_sentence(code: str, language: Language) -> None:
    said = load(language).error(RemoteRefused(code, "", said="Some.Code"))
    assert said
    assert ("Some.Code" in said) is (code == "provider_refused")


@pytest.mark.parametrize("code", [code for code, rule in CODES.items() if rule.code == "provider_refused"])
def test_what_is_said_of_one_number_has_its_words(code: str) -> None:
    if code not in ("LimitExceeded.PhoneNumberCountLimit", "InternalError.RestApiInterfaceNotExist"):
        assert load("zh_CN").term("outcome_code", code) != code


def test_an_answer_without_its_list_is_against_the_contract() -> None:
    assert Said({"Rows": None}).rows("Rows") == []
    for fields in ({}, {"Rows": {}}, {"Rows": "x"}):
        with pytest.raises(ContractBroken):
            Said(fields).rows("Rows")


@dataclass
class Listed:
    """Answers with one page after another, as `TencentCalls` does."""

    pages: list[list[Any]]

    def ask(self, _action: str, params: dict[str, Any], read: Callable[[Said], Any]) -> Any:
        assert int(params["BeginTime"]) < int(params["EndTime"]) == 2026111010
        return read(Said({"SmsPackagesStatisticsSet": self.pages.pop(0)}))


def test_of_a_package_that_cannot_be_read_nobody_says_what_is_left() -> None:
    now = datetime(2026, 11, 10, 2, 30, tzinfo=UTC)
    row = {"PackageAmount": 100, "CurrentUsage": 1, "PackageExpiredTime": int(now.timestamp()) + 1}
    for odd in ({}, "x", {**row, "PackageAmount": "100"}, {**row, "PackageExpiredTime": None}):
        assert packages(Listed([[row, odd]]), "1", now).left is None
    assert packages(Listed([[row] * 500, [row]]), "1", now).left == 501 * 99
    with pytest.raises(ContractBroken):
        packages(Listed([[row] * 501]), "1", now)
    with pytest.raises(RemoteRefused, match="does not end"):
        packages(Listed([[row] * 500] * 20), "1", now)
