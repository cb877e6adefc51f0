"""`campaign-app worker`: does the long work of one workspace until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from campaign_app.cli.keys import FolderOption, PassphraseOption, passphrase_from
from campaign_app.cli.words import fail

if TYPE_CHECKING:
    from campaign_app.credentials import KeyKeeper


TRY_AGAIN: Final = 75  # sysexits.h: whoever watches it starts it again


def worker(
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    attached: Annotated[
        bool, typer.Option("--attached", help="由父进程启动：从标准输入读取密钥，父进程退出即停止。")
    ] = False,
) -> None:
    """处理一个工作区的同步、核验和发送，直到被停止。"""
    from campaign_app import bootstrap, logs, working

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    folder = workspace or bootstrap.default_folder()
    keeper, offset = _handed(folder, stop) if attached else _asked(folder, passphrase_file)
    logs.configure("INFO", folder / "worker.log")
    renew = working.run_worker(folder, keeper, clock_offset=offset, stopped=stop.wait, ready=_ready)
    # a step that still waits for a platform must not hold up the end: it is done again at the next start
    sys.stdout.flush()
    os._exit(TRY_AGAIN if renew else 0)


def _asked(folder: Path, passphrase_file: Path | None) -> tuple[KeyKeeper, timedelta]:
    from campaign_app import bootstrap

    return bootstrap.keeper_of(folder, lambda: passphrase_from(passphrase_file)), timedelta(0)


def _handed(folder: Path, stop: threading.Event) -> tuple[KeyKeeper, timedelta]:
    """The key and the clock offset that the parent writes in its time; from then on its end is ours."""
    from campaign_app import bootstrap, working

    working.get_ready()
    try:
        hello = json.loads(sys.stdin.readline(4_096))
        key, offset = bytes.fromhex(hello["key"]), timedelta(seconds=float(hello["clock_offset"]))
    except (ValueError, TypeError, KeyError):
        if stop.is_set():
            raise SystemExit(0) from None
        fail("--attached 需要父进程从标准输入给出密钥。")

    def until_parent_ends() -> None:
        sys.stdin.read()
        stop.set()

    # a daemon: nothing may wait for a read that only the parent's end ends
    threading.Thread(target=until_parent_ends, daemon=True).start()  # noqa: TID251
    return bootstrap.handed_keeper(folder, key), offset


def _ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
