"""A campaign in a real workspace whose text is being written, for tests of the composer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Account, Entity, ImportRow, PlatformCustomer
from campaign_app.domain.phone import Phone
from campaign_app.domain.signature import Signature
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.composer import Saved

ENTITY, ISSUER = "91330100MA0000001X", "91110000MA0000009X"
NAMES = ("王芳", "李小明", "欧阳明月", "张伟")
CLEAN = "{name}您好，双十一会员专享：店内冬装满300元减50元，11月30日前有效，详询4000001234。拒收请回复R"
BAD = "{name}您好，全网最低价，国家级品质，11月30日前有效，详询4000001234。拒收请回复R"


def stock(app: bootstrap.App) -> int:
    """A shop with two signatures and four people, one of whom has an attribute that no text may say."""
    store, now = app.workspace, datetime(2026, 11, 10, 2, tzinfo=UTC)
    store.accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
    shop = Account(
        0, "fake", "店", "http://127.0.0.1/", ENTITY, ISSUER, "登记处", "k", simulated=True, pinned_keys="{}"
    )
    account = store.accounts.add_account(shop)
    filed = Signature("安宁百货", ENTITY, "company", "approved", True, ("retail", "membership"), date(2099, 12, 31))
    waiting = replace(filed, text="安宁折扣", status="pending", carrier_filed=False)
    store.accounts.put_signatures(account.id, [filed, waiting], app.clock())
    people = [
        PlatformCustomer(f"c{n}", name, Phone(f"1380000000{n}"), now - timedelta(days=1), "浙江", "杭州")
        for n, name in enumerate(NAMES)
    ]
    store.customers.upsert_page(account.id, people, "", now)
    of_file = store.imports.begin("f.csv", "0" * 64, 1, now)
    store.imports.apply_chunk(of_file, [ImportRow(1, account.id, "c1", None, {"level": "国家级会员"})])
    return account.id


def campaign_of(app: bootstrap.App, body: str = CLEAN, **changes: Any) -> Campaign:
    made = app.campaigns.create(name="双十一", entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="test")
    return app.campaigns.edit(made.id, signature="安宁百货", body=body, actor="test", **changes)


def move(app: bootstrap.App, campaign_id: int, state: CampaignState) -> Campaign:
    """As a screening, an approval or the worker would."""
    store = app.workspace.campaigns
    known = store.campaign(campaign_id)
    store.update(replace(known, state=state), expected=known.state)
    return store.campaign(campaign_id)


class HeldTasks(Tasks):
    """Keeps work until it is released, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Callable[[], None]] = []

    def _start(self, pool: Any, job: Callable[[], None]) -> None:
        self.held.append(job)

    def release(self, number: int = 0) -> None:
        self.held.pop(number)()


def made_step(desk: Desk, campaign: Campaign, qtbot: QtBot) -> Iterator[ContentStep]:
    model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, campaign)
    made = ContentStep(desk, model)
    qtbot.addWidget(made)
    made.resize(1040, 560)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.composer.state.fresh)
    yield made
    made.hide()
    discard(model)


def discard(model: CampaignModel) -> None:
    """Now and on this thread: garbage may be collected on another one, where no timer can be stopped."""
    model.stop()
    model.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def commit(step: ContentStep, text: str) -> None:
    """As an input method hands it over."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(step.edit, event)


def wait_saved(step: ContentStep, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: step.composer.state.saved is Saved.YES)


def write(step: ContentStep, qtbot: QtBot, text: str) -> None:
    step.edit.selectAll()
    commit(step, text)
    qtbot.waitUntil(lambda: step.composer.state.fresh and step.composer.state.text == text)


def tried_out(step: ContentStep, qtbot: QtBot) -> None:
    state = step.composer.state
    qtbot.waitUntil(lambda: step.composer.state.fresh and len(step.composer.state.fixes) == len(state.problems))


def messages_of(step: ContentStep) -> list[str]:
    return [row.message for row in step.problems.shown]
