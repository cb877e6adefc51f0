"""The window's process is killed outright while somebody writes: what was saved is there again, and the campaign is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import PassphraseKeeper, Scrypt
from tests.helpers.typist import FILLED, ON, SIGNATURE, SPENT
from tests.helpers.writing import CLEAN, campaign_of, stock

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kills itself by a signal"),
]
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 150
PHRASE = "一句只有我知道的话"
KILLED = -9


class Desk:
    """One workspace on which the program is started anew each time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with bootstrap.create_app(folder, PassphraseKeeper(PHRASE, Scrypt(n=2**10))) as app:
            stock(app)
            self._campaign = campaign_of(app).id

    def run(self, deed: str) -> tuple[dict[str, Any], str]:
        """What the window showed at its start, and the text as it was typed until it was killed."""
        command = [sys.executable, "-m", "tests.helpers.typist", str(self._folder), PHRASE, str(self._campaign), deed]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
        assert done.returncode == (0 if deed == "end" else KILLED), done.stderr
        assert "Traceback" not in done.stderr
        shown, *typed = map(json.loads, done.stdout.splitlines())
        return shown, typed[-1]["typed"] if typed else ""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "workspace")


def test_what_was_typed_a_second_before_the_kill_is_there_again(desk: Desk) -> None:
    shown, _ = desk.run("fill")
    assert shown == {"conditions": [], "signature": "安宁百货", "text": CLEAN}
    filled = {"conditions": [SPENT], "signature": SIGNATURE, "text": FILLED}
    shown, typed = desk.run("on")
    assert shown == filled
    assert typed == FILLED + ON
    shown, _ = desk.run("write")
    assert shown == filled, "killed at the last key: as it was last saved"
    shown, _ = desk.run("end")
    assert shown["text"] in (FILLED, FILLED + ON), "killed amidst the writing: all of it, or nothing"
    assert shown == {**filled, "text": shown["text"]}


def test_who_types_without_a_pause_is_saved_all_the_same(desk: Desk) -> None:
    _, typed = desk.run("hurry")
    shown, _ = desk.run("end")
    assert typed.startswith(shown["text"])
    assert len(shown["text"]) > len(CLEAN)
