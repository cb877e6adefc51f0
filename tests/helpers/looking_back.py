"""A shop that has sent a campaign by the real rules, and a look-back over it in this process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.lookback import Run, Scope
from campaign_app.domain.signature import Signature
from campaign_app.jobs import lookback
from campaign_app.services.sent_texts import LookedAt
from campaign_app.services.texts import Texts
from tests.fakes.remotes import ENTITY
from tests.helpers.desk import CLEAN, ENGINE
from tests.helpers.shop import Shop, open_shop

FILED = Signature(
    "安宁百货", ENTITY, "company", "approved", carrier_filed=True, scopes=("retail",), valid_until=date(2027, 12, 31)
)


@dataclass
class Hindsight:
    shop: Shop
    texts: Texts

    def account(self, people: int, **where: Any) -> int:
        account = self.shop.add_account(people, **where)
        self.sign(account)
        return account

    def sign(self, account: int, **changes: Any) -> None:
        self.shop.workspace.accounts.put_signatures(account, [replace(FILED, **changes)], self.shop.clock())

    def sent(self, body: str = CLEAN, **changes: Any) -> Campaign:
        """A campaign that everybody was sent whom the gate let through."""
        campaign = self.shop.campaign(body=body, **changes)
        self.shop.run(campaign.id)
        return campaign

    def begin(self, **scope: Any) -> Run:
        now = self.shop.clock()
        wanted = replace(Scope(now - timedelta(days=366), now + timedelta(seconds=1)), **scope)
        return self.shop.workspace.lookbacks.begin(wanted, asked_by="王", at=now)

    def look(self, **scope: Any) -> Run:
        run, walk = self.begin(**scope), lookback.Walk()
        while lookback.look_some(self.shop.context, run.id, 4, walk)[0]:
            pass
        lookback.end(self.shop.context, run.id)
        return self.shop.workspace.lookbacks.run(run.id)

    def later(self, **span: float) -> None:
        """The clock goes on; what accounts report of signatures is read anew."""
        self.shop.clock.now += timedelta(**span)

    def done(self, campaign: Campaign) -> None:
        assert self.shop.state(campaign.id)[0] is CampaignState.DONE


def reasons(run: Run) -> dict[tuple[str, str, str], int]:
    return {(group.reason, group.era, group.rules): group.messages for group in run.groups}


def open_hindsight(folder: Path, dialect: str = "sqlite") -> Iterator[Hindsight]:
    for shop in open_shop(folder, dialect):
        workspace = shop.workspace
        texts = Texts(
            engine=lambda: ENGINE,
            accounts=workspace.accounts,
            campaigns=workspace.campaigns,
            customers=workspace.customers,
        )
        shop.context = replace(shop.context, composer=texts, sent_texts=LookedAt(texts))
        yield Hindsight(shop, texts)
