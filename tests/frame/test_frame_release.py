"""A release: version and changelog are cut, and what is signed is what the program believes."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from campaign_app import updates
from tools import release_notes as notes
from tools import release_signing as signing

ROOT = Path(__file__).resolve().parents[2]
CHANGES = {"zh_CN": "更快。", "en": "Faster."}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What of the repository a release changes."""
    for name in ("pyproject.toml", "CHANGELOG.md", str(signing.KEYS)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_version_stands_in_one_place_and_is_replaced_there(tree: Path) -> None:
    former = (tree / "pyproject.toml").read_text("utf-8")
    notes.set_version(tree, "9.8.7")
    assert notes.version_of(tree) == "9.8.7"
    changed = [
        pair for pair in zip(former.splitlines(), _lines(tree, "pyproject.toml"), strict=True) if len({*pair}) > 1
    ]
    assert len(changed) == 1


def test_what_was_unreleased_becomes_the_versions(tree: Path) -> None:
    file = tree / "CHANGELOG.md"  # right after a release nothing is unreleased
    file.write_text(
        file.read_text("utf-8").replace("## [Unreleased]", "## [Unreleased]\n\n### Added\n\n- One.", 1), "utf-8"
    )
    said = notes.unreleased(tree)
    assert said.startswith("### Added\n\n- One.")
    notes.cut(tree, "9.8.7", date(2026, 11, 27))
    assert notes.section(tree, "9.8.7") == said
    assert notes.unreleased(tree) == ""
    assert "## [9.8.7] - 2026-11-27" in _lines(tree, "CHANGELOG.md")


@pytest.mark.parametrize(
    ("version", "newer"), [("0.1.1", True), ("0.10.0", True), ("0.1.0", False), ("0.0.9", False), ("0.2", False)]
)
def test_a_release_is_above_the_one_before(version: str, newer: bool) -> None:
    assert notes.is_newer(version, "0.1.0") is newer


def test_the_program_believes_what_a_release_signs(tree: Path, tmp_path: Path) -> None:
    key, out = signing.throw_away(), tmp_path / "out"
    out.mkdir()
    (out / "x.deb").write_bytes(b"deb")
    signing.put_key(tree, key.public)
    manifest = out / "x.release.json"
    signing.sign(out, manifest, "9.8.7", CHANGES, key)
    keys = updates.public_keys((tree / signing.KEYS).read_bytes())
    desk = updates.Desk(tmp_path / "kept", lambda: datetime.now(UTC), "0.1.0", keys)
    found = desk.check_file(manifest)
    digest = hashlib.sha256(b"deb").hexdigest()
    assert (found.newer, found.release.changes) == (True, CHANGES)
    assert found.release.files == (updates.File("x.deb", digest, 3),)
    assert (out / signing.SUMS).read_text() == f"{digest}  x.deb\n"


def test_what_other_systems_made_comes_into_the_same_release(tmp_path: Path) -> None:
    key, out, made = signing.throw_away(), tmp_path / "out", tmp_path / "x-9.8.7-windows.exe"
    out.mkdir()
    (out / "x-9.8.7.deb").write_bytes(b"deb")
    made.write_bytes(b"exe")
    manifest = out / "x-9.8.7.release.json"
    signing.sign(out, manifest, "9.8.7", CHANGES, key)
    for files, by, why in (([tmp_path / "x-9.8.6.exe"], key, "not of 9.8.7"), ([made], signing.throw_away(), "No key")):
        with pytest.raises(SystemExit, match=why):
            signing.add(out, files, by)
    signing.add(out, [made], key)
    found = updates.read(manifest.read_bytes(), {updates.key_id(key.raw): key.private.public_key()})
    assert ([each.name for each in found.files], found.changes) == (["x-9.8.7-windows.exe", "x-9.8.7.deb"], CHANGES)
    assert len(_lines(out, signing.SUMS)) == 2
    (out / "x-9.8.7.deb").write_bytes(b"another")
    with pytest.raises(SystemExit, match="changed since it was signed"):
        signing.add(out, [made], key)


def test_the_first_key_becomes_the_programs_and_no_other_signs_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "ROOT", tmp_path)
    (tmp_path / signing.KEYS).parent.mkdir(parents=True)
    (tmp_path / signing.KEYS).write_text('{"keys": []}')
    for name in ("first", "other"):
        key = signing.throw_away().private
        (tmp_path / name).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    first = signing.given(tmp_path / "first")
    signing.put_key(tmp_path, first.public)
    assert list(updates.public_keys((tmp_path / signing.KEYS).read_bytes())) == [updates.key_id(first.raw)]
    assert signing.given(tmp_path / "first").public == first.public
    with pytest.raises(SystemExit, match="programs that are out there would not believe it"):
        signing.given(tmp_path / "other")


def test_without_a_key_nothing_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(signing.VARIABLE, raising=False)
    with pytest.raises(SystemExit, match="needs --key"):
        signing.given(None)


def test_a_new_key_is_private_and_its_public_half_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: "a passphrase of a maintainer")
    file = tmp_path / "key.pem"
    signing.new(file)
    assert (file.stat().st_mode & 0o777, b"ENCRYPTED" in file.read_bytes()) == (0o600, True)
    public = json.loads(
        "{" + capsys.readouterr().out.replace('for "keys" in resources/release/keys.json:', '"key":') + "}"
    )
    keys = {"keys": [public["key"]]}
    monkeypatch.setattr(signing, "ROOT", tmp_path)
    (tmp_path / "resources" / "release").mkdir(parents=True)
    (tmp_path / signing.KEYS).write_text(json.dumps(keys))
    assert signing.given(file).public == public["key"]
    with pytest.raises(FileExistsError):
        signing.new(file)


def _lines(tree: Path, name: str) -> list[str]:
    return (tree / name).read_text("utf-8").splitlines()
