"""Several imports at once in one worker: nobody takes another's rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from campaign_app.jobs.tabular import open_table
from campaign_app.services import import_parts
from campaign_app.services.import_columns import map_columns
from campaign_app.services.import_open import FILES_OPEN, OpenSessions
from campaign_app.services.import_session import Session
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
def test_many_imports_at_once_keep_their_files_open_and_the_last_few_that_were_begun() -> None:
    kept, session = OpenSessions(), cast(Session, SimpleNamespace(close=bool))

    def work(first: int) -> None:
        for import_id in range(first, first + 30_000):
            kept.keep(import_id, session)
            assert kept.take_up(import_id) is session
            kept.begin(-import_id, session)

    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(work, 1 + n * 100_000) for n in range(4)]:
            job.result()
    assert sum(kept.take_up(-import_id) is not None for import_id in range(400_000)) == FILES_OPEN
    assert sum(kept.take_up(import_id) is not None for import_id in range(400_000)) == 4 * 30_000
    kept.drop(1)
    kept.drop(1)
    assert kept.take_up(1) is None


@pytest.mark.parametrize("order", [[0, 1, 2], [0, 0, 1, 2, 1], [2, 1, 0]])
def test_a_chunk_has_the_same_rows_whatever_was_taken_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: list[int]
) -> None:
    monkeypatch.setattr(import_parts, "CHUNK", 8)
    monkeypatch.setattr(import_parts, "PART", 2)
    file = tmp_path / "会员.csv"
    file.write_text("客户标识,等级\n" + "".join(f"c{n:05d},金卡\n" for n in range(18)), encoding="utf-8")
    table = open_table(file, ReadOptions())
    session = Session(file, table, map_columns(table.info.header, [["c00000", "金卡"]], {}), 1, lambda _: None)
    # row 1 is the header, so that the first chunk has seven rows and the last one three
    expected = [[f"c{n:05d}" for n in range(*span)] for span in ((0, 7), (7, 15), (15, 18))]
    assert (session.chunks, session.parts) == (3, 10)
    taken = [[row.ref for part in session.chunk(chunk) for row in part.rows] for chunk in order]
    assert taken == [expected[chunk] for chunk in order]
