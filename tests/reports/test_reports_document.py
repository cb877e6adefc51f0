"""A document's numbers: sections as Chinese documents count them, tables and charts through the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from campaign_app.reports.document import (
    Captioned,
    Chart,
    Column,
    Document,
    Facts,
    Heading,
    Paragraph,
    Section,
    Series,
    Table,
    chinese_number,
    headings,
    parts,
)

TABLE = Table((Column("甲"),), (("1",),), caption="数")
CHART = Chart("bar", "图", ("甲",), (Series("人", (1.0,)),))
DOCUMENT = Document(
    "报告",
    datetime(2026, 11, 27, tzinfo=UTC),
    (
        Section("总则", (Paragraph("……"), TABLE), (Section("范围", (CHART,), (Section("细目"),)),)),
        Section("结论", (replace(TABLE, caption=""), Facts((("名", "值"),), caption="主体"))),
    ),
    appendices=(Section("方法", (CHART,), (Section("命令"),)),),
)


def texts(document: Document) -> list[str]:
    return [part.text for part in parts(document) if isinstance(part, Heading)]


def test_sections_are_counted_as_chinese_documents_do() -> None:
    assert texts(DOCUMENT) == ["一、总则", "（一）范围", "1.　细目", "二、结论", "附录 A　方法", "A.1　命令"]


def test_an_english_document_counts_in_points() -> None:
    english = replace(DOCUMENT, language="en")
    assert texts(english) == ["1　总则", "1.1　范围", "1.1.1　细目", "2　结论", "Appendix A　方法", "A.1　命令"]


def test_tables_and_charts_have_numbers_of_their_own_where_they_have_a_caption() -> None:
    numbers = [part.number for part in parts(DOCUMENT) if isinstance(part, Captioned)]
    assert numbers == ["", "表 1", "图 1", "", "表 2", "图 2"]


def test_contents_list_two_levels_and_each_appendix_begins_a_page() -> None:
    listed = headings(DOCUMENT)
    assert [heading.title for heading in listed] == ["总则", "范围", "结论", "方法", "命令"]
    assert [heading.title for heading in listed if heading.new_page] == ["方法"]
    assert len({heading.key for heading in listed}) == len(listed)


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_chinese_numbers(number: int, said: str) -> None:
    assert chinese_number(number) == said


@pytest.mark.parametrize("values", [(), (1.0, 2.0), (-1.0,)])
def test_a_chart_has_a_value_from_0_for_every_category(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="chart"):
        Chart("line", "图", ("甲",), (Series("人", values),))
