"""Shopify's adapter over HTTP; its queries are validated by Shopify's own schemas where somebody fetched them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_app.consent import Ask, ConfirmedRecipient, Person, Policy, decide
from campaign_app.domain.consent import ConsentFact, ConsentMethod, ConsentStatus, CustomerRef, Reason
from campaign_app.domain.errors import RemoteError, RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.platforms.shopify import VERSIONS
from campaign_app.platforms.shopify.connecting import shopify_of
from campaign_app.platforms.shopify.webhook import is_genuine
from tests.helpers.connected import clock
from tests.helpers.raw_server import raw_server
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shopify import ID, ShopifyShop, everybody, facts

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "shopify_webhook.json").read_text("utf-8"))
TIME = "2026-01-02T03:04:05Z"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=400) as running:
        yield running


@pytest.fixture
def shop(sandbox: SandboxProcess) -> Iterator[ShopifyShop]:
    found = ShopifyShop(sandbox)
    found.order(restore=1e6)  # all tests draw on one budget, and none of them waits
    yield found
    found.close()


@pytest.fixture
def ref(shop: ShopifyShop) -> Iterator[str]:
    """Somebody with a number, who is left as a customer whatever a test made of them."""
    page = shop.client().customers("", None)
    found = next(customer.ref for customer in page.items if customer.phone)
    yield found
    shop.consent(found, at=TIME)


def reason(shop: ShopifyShop, ref: str) -> Reason:
    return judged(shop, facts(shop.client(), [ref])[ref])


def judged(shop: ShopifyShop, fact: ConsentFact) -> Reason:
    now = clock()
    ask = Ask(1, "retail", shop.parts().account.entity_uscc, now, now, Policy(), simulated_sender=True)
    decided = decide(Person(1, 1, fact), ask)
    return Reason.OK if isinstance(decided, ConfirmedRecipient) else decided.reason


# --- consents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"at": TIME}, Reason.OK),
        ({"level": "SINGLE_OPT_IN", "at": TIME}, Reason.NOT_CONFIRMED),
        ({"level": "UNKNOWN", "at": TIME}, Reason.UNKNOWN),
        ({"level": None, "at": TIME}, Reason.UNKNOWN),
        ({"level": "TRIPLE_OPT_IN", "at": TIME}, Reason.UNKNOWN),
        ({"at": None}, Reason.UNKNOWN),
        ({"at": "2026-01-02T03:04:05"}, Reason.UNKNOWN),
        ({"at": "soon"}, Reason.UNKNOWN),
        ({"at": "2999-01-01T00:00:00Z"}, Reason.FUTURE_DATED),
        ({"state": "PENDING", "at": TIME}, Reason.PENDING),
        ({"state": "UNSUBSCRIBED", "at": TIME}, Reason.WITHDRAWN),
        ({"state": "UNSUBSCRIBED", "at": None}, Reason.WITHDRAWN),
        ({"state": "NOT_SUBSCRIBED", "at": None}, Reason.NO_RECORD),
        ({"state": "REDACTED", "at": TIME}, Reason.UNKNOWN),
        ({"state": "subscribed", "at": TIME}, Reason.UNKNOWN),
        ({"state": 7, "at": TIME}, Reason.UNKNOWN),
        ({"state": None, "at": TIME}, Reason.UNKNOWN),
    ],
)
def test_only_a_confirmed_and_dated_subscription_passes(
    shop: ShopifyShop, ref: str, version: str, words: dict[str, Any], expected: Reason
) -> None:
    shop.consent(ref, **words)
    fact = facts(shop.client(api_version=version), [ref])[ref]
    assert judged(shop, fact) is expected
    if expected is Reason.OK:
        assert (fact.method, fact.purposes) == (ConsentMethod.DOUBLE_OPT_IN, {"retail"})
        assert fact.evidence is not None
        assert (fact.evidence.api_version, fact.evidence.issuer_uscc) == (version, "shopify.com")
        assert fact.evidence.request_id
        assert fact.evidence.api_method == "nodes"
        assert "CONFIRMED_OPT_IN" in fact.evidence.leaf
        assert "+86" not in fact.evidence.leaf


@pytest.mark.parametrize("ahead", [400, -400])
def test_an_answer_that_our_clock_cannot_date_is_none(shop: ShopifyShop, ref: str, ahead: int) -> None:
    """An hour's wrong answers would be of an hour to come, or older than they are: a person sets the clock right."""
    shop.consent(ref, at=TIME)
    shop.sandbox.skew_clock(ahead)
    with pytest.raises(RemoteRefused) as caught:
        facts(shop.client(), [ref])
    shop.sandbox.skew_clock(0)
    assert (caught.value.code, caught.value.account_wide) == ("clock_skew", True)
    assert abs(int(caught.value.facts["skew_seconds"]) - ahead) < 10
    shop.sandbox.skew_clock(ahead / 2)
    found = facts(shop.client(), [ref])[ref]
    shop.sandbox.skew_clock(0)
    assert judged(shop, found) is Reason.OK


