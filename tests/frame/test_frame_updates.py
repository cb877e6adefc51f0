"""A release is believed only if a key of this program signed it, and it is newer than all that was seen before."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign_app import assets, updates
from campaign_app.domain.errors import RemoteUnavailable, SettingsError
from campaign_app.updates import DOMAIN, Desk, canonical, key_id, public_keys, written

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
KEY, OTHER = Ed25519PrivateKey.from_private_bytes(b"k" * 32), Ed25519PrivateKey.from_private_bytes(b"o" * 32)
SAID: dict[str, Any] = {
    "format": "yunfa-release/1",
    "version": "1.2.0",
    "date": written(NOW - timedelta(days=1)),
    "expires": written(NOW + timedelta(days=300)),
    "minimum": "1.0.0",
    "files": [{"name": "campaign-app_1.2.0_amd64.deb", "sha256": "ab" * 32, "size": 66_000_000}],
    "changes": {"zh_CN": "修正。", "en": "Mended."},
}


def signed(said: dict[str, Any], *, key: Ed25519PrivateKey = KEY, domain: bytes = DOMAIN) -> bytes:
    signature = base64.b64encode(key.sign(domain + canonical(said))).decode()
    named = {"key": key_id(key.public_key().public_bytes_raw()), "signature": signature}
    return json.dumps({"signed": said, "signatures": [named]}, ensure_ascii=False).encode()


def manifest(**changes: Any) -> bytes:
    return signed(SAID | changes)


@pytest.fixture
def desk(tmp_path: Path) -> Callable[[str], Desk]:
    held = json.dumps({"keys": [base64.b64encode(KEY.public_key().public_bytes_raw()).decode()]}).encode()
    return lambda installed="1.1.0": Desk(tmp_path / "config", lambda: NOW, installed, public_keys(held))


Desks = Callable[..., Desk]


def test_a_newer_release_is_told_with_its_changes_and_hashes(desk: Desks) -> None:
    found = desk().check_bytes(manifest())
    assert (found.newer, found.first, found.release.version) == (True, "", "1.2.0")
    assert found.release.files[0].sha256 == "ab" * 32
    assert found.release.changes == {"zh_CN": "修正。", "en": "Mended."}


@pytest.mark.parametrize(("installed", "newer", "first"), [("1.2.0", False, ""), ("0.9.9", True, "1.0.0")])
def test_the_same_version_is_the_newest_and_a_very_old_one_needs_a_step(
    desk: Desks, installed: str, newer: bool, first: str
) -> None:
    found = desk(installed).check_bytes(manifest())
    assert (found.newer, found.first) == (newer, first)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(manifest(version="1.0.9"), "update_downgrade", id="downgrade"),
        pytest.param(manifest(expires=written(NOW)), "update_expired", id="expired"),
        pytest.param(manifest(date=written(NOW + timedelta(days=3))), "update_ahead", id="ahead of the clock"),
        pytest.param(signed(SAID, key=OTHER), "update_signature", id="another key"),
        pytest.param(signed(SAID, domain=b""), "update_signature", id="signed for something else"),
        pytest.param(manifest().replace(b"1.2.0", b"1.3.0"), "update_signature", id="changed"),
        pytest.param(json.dumps({"signed": SAID, "signatures": []}).encode(), "update_signature", id="unsigned"),
        pytest.param(manifest()[:-40], "update_broken", id="truncated"),
        pytest.param(manifest() * 2, "update_broken", id="twice"),
        pytest.param(b"", "update_broken", id="empty"),
        pytest.param(b"\xff\xfe", "update_broken", id="no UTF-8"),
        pytest.param(b"[" * 100_000, "update_broken", id="deep"),
        pytest.param(b" " * (updates.MOST + 1), "update_broken", id="huge"),
        pytest.param(b'{"signed": {"a": 1, "a": 2}, "signatures": []}', "update_broken", id="a name twice"),
        pytest.param(manifest(version="1.2"), "update_broken", id="no version"),
        pytest.param(manifest(files=[{"name": "../x", "sha256": "ab" * 32, "size": 1}]), "update_broken", id="a path"),
        pytest.param(manifest(format="yunfa-release/2"), "update_broken", id="another format"),
    ],
)
def test_what_is_refused_says_why_and_is_not_remembered(desk: Desks, data: bytes, code: str) -> None:
    with pytest.raises(SettingsError) as refused:
        desk().check_bytes(data)
    assert refused.value.code == code
    assert desk().check_bytes(manifest()).newer


def test_an_older_manifest_than_was_seen_is_a_replay(desk: Desks) -> None:
    desk().check_bytes(manifest())
    for older in ({"version": "1.1.5"}, {"date": written(NOW - timedelta(days=2))}):
        with pytest.raises(SettingsError) as refused:
            desk().check_bytes(manifest(**older))
        assert (refused.value.code, refused.value.facts["seen"]) == ("update_replayed", "1.2.0")
    assert desk().check_bytes(manifest()).newer, "the same one may be looked at again"


@pytest.mark.parametrize("kept", ["", "[1]", '{"seen": 3}', '{"seen": {"version": "x", "date": 1}}'])
def test_a_memory_that_cannot_be_read_is_none(desk: Desks, kept: str) -> None:
    asked = desk()
    asked.folder.mkdir()
    (asked.folder / "updates.json").write_text(kept, "utf-8")
    assert asked.check_bytes(manifest()).newer


def test_the_keys_of_this_program_are_nobodys_here_and_without_one_nobody_is_believed(tmp_path: Path) -> None:
    """There is none until the first release, and a test must not fail because there is one."""
    held = public_keys(assets.path("release", "keys.json").read_bytes())
    for keys, code in ((held, "update_signature" if held else "update_no_key"), ({}, "update_no_key")):
        with pytest.raises(SettingsError) as refused:
            Desk(tmp_path, lambda: NOW, "1.1.0", keys).check_bytes(manifest())
        assert refused.value.code == code


def test_there_is_no_address_until_somebody_sets_one(desk: Desks) -> None:
    with pytest.raises(SettingsError) as refused:
        desk().check()
    assert refused.value.code == "update_no_address"
    for bad in ("http://example.com/x.json", "ftp://x", "nonsense"):
        with pytest.raises(SettingsError):
            desk().use(bad)
    desk().use("https://example.com/release.json")
    assert desk().address == "https://example.com/release.json"
    desk().use("")
    assert desk().address == ""


@contextmanager
def serving(data: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/release.json"
        server.shutdown()
        thread.join()


def test_the_address_is_asked_and_its_answer_is_judged_as_a_file_is(desk: Desks) -> None:
    with serving(manifest()) as url:
        desk().use(url)
        assert desk().check().newer
    with pytest.raises(RemoteUnavailable):
        desk().check()


def test_a_file_needs_no_network(desk: Desks, tmp_path: Path) -> None:
    file = tmp_path / "release.json"
    file.write_bytes(manifest())
    assert desk().check_file(file).newer
    with pytest.raises(SettingsError) as refused:
        desk().check_file(tmp_path / "none.json")
    assert refused.value.code == "no_file"


def test_what_cannot_be_kept_is_told(desk: Desks, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file, where a folder is wanted")
    with pytest.raises(SettingsError) as refused:
        desk().use("https://example.com/release.json")
    assert refused.value.code == "update_unkept"
