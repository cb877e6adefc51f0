"""`campaign-app worker`: does the long work of one workspace until it is told to stop."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, TextIO

import typer

from campaign_app.cli.at_login import AtLoginChoice, set_at_login
from campaign_app.cli.keys import FolderOption, PassphraseOption, passphrase_from
from campaign_app.cli.words import BAD_USAGE, fail, say
from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.jobs.sharing import QUEUES
from campaign_app.processes import NEEDED_NO_MORE
from campaign_app.streams import hears_a_person
from campaign_app.teaming import EVERYTHING, Part

if TYPE_CHECKING:
    from campaign_app.credentials import KeyKeeper


BUG: Final = 1
TRY_AGAIN: Final = 75  # sysexits.h: whoever watches it starts it again
NOT_AGAIN: Final = 78  # sysexits.h: before a person has put that right it would end the same
_ASKS_AGAIN: Final = 30.0
_ASKS_SELDOM: Final = 600.0
_NEVER: Final = frozenset({"wrong_passphrase", "wrong_key"})
_LOCKED: Final = frozenset({"keychain_locked"})
# what is put right on the server, or by `workspace login` here; a server may count the tries of a login
_REFUSED: Final = frozenset({"server_login", "no_role"})


def worker(
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    attached: Annotated[
        bool, typer.Option("--attached", help="由父进程启动：从标准输入读取密钥，父进程退出即停止。")
    ] = False,
    queues: Annotated[
        str, typer.Option("--queues", help="团队工作区：只处理这些队列，用逗号分隔；默认全部。")
    ] = ",".join(QUEUES),
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=64, help="团队工作区：每个队列同时进行的任务数。")
    ] = EVERYTHING.concurrency,
    lease: Annotated[
        int, typer.Option("--lease", min=3, max=600, help="团队工作区：租约秒数，失联超过它，任务由其他进程接手。")
    ] = int(EVERYTHING.lease_seconds),
    health_port: Annotated[
        int | None,
        typer.Option("--health-port", min=1024, max=65535, help="团队工作区：在本机此端口回答 GET /health。"),
    ] = None,
    at_login: Annotated[
        AtLoginChoice | None,
        typer.Option("--at-login", help="不运行，只设置：本用户登录这台电脑时是否自动启动。"),
    ] = None,
) -> None:
    """处理一个工作区的同步、核验和发送，直到被停止。"""
    from campaign_app import bootstrap, logs, working

    if at_login is not None:
        set_at_login(workspace or bootstrap.default_folder(), at_login)
        return
    part = Part(_queues(queues), concurrency, float(lease), health_port)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    folder = workspace or bootstrap.default_folder()
    keeper, offset = _handed(folder, stop) if attached else _asked(folder, passphrase_file)
    logs.configure("INFO", folder / "worker.log")

    def lost() -> None:
        """Others have what this process had: as after a kill, nothing that it still does may count."""
        # told to stop it has given the lease back itself
        level = logging.INFO if stop.is_set() else logging.WARNING
        logging.getLogger(__name__).log(level, "the lease is over")
        os._exit(0 if stop.is_set() else TRY_AGAIN)

    begun = threading.Event()

    def ready() -> None:
        begun.set()
        _ready()

    def work() -> bool:
        return working.run_worker(
            folder, keeper, clock_offset=offset, stopped=stop.wait, ready=ready, part=part, lost=lost, waits=_waits
        )

    # a window and a person at a terminal are told at once, and try again themselves; nobody starts flows twice
    alone = not attached and not hears_a_person()
    try:
        renew = _unlocked(work, stop.wait, lambda: _LOCKED | _REFUSED if alone and not begun.is_set() else _LOCKED)
    except AppError as error:
        _tell(say(error))
        _end(NOT_AGAIN if error.code in _NEVER else BAD_USAGE)
    except Exception as bug:  # noqa: BLE001 told as any other, and the end
        sys.excepthook(type(bug), bug, bug.__traceback__)
        _end(BUG)
    _end(TRY_AGAIN if renew else 0)


def _unlocked(
    work: Callable[[], bool],
    stopped: Callable[[float], bool],
    waits_for: Callable[[], Collection[str]] = lambda: _LOCKED,
) -> bool:
    """Waits for a keychain that is locked. Asking may show a prompt: whoever dismissed it is asked ever more seldom.

    So is a server that refuses the login, whoever starts this process again and again.
    """
    seconds = _ASKS_AGAIN
    while True:
        try:
            return work()
        except WorkspaceError as error:
            if error.code not in waits_for():
                raise
            _waits(error)
        if stopped(seconds):
            return False
        seconds = min(2 * seconds, _ASKS_SELDOM)


def _end(status: int) -> NoReturn:
    """Whatever a step of a flow still waits for: it is done again at the next start.

    One that waits for a platform would hold up the end, and one for a server that refuses the login would keep for ever
    a process in which nobody is at work, and which nobody starts again.
    """
    for stream in (sys.stdout, sys.stderr):
        _say(stream, "")
    os._exit(status)


def _queues(named: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(each.strip() for each in named.split(",") if each.strip()))
    if not wanted or not QUEUES.keys() >= set(wanted):
        fail(f"--queues 只能是 {'、'.join(QUEUES)}，用逗号分隔。")
    return wanted


def _asked(folder: Path, passphrase_file: Path | None) -> tuple[KeyKeeper, timedelta]:
    from campaign_app import bootstrap

    return bootstrap.keeper_of(folder, lambda: passphrase_from(passphrase_file)), timedelta(0)


def _handed(folder: Path, stop: threading.Event) -> tuple[KeyKeeper, timedelta]:
    """The key and the clock offset that the parent writes in its time; from then on its end is ours."""
    from campaign_app import bootstrap, working

    working.get_ready()
    told = sys.stdin.readline(4_096)
    if told == NEEDED_NO_MORE or stop.is_set():
        raise SystemExit(0)
    try:
        hello = json.loads(told)
        key, offset = bytes.fromhex(hello["key"]), timedelta(seconds=float(hello["clock_offset"]))
    except (ValueError, TypeError, KeyError):
        fail("--attached 需要父进程从标准输入给出密钥。")

    def until_parent_ends() -> None:
        sys.stdin.read()
        stop.set()

    # a daemon: nothing may wait for a read that only the parent's end ends
    threading.Thread(target=until_parent_ends, daemon=True).start()  # noqa: TID251
    return bootstrap.handed_keeper(folder, key), offset


def _waits(trouble: AppError) -> None:
    _tell(f"后台进程在等待，恢复后会自己接着做。原因：{say(trouble)}")


def _tell(sentence: str) -> None:
    _say(sys.stderr, f"{sentence}\n")


def _ready() -> None:
    _say(sys.stdout, "ready\n")


def _say(stream: TextIO | None, text: str) -> None:
    """A program of Windows without a console has none, and whoever started this process may have ended meanwhile."""
    if stream is not None:
        with suppress(OSError):
            stream.write(text)
            stream.flush()
