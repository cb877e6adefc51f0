"""Every endpoint of the running server, as a client meets it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from helpers.sandbox import SandboxClient, SandboxProcess

from campaign_app.sandbox.words import OPT_OUT_REPLIES
from campaign_app.transport import wire
from campaign_app.transport.receipts import (
    MerkleTree,
    ReceiptVerifier,
    leaf_hash,
    leaf_text,
    unb64u,
    verify_inclusion,
)


def problem(answer: requests.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    data: dict[str, Any] = answer.json()
    assert data["status"] == status
    assert data["code"] == code
    return data


# --- what they answer ---


def test_meta_says_who_answers(shared_sandbox: SandboxProcess) -> None:
    metas = [wire.Meta.model_validate(shared_sandbox.client(s).get("/v1/meta")) for s in ("S1", "S2")]
    assert all(m.simulated and m.issuer.uscc != m.entity_uscc for m in metas)
    assert metas[0].entity_uscc == metas[1].entity_uscc
    assert metas[0].shop != metas[1].shop
    assert abs((metas[0].server_time - datetime.fromtimestamp(time.time(), UTC)).total_seconds()) < 60


def test_four_fifths_of_the_customers_are_the_first_shops(shared_sandbox: SandboxProcess) -> None:
    sizes = [len(list(shared_sandbox.client(s).pages("/v1/customers", "customers"))) for s in ("S1", "S2")]
    assert sizes == [2_400, 600]


@pytest.mark.parametrize("limit", [1_000, 999, 7])
def test_every_customer_comes_once_whatever_the_page_size(reader: SandboxClient, limit: int) -> None:
    path = "/v1/customers" if limit > 10 else "/v1/customers?updated_since=2026-10-01T00:00:00%2B08:00"
    rows = list(reader.pages(path, "customers", limit))
    assert len({row["ref"] for row in rows}) == len(rows) > 0


def test_signatures_are_told_with_their_filing(reader: SandboxClient) -> None:
    signatures = wire.SignaturesAnswer.model_validate(reader.get("/v1/signatures")).signatures
    assert {s.status for s in signatures} == {"approved", "pending", "rejected"}
    assert all(s.valid_until for s in signatures)


def test_a_look_up_is_proven_leaf_by_leaf(shared_sandbox: SandboxProcess, reader: SandboxClient) -> None:
    refs = [r["ref"] for r in reader.get("/v1/customers?limit=996")["customers"]]
    asked = [*refs, "nobody", *refs[:3]]
    page = wire.LookupPage.model_validate(reader.lookup(asked, "nonce-of-this-test"))
    keys = requests.get(f"{shared_sandbox.url}/.well-known/jwks.json", timeout=9).text
    claims = ReceiptVerifier(keys).verify(page.receipt)
    answers = [wire.Answer.model_validate(row) for row in page.answers]
    assert (claims.nonce, claims.request_id, claims.size) == ("nonce-of-this-test", page.request_id, 997)
    assert [a.ref for a in answers] == [*refs, "nobody"]
    hashes = [leaf_hash(a.leaf) for a in answers]
    assert MerkleTree(hashes).root == unb64u(claims.root)
    for answer, hashed in zip(answers, hashes, strict=True):
        leaf = wire.Leaf.model_validate_json(answer.leaf)
        assert leaf_text(leaf) == answer.leaf
        assert (leaf.ref, leaf.iss, leaf.simulated) == (answer.ref, claims.iss, True)
        assert abs(leaf.checked_at.timestamp() - claims.iat) <= 1
        path = [unb64u(node) for node in answer.path]
        assert verify_inclusion(hashed, answer.index, claims.size, path, unb64u(claims.root))


def test_odd_refs_are_answered_as_asked(reader: SandboxClient) -> None:
    odd = ['"', "\\", "\u2028", "客\n", "a" * 500, "\x00", "😀", ""]
    answers = reader.lookup(odd)["answers"]
    assert [a["ref"] for a in answers] == odd
    for answer in answers:
        leaf = wire.Leaf.model_validate_json(answer["leaf"])
        assert (leaf.ref, leaf.status) == (answer["ref"], "no_record")
        assert leaf_text(leaf) == answer["leaf"]


def test_a_shop_knows_nothing_of_the_others_customers(shared_sandbox: SandboxProcess, reader: SandboxClient) -> None:
    foreign = shared_sandbox.client("S2").get("/v1/customers?limit=5")["customers"]
    answers = reader.lookup([row["ref"] for row in foreign])["answers"]
    assert {json.loads(a["leaf"])["status"] for a in answers} == {"no_record"}


# --- opt-outs and changes ---


def leaf_of(client: SandboxClient, ref: str) -> wire.Leaf:
    return wire.Leaf.model_validate_json(client.lookup([ref])["answers"][0]["leaf"])


def confirmed(client: SandboxClient, refs: list[str]) -> list[str]:
    leaves = [json.loads(a["leaf"]) for a in client.lookup(refs[:1_000])["answers"]]
    good = {"explicit_toggle", "double_opt_in", "reply_yes", "paper"}
    return [
        leaf["ref"]
        for leaf in leaves
        if (leaf["status"], leaf["channel"], leaf["withdrawn_at"]) == ("confirmed", "sms", None)
        and leaf["method"] in good
        and leaf["purposes"] == ["retail"]
        and leaf["expires_at"] is None
        and leaf["aud"] == "91330100MA0MN00023"
    ]


def test_an_opt_out_withdraws_and_shows_as_a_change(client: SandboxClient, refs: list[str]) -> None:
    ref = confirmed(client, refs)[0]
    at = "2026-10-01T08:00:00+08:00"
    item = {"ref": ref, "reason": "phone", "occurred_at": at}
    for _ in range(2):
        answer = client.post("/v1/opt-outs", {"items": [item, {**item, "ref": "nobody"}]})
        assert [r["recorded"] for r in answer["results"]] == [True, False]
    leaf = leaf_of(client, ref)
    assert (leaf.status, leaf.withdrawn_at) == ("withdrawn", datetime.fromisoformat(at))
    assert [c["ref"] for c in client.pages("/v1/consents/changes", "changes")] == [ref]


def test_an_opt_out_from_the_future_counts_from_now(client: SandboxClient, refs: list[str]) -> None:
    item = {"ref": confirmed(client, refs)[0], "reason": "", "occurred_at": "2099-01-01T00:00:00Z"}
    client.post("/v1/opt-outs", {"items": [item]})
    withdrawn = leaf_of(client, item["ref"]).withdrawn_at
    assert withdrawn
    assert withdrawn <= datetime.fromtimestamp(time.time(), UTC)


def test_a_cursor_goes_on_where_it_stopped(sandbox: SandboxProcess, client: SandboxClient, refs: list[str]) -> None:
    sandbox.set_consent("S1", refs[0], "declined")
    page = client.get("/v1/consents/changes")
    assert ([c["ref"] for c in page["changes"]], page["has_more"]) == ([refs[0]], False)
    sandbox.set_consent("S1", refs[1], "confirmed", method="double_opt_in", purposes=["retail", "finance"])
    later = client.get(f"/v1/consents/changes?cursor={page['next_cursor']}")
    assert [c["ref"] for c in later["changes"]] == [refs[1]]
    assert leaf_of(client, refs[1]).purposes == ["retail", "finance"]
    assert leaf_of(client, refs[0]).status == "declined"


@pytest.mark.parametrize("text", sorted(set(OPT_OUT_REPLIES)))
def test_a_reply_that_opts_out_withdraws(
    sandbox_for_replies: SandboxProcess, text: str, request: pytest.FixtureRequest
) -> None:
    client = sandbox_for_replies.client()
    ref = client.get(f"/v1/customers?cursor=cu{sorted(set(OPT_OUT_REPLIES)).index(text):x}&limit=1")["customers"][0][
        "ref"
    ]
    sandbox_for_replies.set_consent("S1", ref, "confirmed")
    sandbox_for_replies.reply("S1", ref, "好的")
    assert leaf_of(client, ref).status == "confirmed"
    sandbox_for_replies.reply("S1", ref, text)
    assert leaf_of(client, ref).status == "withdrawn"
    assert text in [m["text"] for m in client.pages("/v1/messages/inbound", "messages") if m["ref"] == ref]


@pytest.fixture(scope="module")
def sandbox_for_replies() -> Any:
    with SandboxProcess(customers=500) as sandbox:
        yield sandbox


def test_complaints_come_in(sandbox: SandboxProcess, client: SandboxClient, refs: list[str]) -> None:
    sandbox.complain("S1", refs[5], "p1")
    (row,) = client.pages("/v1/complaints", "complaints")
    complaint = wire.WireComplaint.model_validate(row)
    assert (complaint.ref, complaint.provider_id) == (refs[5], "p1")


def test_the_clock_can_be_skewed(sandbox: SandboxProcess, client: SandboxClient) -> None:
    sandbox.skew_clock(120)
    theirs = wire.Meta.model_validate(client.get("/v1/meta")).server_time
    assert 100 < (theirs - datetime.fromtimestamp(time.time(), UTC)).total_seconds() < 140
    sandbox.skew_clock(-1_000)
    problem(client.call("GET", "/v1/meta"), 401, "clock_skew")


def test_health_and_bad_orders(sandbox: SandboxProcess, refs: list[str]) -> None:
    assert requests.get(f"{sandbox.url}/sandbox/health", timeout=9).json()["simulated"] is True
    orders = [
        ("/sandbox/consents", {"shop": "S9", "ref": refs[0], "status": "confirmed"}, 404),
        ("/sandbox/consents", {"shop": "S2", "ref": refs[0], "status": "confirmed"}, 404),
        ("/sandbox/consents", {"shop": "S1"}, 422),
        ("/sandbox/faults", {"profile": "gentle"}, 422),
        ("/sandbox/faults", {"next": [{"fault": "flood"}]}, 422),
        ("/sandbox/clock", {"seconds": "soon"}, 422),
    ]
    for path, body, status in orders:
        assert requests.post(sandbox.url + path, json=body, timeout=9).status_code == status, (path, body)
