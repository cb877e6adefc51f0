"""`campaign-app update check`: what a person reads of a release is what its manifest says, to the letter."""

from __future__ import annotations

import hashlib
import json
import socket
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from campaign_app import updates
from campaign_app.cli.main import app
from campaign_app.domain.errors import RemoteUnavailable, SettingsError
from tools import release_signing as signing

CHANGES = {"zh_CN": "见 [发布](docs/release.md)。", "en": "See [release](docs/release.md), and [/etc] too."}


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of one file, and a program that has the key of it."""
    key, out = signing.throw_away(), tmp_path / "out"
    out.mkdir()
    (out / "campaign-app_9.8.7_amd64.deb").write_bytes(b"deb")
    signing.sign(out, out / "x.release.json", "9.8.7", CHANGES, key)
    keys = {updates.key_id(key.raw): key.private.public_key()}
    desk = updates.Desk(tmp_path / "kept", lambda: datetime.now(UTC), "0.1.0", keys)
    monkeypatch.setattr(updates, "desk", lambda _: desk)
    return out / "x.release.json"


def test_changes_keep_their_brackets_and_hashes_can_be_checked(manifest: Path) -> None:
    done = CliRunner().invoke(app, ["update", "check", "--file", str(manifest)])
    assert done.exit_code == 0, done.output
    assert CHANGES["zh_CN"] in done.output
    assert CHANGES["en"] in done.output
    assert f"{hashlib.sha256(b'deb').hexdigest()}  campaign-app_9.8.7_amd64.deb" in done.output.splitlines()


def test_a_machine_reads_the_files_as_they_are(manifest: Path) -> None:
    done = CliRunner().invoke(app, ["update", "check", "--file", str(manifest), "--json"])
    (file,) = json.loads(done.output)["files"]
    assert file == {
        "name": "campaign-app_9.8.7_amd64.deb",
        "sha256": hashlib.sha256(b"deb").hexdigest(),
        "size": 3,
    }


@pytest.mark.parametrize(
    ("address", "code"), [("http://releases.invalid/x", "update_address"), ("https://[", "update_address")]
)
def test_an_address_is_refused_in_the_words_of_releases(manifest: Path, address: str, code: str) -> None:
    with pytest.raises(SettingsError) as refused:
        updates.desk(lambda: datetime.now(UTC)).use(address)
    assert refused.value.code == code


def test_a_release_that_does_not_come_speaks_of_no_platform(manifest: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        nobody = f"http://127.0.0.1:{held.getsockname()[1]}/x"
    desk = updates.desk(lambda: datetime.now(UTC))
    desk.use(nobody)
    with pytest.raises(RemoteUnavailable) as lost:
        desk.check()
    assert lost.value.code == "update_unreachable"


def test_the_program_says_its_version() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.output.strip()) == (0, version("campaign-app"))
