"""各通道预览: the message of the telephone side by side as each sender carries it, while the text is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from campaign_app import assets, bootstrap
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Account
from campaign_app.services.beside import channels_of
from campaign_app.services.composing import SHORTEST
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.beside import BesideDialog
from campaign_app.ui.pages.steps.beside_card import SideCard
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.viewmodels.beside import Beside
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.composer import Composer
from tests.helpers.english import chinese_in
from tests.helpers.writing import (
    CLEAN,
    ENTITY,
    ISSUER,
    HeldTasks,
    campaign_of,
    discard,
    made_step,
    stock,
    write,
)

LONG = "{name}您好，" + "店内冬装满300元减50元，" * 8 + "拒收请回复R"


def add(app: bootstrap.App, platform: str, label: str, **more: Any) -> Account:
    made = Account(0, platform, label, "http://127.0.0.1/", ENTITY, "", "", label, simulated=True, pinned_keys="{}")
    return app.workspace.accounts.add_account(replace(made, **more))


@pytest.fixture
def campaign(app: bootstrap.App) -> Campaign:
    stock(app)
    for platform, label in (("aliyun", "阿里云主账户"), ("tencent", "腾讯云"), ("smpp", "短信中心")):
        add(app, platform, label)
    return campaign_of(app)


@pytest.fixture
def step(desk: Desk, campaign: Campaign, qtbot: QtBot) -> Iterator[ContentStep]:
    yield from made_step(desk, campaign, qtbot)


def compare(step: ContentStep, qtbot: QtBot) -> BesideDialog:
    qtbot.mouseClick(step.reader.compare, Qt.MouseButton.LeftButton)
    return opened(step, qtbot)


def opened(step: ContentStep, qtbot: QtBot) -> BesideDialog:
    dialog = step.findChild(BesideDialog)
    assert isinstance(dialog, BesideDialog)
    follow(dialog, qtbot)
    return dialog


def follow(dialog: BesideDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dialog.model.state.fresh)


def card(dialog: BesideDialog, platform: str) -> SideCard:
    (found,) = (each for key, each in dialog.cards.items() if isinstance(key, tuple) and key[0] == platform)
    return found


def shown(dialog: BesideDialog) -> list[str]:
    return [each.name.text() for each in dialog.cards.values() if each.isVisible()]


def told(of: SideCard) -> str:
    return "\n".join(each.accessibleName() for each in of.findChildren(QWidget))


def test_every_sender_stands_beside_the_others_with_its_own_template(step: ContentStep, qtbot: QtBot) -> None:
    dialog = compare(step, qtbot)
    assert shown(dialog) == ["阿里云短信", "腾讯云短信", "短信中心（SMPP 3.4）"]
    text = step.composer.state.composed
    assert text is not None
    assert {each.bubble.accessibleName() for each in dialog.cards.values()} == {text.final_text}
    assert "欧阳明月" in dialog.who.text(), "the recipient of the telephone: the longest text"
    assert card(dialog, "aliyun").template.text() == CLEAN.replace("{name}", "${name}")
    assert card(dialog, "tencent").template.text() == CLEAN.replace("{name}", "{1}")
    assert "签名由它加在最前面" in card(dialog, "aliyun").placed.text()
    assert card(dialog, "smpp").template.isHidden()
    assert "签名写在最前面" in card(dialog, "smpp").placed.text()
    assert card(dialog, "aliyun").accounts.text() == "阿里云主账户"
    assert {each.counted.text() for each in dialog.cards.values()} == {"1 条 · 64 字 · UCS-2"}


def test_it_follows_what_is_typed_and_whose_message_is_shown(step: ContentStep, qtbot: QtBot) -> None:
    dialog = compare(step, qtbot)
    before = card(dialog, "smpp")
    write(step, qtbot, LONG)
    follow(dialog, qtbot)
    assert card(dialog, "smpp") is before, "a card stays where it is read"
    assert before.counted.text().startswith("2 条 · 131 字")
    assert not before.cut.isHidden()
    assert card(dialog, "tencent").template.text() == LONG.replace("{name}", "{1}")
    step.composer.show_reader(SHORTEST)
    qtbot.waitUntil(lambda: dialog.model.state.fresh and "王芳" in dialog.who.text())
    assert "王芳您好" in before.bubble.accessibleName()
    step.composer.set_text("")
    qtbot.waitUntil(lambda: dialog.stack.currentWidget() is dialog.said)
    assert "写下正文后" in dialog.said.text()


def test_what_a_provider_refuses_is_said_with_its_remedy(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, "{name}您好，冬装满减，{name}快来。TD退订")
    dialog = compare(step, qtbot)
    aliyun, tencent = card(dialog, "aliyun"), card(dialog, "tencent")
    assert aliyun.error.text().startswith("变量 name 用了两次")
    assert (aliyun.template.isHidden(), aliyun.verdict.text) == (True, "会被拒绝")
    assert tencent.error.isHidden(), "numbered variables may come again"
    assert tencent.template.text().startswith("{1}您好")
    assert "退订" in told(tencent)
    assert "拒收请回复R" in "".join(each.text() for each in tencent.findChildren(type(tencent.name)))


def test_the_other_providers_come_on_demand(step: ContentStep, qtbot: QtBot) -> None:
    dialog = compare(step, qtbot)
    dialog.everybody.setChecked(True)
    qtbot.waitUntil(lambda: len(shown(dialog)) == 8)
    huawei = card(dialog, "huawei")
    assert huawei.accounts.text() == "没有连接"
    assert "华为云" in told(huawei), "it takes no variables in marketing texts"
    dialog.everybody.setChecked(False)
    qtbot.waitUntil(lambda: len(shown(dialog)) == 3)


@pytest.fixture
def english(desk: Desk, qapp: QApplication) -> Iterator[None]:
    translator = QTranslator()
    assert translator.load(str(assets.path("i18n", "en.qm")))
    desk.kit.prefs.language = "en"
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.mark.usefixtures("english")
def test_in_english_only_what_is_the_users_own_is_chinese(desk: Desk, campaign: Campaign, qtbot: QtBot) -> None:
    for step in made_step(desk, campaign, qtbot):
        write(step, qtbot, f"{LONG}，加微信ab12345678领券")
        dialog = compare(step, qtbot)
        dialog.everybody.setChecked(True)
        follow(dialog, qtbot)
        written = [each.template.text() for each in dialog.cards.values()]
        own = {*written, "欧阳明月", "浙江杭州", "阿里云主账户", "腾讯云", "短信中心"}
        assert dialog.model.state.sides is not None
        assert {each.level for each in dialog.model.state.sides} == {"block"}
        own |= {each.text for each in dialog.model.state.sides}
        rules = desk.app.composing.providers("en").values()  # which call every provider by its own name
        own |= {name for each in rules for name in (each.title, each.in_words)}
        assert chinese_in(dialog, own) == []


def test_accounts_that_carry_it_alike_are_one_card(
    desk: Desk, campaign: Campaign, app: bootstrap.App, qtbot: QtBot
) -> None:
    add(app, "aliyun", "阿里云副账户")
    for step in made_step(desk, campaign, qtbot):
        assert card(compare(step, qtbot), "aliyun").accounts.text() == "阿里云主账户、阿里云副账户"


def test_only_what_carries_messages_is_a_channel(campaign: Campaign, app: bootstrap.App) -> None:
    """A shop's platform that cannot, or that nobody chose for it, is none; nor what is disconnected or of others."""
    own = add(app, "consent_api", "开放平台", issuer_uscc=ISSUER)
    add(app, "shopify", "独立站")
    taobao = add(app, "top", "淘宝")
    add(app, "kannel", "网关", state="disconnected")
    accounts, store = app.accounts, app.workspace.accounts
    before = channels_of(accounts, "tencent", store.register(ENTITY))
    assert [each.platform for each in before] == ["aliyun", "tencent", "smpp", "consent_api"]
    assert [each.rules for each in before] == ["aliyun", "tencent", "tencent", "tencent"], "as the entity tells it"
    store.set_sender(taobao.id, taobao.id)
    aliyun = before[0].account
    assert aliyun is not None
    store.set_sender(own.id, aliyun.id)
    after = {each.platform: each for each in channels_of(accounts, "generic", store.register(ENTITY))}
    assert set(after) == {"aliyun", "tencent", "smpp", "top"}
    assert after["aliyun"].shops == (own.id, aliyun.id)
    assert channels_of(accounts, "generic", store.register("91440300MA5D00002Y")) == ()


