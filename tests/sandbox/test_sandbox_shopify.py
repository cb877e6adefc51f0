"""The simulated Shopify, driven by a client that is not ours, and held to Shopify's own published schemas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import shopify

from campaign_app.platforms.shopify import VERSIONS, editions
from campaign_app.platforms.shopify.editions import COUNT, START, STATUS
from campaign_app.sandbox import SandboxConfig
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors import shopify as vendor
from campaign_app.sandbox.vendors.shopify import credentials
from campaign_app.sandbox.vendors.shopify.executing import Query
from campaign_app.sandbox.vendors.shopify.schemas import FOLDER, problem_of
from tests.helpers.connected import clock
from tests.helpers.sandbox import SandboxProcess

needs_schemas = pytest.mark.skipif(
    not Path(os.environ.get(FOLDER) or "/nowhere").is_dir(),
    reason=f"{FOLDER} names no folder: python tools/shopify_schemas.py FOLDER fetches Shopify's schemas with npm",
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=300) as running:
        yield running


@pytest.fixture
def token(sandbox: SandboxProcess) -> str:
    return str(sandbox.ready["vendors"]["shopline"]["access_token"])


def ask(sandbox: SandboxProcess, token: str, query: str, version: str = "2026-10", **variables: Any) -> Any:
    url = f"{sandbox.url}/admin/api/{version}/graphql.json"
    headers = {"X-Shopify-Access-Token": token}
    return requests.post(url, json={"query": query, "variables": variables}, headers=headers, timeout=30)


# --- Shopify's own Python library ------------------------------------------------------------------------------------


@pytest.fixture
def library(sandbox: SandboxProcess, token: str) -> Iterator[Any]:
    """ShopifyAPI, pointed at the sandbox as its own session would point it at a shop."""
    shopify.ShopifyResource.site = f"{sandbox.url}/admin/api/2026-10"
    shopify.ShopifyResource.headers = {**(shopify.ShopifyResource.headers or {}), "X-Shopify-Access-Token": token}
    yield shopify.GraphQL()
    shopify.ShopifyResource.clear_session()


def test_shopifys_library_walks_all_customers(library: Any) -> None:
    query = """query ($after: String) { customers(first: 50, after: $after, sortKey: UPDATED_AT) {
        edges: nodes { id defaultPhoneNumber { smsMarketingConsent { state optInLevel updatedAt } } }
        pageInfo { hasNextPage endCursor } } }"""
    found: list[str] = []
    after = None
    while True:
        page = json.loads(library.execute(query, {"after": after}))["data"]["customers"]
        found += [node["id"] for node in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(found) == len(set(found)) == 240


def test_shopifys_library_opts_somebody_out(library: Any) -> None:
    read = "{ customers(first: 50) { nodes { id defaultPhoneNumber { smsMarketingConsent { state } } } } }"
    nodes = json.loads(library.execute(read))["data"]["customers"]["nodes"]
    gid = next(node["id"] for node in nodes if node["defaultPhoneNumber"])
    write = """mutation ($input: CustomerSmsMarketingConsentUpdateInput!) {
        customerSmsMarketingConsentUpdate(input: $input) { userErrors { message }
        customer { smsMarketingConsent { marketingState } } } }"""
    consent = {"marketingState": "UNSUBSCRIBED"}
    given = {"input": {"customerId": gid, "smsMarketingConsent": consent}}
    payload = json.loads(library.execute(write, given))["data"]["customerSmsMarketingConsentUpdate"]
    assert payload == {"userErrors": [], "customer": {"smsMarketingConsent": {"marketingState": "UNSUBSCRIBED"}}}
    consent["marketingState"] = "SUBSCRIBED"
    payload = json.loads(library.execute(write, given))["data"]["customerSmsMarketingConsentUpdate"]
    assert payload["userErrors"]


TOO_COSTLY = """{ customers(first: 250) { nodes { id amountSpent { amount } defaultAddress { city }
    defaultPhoneNumber { phoneNumber smsMarketingConsent { state } } } } }"""


# --- what it refuses -------------------------------------------------------------------------------------------------


def test_a_token_that_is_nobodys_is_refused(sandbox: SandboxProcess) -> None:
    answer = ask(sandbox, "wrong", "{ shop { name } }")
    assert (answer.status_code, "errors" in answer.json()) == (401, True)


def test_a_version_that_is_none_is_not_found(sandbox: SandboxProcess, token: str) -> None:
    assert ask(sandbox, token, "{ shop { name } }", "1999-01").status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"x", b"null"])
def test_a_body_that_is_no_question_is_refused(sandbox: SandboxProcess, token: str, body: bytes) -> None:
    url = f"{sandbox.url}/admin/api/2026-10/graphql.json"
    assert requests.post(url, data=body, headers={"X-Shopify-Access-Token": token}, timeout=30).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "{ customers(first: 1) { nodes { salary } } }",
        "{ products(first: 1) { nodes { id } } }",
        "{ customers(first: 1000) { nodes { id } } }",
        "{ customers { nodes { id } } }",
        '{ customers(first: 1, after: "zz") { nodes { id } } }',
        '{ customers(first: 1, query: "tag:x") { nodes { id } } }',
        "{ shop { name",
        "query A { shop { name } } query B { shop { name } }",
        TOO_COSTLY,
    ],
)
def test_what_it_does_not_have_or_give_is_an_error(sandbox: SandboxProcess, token: str, query: str) -> None:
    answer = ask(sandbox, token, query).json()
    assert answer["errors"]
    assert not answer.get("data")


def test_the_version_trap_is_one(sandbox: SandboxProcess, token: str) -> None:
    query = "{ customers(first: 50) { nodes { defaultPhoneNumber { smsMarketingConsent { state } } } } }"
    assert "errors" not in ask(sandbox, token, query).json()
    assert "errors" in ask(sandbox, token, query, "2026-07").json()


def test_an_answer_says_whether_it_was_validated(sandbox: SandboxProcess, token: str) -> None:
    there = Path(os.environ.get(FOLDER) or "/nowhere").is_dir()
    answer = ask(sandbox, token, "{ shop { name } }")
    assert answer.headers["X-Sandbox-Validated"] == ("yes" if there else "no")


def test_credentials_are_of_the_first_shop_and_follow_from_the_seed() -> None:
    config = SandboxConfig(clock=clock, seed=3)
    found = credentials(config)
    assert found == credentials(config)
    assert found["base_url"] == "{url}/shopify/sandbox-s1.myshopify.com"
    assert found["client_secret"] != credentials(SandboxConfig(clock=clock, seed=4))["client_secret"]


def test_without_graphql_core_there_is_no_simulated_shopify(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = "import sys, campaign_app.sandbox.server as _; print('graphql' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
    monkeypatch.setattr(vendor, "OFFERED", False)
    config = SandboxConfig(clock=clock)
    assert vendor.credentials(config) == {}
    assert vendor.routes(Platform(config)) == []


def test_a_file_that_nobody_ordered_is_none(sandbox: SandboxProcess) -> None:
    assert requests.get(f"{sandbox.url}/sandbox-files/x-1.jsonl", timeout=30).status_code == 404


# --- Shopify's own schemas -------------------------------------------------------------------------------------------


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
def test_every_query_of_the_adapter_is_one_by_shopifys_schema(version: str) -> None:
    edition = editions.shopify(version)
    assert edition is not None
    consent = {"marketingState": "UNSUBSCRIBED", "consentUpdatedAt": "2026-01-01T00:00:00Z"}
    queries: dict[str, dict[str, Any]] = {
        edition.check: {},
        edition.customers: {"first": 1, "after": None, "query": None},
        edition.changed: {"first": 1},
        edition.reachable: {"ids": ["gid://shopify/Customer/1"]},
        edition.consents: {"ids": ["gid://shopify/Customer/1"]},
        edition.opt_out: {"input": {"customerId": "gid://shopify/Customer/1", "smsMarketingConsent": consent}},
        edition.export: {},
        COUNT: {},
        START: {"query": edition.export},
        STATUS: {"id": "gid://shopify/BulkOperation/1"},
    }
    assert {text: problem_of(version, Query(text, given), given) for text, given in queries.items()} == dict.fromkeys(
        queries, ""
    )


@needs_schemas
def test_the_newest_query_is_none_of_the_older_versions() -> None:
    newest = editions.shopify("2026-10")
    assert newest is not None
    for version in VERSIONS[:-1]:
        assert problem_of(version, Query(newest.consents, {}), {"ids": []})


@needs_schemas
def test_a_variable_of_another_kind_is_a_problem() -> None:
    newest = editions.shopify("2026-10")
    assert newest is not None
    for given in ({}, {"ids": None}, {"ids": [None]}):
        assert problem_of("2026-10", Query(newest.consents, given), given)
