"""Keys that a platform rotated to are kept with its account, and the audit names them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app.domain.errors import NotFound, RemoteUnavailable
from campaign_app.services.pinning import pin_for
from tests.helpers.shop import NOW, Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


def keys(*kids: str) -> str:
    return json.dumps({"keys": [{"kid": kid, "x": kid} for kid in kids]})


def test_rotated_keys_are_kept_and_named(shop: Shop) -> None:
    account = shop.add_account(0)
    pin = pin_for(account, store=shop.workspace.accounts, clock=shop.clock)
    before = shop.workspace.accounts.account(account)
    pin(before.pinned_keys, keys("a"))
    pin(keys("a"), keys("b", "c"))
    after = shop.workspace.accounts.account(account)
    assert after.pinned_keys == keys("b", "c")
    assert (after.label, after.entity_uscc, after.options) == (before.label, before.entity_uscc, before.options)
    newest, _ = [e for e in shop.workspace.audit.entries() if e.action == "account.keys_rotated"]
    assert newest.at == NOW
    assert newest.facts == {"account": account, "added": "b,c", "retired": "a"}


def test_who_connected_anew_meanwhile_keeps_the_keys_of_then(shop: Shop) -> None:
    account = shop.add_account(0)
    pin = pin_for(account, store=shop.workspace.accounts, clock=shop.clock)
    seen = shop.workspace.accounts.account(account).pinned_keys
    assert shop.workspace.accounts.pin_keys(account, seen, keys("typed"))
    with pytest.raises(RemoteUnavailable) as refused:
        pin(seen, keys("b"))
    assert (refused.value.code, shop.workspace.accounts.account(account).pinned_keys) == (
        "connected_anew",
        keys("typed"),
    )
    pin(seen, keys("typed"))  # another client followed the same rotation
    assert not [e for e in shop.workspace.audit.entries() if e.action == "account.keys_rotated"]


def test_a_rotation_does_not_bring_a_former_source_of_consents_back(shop: Shop) -> None:
    """Between the client's look at its keys and the end of its check a person chooses another source."""
    account, source = shop.add_account(0), shop.add_account(0, prefix="d")
    pin = pin_for(account, store=shop.workspace.accounts, clock=shop.clock)
    before = shop.workspace.accounts.account(account)
    shop.workspace.accounts.take_consents_from(account, source)
    pin(before.pinned_keys, keys("a"))
    after = shop.workspace.accounts.account(account)
    assert (after.consent_account_id, after.pinned_keys) == (source, keys("a"))


def test_another_source_of_consents_leaves_the_keys_as_they_are(shop: Shop) -> None:
    account, source = shop.add_account(0), shop.add_account(0, prefix="d")
    assert shop.workspace.accounts.pin_keys(account, "{}", keys("a"))
    shop.workspace.accounts.take_consents_from(account, source)
    assert shop.workspace.accounts.account(account).pinned_keys == keys("a")
    with pytest.raises(NotFound):
        shop.workspace.accounts.take_consents_from(99, source)
