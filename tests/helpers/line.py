"""Commands called in this process, on a workspace that is kept by a passphrase."""

from __future__ import annotations

import gc
import io
import json
import shutil
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap
from campaign_app.__main__ import window
from campaign_app.cli.main import main
from campaign_app.credentials import PassphraseKeeper, Scrypt

SECRET, OWN = "十年树木百年树人", "只属于备份的一句话"


class Line:
    """Commands in this process, on one workspace that is kept by a passphrase."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder, self.file = tmp_path / "ws", tmp_path / "a.yunfa-backup"
        self.own = self._secret(tmp_path / "own", OWN)
        self.options = ("--workspace", str(self.folder), "--passphrase-file", self._secret(tmp_path / "p", SECRET))

    @staticmethod
    def _secret(file: Path, text: str) -> str:
        file.write_text(f"{text}\n", encoding="utf-8")
        file.chmod(0o600)
        return str(file)

    def call(self, *words: str) -> tuple[int, str, str]:
        said, complained = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
            patch.setattr(sys, "argv", ["campaign-app", *words])
            often = gc.get_threshold()
            with pytest.raises(SystemExit) as end:
                main(window)
            gc.set_threshold(*often)
        return int(end.value.code or 0), said.getvalue(), complained.getvalue()

    def json(self, *words: str) -> Any:
        status, said, complained = self.call(*words, "--json")
        assert status == 0, complained
        return json.loads(said)

    def here(self, *words: str) -> Any:
        return self.json(*words, *self.options)

    def open(self) -> bootstrap.App:
        return bootstrap.open_app(self.folder, PassphraseKeeper(SECRET))


@cache
def _made() -> Path:
    # below the home folder of the tests, which ends with them
    folder = Path(tempfile.mkdtemp(prefix="line-", dir=Path.home())) / "ws"
    bootstrap.create_app(folder, PassphraseKeeper(SECRET, Scrypt(n=2**10))).close()
    return folder


def new_line(tmp_path: Path) -> Line:
    """On a copy of a workspace that was just made."""
    made = Line(tmp_path)
    shutil.copytree(_made(), made.folder)
    return made
