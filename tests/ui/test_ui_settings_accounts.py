"""设置 → 账户 against a real sandbox: connect, test, sync, disconnect, and what goes wrong on the way."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from ui_accounts import open_settings
from ui_people import add_shop

from campaign_app.domain.errors import AppError
from campaign_app.domain.platform import consent_api
from campaign_app.services.accounts import synced_name
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.account_card import AccountCard
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.pages.settings_accounts import AccountsSection
from campaign_app.ui.pages.settings_connect import ConnectDialog
from campaign_app.ui.viewmodels.connect import NOTHING, sandbox_shops
from tests.helpers.answering import answer
from tests.helpers.sandbox import SandboxProcess, SandboxShop

MS = 30_000


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=50) as running:
        yield running


@pytest.fixture
def calm(sandbox: SandboxProcess) -> Iterator[SandboxProcess]:
    """The sandbox without faults and with the right time, whatever a test does to it."""
    yield sandbox
    sandbox.faults(clear=True)
    sandbox.skew_clock(0)


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> SettingsPage:
    made = SettingsPage(desk)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.accounts.state.shops is not None)
    return made


def section(page: SettingsPage) -> AccountsSection:
    found = page.section("accounts")
    assert isinstance(found, AccountsSection)
    return found


def card(page: SettingsPage) -> AccountCard:
    (found,) = section(page).cards.values()
    return found


def connected(page: SettingsPage, sandbox: SandboxProcess, qtbot: QtBot) -> AccountCard:
    shop = sandbox.shops[0]
    page._desk.app.accounts.connect(
        consent_api(base_url=sandbox.url, key_id=shop.key_id, private_key=shop.private_key), actor="test"
    )
    page.shown()
    qtbot.waitUntil(lambda: bool(section(page).cards))
    return card(page)


def ask(page: SettingsPage, qtbot: QtBot) -> ConnectDialog:
    qtbot.mouseClick(section(page).connect_button, Qt.MouseButton.LeftButton)
    dialog = section(page).dialog
    assert dialog is not None
    return dialog


def fill(dialog: ConnectDialog, url: str, shop: SandboxShop, key: str = "") -> None:
    fields = dialog.form.fields
    fields["base_url"].setText(url)
    fields["key_id"].setText(shop.key_id)
    fields["private_key"].setText(key or shop.private_key)


def press(widget: QPushButton, qtbot: QtBot) -> None:
    assert widget.isEnabled()
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_an_empty_workspace_says_what_accounts_are_for(page: SettingsPage) -> None:
    assert section(page).empty.isVisible()
    assert section(page).cards == {}


def test_an_account_is_looked_at_then_connected_then_synced(
    page: SettingsPage, calm: SandboxProcess, qtbot: QtBot
) -> None:
    app, shop = page._desk.app, calm.shops[0]
    dialog = ask(page, qtbot)
    model = dialog._model
    assert not dialog.go.isEnabled()
    fill(dialog, calm.url, shop)
    press(dialog.go, qtbot)
    qtbot.waitUntil(dialog.report.isVisible, timeout=MS)
    assert shop.entity_uscc in dialog.report.entity.text()
    assert "1.0" in dialog.report.details.text()
    issuer = dialog.report.issuer.text()
    assert "91310000MA0MN0001J" in issuer
    assert calm.url.partition("//")[2] in issuer
    assert dialog.report.simulated.isVisible()
    assert app.accounts.all() == (), "a look stores nothing"
    press(dialog.go, qtbot)
    qtbot.waitUntil(lambda: bool(section(page).cards), timeout=MS)
    (account,) = app.accounts.all()
    shown = card(page)
    qtbot.waitUntil(shown.simulated.isVisible)
    assert account.issuer_name in shown.issuer.text()
    assert shop.entity_uscc in shown.entity.text()
    qtbot.waitUntil(lambda: any(job.kind == "sync" for job in app.jobs.open_jobs()))
    qtbot.waitUntil(lambda: "正在同步" in shown.synced.text())
    assert not shown.sync.isEnabled()
    assert model._asked is NOTHING, "the key is in the encrypted workspace, and nowhere else"


@pytest.mark.parametrize(
    ("address", "code"),
    [("ftp://x", "bad_url"), ("http://platform.example", "insecure_url"), ("unused", "unreachable")],
)
def test_an_address_that_does_not_do_is_said_in_words(
    page: SettingsPage, calm: SandboxProcess, qtbot: QtBot, address: str, code: str
) -> None:
    if address == "unused":
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"http://127.0.0.1:{free.getsockname()[1]}"
    dialog = ask(page, qtbot)
    fill(dialog, address, calm.shops[0])
    press(dialog.go, qtbot)
    qtbot.waitUntil(dialog.reason.isVisible, timeout=MS)
    assert dialog.reason.text() == page._desk.kit.words.error(AppError(code, ""))
    assert dialog.form.fields["base_url"].text() == address, "what was typed is kept"
    assert dialog.focusWidget() is dialog.form.fields["base_url"]
    assert dialog.go.isEnabled()


def test_a_wrong_key_a_broken_key_and_a_wrong_clock_are_told_apart(
    page: SettingsPage, calm: SandboxProcess, qtbot: QtBot
) -> None:
    dialog, said, focused = ask(page, qtbot), list[str](), list[QWidget | None]()
    for key, skew in ((calm.shops[1].private_key, 0), ("not a key", 0), ("", 4_000)):
        calm.skew_clock(skew)
        fill(dialog, calm.url, calm.shops[0], key)
        dialog._model.edited()
        press(dialog.go, qtbot)
        qtbot.waitUntil(dialog.reason.isVisible, timeout=MS)
        said.append(dialog.reason.text())
        focused.append(dialog.focusWidget())
    typed = dialog.form.fields["private_key"]
    assert focused == [typed, typed, dialog.go], "where it can be put right, at once"
    words = page._desk.kit.words
    assert said[1] == words.error(AppError("bad_private_key", ""))
    assert said[2] == words.error(AppError("clock_skew", ""))
    assert said[0] in {words.error(AppError(code, "")) for code in ("bad_signature", "unauthorized", "unknown_key")}
    assert page._desk.app.accounts.all() == ()


def test_a_check_that_takes_long_can_be_stopped(page: SettingsPage, calm: SandboxProcess, qtbot: QtBot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it accepts and never answers
        dialog = ask(page, qtbot)
        fill(dialog, f"http://127.0.0.1:{silent.getsockname()[1]}", calm.shops[0])
        press(dialog.go, qtbot)
        assert dialog.busy.isVisible()
        press(dialog.cancel_button, qtbot)
        assert dialog.isVisible(), "the first cancel stops the check"
        assert not dialog.busy.isVisible()
        fill(dialog, calm.url, calm.shops[0])
        press(dialog.go, qtbot)
        qtbot.waitUntil(dialog.report.isVisible, timeout=MS)
        press(dialog.cancel_button, qtbot)
    assert page._desk.app.accounts.all() == ()


def test_what_is_typed_anew_has_to_be_looked_at_anew(page: SettingsPage, calm: SandboxProcess, qtbot: QtBot) -> None:
    dialog = ask(page, qtbot)
    fill(dialog, calm.url, calm.shops[0])
    press(dialog.go, qtbot)
    qtbot.waitUntil(dialog.report.isVisible, timeout=MS)
    qtbot.keyClicks(dialog.form.fields["key_id"], "x")
    assert not dialog.report.isVisible()
    assert dialog._model.state.report is None


def test_the_sandboxs_line_fills_the_fields(page: SettingsPage, calm: SandboxProcess, qtbot: QtBot) -> None:
    dialog = ask(page, qtbot)
    press(dialog.try_out, qtbot)
    dialog.sandbox.pasted.setPlainText("something else")
    assert dialog.sandbox.hint.isVisible()
    dialog.sandbox.pasted.setPlainText(json.dumps(calm.ready))
    assert not dialog.sandbox.hint.isVisible()
    assert dialog.form.fields["base_url"].text() == calm.url
    assert dialog.form.fields["key_id"].text() == calm.shops[0].key_id
    dialog.sandbox.shops.setCurrentIndex(1)
    dialog.sandbox.shops.activated.emit(1)
    assert dialog.form.fields["private_key"].text() == calm.shops[1].private_key
    press(dialog.go, qtbot)
    qtbot.waitUntil(dialog.report.isVisible, timeout=MS)


@pytest.mark.parametrize("pasted", ["", "{", "[]", "null", '{"url": 1}', '{"url": "x", "shops": [{}]}', "[" * 100_000])
def test_anything_else_is_no_sandbox(pasted: str) -> None:
    assert sandbox_shops(pasted) == ()


def test_the_key_can_come_from_a_file(
    page: SettingsPage, calm: SandboxProcess, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "good").write_text(f"{calm.shops[0].private_key}\n", encoding="ascii")
    (tmp_path / "binary").write_bytes(b"\xff\xfe" * 9)
    dialog = ask(page, qtbot)
    button = dialog.findChild(QPushButton, "connect_key_file")
    for name in ("binary", "nowhere"):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        press(button, qtbot)
        qtbot.waitUntil(lambda name=name: name in dialog.reason.text())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "good"), ""))
    press(button, qtbot)
    qtbot.waitUntil(lambda: dialog.form.fields["private_key"].text() == calm.shops[0].private_key)


def test_a_test_of_the_connection_says_version_and_clock(
    page: SettingsPage, calm: SandboxProcess, qtbot: QtBot
) -> None:
    shown = connected(page, calm, qtbot)
    shown.test.setFocus()
    press(shown.test, qtbot)
    asked = shown.shop
    shown.test.click()
    assert shown.shop is asked, "not asked twice"
    qtbot.waitUntil(lambda: "接口版本" in shown.result.text(), timeout=MS)
    assert shown.window().focusWidget() is shown.test, "the keyboard stays where it was"
    assert shown.outcome.text == "连接正常"
    calm.skew_clock(900)
    press(shown.test, qtbot)
    qtbot.waitUntil(lambda: shown.outcome.text == "不能使用", timeout=MS)
    assert "时间" in shown.result.text()


def test_disconnecting_asks_and_keeps_what_came_in(page: SettingsPage, calm: SandboxProcess, qtbot: QtBot) -> None:
    app = page._desk.app
    shown = connected(page, calm, qtbot)
    answer("confirm_no")
    press(shown.leave, qtbot)
    assert app.accounts.all()[0].state == "connected"
    answer("confirm_yes")
    press(shown.leave, qtbot)
    qtbot.waitUntil(shown.again.isVisible)
    (account,) = app.accounts.all()
    assert account.state == "disconnected"
    with pytest.raises(AppError):
        app.accounts.private_key(account.id)
    assert not shown.test.isVisible()
    assert app.accounts.entities() != ()
    press(shown.again, qtbot)
    dialog = section(page).dialog
    assert dialog is not None
    assert (dialog.form.fields["base_url"].text(), dialog.form.fields["private_key"].text()) == (calm.url, "")


def test_licences_are_kept_and_audited(page: SettingsPage, calm: SandboxProcess, qtbot: QtBot) -> None:
    connected(page, calm, qtbot)
    page.open("entities")
    qtbot.waitUntil(lambda: page.findChild(QCheckBox, "entity_licence_finance") is not None)
    box = page.findChild(QCheckBox, "entity_licence_finance")
    box.click()
    app = page._desk.app
    qtbot.waitUntil(lambda: app.accounts.entities()[0].licences == ("finance",))
    qtbot.waitUntil(lambda: app.workspace.audit.entries()[0].action == "entity.described")


def test_a_failed_sync_is_told_and_a_done_one_shows_its_time(
    page: SettingsPage, calm: SandboxProcess, qtbot: QtBot
) -> None:
    app = page._desk.app
    shown = connected(page, calm, qtbot)
    press(shown.sync, qtbot)
    qtbot.waitUntil(lambda: len(app.jobs.open_jobs()) == 1)
    (job,) = app.jobs.open_jobs()
    qtbot.waitUntil(lambda: "正在同步" in shown.synced.text())
    app.jobs.set_state(job.id, "failed", error="unauthorized")
    with qtbot.waitSignal(page._desk.kit.messages.told, timeout=MS) as told:
        pass
    assert told.args is not None
    assert told.args[0].code == "unauthorized"
    qtbot.waitUntil(shown.sync.isEnabled)
    app.workspace.accounts.set_setting(f"account.{shown.shop.account.id}.synced", "2026-11-10T02:00:00+00:00")  # type: ignore[union-attr]
    page.shown()
    qtbot.waitUntil(lambda: shown.synced.text() == "2026-11-10 10:00")


def test_another_platform_asks_for_what_it_needs_and_says_what_it_cannot_do(
    page: SettingsPage, calm: SandboxProcess, qtbot: QtBot
) -> None:
    """Taobao from the sandbox's line: looked at, connected for the entity, without anybody who confirms for it yet."""
    connected(page, calm, qtbot)
    qtbot.waitUntil(lambda: bool(page.accounts.state.entities))
    dialog, words = ask(page, qtbot), page._desk.kit.words
    dialog.platform.setCurrentIndex(dialog.platform.findData("top"))
    dialog.platform.activated.emit(dialog.platform.currentIndex())
    assert dialog.able.text() == words.why("platform", "top")
    qtbot.waitUntil(dialog.form.isVisible)
    assert dialog.height() <= dialog.screen().availableGeometry().height()
    assert not dialog.form.fields["base_url"].isVisible()
    press(dialog.findChild(QPushButton, "connect_more"), qtbot)
    assert dialog.form.fields["base_url"].isVisible()
    (top,) = (each.asked for each in sandbox_shops(json.dumps(calm.ready)) if each.asked.platform == "top")
    dialog.fill(top)
    assert dialog.form.fields["base_url"].text() == calm.url
    press(dialog.go, qtbot)
    qtbot.waitUntil(lambda: dialog._model.state.report is not None, timeout=MS)
    assert calm.shops[0].entity_uscc in dialog.report.entity.text()
    press(dialog.go, qtbot)
    qtbot.waitUntil(lambda: len(section(page).cards) == 2, timeout=MS)
    shops = ((card, card.shop) for card in section(page).cards.values() if card.shop)
    made, shop = next(each for each in shops if each[1].account.platform == "top")
    assert "无人可发" in made.source.text()
    qtbot.waitUntil(made.choose_source.isVisible)
    (own,) = page.accounts.state.choices.sources
    page.accounts.take_consents_from(shop.account.id, own.id)
    qtbot.waitUntil(lambda: own.label in made.source.text())


def test_a_card_says_how_many_the_platform_keeps_to_itself(desk: Desk, qtbot: QtBot) -> None:
    shop = add_shop(desk.app)
    desk.app.workspace.accounts.set_setting(synced_name(shop), desk.app.clock().isoformat())
    page = open_settings(desk, qtbot)
    qtbot.waitUntil(lambda: bool(section(page).cards))
    shown = card(page)
    for number, said in ((3_400, "平台另有约 3,400 位顾客不对外提供，无法同步。"), (0, "")):
        job = desk.app.jobs.enqueue("sync", {"account_id": shop}, desk.app.clock())
        desk.app.jobs.set_state(job.id, "done", result={"rows": 1} | ({"unreachable": number} if number else {}))
        page.accounts.load()
        qtbot.waitUntil(lambda said=said: shown.synced.text().partition("\n")[2] == said)
