"""The main job as a user runs it: one command, no display, no keychain, nothing set by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

KEYS = {
    "customers", "audience", "funnel", "submitted", "delivered", "replies", "opt_outs", "doubled", "unconfirmed",
    "seconds",
}  # fmt: skip


def run(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-m", "campaign_app", *words],
        capture_output=True, text=True, encoding="utf-8", env=bare, timeout=280, check=False, **options,
    )  # fmt: skip


@pytest.mark.parametrize("faults", [pytest.param("none", marks=pytest.mark.long), "flaky"])
def test_demo_prints_one_object_that_adds_up(faults: str) -> None:
    done = run("demo", "--headless", "--json", "--customers", "2000", "--faults", faults)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert set(result) == KEYS
    assert sum(result["funnel"].values()) == result["audience"]
    assert result["submitted"] == result["funnel"]["ok"] > 0
    assert (result["customers"], result["doubled"], result["unconfirmed"]) == (2_000, 0, 0)
    assert 0 < result["delivered"] <= result["submitted"]
    assert result["opt_outs"] <= result["replies"]


@pytest.mark.parametrize(
    "words",
    [
        ("demo", "--headless", "--customers", "many"),
        ("demo", "--headless", "--faults", "nonsense"),
        ("demo", "--nonsense"),
        ("nonsense",),
        ("status", "--workspace", "/nonexistent/workspace"),
        ("worker", "--workspace", "/nonexistent/workspace"),
        ("gate", "/nonexistent.jsonl"),
        ("sandbox", "--port", "99999"),
    ],
)
def test_bad_usage_is_a_sentence_and_status_2(words: tuple[str, ...]) -> None:
    done = run(*words, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr + done.stdout
