"""Dates and names in the window's language: none that could be read as another day, and in the order of its readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QDateTime, QLocale, QTime
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDateTimeEdit
from pytestqt.qtbot import QtBot

from campaign_app.ui import show
from campaign_app.ui.cells import MOMENT, MOMENT_WITH_SECONDS
from campaign_app.ui.theme.theme import FAMILIES
from campaign_app.ui.theme.tokens import BODY
from campaign_app.ui.widgets.table import PAD

pytestmark = pytest.mark.usefixtures("qapp")  # fonts are measured
LATE = datetime(2026, 11, 3, 22, 5, 9, tzinfo=UTC)  # the next day in China
PAGES = Path(__file__).parents[2] / "campaign_app" / "ui" / "pages"
COLUMN = re.compile(r'Column\(\s*self\.tr\("[^"]*"\), (\w+), ((?:(?!Column\()[^\n])*show\.moment\([^\n]*)')
LOCALES = ("zh_CN", "en", "C")


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> Iterator[str]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param) if request.param != "C" else QLocale.c())
    yield request.param
    QLocale.setDefault(before)


def test_a_day_is_written_by_numbers_in_chinese_and_by_name_in_english(locale: str) -> None:
    by_name = locale == "en"
    assert show.day(LATE) == show.day(date(2026, 11, 4)) == ("4 Nov 2026" if by_name else "2026-11-04")
    assert show.month_day(LATE) == ("4 Nov" if by_name else "11-04")
    assert show.month(LATE) == ("Nov" if by_name else "11")
    assert show.moment(LATE) == ("4 Nov 2026 06:05" if by_name else "2026-11-04 06:05")
    assert show.moment(LATE, seconds=True).endswith(" 06:05:09")
    assert show.short(LATE, LATE) == ("4 Nov 06:05" if by_name else "11-04 06:05")
    assert show.short(LATE, LATE + timedelta(days=90)) == ("4 Nov 2026" if by_name else "2026-11-04")
    assert {show.day(None), show.moment(None), show.short(None, LATE), show.clock(None), show.exported(None)} == {"–"}


def test_a_column_of_moments_has_room_for_the_widest_in_any_language(locale: str) -> None:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(BODY)
    widest = QFontMetrics(font).horizontalAdvance
    for room, seconds in ((MOMENT, False), (MOMENT_WITH_SECONDS, True)):
        for month in range(1, 13):
            said = show.moment(datetime(2026, month, 28, 12, 48, 58, tzinfo=UTC), seconds=seconds)
            assert widest(said) + 2 * PAD <= room, (locale, said)


def test_every_column_of_moments_has_that_room() -> None:
    columns = [(file.stem, *each) for file in PAGES.rglob("*.py") for each in COLUMN.findall(file.read_text("utf-8"))]
    assert columns
    for page, width, cell in columns:
        assert width == ("MOMENT_WITH_SECONDS" if "seconds=True" in cell else "MOMENT"), page


def test_files_have_one_form_in_every_language(locale: str) -> None:
    assert locale in LOCALES
    assert (show.exported(LATE), show.exported_day(LATE), show.stamp(LATE)) == (
        "2026-11-04 06:05",
        "2026-11-04",
        "20261104",
    )


def test_a_day_is_typed_by_numbers_in_every_language(locale: str, qtbot: QtBot) -> None:
    assert locale in LOCALES
    field = QDateTimeEdit(QDateTime(QDate(2026, 11, 4), QTime(6, 5)))
    field.setDisplayFormat(show.MOMENT_FIELD)
    qtbot.addWidget(field)
    assert field.text() == show.exported(LATE)
    field.selectAll()
    QTest.keyClicks(field, "2026-12-27 19:30")
    assert field.dateTime() == QDateTime(QDate(2026, 12, 27), QTime(19, 30))


def test_names_stand_as_a_chinese_dictionary_has_them_in_any_language(locale: str) -> None:
    assert show.in_order({"浙江", "上海", "北京", "安徽", "重庆"}) == ("安徽", "北京", "重庆", "上海", "浙江")
