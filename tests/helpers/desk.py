"""The campaign services over a shop with a real workspace and the real rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.errors import AppError
from campaign_app.domain.signature import Signature
from campaign_app.services.campaigns import Campaigns
from campaign_app.services.texts import Texts
from tests.fakes.remotes import ENTITY
from tests.helpers.rules import ENGINE
from tests.helpers.shop import NOW, Shop, open_shop, screen

CLEAN = "{name}您好，冬装上新，会员到店满300元减50元，11月30日前有效。拒收请回复R"


@dataclass
class Desk:
    """The services over one shop."""

    shop: Shop
    texts: Texts
    campaigns: Campaigns

    def made(self, body: str = CLEAN, **changes: Any) -> Campaign:
        made = self.campaigns.create(name="双十一", entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="王")
        return self.campaigns.edit(made.id, actor="王", signature="安宁百货", body=body, **changes)

    def screened(self, body: str = CLEAN) -> Campaign:
        made = self.made(body)
        self.campaigns.screen(made.id, actor="王")
        screen(self.shop.context, made.id)
        return self.campaigns.get(made.id)

    def approved(self) -> Campaign:
        screened = self.screened()
        ready = self.campaigns.funnel(screened.id)["ok"]
        return self.campaigns.approve(screened, recipients=ready, actor="李")


def open_desk(folder: Path) -> Iterator[Desk]:
    for shop in open_shop(folder):
        account = shop.add_account(5)
        filed = Signature("安宁百货", ENTITY, "company", "approved", carrier_filed=True, scopes=("retail",))
        shop.workspace.accounts.put_signatures(account, [replace(filed, valid_until=date(2027, 12, 31))], NOW)
        workspace = shop.workspace
        texts = Texts(
            engine=lambda: ENGINE,
            accounts=workspace.accounts,
            campaigns=workspace.campaigns,
            customers=workspace.customers,
        )
        shop.context = replace(shop.context, composer=texts)
        store, inbox = workspace.campaigns, workspace.inbox
        campaigns = Campaigns(store=store, inbox=inbox, texts=texts, audit=workspace.audit, clock=shop.clock)
        yield Desk(shop, texts, campaigns)


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        action()
    return caught.value.code
