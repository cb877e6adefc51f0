"""Small samples that storage tests build on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest
import sqlalchemy as sa

from campaign_app.consent.gate import Ask, Person, decide
from campaign_app.consent.policy import Policy
from campaign_app.consent.recipient import ConfirmedRecipient, Outgoing
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
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.jobs.ports import Claim, Submission
from campaign_app.storage import engine
from campaign_app.storage.workspace import DATABASE, Workspace

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
ENTITY, OTHER_ENTITY, ISSUER = "91330100MA2B00001X", "91440300MA5D00002Y", "91110000MA0000009X"
KEY = hashlib.sha256(b"the tests' workspace").digest()
Fresh = Callable[[], AbstractContextManager[Workspace]]


def refuse_writes(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """From now on the log takes nothing, and the folder no other file for this reason; there is one connection."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("finds the log's file by /proc")
    log = workspace.folder / f"{DATABASE}-wal"
    (opened,) = (int(fd.name) for fd in Path("/proc/self/fd").iterdir() if fd.resolve() == log.resolve())

    def refuse(**_: object) -> IO[bytes]:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(engine, "TemporaryFile", refuse)
    unwritable = os.open(log, os.O_RDONLY)
    os.dup2(unwritable, opened)
    os.close(unwritable)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def number(n: int) -> Phone:
    return Phone(f"138{n:08d}")


def account(key_id: str = "k1", **changed: Any) -> Account:
    fields: dict[str, Any] = {
        "id": 0,
        "platform": "consent_api",
        "label": key_id,
        "base_url": "http://127.0.0.1",
        "entity_uscc": ENTITY,
        "issuer_uscc": ISSUER,
        "issuer_name": "登记处",
        "key_id": key_id,
        "simulated": True,
        "pinned_keys": "{}",
    }
    return Account(**{**fields, **changed})


def shop(workspace: Workspace, key_id: str = "k1", **changed: Any) -> int:
    """A connected shop, with its entity."""
    new = account(key_id, **changed)
    workspace.accounts.add_entity(Entity(new.entity_uscc, "某店"))
    return workspace.accounts.add_account(new).id


def person(ref: str, phone: Phone | None = None, **changed: Any) -> PlatformCustomer:
    return PlatformCustomer(**{"ref": ref, "name": f"顾客{ref}", "phone": phone, "updated_at": NOW, **changed})


def sync(workspace: Workspace, account_id: int, *people: PlatformCustomer) -> dict[str, int]:
    """Stores them as a page; their ids by ref."""
    workspace.customers.upsert_page(account_id, people, "next", NOW)
    return workspace.customers.ids_of_refs(account_id, [each.ref for each in people])


def fact(account_id: int, ref: str, **changed: Any) -> ConsentFact:
    """A confirmed fact, unless changed."""
    fields: dict[str, Any] = {
        "ref": CustomerRef(account_id, ref),
        "status": ConsentStatus.CONFIRMED,
        "observed_at": NOW,
        "method": ConsentMethod.EXPLICIT_TOGGLE,
        "channel": Channel.SMS,
        "purposes": frozenset({"retail"}),
        "entity_uscc": ENTITY,
        "obtained_at": NOW - timedelta(days=30),
        "checked_at": NOW,
        "evidence": Evidence(ISSUER, "consent_api", "1.0", True, "request-1", "receipt-1", '{"leaf":1}', 0),
    }
    return ConsentFact(**{**fields, **changed})


def receipt(account_id: int, receipt_id: str = "receipt-1") -> Receipt:
    return Receipt(receipt_id, account_id, f"jws of {receipt_id}", b"h" * 32, NOW)


def file_hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pass_triggers(connection: sa.Connection, table: str) -> None:
    """What the triggers of an append-only table refuse goes through in this transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    for change in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{change}")


class Campaigning:
    """One shop with `count` confirmed customers c0, c1, … in a campaign that is being sent."""

    def __init__(self, workspace: Workspace, count: int, *, state: CampaignState = CampaignState.SENDING) -> None:
        self.workspace = workspace
        self.account_id = shop(workspace)
        self.ids = sync(workspace, self.account_id, *(person(f"c{n}", number(n)) for n in range(count)))
        workspace.facts.append([fact(self.account_id, ref) for ref in self.ids], [receipt(self.account_id)])
        made = workspace.campaigns.create(Campaign(0, "双11", ENTITY, "retail", Filter(), state=state))
        self.campaign_id = made.id
        workspace.campaigns.snapshot(made.id, NOW)
        latest = workspace.facts.latest(list(self.ids.values()))
        members = workspace.campaigns.members(made.id, 0, count)
        workspace.campaigns.set_reasons(made.id, {seq: ("ok", latest[who][0]) for seq, who in members})

    @property
    def campaign(self) -> Campaign:
        return self.workspace.campaigns.campaign(self.campaign_id)

    @property
    def account(self) -> Account:
        return self.workspace.accounts.account(self.account_id)

    def believe(self) -> None:
        """Its facts are read anew, as after another account says who agreed."""
        again = [fact(self.account_id, ref) for ref in self.ids]
        self.workspace.facts.append(again, [])

    def recipient(self, customer_id: int) -> ConfirmedRecipient:
        fact_id, newest = self.workspace.facts.latest([customer_id])[customer_id]
        ask = Ask(self.campaign_id, "retail", ENTITY, NOW, NOW, Policy(), simulated_sender=True)
        decision = decide(Person(customer_id, fact_id, newest), ask)
        assert isinstance(decision, ConfirmedRecipient)
        return decision

    def claim_of(self, seq: int, dedupe_key: bytes | None = None) -> Claim:
        ((_, customer_id),) = self.workspace.campaigns.members(self.campaign_id, seq, seq + 1)
        outgoing = Outgoing(self.recipient(customer_id), f"m-{self.campaign_id}-{seq}", f"【某店】第{seq}条，退订回T")
        key = self.workspace.phone_keys.of_phone(number(seq)) if dedupe_key is None else dedupe_key
        return Claim(seq, outgoing, key)

    def claim(self, *seqs: int) -> Submission:
        claims = [self.claim_of(seq) for seq in seqs]
        span = (seqs[0], seqs[-1] + 1)
        made = self.workspace.ledger.claim(self.campaign, self.account, f"key-{seqs[0]}", claims, {}, span, NOW)
        assert made is not None
        return made

    def settle(self, submission: Submission, *outcomes: tuple[int, Outcome]) -> None:
        told = [SubmitOutcome(f"m-{self.campaign_id}-{seq}", what, f"p-{seq}") for seq, what in outcomes]
        self.workspace.ledger.settle(submission.id, told, NOW)

    def counts(self) -> dict[str, int]:
        found = self.workspace.inbox.counts(self.campaign_id)
        assert self.workspace.inbox.submitted(self.campaign_id) == found["submitted"], "what the fuse rests on"
        return {word: count for word, count in found.items() if count}
