"""A file of evidence that is opened by itself gets its verdict in a window, without any workspace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app.evidence.files import Lines
from campaign_app.reports.files import new_file
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.viewer import Viewer

# macOS hands a file to the program that runs already
OPENED = """
import sys
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFileOpenEvent
from campaign_app.ui.program import Program
qt = Program()
qt.opened.connect(lambda file: print(file, flush=True))
QCoreApplication.sendEvent(qt, QFileOpenEvent(sys.argv[1]))
"""


def no_evidence(folder: Path) -> Path:
    file = folder / "x.yunfa"
    with new_file(file) as out:
        lines = Lines(out, None)
        lines.write('{"no": "evidence"}\n')
        lines.finish()
    return file


@pytest.mark.parametrize(("there", "said"), [(True, "不成立"), (False, "读不到文件")])
def test_it_tells_the_verdict_or_why_there_is_none(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, there: bool, said: str
) -> None:
    file = no_evidence(tmp_path) if there else tmp_path / "none.yunfa"
    viewer = Viewer(qapp, Prefs(tmp_path), file)  # type: ignore[arg-type]
    dialog = viewer.dialog
    qtbot.waitUntil(lambda: bool(dialog.verdict.text() or dialog.reason.text()))
    assert dialog.isVisible()
    assert said in dialog.verdict.text() + dialog.reason.text()
    dialog.accept()
    viewer.shut()


def test_the_running_program_takes_files(tmp_path: Path) -> None:
    file = str(tmp_path / "证据.yunfa")
    done = subprocess.run([sys.executable, "-c", OPENED, file], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == file
