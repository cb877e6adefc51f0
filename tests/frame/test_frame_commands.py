"""README has exactly two set-up commands, and the checks of every change run these very lines."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MARKED = re.compile(r"<!-- command: (\w+) -->\n```sh\n(.*)\n```")


def commands() -> dict[str, str]:
    return dict(MARKED.findall((ROOT / "README.md").read_text("utf-8")))


def test_there_are_exactly_two_and_each_is_one_line() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert list(commands()) == ["demo", "test"]
    assert readme.count("```sh") == 2


def test_ci_runs_the_lines_of_the_readme() -> None:
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert [name for name in commands() if f"readme {name}" not in ci] == []
    assert not any(line in ci for line in commands().values()), "write them once, in README.md"


@pytest.mark.parametrize("name", ["demo", "test"])
def test_they_set_no_variable_and_start_what_exists(name: str) -> None:
    words = shlex.split(commands()[name])
    assert not any("=" in word for word in words)
    assert (ROOT / words[1]).is_file()
