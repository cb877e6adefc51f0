"""Several imports at once in one worker: nobody takes another's rows."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event, current_thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

from campaign_app.domain.customer import ImportRow, ReadyRows
from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular import open_table
from campaign_app.services import import_session
from campaign_app.services.import_columns import map_columns
from campaign_app.services.import_open import FILES_OPEN, OpenSessions
from campaign_app.services.import_session import Part, Session
from campaign_app.services.tables import Block, ReadOptions, Table


class Watched:
    """A table that tells when somebody begins to read it while another one is in the middle of it."""

    def __init__(self, table: Table) -> None:
        self.info = table.info
        self._table = table
        self.reading = 0
        self.second = Event()
        self.wait = False

    def blocks(self) -> Iterator[Block]:
        if self.wait:
            self.reading += 1
            if self.reading > 1:
                self.second.set()
            else:
                self.second.wait(0.5)  # only as long as nobody comes: the lock holds them back
            self.reading -= 1
        yield from self._table.blocks()


def test_two_jobs_of_one_import_read_its_file_one_after_the_other(tmp_path: Path) -> None:
    file = tmp_path / "会员.csv"
    file.write_text("客户标识,等级\n" + "".join(f"c{n:05d},金卡\n" for n in range(50)), encoding="utf-8")
    table = Watched(open_table(file, ReadOptions()))
    columns = map_columns(table.info.header, [["c00000", "金卡"]], {})
    session = Session(file, cast(Any, table), columns, 1, lambda _: None)
    table.wait = True
    with ThreadPoolExecutor(2) as pool:
        checked = [job.result() for job in [pool.submit(session.check, 0) for _ in range(2)]]
    assert not table.second.is_set()
    assert [[row.row_no for row in each.rows] for each in checked] == [list(range(2, 52))] * 2


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads that take turns after every few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_many_imports_at_once_keep_the_last_few_open() -> None:
    kept, session = OpenSessions(), cast(Session, SimpleNamespace(close=lambda: None))

    def work(first: int) -> None:
        for import_id in range(first, first + 60_000):
            kept.keep(import_id, session)
            kept.get(import_id)

    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(work, n * 100_000) for n in range(4)]:
            job.result()
    assert sum(kept.get(import_id) is not None for import_id in range(400_000)) <= FILES_OPEN
    kept.keep(1, session)
    assert kept.get(1) is session
    kept.drop(1)
    kept.drop(1)
    assert kept.get(1) is None


def session_of(folder: Path, rows: int) -> Session:
    file = folder / "会员.csv"
    file.write_text("客户标识,等级\n" + "".join(f"c{n:05d},金卡\n" for n in range(rows)), encoding="utf-8")
    table = open_table(file, ReadOptions())
    columns = map_columns(table.info.header, [["c00000", "金卡"]], {})
    return Session(file, table, columns, 1, lambda _: None)


def plainly_ready(rows: Sequence[ImportRow]) -> ReadyRows:
    none = [None] * len(rows)
    return ReadyRows(rows, none, none, [""] * len(rows), (), share_keys=False)


def refs(parts: Iterable[Part]) -> list[str | None]:
    return [row.ref for part in parts for row in part.ready.rows]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_session, "CHUNK", 8)
    monkeypatch.setattr(import_session, "PART", 2)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("order", [[0, 1, 2], [0, 0, 1, 2, 1], [2, 1, 0]])
def test_a_chunk_has_the_same_rows_whatever_was_taken_before(tmp_path: Path, order: list[int]) -> None:
    # row 1 is the header, so that the first chunk has seven rows and the last one three
    expected = [[f"c{n:05d}" for n in range(*span)] for span in ((0, 7), (7, 15), (15, 18))]
    with closing(session_of(tmp_path, 18)) as session:
        assert session.chunks == 3
        assert [refs(session.take(chunk, plainly_ready)) for chunk in order] == [expected[chunk] for chunk in order]


@pytest.mark.usefixtures("small")
def test_the_next_part_is_made_ready_while_one_is_stored(tmp_path: Path) -> None:
    made = Event()
    where: list[tuple[str | None, str]] = []

    def ready(rows: Sequence[ImportRow]) -> ReadyRows:
        where.append((rows[0].ref, current_thread().name.partition("_")[0]))
        if len(where) == 2:
            made.set()
        return plainly_ready(rows)

    with closing(session_of(tmp_path, 18)) as session:
        parts = session.take(0, ready)
        next(parts)
        assert made.wait(10), "nobody asked for the second one"
    assert where[1] == ("c00001", "import-ahead")


@pytest.mark.usefixtures("small")
def test_what_goes_wrong_ahead_is_told_to_whoever_takes_it(tmp_path: Path) -> None:
    with closing(session_of(tmp_path, 18)) as session:
        parts = session.take(0, plainly_ready)
        next(parts)
        (tmp_path / "会员.csv").write_text("客户标识,等级\nd1,银卡\n", encoding="utf-8")
        with pytest.raises(SettingsError, match="changed"):
            refs(parts)


@pytest.mark.usefixtures("small")
def test_whoever_still_has_a_session_that_was_closed_takes_its_parts(tmp_path: Path) -> None:
    session = session_of(tmp_path, 18)
    parts = session.take(0, plainly_ready)
    begun = refs([next(parts)])
    session.close()
    session.close()
    assert begun + refs(parts) == [f"c{n:05d}" for n in range(7)]


def test_a_session_that_is_let_go_is_closed(tmp_path: Path) -> None:
    kept = OpenSessions()
    sessions = [session_of(tmp_path, 3) for _ in range(FILES_OPEN + 1)]
    for import_id, session in enumerate(sessions):
        kept.keep(import_id, session)
    kept.keep(2, sessions[2])
    kept.drop(3)
    assert [session.closed for session in sessions] == [True, False, False, True, False]
    kept.keep(4, sessions[1])
    assert sessions[4].closed
    for session in sessions:
        session.close()
