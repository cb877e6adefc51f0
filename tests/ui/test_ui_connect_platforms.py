"""Connecting every platform by the dialog, against its simulator: connected, refused in words, and cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import requests
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from ui_accounts import card, dialog_of, open_settings, press, section

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import AppError
from campaign_app.domain.platform import Asked
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.pages.settings_connect import ConnectDialog
from campaign_app.ui.viewmodels.connect import sandbox_shops
from campaign_app.words import load
from tests.helpers.answering import answer
from tests.helpers.sandbox import ANSWER_SECONDS, SandboxProcess

PLATFORMS: Final = ("consent_api", "shopify", "shopline", "top", "jd", "pinduoduo", "meituan")
MS: Final = 30_000
SCOPES: Final = {"scopes": ["read_customers", "write_customers"]}
Order = tuple[str, dict[str, Any]]
REFUSED: Final = {"code": 12, "msg": "Insufficient user permissions"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=50) as running:
        yield running


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> SettingsPage:
    return open_settings(desk, qtbot)


def asked_of(sandbox: SandboxProcess, platform: str) -> Asked:
    return next(shop.asked for shop in sandbox_shops(json.dumps(sandbox.ready)) if shop.asked.platform == platform)


def order(sandbox: SandboxProcess, path: str, what: Mapping[str, Any]) -> None:
    requests.post(f"{sandbox.url}{path}", json=what, timeout=ANSWER_SECONDS).raise_for_status()


def typed(page: SettingsPage, asked: Asked, qtbot: QtBot, **changed: str) -> ConnectDialog:
    """The dialog, with the platform chosen and its fields typed as a person would."""
    qtbot.waitUntil(section(page).connect_button.isEnabled)
    press(section(page).connect_button, qtbot)
    dialog = dialog_of(page)
    dialog.platform.setCurrentIndex(dialog.platform.findData(asked.platform))
    dialog.platform.activated.emit(dialog.platform.currentIndex())
    for name, field in dialog.form.fields.items():
        field.setText(changed.get(name, asked.values.get(name, "")))
    owner = dialog.form.owner
    if owner is not None and asked.entity is not None:
        owner.name.setText(asked.entity.name)
        owner.uscc.setText(asked.entity.uscc)
    return dialog


def connected(page: SettingsPage, asked: Asked, qtbot: QtBot) -> Account:
    dialog, accounts = typed(page, asked, qtbot), page._desk.app.accounts
    press(dialog.go, qtbot)
    qtbot.waitUntil(dialog.report.isVisible, timeout=MS)
    assert dialog.report.unverified.isVisible() is (asked.platform == "shopline")
    press(dialog.go, qtbot)
    qtbot.waitUntil(lambda: bool(section(page).cards), timeout=MS)
    (account,) = accounts.all()
    return account


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_wizard_says_what_to_prepare_and_what_can_be_confirmed(
    page: SettingsPage, sandbox: SandboxProcess, qtbot: QtBot, platform: str
) -> None:
    dialog = typed(page, asked_of(sandbox, platform), qtbot)
    words = {language: load(language) for language in ("zh_CN", "en")}
    assert dialog.able.text() == words["zh_CN"].why("platform", platform)
    assert dialog.steps.text() == words["zh_CN"].term("platform_setup", platform).strip()
    for spoken in words.values():
        lines = spoken.term("platform_setup", platform).strip().splitlines()
        assert [line[:2] for line in lines[:2]] == ["1.", "2."]
        assert spoken.why("platform", platform)
        said = "\n".join(lines).lower()
        assert any(word in said for word in ("权限", "scope", "permission", "interfaces"))
    assert dialog.go.text() == "检查连接"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_is_connected_tested_and_cut_off(
    page: SettingsPage, sandbox: SandboxProcess, qtbot: QtBot, platform: str
) -> None:
    app, asked = page._desk.app, asked_of(sandbox, platform)
    account = connected(page, asked, qtbot)
    offer = app.accounts.offer_of(account)
    assert (account.platform, account.simulated) == (platform, True)
    secrets = {asked.values[field.name] for field in offer.fields if field.secret and field.name in asked.values}
    stored = app.accounts.private_key(account.id)
    assert all(secret in stored for secret in secrets)
    assert not secrets & set(account.options.values()), "secrets lie among the secrets only"
    shown = card(page, account.id)
    press(shown.test, qtbot)
    qtbot.waitUntil(lambda: shown.outcome.text == "连接正常", timeout=MS)
    assert "接口版本" in shown.result.text()
    assert ("未核实的权限：write_customers" in shown.result.text()) is (platform == "shopline")
    listed = offer.capabilities.customers or offer.capabilities.signatures
    assert shown.sync.isVisible() == listed
    if not offer.capabilities.consent_lookup:
        assert "无人可发" in shown.source.text()
    answer("confirm_yes")
    press(shown.leave, qtbot)
    qtbot.waitUntil(shown.again.isVisible)
    assert app.workspace.secrets.get(f"account.{account.id}.key") is None
    assert not any(part.isVisible() for part in (shown.test, shown.sync, shown.leave))


WRONG: Final = [
    ("consent_api", "key_id", "nobody", "unknown_key"),
    ("consent_api", "private_key", "A" * 43, "bad_signature"),
    ("shopify", "client_id", "nobody", "bad_client"),
    ("shopify", "client_secret", "shpss_wrong", "bad_client"),
    ("shopify", "access_token", "shpat_wrong", "either_or"),
    ("shopify", "base_url", "{url}/shopify/sandbox-s2.myshopify.com", "app_not_installed"),
    ("shopify", "base_url", "{url}/shopify/nowhere.myshopify.com", "no_such_shop"),
    ("shopify", "base_url", "anning.example", "bad_url"),
    ("shopline", "access_token", "wrong", "unauthorized"),
    ("top", "app_key", "1", "unknown_key"),
    ("top", "app_secret", "wrong", "bad_signature"),
    ("top", "authorised_until", "tomorrow", "bad_date"),
    ("jd", "app_key", "wrong", "unknown_key"),
    ("jd", "app_secret", "wrong", "bad_signature"),
    ("pinduoduo", "client_secret", "wrong", "bad_signature"),
    ("meituan", "sign_key", "wrong", "platform_refused"),
]


@pytest.mark.parametrize(("platform", "field", "value", "code"), WRONG)
def test_a_wrong_secret_is_said_in_words_and_nothing_is_kept(
    page: SettingsPage, sandbox: SandboxProcess, qtbot: QtBot, platform: str, field: str, value: str, code: str
) -> None:
    value = value.replace("{url}", sandbox.url)
    dialog = typed(page, asked_of(sandbox, platform), qtbot, **{field: value})
    press(dialog.go, qtbot)
    qtbot.waitUntil(dialog.reason.isVisible, timeout=MS)
    facts = {"number": "SIM_SIGN"} if code == "platform_refused" else {}
    assert dialog.reason.text() == page._desk.kit.words.error(AppError(code, "", **facts))
    assert dialog.form.fields[field].text() == value, "what was typed is kept"
    assert dialog.go.text() == "检查连接"
    assert page._desk.app.accounts.all() == ()


def test_an_older_app_of_shopify_is_connected_by_its_lasting_token(
    page: SettingsPage, sandbox: SandboxProcess, qtbot: QtBot
) -> None:
    lasting = {"client_id": "", "client_secret": ""}
    dialog = typed(page, asked_of(sandbox, "shopify"), qtbot, **lasting)
    assert not dialog.go.isEnabled()
    press(dialog.form.findChild(QPushButton, "connect_more"), qtbot)
    assert dialog.form.fields["access_token"].isVisible()
    dialog.form.fields["access_token"].setText(asked_of(sandbox, "shopline").values["access_token"])
    assert dialog.go.isEnabled(), "the token stands for id and secret"
    press(dialog.go, qtbot)
    qtbot.waitUntil(dialog.report.isVisible, timeout=MS)


LACKING: Final = [
    ("shopify", "/sandbox/shopify", {"scopes": ["read_customers"]}, "missing_write_customers"),
    ("shopify", "/sandbox/shopify", {"scopes": ["write_customers"]}, "missing_read_customers"),
    ("top", "/sandbox/top", {"fail": [REFUSED]}, "permission"),
    ("top", "/sandbox/top", {"denied": ["taobao.crm.member.identity.get.privy"]}, "missing_identity"),
    ("jd", "/sandbox/vendors/jd", {"error": "24", "times": 1}, "permission"),
    ("pinduoduo", "/sandbox/vendors/pinduoduo", {"error": "20005", "times": 1}, "ip_not_allowed"),
]


@pytest.mark.parametrize(("platform", "path", "what", "code"), LACKING)
def test_a_missing_scope_is_named_and_can_be_mended_on_the_spot(
    page: SettingsPage, sandbox: SandboxProcess, qtbot: QtBot, platform: str, path: str, what: dict[str, Any], code: str
) -> None:
    order(sandbox, path, what)
    dialog = typed(page, asked_of(sandbox, platform), qtbot)
    press(dialog.go, qtbot)
    qtbot.waitUntil(dialog.reason.isVisible, timeout=MS)
    assert dialog.reason.text() == page._desk.kit.words.error(AppError(code, ""))
    if platform == "shopify":
        order(sandbox, path, SCOPES)
    if "denied" in what:
        order(sandbox, path, {"denied": []})
    press(dialog.go, qtbot)  # the same, once it was granted
    qtbot.waitUntil(dialog.report.isVisible, timeout=MS)


def test_the_answer_says_what_the_platform_can_do(page: SettingsPage, sandbox: SandboxProcess, qtbot: QtBot) -> None:
    dialog = typed(page, asked_of(sandbox, "top"), qtbot)
    press(dialog.go, qtbot)
    qtbot.waitUntil(dialog.report.isVisible, timeout=MS)
    assert "不能" in dialog.report.able.text() or "只能" in dialog.report.able.text()
    assert not dialog.report.issuer.isVisible(), "who confirms nobody issues nothing"


def test_flows_of_a_platform_that_was_cut_off_stop(page: SettingsPage, sandbox: SandboxProcess, qtbot: QtBot) -> None:
    """The worker asks it for nothing any more, not even what is put down by mistake."""
    from campaign_app.jobs.worker import Worker
    from campaign_app.working import worker_context

    app = page._desk.app
    account = connected(page, asked_of(sandbox, "consent_api"), qtbot)
    context = worker_context(app.workspace, app.clock)
    begun: list[str] = []
    Worker(context, lambda job: begun.append(job.kind)).tick()
    assert sorted(begun) == ["poll", "sync"]
    for job in app.jobs.open_jobs():
        app.jobs.set_state(job.id, "done")
    answer("confirm_yes")
    press(card(page, account.id).leave, qtbot)
    qtbot.waitUntil(lambda: app.accounts.all()[0].state == "disconnected")
    begun.clear()
    Worker(context, lambda job: begun.append(job.kind)).tick()
    assert begun == []
    with pytest.raises(AppError) as refused:
        context.remotes.platform(account.id)
    assert refused.value.code == "account_disconnected"


def test_an_authorisation_that_ends_is_renewed_in_place(
    page: SettingsPage, sandbox: SandboxProcess, qtbot: QtBot
) -> None:
    app, asked = page._desk.app, asked_of(sandbox, "jd")
    over = Asked(asked.platform, {**asked.values, "authorised_until": "2026-01-31"}, asked.entity)
    account = connected(page, over, qtbot)
    shown = card(page, account.id)
    (line,) = shown.notes.lines
    assert (line.level, line.title, line.action) == ("block", "授权已过期", "更新授权…")
    assert "2026-01-31" in line.text
    assert shown.following.until.text() == "2026-01-31"
    app.workspace.secrets.put(f"account.{account.id}.key", "{}")
    press(shown.notes.findChild(QPushButton, "todo_renew"), qtbot)
    dialog = dialog_of(page)
    assert dialog.heading.text() == f"更新“{account.label}”的授权"
    assert not dialog.platform.isVisible()
    assert (dialog.form.owner, dialog.form.source) == (None, None), "whose shop it is and who confirms stay"
    fields = dialog.form.fields
    assert dialog.focusWidget() is fields["app_secret"]
    assert (fields["key_id"].text(), fields["app_secret"].text(), fields["authorised_until"].text()) == (
        account.key_id, "", "",
    )  # fmt: skip
    for name in ("key_id", "base_url", "authorised_until"):
        qtbot.keyClicks(fields[name], "9")
    kept = (fields["key_id"].text(), fields["base_url"].text())
    assert kept == (account.key_id, account.base_url), "with others it would be another account"
    assert fields["authorised_until"].text() == "9"
    fields["authorised_until"].clear()
    for name in ("app_secret", "access_token", "refresh_token"):
        fields[name].setText(asked.values[name])
    press(dialog.go, qtbot)
    qtbot.waitUntil(dialog.report.isVisible, timeout=MS)
    assert dialog.go.text() == "更新授权"
    press(dialog.go, qtbot)
    qtbot.waitUntil(lambda: not shown.notes.isVisible(), timeout=MS)
    (renewed,) = app.accounts.all()
    assert (renewed.id, renewed.state) == (account.id, "connected")
    assert shown.following.until.text().startswith("到期日未知")
    assert asked.values["app_secret"] in app.accounts.private_key(account.id)


def test_what_is_rarely_looked_at_is_shown_when_it_is_wanted(
    page: SettingsPage, sandbox: SandboxProcess, qtbot: QtBot
) -> None:
    account = connected(page, asked_of(sandbox, "shopify"), qtbot)
    shown = card(page, account.id)
    assert not shown.address.isVisible()
    press(shown.more, qtbot)
    assert isinstance(shown.address, QLabel)
    assert shown.address.isVisible()
    assert shown.address.text() == account.base_url
    press(shown.more, qtbot)
    assert not shown.address.isVisible()
