"""What the running server refuses: unsigned, replayed, malformed, too large; always as a problem."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from helpers.sandbox import SandboxClient, SandboxProcess

from campaign_app.sandbox.auth import Nonces
from campaign_app.sandbox.problems import Refused
from campaign_app.transport.signing import VerifiedRequest

SIGNED = [
    ("GET", "/v1/meta"),
    ("GET", "/v1/customers"),
    ("POST", "/v1/consents/lookup"),
    ("GET", "/v1/consents/changes"),
    ("POST", "/v1/opt-outs"),
    ("GET", "/v1/signatures"),
    ("POST", "/v1/messages"),
    ("GET", "/v1/messages/outcomes/k"),
    ("GET", "/v1/messages/reports"),
    ("GET", "/v1/messages/inbound"),
    ("GET", "/v1/complaints"),
]
LISTS = [
    *("/v1/customers", "/v1/consents/changes"),
    *("/v1/messages/reports", "/v1/messages/inbound", "/v1/complaints"),
]


def problem(answer: requests.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    data: dict[str, Any] = answer.json()
    assert data["status"] == status
    assert data["code"] == code
    return data


# --- who is asking ---


@pytest.mark.parametrize(("method", "path"), SIGNED)
def test_nothing_is_answered_unsigned(shared_sandbox: SandboxProcess, method: str, path: str) -> None:
    problem(requests.request(method, shared_sandbox.url + path, timeout=9), 401, "bad_signature")


def test_a_replayed_request_is_refused(reader: SandboxClient) -> None:
    request = reader.prepared("GET", "/v1/meta")
    assert reader.send(request).status_code == 200
    problem(reader.send(request), 401, "replayed")


def test_a_client_whose_clock_is_wrong_is_told(reader: SandboxClient) -> None:
    early = datetime.fromtimestamp(time.time(), UTC) - timedelta(seconds=400)
    problem(reader.send(reader.prepared("GET", "/v1/meta", at=early)), 401, "clock_skew")


def test_a_body_changed_on_the_way_is_refused(reader: SandboxClient) -> None:
    request = reader.prepared("POST", "/v1/consents/lookup", {"refs": ["a"], "nonce": "n" * 16})
    request.body = request.body.replace(b'"a"', b'"b"')
    problem(reader.send(request), 401, "bad_signature")


def test_a_stranger_is_refused(shared_sandbox: SandboxProcess) -> None:
    client = shared_sandbox.client()
    client._signer.key_id = "nobody"
    problem(client.call("GET", "/v1/meta"), 401, "unknown_key")


def test_nonces_are_forgotten_when_they_can_no_longer_be_replayed_and_never_sooner() -> None:
    now, nonces = datetime(2026, 11, 1, tzinfo=UTC), Nonces(limit=3)
    used = VerifiedRequest("k", "n1", now)
    nonces.use(used, now)
    for later in (0, 60, 300):
        with pytest.raises(Refused, match="used before"):
            nonces.use(used, now + timedelta(seconds=later))
    nonces.use(VerifiedRequest("k2", "n1", now), now)
    nonces.use(VerifiedRequest("k", "n2", now), now)
    with pytest.raises(Refused, match="too many requests"):
        nonces.use(VerifiedRequest("k", "n3", now), now)
    later = now + timedelta(seconds=400)
    nonces.use(VerifiedRequest("k", "n3", later), later)


# --- what every endpoint refuses ---


def test_unknown_paths_and_methods_are_problems(reader: SandboxClient) -> None:
    problem(reader.call("GET", "/v1/nothing"), 404, "not_found")
    answer = reader.call("DELETE", "/v1/meta")
    problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(("method", "path"), [c for c in SIGNED if c[0] == "POST"])
@pytest.mark.parametrize(("body", "status", "code"), [(b"{", 400, "bad_json"), (b"[]", 422, "invalid_request")])
def test_broken_bodies_are_refused(
    reader: SandboxClient, method: str, path: str, body: bytes, status: int, code: str
) -> None:
    problem(reader.call(method, path, body, Idempotency_Key="k"), status, code)


def test_a_body_that_does_not_say_json_is_refused(reader: SandboxClient) -> None:
    problem(reader.call("POST", "/v1/opt-outs", b"{}", Content_Type="text/plain"), 415, "not_json")


def test_a_huge_body_is_refused(reader: SandboxClient) -> None:
    problem(reader.call("POST", "/v1/consents/lookup", b" " * (8 * 1024 * 1024 + 1)), 413, "too_large")


def test_a_refusal_repeats_no_value(reader: SandboxClient) -> None:
    body = {"purpose": "retail", "messages": [{"message_id": "m", "ref": "13800000000", "text": 13900000000}]}
    data = problem(reader.call("POST", "/v1/messages", body, Idempotency_Key="k"), 422, "invalid_request")
    assert data["detail"].startswith("messages.0.text")
    assert "13900000000" not in str(data)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=", "limit=x", "limit=-1", "limit=1.5"])
def test_lists_refuse_odd_limits(reader: SandboxClient, path: str, query: str) -> None:
    problem(reader.call("GET", f"{path}?{query}"), 422, "invalid_request")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", ["x", "cu", "zz1", "cuffffffffff", "chffffffff", "re99999", "in9999", "co99999"])
def test_lists_refuse_cursors_they_never_handed_out(reader: SandboxClient, path: str, cursor: str) -> None:
    problem(reader.call("GET", f"{path}?cursor={cursor}"), 422, "bad_cursor")


@pytest.mark.parametrize("moment", ["x", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "0"])
def test_customers_refuse_odd_moments(reader: SandboxClient, moment: str) -> None:
    problem(reader.call("GET", f"/v1/customers?updated_since={moment}"), 422, "invalid_request")
