"""Bar, column and line charts of a document, drawn as lines and areas; every value stands beside what it draws."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from campaign_app.printing.boxes import Box, Manner, paragraph, printable
from campaign_app.printing.page import CAPTION, CELL, HAIR, INK, INKS, LEFT, MEASURE, RULE, SOFT, Sheet, Type, pt
from campaign_app.reports.document import Chart, Series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QPainter

_LEGEND: Final = pt(16)
_BAR: Final = pt(10)
_SLIM: Final = Type(7.5, 10, heads=True)
_FEW: Final = 16  # more points than this have no value written at each
_TALL: Final = pt(165)


def chart_box(sheet: Sheet, chart: Chart) -> Box:
    """One box, to be followed by its caption."""
    if not chart.categories:
        raise ValueError("A chart without a category shows nothing: say so in words")
    drawn = _Bars(sheet, chart) if chart.kind == "bar" else _Upright(sheet, chart)
    return Box(drawn.height, drawn.draw, gap=pt(10), keep=True)


def number_text(value: float) -> str:
    """1,234 · 0.52: whole where it is whole."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def ticks(most: float) -> tuple[float, ...]:
    """The marks of an axis from 0 to `most` or above: three to six of them, at 1, 2 or 5 times a power of ten.

    An axis whose values are whole numbers below 3 still has whole marks only.
    """
    if most <= 0:
        return (0, 1)
    power = 10 ** math.floor(math.log10(most))
    step = next(step for part in (0.2, 0.5, 1, 2) if most <= (step := part * power) * 5 * (1 + 1e-9))
    if most == int(most):
        step = max(step, 1)
    return tuple(step * mark for mark in range(math.ceil(most / step - 1e-9) + 1))


def _known(chart: Chart) -> list[float]:
    return [value for series in chart.series for value in series.values if value is not None]


class _Drawing:
    def __init__(self, sheet: Sheet, chart: Chart) -> None:
        from PySide6.QtGui import QFontMetricsF

        self._chart, self._ticks = chart, ticks(max(_known(chart), default=0))
        self._top = self._ticks[-1]
        self._font, self._slim = CELL.font(sheet.families), _SLIM.font(sheet.families)
        self._metrics = QFontMetricsF(self._slim, sheet.device)
        self._wide = QFontMetricsF(self._font, sheet.device)
        self._head = _LEGEND if len(chart.series) > 1 or chart.unit else 0.0

    def _text(self, painter: QPainter, box: tuple[float, float, float, float], text: str, flags: int, ink: str) -> None:
        from PySide6.QtCore import QRectF
        from PySide6.QtGui import QColor

        painter.setPen(QColor(ink))
        painter.drawText(QRectF(*box), flags, printable(text))

    def _legend(self, painter: QPainter, top: float) -> None:
        from PySide6.QtCore import QRectF, Qt
        from PySide6.QtGui import QColor

        left = LEFT
        middle, end = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        painter.setFont(self._slim)
        if len(self._chart.series) > 1:
            for place, series in enumerate(self._chart.series):
                painter.fillRect(QRectF(left, top + pt(4), pt(7), pt(7)), QColor(INKS[place % len(INKS)]))
                wide = self._metrics.horizontalAdvance(series.name)
                self._text(painter, (left + pt(10), top, wide + pt(4), pt(15)), series.name, middle.value, INK)
                left += wide + pt(24)
        if self._chart.unit:
            self._text(painter, (LEFT, top, MEASURE, pt(15)), self._chart.unit, (middle | end).value, SOFT)


