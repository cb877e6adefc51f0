"""`import` from the command line: an import that is stopped in its midst."""

from __future__ import annotations

import json
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from campaign_app import bootstrap
from campaign_app.cli import import_
from campaign_app.cli.main import app as line
from campaign_app.credentials import MemoryKeeper
from tests.helpers.staged import KEY, stage


def test_an_import_that_is_stopped_reports_and_ends_as_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "客户 名单.csv"
    file.write_text("ouid,等级\nc1,金\nc2,银\n", encoding="utf-8")

    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    with closing(bootstrap.create_app(tmp_path / "workspace", MemoryKeeper(KEY))) as opened:
        account = stage(opened).account
        app = replace(opened, wait=stop)
        monkeypatch.setattr(import_, "open_for", lambda *_: nullcontext(app))
        monkeypatch.setattr(bootstrap, "with_worker", lambda *_, **__: nullcontext(app))
        done = CliRunner().invoke(line, ["import", str(file), "--account", str(account), "--json"])
        assert done.exit_code == 130
        assert json.loads(done.stdout)["left"] == 2, "the worker had not begun"
        assert "导入已停下" in done.stderr
        assert app.jobs.open_jobs() == ()
