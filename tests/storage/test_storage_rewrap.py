"""Another passphrase for the same key: the old one holds until the new one is on the disk, whatever happens."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from storage_samples import KEY

from campaign_app.credentials import MemoryKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.errors import AppError, SettingsError, WorkspaceError
from campaign_app.storage import header, locks
from campaign_app.storage.folders import is_free
from campaign_app.storage.workspace import create_workspace, open_workspace, rewrap

DIALECTS = ("sqlite",)

CHEAP = Scrypt(n=2**10)
OLD, NEW = PassphraseKeeper("ein alter Satz", CHEAP), PassphraseKeeper("ein neuer Satz", CHEAP)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder of a workspace that is kept by the old passphrase."""
    create_workspace(tmp_path / "workspace", OLD).close()
    return tmp_path / "workspace"


def opens(folder: Path, keeper: PassphraseKeeper) -> str:
    try:
        open_workspace(folder, keeper).close()
    except AppError as error:
        return error.code
    return ""


def test_the_new_passphrase_opens_what_the_old_one_made(kept: Path) -> None:
    workspace_id = header.read_header(kept).workspace_id
    rewrap(kept, OLD, NEW)
    assert (opens(kept, NEW), opens(kept, OLD)) == ("", "wrong_passphrase")
    assert header.read_header(kept).workspace_id == workspace_id
    if os.name == "posix":
        assert (kept / header.FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (NEW, NEW, "wrong_passphrase"),
        (OLD, PassphraseKeeper("kurz", CHEAP), "passphrase_short"),
        (OLD, PassphraseKeeper("11111111", CHEAP), "passphrase_weak"),
        (MemoryKeeper(KEY), NEW, "wrong_key"),
    ],
)
def test_what_is_refused_leaves_the_old_passphrase(
    kept: Path, old: PassphraseKeeper | MemoryKeeper, new: PassphraseKeeper, code: str
) -> None:
    before = (kept / header.FILE).read_bytes()
    with pytest.raises((WorkspaceError, SettingsError)) as caught:
        rewrap(kept, old, new)
    assert caught.value.code == code
    assert (kept / header.FILE).read_bytes() == before
    assert opens(kept, OLD) == ""


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EACCES, "read_only")])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_midway_leaves_the_old_passphrase(
    kept: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, code: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    files = sorted(kept.iterdir())
    with monkeypatch.context() as broken:
        broken.setattr(os, step, fail)
        with pytest.raises(WorkspaceError) as caught:
            rewrap(kept, OLD, NEW)
    assert caught.value.code == code
    assert sorted(kept.iterdir()) == files
    assert (opens(kept, OLD), opens(kept, NEW)) == ("", "wrong_passphrase")


def test_a_file_left_by_a_kill_midway_is_in_nobodys_way(kept: Path) -> None:
    (kept / f"{header.FILE}.new").write_text(json.dumps({"half": "a header"}), encoding="utf-8")
    assert opens(kept, OLD) == ""
    rewrap(kept, OLD, NEW)
    assert opens(kept, NEW) == ""


@pytest.mark.parametrize("name", ["window", "worker"])
def test_a_lock_that_cannot_be_written_is_an_error_of_ours(kept: Path, name: locks.LockName) -> None:
    (kept / f"{name}.lock").mkdir()
    with pytest.raises(WorkspaceError) as caught, locks.lock(kept, name):
        pytest.fail("it cannot be held")
    assert caught.value.code == "read_only"


def test_a_lock_whose_holder_cannot_be_written_down_is_let_go(kept: Path) -> None:
    (kept / "window.pid").mkdir()
    for _ in range(2):
        with pytest.raises(WorkspaceError) as caught, locks.lock(kept, "window"):
            pytest.fail("it cannot be held")
        assert caught.value.code == "read_only"


def test_where_a_new_workspace_may_be_made(tmp_path: Path, kept: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert [is_free(tmp_path / name) for name in ("absent", "empty", "file")] == [True, True, False]
    assert not is_free(kept)
