"""An open workspace on a real encrypted store, with what every page of the window is built with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Account, Entity, PlatformCustomer
from campaign_app.domain.phone import Phone
from campaign_app.ui.desk import Desk, Way
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Messages
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.jobs import Jobs
from campaign_app.ui.viewmodels.session import Plan, Session
from campaign_app.words import load
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.inline_tasks import InlineTasks

ENTITY, ISSUER = "91330100MA0MN00023", "91110000MA0MN00015"
NAME = "安宁百货有限公司"


@dataclass
class Workplace:
    """`went` collects where pages sent the user."""

    app: bootstrap.App
    desk: Desk
    went: list[tuple[str, object]]

    def add_shop(self, people: int = 0, label: str = "安宁旗舰店") -> int:
        accounts = self.app.workspace.accounts
        accounts.add_entity(Entity(ENTITY, NAME))
        account = accounts.add_account(
            Account(0, "consent_api", label, f"http://127.0.0.1/{label}", ENTITY, ISSUER, "登记处", label, True, "{}")
        )
        if people:
            made = [person(number) for number in range(people)]
            self.app.workspace.customers.upsert_page(account.id, made, "", self.app.clock())
        return account.id

    def campaign(self, name: str, state: CampaignState = CampaignState.DRAFT, **changes: object) -> Campaign:
        made = self.app.campaigns.create(
            name=name, entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="test"
        )
        return self.put(made.id, state=state, **changes)

    def put(self, campaign_id: int, **changes: object) -> Campaign:
        """What jobs and other people do to a campaign meanwhile."""
        from dataclasses import replace

        known = self.app.campaigns.get(campaign_id)
        changed: Campaign = replace(known, **changes)  # type: ignore[arg-type]
        self.app.workspace.campaigns.update(changed, expected=known.state)
        return changed


def person(number: int) -> PlatformCustomer:
    """Every second one is of 浙江, every fifth has the tag 会员; spends 10 元 more than the one before."""
    return PlatformCustomer(
        ref=f"c{number:04d}",
        name=f"顾客{number}",
        phone=Phone(f"138{number * 7919 % 10**8:08d}"),
        updated_at=datetime(2026, 11, 1, tzinfo=UTC),
        province="浙江" if number % 2 == 0 else "江苏",
        city="杭州" if number % 2 == 0 else "南京",
        spend_cents=number * 1_000,
        order_count=number % 4,
        last_order_at=datetime(2026, 11, 1, tzinfo=UTC) - timedelta(days=number),
        tags=("会员",) if number % 5 == 0 else (),
    )


@contextmanager
def workplace(folder: Path, qt: QApplication, *, inline: bool) -> Iterator[Workplace]:
    app = bootstrap.open_app(fresh_folder(folder / "workspace"), MemoryKeeper(KEY))
    keep = QObject()
    tasks = InlineTasks(keep) if inline else Tasks(keep)
    kit = Kit(Theme(qt, "light", keep), tasks, Messages(lambda: load("zh_CN"), keep), Prefs(folder / "prefs", keep))
    jobs = Jobs(app, tasks, keep)
    way = Way(keep)
    went: list[tuple[str, object]] = []
    way.went.connect(lambda page, what: went.append((page, what)))
    desk = Desk(kit, app, jobs, Session(Plan(folder / "workspace"), tasks, keep), way)
    yield Workplace(app, desk, went)
    jobs.stop()
    tasks.finish()
    keep.deleteLater()
    app.close()
