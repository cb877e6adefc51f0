"""An older copy of a workspace is noticed by what its machine has seen of it; nothing else alarms anybody."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from storage_samples import ENTITY, KEY, NOW, Campaigning, number

from campaign_app.credentials import MemoryKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import Suppression, SuppressionKind
from campaign_app.storage import copies, seen
from campaign_app.storage.engine import Database
from campaign_app.storage.host import host_id
from campaign_app.storage.seen import SLOT, Seen, seen_of, state_folder
from campaign_app.storage.suppressions import add_marks
from campaign_app.storage.workspace import Workspace, create_workspace, open_workspace

pytestmark = pytest.mark.faults

DIALECTS = ("sqlite",)
LATER = NOW + timedelta(hours=9)


class Machine:
    """A workspace that is being sent from, and what its machine has seen of it."""

    def __init__(self, workspace: Workspace, state: Path) -> None:
        self.workspace, self.state = workspace, state
        self.made = Campaigning(workspace, 8)
        self.seen = self.watch(workspace)
        self.turn = 0

    def watch(self, workspace: Workspace, host: str = "here") -> Seen:
        return Seen(workspace.database, self.state, host, lambda: LATER)

    def send(self) -> str:
        """One batch is claimed, and leaves unless it is refused."""
        self.made.claim(self.turn)
        self.turn += 1
        return self.seen.guard()

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(self.workspace.folder, self.workspace.folder.parent / name))

    @contextmanager
    def opened(self, folder: Path) -> Iterator[Workspace]:
        with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
            yield workspace

    def verdict_of(self, folder: Path, host: str = "here") -> str:
        with self.opened(folder) as workspace:
            return self.watch(workspace, host).verdict()

    @property
    def mark(self) -> Path:
        (file,) = self.state.glob("*.seen")
        return file


@pytest.fixture
def machine(workspace: Workspace, tmp_path: Path) -> Machine:
    return Machine(workspace, tmp_path / "state")


def test_a_workspace_that_goes_on_is_itself(machine: Machine) -> None:
    assert machine.seen.verdict() == ""
    assert [machine.send() for _ in range(5)] == [""] * 5
    assert machine.seen.verdict() == ""


@pytest.mark.parametrize("since", ["a batch", "an entry", "an opt-out"])
def test_an_older_copy_is_noticed_by_whatever_it_lacks(machine: Machine, since: str) -> None:
    machine.send()
    older = machine.copy("older")
    if since == "a batch":
        machine.made.claim(5)
    elif since == "an entry":
        machine.workspace.audit.record("something", actor="王", at=LATER)
    else:
        add_opt_out(machine.workspace)
    assert machine.seen.guard() == ""
    assert machine.verdict_of(older) == "older_copy"
    assert machine.seen.verdict() == ""


def add_opt_out(workspace: Workspace) -> None:
    key = workspace.phone_keys.of_phone(number(1))
    with workspace.database.write() as connection:
        add_marks(connection, [Suppression(ENTITY, key, SuppressionKind.OPT_OUT, NOW, "reply")])


def test_of_an_older_copy_everything_is_put_aside_until_a_person_accepts_it(machine: Machine) -> None:
    machine.send()
    older = machine.copy("older")
    machine.send()
    with machine.opened(older) as workspace:
        watch = machine.watch(workspace)
        assert [watch.guard(), watch.guard()] == ["older_copy", "older_copy"]
        campaign = workspace.campaigns.campaign(machine.made.campaign_id)
        assert (campaign.state, campaign.state_note) == (CampaignState.PAUSED, "older_copy")
        known = copies.copies_of(workspace.accounts.setting(copies.COPIES, None))
        assert [(copy.why, copy.last_campaign, copy.made_at) for copy in known] == [("older_copy", campaign.id, NOW)]
        shutil.rmtree(machine.state)
        assert watch.verdict() == "older_copy", "what was noticed stays so until a person decides"
        with workspace.database.write() as connection:
            copies.accept(connection, "here", "王", LATER)
        assert watch.guard() == ""
        assert [entry.action for entry in workspace.audit.entries(limit=2)] == [
            "workspace.copy_accepted",
            "workspace.older_copy",
        ]
    assert machine.send() == ""


@pytest.mark.parametrize("worked", [True, False])
def test_no_persons_entry_moves_the_time_since_which_a_copy_knows_nothing(machine: Machine, *, worked: bool) -> None:
    """By it a sender is believed, or not, that it never saw a batch that the copy forgot."""
    if worked:
        machine.send()
    machine.workspace.audit.record("some.thing", actor="王", at=NOW + timedelta(days=9_999))
    older = machine.copy("older")
    machine.send()
    with machine.opened(older) as workspace:
        watch = machine.watch(workspace)
        assert watch.guard() == "older_copy"
        (known,) = copies.copies_of(workspace.accounts.setting(copies.COPIES, None))
        assert known.made_at == (NOW if worked else watch.clock())


def test_the_older_folder_is_noticed_again_after_one_was_accepted(machine: Machine) -> None:
    machine.send()
    oldest = machine.copy("oldest")
    machine.send()
    accepted = machine.copy("accepted")
    machine.send()
    with machine.opened(accepted) as workspace:
        machine.watch(workspace).guard()
        with workspace.database.write() as connection:
            copies.accept(connection, "here", "王", LATER)
        machine.watch(workspace).guard()
    assert machine.verdict_of(oldest) == "older_copy"


def test_two_copies_that_both_went_on_are_noticed_where_they_meet(machine: Machine) -> None:
    machine.send()
    other = machine.copy("other")
    machine.made.claim(4)
    with machine.opened(other) as workspace:
        workspace.audit.record("something", actor="李", at=LATER)
        assert machine.watch(workspace).guard() == ""
    machine.workspace.audit.record("something else", actor="王", at=LATER)
    assert machine.seen.guard() == "older_copy"


# --- ordinary life alarms nobody -----------------------------------------------------------------------------------


def test_a_kill_between_claim_and_mark_leaves_the_mark_behind(machine: Machine) -> None:
    machine.send()
    machine.made.claim(5)
    killed = machine.copy("killed")
    assert machine.verdict_of(killed) == ""


def test_a_mark_that_was_torn_leaves_the_one_before(machine: Machine) -> None:
    machine.send()
    older = machine.copy("older")
    machine.send()
    oldest_noticed = machine.verdict_of(older)
    machine.send()
    content = bytearray(machine.mark.read_bytes())
    newest = max((0, SLOT), key=lambda at: int(content[at + 17 : at + 24].split(b",")[0]))
    content[newest + 30] ^= 1
    machine.mark.write_bytes(content)
    assert oldest_noticed == machine.verdict_of(older) == "older_copy"
    assert machine.seen.verdict() == ""
    machine.mark.write_bytes(bytes(2 * SLOT))
    assert machine.seen.verdict() == machine.verdict_of(older) == ""
    assert machine.send() == ""


def test_the_folder_may_be_moved(machine: Machine) -> None:
    machine.send()
    machine.workspace.close()
    moved = machine.workspace.folder.rename(machine.workspace.folder.with_name("moved"))
    assert machine.verdict_of(moved) == ""


def test_a_state_folder_that_is_lost_or_put_back_says_nothing(machine: Machine) -> None:
    machine.send()
    yesterday = Path(shutil.copytree(machine.state, machine.state.with_name("yesterday")))
    machine.send()
    shutil.rmtree(machine.state)
    assert machine.seen.verdict() == ""
    yesterday.rename(machine.state)
    assert machine.seen.verdict() == ""
    assert machine.send() == ""


def test_a_state_folder_that_cannot_be_written_is_said_once_and_stops_nothing(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.state.write_text("a file in its place", encoding="ascii")
    assert [machine.send(), machine.send()] == ["", ""]
    assert [record.levelname for record in caplog.records] == ["WARNING"]


# --- another machine -------------------------------------------------------------------------------------------------


def test_a_workspace_from_another_machine_is_asked_about_once(machine: Machine, tmp_path: Path) -> None:
    machine.send()
    carried = machine.copy("carried")
    other = Machine.__new__(Machine)
    other.workspace, other.state = machine.workspace, tmp_path / "other state"
    with machine.opened(carried) as workspace:
        there = other.watch(workspace, "there")
        assert there.guard() == "other_machine"
        with workspace.database.write() as connection:
            copies.accept(connection, "there", "王", LATER)
        assert [there.guard(), there.guard()] == ["", ""]


def test_one_that_comes_back_with_all_that_was_seen_here_is_known(machine: Machine, tmp_path: Path) -> None:
    machine.send()
    shutil.copytree(machine.state, tmp_path / "there")
    elsewhere = Seen(machine.workspace.database, tmp_path / "there", "there", lambda: LATER)
    assert elsewhere.guard() == ""
    machine.made.claim(6)
    assert machine.seen.guard() == ""


def test_without_an_id_of_the_machine_nobody_is_asked(machine: Machine, tmp_path: Path) -> None:
    machine.send()
    nameless = Seen(machine.workspace.database, tmp_path / "empty", "", lambda: LATER)
    assert nameless.guard() == ""


def test_the_id_of_this_machine_is_the_same_every_time() -> None:
    assert host_id() == host_id()
    assert len(host_id()) in (0, 16)


# --- where it is kept ------------------------------------------------------------------------------------------------


def test_a_demo_has_no_mark_and_others_keep_theirs_apart_from_workspaces(workspace: Workspace, tmp_path: Path) -> None:
    assert seen_of(workspace, lambda: LATER) is None
    keeper = PassphraseKeeper("ein langer Satz", Scrypt(n=2**10))
    with closing(create_workspace(tmp_path / "kept", keeper)) as kept:
        watch = seen_of(kept, lambda: LATER)
        assert watch is not None
        assert watch.guard() == ""
        assert [file.stem for file in state_folder().glob("*.seen") if file.stem == kept.id] == [kept.id]


class Overtaken:
    """A database of which somebody else is a moment before with their write."""

    def __init__(self, database: Database, first: Callable[[], object]) -> None:
        self.database, self.first = database, [first]
        self.read = database.read

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        while self.first:
            self.first.pop()()
        with self.database.write() as connection:
            yield connection


def test_an_alarm_takes_nothing_back_of_what_a_worker_has_put_aside_meanwhile(machine: Machine) -> None:
    machine.send()
    older = machine.copy("older")
    machine.send()
    with machine.opened(older) as restored:
        worker = machine.watch(restored)
        database: Any = Overtaken(restored.database, worker.guard)
        assert Seen(database, machine.state, "here", lambda: LATER).alarm() == "older_copy"
        with restored.database.read() as connection:
            assert copies.is_aside(copies.meta_of(connection))
            before = copies.meta_of(connection)
        assert worker.guard() == "older_copy"
        with restored.database.read() as connection:
            assert copies.meta_of(connection) == before


def test_a_mark_never_grows(machine: Machine) -> None:
    for _ in range(6):
        machine.send()
    assert machine.mark.stat().st_size == 2 * SLOT
    assert seen.read_mark(machine.mark) is not None
