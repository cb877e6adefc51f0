"""`campaign-app backup`, and a folder that was put back behind the program's back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.cli.campaigns import going_on
from campaign_app.credentials import PassphraseKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.copies import DIFFERS, OLDER
from campaign_app.domain.customer import Entity
from tests.helpers.line import OWN, SECRET, Line, new_line

SHOP = Entity("91330100MA0000001X", "安宁百货有限公司")
FAR_AWAY = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return new_line(tmp_path)


def test_a_backup_is_made_checked_and_restored(line: Line, tmp_path: Path) -> None:
    made = line.here("backup", "create", str(line.file))
    assert (made["opens_by"], made["bytes"]) == ("workspace", line.file.stat().st_size)
    assert line.here("backup", "status")["last"] == made["at"]
    secret = line.options[-1]
    checked = line.json("backup", "check", str(line.file), "--backup-passphrase-file", secret)
    assert (checked["made_at"], checked["campaigns"]) == (made["at"], 0)
    new = str(tmp_path / "new")
    restored = line.json("backup", "restore", str(line.file), new, "--backup-passphrase-file", secret)
    assert restored["folder"] == new
    assert bootstrap.key_lives(tmp_path / "new") == "passphrase"
    bootstrap.open_app(tmp_path / "new", PassphraseKeeper(SECRET)).close()
    status, _, said = line.call("backup", "restore", str(line.file), new, "--backup-passphrase-file", secret)
    assert (status, "已经有一个工作区" in said) == (2, True)


def test_a_backup_with_its_own_passphrase_opens_without_the_workspace(line: Line, tmp_path: Path) -> None:
    own = ("--backup-passphrase-file", line.own)
    assert line.here("backup", "create", str(line.file), *own)["opens_by"] == "passphrase"
    shutil.rmtree(line.folder)
    line.json("backup", "restore", str(line.file), str(tmp_path / "new"), *own)
    bootstrap.open_app(tmp_path / "new", PassphraseKeeper(OWN)).close()  # there is no keychain here


def test_what_is_damaged_or_asks_for_a_passphrase_is_one_sentence(line: Line) -> None:
    line.here("backup", "create", str(line.file))
    status, _, said = line.call("backup", "check", str(line.file))
    assert (status, "--backup-passphrase-file" in said) == (2, True)
    line.file.write_bytes(line.file.read_bytes()[:-1])
    status, _, said = line.call("backup", "check", str(line.file), "--backup-passphrase-file", line.options[-1])
    assert (status, "已损坏或不完整" in said) == (2, True)
    status, _, said = line.call("backup", "check", line.own)
    assert (status, "不是允发的备份" in said) == (2, True)


@pytest.mark.slow
def test_a_folder_that_is_put_back_sends_nothing_until_a_person_says_so(line: Line) -> None:
    """Two runs of a real worker: what the first has seen stops the second."""
    with line.open() as app:
        app.workspace.accounts.add_entity(SHOP)
        draft = Campaign(0, "双十一", SHOP.uscc, "retail", Filter(), state=CampaignState.PAUSED, window_end=FAR_AWAY)
        first, second = (app.workspace.campaigns.create(draft).id for _ in range(2))
        later = Campaign(0, "双十二", SHOP.uscc, "retail", Filter(), state=CampaignState.SCHEDULED, send_at=FAR_AWAY)
        planned = app.workspace.campaigns.create(replace(later, window_end=FAR_AWAY)).id
    yesterday = Path(shutil.copytree(line.folder, line.folder.with_name("yesterday")))
    assert line.here("resume", str(first))["state"] == "done"
    assert line.here("backup", "status")["copy"] == ""

    shutil.rmtree(line.folder)
    yesterday.rename(line.folder)
    assert line.here("backup", "status")["copy"] == "older_copy"
    assert "命令行：campaign-app backup accept。" in line.call("backup", "status", *line.options)[1]
    status, stopped, said = line.call("resume", str(second), *line.options)
    assert (status, "工作区是旧副本" in stopped, "换回最新的" in said) == (0, True, True)
    assert f"先 campaign-app backup accept，再 campaign-app resume {second} --from-copy" in said
    assert line.here("status", str(planned))["state"] == "paused"
    assert line.here("backup", "accept")["accepted"] == "older_copy"
    status, _, said = line.call("resume", str(planned), *line.options)
    assert (status, "--from-copy" in said) == (2, True)
    assert line.here("resume", str(planned), "--from-copy")["state"] == "scheduled"
    assert line.here("backup", "status")["copy"] == ""


@pytest.mark.parametrize(("note", "how"), [(OLDER, "命令行：campaign-app resume 7 --from-copy。"), (DIFFERS, "")])
def test_a_copy_that_was_accepted_is_not_to_be_accepted_again(line: Line, note: str, how: str) -> None:
    paused = Campaign(7, "双十一", SHOP.uscc, "retail", Filter(), state=CampaignState.PAUSED, state_note=note)
    with line.open() as app:
        assert going_on(app, paused) == how
