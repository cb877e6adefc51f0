"""`campaign-app doctor`: every check by itself, each fault with what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend

from campaign_app import backups, bootstrap, checkup
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.platform import consent_api
from campaign_app.domain.team import Person, Role
from campaign_app.printing import fonts
from campaign_app.storage import certified, header
from campaign_app.storage.workspace import Workspace
from campaign_app.wiring import wire
from tests.helpers.line import Line, new_line
from tests.helpers.sandbox import SandboxProcess

SHOP = Account(
    0, "consent_api", "安宁百货", "http://127.0.0.1:9", "91330100MA0000001X", "91330100MA0000002Y", "登记处", "key",
    simulated=True, pinned_keys="",
)  # fmt: skip


class Kept(KeyringBackend):
    """A keychain in memory, which says what is left in it."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.left: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.left.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.left[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.left[service, username]


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return new_line(tmp_path)


def told(line: Line, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit status and every check by its name; of accounts the last one."""
    status, said, complained = line.call("doctor", "--json", *words, *line.options)
    assert not complained
    answer = json.loads(said)
    assert answer["ok"] is (status == 0)
    return status, {each["check"]: each for each in answer["checks"]}


def test_a_sound_workspace_has_no_fault_and_asks_for_a_backup(line: Line) -> None:
    status, seen = told(line)
    assert status == 0
    assert {name for name, each in seen.items() if each["state"] == "ok"} == {
        *("program", "fonts", "room", "workspace", "clock", "database", "copy")
    }
    # the tests' keychain keeps nothing; this workspace needs none
    assert (seen["keychain"]["state"], seen["keychain"]["code"]) == ("warn", "no_keychain")
    assert (seen["backup"]["state"], seen["backup"]["code"]) == ("warn", "no_fresh_backup")
    with line.open() as app:
        backups.back_up(app, line.file, passphrase=None, actor="test", tick=lambda _: None)
    assert told(line, "--quick")[1]["backup"]["state"] == "ok"


def test_without_a_workspace_only_the_computer_is_looked_at(line: Line, tmp_path: Path) -> None:
    status, said, _ = line.call("doctor", "--workspace", str(tmp_path / "none"))
    assert status == 0
    assert "没有工作区" in said
    assert "数据库" not in said


def test_a_workspace_that_does_not_open_is_a_fault_with_its_sentence(line: Line) -> None:
    Path(line.options[-1]).write_text("一句别的口令\n", encoding="utf-8")
    status, seen = told(line)
    assert (status, seen["workspace"]["code"]) == (1, "wrong_passphrase")
    assert "clock" not in seen


def test_damage_is_found_unless_nobody_asked_to_read_everything(line: Line) -> None:
    with line.open() as app:
        app.workspace.audit.record("test.noted", actor="test", at=app.clock())
        with app.workspace.database.write() as connection:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
            for (name,) in connection.exec_driver_sql(triggers).fetchall():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql("UPDATE audit SET actor = 'somebody'")
    assert told(line, "--quick")[1]["database"]["state"] == "skipped"
    status, seen = told(line)
    assert (status, seen["database"]["code"]) == (1, "damaged")


def test_a_clock_that_was_set_back_is_a_fault(line: Line) -> None:
    with line.open() as app:
        app.workspace.audit.record("test.noted", actor="test", at=app.clock() + timedelta(hours=2))
    status, seen = told(line)
    assert (status, seen["clock"]["code"]) == (1, "clock_behind")
    assert "校准系统时间" in seen["clock"]["advice"]


def test_a_certificate_that_ends_soon_is_told_of_a_teams_server(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with line.open() as app:
        monkeypatch.setattr(header, "read_header", lambda _: SimpleNamespace(server="postgresql://u@db.example/d"))
        monkeypatch.setattr(Workspace, "shared", True)
        found = []
        for days in (31, 29):
            monkeypatch.setattr(certified, "certified_until", lambda _, days=days: app.clock() + timedelta(days=days))
            found.append(checkup._certificate(app))
    assert [each.state for each in found] == ["ok", "warn"]
    assert found[1].trouble is not None
    assert found[1].trouble.code == "server_cert_ends"


def test_a_full_disk_and_missing_fonts_are_said(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "LITTLE_ROOM", 1 << 62)
    monkeypatch.setattr(fonts, "chinese_families", tuple)
    status, seen = told(line)
    assert (status, seen["room"]["state"], seen["room"]["code"]) == (1, "warn", "little_room")
    assert seen["fonts"]["code"] == "no_chinese_font"


def test_a_keychain_keeps_an_entry_and_is_left_as_it_was(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    monkeypatch.setattr(keyring, "get_keyring", lambda: kept)
    assert told(line)[1]["keychain"]["state"] == "ok"
    assert kept.left == {}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=20) as running:
        yield running


def test_accounts_are_asked_unless_the_computer_is_to_stay_offline(line: Line, sandbox: SandboxProcess) -> None:
    shop = sandbox.shops[0]
    with line.open() as app:
        asked = consent_api(base_url=sandbox.url, key_id=shop.key_id, private_key=shop.private_key)
        app.accounts.connect(asked, actor="test")
    assert told(line)[1]["account"]["state"] == "ok"
    assert told(line, "--offline")[1]["account"]["state"] == "skipped"
    sandbox.skew_clock(120)
    assert (told(line)[1]["account"]["state"], told(line)[1]["account"]["code"]) == ("warn", "clock_skew")
    sandbox.skew_clock(0)


def test_an_account_whose_platform_is_gone_is_a_fault(line: Line) -> None:
    with SandboxProcess(customers=20) as leaving, line.open() as app:
        shop = leaving.shops[0]
        asked = consent_api(base_url=leaving.url, key_id=shop.key_id, private_key=shop.private_key)
        app.accounts.connect(asked, actor="test")
    status, seen = told(line)
    assert (status, seen["account"]["state"]) == (1, "fail")
    assert seen["account"]["advice"]


def test_whose_role_has_no_keys_tests_no_account(line: Line) -> None:
    with line.open() as app:
        app.workspace.accounts.add_entity(Entity("91330100MA0000001X", "安宁百货有限公司"))
        app.workspace.accounts.add_account(SHOP)

        def operators(folder: Path) -> bootstrap.App:
            opened = bootstrap.open_app(folder, app.keeper)
            person = Person("anna", frozenset({Role.OPERATOR}))
            return wire(replace(opened.workspace, person=person), opened.keeper, opened.offset)

        *_, account = checkup.check_up(line.folder, operators, offline=False, quick=True)
    assert (account.check, account.state) == ("account", checkup.State.SKIPPED)
    assert account.trouble is not None
    assert account.trouble.code == "not_permitted"


def test_a_person_reads_marks_and_chinese(line: Line) -> None:
    status, said, complained = line.call("doctor", *line.options)
    assert (status, complained) == (0, "")
    assert "✓ 数据库" in said
    assert "! 备份" in said
