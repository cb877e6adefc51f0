"""What only the whole file tells, the same however long it is: repeated customers, and runs of numbers."""

from __future__ import annotations

import errno
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from campaign_app.domain.errors import WorkspaceError
from campaign_app.jobs.tabular import open_table
from campaign_app.services import import_refs
from campaign_app.services.import_columns import map_columns
from campaign_app.services.import_keys import FileMarks
from campaign_app.services.import_rows import RowChecker
from campaign_app.services.import_scan import Scan, Scanner
from campaign_app.services.tables import ReadOptions
from tests.helpers.small_disk import POSSIBLE, small_disk

HEADER = "客户标识,手机号"
Row = tuple[str, str]


def scan(folder: Path, rows: Sequence[Row]) -> Scan:
    path = folder / "customers.csv"
    path.write_text("\n".join([HEADER, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    table = open_table(path, ReadOptions())
    blocks = list(table.blocks())
    columns = map_columns(table.info.header, [row for block in blocks for row in block.rows], {})
    return Scanner(RowChecker(columns, 1)).scan(table, lambda _: None)


def marks(found: FileMarks) -> tuple[dict[int, int], list[int]]:
    repeats = zip(found.repeats.tolist(), found.firsts.tolist(), strict=True)
    return dict(repeats), found.consecutive.tolist()


def test_a_row_that_shares_a_ref_or_a_number_repeats_the_first_that_was_kept(tmp_path: Path) -> None:
    rows = [
        ("a", "13800000001"),
        ("b", "13700000005"),
        ("a", ""),
        ("c", "13700000005"),
        ("c", "13600000009"),  # the row before was a repeat itself, so this one is the first of its ref
        ("", "13600000009"),
        ("d", "not a number"),
    ]
    found = scan(tmp_path, rows)
    assert marks(found.marks) == ({4: 2, 5: 3, 7: 6}, [])
    assert (found.rows, found.last_row) == (7, 8)


def test_numbers_in_a_run_are_found_wherever_they_stand(tmp_path: Path) -> None:
    rows = [(f"r{n}", f"1380000000{n % 6}") for n in (3, 0, 4, 1, 2)] + [("x", "13900000000")]
    assert marks(scan(tmp_path, rows).marks) == ({}, [2, 3, 4, 5, 6])


@pytest.mark.parametrize("count", [9_000, 120_000])
def test_a_file_of_any_length_is_judged_as_row_by_row(tmp_path: Path, count: int) -> None:
    dice = random.Random(7)
    rows = [(f"r{dice.randrange(count)}", f"138{dice.randrange(count * 4):08d}") for _ in range(count)]
    repeats, kept = {}, dict[str, int]()
    for number, keys in enumerate(rows, 2):
        first = next((kept[key] for key in keys if key in kept), None)
        if first is None:
            kept |= dict.fromkeys(keys, number)
        else:
            repeats[number] = first
    assert marks(scan(tmp_path, rows).marks)[0] == repeats
    assert len(repeats) > count / 3


@pytest.mark.parametrize(("code", "number"), [("temp_full", errno.ENOSPC), ("temp_error", errno.EIO)])
def test_a_folder_for_temporary_files_that_fails_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, number: int
) -> None:
    def fails(**_: object) -> None:
        raise OSError(number, "")

    monkeypatch.setattr(import_refs, "TemporaryFile", fails)
    with pytest.raises(WorkspaceError) as caught:
        scan(tmp_path, [("a", "13800000001")])
    assert caught.value.code == code


@pytest.mark.skipif(not POSSIBLE, reason="only root on Linux can make a disk")
def test_a_full_folder_for_temporary_files_is_said_and_nothing_stays_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        if disk is None:
            pytest.skip("this container may not mount a disk")
        monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
        with pytest.raises(WorkspaceError) as caught:
            scan(tmp_path, [(f"r{number}", "") for number in range(200_000)])
        assert caught.value.code == "temp_full"
        assert list(disk.folder.iterdir()) == []
        assert scan(tmp_path, [("a", ""), ("a", "")]).marks.repeats.tolist() == [3]


@pytest.mark.parametrize("between", [0, 9_000], ids=["one block", "two blocks"])
def test_numbers_that_lie_a_power_of_two_apart_are_not_one(tmp_path: Path, between: int) -> None:
    """2**32, which is more than a column of 32 bits could tell."""
    rows = [("first", "13000000000"), *((f"r{n}", "") for n in range(between)), ("last", "17294967296")]
    assert marks(scan(tmp_path, rows).marks) == ({}, [])
