"""A backup is one moment of a workspace in one file, of which no byte can change unnoticed."""

from __future__ import annotations

import os
import random
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from storage_samples import ENTITY, KEY, NOW, Campaigning, file_hashes

from campaign_app import sealing
from campaign_app.credentials import MemoryKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import WorkspaceError
from campaign_app.sealing import CHUNK, TAG
from campaign_app.storage import backup as making
from campaign_app.storage.backup import Made, create_backup
from campaign_app.storage.backup_file import MAGIC, Head, read_head
from campaign_app.storage.pages import PAGE
from campaign_app.storage.restoring import Report, check_backup, head_of, restore_backup
from campaign_app.storage.sealing import damaged
from campaign_app.storage.workspace import Workspace, open_workspace
from tests.helpers.small_disk import POSSIBLE, small_disk

pytestmark = pytest.mark.faults

DIALECTS = ("sqlite",)
CHEAP = Scrypt(n=2**4)
PHRASE = "只用来打开备份的一句话"
FLIPS = 1_000
OLDER = MAGIC + b"older"


@dataclass(frozen=True)
class ByPassphrase:
    """A backup's own passphrase, at a cost that lets a thousand be tried."""

    keeper: PassphraseKeeper = field(default_factory=lambda: PassphraseKeeper(PHRASE, CHEAP))
    carried: bytes = KEY
    opens_by: str = "passphrase"
    key_lives: str = ""
    kept: Mapping[str, str | int] = field(default_factory=dict)

    def seal(self, stream_key: bytes, backup_id: str) -> Mapping[str, str | int]:
        return self.keeper.wrap(stream_key, backup_id)


def unlock(head: Head, phrase: str = PHRASE) -> tuple[bytes, bytes]:
    return PassphraseKeeper(phrase, CHEAP).key(head.backup_id, head.sealed), b""


def never(_done: float) -> None: ...


def backed_up(workspace: Workspace, target: Path, tick: Callable[[float], object] = never) -> Made:
    return create_backup(workspace, KEY, ByPassphrase(), target, NOW, tick)


def restored(file: Path, folder: Path) -> Report:
    return restore_backup(file, unlock, lambda _key, _id: ("memory", {}), folder, NOW, never)


