"""What the sender accounts have filed is read from the vendors' simulators; one that is silent spoils no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Account, Entity
from campaign_app.services.accounts import secret_name
from tests.helpers.connected import connect
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import account_of


@pytest.fixture
def app(tmp_path: Path) -> Iterator[bootstrap.App]:
    with bootstrap.open_app(fresh_folder(tmp_path / "ws"), MemoryKeeper(KEY)) as made:
        yield made


def joined(app: bootstrap.App, sandbox: SandboxProcess, name: str, *, key: bool = True) -> Account:
    account, secret = account_of(sandbox, name)
    app.workspace.accounts.add_entity(Entity(account.entity_uscc, "安宁百货"))
    stored = app.workspace.accounts.add_account(account)
    if key:
        app.workspace.secrets.put(secret_name(stored.id), secret)
    return stored


def test_templates_come_with_state_text_variables_and_the_reason_of_a_refusal(app: bootstrap.App) -> None:
    with SandboxProcess(customers=20) as sandbox:
        aliyun, tencent = joined(app, sandbox, "aliyun"), joined(app, sandbox, "tencent")
        found = {each.account.id: each for each in app.templates.read()}
    assert found.keys() == {aliyun.id, tencent.id}
    points = next(each for each in found[tencent.id].templates if "积分本月底" in each.text)
    assert (points.status, points.kind, points.variables) == ("approved", "unknown", ("1", "2"))
    for account in (aliyun, tencent):
        refused = [each for each in found[account.id].templates if each.status == "rejected"]
        assert refused
        assert all(each.reason for each in refused)
        assert not any(each.reason for each in found[account.id].templates if each.status != "rejected")
    assert any(each.kind == "promotion" and each.usable for each in found[aliyun.id].templates)


def test_an_account_that_does_not_answer_is_named_and_one_without_templates_left_out(app: bootstrap.App) -> None:
    with SandboxProcess(customers=20) as sandbox:
        service = connect(sandbox)
        service.close()
        keyless = joined(app, sandbox, "aliyun", key=False)
        app.workspace.accounts.add_entity(Entity(service.account.entity_uscc, "安宁百货"))
        app.workspace.accounts.add_account(service.account)
        joined(app, sandbox, "tencent")
        found = {each.account.platform: each for each in app.templates.read()}
    assert found.keys() == {"aliyun", "tencent"}
    error = found["aliyun"].error
    assert error is not None
    assert (error.code, error.facts["account"]) == ("account_disconnected", keyless.id)
    assert found["tencent"].templates
