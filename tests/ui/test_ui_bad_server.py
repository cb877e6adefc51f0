"""A platform that is gone, or refuses, in the midst of things: what the user reads, what is kept, and going on after.

The sandbox is a real process that is killed, the worker is the real one, the workspace is encrypted on the disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Account
from campaign_app.domain.platform import consent_api
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import Notice
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.pages.steps.screening import ScreeningStep
from campaign_app.ui.pages.steps.sending import SendingStep
from campaign_app.ui.viewmodels.campaign import CampaignModel
from tests.helpers.merchant import Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
MS = 150_000
PEOPLE = 4_000


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=PEOPLE) as running:
        yield running


@pytest.fixture
def merchant(tmp_path: Path, sandbox: SandboxProcess) -> Iterator[Merchant]:
    made = open_merchant(tmp_path / "shop", sandbox, batch_size=20)
    yield made
    made.app.close()


@pytest.fixture
def app(merchant: Merchant) -> bootstrap.App:
    return merchant.app


@pytest.fixture
def desk(desk: Desk, app: bootstrap.App) -> Iterator[Desk]:
    """With the worker of the window."""
    worker = bootstrap.start_worker_for(app)
    yield desk
    worker.close()


@pytest.fixture
def told(desk: Desk) -> list[Notice]:
    found: list[Notice] = []
    desk.kit.messages.told.connect(found.append)
    return found


def gone(merchant: Merchant) -> None:
    """From one moment to the next."""
    merchant.sandbox.kill()


def refusing(merchant: Merchant) -> None:
    """At the same address, and it knows none of our keys any more: 401."""
    merchant.sandbox.kill()
    merchant.sandbox.start_again(seed=2)


def back(merchant: Merchant) -> None:
    merchant.sandbox.stop()
    merchant.sandbox.start_again(seed=1)
    merchant.sandbox.skew_clock(merchant.offset_seconds)


AWAY = "连不上平台，请检查网络和地址后重试；没有发送任何短信。"
UNAVAILABLE = "平台多次没有响应，任务已停下，已完成的部分保留，可稍后重试。"
REFUSED = (
    "平台没有登记这个账户标识或 App Key。请核对后重试。",
    "平台不认可此账户的签名，请核对私钥或应用密钥（Secret）。",
)


def connect(merchant: Merchant) -> Account:
    shop = merchant.sandbox.shops[0]
    return merchant.app.accounts.connect(
        consent_api(base_url=merchant.sandbox.url, key_id=shop.key_id, private_key=shop.private_key), actor="test"
    )


def press(widget: QPushButton, qtbot: QtBot) -> None:
    assert widget.isVisible()
    assert widget.isEnabled()
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


# --- sync ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happen", "said"), [pytest.param(gone, (UNAVAILABLE,), marks=pytest.mark.long), (refusing, REFUSED)]
)
def test_during_a_sync(
    happen: Callable[[Merchant], None], said: tuple[str, ...], merchant: Merchant, desk: Desk, told: list[Notice],
    qtbot: QtBot,
) -> None:  # fmt: skip
    merchant.sandbox.faults(fault="slow_body", path="/v1/customers", times=99, after=1, seconds=1.0)
    account = connect(merchant)
    page = CustomersPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: bool(page.model.state.connected))
    page.model.sync(account.id)
    qtbot.waitUntil(lambda: any(job.progress for job in page.model.state.syncing.values()), timeout=MS)
    happen(merchant)
    qtbot.waitUntil(lambda: bool(told), timeout=MS)
    (notice,) = told
    kept = merchant.app.people.anchors(merchant.app.people.query())[0]
    assert 1_000 <= kept < PEOPLE
    assert notice.text in {f"{account.label} 没有同步完，已收到的 {kept:,} 位客户保留。{why}" for why in said}
    assert page.isEnabled()
    assert notice.label == "重试"
    assert notice.action is not None
    back(merchant)
    notice.action()
    qtbot.waitUntil(lambda: len(told) == 2, timeout=MS)
    assert "已同步" in told[-1].text
    assert merchant.app.people.anchors(merchant.app.people.query())[0] > kept


# --- screening -------------------------------------------------------------------------------------------------------


def drafted(merchant: Merchant) -> Campaign:
    """A draft of a shop whose customers are synced."""
    account = connect(merchant)
    job = merchant.app.jobs.enqueue("sync", {"account_id": account.id}, merchant.app.clock())
    merchant.until(lambda: merchant.app.jobs.job(job.id).state == "done")
    made = merchant.new_campaign()
    merchant.app.campaigns.stop_screening(made.id, actor="test")
    merchant.until(lambda: merchant.app.campaigns.get(made.id).state is CampaignState.DRAFT)
    return merchant.app.campaigns.get(made.id)


@pytest.mark.parametrize(
    ("happen", "said"), [(gone, (UNAVAILABLE,)), pytest.param(refusing, REFUSED, marks=pytest.mark.long)]
)
def test_during_a_screening(
    happen: Callable[[Merchant], None], said: tuple[str, ...], merchant: Merchant, desk: Desk, qtbot: QtBot
) -> None:
    campaign = drafted(merchant)
    merchant.sandbox.faults(fault="slow_body", path="/v1/consents/lookup", times=99, seconds=1.0)
    model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, campaign)
    step = ScreeningStep(desk, model)
    qtbot.addWidget(step)
    step.show()
    press(step.empty.button, qtbot)
    qtbot.waitUntil(step.progress.isVisible, timeout=MS)
    qtbot.waitUntil(lambda: model.view.job is not None, timeout=MS)
    happen(merchant)
    qtbot.waitUntil(lambda: model.view.campaign.state is CampaignState.DRAFT, timeout=MS)
    shop = merchant.app.accounts.all()[0].label
    assert step.empty.title.text() == "核验没有完成"
    reason, _, kept = step.empty.text.text().partition("\n")
    assert reason in {f"店铺“{shop}”查询失败：{why}" for why in said}
    assert f"“{shop}”没有给出答复，所以先停在这里；已完成的都保留" in kept
    assert merchant.app.campaigns.get(campaign.id).body == campaign.body
    back(merchant)
    press(step.empty.button, qtbot)
    qtbot.waitUntil(lambda: model.view.campaign.state is CampaignState.SCREENED, timeout=MS)
    assert sum(model.view.funnel.values()) == model.view.campaign.snapshot_size > 0
    model.stop()
    model.deleteLater()


# --- sending ---------------------------------------------------------------------------------------------------------


def sending(merchant: Merchant) -> Campaign:
    campaign = drafted(merchant)
    merchant.app.campaigns.screen(campaign.id, actor="test")
    merchant.until(lambda: merchant.app.campaigns.get(campaign.id).state is CampaignState.SCREENED)
    merchant.sandbox.faults(fault="slow_body", path="/v1/messages", times=9_999, seconds=0.5)
    merchant.go_on(campaign.id)
    return merchant.app.campaigns.get(campaign.id)


def goes_on(model: CampaignModel, before: int) -> bool:
    """More was accepted, or it is under way: a batch of which somebody said no meanwhile waits behind the fence."""
    return model.view.counts["accepted"] > before or model.view.campaign.state is CampaignState.SENDING


def test_during_a_sending(merchant: Merchant, desk: Desk, qtbot: QtBot) -> None:
    """The platform forgets whom it was sent by the kill; ours is what has to be kept, and no batch begun twice."""
    model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, sending(merchant))
    step = SendingStep(desk, model)
    qtbot.addWidget(step)
    step.show()
    qtbot.waitUntil(lambda: model.view.counts.get("accepted", 0) > 0, timeout=MS)
    gone(merchant)
    qtbot.waitUntil(lambda: model.view.campaign.state is CampaignState.PAUSED, timeout=MS)
    view, shop = step.run.view, merchant.app.accounts.all()[0].label
    assert view.pill.text == "已暂停"
    at_sender = "发送通道多次没有响应，已暂停，已发出的不会重发；恢复后可继续发送。"
    asking = f"店铺“{shop}”查询失败：{UNAVAILABLE}同意和退订要向同一主体的每家店铺核对，“{shop}”没有给出答复，"
    assert view.note.text() in {at_sender, f"{asking}所以先停在这里；已完成的都保留，解决后可以继续。"}
    assert "已发出的不会重发" in view.hint.text()
    before = model.view.counts["accepted"]
    back(merchant)
    press(view.buttons["resume"], qtbot)
    qtbot.waitUntil(lambda: goes_on(model, before), timeout=MS)
    press(view.buttons["pause"], qtbot)
    qtbot.waitUntil(lambda: model.view.campaign.state is CampaignState.PAUSED, timeout=MS)
    seen = Counter(row["message_id"] for row in merchant.sandbox.ledger_rows())
    assert set(seen.values()) <= {1}
    assert merchant.sandbox.ledger()["unconfirmed"] == 0
    model.stop()
    model.deleteLater()


@pytest.mark.long
def test_refused_during_a_sending(merchant: Merchant, desk: Desk, qtbot: QtBot) -> None:
    model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, sending(merchant))
    step = SendingStep(desk, model)
    qtbot.addWidget(step)
    step.show()
    qtbot.waitUntil(lambda: model.view.counts.get("accepted", 0) > 0, timeout=MS)
    refusing(merchant)
    qtbot.waitUntil(lambda: model.view.campaign.state is CampaignState.PAUSED, timeout=MS)
    note = step.run.view.note.text()
    assert any(why in note for why in REFUSED), note
    assert merchant.app.accounts.all()[0].label in note or "整个账户" in note
    assert merchant.sandbox.ledger()["accepted"] == 0
    back(merchant)
    before = model.view.counts["accepted"]
    press(step.run.view.buttons["resume"], qtbot)
    qtbot.waitUntil(lambda: goes_on(model, before), timeout=MS)
    model.stop()
    model.deleteLater()


# --- a test of the connection ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("happen", "said"), [(gone, (AWAY,)), (refusing, REFUSED)])
def test_during_a_test_of_the_connection(
    happen: Callable[[Merchant], None], said: tuple[str, ...], merchant: Merchant, desk: Desk, qtbot: QtBot
) -> None:
    account = connect(merchant)
    page = SettingsPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: bool(page.section("accounts").cards))  # type: ignore[attr-defined]
    card = page.section("accounts").cards[account.id]  # type: ignore[attr-defined]
    qtbot.waitUntil(card.test.isVisible)
    merchant.sandbox.faults(fault="slow_body", path="/v1/meta", times=1, seconds=3.0)
    press(card.test, qtbot)
    happen(merchant)
    qtbot.waitUntil(lambda: card.outcome.text == "不能使用", timeout=MS)
    assert card.result.text() in {
        *said,
        "与平台的连接中断，可稍后重试。",
        "平台的回答没有传完，未采用其中任何内容。可稍后重试。",
        AWAY,
    }
    back(merchant)
    press(card.test, qtbot)
    qtbot.waitUntil(lambda: card.outcome.text == "连接正常", timeout=MS)
