"""Which row names the columns, and which sheet holds the people, in files as people really have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular import open_table
from campaign_app.services.tables import ReadOptions, Table

TITLE = "2026年11月会员名单"
HEADER = ["会员号", "手机号", "会员等级"]
PEOPLE = [["C1", "13800138000", "金卡"], ["C2", "13900139000", "银卡"]]
Lines = Sequence[Sequence[str]]
Made = Callable[[Path, Lines], Table]


def as_csv(folder: Path, lines: Lines) -> Table:
    file = folder / "会员.csv"
    file.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")
    return open_table(file, ReadOptions())


def as_book(folder: Path, lines: Lines) -> Table:
    return book(folder, 会员=lines)


def book(folder: Path, hidden: Sequence[str] = (), wanted: str = "", **sheets: Lines) -> Table:
    file = folder / "会员.xlsx"
    with xlsxwriter.Workbook(str(file)) as made:
        for name, lines in sheets.items():
            sheet = made.add_worksheet(name)
            for at, line in enumerate(lines):
                sheet.write_row(at, 0, line)
            if name in hidden:
                sheet.hide()
        next(sheet for sheet in made.worksheets() if len(hidden) == len(sheets) or sheet.name not in hidden).activate()
    return open_table(file, ReadOptions(sheet=wanted))


def people(table: Table) -> list[tuple[int, list[str]]]:
    return [(n, list(row)) for b in table.blocks() for n, row in zip(b.numbers, b.rows, strict=True)]


def bad(table: Table) -> list[int]:
    return [row.number for block in table.blocks() for row in block.bad]


@pytest.mark.parametrize("made", [as_csv, as_book])
@pytest.mark.parametrize(
    ("above", "filled"),
    [
        ([[TITLE]], 1),
        ([[TITLE, "", ""]], 1),
        ([[TITLE], [], ["导出时间：2026-11-27", "", ""]], 2),
        ([["会员信息", "", "消费"]], 1),
    ],
)
def test_titles_stand_above_the_header(made: Made, above: Lines, filled: int, tmp_path: Path) -> None:
    table = made(tmp_path, [*above, HEADER, *PEOPLE])
    assert (table.info.header, table.info.above) == (tuple(HEADER), filled)
    assert people(table) == [(len(above) + 2, PEOPLE[0]), (len(above) + 3, PEOPLE[1])]
    assert bad(table) == []


@pytest.mark.parametrize("made", [as_csv, as_book])
@pytest.mark.parametrize(
    "lines",
    [
        [["会员号"], ["C1"], ["手机号"]],  # the first row names a key itself
        [["名单"], ["C1"], ["手机号"]],  # as many filled cells: it may be a person
        [["名单", "备注", "等级"], ["C1", "x", "y"], HEADER],
        [["名单", "", ""], ["C1", "13800138000", ""], HEADER],  # a person stands between
        [["名单", "", ""], *([["C1", "", ""]] * 10), HEADER],  # too far down
    ],
)
def test_no_row_that_may_be_a_person_is_passed_over(made: Made, lines: Lines, tmp_path: Path) -> None:
    table = made(tmp_path, lines)
    assert table.info.above == 0
    assert len(people(table)) + len(bad(table)) == len(lines) - 1


@pytest.mark.parametrize("made", [as_csv, as_book])
def test_a_first_row_of_data_is_kept(made: Made, tmp_path: Path) -> None:
    table = made(tmp_path, [*PEOPLE, HEADER])
    assert (table.info.header[0], table.info.above) == ("第1列", 0)
    assert [number for number, _ in people(table)] == [1, 2, 3]


@pytest.mark.parametrize("made", [as_csv, as_book])
@pytest.mark.parametrize(
    "written",
    ["13800138000.0", "'13800138000", "１３８００１３８０００", "(+86) 138-0013-8000", "手机：13800138000", "1.38E+10"],
)
def test_a_number_in_any_writing_is_no_header(made: Made, written: str, tmp_path: Path) -> None:
    """Of a list of people who want nothing the first one would else be left out, and be sent to."""
    table = made(tmp_path, [[written, "门店"], ["13900139000", "来电"]])
    assert table.info.header[0] == "第1列"
    assert people(table) == [(1, [written, "门店"]), (2, ["13900139000", "来电"])]


@pytest.mark.parametrize("name", ["手机号", "2026", "1", "11月", "电话2", "mobile 1", "13位编码"])
def test_names_with_digits_are_names(name: str, tmp_path: Path) -> None:
    assert as_csv(tmp_path, [[name, "备注"], ["13900139000", "来电"]]).info.header == (name, "备注")


def test_a_row_that_cannot_be_read_ends_the_search(tmp_path: Path) -> None:
    file = tmp_path / "会员.csv"
    file.write_text(f"{TITLE},,\nC\0,,\n会员号,手机号,等级\nC1,,金卡\n", encoding="utf-8")
    assert open_table(file, ReadOptions()).info.header[0] == TITLE


def test_a_cell_with_an_error_ends_the_search(tmp_path: Path) -> None:
    file = tmp_path / "会员.xlsx"
    with xlsxwriter.Workbook(str(file)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, [TITLE, "等级"])
        sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, HEADER)
    assert open_table(file, ReadOptions()).info.header == (TITLE, "等级")


@pytest.mark.parametrize("delimiter", ["\t", ";", "，"])
def test_a_title_does_not_hide_the_delimiter(delimiter: str, tmp_path: Path) -> None:
    file = tmp_path / "会员.csv"
    lines = "\n".join(delimiter.join(line) for line in [HEADER, *PEOPLE, *PEOPLE])
    file.write_text(f"会员名单,十一月\n{lines}\n", encoding="utf-8")
    assert open_table(file, ReadOptions()).info.header == tuple(HEADER)


def test_a_sign_in_some_cells_of_one_column_is_no_delimiter(tmp_path: Path) -> None:
    table = as_csv(tmp_path, [["手机号"], ["13800138000，"], ["13900139000"], ["13700137000;来电"]])
    assert [row for _, row in people(table)] == [["13800138000，"], ["13900139000"], ["13700137000;来电"]]


def test_the_line_by_which_excel_is_told_the_delimiter(tmp_path: Path) -> None:
    file = tmp_path / "会员.csv"
    file.write_text("sep=;\n" + "\n".join(";".join(line) for line in [HEADER, *PEOPLE]), encoding="utf-8")
    table = open_table(file, ReadOptions())
    assert (table.info.header, table.info.delimiter) == (tuple(HEADER), ";")
    assert [number for number, _ in people(table)] == [3, 4]


def test_a_sheet_that_nobody_sees_is_not_taken_by_itself(tmp_path: Path) -> None:
    codes = [["代码", "含义"], ["1", "金卡"]]
    table = book(tmp_path, hidden=["字典"], 字典=codes, 会员=[HEADER, *PEOPLE])
    assert (table.info.sheet, table.info.sheets) == ("会员", ("字典", "会员"))
    assert book(tmp_path, hidden=["字典"], wanted="字典", 字典=codes, 会员=[HEADER]).info.sheet == "字典"


def test_a_cover_without_rows_is_turned_over(tmp_path: Path) -> None:
    table = book(tmp_path, 空=[], 封面=[[TITLE]], 会员=[HEADER, *PEOPLE])
    assert table.info.sheet == "会员"
    assert [row for _, row in people(table)] == PEOPLE


def test_what_is_wrong_with_a_sheet_is_said_of_the_one_at_hand(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        book(tmp_path, 空=[], 封面=[[TITLE]])
    assert caught.value.code == "file_no_rows"
    with pytest.raises(SettingsError) as caught:
        book(tmp_path, 会员=[["甲", "甲"], ["1", "2"]], 另=[HEADER, *PEOPLE])
    assert caught.value.code == "duplicate_header"
