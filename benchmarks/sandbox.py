"""Figures of the sandbox and of the signatures around it; prints one JSON line per figure.

`in_process` is the server's own work on one core; `http` is one client and the server on one machine, with signing,
verification and both sides' JSON, so it also shows what a client gets at best.
"""

from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign_app.sandbox.answers import Asked, lookup_page
from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.people import Population
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.truth import Truths
from campaign_app.transport.receipts import ReceiptVerifier, leaf_hash, unb64u, verify_inclusion
from campaign_app.transport.signing import RequestSigner, verify_request
from campaign_app.transport.wire import MessagesRequest, WireMessage

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def clock() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def best(work: Callable[[], object], times: int = 5) -> float:
    """Seconds of the fastest of some runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def show(name: str, value: float, unit: str, **facts: object) -> None:
    print(json.dumps({"figure": f"sandbox_{name}", "value": round(value, 3), "unit": unit, **facts}), flush=True)


def signing() -> None:
    body = b"x" * 20_000
    request = requests.Request("POST", "http://127.0.0.1/v1/consents/lookup?a=1", data=body).prepare()
    signer, now = RequestSigner("k", KEY), clock()

    def both() -> None:
        signer.sign(request, now=now, nonce=secrets.token_urlsafe(18))
        verify_request("POST", request.url or "", request.headers, body, lambda _: KEY.public_key(), now)

    show("sign_and_verify", best(both, 300) * 1_000, "ms/request", body_bytes=len(body))


def lookups_in_process(customers: int) -> None:
    config = SandboxConfig(clock=clock, customers=customers)
    people, truths, shop = Population(config), Truths(config), config.shops[0]
    refs = people.refs(shop, range(min(1_000, shop.size)))

    def page() -> bytes:
        found = truths.of(shop, people.indices_of(shop, refs))
        return lookup_page(Asked("n" * 16, "r", clock(), KEY), refs, found)

    show("lookup_in_process", len(refs) / best(page), "answers/s", customers=customers, page_bytes=len(page()))
    rows = best(lambda: people.customers(shop, range(min(1_000, shop.size))))
    show("customers_in_process", len(refs) / rows, "rows/s", customers=customers)


def messages_in_process() -> None:
    platform = Platform(SandboxConfig(clock=clock))
    shop = platform.config.shops[0]
    refs = platform.population.refs(shop, range(500))
    batches = iter(range(10_000))

    def batch() -> None:
        n = next(batches)
        rows = [WireMessage(message_id=f"w-{n}-{i}", ref=ref, text=f"【安宁】hi {n}") for i, ref in enumerate(refs)]
        platform.accept(shop, f"k{n}", MessagesRequest(purpose="retail", messages=rows))

    show("messages_in_process", 500 / best(batch, 20), "messages/s")


def over_http(customers: int) -> None:
    command = [sys.executable, "-m", "campaign_app.cli.sandbox", "--parent-watch", "--customers", str(customers)]
    start = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process, requests.Session() as web:
        assert process.stdout
        assert process.stdin
        ready = json.loads(process.stdout.readline())
        show("start", time.perf_counter() - start, "s", customers=customers)
        shop = ready["shops"][0]
        signer = RequestSigner(shop["key_id"], unb64u(shop["private_key"]))
        http_figures(web, signer, ready["url"], customers)
        process.stdin.close()


def http_figures(web: requests.Session, signer: RequestSigner, url: str, customers: int) -> None:
    def call(method: str, path: str, body: object = None, **headers: str) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        named = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        request = requests.Request(method, url + path, data=data, headers=named).prepare()
        signer.sign(request, now=clock(), nonce=secrets.token_urlsafe(18))
        answer = web.send(request, timeout=60)
        answer.raise_for_status()
        return answer.content

    show("meta_http", 1 / best(lambda: call("GET", "/v1/meta"), 200), "requests/s")
    rows = json.loads(call("GET", "/v1/customers?limit=1000"))["customers"]
    refs = [row["ref"] for row in rows]
    asked = {"refs": refs, "nonce": "n" * 16}
    pages = best(lambda: call("POST", "/v1/consents/lookup", asked), 20)
    show("lookup_http", len(refs) / pages, "answers/s", customers=customers)
    page = json.loads(call("POST", "/v1/consents/lookup", asked))
    keys = web.get(f"{url}/.well-known/jwks.json", timeout=60).text
    show("verify_page", len(refs) / best(lambda: proven(page, keys)), "answers/s")
    batches = iter(range(10_000))

    def batch() -> None:
        n = next(batches)
        messages = [{"message_id": f"w-{n}-{i}", "ref": r, "text": f"【安宁】{n}"} for i, r in enumerate(refs[:500])]
        call("POST", "/v1/messages", {"purpose": "retail", "messages": messages}, Idempotency_Key=f"k{n}")

    show("messages_http", min(len(refs), 500) / best(batch, 20), "messages/s")


def proven(page: dict[str, list[dict[str, object]]], keys: str) -> None:
    claims = ReceiptVerifier(keys).verify(str(page["receipt"]))
    root = unb64u(claims.root)
    for answer in page["answers"]:
        path = [unb64u(node) for node in answer["path"]]  # type: ignore[attr-defined]
        assert verify_inclusion(leaf_hash(str(answer["leaf"])), int(str(answer["index"])), claims.size, path, root)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    customers = parser.parse_args().customers
    signing()
    lookups_in_process(customers)
    messages_in_process()
    over_http(customers)


if __name__ == "__main__":
    main()