@pytest.fixture
def alone(desk: Desk, app: bootstrap.App, qtbot: QtBot) -> Iterator[ContentStep]:
    """A shop whose platform is gone, and no sender."""
    stock(app)
    yield from made_step(desk, campaign_of(app), qtbot)


def test_without_a_sender_it_says_what_to_do(alone: ContentStep, desk: Desk, qtbot: QtBot) -> None:
    went: list[object] = []
    desk.way.went.connect(lambda *to: went.append(to))
    dialog = compare(alone, qtbot)
    assert dialog.stack.currentWidget() is dialog.empty
    dialog.everybody.setChecked(True)
    qtbot.waitUntil(lambda: len(shown(dialog)) == 8)
    assert dialog.stack.currentWidget() is dialog.area
    dialog.everybody.setChecked(False)
    qtbot.waitUntil(lambda: dialog.stack.currentWidget() is dialog.empty)
    qtbot.mouseClick(dialog.empty.button, Qt.MouseButton.LeftButton)
    assert went == [("settings", "accounts")]


def test_it_opens_and_closes_by_keyboard_and_goes_with_its_page(step: ContentStep, qtbot: QtBot) -> None:
    qtbot.keyClick(step.edit, Qt.Key.Key_F9)
    dialog = opened(step, qtbot)
    assert not dialog.isModal(), "the editor is typed in meanwhile"
    step.compare()
    assert len(step.findChildren(BesideDialog)) == 1
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: step.findChild(BesideDialog) is None)
    compare(step, qtbot)
    step.hide()
    qtbot.waitUntil(lambda: step.findChild(BesideDialog) is None)


