"""A person's word on signatures and templates that a platform does not show: kept, audited, and void with a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from campaign_app.domain.errors import NotFound, SettingsError
from campaign_app.services.stated import StatedTemplates, is_checked
from tests.helpers.connect_again import connect_again
from tests.helpers.shop import Shop, open_shop

TYPED = {"signatures": "安宁百货", "templates": "12=上新，退订回T"}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


def stated(shop: Shop) -> StatedTemplates:
    return StatedTemplates(shop.workspace.accounts, shop.context.clock)


def typed(shop: Shop, account_id: int, **options: str) -> None:
    store = shop.workspace.accounts
    connect_again(store, replace(store.account(account_id), options=options))


def test_the_word_holds_for_just_what_was_typed(shop: Shop) -> None:
    account, word = shop.add_account(1), stated(shop)
    typed(shop, account, **TYPED)
    assert not word.is_checked(account)
    word.record(account, actor="王")
    assert word.is_checked(account)
    typed(shop, account, **TYPED, client_id="7")
    assert word.is_checked(account), "what else is typed is none of it"
    typed(shop, account, **{**TYPED, "templates": "12=上新啦，退订回T"})
    assert not is_checked(shop.workspace.accounts, shop.workspace.accounts.account(account))
    typed(shop, account, **TYPED)
    word.record(account, actor="王", checked=False)
    assert not word.is_checked(account)
    entries = [entry for entry in shop.workspace.audit.entries() if entry.action == "account.templates_checked"]
    assert [(entry.actor, entry.facts["checked"]) for entry in entries] == [("王", False), ("王", True)]


@pytest.mark.parametrize("missing", TYPED)
def test_where_nothing_is_typed_there_is_nothing_to_compare(shop: Shop, missing: str) -> None:
    account, word = shop.add_account(1), stated(shop)
    typed(shop, account, **{**TYPED, missing: ""})
    with pytest.raises(SettingsError) as refused:
        word.record(account, actor="王")
    assert (refused.value.code, word.is_checked(account)) == ("nothing_stated", False)
    with pytest.raises(NotFound):
        word.record(account + 999, actor="王")
