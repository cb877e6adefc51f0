"""The window speaks English as completely as Chinese: every word in the code is translated, and compiled."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

from PySide6.QtCore import QCoreApplication, QFileInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QFileDialog, QFileIconProvider, QLabel
from pytestqt.qtbot import QtBot

from campaign_app.ui import show
from campaign_app.ui.languages import Languages

ROOT = Path(__file__).parents[2]
TS = ROOT / "resources" / "i18n" / "en.ts"
PLACES = re.compile(r"\{[^}]*\}|%L?n|%\d")


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translate", ROOT / "tools" / "translate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_word_stands_where_the_translator_is_blind() -> None:
    """Within an f-string lupdate sees no call, so the word is never translated."""
    call = re.compile(r"""f"[^"\n]*\{[^}"]*\btr\('""")
    blind = [path.name for path in (ROOT / "campaign_app" / "ui").rglob("*.py") if call.search(path.read_text("utf-8"))]
    assert blind == []


def test_numbers_are_written_with_their_thousands_apart() -> None:
    """By `%Ln`: a plain %n writes 3003 beside the 3,003 of a table."""
    plain = [path.name for path in (ROOT / "campaign_app" / "ui").rglob("*.py") if "%n" in path.read_text("utf-8")]
    assert plain == []
    former = QLocale()
    try:
        for language in ("zh_CN", "en"):
            QLocale.setDefault(QLocale(language))
            assert QCoreApplication.translate("x", "共 %Ln 个活动", "", 3_003) == f"共 {show.count(3_003)} 个活动"
    finally:
        QLocale.setDefault(former)


def messages(file: Path) -> dict[tuple[str, str], list[str]]:
    """(context, source) → its translations: two where the number matters."""
    found: dict[tuple[str, str], list[str]] = {}
    for context in ET.parse(file).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            found[context.findtext("name", ""), message.findtext("source", "")] = forms
    return found


def test_nothing_is_left_untranslated() -> None:
    assert tool().missing() == []


def test_every_word_of_the_code_is_known(tmp_path: Path) -> None:
    fresh = shutil.copy(TS, tmp_path / "en.ts")
    sources = sorted((ROOT / "campaign_app" / "ui").rglob("*.py"))
    lupdate = Path(sys.executable).parent / "pyside6-lupdate"
    options = ["-locations", "none", "-no-obsolete", "-target-language", "en", "-ts", fresh]
    subprocess.run([lupdate, *sources, *options], check=True, capture_output=True)
    assert messages(Path(fresh)).keys() == messages(TS).keys(), "run tools/translate.py"


def test_translations_keep_their_places() -> None:
    for (context, source), forms in messages(TS).items():
        for form in forms:
            wanted = set(PLACES.findall(source))
            found = set(PLACES.findall(form))
            assert found <= wanted, (context, source, form)
            assert wanted - found <= {"%Ln"}, (context, source, form)


def test_the_compiled_file_is_of_the_same_words() -> None:
    compiled = QTranslator()
    assert compiled.load(str(TS.with_suffix(".qm")))
    plain = {key: forms[0] for key, forms in messages(TS).items() if len(forms) == 1}
    assert {key: compiled.translate(*key) for key in plain} == plain


def test_what_a_number_begins_has_a_singular() -> None:
    """One of a thing was told as "1 complaints."."""
    counted = re.compile(r"\{count\} [a-z]+s\b")
    assert [where for where, forms in messages(TS).items() if len(forms) == 1 and counted.match(forms[0])] == []


def test_a_file_is_asked_for_in_chinese_throughout(qapp: QApplication, qtbot: QtBot) -> None:
    """Where the system has no dialog of its own for it, it is Qt's."""
    languages = Languages(qapp, qapp)
    languages.use("zh_CN")
    asked = QFileDialog()
    qtbot.addWidget(asked)
    english = {each.text() for each in asked.findChildren(QLabel) if each.text() and each.text().isascii()}
    kind = QFileIconProvider().type(QFileInfo(str(ROOT)))
    languages.clear()
    assert (english, kind) == (set(), "文件夹")
