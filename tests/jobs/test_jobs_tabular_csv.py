"""Delimited files as merchants have them: any encoding, any delimiter, broken rows named and nothing swallowed."""

from __future__ import annotations

import codecs
import tracemalloc
from pathlib import Path

import pytest

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular import open_table
from campaign_app.jobs.tabular.encoding import guess_encoding
from campaign_app.services.tables import BadRow, Certainty, ReadOptions, Table

TEXT = "客户标识,手机号,姓名\nC1,13800138000,张三\nC2,13900139000,李四\n"
ROWS = [["C1", "13800138000", "张三"], ["C2", "13900139000", "李四"]]


def table(path: Path, content: bytes | str, **options: str) -> Table:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(path, ReadOptions(**options))


def rows(read: Table) -> list[tuple[int, list[str]]]:
    return [(n, list(row)) for b in read.blocks() for n, row in zip(b.numbers, b.rows, strict=True)]


def bad(read: Table) -> list[tuple[int, str]]:
    return [(row.number, row.code) for block in read.blocks() for row in block.bad]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "客户.csv"


@pytest.mark.parametrize(
    ("content", "encoding", "certainty"),
    [
        (TEXT.encode(), "utf-8", Certainty.LIKELY),
        (TEXT.encode("utf-8-sig"), "utf-8", Certainty.CERTAIN),
        (TEXT.encode("gbk"), "gb18030", Certainty.LIKELY),
        ("手机号,姓名\n,无\n".encode("gbk"), "gb18030", Certainty.GUESS),  # too little to be sure
        (b"\x84\x31\x95\x33" + TEXT.encode("gb18030"), "gb18030", Certainty.CERTAIN),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le", Certainty.CERTAIN),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be", Certainty.CERTAIN),
        (TEXT.encode("utf-16-le"), "utf-16-le", Certainty.LIKELY),
        (TEXT.encode("utf-16-be"), "utf-16-be", Certainty.LIKELY),
        (TEXT.encode("utf-32"), "utf-32-le", Certainty.CERTAIN),
        (b"ref,phone\nC1,13800138000\n", "utf-8", Certainty.LIKELY),
    ],
)
def test_the_encoding_is_found_and_said(file: Path, content: bytes, encoding: str, certainty: Certainty) -> None:
    read = table(file, content)
    assert (read.info.encoding, read.info.certainty) == (encoding, certainty)
    expected = {3: ROWS, 2: [["C1", "13800138000"]] if encoding == "utf-8" else [["", "无"]]}
    assert [row for _, row in rows(read)] == expected[len(read.info.header)]
    assert bad(read) == []


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("big5", "客戶標識,手機號,姓名,臺北市信義區,陳大文先生\n"),
        ("shift_jis", "お客様,電話番号,カタカナ,東京都新宿区\n"),
        ("cp1252", "Ref,Téléphone,Prénom,é à ü\n"),
    ],
)
def test_a_foreign_file_is_a_guess_that_the_user_may_settle(file: Path, encoding: str, text: str) -> None:
    content = (text + text.replace(",", "1,") * 300).encode(encoding)
    assert table(file, content).info.certainty is Certainty.GUESS
    read = table(file, content, encoding=encoding)
    assert read.info.certainty is Certainty.CERTAIN
    assert list(read.info.header) == text.strip().split(",")


