"""Workbooks: what a person wrote stays text, any number of rows, the same file for the same rows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from campaign_app.domain.errors import WorkspaceError
from campaign_app.reports import xlsx
from campaign_app.reports.files import new_file
from campaign_app.reports.xlsx import Sheet, SheetColumn, Tick, Value, write_workbook

MADE = datetime(2026, 11, 27, tzinfo=UTC)
NAMES = (SheetColumn("名称", 30), SheetColumn("数", kind="whole"))


def written(*sheets: Sheet, tick: Tick | None = None) -> bytes:
    out = io.BytesIO()
    write_workbook(out, sheets, title="报告", author="某店", made_at=MADE, tick=tick)
    return out.getvalue()


def read(data: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_text_is_never_a_formula_a_link_or_a_number() -> None:
    texts = ["=1+1", "https://a.example", "007", "+8613800000000", "-1", "@x"]
    data = written(Sheet("数据", NAMES, [(text, 1) for text in texts]))
    assert [row[0] for row in read(data)["数据"][1:]] == texts
    assert b"<f>" not in data


def test_an_unknown_value_is_an_empty_cell_and_no_zero() -> None:
    assert read(written(Sheet("数据", NAMES, [("甲", None)])))["数据"][1] == ["甲", ""]


def test_notes_stand_above_the_heading_and_an_empty_sheet_has_one() -> None:
    assert read(written(Sheet("空", NAMES, (), notes=("查询 A1",)))) == {"空": [["查询 A1", ""], ["名称", "数"]]}


def test_names_are_made_to_fit_and_no_two_are_alike() -> None:
    sheets = (
        Sheet("甲/乙" * 20, NAMES, ()),
        Sheet("甲/乙" * 20, NAMES, ()),
        Sheet("[a]", NAMES, ()),
        Sheet("", NAMES, ()),
    )
    names = list(read(written(*sheets)))
    assert len({name.casefold() for name in names}) == len(sheets)
    assert all(0 < len(name) <= xlsx.NAME_MAX for name in names)


def test_rows_beyond_a_sheet_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS_MAX", 4)
    sheets = read(written(Sheet("数据", NAMES, [(str(n), n) for n in range(7)], notes=("注",))))
    assert list(sheets) == ["数据", "数据 (2)", "数据 (3)", "数据 (4)"]
    assert [row[1] for rows in sheets.values() for row in rows[2:]] == list(range(7))


@pytest.mark.parametrize("sign", ["字", "😀"])
def test_a_cell_holds_what_it_can_and_says_that_it_is_cut(sign: str) -> None:
    (_head, (text, _number)) = read(written(Sheet("数据", NAMES, [(sign * 40_000 + "\x00", 1)])))["数据"]
    assert text.endswith(sign + "…")
    assert len(text.encode("utf-16-le")) // 2 <= xlsx.TEXT_MAX


def test_the_same_rows_are_the_same_file() -> None:
    sheet = Sheet("数据", NAMES, [("甲", 1)])
    assert written(sheet) == written(sheet)


def test_it_can_be_stopped_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(Exception):
        pass

    def stop(_rows: int) -> None:
        raise Stopped

    def rows() -> Iterator[tuple[Value, ...]]:
        yield from ((str(number), number) for number in range(5_000))

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(Stopped), new_file(tmp_path / "报告.xlsx") as out:
        write_workbook(out, [Sheet("数据", NAMES, rows())], title="", author="", made_at=MADE, tick=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    target = tmp_path / "报告.pdf"
    target.write_text("earlier")
    with pytest.raises(WorkspaceError) as raised, new_file(target):
        pass
    assert raised.value.code == "file_exists"
    assert target.read_text() == "earlier"
