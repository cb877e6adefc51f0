"""What the first reading of a file has found is kept for whoever goes on with it, and believed only if it is whole."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.jobs.tabular import open_table
from campaign_app.services import import_scan
from campaign_app.services.import_columns import map_columns
from campaign_app.services.import_keys import FileMarks
from campaign_app.services.import_rows import RowChecker
from campaign_app.services.import_scan import Scan, Scanner
from campaign_app.services.import_session import Session
from campaign_app.services.tables import ReadOptions

NUMBERS = st.lists(st.integers(1, 2**32 - 1), unique=True, max_size=40).map(sorted)


def rows_of(numbers: list[int]) -> Any:
    return np.array(numbers, np.uint32)


def scans() -> st.SearchStrategy[Scan]:
    count = st.integers(0, 2**32)
    marks = st.builds(lambda r, c: FileMarks(rows_of(r), rows_of(r), rows_of(c)), NUMBERS, NUMBERS)
    return st.builds(Scan, marks, count, count, count, st.lists(st.booleans(), max_size=40))


def same(one: Scan | None, other: Scan) -> bool:
    assert one is not None
    names = ("repeats", "firsts", "consecutive")
    marks = all(getattr(one.marks, name).tolist() == getattr(other.marks, name).tolist() for name in names)
    return marks and (one.rows, one.repaired, one.last_row) == (other.rows, other.repaired, other.last_row)


@given(scans())
def test_it_comes_back_as_it_was(scan: Scan) -> None:
    assert same(Scan.from_json(json.loads(json.dumps(scan.to_json()))), scan)


def kept(**changes: Any) -> dict[str, Any]:
    written = Scan(FileMarks(rows_of([3]), rows_of([2]), rows_of([])), 9, 0, 10, [True, False]).to_json()
    assert written is not None
    return {**written, **changes}


def packed(data: bytes) -> str:
    return b64encode(zlib.compress(data)).decode()


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        kept(reading=0),
        kept(rows="many"),
        kept(rows=None),
        kept(last_row=float("inf")),
        kept(marks=kept()["marks"][:2]),
        kept(marks=[packed(bytes(8)), packed(bytes(4)), packed(b"")]),
        kept(marks=[packed(b"odd"), packed(b"odd"), packed(b"")]),
        kept(marks=["?"] * 3),
        kept(marks=[packed(bytes(10**7))] * 3),
        kept(marks=[packed(bytes(100))[:-8]] * 3),
        kept(marks=["AAAA"] * 3),
        {name: value for name, value in kept().items() if name != "marks"},
    ],
)
def test_whatever_else_stands_there_is_no_scan(data: Any) -> None:
    """A colleague's own statements may have put it there: it costs neither the worker its memory nor an import."""
    assert Scan.from_json(data) is None


def test_every_row_is_looked_at_whatever_stands_there(tmp_path: Path) -> None:
    """That a block needs no look is believed of this process's own reading only."""
    file = tmp_path / "会员.csv"
    file.write_text("客户标识,手机号,等级\nc1,,金\u200b卡\n,138,银卡\n,,铜卡\n1.5E+10,,无\n", encoding="utf-8")
    table = open_table(file, ReadOptions())
    columns = map_columns(table.info.header, [], {})
    written = Scanner(RowChecker(columns, 1)).scan(table, lambda _: None).to_json()
    assert written is not None
    known = Scan.from_json({**written, "plain": packed(b"\xff" * 9), "blocks": 9})
    checked = Session(file, table, columns, 1, lambda _: None, known).check(0)
    assert [(row.ref, row.attributes) for row in checked.rows] == [("c1", {"等级": "金卡"})]
    assert [code for _, code, _ in checked.refusals] == ["phone_invalid", "no_key", "ref_rounded"]


def test_a_long_one_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    scan = Scan(FileMarks(rows_of([3]), rows_of([2]), rows_of([7])), 9, 0, 10, [True])
    monkeypatch.setattr(import_scan, "_MOST_KEPT", 3)
    assert scan.to_json() is not None
    monkeypatch.setattr(import_scan, "_MOST_KEPT", 2)
    assert scan.to_json() is None


def test_whoever_has_one_does_not_read_the_file_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "会员.csv"
    lines = [f"c{n % 40:05d},,金\u200b卡" for n in range(50)] + [f",1391234500{n},银卡" for n in range(6)]
    file.write_text("客户标识,手机号,等级\n" + "\n".join(lines) + "\n", encoding="utf-8")
    table = open_table(file, ReadOptions())
    columns = map_columns(table.info.header, [], {})
    first = Session(file, table, columns, 1, lambda _: None)
    known = Scan.from_json(first.scan.to_json())
    with monkeypatch.context() as patched:
        patched.setattr(Scanner, "scan", None)
        again = Session(file, table, columns, 1, lambda _: None, known)
    assert same(again.scan, Scanner(RowChecker(columns, 1)).scan(table, lambda _: None))
    assert (again.sha256, again.parts, again.chunks) == (first.sha256, first.parts, first.chunks)
    checked, before = again.check(0), first.check(0)
    assert (checked.rows, checked.refusals) == (before.rows, before.refusals)
    assert len(checked.rows) == 46
