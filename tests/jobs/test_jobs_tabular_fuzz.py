"""Whatever a file holds, reading it ends, with rows or with one clear error."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular import open_table
from campaign_app.services.tables import ReadOptions

pytestmark = pytest.mark.timeout(120)
PIECES = st.sampled_from(
    [
        b'"',
        b",",
        b"\n",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xfe\xff",
        "手机号".encode(),
        "手机".encode("gbk"),
        b"13800138000",
        b"\t",
        b";",
    ]
)
ODD = st.lists(st.one_of(st.binary(max_size=8), PIECES), max_size=60).map(b"".join)


def read_all(path: Path, content: bytes, options: ReadOptions) -> tuple[int, int] | str:
    """Rows and bad rows, or the code of the error."""
    path.write_bytes(content)
    try:
        table = open_table(path, options)
        rows = bad = last = 0
        for block in table.blocks():
            numbers = sorted([*block.numbers, *(row.number for row in block.bad)])
            assert all(len(row) == len(table.info.header) for row in block.rows)
            assert numbers == sorted(set(numbers))
            assert not numbers or numbers[0] > last
            last = numbers[-1] if numbers else last
            rows, bad = rows + len(block.rows), bad + len(block.bad)
    except SettingsError as error:
        return error.code
    return rows, bad


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@given(ODD, st.sampled_from(["", "utf-8", "gb18030", "utf-16-le", "big5"]))
@example(b'a,b,c\n"' * 40, "")
@example(b"\xff\xfe", "")
@example(b'"\n' * 300, "")
def test_random_bytes_as_a_text_file(folder: Path, content: bytes, encoding: str) -> None:
    assert read_all(folder / "a.csv", content, ReadOptions(encoding)) is not None


@pytest.fixture(scope="module")
def workbook(folder: Path) -> bytes:
    path = folder / "good.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for i in range(40):
            sheet.write_row(i, 0, [f"C{i}", 13800138000 + i, "张三", 1.5])
    return path.read_bytes()


@given(at=st.floats(0, 1), junk=st.binary(min_size=1, max_size=30), cut=st.booleans())
def test_a_workbook_with_random_damage(folder: Path, workbook: bytes, at: float, junk: bytes, *, cut: bool) -> None:
    place = int(at * len(workbook))
    content = workbook[:place] + junk + (b"" if cut else workbook[place + len(junk) :])
    assert read_all(folder / "a.xlsx", content, ReadOptions()) is not None


@given(st.binary(max_size=300))
def test_random_bytes_as_a_workbook(folder: Path, content: bytes) -> None:
    assert read_all(folder / "a.xlsx", b"PK\x03\x04" + content, ReadOptions()) == "file_broken"


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffd\r"), max_size=12)


@given(
    st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=20)),
    st.sampled_from([",", ";", "\t", "，"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_what_the_standard_writer_writes_comes_back(
    folder: Path, lines: list[list[str]], delimiter: str, encoding: str
) -> None:
    """Rows whose text looks like whole rows of the same file are refused, never mixed up."""
    width = len(lines[0]) if lines else 2
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(
        [[f"列{i}" for i in range(width)], *lines, ["end"] * width]
    )
    path = folder / "b.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    table = open_table(path, ReadOptions(encoding="utf-16" if encoding == "utf-16" else encoding, delimiter=delimiter))
    got = [list(row) for block in table.blocks() for row in block.rows if any(map(str.strip, row))]
    bad = sum(len(block.bad) for block in table.blocks())
    wanted = [line for line in [*lines, ["end"] * width] if any(map(str.strip, line))]
    assert got[-1] == ["end"] * width
    assert got == wanted or (bad and all(row in wanted for row in got if "\n" in "".join(row)))