@pytest.fixture(scope="module")
def whole(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup of a small workspace."""
    folder = tmp_path_factory.mktemp("whole")
    with closing(open_workspace(Path(shutil.copytree(template, folder / "ws")), MemoryKeeper(KEY))) as workspace:
        Campaigning(workspace, 20)
        return backed_up(workspace, folder / "a.yunfa-backup").file


def opens(content: bytes, tmp: Path) -> str:
    """ "" where the whole file reads as it was written; else the code of the error. Nothing is unpacked."""
    file = tmp / "spoilt"
    file.write_bytes(content)
    try:
        with file.open("rb") as opened:
            head, bound = read_head(opened)
            for _ in sealing.opened(opened, unlock(head)[0], bound):
                pass
    except WorkspaceError as error:
        return error.code
    except sealing.SealBroken:
        return damaged().code
    return ""


def test_what_was_there_at_that_moment_is_there_again(workspace: Workspace, tmp_path: Path) -> None:
    made = Campaigning(workspace, 3, state=CampaignState.DRAFT)
    workspace.secrets.put("token", "sehr geheim")
    file = backed_up(workspace, tmp_path / "a.yunfa-backup").file
    workspace.secrets.put("token", "später")
    report = restored(file, tmp_path / "new")
    assert (report.workspace_id, report.made_at, report.campaigns) == (workspace.id, NOW, 1)
    with closing(open_workspace(tmp_path / "new", MemoryKeeper(KEY))) as again:
        assert again.secrets.get("token") == "sehr geheim"
        assert again.campaigns.campaign(made.campaign_id).state is CampaignState.DRAFT
        assert again.audit.verify() > 0


def test_nothing_can_be_read_in_the_file_and_only_its_owner_may(whole: Path) -> None:
    content = whole.read_bytes()
    assert not any(word in content for word in (b"SQLite format", b"CREATE TABLE", KEY, KEY.hex().encode()))
    assert PHRASE.encode() not in content
    if os.name == "posix":
        assert whole.stat().st_mode & 0o077 == 0


def test_checking_reads_all_of_it_and_leaves_nothing_behind(whole: Path) -> None:
    before, seen = file_hashes(whole.parent), list[float]()
    report = check_backup(whole, unlock, seen.append)
    assert report.size == whole.stat().st_size
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert file_hashes(whole.parent) == before


def test_another_passphrase_is_told_from_damage(whole: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        check_backup(whole, lambda head: unlock(head, "eine andere Zeile"), never)
    assert caught.value.code == "wrong_passphrase"


@pytest.mark.no_cover
def test_a_thousand_flipped_bytes_are_all_noticed(whole: Path, tmp_path: Path) -> None:
    """Each in a file of its own; every region has its share: the head, its hash, each chunk and each tag."""
    content, dice = whole.read_bytes(), random.Random(20211025)
    with whole.open("rb") as opened:
        read_head(opened)
        start = opened.tell()
    tags = [end - n for end in range(start + CHUNK + TAG, len(content), CHUNK + TAG) for n in (1, TAG, TAG + 1)]
    places = [*range(start), *tags, len(content) - 1, len(content) - TAG]
    places += [dice.randrange(start, len(content)) for _ in range(max(FLIPS - len(places), 500))]
    assert opens(content, tmp_path) == ""
    opened_silently = []
    for place in places:
        spoilt = bytearray(content)
        spoilt[place] ^= dice.randrange(1, 256)
        if not opens(bytes(spoilt), tmp_path):
            opened_silently.append(place)
    assert len(places) >= FLIPS
    assert opened_silently == []


def test_cuts_additions_and_moved_chunks_are_noticed(whole: Path, tmp_path: Path) -> None:
    content = whole.read_bytes()
    with whole.open("rb") as opened:
        read_head(opened)
        start = opened.tell()
    size = CHUNK + TAG
    head, chunks = content[:start], [content[at : at + size] for at in range(start, len(content), size)]
    assert len(chunks) > 3
    spoilt = {
        "nothing": b"",
        "no chunk": head,
        "cut in the head": content[: start // 2],
        "cut at a chunk": head + b"".join(chunks[:-1]),
        "cut in a chunk": content[:-100],
        "cut by a byte": content[:-1],
        "a byte more": content + b"\0",
        "the last twice": content + chunks[-1],
        "swapped": head + b"".join([chunks[1], chunks[0], *chunks[2:]]),
        "one left out": head + b"".join([chunks[0], *chunks[2:]]),
        "one repeated": head + b"".join([chunks[0], chunks[0], *chunks[2:]]),
        "the last first": head + b"".join([chunks[-1], *chunks[:-1]]),
    }
    assert {name for name, each in spoilt.items() if not opens(each, tmp_path)} == set()


def test_chunks_of_another_backup_do_not_fit(workspace: Workspace, whole: Path, tmp_path: Path) -> None:
    other = backed_up(workspace, tmp_path / "b.yunfa-backup").file.read_bytes()
    content = whole.read_bytes()
    size = len(content) - len(content) % 1_000
    assert opens(content[:size] + other[size:], tmp_path) != ""
    with whole.open("rb") as opened:
        read_head(opened)
        start = opened.tell()
    assert opens(content[:start] + other[start:], tmp_path) != ""


@pytest.mark.parametrize("name", ["plain.txt", "workspace.json"])
def test_another_file_is_no_backup(folder: Path, name: str) -> None:
    (folder / name).touch()
    with pytest.raises(WorkspaceError) as caught:
        head_of(folder / name)
    assert caught.value.code == "not_a_backup"


def test_a_damaged_one_makes_no_workspace_and_leaves_nothing(whole: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt"
    spoilt.write_bytes(whole.read_bytes()[:-1])
    with pytest.raises(WorkspaceError) as caught:
        restored(spoilt, tmp_path / "new")
    assert caught.value.code == "backup_damaged"
    assert [path.name for path in tmp_path.iterdir()] == ["spoilt"]


def test_a_workspace_is_never_restored_over_anything(whole: Path, workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError) as caught:
        restored(whole, workspace.folder)
    assert caught.value.code == "workspace_there"


def test_a_backup_made_while_others_write_holds_one_moment(workspace: Workspace, tmp_path: Path) -> None:
    """Each write goes to both lists in one transaction, and to the flows after that: none is ever half there."""
    with workspace.flows.begin() as flows:
        flows.execute(sa.text("CREATE TABLE done (n INTEGER)"))
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            workspace.accounts.set_settings({"a": n, "b": n})
            with workspace.flows.begin() as flows:
                flows.execute(sa.text("INSERT INTO done VALUES (:n)"), {"n": n})
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(30)
        files = [backed_up(workspace, tmp_path / f"{n}.yunfa-backup").file for n in range(5)]
    finally:
        stop.set()
        writer.join()
    for n, file in enumerate(files):
        restored(file, tmp_path / f"ws{n}")
        with closing(open_workspace(tmp_path / f"ws{n}", MemoryKeeper(KEY))) as again:
            a, b = again.accounts.setting("a", 0), again.accounts.setting("b", 0)
            with again.flows.connect() as flows:
                done = flows.execute(sa.text("SELECT max(n) FROM done")).scalar_one() or 0
            assert a == b > 0
            assert done in (a, a - 1), "the flows know of nothing that the workspace does not"


class Stop(Exception):
    """What a person's cancel raises."""


@pytest.mark.parametrize("after", [0.0, 0.3, 0.6, 0.99])
def test_a_cancelled_one_leaves_the_older_backup(workspace: Workspace, tmp_path: Path, after: float) -> None:
    target = tmp_path / "a.yunfa-backup"
    target.write_bytes(OLDER)

    def cancel(done: float) -> None:
        if done >= after:
            raise Stop

    with pytest.raises(Stop):
        backed_up(workspace, target, cancel)
    assert {path.name for path in tmp_path.iterdir()} == {"workspace", "a.yunfa-backup"}
    assert target.read_bytes() == OLDER
    backed_up(workspace, target)
    assert check_backup(target, unlock, never).workspace_id == workspace.id


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 1) as made:
        if made is None:
            pytest.skip("no file system can be mounted here")
        yield made.folder


