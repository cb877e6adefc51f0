"""Tokens by the client credentials grant: asked for once, stored before they are used, renewed when they are over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.domain.platform import Asked, lacking
from campaign_app.platforms.shopify import ADAPTER
from campaign_app.platforms.shopify.connecting import shopify_of
from campaign_app.sandbox import SandboxConfig
from campaign_app.sandbox.vendors.shopify.granting import Granting, app_of
from campaign_app.sandbox.vendors.shopify.shelf import domain_of
from campaign_app.services.connecting import draft_of
from tests.helpers.kept import InMemory
from tests.helpers.raw_server import raw_server
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shopify import ShopifyShop
from tests.helpers.vendors import connected, parts_of

OTHER = "sandbox-s2.myshopify.com"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=50) as running:
        yield running


@pytest.fixture
def shop(sandbox: SandboxProcess) -> ShopifyShop:
    return ShopifyShop(sandbox)


def typed(sandbox: SandboxProcess) -> dict[str, str]:
    return dict(sandbox.ready["vendors"]["shopify"])


def stored(sandbox: SandboxProcess) -> InMemory:
    return InMemory({"client_secret": typed(sandbox)["client_secret"]})


def test_one_token_serves_many_questions_and_is_stored_before_it_is_used(
    sandbox: SandboxProcess, shop: ShopifyShop
) -> None:
    kept, before = stored(sandbox), shop.seen()["grants"]
    with connected(sandbox, "shopify", kept=kept) as client:
        report = client.check_connection()
        assert client.customers("", None).items
    assert (report.ok, report.simulated, shop.seen()["grants"] - before) == (True, True, 1)
    (found,) = kept.written
    assert found["client_secret"] == typed(sandbox)["client_secret"]
    assert found["granted_token"].startswith("shpat_")
    with connected(sandbox, "shopify", kept=kept):
        assert shop.seen()["grants"] - before == 1, "making a client asks for nothing"


def test_what_is_stored_is_used_by_the_next_start(sandbox: SandboxProcess, shop: ShopifyShop) -> None:
    kept = stored(sandbox)
    with connected(sandbox, "shopify", kept=kept) as client:
        assert client.check_connection().ok
    before = shop.seen()["grants"]
    parts = parts_of(sandbox, "shopify", kept=kept)
    client = shopify_of(type(parts)(parts.account, kept.read(), parts.clock, parts.wait, kept))
    assert client.check_connection().ok
    client.close()
    assert shop.seen()["grants"] == before


def test_an_account_that_is_not_stored_yet_is_checked_too(sandbox: SandboxProcess) -> None:
    with connected(sandbox, "shopify") as client:
        assert client.check_connection().ok


def test_a_token_that_is_over_is_replaced_once(sandbox: SandboxProcess, shop: ShopifyShop) -> None:
    kept = stored(sandbox)
    with connected(sandbox, "shopify", kept=kept) as client:
        assert client.check_connection().ok
        shop.order(expire=True)
        assert client.check_connection().ok
        assert client.check_connection().ok
    first, second = (found["granted_token"] for found in kept.written)
    assert first != second


def test_what_another_process_was_granted_is_taken_over(sandbox: SandboxProcess, shop: ShopifyShop) -> None:
    kept = stored(sandbox)
    with connected(sandbox, "shopify", kept=kept) as mine, connected(sandbox, "shopify", kept=kept) as theirs:
        assert mine.check_connection().ok
        assert theirs.check_connection().ok
        shop.order(expire=True)
        assert theirs.check_connection().ok
        assert mine.check_connection().ok
    assert len(kept.written) == 2


@pytest.mark.parametrize(
    ("changed", "order", "code"),
    [
        ({"client_secret": "shpss_wrong"}, {}, "bad_client"),
        ({"client_id": "nobody"}, {}, "bad_client"),
        ({"base_url": OTHER}, {}, "app_not_installed"),
        ({"base_url": "nowhere.myshopify.com"}, {}, "no_such_shop"),
        ({}, {"grants": ["shop_not_permitted"]}, "shop_not_permitted"),
    ],
)
def test_a_refused_grant_says_why_and_stores_nothing(
    sandbox: SandboxProcess, shop: ShopifyShop, changed: dict[str, str], order: dict[str, Any], code: str
) -> None:
    if "base_url" in changed:
        changed = {"base_url": f"{sandbox.url}/shopify/{changed['base_url']}"}
    kept = InMemory({"client_secret": changed.get("client_secret", typed(sandbox)["client_secret"])})
    shop.order(**order)
    with connected(sandbox, "shopify", kept=kept, **changed) as client, pytest.raises(RemoteRefused) as info:
        client.check_connection()
    assert (info.value.code, info.value.account_wide, kept.written) == (code, True, [])
    assert "shpss" not in f"{info.value!r}{info.value}"


def test_a_token_of_one_shop_opens_no_other(sandbox: SandboxProcess, shop: ShopifyShop) -> None:
    address = f"{sandbox.url}/shopify/{OTHER}"
    client = shop.client(base_url=address, key_id=OTHER)
    with pytest.raises(RemoteRefused) as info:
        client.check_connection()
    client.close()
    assert info.value.code == "unauthorized"


def test_a_lasting_token_is_never_replaced(sandbox: SandboxProcess, shop: ShopifyShop) -> None:
    before = shop.seen()["grants"]
    client = shop.client(access_token="shpat_gone")
    with pytest.raises(RemoteRefused) as info:
        client.check_connection()
    client.close()
    assert (info.value.code, shop.seen()["grants"]) == ("unauthorized", before)


PAGE = b"<html><title>400 - Oauth error %b</title></html>"


@pytest.mark.parametrize(
    ("head", "body", "error", "code"),
    [
        (b"400 Bad Request", PAGE % b"app_not_installed", RemoteRefused, "app_not_installed"),
        (b"401 Unauthorized", b'{"error":"invalid_client"}', RemoteRefused, "bad_client"),
        (b"400 Bad Request", b"what?", RemoteRefused, "bad_request"),
        (b"200 OK", b"{}", RemoteRefused, "reauthorise"),
        (b"200 OK", b'{"access_token":"a\\nb"}', RemoteRefused, "contract_broken"),
        (b"200 OK", b"<html></html>", RemoteRefused, "contract_broken"),
        (b"429 Too Many Requests", b"", RemoteUnavailable, "throttled"),
        (b"503 Service Unavailable", b"app_not_installed", RemoteUnavailable, "server_error"),
    ],
)
def test_odd_answers_grant_nothing(
    sandbox: SandboxProcess, head: bytes, body: bytes, error: type[Exception], code: str
) -> None:
    answer = b"HTTP/1.1 %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (head, len(body), body)
    kept = stored(sandbox)
    with (
        raw_server(lambda line, _: line.sendall(answer)) as there,
        connected(sandbox, "shopify", kept=kept, base_url=there.url) as client,
    ):
        with pytest.raises(error) as info:
            client.check_connection()
        assert getattr(info.value, "code", "") == code
    assert kept.written == []


# --- the simulator's strictness --------------------------------------------------------------------------------------


def granting() -> tuple[Granting, list[datetime], Callable[..., int]]:
    time = [datetime(2026, 11, 1, tzinfo=UTC)]
    config = SandboxConfig(clock=lambda: time[0])
    found = Granting(config)
    client_id, secret = app_of(config, config.shops[0])

    def ask(**changed: str) -> int:
        given = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **changed}
        body = "&".join(f"{name}={value}" for name, value in given.items() if value).encode()
        return found.grant(domain_of(config.shops[0]), body, page=True).status

    return found, time, ask


def test_a_granted_token_lives_for_24_hours() -> None:
    found, time, ask = granting()
    assert ask() == 200
    (token,) = found._until
    time[0] += timedelta(hours=24, seconds=-1)
    assert found.shop_of(token) == "S1"
    time[0] += timedelta(seconds=1)
    assert found.shop_of(token) == ""


@pytest.mark.parametrize("changed", [{"grant_type": ""}, {"grant_type": "password"}, {"client_id": "x"}])
def test_the_simulator_refuses_what_is_no_grant(changed: dict[str, str]) -> None:
    found, _, ask = granting()
    assert ask(**changed) == 400
    assert not found._until


# --- what is typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "stored_as"),
    [
        ("anning.myshopify.com", "https://anning.myshopify.com"),
        (" Anning.MyShopify.com/ ", "https://anning.myshopify.com"),
        ("https://Anning.myshopify.com", "https://anning.myshopify.com"),
    ],
)
def test_one_domain_is_typed(address: str, stored_as: str) -> None:
    values = {"base_url": address, "client_id": "c", "client_secret": "s"}
    draft = draft_of(Asked("shopify", values), ADAPTER)
    assert (draft.account.base_url, draft.account.key_id) == (stored_as, "anning.myshopify.com")
    assert json.loads(draft.secret) == {"client_secret": "s"}
    assert draft.account.options["client_id"] == "c"


def test_an_id_and_a_secret_or_a_lasting_token() -> None:
    domain = {"base_url": "anning.myshopify.com"}
    app = {"client_id": "c", "client_secret": "s"}
    assert lacking(ADAPTER.fields, domain) == "client_id"
    assert lacking(ADAPTER.fields, {**domain, "client_id": "c"}) == "client_secret"
    assert lacking(ADAPTER.fields, {**app}) == "base_url"
    assert lacking(ADAPTER.fields, {**domain, **app}) == ""
    assert lacking(ADAPTER.fields, {**domain, "access_token": "t"}) == ""
    lasting = draft_of(Asked("shopify", {**domain, "access_token": "t"}), ADAPTER)
    assert json.loads(lasting.secret) == {"access_token": "t"}
    for values, code in (({**domain, **app, "access_token": "t"}, "either_or"), (domain, "field_missing")):
        with pytest.raises(SettingsError) as info:
            draft_of(Asked("shopify", values), ADAPTER)
        assert info.value.code == code
