"""`import` from the command line: an import that is stopped in its midst."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from campaign_app import bootstrap
from campaign_app.cli import import_
from campaign_app.cli.main import app as line
from campaign_app.credentials import MemoryKeeper
from campaign_app.storage import locks
from tests.helpers.staged import KEY, stage


def test_an_import_that_is_stopped_reports_what_the_worker_still_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "客户.csv"
    file.write_text("ouid,等级\nc1,金\nc2,银\n", encoding="utf-8")
    waits = list[float]()

    def stop_and_then_wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            raise KeyboardInterrupt
        if len(waits) == 3:  # the worker has written its chunk by now, and ends the import
            opened.imports.apply_chunk(1, 0)
            opened.imports.finish(1)

    with closing(bootstrap.create_app(tmp_path / "workspace", MemoryKeeper(KEY))) as opened, ExitStack() as stack:
        account = stage(opened).account
        app = replace(opened, wait=stop_and_then_wait)
        stack.enter_context(locks.lock(tmp_path / "workspace", "worker"))
        monkeypatch.setattr(import_, "open_for", lambda *_: nullcontext(app))
        monkeypatch.setattr(bootstrap, "with_worker", lambda *_, **__: nullcontext(app))
        done = CliRunner().invoke(line, ["import", str(file), "--account", str(account), "--json"])
        assert done.exit_code == 130
        assert json.loads(done.stdout)["left"] == 0
        assert len(waits) == 3


@pytest.mark.parametrize("there", [True, False])
def test_an_import_that_is_stopped_reports_and_ends_as_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """A worker that is `there` is given some seconds to end it; a terminal's Ctrl-C has ended our own."""
    file = tmp_path / "客户 名单.csv"
    file.write_text("ouid,等级\nc1,金\nc2,银\n", encoding="utf-8")

    waits = list[float]()

    def stop(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            raise KeyboardInterrupt

    with closing(bootstrap.create_app(tmp_path / "workspace", MemoryKeeper(KEY))) as opened, ExitStack() as stack:
        account = stage(opened).account
        app = replace(opened, wait=stop)
        if there:
            stack.enter_context(locks.lock(tmp_path / "workspace", "worker"))
        monkeypatch.setattr(import_, "open_for", lambda *_: nullcontext(app))
        monkeypatch.setattr(bootstrap, "with_worker", lambda *_, **__: nullcontext(app))
        done = CliRunner().invoke(line, ["import", str(file), "--account", str(account), "--json"])
        assert done.exit_code == 130
        assert json.loads(done.stdout)["left"] == 2, "the worker had not begun"
        assert "导入已停下" in done.stderr
        assert app.jobs.open_jobs() == ()
    assert len(waits) == (1 + import_.LOOKS if there else 1)
