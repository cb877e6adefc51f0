"""Keys that a platform rotated to are kept with its account, and the audit names them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app.services.pinning import pin_for
from tests.helpers.shop import NOW, Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


def keys(*kids: str) -> str:
    return json.dumps({"keys": [{"kid": kid, "x": kid} for kid in kids]})


def test_rotated_keys_are_kept_and_named(shop: Shop) -> None:
    account = shop.add_account(0)
    pin = pin_for(account, store=shop.workspace.accounts, audit=shop.workspace.audit, clock=shop.clock)
    before = shop.workspace.accounts.account(account)
    pin(keys("a"))
    pin(keys("b", "c"))
    after = shop.workspace.accounts.account(account)
    assert after.pinned_keys == keys("b", "c")
    assert (after.label, after.entity_uscc, after.options) == (before.label, before.entity_uscc, before.options)
    newest, _ = [e for e in shop.workspace.audit.entries() if e.action == "account.keys_rotated"]
    assert newest.at == NOW
    assert newest.facts == {"account": account, "added": "b,c", "retired": "a"}
