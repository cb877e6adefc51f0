"""Nothing is cut, overlaps, hangs out or is blank, on any page: in both languages, two fifths longer, in two sizes."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.blank import blank_in
from tests.helpers.geometry import SIZES, wrong_in
from tests.helpers.windowed import LANGUAGES, Language, Windowed

ROOT = Path(__file__).resolve().parents[2]


# what is sampled has both languages, both looks, and the words at their shortest and at their longest
@pytest.mark.parametrize(
    "language",
    [each if each.longer is (each.code == "en") else pytest.param(each, marks=pytest.mark.long) for each in LANGUAGES],
    ids=str,
)
def test_nothing_is_cut_or_blank_and_nothing_overlaps(window: Windowed, language: Language) -> None:
    window.speak(language)
    window.desk.kit.theme.use("dark" if language.longer else "light")
    found, seen = set[str](), 0
    walks = (window.views(), window.requests(), window.connecting(), window.beside(), window.guided())
    for name, shown in chain.from_iterable(walks):
        for size in SIZES:
            if shown is window.shell:
                window.resize(size)
                assert window.shell.size() == size, f"{name} does not fit into {size.toTuple()}"
            wrong = wrong_in(shown, longer=language.longer) | blank_in(shown)
            found |= {f"{name}, {size.width()}: {what}" for what in wrong}
            seen += 1
    window.desk.kit.theme.use("light")
    window.speak(LANGUAGES[0])
    assert seen > 50
    assert found == set()


@pytest.mark.parametrize("factor", ["1.5", pytest.param("2", marks=pytest.mark.long)])
def test_so_it_is_on_a_screen_that_scales(factor: str, tmp_path: Path) -> None:
    """The scale is a process's own."""
    command = [sys.executable, "-m", "tests.helpers.geometry", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "QT_SCALE_FACTOR": factor}, capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n")[0] == factor, done.stderr
    assert done.returncode == 0, done.stdout


def test_the_walk_sees_what_is_wrong(qtbot: QtBot) -> None:
    top = QWidget()
    qtbot.addWidget(top)
    top.resize(200, 100)
    for text, at in (
        ("一段写不下的长长的话", (0, 0, 40, 20)),
        ("另一段", (20, 10, 100, 20)),
        ("在外面", (150, 0, 100, 20)),
    ):
        QLabel(text, top).setGeometry(*at)
    QPushButton("写不下的按钮", top).setGeometry(0, 60, 30, 24)
    top.show()
    found = "\n".join(wrong_in(top, longer=False))
    assert "'一段写不下的长长的话' needs" in found
    assert "'写不下的按钮' needs" in found
    assert "overlap" in found
    assert "outside" in found
