"""A Kannel gateway as an account: what cannot be right is refused, and it knows nobody."""

from __future__ import annotations

from typing import Any

import pytest

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.domain.platform import is_carrier
from campaign_app.platforms import adapter_for, client_for, write_credentials
from campaign_app.transport.kannel import access_of
from tests.helpers.kannel_desk import SECRETS, account
from tests.helpers.smpp_desk import NOW


def client(url: str = "http://127.0.0.1:1", **changed: Any) -> Any:
    return client_for(account(url, **changed), write_credentials(SECRETS), lambda: NOW)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("source", "", "field_missing"),
        ("source", "号码", "bad_account_field"),
        ("source", "1" * 21, "bad_account_field"),
        ("prefix", "1", "bad_account_field"),
        ("window", "0", "bad_account_field"),
        ("window", "33", "bad_account_field"),
        ("push_port", "80", "bad_account_field"),
        ("push_port", "x", "bad_account_field"),
        ("push_port", "65536", "bad_account_field"),
        ("push_url", "http://10.0.0.7:13080", "insecure_url"),
        ("push_url", "ftp://127.0.0.1", "bad_url"),
        ("push_url", "https://push.example/%d", "bad_account_field"),
        ("push_url", "https://push.example/a b", "bad_account_field"),
        ("use", "simulated", "bad_account_field"),
    ],
)
def test_a_field_that_cannot_be_right_is_refused(name: str, text: str, code: str) -> None:
    with pytest.raises(SettingsError) as info:
        client(options={name: text})
    assert info.value.code == code
    assert code != "bad_account_field" or info.value.facts["field"] == name


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("password", "", "field_missing"),
        ("password", "secret\r\nX-Kannel-To: 1", "bad_account_field"),
        ("push_key", "too-short", "bad_account_field"),
        ("push_key", "a key with spaces in it", "bad_account_field"),
        ("push_key", "a/key/with/slashes/in", "bad_account_field"),
    ],
)
def test_a_secret_that_cannot_be_right_is_refused_and_not_quoted(name: str, text: str, code: str) -> None:
    with pytest.raises(SettingsError) as info:
        access_of(account(), {**SECRETS, name: text})
    assert (info.value.code, info.value.facts["field"]) == (code, name)
    assert not text or text not in f"{info.value!r}{info.value}"


def test_no_secret_is_in_what_is_shown_of_an_account() -> None:
    shown = repr(access_of(account(), SECRETS))
    assert [secret for secret in SECRETS.values() if secret in shown] == []


def test_a_gateway_elsewhere_needs_https_and_is_no_test() -> None:
    with pytest.raises(SettingsError) as info:
        client("http://kannel.example", options={"use": "live"})
    assert info.value.code == "insecure_url"
    with pytest.raises(SettingsError) as info:
        client("https://kannel.example", options={"use": "test"})
    assert info.value.facts["field"] == "use"
    client("https://kannel.example", options={"use": "live", "push_url": "https://push.example/shop"}).close()


def test_kannel_reaches_this_machine_where_nothing_else_is_said() -> None:
    assert access_of(account(), SECRETS).push_url == "http://127.0.0.1:13080"


def test_where_nobody_listens_nothing_is_reached() -> None:
    with pytest.raises(RemoteUnavailable) as info:
        client().check_connection()
    assert info.value.code == "unreachable"


def test_it_carries_messages_and_knows_nobody() -> None:
    found = client()
    assert is_carrier(found.capabilities())
    assert found.capabilities() == adapter_for("kannel").capabilities
    ref = CustomerRef(0, "c1")
    fact = found.consents([ref]).facts[ref]
    assert (fact.status, fact.note) == (ConsentStatus.UNKNOWN, "no_consent_api")
    for ask in (lambda: found.customers("", None), found.signatures, lambda: found.consent_changes("")):
        with pytest.raises(RemoteRefused) as info:
            ask()
        assert info.value.code == "not_offered"
    found.close()
