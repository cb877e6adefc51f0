"""No number, no key and no text of a message in anything that could be logged, shown or reported."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import requests

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.errors import AppError
from campaign_app.gateways.consent_api import ConsentApiGateway
from campaign_app.platforms.consent_api import ConsentApiPlatform
from campaign_app.transport.aliyun import AcsKey, AcsSigner, AliyunCalls
from campaign_app.transport.receipts import unb64u
from campaign_app.transport.session import SignedSession, Signer
from campaign_app.transport.tencent import Tc3Key, Tc3Signer, TencentCalls
from tests.helpers.registry import ACCOUNT, CLIENT_SEED, NOW, Registry
from tests.helpers.replay import Replay, Reply, Script, problem
from tests.helpers.replayed import outgoing, session

PHONE = "13800000001"
TEXT = "只给你的悄悄话"
SECRETS = (PHONE, TEXT, quote(TEXT), CLIENT_SEED, unb64u(CLIENT_SEED).hex(), repr(unb64u(CLIENT_SEED)))
LEAKS: list[Script] = [
    Reply(400, PHONE.encode()),
    Reply(422, {"title": PHONE, "status": 422, "code": f"no_{PHONE}", "detail": PHONE, "type": PHONE}),
    problem(403, "permission"),
    Reply(500, PHONE.encode(), {"X-Phone": PHONE}),
    Reply(302, b"", {"Location": f"https://elsewhere.example/?phone={PHONE}"}),
    Reply(429, b"", {"Retry-After": PHONE}),
    Reply(body=f"<p>{PHONE}</p>".encode()),
    Reply(body=f'{{"phone": "{PHONE}'.encode()),
    {
        "phone": PHONE,
        "customers": PHONE,
        "outcomes": {"ref": PHONE},
        "answers": PHONE,
        "signatures": PHONE,
        "api_version": PHONE,
    },
    requests.ConnectionError(f"https://shop.example/?phone={PHONE}"),
    requests.ReadTimeout(PHONE),
    requests.exceptions.InvalidHeader(PHONE),
]


def everything(error: BaseException) -> str:
    """What a log, a crash report or a person could get to see of an error."""
    chain: list[Any] = [error]
    while chain[-1] is not None:
        chain.append(chain[-1].__cause__ or chain[-1].__context__)
    seen = [f"{e!r} {e} {e.args} {vars(e)}" for e in chain[:-1]]
    return "\n".join([*seen, *traceback.format_exception(error)])


def assert_silent(text: str) -> None:
    assert [secret for secret in SECRETS if secret in text] == []


CALLS: list[Callable[[ConsentApiPlatform, ConsentApiGateway], object]] = [
    lambda p, _: p.check_connection(),
    lambda p, _: p.customers("", None),
    lambda p, _: p.consents([CustomerRef(ACCOUNT.id, PHONE)]),
    lambda p, _: p.consent_changes(PHONE),
    lambda p, _: p.write_opt_out(CustomerRef(ACCOUNT.id, PHONE), TEXT, NOW),
    lambda p, _: p.signatures(),
    lambda _, g: g.submit("k", [outgoing(PHONE, TEXT)]),
    lambda _, g: g.submit("k", [outgoing(PHONE, TEXT * 200)]),
    lambda _, g: g.lookup(PHONE, ()),
    lambda _, g: g.reports(PHONE),
    lambda _, g: g.inbound(PHONE),
    lambda _, g: g.complaints(PHONE),
]


@pytest.mark.parametrize("leak", LEAKS, ids=range(len(LEAKS)))
@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_no_trouble_says_more_than_it_should(leak: Script, call: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    http = session(Replay(forever=leak))
    platform = ConsentApiPlatform(ACCOUNT, http, lambda: NOW)
    gateway = ConsentApiGateway(ACCOUNT, http, "retail", lambda: NOW)
    try:
        said = repr(call(platform, gateway))
    except AppError as error:
        said = everything(error)
    assert_silent(said)
    assert_silent(caplog.text)


def test_no_object_says_more_than_it_should() -> None:
    row = {"ref": "c1", "phone": PHONE, "updated_at": "2026-10-20T15:36:36Z"}
    inbound = {"inbound_id": "i1", "ref": "c1", "phone": PHONE, "text": TEXT, "received_at": "2026-10-20T15:36:36Z"}
    http = session(
        Replay(
            {"customers": [row], "next_cursor": "", "has_more": False},
            {"messages": [inbound], "next_cursor": "", "has_more": False},
            Registry(),
        )
    )
    platform = ConsentApiPlatform(ACCOUNT, http, lambda: NOW)
    gateway = ConsentApiGateway(ACCOUNT, http, "retail", lambda: NOW)
    seen: list[object] = [
        platform.customers("", None),
        gateway.inbound(""),
        platform.consents([CustomerRef(ACCOUNT.id, "c1")]),
        outgoing("c1", TEXT),
        *(platform, gateway, http, vars(platform), vars(gateway), vars(http), ACCOUNT),
    ]
    for thing in seen:
        assert_silent(f"{thing!r} {thing}")
    assert "private" not in json.dumps(ACCOUNT.pinned_keys)


def aliyun(http: SignedSession) -> object:
    params = {"PhoneNumbers": PHONE, "TemplateParam": json.dumps({"name": TEXT}), "SignName": TEXT}
    return AliyunCalls(http).ask("SendSms", params, lambda said: said.fields["BizId"], changes=True)


def tencent(http: SignedSession) -> object:
    params = {"PhoneNumberSet": [PHONE], "TemplateParamSet": [TEXT]}
    return TencentCalls(http).ask("SendSms", params, lambda said: said.rows("SendStatusSet"), changes=True)


PROVIDERS: list[tuple[Any, Signer]] = [
    (aliyun, AcsSigner(AcsKey("k", CLIENT_SEED))),
    (tencent, Tc3Signer(Tc3Key("k", CLIENT_SEED), "ap-guangzhou")),
]


@pytest.mark.parametrize("leak", LEAKS, ids=range(len(LEAKS)))
@pytest.mark.parametrize(("call", "signer"), PROVIDERS, ids=("aliyun", "tencent"))
def test_no_trouble_with_a_provider_tells_whom_it_was_about(leak: Script, call: Any, signer: Signer) -> None:
    http = SignedSession(ACCOUNT.base_url, signer, lambda: NOW, adapter=Replay(forever=leak), wait=lambda _: None)
    with pytest.raises(AppError) as raised:
        call(http)
    assert_silent(everything(raised.value))
