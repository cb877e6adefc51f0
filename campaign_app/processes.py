"""Child processes of this very program: the worker of a workspace, and whatever a command needs beside it."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from campaign_app.domain.errors import AppError

STOP_SECONDS: Final = 10
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
# new objects before Python looks for cycles among them; it looks after every 700 by itself
_YOUNG: Final = 50_000


def look_for_cycles_less_often() -> None:
    """For a process that makes and drops objects by the million; what is loaded by now is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)


def own_command(*arguments: str) -> list[str]:
    """This program with other arguments, from a source tree, a wheel or a frozen build."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "campaign_app", *arguments]


def has_display() -> bool:
    """Whether a window can be shown here."""
    return not sys.platform.startswith("linux") or any(map(os.environ.get, _DISPLAYS))


@contextmanager
def start_child(command: Sequence[str], hello: str = "") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A child and the first line it printed; `hello` goes to its standard input, which stays open until the end.

    Raises AppError("child_failed") if it ends before its first line; it is ended with the block, and by itself if this
    process dies, since its standard input is then closed.
    """
    process = subprocess.Popen(  # noqa: S603 our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        yield process, _greet(process, hello)
    finally:
        _stop(process)


def _greet(process: subprocess.Popen[str], hello: str) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(hello)
        process.stdin.flush()
    except BrokenPipeError:
        pass  # its own words on stderr say why
    line = process.stdout.readline()
    if not line:
        status = process.wait()
        raise AppError("child_failed", f"A helper process ended at once (status {status})", status=status)
    return line


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


@contextmanager
def start_worker(folder: Path, key: bytes, clock_offset: timedelta) -> Iterator[subprocess.Popen[str]]:
    """The worker of a workspace, as long as the block runs. The key goes by standard input, never by an argument."""
    command = own_command("worker", "--workspace", str(folder), "--attached")
    hello = json.dumps({"key": key.hex(), "clock_offset": clock_offset.total_seconds()}) + "\n"
    with start_child(command, hello) as (process, _):
        yield process
