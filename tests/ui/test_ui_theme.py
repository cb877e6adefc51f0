"""The design's tokens: readable in every appearance, used everywhere, and nowhere a colour of its own."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPixmap, QTextFormat
from PySide6.QtWidgets import (
    QApplication,
    QCalendarWidget,
    QLabel,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from campaign_app import assets
from campaign_app.ui.theme import icons, sheet
from campaign_app.ui.theme.theme import NAMES, Theme, Wishes
from campaign_app.ui.theme.tokens import APPEARANCES, DARK, HIGH_DARK, HIGH_LIGHT, LIGHT, Tokens
from campaign_app.ui.widgets.moment_edit import MomentEdit, tidy
from tests.helpers.contrast import EDGES, PAIRS, contrast

ROOT = Path(__file__).resolve().parents[2]
UI = ROOT / "campaign_app" / "ui"
COLOURS = tuple(field.name for field in fields(Tokens) if field.type == "str" and field.name != "name")
WRITTEN = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsl\(")
GLOBAL = re.compile(r"\bGlobalColor\.(?!transparent)\w+|\bQColor\(\s*[\d\"']")
ICONS = sorted(path.stem for path in assets.path("icons").glob("*.svg"))
DRAWN = sorted(assets.path("icons").glob("*/*.svg"))
EACH = pytest.mark.parametrize("tokens", APPEARANCES.values(), ids=APPEARANCES)


@EACH
def test_it_can_be_read(tokens: Tokens) -> None:
    least = {PAIRS: 7.0 if tokens.high else 4.5, EDGES: 4.5 if tokens.high else 3.0}
    found = {
        (front, ground): contrast(getattr(tokens, front), getattr(tokens, ground)) - needed
        for pairs, needed in least.items()
        for front, ground in pairs
    }
    assert {pair for pair, over in found.items() if over < 0} == set()


def test_every_text_of_the_sheet_stands_on_a_ground_that_was_computed() -> None:
    """Of what can be used: WCAG leaves out what is off."""
    written = "".join(file.read_text("utf-8") for file in assets.path("theme").glob("*.qss"))
    together = set[tuple[str, str]]()
    for chosen, rule in re.findall(r"([^{}]+)\{([^{}]*)\}", written):
        front = re.search(r"(?<![-\w])color: %\((\w+)\)s", rule)
        ground = re.search(r"(?<![-\w])background: %\((\w+)\)s", rule)
        if front and ground and ":disabled" not in chosen:
            together.add((front[1], ground[1]))
    assert len(together) > 5
    assert together - set(PAIRS) == set()


@EACH
def test_a_page_that_cannot_be_gone_to_does_not_look_as_if_it_could(tokens: Tokens) -> None:
    assert contrast(tokens.muted, tokens.nav) > 1.5 * contrast(tokens.off, tokens.nav)


@EACH
def test_where_contrast_is_high_lines_can_be_seen_too(tokens: Tokens) -> None:
    if tokens.high:
        assert contrast(tokens.line, tokens.surface) >= 4.5
        assert contrast(tokens.line, tokens.raised) >= 4.5


@pytest.mark.parametrize(
    ("wishes", "tokens"),
    [
        (Wishes(), LIGHT), (Wishes(dark=True), DARK), (Wishes(high=True), HIGH_LIGHT), (Wishes(True, True), HIGH_DARK),
    ],
)  # fmt: skip
def test_it_follows_what_the_system_asks_for_and_no_longer_once_one_is_chosen(
    qapp: QApplication, wishes: Wishes, tokens: Tokens
) -> None:
    asked = [Wishes()]
    theme = Theme(qapp, "system", wishes=lambda: asked[0])
    assert theme.tokens is LIGHT
    asked[0] = wishes
    theme.follow()
    assert theme.tokens is tokens
    for name in NAMES[1:]:
        theme.use(name)
        theme.follow()
        assert theme.tokens is APPEARANCES[name]
    theme.use("light")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@EACH
def test_every_token_is_a_colour(tokens: Tokens) -> None:
    assert [name for name in COLOURS if not re.fullmatch(r"#[0-9a-f]{6}", getattr(tokens, name))] == []


@EACH
def test_every_name_in_the_sheet_is_a_token_and_nothing_is_left_over(tokens: Tokens) -> None:
    written = "".join(file.read_text("utf-8") for file in assets.path("theme").glob("*.qss"))
    made = sheet.sheet(tokens)
    assert "%(" in written
    assert "%(" not in made
    assert WRITTEN.findall(written.replace("QFrame#", "").replace("QWidget#", "")) == []
    for file in re.findall(r'url\("([^"]+)"\)', made):
        assert Path(file).is_file(), file


@EACH
def test_the_sheet_is_understood(tokens: Tokens, qtbot: QtBot) -> None:
    """Qt says `Could not parse application stylesheet` otherwise, which fails every test."""
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setStyleSheet(sheet.sheet(tokens))
    widget.ensurePolished()


def test_an_icon_is_drawn_in_the_colour_that_is_asked_for(qtbot: QtBot) -> None:
    for name in ICONS:
        drawn = icons.pixmap(name, "#12ab34", 32, 2.0)
        assert drawn.size().width() == 64
        image = drawn.toImage()
        pixels = [image.pixelColor(x, y) for x in range(64) for y in range(64)]
        colours = {pixel.name() for pixel in pixels if pixel.alpha() > 200}
        assert colours, name
        assert "#12ab34" in colours or "#000" not in assets.path("icons", f"{name}.svg").read_text("utf-8"), name


@pytest.mark.parametrize("scale", [1.25, 1.5, 2.0])
def test_an_icon_is_whole_on_a_screen_of_any_resolution(scale: float, qtbot: QtBot) -> None:
    for name in ICONS:
        sharp = icons.pixmap(name, "#12ab34", 32, scale).toImage()
        larger = icons.pixmap(name, "#12ab34", round(32 * scale), 1.0).toImage()
        assert (sharp.devicePixelRatio(), larger.devicePixelRatio()) == (scale, 1.0), name
        sharp.setDevicePixelRatio(1.0)
        assert sharp == larger, name


def test_an_image_of_the_sheet_has_the_colours_of_its_appearance(qtbot: QtBot) -> None:
    assert DRAWN
    for file in DRAWN:
        tokens = APPEARANCES[file.parent.name]
        known = {getattr(tokens, name) for name in COLOURS}
        assert {colour.lower() for colour in re.findall(r"#[0-9a-fA-F]{6}", file.read_text("utf-8"))} <= known, file
        assert not QPixmap(str(file)).isNull(), file


def test_every_appearance_has_the_same_images() -> None:
    names = {frozenset(path.name for path in assets.path("icons", name).iterdir()) for name in APPEARANCES}
    assert len(names) == 1


def test_no_colour_is_written_outside_the_tokens() -> None:
    files = [file for file in UI.rglob("*.py") if file.name != "tokens.py"]
    assert len(files) > 200
    for file in files:
        code = "\n".join(line for line in file.read_text("utf-8").splitlines() if not line.lstrip().startswith("#"))
        if file.name == "icons.py":
            code = code.replace('"#000"', "")  # what the drawings have in the place of a colour
        if file.name == "sheet.py":
            code = code.replace("#rrggbb", "")
        assert WRITTEN.findall(code) + GLOBAL.findall(code) == [], file


def test_switching_takes_effect_at_once(qapp: QApplication, qtbot: QtBot) -> None:
    theme, window = Theme(qapp, "light"), QWidget()
    qtbot.addWidget(window)
    theme.dress(window)
    assert LIGHT.ground in window.styleSheet()
    with qtbot.waitSignal(theme.changed):
        theme.use("dark")
    assert theme.tokens is DARK
    assert qapp.palette().window().color() == QColor(DARK.ground)
    assert DARK.ground in window.styleSheet()
    theme.use("light")
    assert theme.tokens is LIGHT
    assert theme.name == "light"


def test_a_window_that_is_gone_is_dressed_no_more(qapp: QApplication) -> None:
    theme, window = Theme(qapp, "light"), QWidget()
    theme.dress(window)
    shiboken6.delete(window)
    theme.use("dark")
    theme.use("light")


def test_numbers_have_one_width_whatever_the_sheet_makes_of_the_font(qapp: QApplication, qtbot: QtBot) -> None:
    Theme(qapp, "light")
    small = QLabel("1")
    qtbot.addWidget(small)
    small.setStyleSheet("font-size: 12px; font-weight: 600")
    small.ensurePolished()
    assert [tag.toString().data() for tag in small.font().featureTags()] == [b"tnum"]
    widths = {QFontMetricsF(small.font()).horizontalAdvance(digit * 8) for digit in "0123456789"}
    assert len(widths) == 1


@EACH
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_calendar_shows_its_weekdays_every_week_and_a_month_that_can_be_read(
    tokens: Tokens, language: str, qtbot: QtBot
) -> None:
    window, calendar = QWidget(), QCalendarWidget()
    tidy(calendar)
    window.setLayout(QVBoxLayout())
    window.layout().addWidget(calendar)
    qtbot.addWidget(window)
    calendar.setLocale(QLocale(language))
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    window.setStyleSheet(sheet.sheet(tokens))
    window.show()
    days = calendar.findChild(QTableView)
    shown = days.model()
    for column in range(1, shown.columnCount()):
        index = shown.index(0, column)
        option = QStyleOptionViewItem()
        option.widget, option.rect, option.text = days, days.visualRect(index), str(index.data())
        option.features = QStyleOptionViewItem.ViewItemFeature.HasDisplay
        room = days.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, days)
        assert option.text
        assert days.fontMetrics().horizontalAdvance(option.text) <= room.width(), option.text
        assert days.viewport().rect().contains(days.visualRect(index))
    assert days.viewport().rect().contains(days.visualRect(shown.index(shown.rowCount() - 1, 1)))
    month = calendar.findChild(QToolButton, "qt_calendar_monthbutton")
    bar = month.parentWidget()
    ground = bar.grab().toImage().pixelColor(bar.width() // 5, 3).name()
    assert contrast(month.palette().buttonText().color().name(), ground) >= 4.5


def test_no_day_of_a_calendar_is_in_a_colour_that_is_no_themes(qtbot: QtBot) -> None:
    made = MomentEdit("when")
    qtbot.addWidget(made)
    for day in Qt.DayOfWeek:
        shown = made.calendarWidget().weekdayTextFormat(day)
        assert not shown.hasProperty(QTextFormat.Property.ForegroundBrush), day
