"""A large file is read by a process beside the worker: the same rows go in, whatever becomes of that process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from campaign_app import reading
from campaign_app.domain.errors import SettingsError, WorkspaceError
from campaign_app.jobs.tabular import open_table
from campaign_app.processes import open_child, own_command
from campaign_app.reading import ReaderBeside, beside
from campaign_app.services import import_parts, import_session
from campaign_app.services.import_open import FILES_OPEN
from campaign_app.services.import_parts import Beside, Parts, ReaderEnded, nobody, parts_of
from campaign_app.services.import_plan import Begun, ImportPlan, Source
from campaign_app.services.import_session import session_of
from campaign_app.services.imports import Imports
from campaign_app.storage.imports import SqlImports
from campaign_app.storage.schema_imports import import_change, import_prospect, import_refusal, waiting_key
from tests.helpers.nursery import FROM_NOTHING
from tests.helpers.shop import Shop, open_shop

ROWS, FEW = 22_000, 300  # two chunks, the second one cut short; and where it is not about chunks
SECONDS = 20


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


@pytest.fixture(autouse=True)
def _even_small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FEWEST", 1)


def write(file: Path, rows: int = ROWS) -> None:
    """Customers and strangers, a run of numbers, somebody twice, and rows that are refused."""
    lines = [f"c{n:05d},,金卡" for n in range(30)] + [f",1391234500{n},银卡" for n in range(6)]
    lines += ["c00001,,铜卡", "陌生,138,金卡", ",,金卡"]
    lines += [f"x{n:05d},137{n * 7919 % 10**8:08d},级{n % 9}" for n in range(rows - len(lines))]
    file.write_text("客户标识,手机号,会员等级\n" + "\n".join(lines) + "\n", encoding="utf-8")


def imports_of(shop: Shop, help_of: Beside = nobody) -> Imports:
    store, settings = shop.workspace.imports, shop.workspace.accounts
    return Imports(store=store, settings=settings, open_table=open_table, clock=shop.clock, beside=help_of)


def begin(shop: Shop, file: Path) -> Begun:
    account_id = shop.workspace.accounts.accounts()[0].id
    return imports_of(shop).begin(source=Source(str(file), account_id), actor="王")


def plan_of(shop: Shop, begun: Begun) -> ImportPlan:
    return ImportPlan.from_json(shop.workspace.accounts.setting(f"import.{begun.import_id}", None))


def apply(imports: Imports, begun: Begun) -> dict[str, int]:
    for chunk in range(begun.chunks):
        imports.apply_chunk(begun.import_id, chunk)
    return dict(imports.finish(begun.import_id))


def stored(shop: Shop) -> dict[str, Any]:
    """Everything that files have left, numbers opened."""
    phones = shop.workspace.imports.keys.phones
    with shop.workspace.database.read() as connection:

        def rows(table: sa.Table) -> list[dict[str, Any]]:
            return [dict(row) for row in connection.execute(sa.select(table)).mappings()]

        found = {table.name: rows(table) for table in (import_change, import_prospect, import_refusal, waiting_key)}
    for row in [*found["import_change"], *found["import_prospect"]]:
        row["phone_sealed"] = row["phone_sealed"] and phones.open(row["phone_sealed"]).digits
    return found


class Watched:
    """Starts readers as a worker does, and remembers them until the test ends."""

    every: ClassVar[list[Parts]] = []

    def __init__(self, shop: Shop) -> None:
        self.started: list[Parts] = []
        self._start = beside(shop.workspace.imports.keys.rows)

    def __call__(self, plan: ImportPlan) -> Parts | None:
        found = self._start(plan)
        if found is not None:
            self.started.append(found)
            self.every.append(found)
        return found


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    yield
    while Watched.every:
        Watched.every.pop().close()


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[tuple[Shop, Shop]]:
    """Two that know the same customers."""
    for one in open_shop(tmp_path / "one"):
        for other in open_shop(tmp_path / "other"):
            for each in (one, other):
                each.add_account(20)
            yield one, other


def test_it_leaves_the_rows_that_one_process_would(shops: tuple[Shop, Shop], tmp_path: Path) -> None:
    write(file := tmp_path / "会员.csv")
    counts = []
    for shop, help_of in zip(shops, (nobody, watched := Watched(shops[1])), strict=True):
        counts.append(apply(imports_of(shop, help_of), begin(shop, file)))
    assert len(watched.started) == 1
    assert counts[0] == counts[1]
    assert (counts[0]["changed"], counts[0]["consecutive"], counts[0]["refused"]) == (20, 6, 3)
    here, there = map(stored, shops)
    assert here == there


@pytest.mark.parametrize("taken", [pytest.param(0, marks=pytest.mark.long), 1, pytest.param(4, marks=pytest.mark.long)])
def test_whatever_ends_it_every_row_goes_in_once(
    shop: Shop, tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after so many parts of it were stored, by the system for want of memory say."""
    shop.add_account(20)
    write(file := tmp_path / "会员.csv")
    begun, ends = begin(shop, file), list[int]()
    take = ReaderBeside._take

    def until(reader: ReaderBeside, part: int) -> tuple[Any, ...]:
        if part == taken:
            reader._process.kill()
            ends.append(reader._process.wait())
        return take(reader, part)

    monkeypatch.setattr(ReaderBeside, "_take", until)
    counts = apply(imports_of(shop, Watched(shop)), begun)
    assert len(ends) == 1
    assert (counts["left"], counts["changed"], counts["consecutive"], counts["refused"]) == (0, 20, 6, 3)
    assert counts["waiting"] == len(stored(shop)["import_prospect"]) - 6


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Every process that is started for a reader."""
    every = list[subprocess.Popen[bytes]]()

    def watched(command: list[str]) -> subprocess.Popen[bytes]:
        every.append(open_child(command))
        return every[-1]

    monkeypatch.setattr(reading, "open_child", watched)
    yield every
    for process in every:
        process.kill()
        process.communicate()


def says(what: str) -> list[str]:
    """A reader that says something else, and then waits for more orders."""
    first = "import json, sys; from campaign_app import reading; out = sys.stdout.buffer;"
    plan = "plan = json.loads(sys.stdin.readline())['plan'];"
    return [sys.executable, "-c", f"{first}{plan}{what}; out.flush(); sys.stdin.read()"]


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", ""],
        ["/no/such/program"],
        pytest.param(says("out.write(b'hello' * 9)"), marks=pytest.mark.long),
        says("out.write(bytes([0, 0, 0, 5]) + b'hello')"),
        pytest.param(says("reading._put(out, 5)"), marks=pytest.mark.long),
        pytest.param(says("reading._put(out, ())"), marks=pytest.mark.long),
        says("reading._put(out, ('another version', plan['sha256'], 7))"),
    ],
)
def test_one_that_never_begins_is_no_hindrance(
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    opened: list[subprocess.Popen[bytes]],
) -> None:
    """Nor one of a program that was updated meanwhile, or into whose output somebody else writes."""
    shop.add_account(20)
    write(file := tmp_path / "会员.csv", FEW)
    monkeypatch.setattr(reading, "own_command", lambda *_: command)
    watched = Watched(shop)
    assert apply(imports_of(shop, watched), begin(shop, file))["left"] == 0
    assert watched.started == []
    assert all(process.returncode is not None for process in opened)


@pytest.mark.parametrize("said", ["out.write(b'hello' * 9)", "out.write(bytes([0, 0, 0, 1]) + b'?')"])
def test_one_that_says_something_else_in_the_middle_is_no_hindrance(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, opened: list[subprocess.Popen[bytes]]
) -> None:
    shop.add_account(20)
    write(file := tmp_path / "会员.csv", FEW)
    greeting = "reading._put(out, (reading._form(), plan['sha256'], 1)); sys.stdin.readline();"
    monkeypatch.setattr(reading, "own_command", lambda *_: says(greeting + said))
    watched = Watched(shop)
    assert apply(imports_of(shop, watched), begin(shop, file))["left"] == 0
    assert len(watched.started) == 1
    assert all(process.returncode is not None for process in opened)


def test_a_file_that_was_changed_before_it_began_is_refused(shop: Shop, tmp_path: Path) -> None:
    shop.add_account(20)
    write(file := tmp_path / "会员.csv", FEW)
    begun = begin(shop, file)
    file.write_text(file.read_text(encoding="utf-8").replace("铜卡", "钻卡"), encoding="utf-8")
    with pytest.raises(SettingsError, match="has changed"):
        imports_of(shop, Watched(shop)).apply_chunk(begun.import_id, 0)
    assert stored(shop)["import_prospect"] == []


def test_a_file_that_changes_while_it_is_read_is_noticed(
    shop: Shop, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """By whoever stores its rows; its reader says nothing on the same screen."""
    shop.add_account(20)
    write(file := tmp_path / "会员.csv", 33_000)  # more than it can have read ahead
    begun, imports = begin(shop, file), imports_of(shop, Watched(shop))
    imports.apply_chunk(begun.import_id, 0)
    file.write_text(file.read_text(encoding="utf-8").replace("级3", "级8"), encoding="utf-8")
    with pytest.raises(SettingsError, match="has changed"):
        imports.apply_chunk(begun.import_id, 1)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "order",
    [pytest.param([0, 1], marks=pytest.mark.long), pytest.param([1, 0], marks=pytest.mark.long), [0, 0, 1, 1, 0]],
)
def test_a_chunk_has_the_same_rows_whatever_was_taken_before(shop: Shop, tmp_path: Path, order: list[int]) -> None:
    shop.add_account(1)
    write(file := tmp_path / "会员.csv")
    begun = begin(shop, file)
    reader = Watched(shop)(plan_of(shop, begun))
    assert isinstance(reader, ReaderBeside)
    for chunk in order:
        numbers = [number for part in reader.chunk(chunk) for number in part.rows.row_nos]
        assert numbers[0] == max(chunk * import_parts.CHUNK + 1, 2), "row 1 is the header"
        assert numbers[-1] == min((chunk + 1) * import_parts.CHUNK, ROWS + 1)
        assert len(numbers) == len(set(numbers)) >= len(range(numbers[0], numbers[-1])) - 2


def test_a_small_file_starts_nobody(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FEWEST", FEW + 1)
    shop.add_account(20)
    write(file := tmp_path / "会员.csv", FEW)
    watched = Watched(shop)
    assert apply(imports_of(shop, watched), begin(shop, file))["left"] == 0
    assert watched.started == []


@pytest.mark.long
def test_many_imports_at_once_leave_each_other_their_readers(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as there are at most; the others are read by the worker, each of them once."""
    opened = list[str]()
    monkeypatch.setattr(import_session, "session_of", lambda *all_: opened.append(all_[0].path) or session_of(*all_))
    shop.add_account(20)
    write(file := tmp_path / "0.csv")
    files = [file, *(tmp_path / f"{n}.csv" for n in range(1, FILES_OPEN + 2))]
    for n, each in enumerate(files[1:]):
        each.write_text(file.read_text(encoding="utf-8").replace("陌生", f"陌生{n}"), encoding="utf-8")
    several = [begin(shop, each) for each in files]
    imports = imports_of(shop, watched := Watched(shop))
    for chunk in range(several[0].chunks):
        for begun in several:
            imports.apply_chunk(begun.import_id, chunk)
    assert len(watched.started) == FILES_OPEN
    assert opened == [str(each) for each in files[FILES_OPEN:]]
    assert [imports.finish(begun.import_id)["left"] for begun in several] == [0] * len(files)
    assert all(reader._process.returncode is not None for reader in watched.started)


