"""The example of `docs/adapters.md`, built and installed as a package of its own, and found by the program."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.raw_server import http, raw_server

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "csv_registry"
GOOD = """ref,status,method,obtained_at
c1,yes,double,2026-01-05T08:00:00+08:00
c2,yes,ticked_for_them,2026-01-05T08:00:00+08:00
c3,stopped,switch,2026-01-05T08:00:00+08:00
c4,perhaps,switch,2026-01-05T08:00:00+08:00
c5,yes,switch,2026-01-05T08:00:00
#end,5
"""
ASK = """
import json, sys
from datetime import UTC, datetime
from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import AppError
from campaign_app.consent import Ask, ConfirmedRecipient, Person, Policy, decide
from campaign_app.platforms import adapter_for, client_for, names, write_credentials
adapter = adapter_for("csv_registry")
assert "csv_registry" in names() and not any("csv_registry.client" in name for name in sys.modules)
entity, now = "91330100MA0MN00023", datetime.now(UTC)
account = Account(1, adapter.name, "x", sys.argv[1], entity, adapter.issuer, "", "", simulated=True, pinned_keys="")
client = client_for(account, write_credentials({"token": "secret"}), lambda: now, wait=lambda _: None)
try:
    report = client.check_connection()
    facts = client.consents([CustomerRef(1, f"c{at}") for at in range(1, 7)] + [CustomerRef(1, "a,b")]).facts
except AppError as error:
    print(json.dumps({"error": error.code})); sys.exit()
ask = Ask(1, "retail", entity, now, now, Policy(), simulated_sender=True)
passing = [r.ref for r, f in facts.items() if isinstance(decide(Person(1, 1, f), ask), ConfirmedRecipient)]
print(json.dumps({"ok": report.ok, "passing": passing, "notes": {r.ref: f.note for r, f in facts.items()}}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `pip install` does it, without a network: built by the backend that is here, without its dependencies."""
    source = tmp_path_factory.mktemp("source") / "csv_registry"
    shutil.copytree(EXAMPLE, source)
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    options = ["--disable-pip-version-check", "--no-warn-script-location", "--target", str(target), str(source)]
    subprocess.run([*command, *options], check=True, timeout=300)
    return target


def ask(installed: Path, *answers: bytes) -> dict[str, object]:
    """The program, in a process of its own, asks a registry that answers like this."""
    pending = list(answers)
    with raw_server(lambda line, _: line.sendall(pending.pop(0) if len(pending) > 1 else pending[0])) as server:
        paths = os.pathsep.join((str(installed), str(ROOT)))
        environment = {**os.environ, "PYTHONPATH": paths}
        command = [sys.executable, "-c", ASK, server.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env=environment)
        assert all(b"authorization: bearer secret" in head.lower() for head in server.asked)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def answer(text: str, version: str = "1") -> bytes:
    return http(text.encode(), X_Registry_Version=version, X_Request_Id="q1", Content_Type="text/csv")


EMPTY = "ref,status,method,obtained_at\n#end,0\n"


def test_a_package_that_names_itself_a_platform_is_one(installed: Path) -> None:
    found = ask(installed, answer(EMPTY), answer(GOOD))
    assert found == {
        "ok": True,
        "passing": ["c1"],
        "notes": {
            "c1": "", "c2": "", "c3": "", "c4": "unknown_word", "c5": "unknown_word", "c6": "missing", "a,b": "bad_ref",
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        (answer(GOOD.replace("#end,5\n", "")), "contract_broken"),
        (answer(GOOD.replace("c5,yes", "c1,yes")), "contract_broken"),
        (answer("<html>"), "contract_broken"),
        (answer(GOOD, version="2"), "schema_drift"),
        (http(b"", status="500 No"), "server_error"),
        (http(b"", status="401 No"), "unauthorized"),
    ],
    ids=["half", "twice", "html", "other version", "500", "401"],
)
def test_it_fails_closed(installed: Path, spoilt: bytes, code: str) -> None:
    assert ask(installed, answer(EMPTY), spoilt) == {"error": code}


def test_its_own_test_holds_it_to_the_rules(installed: Path) -> None:
    """As whoever ships it runs it: in a process of its own, with nothing of this repository's tests."""
    ours = ("PYTEST_ADDOPTS", "COVERAGE_FILE")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    environment = {**kept, "PYTHONPATH": os.pathsep.join((str(installed), str(ROOT)))}
    options = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(EXAMPLE), "-p", "no:randomly"]
    command = [sys.executable, "-m", "pytest", *options, str(EXAMPLE / "test_csv_registry.py")]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=300, env=environment, cwd=installed
    )
    assert done.returncode == 0, done.stdout[-3_000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 50, "all rules were asked"


def test_what_the_document_shows_is_what_is_tested() -> None:
    text = (ROOT / "docs" / "adapters.md").read_text("utf-8")
    shown = [block.partition("\n")[2] for block in text.split("```")[1::2]]
    files = {
        file.name: file.read_text("utf-8") for file in EXAMPLE.rglob("*") if file.is_file() and file.suffix != ".pyc"
    }
    for block in shown:
        assert any(block.strip() in whole for whole in files.values()), block.splitlines()[:2]
