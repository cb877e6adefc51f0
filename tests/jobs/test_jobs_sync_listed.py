"""What a sync of a provider's account keeps besides its signatures: what is left there, and its templates."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.signature import FiledTemplate
from campaign_app.jobs import sync
from campaign_app.services.balances import balance_of
from campaign_app.services.fitting import fits
from campaign_app.services.situation import Fit
from tests.fakes.remotes import EVERYTHING, FakePlatform
from tests.helpers.shop import NOW, Shop


@dataclass
class Selling(FakePlatform):
    """A provider that says what is left, or fails to."""

    left: list[int | RemoteRefused | None] = field(default_factory=list)

    def parts_left(self) -> int | None:
        said = self.left.pop(0)
        if isinstance(said, RemoteRefused):
            raise said
        return said


def test_what_is_left_at_a_provider_is_kept_as_it_last_said(shop: Shop) -> None:
    account = shop.add_account(0)
    refused = RemoteRefused("permission", "No")
    shop.platforms[account] = Selling(account, shop.clock, [], left=[None, 700, refused, None, 0])
    seen = []
    for _ in range(5):
        sync.sync_signatures(shop.context, account)
        known = balance_of(shop.workspace.accounts, account)
        seen.append(None if known is None else (known.parts, known.at))
        shop.clock.advance(3_600)
    assert seen == [None, *[(700, NOW + timedelta(hours=1))] * 3, (0, NOW + timedelta(hours=4))]


@dataclass
class Filing(FakePlatform):
    """A provider that lists its templates, or fails to."""

    listed: list[tuple[FiledTemplate, ...] | RemoteRefused] = field(default_factory=list)

    def templates(self) -> tuple[FiledTemplate, ...]:
        said = self.listed.pop(0)
        if isinstance(said, RemoteRefused):
            raise said
        return said


def test_the_templates_of_a_provider_are_kept_as_it_last_listed_them(shop: Shop) -> None:
    account, store = shop.add_account(0), shop.workspace.accounts
    listed = FiledTemplate("T1", "promotion", "approved", text="上新", sends="${name}")
    said = [(listed,), RemoteRefused("permission", "No"), ()]
    shop.platforms[account] = Filing(account, shop.clock, [], offers=replace(EVERYTHING, templates=True), listed=said)
    seen = []
    for _ in range(3):
        sync.sync_signatures(shop.context, account)
        seen.append(fits(store, {account: ["【店】上新", "【店】清仓"]}, {account: account}, shop.clock()))
    assert seen == [{account: Fit(2, 1)}, {account: Fit(2, 1)}, {account: Fit(2, 2)}]