@pytest.mark.parametrize(
    "content", [b"\xfe\xfd\xff" * 50, b"id\n\x81\x81\x81\xff\n" * 9, "Größe;Müller\nübel;x\n".encode("cp437") * 40]
)
def test_what_no_statistics_know_is_read_as_the_most_likely(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert guess_encoding(file) == ("gb18030", Certainty.GUESS)


def test_one_damaged_byte_costs_one_row_and_not_the_encoding(file: Path) -> None:
    lines = [f"C{n},1380013{n:04d},张三" for n in range(500)]
    content = ("客户标识,手机号,姓名\n" + "\n".join(lines)).encode()
    at = content.index(b"C250")
    read = table(file, content[: at + 5] + b"\xff" + content[at + 5 :])
    assert read.info.encoding == "utf-8"
    assert bad(read) == [(252, "undecodable")]
    assert len(rows(read)) == 499


def test_the_end_of_a_long_file_counts_for_the_encoding(file: Path) -> None:
    ascii_rows = b"ref,name\n" + b"C1,abcdefghijklmnopqrstuvwxyz\n" * 160_000
    read = table(file, ascii_rows + "C2,张三\n".encode("gbk") * 5)
    assert read.info.encoding == "gb18030"
    assert rows(read)[-1] == (160_006, ["C2", "张三"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_found(file: Path, delimiter: str, end: str) -> None:
    read = table(file, TEXT.replace(",", delimiter).replace("\n", end))
    assert read.info.delimiter == delimiter
    assert [row for _, row in rows(read)] == ROWS


def test_the_delimiter_can_be_given(file: Path) -> None:
    assert [r for _, r in rows(table(file, "a|b\n1,2|3\n", delimiter="|"))] == [["1,2", "3"]]
    assert [r for _, r in rows(table(file, "a\tb\n1\t3\n", delimiter="TAB"))] == [["1", "3"]]
    with pytest.raises(SettingsError) as caught:
        table(file, TEXT, delimiter="x")
    assert caught.value.code == "unknown_delimiter"


def test_a_comma_in_the_text_of_a_semicolon_file_misleads_nobody(file: Path) -> None:
    read = table(file, "ref;note\nC1;a,b\nC2;c,d\nC3;e,f\n")
    assert [row for _, row in rows(read)] == [["C1", "a,b"], ["C2", "c,d"], ["C3", "e,f"]]


def test_quoted_cells_keep_line_ends_delimiters_and_quotes(file: Path) -> None:
    read = table(file, 'ref,note\r\nC1,"line 1\r\nline 2, ""so"""\r\nC2,5" nail\r\n')
    assert rows(read) == [(2, ["C1", 'line 1\nline 2, "so"']), (3, ["C2", '5" nail'])]
    assert bad(read) == []


def test_a_row_with_too_many_or_too_few_cells_is_refused_by_number(file: Path) -> None:
    read = table(file, "ref,name\nC1,a\nC2\n\nC3,b,c\n,\nC4,d\n")
    assert bad(read) == [(3, "wrong_fields"), (5, "wrong_fields")]
    assert rows(read) == [(2, ["C1", "a"]), (6, ["", ""]), (7, ["C4", "d"])]


def test_the_same_with_quotes(file: Path) -> None:
    read = table(file, 'ref,name\n"C1",a\n"C2"\n\n"C3",b,c\n,\n"C4",d\n"C5\nx",e\n"C6"y,f\n')
    assert bad(read) == [(3, "wrong_fields"), (5, "wrong_fields"), (9, "unclosed_quote")]
    assert rows(read) == [(2, ["C1", "a"]), (7, ["C4", "d"]), (8, ["C5\nx", "e"])]


def test_a_file_that_quotes_everything_is_read_whole(file: Path) -> None:
    lines = "".join(f'"C{n}","13800138000","张三"\r\n' for n in range(30_000))
    read = table(file, '"客户标识","手机号","姓名"\r\n' + lines)
    assert bad(read) == []
    assert [number for number, _ in rows(read)] == list(range(2, 30_002))


def test_a_row_over_two_lines_with_a_cell_too_many_is_refused_line_by_line(file: Path) -> None:
    read = table(file, 'ref,name\nC1,"a\nb",c\nC2,d\n')
    assert bad(read) == [(2, "unclosed_quote")]
    assert rows(read) == [(3, ['b"', "c"]), (4, ["C2", "d"])]


@pytest.mark.parametrize("row", ['C2,"open,x', '"C2,open,x', 'C2,open,"x'])
def test_an_open_quote_costs_its_own_row_only(file: Path, row: str) -> None:
    good = [f"C{n},13800138000,张三" for n in range(3, 1000)]
    read = table(file, "\n".join(["ref,phone,name", "C1,1,a", row, *good]))
    assert bad(read) == [(3, "unclosed_quote")]
    assert [n for n, _ in rows(read)] == [2, *range(4, 1001)]


def test_an_open_quote_that_a_later_one_closes_swallows_no_rows(file: Path) -> None:
    read = table(file, 'ref,phone,name\nC1,1,"a\nC2,2,b\nC3,3,c\nC4,4,"\nC5,5,e\n')
    assert (2, "unclosed_quote") in bad(read)
    assert [row[0] for _, row in rows(read)] == ["C2", "C3", "C5"]


def test_an_open_quote_at_the_end_of_the_file_is_refused(file: Path) -> None:
    read = table(file, 'ref,name\nC1,a\nC2,"b\nC3,c')
    assert bad(read) == [(3, "unclosed_quote")]
    assert rows(read) == [(2, ["C1", "a"]), (4, ["C3", "c"])]


def test_an_open_quote_over_much_text_is_given_up(file: Path) -> None:
    lines = ["x" * 9_000 for _ in range(60)]
    read = table(file, "\n".join(["ref,note", 'C1,"', *lines, "C2,b"]))
    assert bad(read)[0] == (2, "unclosed_quote")
    assert len(bad(read)) == 61
    assert [row for _, row in rows(read)] == [["C2", "b"]]


def test_a_quoted_cell_across_two_blocks_is_whole(file: Path) -> None:
    filler = "".join(f"C{n},plain text that fills\n" for n in range(9_000))
    long_note = '"' + "\n".join("line" * 60 for _ in range(90)) + '"'
    read = table(file, "ref,note\n" + filler + "".join(f"Q{n},{long_note}\n" for n in range(40)))
    assert bad(read) == []
    assert len(rows(read)) == 9_040
    assert rows(read)[-1][1][1].count("\n") == 89


def test_zero_bytes_and_long_cells_are_refused_by_row(file: Path) -> None:
    long = "x" * 40_000
    parts = ["ref,name", "C1,a", "C2,b\0", f"C3,{long}", f'C4,"{long}"', f'C5,"{"y" * 140_000}"', "C6,f"]
    read = table(file, "\n".join(parts))
    assert bad(read) == [(3, "nul_byte"), (4, "field_too_long"), (5, "field_too_long"), (6, "field_too_long")]
    assert [row[0] for _, row in rows(read)] == ["C1", "C6"]


def test_a_row_of_many_long_cells_is_too_long(file: Path) -> None:
    width = 12
    wide = ",".join("x" * 24_000 for _ in range(width))
    read = table(file, ",".join(f"c{n}" for n in range(width)) + "\n" + wide + "\n" + ",".join("1" * width))
    assert bad(read) == [(2, "line_too_long")]
    assert len(rows(read)) == 1


def test_a_line_of_200_megabytes_is_refused_and_never_held(file: Path) -> None:
    with file.open("wb") as out:
        out.write("客户标识,姓名\nC1,张三\n".encode())
        for _ in range(200):
            out.write(b"x" * (1 << 20))
        out.write("\nC3,李四\n".encode())
    read = open_table(file, ReadOptions())
    tracemalloc.start()
    try:
        got, refused = rows(read), bad(read)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused == [(3, "line_too_long")]
    assert [row[0] for _, row in got] == ["C1", "C3"]
    assert peak < 8 << 20


def test_a_long_line_ends_an_open_quote(file: Path) -> None:
    read = table(file, "ref,name\n" + 'C1,"a\nC2,b\n' + "x" * 600_000 + "\nC4,d\n")
    assert bad(read) == [(2, "unclosed_quote"), (4, "line_too_long")]
    assert [number for number, _ in rows(read)] == [3, 5]


def test_a_long_last_line_is_counted(file: Path) -> None:
    assert bad(table(file, "ref,name\nC1,a\n" + "x" * 600_000)) == [(3, "line_too_long")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "file_empty"),
        ("\n\n  \n,,\n", "file_empty"),
        ("\ufeff", "file_empty"),
        ("ref,phone\n", "file_no_rows"),
        ("ref,phone\n\n,\n", "file_no_rows"),
        ("ref,name,Ref\nC1,a,b\n", "duplicate_header"),
        ("手机号,手機號, 手机号\n1,2,3\n", "duplicate_header"),
        ('ref,"name\nC1,a\n', "header_unreadable"),
        ("re\0f,name\nC1,a\n", "header_unreadable"),
        ("x" * 700_000 + "\nC1,a\n", "header_unreadable"),
        (",".join(f"c{n}" for n in range(501)) + "\n1\n", "too_many_columns"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_error(file: Path, content: str, code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        table(file, content)
    assert caught.value.code == code


def test_missing_and_unreadable_files_and_unknown_encodings(tmp_path: Path, file: Path) -> None:
    for path, code in ((tmp_path / "none.csv", "file_missing"), (tmp_path, "file_is_folder")):
        with pytest.raises(SettingsError) as caught:
            open_table(path, ReadOptions())
        assert caught.value.code == code
    with pytest.raises(SettingsError) as caught:
        table(file, TEXT, encoding="rot13")
    assert caught.value.code == "unknown_encoding"


def test_a_list_of_numbers_without_a_header_is_data_from_the_first_row(file: Path) -> None:
    read = table(file, "13800138000\n13900139000\n")
    assert read.info.header == ("第1列",)
    assert rows(read) == [(1, ["13800138000"]), (2, ["13900139000"])]


def test_blank_lines_before_the_header_count_and_column_names_are_cleaned(file: Path) -> None:
    read = table(file, "\n\n 客户\u200b标识 ,备 \t注,\n1,2,\n")
    assert read.info.header == ("客户标识", "备 注", "")
    assert rows(read) == [(4, ["1", "2", ""])]


def test_the_first_blocks_say_how_far_they_are(file: Path) -> None:
    read = table(file, "ref,name\n" + "C1,张三\n" * 100_000)
    done = [block.done for block in read.blocks()]
    assert done == sorted(done)
    assert (done[0] < 0.5, done[-1]) == (True, 1.0)


def test_bad_rows_are_values(file: Path) -> None:
    read = table(file, "ref,name\nC1\n")
    assert [block.bad for block in read.blocks() if block.bad] == [(BadRow(2, "wrong_fields"),)]
