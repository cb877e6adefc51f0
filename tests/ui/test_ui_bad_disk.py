"""A disk that really is full, in the midst of typing, syncing and sending: said, nothing lost, nobody reached twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.customer import Entity
from campaign_app.domain.platform import consent_api
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import Notice
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.pages.steps.sending import SendingStep
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.composer import Saved
from campaign_app.ui.viewmodels.session import _Held
from tests.helpers.driving import wait_for
from tests.helpers.merchant import Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.small_disk import POSSIBLE, SmallDisk, small_disk

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not POSSIBLE, reason="only root on Linux can make a disk"),
]
MS = 120_000
FULL = "磁盘已满，或您的磁盘配额已用完，本次操作没有改动任何内容。请清理磁盘后重试；导出或备份时，也可以换一个位置。"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        if made is None:
            pytest.skip("this container may not mount a disk")
        yield made


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=4_000) as running:
        yield running


@pytest.fixture
def merchant(disk: SmallDisk, sandbox: SandboxProcess) -> Iterator[Merchant]:
    made = open_merchant(disk.folder / "shop", sandbox, batch_size=20)
    yield made
    made.app.close()


@pytest.fixture
def app(merchant: Merchant) -> bootstrap.App:
    return merchant.app


@pytest.fixture
def desk(desk: Desk, app: bootstrap.App) -> Iterator[Desk]:
    """With the window's worker, which is watched."""
    session = desk.session
    session._begin(_Held(ExitStack(), app))
    wait_for(lambda: session.state.worker == "running", "the worker")
    yield desk
    session.stop()
    desk.kit.tasks.finish()
    session._stop_worker()


@pytest.fixture
def told(desk: Desk) -> list[Notice]:
    found: list[Notice] = []
    desk.kit.messages.told.connect(found.append)
    return found


def test_while_a_text_is_saved(
    disk: SmallDisk, app: bootstrap.App, desk: Desk, told: list[Notice], qtbot: QtBot
) -> None:
    app.workspace.accounts.add_entity(Entity("91330100MA0MN00023", "安宁百货有限公司"))
    campaign = app.campaigns.create(
        name="双十一", entity_uscc="91330100MA0MN00023", purpose="retail", audience=Filter(), actor="test"
    )
    model = CampaignModel(app, desk.kit.tasks, desk.kit.messages, campaign)
    step = ContentStep(desk, model)
    qtbot.addWidget(step)
    step.show()
    step.shown()
    qtbot.waitUntil(lambda: step.composer.state.fresh)
    disk.fill()
    text = "冬装上新，" * 300
    step.composer.set_text(text)
    qtbot.waitUntil(lambda: step.composer.state.saved is Saved.FAILED)
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].text == FULL
    assert (step.edit.text, step.field.saved.text()) == (text, "未保存")
    assert app.campaigns.get(campaign.id).body == ""
    step.composer.set_text(f"{text}！")
    qtbot.waitUntil(lambda: step.composer.state.fresh)
    disk.free()
    qtbot.mouseClick(step.field.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: step.composer.state.saved is Saved.YES)
    assert app.campaigns.get(campaign.id).body == f"{text}！"
    model.stop()
    model.deleteLater()


@pytest.mark.long
def test_while_customers_come_in(
    disk: SmallDisk, merchant: Merchant, desk: Desk, told: list[Notice], qtbot: QtBot
) -> None:
    merchant.sandbox.faults(fault="slow_body", path="/v1/customers", times=3, after=1, seconds=1.0)
    shop = merchant.sandbox.shops[0]
    account = merchant.app.accounts.connect(
        consent_api(base_url=merchant.sandbox.url, key_id=shop.key_id, private_key=shop.private_key), actor="test"
    )
    page = CustomersPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: bool(page.model.state.connected))
    page.model.sync(account.id)
    qtbot.waitUntil(lambda: any(job.progress for job in page.model.state.syncing.values()), timeout=MS)
    disk.fill()
    qtbot.wait(6_000)
    disk.free()
    qtbot.waitUntil(lambda: bool(told), timeout=MS)
    if told[-1].action is not None:  # it could still be written down that the disk was full
        assert told[-1].text.endswith(FULL)
        told[-1].action()
        qtbot.waitUntil(lambda: len(told) > 1, timeout=MS)
    assert "已同步" in told[-1].text
    people = merchant.app.people
    assert people.anchors(people.query())[0] > 1_000


def test_while_messages_leave(disk: SmallDisk, merchant: Merchant, desk: Desk, qtbot: QtBot) -> None:
    shop = merchant.sandbox.shops[0]
    account = merchant.app.accounts.connect(
        consent_api(base_url=merchant.sandbox.url, key_id=shop.key_id, private_key=shop.private_key), actor="test"
    )
    job = merchant.app.jobs.enqueue("sync", {"account_id": account.id}, merchant.app.clock())
    merchant.until(lambda: merchant.app.jobs.job(job.id).state == "done")
    campaign = merchant.new_campaign()
    merchant.until(lambda: merchant.app.campaigns.get(campaign.id).state is CampaignState.SCREENED)
    merchant.sandbox.faults(fault="slow_body", path="/v1/messages", times=12, seconds=0.5)
    merchant.go_on(campaign.id)
    model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, merchant.app.campaigns.get(campaign.id))
    step = SendingStep(desk, model)
    qtbot.addWidget(step)
    step.show()
    qtbot.waitUntil(lambda: model.view.counts.get("accepted", 0) > 0, timeout=MS)
    disk.fill()
    qtbot.wait(8_000)
    reached = merchant.sandbox.ledger()["accepted"]
    qtbot.wait(2_000)
    assert merchant.sandbox.ledger()["accepted"] == reached, "nothing leaves that cannot be written down"
    disk.free()

    def resumed() -> bool:
        button: QPushButton = step.run.view.buttons["resume"]
        if button.isVisible():
            assert FULL in step.run.view.note.text()
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        return model.view.campaign.state is CampaignState.DONE

    qtbot.waitUntil(resumed, timeout=MS)
    found = Counter(row["message_id"] for row in merchant.sandbox.ledger_rows())
    results = merchant.app.campaigns.results(campaign.id)
    assert set(found.values()) == {1}
    assert len(found) == results.counts["accepted"]
    assert results.counts["submitted"] + results.counts["withheld"] == results.funnel["ok"]
    assert merchant.sandbox.ledger()["unconfirmed"] == 0
    model.stop()
    model.deleteLater()
