"""风向标: whose complaints rise, by campaign, signature and audience, against the period before, with the counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.complaint import SentCounts
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.domain.trend import Share, Turn, turn

PERIODS: Final = (7, 30, 90)  # days
_ORDER: Final[Mapping[Turn, int]] = {
    Turn.RISES: 0, Turn.STEADY: 1, Turn.FALLS: 2, Turn.NOTHING_SENT: 3, Turn.TOO_FEW: 4,
}  # fmt: skip


class By(StrEnum):
    CAMPAIGN = "campaign"
    SIGNATURE = "signature"
    AUDIENCE = "audience"


class TrendStore(Protocol):
    def counted(self, accounts: Sequence[int], since: datetime, until: datetime) -> SentCounts:
        """What these accounts carried, and who complained, from `since` until before `until`."""
        ...


@dataclass(frozen=True, slots=True)
class TrendRow:
    """`name`: of the campaign or signature, or under which the audience is saved; "" for an audience without one.

    `campaigns` are the names of those behind it.
    """

    name: str
    now: Share
    before: Share
    turn: Turn
    campaigns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trend:
    """`days` until `until`, against as many before. `unmatched`: complaints of (now, before) about no message."""

    by: By
    days: int
    until: datetime
    total: TrendRow
    rows: tuple[TrendRow, ...]
    unmatched: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Trends:
    """`saved` gives the audiences that have a name."""

    store: TrendStore
    campaigns: CampaignStore
    accounts: AccountStore
    saved: Callable[[], Mapping[str, Filter]]
    clock: Clock

    def of(self, by: By, days: int) -> Trend:
        """What rises stands first; of each, how many complaints of how many messages, now and before."""
        until, length = self.clock(), timedelta(days=days)
        shops = [account.id for account in self.accounts.accounts()]
        now = self.store.counted(shops, until - length, until)
        before = self.store.counted(shops, until - 2 * length, until - length)
        known = {campaign.id: campaign for campaign in self.campaigns.campaigns()}
        name = self._names(by)
        groups: dict[object, list[Campaign]] = {}
        for each in sorted({*now.sent, *now.complaints, *before.sent, *before.complaints}):
            if each in known:
                groups.setdefault(_key(by, known[each]), []).append(known[each])
        rows = [_row(name(group[0]), group, now, before) for group in groups.values()]
        rows.sort(key=lambda row: (_ORDER[row.turn], -(row.now.per_10000 or 0), -row.now.complaints, row.name))
        total = _row("", [campaign for group in groups.values() for campaign in group], now, before)
        return Trend(by, days, until, total, tuple(rows), (now.unmatched, before.unmatched))

    def _names(self, by: By) -> Callable[[Campaign], str]:
        if by is By.AUDIENCE:
            saved = {audience: name for name, audience in self.saved().items()}
            return lambda campaign: saved.get(campaign.audience, "")
        return lambda campaign: campaign.name if by is By.CAMPAIGN else campaign.signature


def _key(by: By, campaign: Campaign) -> object:
    if by is By.CAMPAIGN:
        return campaign.id
    return (campaign.entity_uscc, campaign.signature if by is By.SIGNATURE else campaign.audience)


def _row(name: str, group: Sequence[Campaign], now: SentCounts, before: SentCounts) -> TrendRow:
    shares = _share(group, now), _share(group, before)
    return TrendRow(name, *shares, turn(*shares), tuple(campaign.name for campaign in group))


def _share(group: Sequence[Campaign], counts: SentCounts) -> Share:
    return Share(
        sum(counts.complaints.get(each.id, 0) for each in group),
        sum(counts.sent.get(each.id, 0) for each in group),
        sum(counts.unchecked.get(each.id, 0) for each in group),
    )
