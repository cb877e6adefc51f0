"""Workbooks: cells as a person reads them, errors and dead formulas refused, bombs not unpacked."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular import open_table
from campaign_app.jobs.tabular import xlsx_package as package
from campaign_app.jobs.tabular import xlsx_strings as strings
from campaign_app.jobs.tabular.xlsx_values import date_text, is_date_format, number_text
from campaign_app.services.tables import ReadOptions, Table

Fill = Callable[[xlsxwriter.Workbook], None]
SHEET = "xl/worksheets/sheet1.xml"


def workbook(path: Path, fill: Fill, **options: Any) -> Path:
    with xlsxwriter.Workbook(str(path), options) as book:
        fill(book)
    return path


def grid(*lines: list[Any]) -> Fill:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for i, line in enumerate(lines):
            sheet.write_row(i, 0, line)

    return fill


def read(path: Path, **options: str) -> Table:
    return open_table(path, ReadOptions(**options))


def rows(table: Table) -> list[tuple[int, list[str]]]:
    return [(n, list(row)) for b in table.blocks() for n, row in zip(b.numbers, b.rows, strict=True)]


def bad(table: Table) -> list[tuple[int, str]]:
    return [(row.number, row.code) for block in table.blocks() for row in block.bad]


def with_part(path: Path, name: str, change: Callable[[str], str], target: Path | None = None) -> Path:
    """The workbook with one part rewritten."""
    old = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(target or path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part).decode()
            new.writestr(part.filename, change(content) if part.filename == name else content)
    return target or path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "客户.xlsx"


def test_cells_are_text_as_a_person_reads_them(file: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("客户")
        day, both, clock = (book.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "m/d/yy h:mm", "h:mm:ss"))
        sheet.write_row(0, 0, ["手机号", "姓名", "日期", "时刻", "数", "是", "公式", "时间"])
        sheet.write_number(1, 0, 13800000000)
        sheet.write_string(1, 1, "张三\n_x005F_ 先生")
        sheet.write_datetime(1, 2, datetime(2024, 2, 29, tzinfo=UTC).replace(tzinfo=None), day)
        sheet.write_datetime(1, 3, datetime(2024, 2, 29, 10, 30, tzinfo=UTC).replace(tzinfo=None), both)
        sheet.write_number(1, 4, 0.1 + 0.2)
        sheet.write_boolean(1, 5, True)
        sheet.write_formula(1, 6, "=A2+1", None, 13800000001)
        sheet.write_datetime(1, 7, time(9, 5), clock)
        sheet.write_row(4, 0, ["13900139000", None, 1.5, "", -3, False])

    table = read(workbook(file, fill))
    assert (table.info.kind, table.info.sheet) == ("xlsx", "客户")
    assert rows(table) == [
        (2, ["13800000000", "张三\n_x005F_ 先生", "2024-02-29", "2024-02-29T10:30:00", "0.3", "TRUE", "13800000001",
             "09:05:00"]),
        (5, ["13900139000", "", "1.5", "", "-3", "FALSE", "", ""]),
    ]  # fmt: skip
    assert bad(table) == []


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("13800000000", "13800000000"),
        ("1.38E10", "13800000000"),
        ("13800000000.0", "13800000000"),
        ("13800000000.5", "13800000000.5"),
        ("0", "0"),
        ("-1", "-1"),
        ("1E-3", "0.001"),
        ("123456789012345678", "1.23456789012346E+17"),
        ("6.92E+17", "6.92000000000000E+17"),
    ],
)
def test_numbers_keep_every_digit_or_say_that_they_lost_some(raw: str, text: str) -> None:
    assert number_text(raw) == text


@pytest.mark.parametrize(
    ("code", "is_date"),
    [("yyyy-mm-dd", True), ("[$-804]yyyy年m月d日", True), ("General", False), ('0.00"天数"', False), ("[h]:mm", False),
     ("#,##0_d", False), ("[Red]0;[Blue]-0", False), (r"0\d", False), ("0;h:mm", False), ("上午/下午h:mm", True)],
)  # fmt: skip
def test_a_format_shows_a_date_or_not(code: str, is_date: bool) -> None:
    assert is_date_format(164, code) is is_date


def test_built_in_formats_and_the_calendar_of_1904() -> None:
    assert [is_date_format(n, "") for n in (0, 14, 22, 23, 31, 57, 59)] == [False, True, True, False, True, True, False]
    assert date_text("1", epoch_1904=False) == "1900-01-01"
    assert date_text("61", epoch_1904=False) == "1900-03-01"
    assert date_text("1", epoch_1904=True) == "1904-01-02"
    assert date_text("-1", epoch_1904=False) == "-1"
    assert date_text("9999999", epoch_1904=False) == "9999999"


def test_a_workbook_of_the_1904_calendar(file: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["ref", "day"])
        sheet.write_string(1, 0, "C1")
        sheet.write_datetime(1, 1, date(2024, 5, 6), book.add_format({"num_format": 14}))

    assert rows(read(workbook(file, fill, date_1904=True))) == [(2, ["C1", "2024-05-06"])]


def test_errors_and_formulas_without_a_value_refuse_their_row(file: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["ref", "n"])
        for i, value in enumerate((77, "#REF!", "#DIV/0!", "", "text")):
            sheet.write_string(i + 1, 0, f"C{i}")
            sheet.write_formula(i + 1, 1, "=SUM(X1:X9)", None, value)

    table = read(with_part(workbook(file, fill), SHEET, lambda xml: xml.replace("<v>77</v></c></row>", "</c></row>")))
    assert bad(table) == [(2, "formula_no_value"), (3, "cell_error"), (4, "cell_error"), (5, "formula_no_value")]
    assert rows(table) == [(6, ["C4", "text"])]


def test_an_empty_text_is_a_value_of_a_formula(file: Path) -> None:
    cell = '<c r="B2" t="str"><f>IF(1,"")</f><v></v></c></row>'
    path = with_part(
        workbook(file, grid(["ref", "n"], ["C1"])), SHEET, lambda x: x.replace("</c></row></s", f"</c>{cell}</s")
    )
    assert rows(read(path)) == [(2, ["C1", ""])]


def test_cells_beyond_the_header_and_endless_cells_refuse_their_row(file: Path) -> None:
    path = workbook(file, grid(["ref", "a"], ["C1", "1", "2"], ["C2", "1"], ["C3", "x" * 32_767]))
    table = read(with_part(path, "xl/sharedStrings.xml", lambda xml: xml.replace("x" * 32_767, "x" * 99_999)))
    assert bad(table) == [(2, "wrong_fields"), (4, "field_too_long")]
    assert rows(table) == [(3, ["C2", "1"])]


def test_rich_text_is_text_and_its_reading_aid_is_not(file: Path) -> None:
    rich = "<si><r><t>张</t></r><r><t xml:space='preserve'>三 </t></r><rPh sb='0' eb='1'><t>zhang</t></rPh></si>"
    path = workbook(file, grid(["ref", "name"], ["C1", "NAME"]))
    with_part(path, "xl/sharedStrings.xml", lambda xml: xml.replace("<si><t>NAME</t></si>", rich))
    assert rows(read(path)) == [(2, ["C1", "张三 "])]


INLINE = (
    '<row r="2"><c t="inlineStr"><is><r><t>张</t></r><r><t>三</t></r><rPh><t>z</t></rPh></is></c>'
    '<c t="str"><v>a_x000A_b</v></c></row><row><c><v>7</v></c><c r="B3" s="0"/></row>'
)


def test_inline_text_and_cells_without_an_address(file: Path) -> None:
    path = workbook(file, grid(["ref", "a"], ["x"]))
    with_part(path, SHEET, lambda xml: xml[: xml.index('<row r="2"')] + INLINE + "</sheetData></worksheet>")
    assert rows(read(path)) == [(2, ["张三", "a\nb"]), (3, ["7", ""])]


def test_tags_may_have_a_prefix(file: Path) -> None:
    def prefix(xml: str) -> str:
        for tag in ("worksheet", "sheetData", "row", "c", "v"):
            xml = (
                xml.replace(f"<{tag} ", f"<x:{tag} ")
                .replace(f"<{tag}>", f"<x:{tag}>")
                .replace(f"</{tag}>", f"</x:{tag}>")
            )
        return xml.replace("xmlns=", "xmlns:x=")

    path = with_part(workbook(file, grid(["ref", "n"], ["C1", 7])), SHEET, prefix)
    assert rows(read(path)) == [(2, ["C1", "7"])]


def test_the_sheet_is_the_first_one_or_the_one_named(file: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name in ("一月", "二月"):
            book.add_worksheet(name).write_column(0, 0, ["ref", name])
        book.add_chartsheet("图")

    workbook(file, fill)
    assert rows(read(file)) == [(2, ["一月"])]
    assert rows(read(file, sheet="二月")) == [(2, ["二月"])]
    assert read(file).info.sheets == ("一月", "二月")
    with pytest.raises(SettingsError) as caught:
        read(file, sheet="图")
    assert (caught.value.code, caught.value.facts["sheets"]) == ("unknown_sheet", "一月、二月")


def test_a_list_of_numbers_without_a_header(file: Path) -> None:
    table = read(workbook(file, grid([13800138000], [13900139000])))
    assert (table.info.header[0], rows(table)) == ("第1列", [(1, ["13800138000"]), (2, ["13900139000"])])


@pytest.mark.parametrize(
    ("fill", "code"),
    [
        (grid(), "file_empty"),
        (grid(["  "], [" "]), "file_empty"),
        (grid(["ref", "a"]), "file_no_rows"),
        (grid(["ref", "Ref"], ["1", "2"]), "duplicate_header"),
        (grid([f"c{n}" for n in range(502)], ["1"]), "header_unreadable"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_one_clear_error(file: Path, fill: Fill, code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(workbook(file, fill))
    assert caught.value.code == code


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
LZMA = io.BytesIO()
with zipfile.ZipFile(LZMA, "w", zipfile.ZIP_LZMA) as _made:
    _made.writestr("[Content_Types].xml", "x" * 99)
TYPES: dict[str, str] = {"[Content_Types].xml": "<x/>"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (OLE, "xls_old"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "xlsx_encrypted"),
        (b"%PDF-1.7\0\0\0", "not_xlsx"),
        (b"PK\x03\x04 and then nothing", "file_broken"),
        (zipped(**{"a.txt": "b"}), "not_xlsx"),
        (zipped(**TYPES), "not_xlsx"),
        (zipped(**TYPES, **{"_rels/.rels": "<unclosed>"}), "file_broken"),
        (LZMA.getvalue(), "file_broken"),
    ],
)
def test_what_only_claims_to_be_a_workbook_is_named(file: Path, content: bytes, code: str) -> None:
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        read(file)
    assert caught.value.code == code


def test_a_zip_file_with_a_password(file: Path) -> None:
    content = bytearray(workbook(file, grid(["ref"], ["C1"])).read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1  # the flag of the first entry in the directory
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        read(file)
    assert caught.value.code == "xlsx_encrypted"


def test_a_workbook_without_a_sheet_of_cells(file: Path) -> None:
    path = workbook(file, grid(["ref"], ["C1"]))
    with_part(path, "xl/workbook.xml", lambda xml: xml.replace("<sheet ", "<shoot "))
    with pytest.raises(SettingsError) as caught:
        read(path)
    assert caught.value.code == "not_xlsx"


def test_parts_that_may_be_missing(file: Path) -> None:
    path = workbook(file, grid(["ref", "n"], [1, 2]))
    relations = "xl/_rels/workbook.xml.rels"

    def without(xml: str) -> str:
        return "".join(
            f"<Relationship{p}" if i else p for i, p in enumerate(xml.split("<Relationship")) if "styles" not in p
        )

    with_part(path, relations, without)
    assert rows(read(path)) == [(2, ["1", "2"])]
    with_part(path, relations, lambda xml: xml.replace("sharedStrings", "other"))
    with pytest.raises(SettingsError) as caught:
        read(path)
    assert caught.value.code == "file_broken"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<row r="2"', '<row r="1"'),
        ('<row r="2"', '<row r="1048577"'),
        ('<row r="2"', '<row r="x"'),
        ('<c r="A2"', '<c r="ä2"'),
        ("<v>1</v>", "<v>7777</v>"),
        ("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
        ("</worksheet>", ""),
        ("<sheetData>", f'<sheetData long="{"x" * 6_000_000}">'),
    ],
)
def test_a_damaged_sheet_is_an_error_and_no_crash(
    file: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    monkeypatch.setattr(package, "PART_RATIO_MAX", 10_000)
    path = with_part(workbook(file, grid(["ref"], ["C1"])), SHEET, lambda xml: xml.replace(old, new))
    with pytest.raises(SettingsError) as caught:
        list(read(path).blocks())
    assert caught.value.code == "file_broken"


@pytest.mark.parametrize("place", ["A0", "ZZZ2", "2"])
def test_a_cell_at_an_impossible_place(file: Path, place: str) -> None:
    path = workbook(file, grid(["ref"], ["C1"], ["C2"]))
    with_part(path, SHEET, lambda xml: xml.replace('<c r="A2"', f'<c r="{place}"'))
    assert [row for _, row in rows(read(path))][-1] == ["C2"]


def test_a_bomb_is_refused_by_what_it_declares(file: Path) -> None:
    path = workbook(file, grid(["ref"], ["C1"]))
    tracemalloc.start()
    try:
        with_part(path, SHEET, lambda xml: xml.replace("</sheetData>", " " * 40_000_000 + "</sheetData>"))
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        with pytest.raises(SettingsError) as caught:
            read(path)
        assert tracemalloc.get_traced_memory()[1] - before < 4 << 20
    finally:
        tracemalloc.stop()
    assert path.stat().st_size < 200_000
    assert caught.value.code == "file_bomb"


def test_too_much_text_to_hold_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workbook(file, grid(["ref"], ["C1"]))
    monkeypatch.setattr(strings, "STRINGS_BYTES_MAX", 10)
    with pytest.raises(SettingsError) as caught:
        read(file)
    assert caught.value.code == "file_bomb"


@pytest.mark.no_cover  # measured, every one of its many cells would cost tens of times as much
def test_a_sheet_is_read_in_blocks(file: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["ref", "name"])
        for i in range(1, 12_001):
            sheet.write_row(i, 0, [f"C{i}", "张三"])

    table = read(workbook(file, fill, constant_memory=True))
    tracemalloc.start()
    try:
        blocks = [(len(block.rows), block.done) for block in table.blocks()]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(count for count, _ in blocks) == 12_000
    assert [done for _, done in blocks] == sorted(done for _, done in blocks)
    assert (blocks[-1][1], peak < 8 << 20) == (1.0, True)
