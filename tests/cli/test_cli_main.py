"""What every command has around it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# the command `window` calls whatever it was handed, here with a bug
PROGRAM = """
import sys
from campaign_app.cli.main import main

def window(**_):
    try:
        raise ValueError("customer 13812345678")
    except ValueError as error:
        raise RuntimeError("private_key=abcdef") from error

sys.argv = ["campaign-app", "window"]
main(window)
"""


def test_a_bug_shows_no_number_and_no_key() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" in done.stderr
    assert "customer 138****5678" in done.stderr
    assert "13812345678" not in done.stderr
    assert "abcdef" not in done.stderr


def test_commands_that_need_no_rules_do_not_load_them() -> None:
    """They cost every process of the program, worker and sandbox included, a third of a second."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import campaign_app.cli.main, sys; print(*sys.modules)"],
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ).stdout.split()  # fmt: skip
    heavy = ("numpy", "sqlalchemy", "requests", "dbos", "PySide6", "starlette", "campaign_app.compliance")
    assert [name for name in heavy if name in loaded] == []


INTERRUPTED = """
import sys

class Pressed:
    def find_spec(self, name, *_):
        if name == "campaign_app.cli.main":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Pressed())
sys.argv = ["campaign-app", "worker"]
from campaign_app.__main__ import main
main()
"""


def test_whoever_presses_ctrl_c_while_a_command_is_loaded_reads_nothing_of_the_program() -> None:
    """A terminal tells it to whatever a command has started beside itself, too, which may just have begun."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
