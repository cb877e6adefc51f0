"""JD, Pinduoduo and Meituan connected in one workspace, each with the consent service of the same entity."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from campaign_app import bootstrap
from campaign_app.bootstrap import App
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.platform import Asked, consent_api
from campaign_app.platforms import client_of
from campaign_app.storage.secrets import AccountSecrets
from tests.helpers.connected import no_wait
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import everybody, jd_calls, trouble


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=200) as running:
        yield running


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with bootstrap.create_app(tmp_path / "ws", MemoryKeeper(bytes(range(32)))) as opened:
        yield opened


def connect(app: App, sandbox: SandboxProcess, name: str) -> Account:
    said = sandbox.shops[0]
    asked = consent_api(base_url=sandbox.url, key_id=said.key_id, private_key=said.private_key)
    known = next((each for each in app.accounts.all() if each.platform == "consent_api"), None)
    endpoint = known or app.accounts.connect(asked, actor="test")
    typed = {"base_url": sandbox.url, "oauth_url": f"{sandbox.url}/jd", **sandbox.ready["vendors"][name]}
    entity = Entity(endpoint.entity_uscc, "安宁百货有限公司")
    return app.accounts.connect(Asked(name, typed, entity, endpoint.id), actor="test")


def client(app: App, account: Account) -> Any:
    secrets = AccountSecrets(app.workspace.secrets)
    stored = app.workspace.accounts.account
    made = client_of(
        account, secrets.get(account.id), app.clock, secrets=secrets, account_of=stored, wait=no_wait
    )  # fmt: skip
    return closing(cast("Any", made))


def test_all_three_are_connected_and_can_what_they_can(app: App, sandbox: SandboxProcess) -> None:
    accounts = [connect(app, sandbox, name) for name in ("jd", "pinduoduo", "meituan")]
    assert [account.issuer_uscc for account in accounts] == ["jd.com", "pinduoduo.com", "meituan.com"]
    for account in accounts:
        assert app.accounts.test(account.id).ok
        assert account.simulated
        with client(app, account) as made:
            assert made.capabilities().consent_lookup, "by the consent service"
            assert not made.capabilities().signatures


def test_the_consent_service_confirms_and_jd_takes_it_back(app: App, sandbox: SandboxProcess) -> None:
    account = connect(app, sandbox, "jd")
    with client(app, account) as made:
        member, lapsed = everybody(made)[:2]
        for ref in (member, lapsed):
            sandbox.set_consent("S1", ref, "confirmed")
        jd_calls(sandbox, lapsed, 3)
        facts = made.consents([CustomerRef(account.id, ref) for ref in (member, lapsed)]).facts
    assert [(fact.status, fact.note) for fact in facts.values()] == [
        (ConsentStatus.CONFIRMED, ""),
        (ConsentStatus.UNKNOWN, "not_a_member"),
    ]


@pytest.mark.parametrize("name", ["jd", "pinduoduo"])
def test_a_token_that_is_renewed_is_in_the_workspace(app: App, sandbox: SandboxProcess, name: str) -> None:
    account = connect(app, sandbox, name)
    before = AccountSecrets(app.workspace.secrets).get(account.id)
    trouble(sandbox, name, expire=True)
    with client(app, account) as made:
        assert made.check_connection().ok
    assert AccountSecrets(app.workspace.secrets).get(account.id) != before
    assert app.accounts.test(account.id).ok, "whoever is next uses the new one"
