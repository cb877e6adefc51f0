"""A shop with a real encrypted workspace and fake remotes, for the tests of jobs and services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from campaign_app.consent import Policy
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Account, Customer, Entity, PlatformCustomer
from campaign_app.domain.message import Composed
from campaign_app.domain.phone import Phone
from campaign_app.jobs import dispatch, fencing, screening, stopping, sync
from campaign_app.jobs.stores import Context, Remotes, Stores
from campaign_app.jobs.worker import WORK
from campaign_app.storage.schema_sending import ledger
from campaign_app.storage.workspace import Workspace
from tests.fakes.remotes import ENTITY, ISSUER, FakeClock, FakeGateway, FakePlatform
from tests.helpers.fresh import KEY, fresh_workspace

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)


@dataclass
class FakeComposer:
    """Renders the name into the body; texts that contain one of `banned` are blocked, `odd` words bring warnings.

    `everybodys` rules block all of them, as that of the hour does after the campaign's window.
    """

    banned: set[str] = field(default_factory=set)
    odd: dict[str, str] = field(default_factory=dict)
    everybodys: set[str] = field(default_factory=set)

    def messages(self, campaign: Campaign, customers: Sequence[Customer], now: datetime) -> list[Composed]:
        texts = [f"【安宁百货】{campaign.body.replace('{name}', c.name)}" for c in customers]
        late = campaign.window_end is not None and now >= campaign.window_end
        everybodys = self.everybodys | ({"TIM-001"} if late else set()) | self._banned(campaign.body)
        return [self._composed(text, everybodys) for text in texts]

    def _composed(self, text: str, everybodys: set[str]) -> Composed:
        warned = frozenset(rule for word, rule in self.odd.items() if word in text)
        return Composed(text, frozenset(everybodys | self._banned(text)), warned, "v1", frozenset(everybodys))

    def _banned(self, text: str) -> set[str]:
        return {"BAN-001"} if any(word in text for word in self.banned) else set()


@dataclass
class Shop:
    """Everything that a test of the jobs needs; `mute` are accounts whose platform is no sender."""

    workspace: Workspace
    clock: FakeClock
    platforms: dict[int, FakePlatform]
    gateways: dict[int, FakeGateway]
    composer: FakeComposer
    context: Context
    waits: list[float]
    mute: set[int] = field(default_factory=set)

    def add_account(self, people: int, *, first_phone: int = 0, prefix: str = "c") -> int:
        account = self.workspace.accounts.add_account(
            Account(
                0, "fake", f"店{prefix}", f"http://127.0.0.1/{prefix}", ENTITY, ISSUER, "登记处", prefix, True, "{}"
            )
        )
        self.platforms[account.id] = FakePlatform(
            account.id, self.clock, [person(prefix, i, first_phone) for i in range(people)]
        )
        self.gateways[account.id] = FakeGateway(account.id)
        if people:
            self.sync(account.id)
        return account.id

    def sync(self, account_id: int, *, full: bool = False) -> None:
        sync.begin_walk(self.context, account_id, full=full)
        while sync.sync_page(self.context, account_id).more:
            pass

    def campaign(
        self, *, state: CampaignState = CampaignState.SENDING, screened: bool = True, **changes: Any
    ) -> Campaign:
        base = Campaign(0, "双十一", ENTITY, "retail", Filter(), "安宁百货", "{name}您好，拒收请回复R")
        base = replace(base, window_end=self.clock() + timedelta(hours=12))
        made = self.workspace.campaigns.create(replace(base, **changes))
        if screened:
            screen(self.context, made.id)
        moved = replace(self.workspace.campaigns.campaign(made.id), state=state)
        self.workspace.campaigns.update(moved, expected=CampaignState.SCREENED if screened else CampaignState.DRAFT)
        return moved

    def set_state(self, campaign_id: int, state: CampaignState) -> None:
        campaign = self.workspace.campaigns.campaign(campaign_id)
        self.workspace.campaigns.update(replace(campaign, state=state), expected=campaign.state)

    def run(self, campaign_id: int) -> dispatch.BatchResult:
        """Batches and the finish, as the flow does it."""
        result = dispatch.BatchResult(dispatch.Step.ON, -1)
        while result.step is dispatch.Step.ON:
            result = dispatch.run_batch(self.context, campaign_id, result.after)
            if result.step is dispatch.Step.END:
                result = dispatch.finish(self.context, campaign_id)
        return result

    def run_to_its_end(self, campaign_id: int) -> None:
        """Waits for what nobody may ask about yet."""
        while (result := self.run(campaign_id)).step is dispatch.Step.WAIT:
            self.clock.advance(fencing.FENCE.total_seconds() + 1)
        assert result.step is dispatch.Step.END

    def fail_job(self, campaign_id: int, why: str, kind: str = "") -> None:
        """A job of the campaign ends so, as the flow ends it; where no kind is said, that of the campaign's state."""
        jobs = self.workspace.jobs
        kind = kind or WORK.get(self.state(campaign_id)[0], "dispatch")
        job = jobs.enqueue(kind, {"campaign_id": campaign_id}, self.clock())
        jobs.set_state(job.id, "failed", error=why, released=stopping.released(self.context, job, why))

    def message_id(self, campaign_id: int, seq: int) -> str:
        wanted = sa.select(ledger.c.message_id).where(ledger.c.campaign_id == campaign_id, ledger.c.seq == seq)
        with self.workspace.database.read() as connection:
            return str(connection.execute(wanted).scalar_one())

    def reached(self) -> list[str]:
        return sorted(ref for gateway in self.gateways.values() for ref in gateway.everybody())

    def state(self, campaign_id: int) -> tuple[CampaignState, str]:
        campaign = self.workspace.campaigns.campaign(campaign_id)
        return campaign.state, campaign.state_note


