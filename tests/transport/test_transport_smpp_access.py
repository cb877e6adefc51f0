"""What a person typed: an address that is encrypted unless it is on this machine, and words that fit their fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.transport.reactions import Reaction
from campaign_app.transport.smpp.access import access_of
from campaign_app.transport.smpp.address import Endpoint, endpoint_of
from campaign_app.transport.smpp.pdu import Address, Login
from campaign_app.transport.smpp.statuses import STATUSES, bind_error, status_of

OPTIONS = {"source": "1069000", "prefix": "86", "rate": "50", "window": "10"}
ACCOUNT = Account(1, "smpp", "c", "smpps://sms.example.cn", "E", "I", "", "user", False, "", options=OPTIONS)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smpps://sms.example.cn", Endpoint("sms.example.cn", 3550, tls=True)),
        ("smpps://sms.example.cn:2775/", Endpoint("sms.example.cn", 2775, tls=True)),
        ("smpp://127.0.0.1", Endpoint("127.0.0.1", 2775, tls=False)),
        ("smpp://localhost:9", Endpoint("localhost", 9, tls=False)),
        ("smpp://[::1]:9", Endpoint("::1", 9, tls=False)),
    ],
)
def test_an_address_is_read(url: str, expected: Endpoint) -> None:
    assert endpoint_of(url) == expected


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("smpp://sms.example.cn", "insecure_smpp"),
        ("smpp://10.0.0.1:2775", "insecure_smpp"),
        ("smpp://127.0.0.1.example.cn", "insecure_smpp"),
        ("https://sms.example.cn", "bad_smpp_url"),
        ("sms.example.cn:2775", "bad_smpp_url"),
        ("smpps://", "bad_smpp_url"),
        ("smpps://user:secret@sms.example.cn", "bad_smpp_url"),
        ("smpps://sms.example.cn/path", "bad_smpp_url"),
        ("smpps://sms.example.cn?tls=0", "bad_smpp_url"),
        ("smpps://sms.example.cn:0", "bad_smpp_url"),
        ("smpps://sms.example.cn:99999", "bad_smpp_url"),
        ("smpps://[::1", "bad_smpp_url"),
        ("", "bad_smpp_url"),
    ],
)
def test_no_other_address_is_taken(url: str, code: str) -> None:
    with pytest.raises(SettingsError) as info:
        endpoint_of(url)
    assert info.value.code == code


def test_an_account_becomes_an_access() -> None:
    found = access_of(ACCOUNT, {"password": "secret"})
    assert (found.login, found.source, found.prefix) == (Login("user", "secret"), Address("1069000"), "86")
    assert (found.window, found.rate) == (10, 50)
    assert "secret" not in repr(found)


@pytest.mark.parametrize(("typed", "prefix"), [("86", "86"), ("+86", "+86"), ("0086", "0086"), ("none", "")])
def test_numbers_are_written_as_the_centre_wants_them(typed: str, prefix: str) -> None:
    assert access_of(replace(ACCOUNT, options={**OPTIONS, "prefix": typed}), {"password": "s"}).prefix == prefix


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"password": ""}, "field_missing", "password"),
        ({"source": ""}, "field_missing", "source"),
        ({"password": "密码"}, "bad_account_field", "password"),
        ({"password": "a\0b"}, "bad_account_field", "password"),
        ({"source": "1" * 21}, "bad_account_field", "source"),
        ({"prefix": "1"}, "bad_account_field", "prefix"),
        ({"rate": "0"}, "bad_account_field", "rate"),
        ({"rate": "many"}, "bad_account_field", "rate"),
        ({"rate": "１０"}, "bad_account_field", "rate"),
        ({"window": "501"}, "bad_account_field", "window"),
        ({"window": ""}, "bad_account_field", "window"),
        ({"system_type": "x" * 13}, "bad_account_field", "system_type"),
        ({"use": "simulated"}, "bad_account_field", "use"),
        ({"use": "test"}, "bad_account_field", "use"),
    ],
)
def test_what_cannot_be_right_is_named(changed: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(SettingsError) as info:
        access_of(replace(ACCOUNT, options={**OPTIONS, **changed}), {"password": "secret", **changed})
    assert (info.value.code, info.value.facts) == (code, {"field": field})


@pytest.mark.parametrize(("use", "test"), [("", False), ("live", False), ("test", True)])
def test_a_centre_on_this_machine_is_a_test_only_where_that_was_typed(use: str, test: bool) -> None:
    options = {**OPTIONS, **({"use": use} if use else {})}
    near = replace(ACCOUNT, base_url="smpp://127.0.0.1:2775", options=options)
    assert access_of(near, {"password": "s"}).test is test


def test_an_unknown_status_is_a_plain_refusal_of_this_message() -> None:
    assert status_of(0x400)[:2] == (Reaction.NEVER, "smpp_00000400")
    assert {STATUSES[status].reaction for status in (0x58, 0x14, 0x08)} == {Reaction.AGAIN}
    assert {STATUSES[status].reaction for status in (0x0B, 0x45)} == {Reaction.NEVER}
    assert STATUSES[0x0E].reaction is Reaction.ACCOUNT


def test_a_bind_that_is_refused_stops_the_account_unless_it_may_pass() -> None:
    wrong, full = bind_error(0x0E), bind_error(0x05)
    assert isinstance(wrong, RemoteRefused)
    assert wrong.account_wide
    assert isinstance(full, RemoteUnavailable)
    assert (wrong.facts, full.facts) == ({"status": "smpp_password"}, {"status": "smpp_already_bound"})
