"""A Taobao shop in a real workspace: a consent service confirms, Taobao takes back; without it nobody passes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from campaign_app import bootstrap, working
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import Account, Entity
from campaign_app.jobs import sync
from campaign_app.jobs.stores import Context
from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.top_members import Members
from campaign_app.services.accounts import secret_name
from campaign_app.words import load
from tests.helpers.connected import clock, connect
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shop import screen
from tests.helpers.top import connect_top, top_account, truth

PEOPLE, SEED = 400, 11


@dataclass
class Workspace:
    sandbox: SandboxProcess
    app: bootstrap.App
    context: Context
    shop: Account

    def funnel(self) -> dict[str, int]:
        campaigns = self.app.campaigns
        made = campaigns.create(
            name="双十一", entity_uscc=self.shop.entity_uscc, purpose="retail", audience=Filter(), actor="test"
        )
        campaigns.screen(made.id, actor="test")
        screen(self.context, made.id)
        return self.app.workspace.campaigns.funnel(made.id)

    def refs(self, reason: str, campaign_id: int) -> set[str]:
        store = self.app.workspace.campaigns
        ids = [customer for _, customer, _ in store.members_by_reason(campaign_id, reason, -1, 10_000)]
        return {customer.ref for customer in self.app.workspace.customers.by_ids(ids).values()}

    def confirmed_by(self, account_id: int | None) -> None:
        self.app.workspace.accounts.take_consents_from(self.shop.id, account_id)


@pytest.fixture
def taobao(tmp_path: Path) -> Iterator[Workspace]:
    """The shop and a consent service of the same entity; only the shop's customers are synced."""
    with (
        SandboxProcess(customers=PEOPLE, seed=SEED) as sandbox,
        bootstrap.create_app(tmp_path / "ws", MemoryKeeper(bytes(32))) as app,
    ):
        service = connect(sandbox)
        service.close()
        store, secrets = app.workspace.accounts, app.workspace.secrets
        store.add_entity(Entity(service.account.entity_uscc, "安宁百货有限公司（模拟）"))
        endpoint = store.add_account(service.account)
        secrets.put(secret_name(endpoint.id), sandbox.shops[0].private_key)
        account, tokens = top_account(sandbox)
        shop = store.add_account(replace(account, consent_account_id=endpoint.id))
        secrets.put(secret_name(shop.id), json.dumps(tokens))
        context = working.worker_context(app.workspace, app.clock)
        sync.begin_walk(context, shop.id, full=False)
        while sync.sync_page(context, shop.id).more:
            pass
        yield Workspace(sandbox, app, context, shop)
        for account_id in (endpoint.id, shop.id):
            for client in (context.remotes.platform(account_id), context.remotes.gateway(account_id, "retail")):
                getattr(client, "close", lambda: None)()


def oracle(taobao: Workspace) -> set[str]:
    """Who agreed to retail messages by this entity and whom Taobao has nothing against, apart from the program."""
    platform = Platform(SandboxConfig(clock=clock, customers=PEOPLE, seed=SEED))
    shop, vetoed = platform.config.shops[0], truth(connect_top(taobao.sandbox), SEED, PEOPLE)
    refs = platform.population.refs(shop, range(shop.size))
    truths = platform.truth_of(shop, refs)
    now = clock().timestamp()
    return {ref for ref, said in zip(refs, truths, strict=True) if said.confirms("retail", now) and not vetoed(ref)}


def test_the_service_confirms_and_taobao_takes_back(taobao: Workspace) -> None:
    funnel = taobao.funnel()
    expected = oracle(taobao)
    (campaign,) = taobao.app.workspace.campaigns.campaigns()
    assert sum(funnel.values()) == PEOPLE - PEOPLE // 5
    assert taobao.refs("ok", campaign.id) == expected
    assert len(expected) > 50
    assert {"no_record", "withdrawn", "default_consent", "wrong_purpose", "unknown"} <= set(funnel)
    assert taobao.context.remotes.gateway(taobao.shop.id, "retail").capabilities.simulated


def on_the_blacklist() -> int:
    """How many of the shop's people Taobao has on it, whom the sync suppressed, with a service or without."""
    platform = Platform(SandboxConfig(clock=clock, customers=PEOPLE, seed=SEED))
    members, shop = Members(platform), platform.config.shops[0]
    return sum(members.of(shop, index).status == "blacklist" for index in range(shop.size))


def minors_by_the_service(taobao: Workspace) -> int:
    """Of those whom Taobao does not have on its blacklist either: each of the two is a reason of its own."""
    platform = Platform(SandboxConfig(clock=clock, customers=PEOPLE, seed=SEED))
    members, shop = Members(platform), platform.config.shops[0]
    listed = taobao.sandbox.client("S1").pages("/v1/customers", "customers")
    return sum(
        members.of(shop, platform.population.index_of(shop, row["ref"]) or 0).status != "blacklist"
        for row in listed
        if row["minor"]
    )


def test_without_the_service_nobody_passes_and_the_program_says_why(taobao: Workspace) -> None:
    taobao.confirmed_by(None)
    blacklisted, minors = on_the_blacklist(), minors_by_the_service(taobao)
    found, people = taobao.funnel(), PEOPLE - PEOPLE // 5
    # the service named the minors when it told their numbers; Taobao names none
    assert (found["minor"], found["withdrawn"]) == (minors, blacklisted)
    assert found["unknown"] == people - blacklisted - minors
    (campaign,) = taobao.app.workspace.campaigns.campaigns()
    store = taobao.app.workspace.campaigns
    ids = [customer for _, customer, _ in store.members_by_reason(campaign.id, "unknown", -1, 10_000)]
    facts = [fact for _, fact in taobao.app.workspace.facts.latest(ids).values()]
    assert {(fact.status, fact.note) for fact in facts} == {(ConsentStatus.UNKNOWN, "no_consent_api")}
    assert "未提供短信同意查询接口" in load("zh_CN").term("fact_note", facts[0].note)
    assert taobao.context.remotes.gateway(taobao.shop.id, "retail").reports("").items == ()
    checks = {check.key: check for check in taobao.app.preflights.look(campaign.id).checks}
    assert checks["recipients"].code == "nobody_confirms"
    assert taobao.shop.label in str(checks["recipients"].facts["names"])


def test_a_service_that_is_set_later_counts_from_then_on(taobao: Workspace) -> None:
    taobao.confirmed_by(None)
    assert "ok" not in taobao.funnel()
    taobao.confirmed_by(taobao.shop.consent_account_id)
    assert taobao.funnel()["ok"] == len(oracle(taobao))


def test_a_renewed_session_is_in_the_workspace(taobao: Workspace) -> None:
    secrets, name = taobao.app.workspace.secrets, secret_name(taobao.shop.id)
    before = json.loads(secrets.get(name) or "{}")
    connect_top(taobao.sandbox).order(expire=True)
    sync.begin_walk(taobao.context, taobao.shop.id, full=True)
    sync.sync_page(taobao.context, taobao.shop.id)
    after = json.loads(secrets.get(name) or "{}")
    assert before["session"] != after["session"]
    assert before["app_secret"] == after["app_secret"]
    assert taobao.app.accounts.test(taobao.shop.id).ok