def person(prefix: str, index: int, first_phone: int = 0) -> PlatformCustomer:
    phone = Phone(f"138{(first_phone + index) * 7919 % 10**8:08d}")
    return PlatformCustomer(f"{prefix}{index:05d}", f"顾客{index}", phone, NOW - timedelta(days=1), province="浙江")


def everybody(count: int, prefix: str = "c") -> list[str]:
    """The refs of the first customers that `add_account` makes."""
    return [f"{prefix}{i:05d}" for i in range(count)]


def screen(context: Context, campaign_id: int) -> dict[str, int]:
    campaign = context.stores.campaigns.campaign(campaign_id)
    context.stores.campaigns.update(replace(campaign, state=CampaignState.SCREENING), expected=campaign.state)
    size = screening.take_snapshot(context, campaign_id)
    for first in range(0, size, screening.CHUNK):
        screening.screen_chunk(context, campaign_id, first)
    return screening.finish_screening(context, campaign_id)


def open_shop(folder: Path, dialect: str = "sqlite") -> Iterator[Shop]:
    if dialect == "postgresql":
        from tests.helpers.pg import team_workspace

        with team_workspace(folder, KEY) as workspace:
            yield shop_on(workspace, FakeClock(NOW))
        return
    workspace = fresh_workspace(folder)
    yield shop_on(workspace, FakeClock(NOW))
    workspace.close()


def shop_on(workspace: Workspace, clock: FakeClock) -> Shop:
    """A shop without accounts on an open workspace."""
    waits: list[float] = []
    platforms: dict[int, FakePlatform] = {}
    gateways: dict[int, FakeGateway] = {}

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock.advance(seconds)

    workspace.accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
    composer = FakeComposer()
    mute: set[int] = set()
    remotes = Remotes(platforms.__getitem__, lambda account_id, _: gateways[account_id], lambda one: one not in mute)
    context = Context("ws1", stores_of(workspace), remotes, composer, Policy(), clock, wait)
    return Shop(workspace, clock, platforms, gateways, composer, context, waits, mute)


def stores_of(workspace: Workspace) -> Stores:
    return Stores(
        workspace.accounts, workspace.customers, workspace.facts, workspace.suppressions, workspace.campaigns,
        workspace.inbox, workspace.ledger, workspace.jobs, workspace.audit, workspace.phone_keys,
        workspace.opt_outs, workspace.staff, workspace.rates, workspace.lookbacks,
    )  # fmt: skip
