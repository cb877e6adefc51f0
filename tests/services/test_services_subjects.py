"""Requests of single people: a copy is whole or not there, and never takes another file's place."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app.domain.errors import NotFound, WorkspaceError
from campaign_app.services.subjects import FORMAT
from campaign_app.storage.audit import SqlAuditLog
from tests.helpers.desk import code_of
from tests.helpers.fresh import fresh_folder
from tests.helpers.staged import Staged, open_by_day, stage


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    for app in open_by_day(fresh_folder(tmp_path / "made"), tmp_path / "workspace"):
        yield stage(app, people=2)


def somebody(staged: Staged) -> int:
    return staged.app.subjects.find(staged.account, "c00001")


def test_a_copy_takes_no_other_files_place(staged: Staged, tmp_path: Path) -> None:
    file, customer = tmp_path / "copy.json", somebody(staged)
    written = staged.app.subjects.export(customer, file, actor="test")
    assert (json.loads(file.read_text("utf-8"))["format"], file.stat().st_size) == (FORMAT, written)
    file.write_text("another", "utf-8")
    assert code_of(lambda: staged.app.subjects.export(customer, file, actor="test")) == "file_exists"
    assert file.read_text("utf-8") == "another"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes of files")
def test_a_copy_is_its_owners_alone(staged: Staged, tmp_path: Path) -> None:
    file = tmp_path / "copy.json"
    staged.app.subjects.export(somebody(staged), file, actor="test")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_copy_that_cannot_be_written_whole_is_not_there(staged: Staged, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="a system without limits of its own")
    file, customer = tmp_path / "copy.json", somebody(staged)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        assert code_of(lambda: staged.app.subjects.export(customer, file, actor="test")) == "file_unwritable"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not file.exists()
    nowhere = tmp_path / "nowhere" / "copy.json"
    assert code_of(lambda: staged.app.subjects.export(customer, nowhere, actor="test")) == "file_unwritable"


def test_a_copy_that_the_audit_does_not_tell_of_is_not_there(
    staged: Staged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise WorkspaceError("disk_full", "The disk is full")

    monkeypatch.setattr(SqlAuditLog, "record", full)
    file, customer = tmp_path / "copy.json", somebody(staged)
    assert code_of(lambda: staged.app.subjects.export(customer, file, actor="test")) == "disk_full"
    assert not file.exists()


def test_whom_nobody_knows_is_nobody(staged: Staged) -> None:
    with pytest.raises(NotFound):
        staged.app.subjects.find(staged.account, "nobody")
