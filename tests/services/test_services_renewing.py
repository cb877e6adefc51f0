"""Renewing the authorisation of an account that is connected: what was known of it stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.platform import Asked
from campaign_app.services.accounts import Accounts
from campaign_app.storage.secrets import SqlSecrets
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.market import ENTITY, OTHER, REGISTRY, SAID, Remote, accounts_of, asked, code_of, registry


@pytest.fixture
def remote() -> Remote:
    return Remote()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[bootstrap.App]:
    with bootstrap.open_app(fresh_folder(tmp_path / "workspace"), MemoryKeeper(KEY)) as made:
        yield made


@pytest.fixture
def accounts(app: bootstrap.App, remote: Remote) -> Accounts:
    return accounts_of(app, remote)


def test_a_renewal_leaves_the_source_of_consents_as_somebody_chose_it_meanwhile(
    accounts: Accounts, remote: Remote
) -> None:
    """Its dialog was opened before; what it would confirm by is gone by now."""
    former, now = registry(accounts, remote), registry(accounts, remote, key="another")
    shop = accounts.connect(asked(source=former.id), actor="王")
    accounts.take_consents_from(shop.id, now.id, actor="李")
    accounts.disconnect(former.id, actor="李")
    renewing = asked(source=former.id)
    renewed = accounts.keep(accounts.check(renewing), renewing, actor="王", renews=shop.id)
    assert (renewed.id, renewed.consent_account_id) == (shop.id, now.id)
    accounts.disconnect(shop.id, actor="王")
    assert code_of(lambda: accounts.connect(renewing, actor="王")) == "consent_source"
    assert accounts.connect(asked(source=None), actor="王").consent_account_id is None


@pytest.mark.parametrize("late", [False, True], ids=["before", "as it is written"])
def test_what_somebody_disconnected_meanwhile_is_not_renewed(
    accounts: Accounts, remote: Remote, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    """Nor comes back the source that the dialog was opened with: it may answer for nobody by now."""
    former, connects = registry(accounts, remote), SqlSecrets.connect
    shop = accounts.connect(asked(source=former.id), actor="王")
    accounts.take_consents_from(shop.id, None, actor="李")
    accounts.disconnect(former.id, actor="李")
    renewing = asked(source=former.id)
    report = accounts.check(renewing)
    if not late:
        accounts.disconnect(shop.id, actor="李")

    def once_disconnected(*given: Any) -> None:
        accounts.disconnect(shop.id, actor="李")
        connects(*given)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(SqlSecrets, "connect", once_disconnected if late else connects)
        assert code_of(lambda: accounts.keep(report, renewing, actor="王", renews=shop.id)) == "account_disconnected"
    (now,) = (each for each in accounts.all() if each.id == shop.id)
    assert (now.state, now.consent_account_id) == ("disconnected", None)
    assert code_of(lambda: accounts.private_key(shop.id)) == "account_disconnected"


def test_a_renewal_that_is_refused_changes_nothing(accounts: Accounts, remote: Remote) -> None:
    """Neither does it make an entity known that nobody has an account of, nor rename one."""
    known = registry(accounts, remote)
    before = accounts.entities()
    answer = replace(SAID, issuer_uscc=REGISTRY, entity_uscc=OTHER.uscc, entity_name=OTHER.name)
    renewing = Asked("consent_api", {"base_url": known.base_url, "key_id": known.key_id, "private_key": "new"})
    assert code_of(lambda: accounts.keep(answer, renewing, actor="王", renews=known.id)) == "other_entity"
    assert accounts.entities() == before
    renamed = replace(answer, entity_uscc=ENTITY.uscc, entity_name="别的名字", simulated=not known.simulated)
    assert code_of(lambda: accounts.keep(renamed, renewing, actor="王", renews=known.id)) == "simulation"
    assert accounts.entities() == before
    assert accounts.private_key(known.id) == "s"


def test_a_renewal_that_is_cut_off_changes_nothing(
    app: bootstrap.App, accounts: Accounts, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until when an old token holds is not what was typed with a new one."""
    shop = accounts.connect(asked(), actor="王")
    key = accounts.private_key(shop.id)
    renewing = replace(asked(), values={**asked().values, "token": "another", "authorised_until": "2030-01-01"})
    with monkeypatch.context() as cut:

        def killed(*_: object) -> None:
            raise OSError("cut")

        cut.setattr("campaign_app.storage.secrets.append_noted", killed)
        with pytest.raises(OSError, match="cut"):
            accounts.keep(accounts.check(renewing), renewing, actor="王", renews=shop.id)
    assert accounts.all() == (shop,)
    assert accounts.private_key(shop.id) == key
    accounts.keep(accounts.check(renewing), renewing, actor="王", renews=shop.id)
    assert accounts.private_key(shop.id) != key