def test_both_words_for_nobody_are_no_record(shop: ShopifyShop, ref: str) -> None:
    shop.consent(ref, state="NEVER_SUBSCRIBED", at=None)
    for version in VERSIONS:
        assert facts(shop.client(api_version=version), [ref])[ref].status is ConsentStatus.NO_RECORD


def test_whoever_has_no_number_has_no_consent(shop: ShopifyShop) -> None:
    found = everybody(shop.client())
    numberless = [ref for ref, customer in found.items() if customer.phone is None]
    assert numberless
    assert {fact.status for fact in facts(shop.client(), numberless).values()} == {ConsentStatus.NO_RECORD}


@pytest.mark.parametrize("fault", ["unknown_word", "null_level", "null_time", "no_zone", "number_state"])
def test_odd_words_confirm_nobody(shop: ShopifyShop, ref: str, fault: str) -> None:
    shop.consent(ref, at=TIME)
    shop.order(faults=["", fault])
    assert reason(shop, ref) is Reason.OK
    assert reason(shop, ref) is Reason.UNKNOWN


@pytest.mark.parametrize(("fault", "note"), [("missing_node", "missing"), ("doubled", "contradictory")])
def test_nobody_is_confirmed_by_an_answer_about_others_or_by_two(
    shop: ShopifyShop, ref: str, fault: str, note: str
) -> None:
    shop.consent(ref, at=TIME)
    shop.order(faults=[fault])
    fact = facts(shop.client(), [ref])[ref]
    assert (fact.status, fact.note) == (ConsentStatus.UNKNOWN, note)


# --- customers and changes -------------------------------------------------------------------------------------------


def test_the_redacted_are_named_and_are_no_customers(shop: ShopifyShop, ref: str) -> None:
    since = clock() - timedelta(seconds=2)  # other tests change more people than a page holds
    shop.consent(ref, state="REDACTED", at=TIME)
    client = shop.client()
    page = client.customers("", since)
    assert ref in page.redacted
    assert ref not in {customer.ref for customer in page.items}
    assert facts(client, [ref])[ref].note == "redacted"


def test_everybody_comes_once_in_order_of_change(shop: ShopifyShop) -> None:
    client = shop.client()
    found = everybody(client)
    assert len(found) == 320
    recent = everybody(client, clock() - timedelta(days=100))
    assert recent
    assert set(recent) < set(found)
    assert all(customer.updated_at >= clock() - timedelta(days=101) for customer in recent.values())


def test_a_change_is_polled_once_it_is_there_and_again_within_the_overlap(shop: ShopifyShop, ref: str) -> None:
    client = shop.client()
    first = client.consent_changes("")
    shop.truth(ref, "withdrawn")
    page = client.consent_changes(first.next_cursor)
    assert ref in page.items
    assert not page.more
    again = client.consent_changes(page.next_cursor)
    assert ref in again.items
    assert again.next_cursor == page.next_cursor


def test_a_clock_of_ours_that_is_ahead_hides_nobody_who_changes(shop: ShopifyShop, ref: str) -> None:
    ahead = replace(shop.parts(), clock=lambda: clock() + timedelta(hours=1))
    client = shopify_of(ahead)
    cursor = client.consent_changes("").next_cursor
    shop.truth(ref, "withdrawn")
    assert ref in client.consent_changes(cursor).items
    client.close()


@pytest.mark.parametrize("cursor", ["p:nonsense", "b:1", "u:", "x", "u:2026|2026|"])
def test_a_cursor_of_nobody_is_refused(shop: ShopifyShop, cursor: str) -> None:
    client = shop.client()
    with pytest.raises(RemoteRefused):
        client.customers(cursor, None)
    with pytest.raises(RemoteRefused) as info:
        client.consent_changes(cursor)
    assert info.value.code == "bad_cursor"


