"""A campaign that was really sent by way of a sandbox, and the two verifiers that are held to the same verdicts."""

from __future__ import annotations

import importlib.util
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from campaign_app import bootstrap
from campaign_app.domain.campaign import CampaignState
from campaign_app.evidence.checking import check
from campaign_app.evidence.verdict import Verdict
from tests.helpers.merchant import Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess

TOOLS = Path(__file__).parents[2] / "tools"


@dataclass(frozen=True)
class Sent:
    """A finished campaign; `numbers` are those of all customers, in full."""

    merchant: Merchant
    campaign: int
    numbers: frozenset[str]

    @property
    def app(self) -> bootstrap.App:
        return self.merchant.app

    def refs(self) -> list[tuple[int, str]]:
        """(account, reference) of everybody who was sent to."""
        store = self.app.workspace.evidence
        with store.sent(self.campaign) as windows:
            return [(each.account_id, each.ref) for window in windows for each in window.messages]


def sent_campaign(folder: Path, customers: int = 120) -> Iterator[Sent]:
    with SandboxProcess(customers=customers) as sandbox:
        merchant = open_merchant(folder, sandbox, batch_size=20)
        with merchant.app as app:
            merchant.start_worker()
            try:
                merchant.connect()
                campaign = merchant.new_campaign().id
                merchant.until(lambda: merchant.go_on(campaign) is CampaignState.DONE)
            finally:
                merchant.stop_worker()
            known = app.workspace.customers.by_ids(range(1, customers + 1)).values()
            yield Sent(merchant, campaign, frozenset(each.phone.digits for each in known if each.phone))


def lines(file: Path) -> list[str]:
    return zlib.decompress(file.read_bytes()).decode().splitlines()


def parsed(file: Path, kind: str = "") -> list[dict[str, Any]]:
    found = [json.loads(line) for line in lines(file)]
    return [line for line in found if kind in ("", line["t"])]


def packed(file: Path, texts: Sequence[str]) -> Path:
    file.write_bytes(zlib.compress("".join(f"{text}\n" for text in texts).encode()))
    return file


@cache
def tool(name: str = "verify_evidence") -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def both(texts: Sequence[str], head: str = "", keys: Any = None) -> tuple[Verdict, dict[str, Any]]:
    """What the program and the stand-alone verifier say."""
    return check(iter(texts), head=head, keys=keys), tool().verify(iter(texts), head, keys)


def agreed(texts: Sequence[str], head: str = "", keys: Any = None) -> bool:
    ours, theirs = both(texts, head, keys)
    assert ours.ok is theirs["ok"], (ours, theirs)
    return ours.ok
