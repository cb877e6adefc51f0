"""Connecting: looked at before it is stored, and what a person said of an entity outlives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, NotFound, RemoteRefused
from campaign_app.domain.platform import Asked, consent_api
from campaign_app.services.pinning import pin_for
from campaign_app.storage.secrets import SqlSecrets
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.sandbox import SandboxProcess, SandboxShop


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=50) as running:
        yield running


@pytest.fixture
def app(tmp_path: Path) -> Iterator[bootstrap.App]:
    with bootstrap.open_app(fresh_folder(tmp_path / "workspace"), MemoryKeeper(KEY)) as made:
        yield made


def keys(sandbox: SandboxProcess, shop: SandboxShop, key: str = "") -> Asked:
    return consent_api(base_url=sandbox.url, key_id=shop.key_id, private_key=key or shop.private_key)


def connect(app: bootstrap.App, sandbox: SandboxProcess) -> Account:
    return app.accounts.connect(keys(sandbox, sandbox.shops[0]), actor="test")


def test_a_look_stores_nothing(app: bootstrap.App, sandbox: SandboxProcess) -> None:
    report = app.accounts.check(keys(sandbox, sandbox.shops[0]))
    assert (report.entity_uscc, report.simulated) == (sandbox.shops[0].entity_uscc, True)
    assert app.accounts.all() == ()
    assert app.accounts.entities() == ()


def test_what_was_looked_at_is_what_is_kept(app: bootstrap.App, sandbox: SandboxProcess) -> None:
    asked = keys(sandbox, sandbox.shops[0])
    account = app.accounts.keep(app.accounts.check(asked), asked, actor="test")
    assert app.accounts.all() == (account,)
    assert app.accounts.private_key(account.id) == sandbox.shops[0].private_key
    assert app.accounts.test(account.id).ok


def test_a_key_that_the_platform_does_not_know_is_refused_before_anything_is_stored(
    app: bootstrap.App, sandbox: SandboxProcess
) -> None:
    with pytest.raises(RemoteRefused):
        app.accounts.check(keys(sandbox, sandbox.shops[0], sandbox.shops[1].private_key))
    assert app.accounts.all() == ()


def test_an_account_is_connected_once(app: bootstrap.App, sandbox: SandboxProcess) -> None:
    connect(app, sandbox)
    with pytest.raises(NotAllowed) as caught:
        connect(app, sandbox)
    assert caught.value.code == "account_exists"


def test_an_account_gets_a_new_key_while_it_stays_connected(app: bootstrap.App, sandbox: SandboxProcess) -> None:
    account = connect(app, sandbox)
    app.workspace.secrets.put(f"account.{account.id}.key", "an old one")
    asked = keys(sandbox, sandbox.shops[0])
    renewed = app.accounts.keep(app.accounts.check(asked), asked, actor="test", renews=account.id)
    assert app.accounts.all() == (renewed,) == (account,)
    assert app.accounts.private_key(account.id) == sandbox.shops[0].private_key
    other = keys(sandbox, sandbox.shops[1])
    assert app.accounts.keep(app.accounts.check(other), other, actor="test", renews=account.id).id != account.id, (
        "another shop's key renews nothing"
    )


def test_whoever_is_cut_off_as_they_connect_leaves_no_account_without_its_key(
    app: bootstrap.App, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is connected and cannot be asked would keep everything of its entity from being sent."""
    with monkeypatch.context() as cut:

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        cut.setattr(SqlSecrets, "connect", killed)
        with pytest.raises(KeyboardInterrupt):
            connect(app, sandbox)
    assert "connected" not in {account.state for account in app.accounts.all()}
    account = connect(app, sandbox)
    assert app.accounts.all() == (account,)
    assert (account.state, app.accounts.private_key(account.id)) == ("connected", sandbox.shops[0].private_key)


def test_the_last_entry_says_whether_an_account_is_connected(
    app: bootstrap.App, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else disconnects it at the very moment at which it is connected anew."""
    account, connects = connect(app, sandbox), SqlSecrets.connect

    def then_cut(*given: Any) -> None:
        connects(*given)
        app.accounts.disconnect(account.id, actor="another")

    monkeypatch.setattr(SqlSecrets, "connect", then_cut)
    asked = keys(sandbox, sandbox.shops[0])
    seen = app.accounts.keep(app.accounts.check(asked), asked, actor="test", renews=account.id)
    assert (seen.state, app.workspace.audit.entries()[0].action) == ("disconnected", "account.disconnected")


def test_keys_that_a_worker_follows_as_somebody_connects_anew_are_not_forgotten(
    app: bootstrap.App, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they have signed by then is proved by them."""
    account, writes = connect(app, sandbox), SqlSecrets.connect
    pin = pin_for(account.id, store=app.workspace.accounts, clock=app.clock)
    known = json.loads(account.pinned_keys)["keys"]

    def once_followed(*given: Any) -> None:
        pin(account.pinned_keys, json.dumps({"keys": [*known, {"kid": "followed", "x": "x"}]}))
        writes(*given)

    monkeypatch.setattr(SqlSecrets, "connect", once_followed)
    asked = keys(sandbox, sandbox.shops[0])
    seen = app.accounts.keep(app.accounts.check(asked), asked, actor="test", renews=account.id)
    assert json.loads(seen.pinned_keys) == {"keys": known, "retired": [{"kid": "followed", "x": "x"}]}


def test_what_a_person_said_of_an_entity_outlives_a_new_connection(app: bootstrap.App, sandbox: SandboxProcess) -> None:
    account = connect(app, sandbox)
    described = app.accounts.describe_entity(
        account.entity_uscc, kind="institution", licences={"finance": True}, actor="test"
    )
    assert described.licences == ("finance",)
    app.accounts.disconnect(account.id, actor="test")
    connect(app, sandbox)
    assert app.accounts.entities() == (described,)
    (entry,) = (e for e in app.workspace.audit.entries() if e.action == "entity.described")
    assert entry.facts == {"uscc": account.entity_uscc, "kind": "institution", "licences": "finance"}


def test_an_entity_that_is_not_there_cannot_be_described(app: bootstrap.App) -> None:
    with pytest.raises(NotFound):
        app.accounts.describe_entity("91330100MA0000000X", kind="enterprise", actor="test")
