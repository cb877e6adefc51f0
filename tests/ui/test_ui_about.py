"""设置 → 关于: what the program is made of, and whether there is a newer release."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from campaign_app import updates
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings_about import AboutSection
from campaign_app.ui.viewmodels.about import AboutModel

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


@pytest.fixture
def section(desk: Desk, qtbot: QtBot, tmp_path: Path) -> AboutSection:
    keys = {updates.key_id(KEY.public_key().public_bytes_raw()): KEY.public_key()}
    asked = updates.Desk(tmp_path / "config", desk.app.clock, "1.1.0", keys)
    made = AboutSection(desk, AboutModel(lambda: asked, desk.kit.tasks, desk.session))
    qtbot.addWidget(made)
    made.show()
    made._model.load()
    qtbot.waitUntil(lambda: made.version.text() == "1.1.0")
    return made


def manifest(file: Path, desk: Desk, version: str) -> Path:
    now = desk.app.clock()
    said = {
        "format": updates.FORMAT, "version": version, "minimum": "1.0.0", "date": updates.written(now),
        "expires": updates.written(now + timedelta(days=9)), "changes": {"zh_CN": "更快。", "en": "Faster."},
        "files": [{"name": "x.deb", "sha256": "ab" * 32, "size": 5}],
    }  # fmt: skip
    signature = base64.b64encode(KEY.sign(updates.DOMAIN + updates.canonical(said))).decode()
    named = {"key": updates.key_id(KEY.public_key().public_bytes_raw()), "signature": signature}
    file.write_text(json.dumps({"signed": said, "signatures": [named]}), "utf-8")
    return file


def test_without_an_address_only_a_file_can_be_asked(section: AboutSection, qtbot: QtBot) -> None:
    assert (section.check.isEnabled(), section.from_file.isEnabled(), section.keep.isEnabled()) == (False, True, False)
    qtbot.keyClicks(section.address, "http://example.com/release.json")
    section.keep.click()
    qtbot.waitUntil(lambda: bool(section.reason.text()))
    assert not section.check.isEnabled()
    section.address.clear()
    qtbot.keyClicks(section.address, "https://example.com/release.json")
    section.keep.click()
    qtbot.waitUntil(section.check.isEnabled)
    assert section.reason.isHidden()


def test_a_file_is_judged_and_its_changes_and_hashes_are_shown(
    section: AboutSection, desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = manifest(tmp_path / "release.json", desk, "1.2.0")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(chosen), ""))
    section.from_file.click()
    qtbot.waitUntil(lambda: section.verdict.text().startswith("有新版本 1.2.0"))
    assert (section.told.text(), "ab" * 32 in section.files.text()) == ("更快。", True)
    manifest(chosen, desk, "1.0.5")
    section.from_file.click()
    qtbot.waitUntil(lambda: "旧清单" in section.reason.text())
    assert section.verdict.isHidden(), "what was found before is no answer to this"


def test_the_notices_name_every_part(section: AboutSection, qtbot: QtBot) -> None:
    section.notices.click()
    assert section.dialog is not None
    text = section.dialog.text
    qtbot.waitUntil(lambda: "pyside6-essentials" in text.toPlainText())
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text.toPlainText()
    section.dialog.accept()