def test_a_list_that_leads_to_itself_is_given_up(shop: ShopifyShop) -> None:
    client = shop.client()
    page = client.customers("", None)
    shop.order(faults=["cursor_loop"])
    with pytest.raises(RemoteRefused) as info:
        client.customers(page.next_cursor, None)
    assert info.value.code == "cursor_loop"


# --- opt-out ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_an_opt_out_is_written_and_nothing_else_ever(shop: ShopifyShop, ref: str, version: str) -> None:
    shop.consent(ref, at=TIME)
    client = shop.client(api_version=version)
    client.write_opt_out(CustomerRef(ID, ref), "reply", clock())
    client.write_opt_out(CustomerRef(ID, ref), "reply", clock() + timedelta(hours=1))
    assert facts(client, [ref])[ref].status is ConsentStatus.WITHDRAWN
    assert shop.seen()["opt_ins"] == 0


def test_an_opt_out_that_was_not_recorded_is_said_to_be(shop: ShopifyShop) -> None:
    client = shop.client()
    numberless = next(ref for ref, customer in everybody(client).items() if customer.phone is None)
    for ref, code in ((numberless, "customer_without_number"), ("999999999999", "customer_unknown")):
        with pytest.raises(RemoteRefused) as info:
            client.write_opt_out(CustomerRef(ID, ref), "reply", clock())
        assert (info.value.code, info.value.of_the_person) == (code, True)
    with pytest.raises(RemoteRefused) as info:
        client.write_opt_out(CustomerRef(ID + 1, numberless), "reply", clock())
    assert info.value.code == "bad_ref"


# --- the connection --------------------------------------------------------------------------------------------------


def test_a_good_connection_names_its_shop(shop: ShopifyShop) -> None:
    report = shop.client().check_connection()
    assert (report.ok, report.simulated, report.shop) == (True, True, "安宁百货旗舰店（模拟）")
    assert (report.issuer_uscc, report.api_version) == ("shopify.com", "2026-10")
    assert (report.entity_uscc, report.entity_name) == ("", ""), "whose shop it is a person says"
    assert abs(report.clock_skew_seconds) < 5


@pytest.mark.parametrize("scope", ["read_customers", "write_customers"])
def test_a_missing_scope_is_named(shop: ShopifyShop, scope: str) -> None:
    every = ["read_customers", "write_customers"]
    shop.order(scopes=[other for other in every if other != scope])
    assert shop.client().check_connection().problem == f"missing_{scope}"
    shop.order(scopes=every)


def test_a_wrong_clock_and_another_shop_are_seen(shop: ShopifyShop) -> None:
    assert shop.client(key_id="other.myshopify.com").check_connection().problem == "other_shop"
    shop.sandbox.skew_clock(900)
    report = shop.client().check_connection()
    shop.sandbox.skew_clock(0)
    assert report.problem == "clock_skew"
    assert 890 < report.clock_skew_seconds < 910


def test_a_wrong_token_is_the_accounts_trouble(shop: ShopifyShop) -> None:
    with pytest.raises(RemoteRefused) as info:
        shop.client(access_token="wrong").check_connection()
    assert (info.value.code, info.value.account_wide) == ("unauthorized", True)


@pytest.mark.parametrize("version", ["2025-10", "2027-01", "unstable", "latest", "2026-1"])
def test_a_version_that_is_not_pinned_is_refused(shop: ShopifyShop, version: str) -> None:
    with pytest.raises(SettingsError) as info:
        shop.client(api_version=version)
    assert info.value.code == "schema_drift"


@pytest.mark.parametrize("token", ["", " ", "a\nb", "令牌"])
def test_a_token_that_cannot_be_one_is_refused(shop: ShopifyShop, token: str) -> None:
    with pytest.raises(SettingsError) as info:
        shop.client(access_token=token)
    assert info.value.code == "bad_credentials"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("denied", "permission"), ("html", "contract_broken"), ("other_version", "schema_drift"),
    ],
)  # fmt: skip
def test_what_time_does_not_heal_is_refused(shop: ShopifyShop, ref: str, fault: str, code: str) -> None:
    shop.order(faults=[fault])
    with pytest.raises(RemoteRefused) as info:
        facts(shop.client(), [ref])
    assert info.value.code == code


