"""A PDF as whoever gets it sees it: its pages, its text, its fonts."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from campaign_app.domain.errors import SettingsError
from campaign_app.printing import fonts
from campaign_app.printing.charts import ticks
from campaign_app.printing.page import BOTTOM, HEIGHT, LEFT, RIGHT, TOP
from campaign_app.printing.pdf import Cancelled, render
from campaign_app.reports.document import (
    Block,
    Chart,
    Column,
    Cover,
    Document,
    Facts,
    Figure,
    Figures,
    Items,
    Paragraph,
    Section,
    Series,
    Style,
    Table,
)
from tests.helpers.pdf_text import Run, read_pdf

MADE = datetime(2026, 11, 27, 4, tzinfo=UTC)
LONG = "全部收件人在发送前均经平台同意接口核验，未经核验的一律不予提交，见“第21条”。" * 6


def table(rows: int, **more: str) -> Table:
    columns = (Column("统计项", 3), Column("数", 1, "end"))
    return Table(columns, tuple((f"第{n}行", f"{n:,}") for n in range(rows)), caption="逐项", **more)


def document(*blocks: Block, sections: tuple[Section, ...] = ()) -> Document:
    return Document("自查自纠报告", MADE, (Section("总体情况", blocks, sections),), header="某店", footer="链头 ab")


def numbered(runs: tuple[Run, ...]) -> str:
    return next(run.text for run in runs if run.text.startswith("第 ") and "页 共" in run.text)


def test_every_kind_of_block_is_drawn_with_fonts_embedded(qapp: object) -> None:
    whole = replace(
        document(
            Figures((Figure("1,234,567", "提交条数", "较上期"),)),
            Paragraph(LONG),
            Paragraph("有 3 处引用未经核实", Style.WARNING),
            Paragraph("小字", Style.NOTE),
            Items(("第一条",)),
            Facts((("命令", "campaign-app report"),), caption="复算"),
            replace(table(2), total=("合计", "1"), note="注：见附录"),
            Chart("column", "每月", ("1月", "2月"), (Series("零售", (1.0, None)), Series("金融", (2.0, 3.0))), "条"),
            Chart("bar", "原因", ("未同意",), (Series("人", (4.0,)),)),
            Chart("line", "投诉", ("1月", "2月", "3月"), (Series("件", (4.0, None, 1.0)),)),
        ),
        cover=Cover("自查自纠报告", "第三季度", (("报告单位", "某店"),), "某店有限公司", "二〇二六年", "编号 Q3-001"),
        appendices=(Section("数据来源", (Table((Column("甲"),), (), caption="空"),)),),
    )
    pdf = read_pdf(render(whole).data)
    assert all(pdf.fonts.values())
    for said in (
        "编号 Q3-001",
        "目 录",
        "一、总体情况",
        "附录 A 数据来源",
        "1,234,567",
        "有 3 处引用未经核实",
        "第一条",
        "合计",
        "campaign-app report",
        "表 2 逐项",
        "注:见附录",
        "图 1 每月",
        "零售",
        "—",
        "未同意",
        "图 3 投诉",
        "无",
        "第 1 页 共 3 页",
    ):
        assert said in pdf.text.replace("\n", "").replace("  ", " "), said
    assert "\ufffd" not in pdf.text
    assert "见“第21条”" in pdf.text.replace("\n", "")


def test_the_text_can_be_searched_as_it_was_written(qapp: object) -> None:
    pdf = read_pdf(render(document(Paragraph("自查见第 1 页，长期无效"))).data)
    assert "自查见第 1 页,长期无效" in pdf.text


def test_contents_name_the_page_of_every_heading(qapp: object) -> None:
    sections = tuple(Section(f"情况{n}", (Paragraph(LONG * 3),)) for n in range(12))
    pdf = read_pdf(render(document(sections=sections)).data)
    contents = pdf.pages[0]
    for page in pdf.pages[1:]:
        for run in page:
            if "情况" in run.text:
                (listed,) = [entry for entry in contents if entry.text == run.text]
                (number,) = [entry for entry in contents if abs(entry.y - listed.y) < 60 and entry.text.isdecimal()]
                assert numbered(page).startswith(f"第 {number.text} 页 ")


def test_a_table_repeats_its_heading_on_every_page_and_loses_no_row(qapp: object) -> None:
    pdf = read_pdf(render(replace(document(table(150)), contents=False)).data)
    assert len(pdf.pages) > 3
    assert all("统计项" in text for text in pdf.texts)
    rows = [run.text for page in pdf.pages for run in page if run.text.endswith("行")]
    assert rows == [f"第{n}行" for n in range(150)]


def test_no_heading_stands_alone_at_the_foot_of_a_page(qapp: object) -> None:
    for lines in range(22, 38, 2):
        body = document(*(Paragraph("一行字") for _ in range(lines)), sections=(Section("后节", (table(3),)),))
        for page in read_pdf(render(replace(body, contents=False)).data).pages:
            texts = [run.text for run in page]
            if any("后节" in text for text in texts):
                assert {"统计项", "第0行", "第1行"} <= set(texts)


def test_nothing_is_drawn_outside_the_type_area(qapp: object) -> None:
    wide = Table(
        tuple(Column(f"栏{n}") for n in range(9)),
        ((("很长的内容" * 30), *["https://example.com/" + "a" * 80] * 8),) * 3,
    )
    pdf = read_pdf(render(document(wide, Paragraph("A" * 500), Facts((("哈希", "ab" * 400),)))).data)
    for page in pdf.pages:
        for run in page:
            assert LEFT - 1 <= run.x < RIGHT
            assert TOP - 700 < run.y < BOTTOM + 500 < HEIGHT


def test_a_row_longer_than_a_page_goes_on(qapp: object) -> None:
    text = "".join(f"[{n}]" for n in range(3_000))
    pdf = read_pdf(render(replace(document(Table((Column("甲"),), ((text,),))), contents=False)).data)
    assert text in "".join(run.text for page in pdf.pages for run in page if "[" in run.text)


def test_the_same_document_is_the_same_file_in_every_process(qapp: object) -> None:
    code = (
        "from tests.printing.test_printing_pdf import *; from hashlib import sha256;"
        "print(sha256(render(document(Paragraph(LONG), table(3))).data).hexdigest())"
    )
    said = {subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout for _ in range(2)}
    assert len(said) == 1


def test_it_is_made_on_any_thread_beside_a_window(qtbot: QtBot) -> None:
    whole, made = document(Paragraph(LONG), table(40)), []
    threads = [threading.Thread(target=lambda: made.append(render(whole).data)) for _ in range(2)]
    for thread in threads:
        thread.start()
    qtbot.waitUntil(lambda: len(made) == len(threads))
    for thread in threads:
        thread.join()
    assert set(made) == {render(whole).data}


ALONE = """
import threading
from PySide6.QtWidgets import QApplication
from tests.printing.test_printing_pdf import LONG, Paragraph, document, render
told = []
def beside():
    try:
        render(document())
    except RuntimeError as error:
        told.append(str(error))
