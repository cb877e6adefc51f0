"""`campaign-app consent-api check`, as a person or a pipeline runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.sandbox import SandboxProcess


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=40) as running:
        yield running


@pytest.fixture
def key_file(sandbox: SandboxProcess, tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(sandbox.shops[0].private_key + "\n")
    file.chmod(0o600)
    return file


def check(sandbox: SandboxProcess, key_file: Path, *more: str) -> subprocess.CompletedProcess[str]:
    asked = ["consent-api", "check", sandbox.url, "--key-id", sandbox.shops[0].key_id]
    command = [sys.executable, "-m", "campaign_app", *asked, "--private-key-file", str(key_file), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_good_server_ends_with_0_and_says_so_in_chinese(sandbox: SandboxProcess, key_file: Path) -> None:
    done = check(sandbox, key_file)
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ sign.replay" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("项跳过")
    assert "，0 项不通过" in done.stdout


def test_a_bad_one_ends_with_1_and_says_how_to_mend_it(sandbox: SandboxProcess, key_file: Path) -> None:
    sandbox.faults(fault="bad_receipt", path="/v1/consents/lookup", times=99)
    try:
        done = check(sandbox, key_file, "--lang", "en")
    finally:
        sandbox.faults("none", clear=True)
    assert done.returncode == 1
    assert "✗ lookup.receipt" in done.stdout
    assert "to mend: Sign with a published kid" in done.stdout


def test_json_is_a_line_a_check(sandbox: SandboxProcess, key_file: Path) -> None:
    ref = sandbox.client().get("/v1/customers?limit=1")["customers"][0]["ref"]
    done = check(sandbox, key_file, "--json", "--write", "--test-ref", ref)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert {"check", "outcome", "seen", "says_zh_CN", "mend_en"} <= set(rows[0])
    assert {row["outcome"] for row in rows if row["check"].startswith(("optout", "message"))} == {"passed"}


@pytest.mark.parametrize("more", [("--write",), ("--test-ref", "x")])
def test_writing_needs_both_words(sandbox: SandboxProcess, key_file: Path, more: tuple[str, ...]) -> None:
    done = check(sandbox, key_file, *more)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--test-ref" in done.stderr


def test_a_key_that_cannot_be_read_is_said(sandbox: SandboxProcess, tmp_path: Path) -> None:
    done = check(sandbox, tmp_path / "absent")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