@pytest.mark.skipif(not POSSIBLE, reason="needs a file system of its own")
def test_a_full_disk_leaves_the_older_backup(workspace: Workspace, disk: Path) -> None:
    target = disk / "a.yunfa-backup"
    target.write_bytes(OLDER)
    Campaigning(workspace, 2_000)
    with pytest.raises(WorkspaceError) as caught:
        backed_up(workspace, target)
    assert caught.value.code == "disk_full"
    assert [path.name for path in disk.iterdir()] == ["a.yunfa-backup"]
    assert target.read_bytes() == OLDER


@pytest.mark.parametrize("name", ["workspace.db", "flows.db", "workspace.json"])
def test_what_is_no_backup_is_never_replaced_by_one(workspace: Workspace, name: str) -> None:
    before = file_hashes(workspace.folder)[name]
    with pytest.raises(WorkspaceError) as caught:
        backed_up(workspace, workspace.folder / name)
    assert caught.value.code == "backup_other_file"
    assert file_hashes(workspace.folder)[name] == before
    (workspace.folder / "new").touch()  # as a script makes it that asks for a free name
    assert check_backup(backed_up(workspace, workspace.folder / "new").file, unlock, never).size


@pytest.mark.parametrize("name", ["workspace.db", "flows.db"])
def test_a_page_that_the_disk_spoilt_leaves_the_older_backup(template: Path, tmp_path: Path, name: str) -> None:
    """SQLCipher copies it, and what comes behind it, as if it were empty, and says nothing."""
    folder = Path(shutil.copytree(template, tmp_path / "ws"))
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
        Campaigning(workspace, 50)
        if name == "flows.db":
            with workspace.flows.begin() as connection:
                for number in range(100):
                    connection.exec_driver_sql(f"CREATE TABLE step_{number} (text TEXT)")
    target = tmp_path / "a.yunfa-backup"
    target.write_bytes(OLDER)
    whole = (folder / name).read_bytes()
    pages = len(whole) // PAGE
    for page in {1, 7, 20, pages // 2, pages - 1}:
        spoilt = bytearray(whole)
        spoilt[page * PAGE + 99] ^= 1
        (folder / name).write_bytes(spoilt)
        with pytest.raises(WorkspaceError) as caught, closing(open_workspace(folder, MemoryKeeper(KEY))) as opened:
            backed_up(opened, target)
        assert caught.value.code == "damaged", page
        assert target.read_bytes() == OLDER


def test_a_folder_that_is_not_there_is_said(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        backed_up(workspace, tmp_path / "missing" / "a.yunfa-backup")
    assert caught.value.code == "backup_unwritable"


def test_a_database_that_is_broken_inside_a_whole_backup_is_found(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one that was copied from a disk that lost a page."""
    copy = making.copy_databases

    def lossy(source: Workspace, key: bytes, folder: Path, tick: making.Tick) -> None:
        copy(source, key, folder, tick)
        content = bytearray((folder / "workspace.db").read_bytes())
        content[40_000] ^= 1
        (folder / "workspace.db").write_bytes(content)

    monkeypatch.setattr(making, "copy_databases", lossy)
    file = backed_up(workspace, tmp_path / "a.yunfa-backup").file
    with pytest.raises(WorkspaceError) as caught:
        check_backup(file, unlock, never)
    assert caught.value.code == "damaged"


def test_what_was_to_be_sent_is_put_aside_with_a_reason(workspace: Workspace, tmp_path: Path) -> None:
    made = {state: campaign_in(workspace, state) for state in CampaignState}
    file = backed_up(workspace, tmp_path / "a.yunfa-backup").file
    restored(file, tmp_path / "new")
    with closing(open_workspace(tmp_path / "new", MemoryKeeper(KEY))) as again:
        found = {state: again.campaigns.campaign(number) for state, number in made.items()}
        paused = {state for state in CampaignState if found[state].state is CampaignState.PAUSED}
        assert paused == {
            CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED, CampaignState.WAITING
        }  # fmt: skip
        assert {found[state].state_note for state in paused} == {"restored"}
        approved = found[CampaignState.APPROVED]
        assert (approved.state, approved.state_note, approved.approved_hash) == (CampaignState.SCREENED, "restored", "")
        others = set(CampaignState) - paused - {CampaignState.APPROVED}
        assert {state: found[state].state for state in others} == {state: state for state in others}
        assert [entry.action for entry in again.audit.entries(limit=1)] == ["workspace.restored"]


def campaign_in(workspace: Workspace, state: CampaignState) -> int:
    workspace.accounts.add_entity(Entity(ENTITY, "某店"))
    later = NOW + timedelta(hours=1)
    new = Campaign(0, state.value, ENTITY, "retail", Filter(), state=state, send_at=later, approved_hash="h")
    return workspace.campaigns.create(new).id
