"""The services of a real workspace that plays by day, on a shop whose platform and sender are in memory.

Screening and sending run in the test's own process, step by step, where a worker would do them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from campaign_app import bootstrap, clocks, wiring
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.signature import Signature
from campaign_app.services.preflight import HEARTBEAT
from campaign_app.storage.workspace import open_workspace
from tests.fakes.remotes import ENTITY, FakeClock
from tests.helpers.shop import NOW, Shop, screen, shop_on

KEY = bytes(range(32))
CLEAN = "{name}您好，冬装上新，会员到店满300元减50元，11月30日前有效。拒收请回复R"
WARNED = CLEAN.replace("拒收请回复R", "回T退订")
FILED = Signature("安宁百货", ENTITY, "company", "approved", carrier_filed=True, scopes=("retail",))
# of ten people three may not be reached, each for a reason of their own
TRUTH: dict[str, dict[str, Any]] = {
    "c00001": {"status": ConsentStatus.NO_RECORD},
    "c00002": {"status": ConsentStatus.WITHDRAWN},
    "c00003": {"purposes": frozenset({"finance"})},
}


def open_by_day(made: Path, folder: Path) -> Iterator[bootstrap.App]:
    """`made` is an empty workspace that is copied to `folder`; it is ten on a Tuesday as it opens."""
    keeper = MemoryKeeper(KEY)
    workspace = open_workspace(Path(shutil.copytree(made, folder)), keeper)
    with wiring.wire(workspace, keeper, NOW - clocks.system_clock()) as app:
        yield app


@dataclass
class Staged:
    app: bootstrap.App
    shop: Shop
    account: int

    def draft(self, body: str = CLEAN, **changes: Any) -> Campaign:
        made = self.app.campaigns.create(
            name="双十一", entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="王"
        )
        return self.app.campaigns.edit(made.id, actor="王", signature="安宁百货", body=body, **changes)

    def screened(self, body: str = CLEAN) -> Campaign:
        made = self.draft(body)
        self.screen(made.id)
        return self.app.campaigns.get(made.id)

    def approved(self) -> Campaign:
        made = self.screened()
        ready = self.app.campaigns.funnel(made.id)["ok"]
        return self.app.campaigns.approve(made, recipients=ready, actor="李")

    def sent(self) -> Campaign:
        return self.let_go(self.approved())

    def let_go(self, made: Campaign) -> Campaign:
        """What was approved is sent."""
        self.app.campaigns.schedule(made.id, send_at=None, actor="李")
        self.shop.set_state(made.id, CampaignState.SENDING)
        self.shop.run(made.id)
        return self.app.campaigns.get(made.id)

    def screen(self, campaign_id: int) -> None:
        self.shop.clock.now = self.app.clock()
        screen(self.shop.context, campaign_id)

    def put_state(self, campaign_id: int, state: CampaignState, **changes: Any) -> None:
        known = self.app.campaigns.get(campaign_id)
        self.app.workspace.campaigns.update(replace(known, state=state, **changes), expected=known.state)

    def beat(self) -> None:
        """A worker's sign of life."""
        self.app.workspace.accounts.set_setting(HEARTBEAT, self.app.clock().isoformat())


def stage(app: bootstrap.App, people: int = 10) -> Staged:
    shop = shop_on(app.workspace, FakeClock(app.clock()))
    account = shop.add_account(people)
    shop.platforms[account].truth = dict(TRUTH)
    app.workspace.accounts.put_signatures(account, [FILED], app.clock())
    made = Staged(app, shop, account)
    made.beat()
    return made