thread = threading.Thread(target=beside)
thread.start()
thread.join()
assert "main thread" in told[0], told
made = {render(document(Paragraph(LONG))).data for _ in range(2)}
assert QApplication.instance() is None
window = QApplication(["window"])
assert made == {render(document(Paragraph(LONG))).data}
"""


def test_without_a_window_it_has_an_application_of_its_own_for_so_long(qapp: object) -> None:
    subprocess.run([sys.executable, "-X", "faulthandler", "-c", ALONE], check=True)


def test_without_a_chinese_font_there_is_no_document(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "chinese_families", tuple)
    with pytest.raises(SettingsError) as raised:
        render(document())
    assert raised.value.code == "no_chinese_font"


def test_it_tells_how_far_it_is_and_can_be_stopped(qapp: object) -> None:
    told: list[tuple[int, int]] = []
    pages = render(document(table(150)), lambda done, of: told.append((done, of))).pages
    assert told == [(page, pages) for page in range(1, pages + 1)]
    with pytest.raises(Cancelled):
        render(document(table(150)), wanted=lambda: False)


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 12, 99, 100, 101, 12_345, 0.4, 1.7, 10_000_000])
def test_an_axis_ends_at_or_above_its_greatest_value_in_even_steps(most: float) -> None:
    marks = ticks(most)
    assert marks[0] == 0
    assert marks[-1] >= most
    assert len(marks) <= 6
    assert len({round(after - before, 9) for before, after in pairwise(marks)}) == 1
