"""Seconds and bytes of the audit chain and of a campaign's proof, on the real store; a JSON line per figure.

    python benchmarks/evidence.py [--entries 1000000] [--people 1000000]

Receipts are signed as the sandbox does it, in pages of 1,000; the ledger's rows are written in bulk.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign_app import wiring
from campaign_app.app import App
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Evidence,
    Receipt,
)
from campaign_app.domain.customer import Account, Entity, PlatformCustomer
from campaign_app.domain.message import Outcome
from campaign_app.evidence.checking import verify_file
from campaign_app.services.campaigns import approval_hash
from campaign_app.storage import schema
from campaign_app.storage.audit import START, entry_hash
from campaign_app.storage.lists import write_tuples
from campaign_app.storage.roots import keep_batch
from campaign_app.storage.schema_sending import campaign_member, ledger, ledger_outcome, submission
from campaign_app.storage.upserts import plain_insert
from campaign_app.storage.workspace import Workspace, create_workspace
from campaign_app.transport.receipts import MerkleTree, b64u, jwk_of, leaf_hash, sign_receipt
from campaign_app.transport.wire import ReceiptClaims

NOW = datetime(2026, 11, 1, tzinfo=UTC)
AT = int(NOW.timestamp() * 1000)
ENTITY, ISSUER = "91330100MA2B00001X", "91110000MA0000009X"
PAGE = 1_000
NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
KEY = Ed25519PrivateKey.generate()


def say(figure: str, count: int, **more: object) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    line = {"figure": figure, "rows": count, "peak_rss_mib": peak}
    print(json.dumps(line | more), flush=True)


def timed(figure: str, count: int, work: Callable[[], Any]) -> Any:
    start, cpu = time.perf_counter(), time.process_time()
    made = work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    say(figure, count, seconds=round(seconds, 2), cpu_seconds=round(cpu, 2))
    return made


def entries(workspace: Workspace, count: int) -> None:
    """Written straight in bulk: one by one a disk would be measured."""
    prev_hash, names = START, ("id", "at", "action", "actor", "facts", "prev_hash", "hash")
    for first in range(1, count + 1, 5_000):
        rows = []
        for number in range(first, min(first + 5_000, count + 1)):
            facts = f'{{"account":3,"count":{number},"ref_hmac":"{os.urandom(32).hex()}"}}'
            row = (number, AT + number, "customer.erased", "platform", facts, prev_hash)
            prev_hash = entry_hash(*row)
            rows.append((*row, prev_hash))
        with workspace.database.write_much() as connection:
            write_tuples(connection, plain_insert(schema.audit), names, rows)


def page_of(account_id: int, refs: list[str], at: int) -> tuple[list[ConsentFact], Receipt]:
    moment = (NOW + timedelta(seconds=at)).isoformat().replace("+00:00", "Z")
    leaves = []
    for ref in refs:
        leaf = {
            "aud": ENTITY, "channel": "sms", "checked_at": moment, "expires_at": None, "iss": ISSUER,
            "max_per_month": None, "method": "explicit_toggle",
            "obtained_at": (NOW - timedelta(seconds=hash(ref) % 40_000_000)).isoformat().replace("+00:00", "Z"),
            "purposes": ["retail"], "ref": ref, "simulated": True, "status": "confirmed", "withdrawn_at": None,
        }  # fmt: skip
        leaves.append(json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    hashes = [leaf_hash(leaf) for leaf in leaves]
    request = uuid.uuid4().hex
    claims = ReceiptClaims(
        iss=ISSUER, aud=ENTITY, root=b64u(MerkleTree(hashes).root), size=len(refs), nonce=uuid.uuid4().hex,
        request_id=request, iat=AT // 1000, simulated=True,
    )  # fmt: skip
    receipt = Receipt(request, account_id, sign_receipt(claims, KEY, "k1"), b"".join(hashes), NOW)
    facts = [
        ConsentFact(
            CustomerRef(account_id, ref), ConsentStatus.CONFIRMED, NOW, ConsentMethod.EXPLICIT_TOGGLE, Channel.SMS,
            frozenset({"retail"}), ENTITY, None, None, None, None, NOW,
            Evidence(ISSUER, "consent_api", "1.0", True, request, request, leaf, number),
        )
        for number, (ref, leaf) in enumerate(zip(refs, leaves, strict=True))
    ]  # fmt: skip
    return facts, receipt


def campaign_of(workspace: Workspace, people: int) -> int:
    """A campaign that was sent to everybody, as the store has it behind a real one."""
    workspace.accounts.add_entity(Entity(ENTITY, "杭州某店"))
    pinned = json.dumps({"keys": [jwk_of(KEY.public_key(), "k1")]})
    account = workspace.accounts.add_account(
        Account(0, "consent_api", "S1", "http://127.0.0.1", ENTITY, ISSUER, "登记处", "k1", True, pinned)
    )
    made = workspace.campaigns.create(Campaign(0, "双11", ENTITY, "retail", Filter(), "安宁百货", "{name}您好，上新"))
    approved = replace(
        made, state=CampaignState.APPROVED, approved_at=NOW, approved_by="李", rule_packs="0" * 16,
        snapshot_size=people,
    )  # fmt: skip
    approved = replace(approved, approved_hash=approval_hash(approved, approved.rule_packs))
    workspace.campaigns.update(approved, expected=made.state)
    workspace.audit.record(
        "campaign.approved", actor="李", at=NOW, campaign=made.id, hash=approved.approved_hash, recipients=people
    )
    for first in range(0, people, PAGE):
        refs = [f"ou{os.urandom(4).hex()}{number:06x}" for number in range(first, min(first + PAGE, people))]
        customers = [PlatformCustomer(ref, NAMES[n % 16], None, NOW) for n, ref in enumerate(refs)]
        workspace.customers.upsert_page(account.id, customers, "x", NOW)
        facts, receipt = page_of(account.id, refs, first)
        workspace.facts.append(facts, [receipt])
        claimed(workspace, made.id, account.id, first, len(refs))
    return made.id


def claimed(workspace: Workspace, campaign: int, account: int, first: int, count: int) -> None:
    with workspace.database.write_much() as connection:
        last = connection.execute(sa.select(sa.func.max(schema.consent_fact.c.id))).scalar_one()
        batch = first // PAGE + 1
        values = {
            "id": batch, "campaign_id": campaign, "account_id": account, "key": f"k{batch}", "first_seq": first,
            "last_seq": first + count - 1, "claimed_at": AT + first, "settled": 1,
        }  # fmt: skip
        connection.execute(sa.insert(submission).values(values))
        rows, outcomes, members = [], [], []
        for number in range(count):
            seq = first + number
            text = f"【安宁百货】{NAMES[number % 16]}{NAMES[number // 16 % 16]}您好，冬装满300元减50元，拒收请回复R"
            message = f"b9b3b672-f5c2-4f99-8dcd-a68e7ecd5288-1-{seq}-{os.urandom(5).hex()}"
            fact = last - count + 1 + number
            rows.append((seq + 1, batch, campaign, seq, fact, fact, "confirmed", message, os.urandom(32), text))
            members.append((campaign, seq, fact, "ok", fact, 1))
            outcomes.append((seq + 1, 1, Outcome.ACCEPTED.value, f"p{seq}", "", AT + first + 40))
            outcomes.append((seq + 1, 2, Outcome.DELIVERED.value, f"p{seq}", "", AT + first + 9_000 + number))
        write_tuples(connection, plain_insert(campaign_member), tuple(c.name for c in campaign_member.c), members)
        write_tuples(connection, plain_insert(ledger), tuple(c.name for c in ledger.c), rows)
        keep_batch(connection, tuple(values.values())[:7], rows)
        write_tuples(connection, plain_insert(ledger_outcome), tuple(c.name for c in ledger_outcome.c), outcomes)


def alone(file: Path) -> dict[str, Any]:
    tool = Path(__file__).parents[1] / "tools" / "verify_evidence.py"
    spec = importlib.util.spec_from_file_location("verify_evidence", tool)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with file.open("rb") as opened:
        result: dict[str, Any] = module.verify(module.read(opened))
    assert result["ok"], result
    return result


def opened(folder: Path, offset: timedelta = timedelta(0)) -> App:
    keeper = MemoryKeeper(bytes(range(32)))
    return wiring.wire(create_workspace(folder, keeper), keeper, offset)


def chain(app: App, count: int) -> None:
    timed("write entries of the audit in bulk", count, lambda: entries(app.workspace, count))
    timed("verify the audit", count, app.workspace.audit.verify)
    timed("head of the chain", count, app.evidence.head)


def proof(app: App, count: int, file: Path) -> None:
    campaign = timed("stage a campaign", count, lambda: campaign_of(app.workspace, count))
    timed("rows and their roots compared", 2 * count, lambda: app.evidence.store.compare(lambda _: None))
    made = timed("export", count, lambda: app.evidence.export(campaign, file, actor="bench"))
    assert made.people == count
    say("bytes a recipient", count, bytes=round(made.size / count, 1))
    with app.workspace.database.read() as connection:
        ref = connection.execute(sa.select(schema.customer.c.ref).limit(1)).scalar_one()
    one = file.with_name("one.yunfa")
    timed("export one person", count, lambda: app.evidence.export(campaign, one, actor="bench", person=ref))
    say("bytes of one person's proof", 1, bytes=one.stat().st_size)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--entries", type=int, default=1_000_000)
    asked.add_argument("--people", type=int, default=1_000_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = folder / "whole.yunfa"
        with opened(folder / "chain") as app:
            chain(app, given.entries)
        with opened(folder / "campaign") as app:
            proof(app, given.people, file)
        assert timed("verify by the program", given.people, lambda: verify_file(file)).ok
        timed("verify stand-alone", given.people, lambda: alone(file))


if __name__ == "__main__":
    main()