@pytest.mark.skipif(os.name != "posix", reason="Windows stops no process")
@pytest.mark.parametrize("taken", [pytest.param(0, marks=pytest.mark.long), 4])
def test_one_that_the_system_stopped_is_no_hindrance(
    shop: Shop, tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for as long as any file may take, and then ended."""
    shop.add_account(20)
    write(file := tmp_path / "会员.csv")
    begun, take = begin(shop, file), ReaderBeside._take

    def until(reader: ReaderBeside, part: int) -> tuple[Any, ...]:
        if part == taken:
            os.kill(reader._process.pid, signal.SIGSTOP)
            monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.2)
        return take(reader, part)

    monkeypatch.setattr(ReaderBeside, "_take", until)
    counts = apply(imports_of(shop, watched := Watched(shop)), begun)
    assert (counts["left"], counts["changed"], counts["consecutive"], counts["refused"]) == (0, 20, 6, 3)
    assert [reader._process.returncode for reader in watched.started] == [-signal.SIGKILL]


@pytest.mark.skipif(os.name != "posix", reason="Windows stops no process")
def test_one_that_is_stopped_before_it_has_read_anything_is_no_hindrance(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[subprocess.Popen[bytes]]
) -> None:
    """Also where its plan is longer than the system keeps for it."""
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.5)
    stopped = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
    monkeypatch.setattr(reading, "own_command", lambda *_: [sys.executable, "-c", stopped])
    shop.add_account(20)
    write(file := tmp_path / "会员.csv", FEW)
    begun = begin(shop, file)
    plan = replace(plan_of(shop, begun), actor="王" * 200_000)
    assert beside(shop.workspace.imports.keys.rows)(plan) is None
    assert [process.returncode for process in opened] == [-signal.SIGKILL]


@pytest.mark.parametrize("end", ["finish", "ended", "trouble"])
def test_it_ends_with_its_import(shop: Shop, tmp_path: Path, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.add_account(1)
    write(file := tmp_path / "会员.csv")
    begun, watched = begin(shop, file), Watched(shop)
    imports = imports_of(shop, watched)
    imports.apply_chunk(begun.import_id, 0)
    (reader,) = watched.started
    assert isinstance(reader, ReaderBeside)
    assert reader._process.poll() is None
    if end == "finish":
        imports.finish(begun.import_id)
    elif end == "ended":
        reader.close()
    else:
        monkeypatch.setattr(SqlImports, "apply_ready", _full)
        with pytest.raises(WorkspaceError, match="is full"):
            imports.apply_chunk(begun.import_id, 1)
    assert reader._process.wait(SECONDS) != 0
    with pytest.raises(ReaderEnded):
        next(reader.chunk(0))


def _full(*_: object) -> None:
    raise WorkspaceError("disk_full", "The disk is full; nothing was changed")


@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_with_the_worker_however_that_ends(shop: Shop, tmp_path: Path, busy: bool) -> None:
    """Whose ends of the pipes are then closed, also in the middle of an answer."""
    shop.add_account(1)
    write(file := tmp_path / "会员.csv", FEW)
    plan, keys = plan_of(shop, begin(shop, file)), shop.workspace.imports.keys.rows
    process = open_child(own_command("read-rows"))
    reader = ReaderBeside(process, plan, keys)
    if busy:
        reader._order("0\n" * 40)
    with process:
        reader._answers.close()
        reader._orders.close()
        assert process.wait(SECONDS) == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals for a group")
def test_what_is_meant_for_the_worker_does_not_end_it(shop: Shop, tmp_path: Path) -> None:
    """Ctrl-C reaches every process of a terminal: the worker ends in its own time, and its reader with it."""
    shop.add_account(1)
    write(file := tmp_path / "会员.csv", FEW)
    reader = Watched(shop)(plan_of(shop, begin(shop, file)))
    assert isinstance(reader, ReaderBeside)
    os.kill(reader._process.pid, signal.SIGINT)
    assert len(list(reader.chunk(0))) == len(parts_of(0, reader._parts))


def test_no_key_is_in_arguments_or_environment(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", FROM_NOTHING)
    shop.add_account(1)
    write(file := tmp_path / "会员.csv", FEW)
    reader = Watched(shop)(plan_of(shop, begin(shop, file)))
    assert isinstance(reader, ReaderBeside)
    about = Path("/proc") / str(reader._process.pid)
    said = json.dumps(reader._process.args).encode()
    if about.is_dir():
        said += (about / "cmdline").read_bytes() + (about / "environ").read_bytes()
    assert not [key for key in shop.workspace.imports.keys.rows.words if key.hex().encode() in said or key in said]
