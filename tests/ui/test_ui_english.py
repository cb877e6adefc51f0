"""In the English window nothing is Chinese but what is the user's own, and what is quoted of it."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtWidgets import QApplication, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from campaign_app import assets
from campaign_app.domain.errors import AppError, SettingsError
from campaign_app.logins import AtLogin
from campaign_app.sandbox.words import OPT_OUT_REPLIES, ORDINARY_REPLIES
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.closing_dialog import ClosingDialog
from campaign_app.ui.pages.customers import CustomersPage, import_of
from campaign_app.ui.pages.gate import Gate
from campaign_app.ui.pages.import_wizard import ImportWizard
from campaign_app.ui.pages.settings import SECTIONS, SettingsPage
from campaign_app.ui.viewmodels.closing import OnItsWay
from campaign_app.ui.viewmodels.session import Plan, Session, SessionState
from campaign_app.words import load
from tests.helpers.driving import pause, wait_for
from tests.helpers.english import CHINESE, bare, chinese_in, own_words
from tests.helpers.journey import Journey
from tests.helpers.window import Start

ROOT = Path(__file__).parents[2]
NO_WORDS = {"、", "，", "【", "】", "【】", "简体中文", "允发 Yunfa", "中华人民共和国"}
"""Of files, signatures and laws, which nobody translates; the language's own name; the program's."""
REPLIES = {*OPT_OUT_REPLIES, *ORDINARY_REPLIES}  # what the demo's people write
COLUMNS = ("客户标识", "手机号", "会员等级", "接收短信", "身份证号")


# --- the words themselves --------------------------------------------------------------------------------------------


def literals(file: Path) -> Iterator[tuple[int, str]]:
    """Strings of a module that are neither documentation nor translated."""
    tree, passed = ast.parse(file.read_text("utf-8")), set[int]()
    for node in ast.walk(tree):
        function = node.func if isinstance(node, ast.Call) else None
        called = getattr(function, "attr", getattr(function, "id", ""))
        if called in ("tr", "translate", "QT_TRANSLATE_NOOP") or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            passed |= {id(each) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield node.lineno, node.value


def test_every_chinese_word_of_the_code_is_translated() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {text}"
        for file in sorted((ROOT / "campaign_app" / "ui").rglob("*.py"))
        if file.name not in ("completion.py", "profile_fields.py")  # patterns of what people type
        for line, text in literals(file)
        if CHINESE.search(text) and text not in NO_WORDS
    ]
    assert found == []


def english_of(table: Any, path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from english_of(value, f"{path}.{key}")
        elif isinstance(value, str) and (key == "en" or key.endswith("_en")):
            yield f"{path}.{key}", value


@pytest.mark.parametrize("file", sorted(assets.path("words").glob("*.toml")), ids=lambda file: file.name)
def test_what_codes_are_called_in_english_is_english(file: Path) -> None:
    words = english_of(tomllib.loads(file.read_text("utf-8")))
    assert [f"{where}: {text}" for where, text in words if CHINESE.search(bare(text))] == []


def test_translations_are_english() -> None:
    text = (ROOT / "resources" / "i18n" / "en.ts").read_text("utf-8").replace("&quot;", '"')
    said = re.findall(r"<(?:translation|numerusform)>([^<]*)<", text)
    assert len(said) > 500
    assert [each for each in said if CHINESE.search(bare(each))] == []
    wide = "’‘“”"  # drawn as wide as a Chinese character by the fonts that have both
    assert [each for each in said if any(mark in each for mark in wide)] == []


def test_what_rules_say_in_english_has_chinese_words_only_as_examples() -> None:
    for file in sorted(assets.path("rules").glob("*/*.toml")):
        for where, text in english_of(tomllib.loads(file.read_text("utf-8"))):
            assert not re.search(r"[，。；：、！？（）]", bare(text)), (file.name, where, text)


# --- the window ------------------------------------------------------------------------------------------------------


@pytest.fixture
def english(qapp: QApplication, kit: Kit) -> Iterator[Kit]:
    kit.prefs.language = "en"
    translator = QTranslator()
    assert translator.load(str(assets.path("i18n", "en.qm")))
    qapp.installTranslator(translator)
    yield kit
    qapp.removeTranslator(translator)


GATE = (
    "key_missing", "keychain_locked", "no_keychain", "wrong_key", "wrong_passphrase", "in_use", "disk_full",
    "read_only", "damaged", "newer_workspace", "not_a_workspace", "workspace_away",
)  # fmt: skip


@pytest.mark.parametrize("code", GATE)
def test_the_way_in_is_english(english: Kit, qtbot: QtBot, tmp_path: Path, code: str) -> None:
    session = Session(Plan(tmp_path), english.tasks)
    gate = Gate(english, session)
    qtbot.addWidget(gate)
    phase = "passphrase" if code == "wrong_passphrase" else "failed"
    gate.show_state(SessionState(phase, error=AppError(code, "x")))
    assert chinese_in(gate, ()) == []


@pytest.mark.parametrize(("demo", "own", "tray"), [(True, True, True), (False, True, False), (False, False, True)])
def test_leaving_is_english(english: Kit, qtbot: QtBot, demo: bool, own: bool, tray: bool) -> None:
    ways = [OnItsWay(f"双十一 {n}", None) for n in range(9)]
    for login in (AtLogin(), AtLogin(on=True), AtLogin(refused=SettingsError("login_passphrase", "x"))):
        why_not = load("en").error
        dialog = ClosingDialog(tuple(ways), tray=tray, demo=demo, own_worker=own, login=login, why_not=why_not)
        qtbot.addWidget(dialog)
        assert chinese_in(dialog, ()) == []


def test_the_keyboard_stays_where_it_was_when_the_language_changes(start: Start, qtbot: QtBot) -> None:
    started = start()
    started.open()
    shell = started.application.shell
    shell.show()
    shell.activateWindow()
    page = shell.page("settings")
    page.open("window")
    english = shell.findChild(QRadioButton, "language_en")
    english.setFocus()
    qtbot.keyClick(english, Qt.Key.Key_Space)
    now = started.application.shell
    assert now is not shell
    focused = now.focusWidget()
    assert focused is not None
    assert focused.objectName() == "language_en"
    started.application.kit.prefs.language = "zh_CN"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_whole_window_is_english(qapp: QApplication, tmp_path: Path) -> None:
    found: dict[str, list[str]] = {}

    def look(stage: str, at: QWidget | None = None) -> None:
        desk = journey.application.desk
        own = own_words(desk.app) if desk is not None else set[str]()
        found[stage] = chinese_in(at or journey.application.shell, own | REPLIES | {*COLUMNS, "金卡", "是", "简体中文"})

    journey = Journey(qapp, tmp_path, 400, look)
    journey.application.kit.prefs.language = "en"
    try:
        journey.begin()
        journey.look_at_customers()
        import_file(journey, tmp_path, look)
        journey.open_draft()
        journey.write()
        journey.screen()
        open_rows(journey, look)
        journey.approve()
        journey.send()
        journey.results()
        journey.look_at_settings()
        look_at_sections(journey, look)
    finally:
        journey.application.kit.prefs.language = "zh_CN"
        journey.end()
    assert {text for texts in found.values() for text in texts} == set()
    assert {"overview", "customer", "import 5", "rows", "running", "results", "settings accounts"} <= found.keys()


def import_file(journey: Journey, folder: Path, look: Any) -> None:
    page = journey.application.shell.findChild(CustomersPage)
    assert page is not None
    assert journey.application.desk is not None
    file = folder / "members.csv"
    rows = [f"ou-{n:05d},,金卡,是,1" for n in range(30)] + [",1380013800A,金卡,是,", ",,,,"]
    rows += [f",138 0013 80{n:02d},金卡,是," for n in range(8)] + ["ou-00001,,金卡,是,1"]
    file.write_text("\n".join([",".join(COLUMNS), *rows]), "gb18030")
    page.import_file.click()
    wizard, model = page.findChild(ImportWizard), import_of(journey.application.desk)
    assert isinstance(wizard, ImportWizard)
    wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    look("import 1", wizard)
    model.choose(str(file))
    for step in (2, 3, 5):
        wait_for(lambda: not model.state.busy and wizard.next.isEnabled(), f"import step {step}")
        pause(200)
        look(f"import {step}", wizard)
        wizard.next.click()
    wizard.close()
    pause(200)
    look("import told")


def open_rows(journey: Journey, look: Any) -> None:
    journey.driver.click("bar_default_consent")
    pause(300)
    journey.driver.click("rows_table")
    journey._enter("rows_table", 0)
    pause(300)
    look("rows")
    journey.driver.click("rows_back")


def look_at_sections(journey: Journey, look: Any) -> None:
    page = journey.application.shell.page("settings")
    assert isinstance(page, SettingsPage)
    for section in SECTIONS:
        page.open(section)
        pause(200)
        look(f"settings {section}")
