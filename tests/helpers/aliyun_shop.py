"""A workspace with a shop of the Platform Consent API whose messages an Aliyun account of the same entity carries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from campaign_app import bootstrap, working
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Account, Entity
from campaign_app.jobs import dispatch, sync
from campaign_app.jobs.stores import Context
from campaign_app.services.accounts import secret_name
from tests.helpers.connected import clock, connect
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shop import screen
from tests.helpers.vendors import account_of, trouble

BODY = "您好，冬装上新，会员到店满300元减50元，拒收请回复R"
KEY = bytes(32)


@dataclass
class Workspace:
    sandbox: SandboxProcess
    app: bootstrap.App
    context: Context
    shop: Account
    sender: Account

    def campaign(self, body: str) -> Campaign:
        """Screened and being sent; its window is open whatever the time is."""
        store = self.app.workspace.campaigns
        base = Campaign(0, "双十一", self.shop.entity_uscc, "retail", Filter(), "安宁百货", body)
        made = store.create(replace(base, window_end=clock() + timedelta(hours=2)))
        screen(self.context, made.id)
        sending = replace(store.campaign(made.id), state=CampaignState.SENDING)
        store.update(sending, expected=CampaignState.SCREENED)
        return sending

    def run(self, campaign_id: int) -> dispatch.BatchResult:
        result = dispatch.BatchResult(dispatch.Step.ON, -1)
        while result.step is dispatch.Step.ON:
            result = dispatch.run_batch(self.context, campaign_id, result.after)
            if result.step is dispatch.Step.END:
                result = dispatch.finish(self.context, campaign_id)
        return result

    def counts(self, campaign_id: int) -> dict[str, int]:
        return self.app.workspace.inbox.counts(campaign_id)


@contextmanager
def aliyun_shop(folder: Path, sandbox: SandboxProcess, **changed: str) -> Iterator[Workspace]:
    """`changed` are other values for the fields of the Aliyun account."""
    with bootstrap.create_app(folder, MemoryKeeper(KEY)) as app:
        service = connect(sandbox)
        service.close()
        app.rules.switch_off("TIM-002", reason="今天可能是节假日", actor="王")
        store, secrets = app.workspace.accounts, app.workspace.secrets
        store.add_entity(Entity(service.account.entity_uscc, "安宁百货有限公司（模拟）"))
        shop = store.add_account(service.account)
        secrets.put(secret_name(shop.id), sandbox.shops[0].private_key)
        account, secret = account_of(sandbox, "aliyun", **changed)
        sender = store.add_account(account)
        secrets.put(secret_name(sender.id), secret)
        app.accounts.send_through(shop.id, sender.id, actor="王")
        context = replace(working.worker_context(app.workspace, app.clock), wait=lambda _: None)
        store.put_signatures(sender.id, context.remotes.platform(sender.id).signatures(), clock())
        trouble(sandbox, "aliyun", template=f"${{name}}{BODY}")
        sync.begin_walk(context, shop.id, full=False)
        while sync.sync_page(context, shop.id).more:
            pass
        yield Workspace(sandbox, app, context, store.account(shop.id), sender)
        for account_id in (shop.id, sender.id):
            for client in (
                context.remotes.platform(account_id),
                *(context.remotes.gateway(account_id, purpose) for purpose in ("", "retail")),
            ):
                client.close()
