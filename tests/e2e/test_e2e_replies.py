"""A refusal by reply: suppressed by the poll that brings it, told to the platform, and marked in the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign_app import bootstrap, working
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.consent import ConsentStatus, CustomerRef, SuppressionKind
from campaign_app.domain.customer import Account, Entity
from campaign_app.jobs import poll, sync, telling
from campaign_app.jobs.stores import Context
from campaign_app.services.accounts import secret_name
from campaign_app.storage.schema_sending import inbound
from tests.helpers.connected import connect
from tests.helpers.sandbox import SandboxProcess

REFUSALS = ("R", "t", "ＴＤ", "N。", "QX", "退订", "退訂", "t d", "回复TD", "请勿再发", "推订")
OTHERS = ("2", "怎么退货？", "N95有吗", "好的")


@dataclass
class Place:
    sandbox: SandboxProcess
    app: bootstrap.App
    context: Context
    shop: Account


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with (
        SandboxProcess(customers=200, seed=5) as sandbox,
        bootstrap.create_app(tmp_path / "ws", MemoryKeeper(bytes(32))) as app,
    ):
        service = connect(sandbox)
        service.close()
        store = app.workspace.accounts
        store.add_entity(Entity(service.account.entity_uscc, "安宁百货有限公司（模拟）"))
        shop = store.add_account(service.account)
        app.workspace.secrets.put(secret_name(shop.id), sandbox.shops[0].private_key)
        context = replace(working.worker_context(app.workspace, app.clock), wait=lambda _: None)
        sync.begin_walk(context, shop.id, full=False)
        while sync.sync_page(context, shop.id).more:
            pass
        yield Place(sandbox, app, context, shop)
        for client in (context.remotes.platform(shop.id), context.remotes.gateway(shop.id, "retail")):
            client.close()  # type: ignore[attr-defined]


def test_one_poll_suppresses_every_refusal_and_no_other_and_the_platform_is_told(place: Place) -> None:
    stores, shop = place.app.workspace, place.shop
    refs = [row["ref"] for row in place.sandbox.client().pages("/v1/customers", "customers")]
    texts = dict(zip(refs, REFUSALS + OTHERS, strict=False))
    refused = set(refs[: len(REFUSALS)])
    platform = place.context.remotes.platform(shop.id)
    for ref, text in texts.items():
        place.sandbox.set_consent("S1", ref, "confirmed")
        place.sandbox.reply("S1", ref, text)

    assert poll.poll_inbound(place.context, shop.id) == len(texts)
    keys = {ref: stores.phone_keys.of_ref(CustomerRef(shop.id, ref)) for ref in texts}
    marks = stores.suppressions.active(shop.entity_uscc, list(keys.values()))
    found = {ref for ref, key in keys.items() if {m.kind for m in marks.get(key, ())} == {SuppressionKind.OPT_OUT}}
    assert found == refused
    with stores.database.read() as connection:
        marked = {row.ref for row in connection.execute(sa.select(inbound).where(inbound.c.opt_out == 1))}
        kept = {row.ref: row.text for row in connection.execute(sa.select(inbound))}
    assert (marked, kept) == (refused, texts)

    assert telling.tell_opt_outs(place.context, shop.id) == len(refused)
    assert place.app.opt_outs.untold() == {}
    facts = platform.consents([CustomerRef(shop.id, ref) for ref in texts]).facts
    withdrawn = {ref.ref for ref, fact in facts.items() if fact.status is ConsentStatus.WITHDRAWN}
    assert withdrawn >= refused
