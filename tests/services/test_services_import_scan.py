"""What only the whole file tells, the same however long it is: repeated customers, and runs of numbers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from campaign_app.jobs.tabular import open_table
from campaign_app.services.import_columns import map_columns
from campaign_app.services.import_keys import FileMarks
from campaign_app.services.import_rows import RowChecker
from campaign_app.services.import_scan import Scan, Scanner
from campaign_app.services.tables import ReadOptions

HEADER = "客户标识,手机号"
Row = tuple[str, str]


def scan(folder: Path, rows: Sequence[Row], both_max: int) -> Scan:
    path = folder / "customers.csv"
    path.write_text("\n".join([HEADER, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    table = open_table(path, ReadOptions())
    blocks = list(table.blocks())
    columns = map_columns(table.info.header, [row for block in blocks for row in block.rows], {})
    return Scanner(RowChecker(columns, 1), both_max).scan(table, lambda _: None)


def marks(found: FileMarks) -> tuple[dict[int, int], list[int]]:
    repeats = zip(found.repeats.tolist(), found.firsts.tolist(), strict=True)
    return dict(repeats), found.consecutive.tolist()


@pytest.mark.parametrize("both_max", [0, 4, 1_000], ids=["read-again", "read-again-later", "kept"])
def test_a_row_that_shares_a_ref_or_a_number_repeats_the_first_that_was_kept(tmp_path: Path, both_max: int) -> None:
    rows = [
        ("a", "13800000001"),
        ("b", "13700000005"),
        ("a", ""),
        ("c", "13700000005"),
        ("c", "13600000009"),  # the row before was a repeat itself, so this one is the first of its ref
        ("", "13600000009"),
        ("d", "not a number"),
    ]
    found = scan(tmp_path, rows, both_max)
    assert marks(found.marks) == ({4: 2, 5: 3, 7: 6}, [])
    assert (found.rows, found.last_row) == (7, 8)


@pytest.mark.parametrize("both_max", [0, 1_000])
def test_numbers_in_a_run_are_found_wherever_they_stand(tmp_path: Path, both_max: int) -> None:
    rows = [(f"r{n}", f"1380000000{n % 6}") for n in (3, 0, 4, 1, 2)] + [("x", "13900000000")]
    assert marks(scan(tmp_path, rows, both_max).marks) == ({}, [2, 3, 4, 5, 6])


def test_a_file_of_any_length_is_judged_alike(tmp_path: Path) -> None:
    dice = random.Random(7)
    rows = [(f"r{dice.randrange(6_000)}", f"138{dice.randrange(40_000):08d}") for _ in range(9_000)]
    kept, again = (marks(scan(tmp_path, rows, both_max).marks) for both_max in (10_000, 5_000))
    assert kept == again
    assert len(kept[0]) > 1_000


@pytest.mark.parametrize("between", [0, 9_000], ids=["one block", "two blocks"])
@pytest.mark.parametrize("both_max", [0, 100_000])
def test_numbers_that_lie_a_power_of_two_apart_are_not_one(tmp_path: Path, both_max: int, between: int) -> None:
    """2**32, which is more than a column of 32 bits could tell."""
    rows = [("first", "13000000000"), *((f"r{n}", "") for n in range(between)), ("last", "17294967296")]
    assert marks(scan(tmp_path, rows, both_max).marks) == ({}, [])
