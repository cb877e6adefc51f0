"""`campaign-app connect`: to an address where nobody answers, and to a shop."""

from __future__ import annotations

import base64
import socket
from contextlib import closing
from pathlib import Path

from tests.helpers.line import new_line
from tests.helpers.sandbox import SandboxProcess


def test_an_address_that_does_not_answer_starts_no_worker(tmp_path: Path) -> None:
    line, key = new_line(tmp_path), tmp_path / "key"
    key.write_text(base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("="), encoding="ascii")
    key.chmod(0o600)
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        nobody = f"http://127.0.0.1:{held.getsockname()[1]}"
    status, said, told = line.call("connect", nobody, "--key-id", "s1", "--key-file", str(key), *line.options)
    assert (status, said, "\n" in told.strip()) == (2, "", False), told
    assert not (line.folder / "worker.log").exists(), "the log of a worker that was started"
    with line.open() as app:
        assert app.accounts.all() == ()
        assert app.workspace.accounts.setting("worker.heartbeat", None) is None


def test_a_shop_that_answers_is_synced(tmp_path: Path) -> None:
    line, key = new_line(tmp_path), tmp_path / "key"
    with SandboxProcess(customers=50) as sandbox:
        shop = sandbox.shops[0]
        key.write_text(shop.private_key, encoding="ascii")
        told = line.here("connect", sandbox.url, "--key-id", shop.key_id, "--key-file", str(key))
    assert (told["account"], told["new"] > 0) == (1, True), told
