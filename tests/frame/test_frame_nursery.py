"""Processes that tests start: as others in all but the time that they take."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.helpers import nursery
from tests.helpers.nursery import FROM_NOTHING

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes begin from nothing there")


def born(deed: str, **given: Any) -> tuple[int, dict[str, Any], list[str], list[str]]:
    """Its parent, what it was given, the rest of what it printed with its status, and its first and last complaint."""
    command = [sys.executable, "-m", "tests.helpers.born", deed]
    environment = {**os.environ, "TOLD": "说", **given}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        said, complained = process.communicate(b"a\r\nb\rc\n")
    first, *rest = said.decode().splitlines()
    told = json.loads(first)
    lines = complained.decode().splitlines()
    return told.pop("parent"), told, [*rest, str(process.returncode)], [lines[0], lines[-1]]


@pytest.mark.parametrize("deed", ["0", "3", "wrong", "killed"])
def test_it_is_given_and_leaves_what_another_would(deed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parent, *here = born(deed)
    assert parent != os.getpid()
    monkeypatch.setattr(subprocess, "Popen", FROM_NOTHING)
    parent, *from_nothing = born(deed)
    assert parent == os.getpid()
    assert here == from_nothing


@pytest.mark.parametrize("name", ["PYTHONOPTIMIZE", "LD_PRELOAD", "LC_CTYPE"])
def test_what_is_read_at_the_start_makes_it_begin_from_nothing(name: str) -> None:
    assert born("0", **{name: ""})[0] == os.getpid()


@pytest.mark.parametrize("answer", [signal.SIG_IGN, signal.default_int_handler])
def test_whether_an_interrupt_is_heard_is_as_where_it_was_asked_for(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.signal(signal.SIGINT, answer)
    try:
        _, *here = born("0")
        monkeypatch.setattr(subprocess, "Popen", FROM_NOTHING)
        _, *from_nothing = born("0")
    finally:
        signal.signal(signal.SIGINT, before)
    assert here == from_nothing


def test_what_a_test_sets_for_itself_is_not_for_those_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONOPTIMIZE", "1")
        assert born("0")[0] == os.getpid()
    assert born("0")[0] != os.getpid()


def test_where_the_nursery_has_ended_nobody_takes_an_end_for_a_good_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nursery, "_nurseries", {})
    command = [sys.executable, "-m", "tests.helpers.born", "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        (own,) = nursery._nurseries.values()
        own._process.kill()
        own._process.wait()
        assert process.wait(10) == 255
        process.communicate(b"")
    own._socket.close()
