"""Files and folders that are not what they should be: the words that the user reads, and that another one works."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot
from ui_imports import HEADER, ROWS, Open, book, look, open_wizards, press, settled, write
from ui_people import add_people, add_shop

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import SettingsError, WorkspaceError
from campaign_app.domain.platform import Asked
from campaign_app.storage.workspace import open_workspace
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.connect_form import ConnectForm
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.viewmodels.connect import Choices, key_in
from campaign_app.words import load
from tests.helpers.small_disk import MOUNT, POSSIBLE, small_disk
from tests.helpers.writing import campaign_of, made_step, stock

KEY = bytes(range(32))


@pytest.fixture
def wizard(desk: Desk, qtbot: QtBot) -> Iterator[Open]:
    shop = add_shop(desk.app)
    add_people(desk.app, shop, 40)
    yield from open_wizards(desk, qtbot)


# --- files to import -------------------------------------------------------------------------------------------------


def a_folder(path: Path) -> Path:
    (path / "客户.csv").mkdir()
    return path / "客户.csv"


def encrypted(path: Path) -> Path:
    file = path / "加密.xlsx"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(512))
    return file


def bomb(path: Path) -> Path:
    plain, file = book(path / "plain.xlsx", 会员=[HEADER, *ROWS]), path / "炸弹.xlsx"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " * 40_000_000 if name.endswith("sheet1.xml") else b""))
    return file


def cut_short(path: Path) -> Path:
    whole = book(path / "whole.xlsx", 会员=[HEADER, *ROWS]).read_bytes()
    (path / "半个.xlsx").write_bytes(whole[: len(whole) // 2])
    return path / "半个.xlsx"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (a_folder, "这是文件夹，不是文件。请打开它，选择里面的 CSV 或 XLSX 文件。"),
        (encrypted, "文件有密码保护，请去掉密码后重试。"),
        (bomb, "文件解压后过大，已拒绝。"),
        (cut_short, "文件已损坏，无法读取。请重新导出。"),
    ],
)
def test_the_words_of_a_file_that_does_not_do(
    make: Callable[[Path], Path], said: str, wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    shown = wizard()
    model = look(shown, make(tmp_path), desk, qtbot)
    if model.state.error is None:
        model.try_out()
        settled(model, qtbot)
    assert shown.error.isVisible()
    assert shown.error.text() == said
    look(shown, write(tmp_path / "好.csv", ROWS), desk, qtbot)
    assert shown.next.isEnabled()
    assert not shown.error.isVisible()


def test_one_line_of_five_megabytes_is_refused_and_the_others_come_in(
    wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    file = write(tmp_path / "长行.csv", ROWS[:10], encoding="utf-8")
    with file.open("a", encoding="utf-8") as out:
        out.write(f"ou-00011,,{'长' * 1_700_000},是\n")
        out.writelines(f"{','.join(row)}\n" for row in ROWS[12:20])
    shown = wizard()
    model = look(shown, file, desk, qtbot)
    assert model.state.error is None
    model.try_out()
    settled(model, qtbot)
    trial = model.state.trial
    assert trial is not None
    assert dict(trial.refused) == {"line_too_long": 1}
    assert trial.rows == 19
    assert shown.next.isEnabled()
    assert load("zh_CN").term("refusal", "line_too_long") == "这一行过长"


def test_a_file_that_is_gone_by_the_time_it_is_applied(wizard: Open, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    file = write(tmp_path / "会员.csv", ROWS)
    shown = wizard()
    model = look(shown, file, desk, qtbot)
    press(shown, qtbot)
    qtbot.waitUntil(lambda: model.state.trial is not None)
    kept = file.read_bytes()
    file.unlink()
    press(shown, qtbot)
    settled(model, qtbot)
    assert shown.error.text() == "找不到要导入的文件。请重新选择。"
    assert desk.app.imports.all() == ()
    assert desk.app.jobs.open_jobs() == ()
    file.write_bytes(kept)
    shown.back.click()
    press(shown, qtbot)
    qtbot.waitUntil(lambda: model.state.trial is not None)
    press(shown, qtbot)
    qtbot.waitUntil(lambda: model.state.step == "applying")


# --- files to write --------------------------------------------------------------------------------------------------


def test_a_key_file_that_is_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        key_in(tmp_path)
    assert load("zh_CN").error(caught.value) == f"读不到文件 {tmp_path.name}。请检查路径和权限。"


def test_of_several_entities_none_is_taken_for_the_one_of_a_new_shop(desk: Desk, qtbot: QtBot) -> None:
    known = tuple(Entity(f"91330100MA000000{n}X", f"公司{n}") for n in (1, 2))
    choices = Choices(desk.app.accounts.offers(), known)
    offer = choices.offer("shopify")
    assert offer is not None
    form = ConnectForm(desk.kit, offer, choices, Asked("shopify"))
    qtbot.addWidget(form)
    assert form.owner is not None
    assert (form.owner.entity(), form.owner.whole) == (None, False)
    form.owner.which.setCurrentIndex(1)
    assert form.asked().entity == known[1]
    assert ConnectForm(desk.kit, offer, Choices(choices.offers, known[:1]), Asked("shopify")).asked().entity == known[0]


@pytest.mark.skipif(os.name != "posix", reason="no rights to look at")
def test_of_a_key_file_that_others_may_read_it_is_said(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "key.txt"
    file.write_text("abc\n")
    choices = Choices(desk.app.accounts.offers())
    offer = choices.offer("consent_api")
    assert offer is not None
    form = ConnectForm(desk.kit, offer, choices, Asked("consent_api"))
    qtbot.addWidget(form)
    file.chmod(0o600)
    form.take_key(key_in(file))
    assert (form.fields["private_key"].text(), form.bare.isHidden()) == ("abc", True)
    file.chmod(0o644)
    form.take_key(key_in(file))
    assert "“key.txt”能被本机的其他用户读取" in form.bare.text()
    assert not form.bare.isHidden()
    qtbot.keyClicks(form.fields["private_key"], "d")
    assert form.bare.isHidden(), "another one was typed"


# --- workspaces ------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Path:
    bootstrap.create_app(tmp_path / "own", MemoryKeeper(KEY)).close()
    return tmp_path / "own"


def newer(folder: Path) -> None:
    header = json.loads((folder / "workspace.json").read_text("utf-8"))
    (folder / "workspace.json").write_text(json.dumps(header | {"format": 99}), encoding="utf-8")


def newer_inside(folder: Path) -> None:
    with bootstrap.open_app(folder, MemoryKeeper(KEY)) as app, app.workspace.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999_of_the_future'"))


def database_is_a_folder(folder: Path) -> None:
    (folder / "workspace.db").unlink()
    (folder / "workspace.db").mkdir()


def header_is_a_folder(folder: Path) -> None:
    (folder / "workspace.json").unlink()
    (folder / "workspace.json").mkdir()


NEWER = "工作区由更新版本的允发创建，请先升级本程序，文件未改动。"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (newer, NEWER),
        (newer_inside, NEWER),
        (database_is_a_folder, "工作区文件已损坏，未作任何改动，请从备份恢复。"),
        (header_is_a_folder, "工作区文件已损坏，未作任何改动，请从备份恢复。"),
    ],
)
def test_the_words_of_a_workspace_that_does_not_open(spoil: Callable[[Path], None], said: str, own: Path) -> None:
    spoil(own)
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(own, MemoryKeeper(KEY))
    assert load("zh_CN").error(caught.value) == said


@pytest.mark.skipif(not POSSIBLE, reason="only root on Linux can make a disk")
def test_a_disk_that_may_only_be_read_is_said(tmp_path: Path) -> None:
    phrase = PassphraseKeeper("一句只有我知道的话", Scrypt(n=2**10))
    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("this container may not mount a disk")
        folder = disk.folder / "own"
        bootstrap.create_app(folder, phrase).close()
        subprocess.run([MOUNT, "-o", "remount,ro", str(disk.folder)], check=True)
        with ExitStack() as stack, pytest.raises(WorkspaceError) as caught:
            bootstrap.open_for_window(stack, folder, phrase)
        assert load("zh_CN").error(caught.value) == "工作区不可写，请检查权限。"
        subprocess.run([MOUNT, "-o", "remount,rw", str(disk.folder)], check=True)
        with ExitStack() as stack:
            assert bootstrap.open_for_window(stack, folder, phrase).accounts.all() == ()


# --- the composer ----------------------------------------------------------------------------------------------------


@pytest.fixture
def step(desk: Desk, qtbot: QtBot) -> Iterator[ContentStep]:
    stock(desk.app)
    yield from made_step(desk, campaign_of(desk.app), qtbot)


def test_a_paste_of_a_megabyte_leaves_the_page_usable_and_says_what_was_left_out(
    step: ContentStep, desk: Desk, qtbot: QtBot
) -> None:
    step.edit.selectAll()
    brought = QMimeData()
    brought.setText("老客两件八折，" * 150_000)  # 1,050,000 characters, 3 MB
    step.edit.insertFromMimeData(brought)
    assert len(step.edit.text) == 2_000
    notice = desk.kit.messages.last
    assert notice is not None
    assert notice.text == "正文最多 2,000 字，粘贴的内容有 1,048,000 字没有放进来。"
    qtbot.waitUntil(lambda: step.composer.state.fresh)
    assert step.problems.summary
    step.edit.undo()
    qtbot.waitUntil(lambda: len(step.edit.text) < 200)
    qtbot.waitUntil(lambda: step.composer.state.fresh)
    step.composer.flush()