class _Bars(_Drawing):
    """Lying bars: names to the left, values behind their ends."""

    def __init__(self, sheet: Sheet, chart: Chart) -> None:
        super().__init__(sheet, chart)
        self._step = _BAR * len(chart.series) + pt(8)
        self.height = self._head + self._step * len(chart.categories) + pt(6)
        longest = max(self._wide.horizontalAdvance(name) for name in chart.categories)
        self._names = min(longest + pt(10), MEASURE * 0.4)

    def draw(self, painter: QPainter, top: float) -> None:
        from PySide6.QtCore import QLineF, Qt
        from PySide6.QtGui import QColor, QPen

        self._legend(painter, top)
        start, at = LEFT + self._names, top + self._head
        flags = (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value
        for place, name in enumerate(self._chart.categories):
            painter.setFont(self._font)
            shown = self._wide.elidedText(name, Qt.TextElideMode.ElideMiddle, self._names - pt(10))
            self._text(painter, (LEFT, at, self._names - pt(8), self._step), shown, flags, INK)
            for which, series in enumerate(self._chart.series):
                self._bar(painter, start, at + pt(4) + which * _BAR, series.values[place], INKS[which % len(INKS)])
            at += self._step
        painter.setPen(QPen(QColor(RULE), pt(0.6)))
        painter.drawLine(QLineF(start, top + self._head, start, at))

    def _bar(self, painter: QPainter, left: float, top: float, value: float | None, ink: str) -> None:
        from PySide6.QtCore import QRectF, Qt
        from PySide6.QtGui import QColor

        room = MEASURE - self._names - pt(58)
        long = 0.0 if value is None else room * value / self._top
        if long:
            painter.fillRect(QRectF(left, top + pt(1), long, _BAR - pt(2)), QColor(ink))
        painter.setFont(self._slim)
        said = "—" if value is None else number_text(value)
        flags = Qt.AlignmentFlag.AlignVCenter.value
        self._text(painter, (left + long + pt(4), top, pt(54), _BAR), said, flags, SOFT if value is None else INK)


class _Upright(_Drawing):
    """Columns or lines over categories that follow one another, such as months."""

    def __init__(self, sheet: Sheet, chart: Chart) -> None:
        super().__init__(sheet, chart)
        self._sheet = sheet
        self.height = self._head + _TALL + pt(22)
        self._axis = max(self._metrics.horizontalAdvance(number_text(mark)) for mark in self._ticks) + pt(8)
        self._step = (MEASURE - self._axis) / len(chart.categories)
        widest = max((self._metrics.horizontalAdvance(number_text(value)) for value in _known(chart)), default=0)
        beside = len(chart.series) if chart.kind == "column" else 1
        self._said = len(chart.categories) <= _FEW and widest + pt(2) <= self._step * 0.8 / beside

    def draw(self, painter: QPainter, top: float) -> None:
        self._legend(painter, top)
        base = top + self._head + _TALL
        self._grid(painter, base)
        self._below(painter, base)
        for which, series in enumerate(self._chart.series):
            ink = INKS[which % len(INKS)]
            if self._chart.kind == "line":
                self._line(painter, base, series, ink)
            else:
                self._columns(painter, base, series, which, ink)

    def _grid(self, painter: QPainter, base: float) -> None:
        from PySide6.QtCore import QLineF, Qt
        from PySide6.QtGui import QColor, QPen

        flags = (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value
        painter.setFont(self._slim)
        for mark in self._ticks:
            at = base - self._rise(mark)
            painter.setPen(QPen(QColor(HAIR if mark else RULE), pt(0.5)))
            painter.drawLine(QLineF(LEFT + self._axis, at, LEFT + MEASURE, at))
            said = number_text(mark)
            self._text(painter, (LEFT, at - pt(6), self._axis - pt(5), pt(12)), said, flags, SOFT)

    def _below(self, painter: QPainter, base: float) -> None:
        from PySide6.QtCore import Qt

        flags = (Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop).value
        widest = max(self._metrics.horizontalAdvance(name) for name in self._chart.categories) + pt(6)
        every = max(1, math.ceil(widest / self._step))
        for place in range(0, len(self._chart.categories), every):
            left = self._middle(place) - widest / 2
            self._text(painter, (left, base + pt(4), widest, pt(12)), self._chart.categories[place], flags, INK)

    def _columns(self, painter: QPainter, base: float, series: Series, which: int, ink: str) -> None:
        from PySide6.QtCore import QRectF
        from PySide6.QtGui import QColor

        many = len(self._chart.series)
        wide = min(self._step * 0.7 / many, pt(26))
        for place, value in enumerate(series.values):
            left = self._middle(place) + (which - many / 2) * wide
            if value:
                high = self._rise(value)
                painter.fillRect(QRectF(left, base - high, wide * 0.92, high), QColor(ink))
            self._value(painter, left + wide * 0.46, base, value)

    def _line(self, painter: QPainter, base: float, series: Series, ink: str) -> None:
        from PySide6.QtCore import QPointF, Qt
        from PySide6.QtGui import QBrush, QColor, QPen

        before: QPointF | None = None
        for place, value in enumerate(series.values):
            if value is None:
                before = None
                continue
            here = QPointF(self._middle(place), base - self._rise(value))
            painter.setPen(QPen(QColor(ink), pt(1.4)))
            if before is not None:
                painter.drawLine(before, here)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(QColor(ink)))
            painter.drawEllipse(here, pt(2), pt(2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if len(self._chart.series) == 1:
                self._value(painter, here.x(), base, value)
            before = here

    def _value(self, painter: QPainter, middle: float, base: float, value: float | None) -> None:
        """Above its point, where there is room for those of all points."""
        from PySide6.QtCore import Qt

        said = "—" if value is None else number_text(value)
        wide = self._metrics.horizontalAdvance(said) + pt(4)
        if not self._said:
            return
        flags = (Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom).value
        top = base - self._rise(value or 0) - pt(14)
        self._text(painter, (middle - wide / 2, top, wide, pt(12)), said, flags, SOFT if value is None else INK)

    def _middle(self, place: int) -> float:
        return LEFT + self._axis + self._step * (place + 0.5)

    def _rise(self, value: float) -> float:
        return (_TALL - pt(14)) * value / self._top


def chart_boxes(sheet: Sheet, chart: Chart, number: str) -> Iterator[Box]:
    yield chart_box(sheet, chart)
    yield from paragraph(sheet, f"{number}　{chart.caption}", CAPTION, Manner(align="center"), gap=pt(2))
    yield Box(pt(5))
