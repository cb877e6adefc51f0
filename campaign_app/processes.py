"""Child processes of this very program: the worker of a workspace, and whatever a command needs beside it."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from campaign_app.domain.errors import AppError

if sys.platform == "linux":
    import fcntl

NEEDED_NO_MORE: Final = "\n"  # to a worker that waits for its key
STOP_SECONDS: Final = 10
# a team's worker lets the batch that it hands over come to its end (a minute at most), and gives its lease back
TEAM_STOP_SECONDS: Final = 75
# of whoever asks for a window before any language is chosen
NO_DISPLAY: Final = "没有可用的图形界面，请在桌面环境中运行；命令行用法见 campaign-app --help。\n"
NO_WINDOW: Final = "无法在这里显示窗口：图形界面没有响应，或缺少它需要的系统库。命令行用法见 campaign-app --help。\n"
READ_ROWS: Final = "read-rows"  # a command for our own processes only
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
SIGNALS: Final = os.name == "posix"  # whether a process can be asked to end, and not only be killed
_NO_CONSOLE: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # of Windows: none is to flash up beside the window
# of what a child writes, so that it need not wait for its reader
_PIPE: Final = 1 << 20
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
        program = Path(sys.executable)
        # on Windows and macOS the window's own program has no standard streams: a child needs them
        return [str(program.with_stem(program.stem.removesuffix("-gui"))), *arguments]
    return [sys.executable, "-m", "campaign_app", *arguments]


def has_display() -> bool:
    """Whether a window can be shown here."""
    return not sys.platform.startswith("linux") or any(map(os.environ.get, _DISPLAYS))


@contextmanager
def start_child(command: Sequence[str], stop_seconds: float = STOP_SECONDS) -> Iterator[subprocess.Popen[str]]:
    """A child that gets ready beside us until `greet` waits for it.

    It is ended with the block, and killed where that takes longer than `stop_seconds`; it ends by itself if this
    process dies, since its standard input is then closed.
    """
    process = subprocess.Popen(  # noqa: S603 our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", creationflags=_NO_CONSOLE
    )
    try:
        yield process
    finally:
        _stop(process, stop_seconds)


def open_child(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A child that is spoken to in bytes, for whoever sees to its end; it ends by itself as `start_child`'s does.

    Raises OSError where the system has no room for another process.
    """
    process = subprocess.Popen(  # noqa: S603 our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, creationflags=_NO_CONSOLE
    )
    assert process.stdout is not None
    if sys.platform == "linux":
        with suppress(OSError):  # a user may have only so much of it
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _PIPE)
    return process


def greet(process: subprocess.Popen[str]) -> str:
    """Waits for the first line that it prints, and returns it; raises AppError("child_failed") if it ends before."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        status = process.wait()
        raise AppError("child_failed", f"A helper process ended at once (status {status})", status=status)
    return line


def ask_to_end(process: subprocess.Popen[str]) -> None:
    """What the child has at hand comes to its end first.

    Windows has no such signal, its `terminate` kills; there the end of standard input is what each child of ours obeys.
    """
    if SIGNALS:
        process.terminate()
    elif process.stdin is not None:
        with suppress(OSError):  # it has ended already
            process.stdin.write(NEEDED_NO_MORE)
            process.stdin.flush()
        with suppress(OSError):
            process.stdin.close()
        process.stdin = None  # or `communicate` would look after it


def _stop(process: subprocess.Popen[str], seconds: float) -> None:
    ask_to_end(process)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def begin_worker(folder: Path, stop_seconds: float = STOP_SECONDS) -> AbstractContextManager[subprocess.Popen[str]]:
    """A worker that gets ready for a workspace, which need not be there before `hand_over`."""
    return start_child(own_command("worker", "--workspace", str(folder), "--attached"), stop_seconds)


def hand_over(worker: subprocess.Popen[str], key: bytes, clock_offset: timedelta) -> None:
    """The key goes by standard input, never by an argument. `greet` waits until the worker is at work."""
    assert worker.stdin is not None
    with suppress(OSError):  # it has ended, for which Windows has a word of its own: what it said on stderr tells why
        worker.stdin.write(json.dumps({"key": key.hex(), "clock_offset": clock_offset.total_seconds()}) + "\n")
        worker.stdin.flush()


@contextmanager
def start_worker(
    folder: Path, key: bytes, clock_offset: timedelta, stop_seconds: float = STOP_SECONDS
) -> Iterator[subprocess.Popen[str]]:
    """The worker of a workspace, as long as the block runs."""
    with begin_worker(folder, stop_seconds) as process:
        hand_over(process, key, clock_offset)
        greet(process)
        yield process
