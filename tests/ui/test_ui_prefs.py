"""What the window remembers: there again the next time, and no harm where it is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QApplication

from campaign_app import bootstrap
from campaign_app.ui.app import _plan
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.viewmodels.session import Plan


def test_what_is_remembered_is_there_again(tmp_path: Path, qapp: QApplication) -> None:
    first = Prefs(tmp_path)
    first.language, first.theme, first.workspace = "en", "dark", tmp_path / "我的工作区"
    first.put_bytes("geometry", QByteArray(b"abc"))
    first.save()
    again = Prefs(tmp_path)
    assert (again.language, again.theme, again.workspace) == ("en", "dark", tmp_path / "我的工作区")
    assert again.bytes("geometry").data() == b"abc"
    again.workspace = None
    assert again.workspace is None


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00garbage", b"[General]\nlanguage=klingon\ntheme=pink\nworkspace="]
)
def test_a_file_that_cannot_be_understood_is_the_defaults_again(
    tmp_path: Path, qapp: QApplication, content: bytes
) -> None:
    (tmp_path / "window.ini").write_bytes(content)
    prefs = Prefs(tmp_path)
    assert (prefs.language, prefs.theme, prefs.workspace) == ("zh_CN", "system", None)
    assert prefs.bytes("geometry").isEmpty()


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path, qapp: QApplication) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    prefs = Prefs(tmp_path / "file" / "below")
    prefs.theme = "dark"
    prefs.save()
    assert prefs._stored.status() is not QSettings.Status.NoError


def test_the_workspace_of_the_last_time_is_opened_unless_another_is_asked_for(
    prefs: Prefs, phrased: Path, tmp_path: Path
) -> None:
    usual = bootstrap.default_folder().absolute()
    assert _plan(None, prefs) == Plan(usual)
    prefs.workspace = phrased
    assert _plan(None, prefs) == Plan(phrased, known=True)
    assert _plan(tmp_path, prefs) == Plan(tmp_path)
    prefs.workspace = tmp_path / "gone"
    assert _plan(None, prefs) == Plan(tmp_path / "gone", known=True)