def test_an_older_answer_is_dropped_and_closed_it_asks_nothing(
    desk: Desk, campaign: Campaign, app: bootstrap.App, qtbot: QtBot
) -> None:
    tasks = HeldTasks()
    model = CampaignModel(app, desk.kit.tasks, desk.kit.messages, campaign)
    composer = Composer.of(app.composing, desk.kit.tasks, desk.kit.messages, lambda: "zh_CN", model)
    composer.load()
    qtbot.waitUntil(lambda: composer.state.fresh)
    beside = Beside(app, tasks, composer, lambda: "zh_CN", model)
    beside.begin()
    qtbot.waitUntil(lambda: len(tasks.held) == 1)
    composer.set_text(LONG)
    qtbot.waitUntil(lambda: len(tasks.held) == 2)
    composer.changed.emit(replace(composer.state, counted=1_000))
    assert not beside._soon.isActive(), "what is counted after a check asks for nothing"
    tasks.release(1)
    tasks.release(0)
    qtbot.waitUntil(lambda: beside.state.fresh)
    assert beside.state.composed is not None
    assert beside.state.composed.body == LONG
    beside.begin()
    qtbot.waitUntil(lambda: len(tasks.held) == 1)
    composer.set_text(f"{LONG}!")
    tasks.release()
    assert beside._task is not None
    assert beside._task.stopped, "a text that is typed on wants no answer"
    beside.end()
    composer.set_text(CLEAN)
    qtbot.waitUntil(lambda: composer.state.fresh and composer.state.text == CLEAN)
    qtbot.wait(1)
    assert tasks.held == []
    discard(model)