@pytest.mark.parametrize("fault", ["throttled", "throttled_429", "internal", "partial", "error500", "error503"])
def test_what_time_heals_is_asked_again(shop: ShopifyShop, ref: str, fault: str) -> None:
    shop.consent(ref, at=TIME)
    shop.order(restore=1e6, faults=[fault])
    assert reason(shop, ref) is Reason.OK


@pytest.mark.parametrize("fault", ["throttled_429", "internal", "partial", "error500"])
def test_trouble_without_end_is_an_error_and_no_fact(shop: ShopifyShop, ref: str, fault: str) -> None:
    shop.order(faults=[fault] * 6)
    with pytest.raises(RemoteUnavailable):
        facts(shop.client(), [ref])


ANSWERS = {
    "no data": (b"{}", "contract_broken"),
    "errors are a text": (b'{"errors":"[API] This action requires merchant approval"}', "contract_broken"),
    "nodes are none": (b'{"data":{"nodes":{"id":1}}}', "schema_drift"),
    "an unknown field": (b'{"errors":[{"message":"x","extensions":{"code":"undefinedField"}}]}', "schema_drift"),
    "an error of no kind": (b'{"errors":[7]}', "query_refused"),
    "data and an error": (b'{"data":{"nodes":[]},"errors":[{"message":"y"}]}', "query_refused"),
    "a list": (b"[]", "contract_broken"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_another_shape_confirms_nobody(shop: ShopifyShop, ref: str, name: str) -> None:
    body, code = ANSWERS[name]

    def talk(channel: Any, _done: Any) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        channel.sendall(head.encode() + body)

    with raw_server(talk) as server, pytest.raises(RemoteError) as info:
        facts(shop.client(base_url=server.url), [ref])
    assert info.value.code == code


def test_pages_without_an_end_are_drift(shop: ShopifyShop) -> None:
    for info in ("null", '{"hasNextPage":null}', '{"hasNextPage":true,"endCursor":null}', '{"hasNextPage":1}'):
        body = f'{{"data":{{"customers":{{"nodes":[],"pageInfo":{info}}}}}}}'.encode()

        def talk(channel: Any, _done: Any, body: bytes = body) -> None:
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            channel.sendall(head.encode() + body)

        with raw_server(talk) as server:
            for ask in ("customers", "consent_changes"):
                client = shop.client(base_url=server.url)
                with pytest.raises(RemoteRefused) as raised:
                    client.customers("p:x", None) if ask == "customers" else client.consent_changes("")
                assert raised.value.code == "schema_drift"


# --- webhooks --------------------------------------------------------------------------------------------------------


def test_a_webhook_is_genuine_by_its_vector_alone() -> None:
    secret, body, signature = VECTOR["secret"], VECTOR["body"].encode(), VECTOR["signature"]
    assert is_genuine(secret, body, signature)
    assert not is_genuine(secret, body + b" ", signature)
    assert not is_genuine("other", body, signature)
    assert not is_genuine("", body, signature)
    for odd in ("", "=", "ü", signature[:-2], signature + "A", signature.lower()):
        assert not is_genuine(secret, body, odd)


# --- SHOPLINE --------------------------------------------------------------------------------------------------------


def test_shopline_confirms_nobody_and_knows_who_left(shop: ShopifyShop, ref: str) -> None:
    shop.consent(ref, at=TIME)
    client = shop.shopline()
    found = everybody(client)
    assert len(found) == 320
    assert any(customer.phone for customer in found.values())
    fact = facts(client, [ref])[ref]
    assert (fact.status, fact.note) == (ConsentStatus.UNKNOWN, "no_consent_api")
    client.write_opt_out(CustomerRef(ID, ref), "reply", clock())
    assert facts(client, [ref])[ref].status is ConsentStatus.WITHDRAWN
    assert ref in client.consent_changes("").items, "who left is among the changed customers"
    report = client.check_connection()
    assert (report.ok, report.unverified) == (True, ("write_customers",)), "no query for its scopes is documented"
    assert shop.client().check_connection().unverified == ()


def test_times_are_told_with_their_zone(shop: ShopifyShop, ref: str) -> None:
    shop.consent(ref, at="2026-01-02T11:04:05+08:00")
    assert facts(shop.client(), [ref])[ref].obtained_at == datetime.fromisoformat(TIME)
