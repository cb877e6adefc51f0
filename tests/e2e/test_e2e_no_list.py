"""Shops whose platform lists nobody (Pinduoduo, Meituan): the consent service says who there is, and who agreed."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_app import bootstrap, working
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.platform import Asked, consent_api
from campaign_app.jobs import sync
from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import Platform
from tests.helpers.connected import clock
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shop import screen

PEOPLE, SEED = 200, 11


def connected(app: bootstrap.App, sandbox: SandboxProcess, platform: str) -> Account:
    """As the window connects both: the service first, then the shop that takes its consents from there."""
    said = sandbox.shops[0]
    typed = consent_api(base_url=sandbox.url, key_id=said.key_id, private_key=said.private_key)
    endpoint = app.accounts.connect(typed, actor="test")
    (entity,) = app.accounts.entities()
    values = {str(name): str(value) for name, value in sandbox.ready["vendors"][platform].items()}
    shop = Asked(platform, values, Entity(entity.uscc, entity.name), endpoint.id)
    return app.accounts.connect(shop, actor="test")


def oracle() -> set[str]:
    platform = Platform(SandboxConfig(clock=clock, customers=PEOPLE, seed=SEED))
    shop = platform.config.shops[0]
    refs = platform.population.refs(shop, range(shop.size))
    truths, now = platform.truth_of(shop, refs), clock().timestamp()
    return {ref for ref, said in zip(refs, truths, strict=True) if said.confirms("retail", now)}


@pytest.mark.parametrize("platform", ["pinduoduo", "meituan"])
def test_the_service_lists_whom_it_confirms(platform: str, tmp_path: Path) -> None:
    with (
        SandboxProcess(customers=PEOPLE, seed=SEED) as sandbox,
        bootstrap.create_app(tmp_path / "ws", MemoryKeeper(bytes(32))) as app,
    ):
        shop = connected(app, sandbox, platform)
        context = working.worker_context(app.workspace, app.clock)
        sync.begin_walk(context, shop.id, full=False)
        while sync.sync_page(context, shop.id).more:
            pass
        campaign = app.campaigns.create(
            name="双十一", entity_uscc=shop.entity_uscc, purpose="retail", audience=Filter(), actor="test"
        )
        app.campaigns.screen(campaign.id, actor="test")
        screen(context, campaign.id)
        store = app.workspace.campaigns
        funnel = store.funnel(campaign.id)
        ids = [customer for _, customer, _ in store.members_by_reason(campaign.id, "ok", -1, 10_000)]
        expected = oracle()
        assert sum(funnel.values()) == PEOPLE - PEOPLE // 5
        assert {one.ref for one in app.workspace.customers.by_ids(ids).values()} == expected
        assert len(expected) > 20
        for client in (context.remotes.platform(shop.id), context.remotes.gateway(shop.id, "retail")):
            getattr(client, "close", lambda: None)()
