"""The command: its ready line, its end, and its one sentence when something is wrong."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest
import requests
from helpers.sandbox import SandboxProcess
from typer.testing import CliRunner

from campaign_app.cli.sandbox import app
from campaign_app.platforms import adapter_for, names
from campaign_app.transport.receipts import unb64u

COMMAND = [sys.executable, "-m", "campaign_app.cli.sandbox"]


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("--port", "x"), "--port"),
        (("--port", "70000"), "--port"),
        (("--customers", "0"), "--customers"),
        (("--customers", "ten"), "--customers"),
        (("--customers", "99999999999"), "--customers"),
        (("--seed", "-1"), "--seed"),
        (("--delay", "-1"), "--delay"),
        (("--faults", "gentle"), "gentle"),
        (("--faults", "throttle=7"), "throttle"),
        (("--bind", "example.com"), "--bind"),
        (("--bind", "192.0.2.1"), "192.0.2.1"),
    ],
)
def test_bad_usage_gets_one_sentence_and_status_2(args: tuple[str, ...], word: str) -> None:
    ended = CliRunner().invoke(app, args)
    assert (ended.exit_code, ended.stdout) == (2, "")
    sentence = ended.stderr.strip().splitlines()[-1]
    assert word in sentence
    assert sentence.endswith("。")
    assert "Traceback" not in ended.stderr


def test_a_taken_port_gets_one_sentence_and_status_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.strip().splitlines()) == 1
    assert port in ended.stderr


def test_the_ready_line_says_all_a_parent_needs(shared_sandbox: SandboxProcess) -> None:
    ready = shared_sandbox.ready
    assert set(ready) == {"url", "issuer", "simulated", "customers", "shops", "vendors"}
    assert (ready["simulated"], ready["customers"]) == (True, 3_000)
    assert ready["url"].startswith("http://127.0.0.1:")
    for shop in ready["shops"]:
        assert set(shop) == {"shop", "name", "entity", "key_id", "private_key"}
        assert set(shop["entity"]) == set(ready["issuer"]) == {"uscc", "name"}
        assert shop["entity"]["uscc"] != ready["issuer"]["uscc"]
        assert len(unb64u(shop["private_key"])) == 32


@pytest.mark.parametrize("vendor", [name for name in names() if name not in ("consent_api", "smpp", "kannel")])
def test_a_simulated_platform_is_connected_at_this_machine_only(shared_sandbox: SandboxProcess, vendor: str) -> None:
    """What is typed from the ready line must never reach the platform itself, simulated as it is."""
    typed, fields = shared_sandbox.ready["vendors"][vendor], adapter_for(vendor).fields
    addresses = [field.name for field in fields if field.name.endswith("_url")]
    assert addresses
    assert all(typed[name].startswith(shared_sandbox.url) for name in addresses)
    assert all(typed.get(field.name) or field.default or not field.required for field in fields)


def started(*args: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    process = subprocess.Popen(
        [*COMMAND, "--customers", "50", *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, json.loads(process.stdout.readline())


def test_it_ends_when_its_parent_is_gone() -> None:
    process, ready = started("--parent-watch")
    assert requests.get(f"{ready['url']}/sandbox/health", timeout=9).ok
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (0, "", "")


def test_without_the_watch_a_closed_input_changes_nothing_and_a_signal_ends_it() -> None:
    process, ready = started()
    assert process.stdin
    process.stdin.close()
    process.stdin = None
    assert requests.get(f"{ready['url']}/sandbox/health", timeout=9).ok
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors


def test_beyond_this_machine_it_warns_and_keeps_the_ledger_to_itself() -> None:
    process, ready = started("--parent-watch", "--bind", "0.0.0.0")
    try:
        port = ready["url"].rpartition(":")[2]
        assert requests.get(f"http://127.0.0.1:{port}/ledger", timeout=9).status_code == 200
    finally:
        _, errors = process.communicate(timeout=30)
    assert "警告" in errors


def test_a_port_of_ones_own_is_kept() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process, ready = started("--parent-watch", "--port", str(port))
    process.communicate(timeout=30)
    assert ready["url"] == f"http://127.0.0.1:{port}"
