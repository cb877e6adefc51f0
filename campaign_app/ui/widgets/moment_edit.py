"""A field for a moment, as the civil time of China, whatever zone the computer is in."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, QTimeZone
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QDateTimeEdit, QTableView

from campaign_app.services.window import BEIJING
from campaign_app.ui import show

# the field holds Beijing's civil time; in a zone of its own no hour is missing or doubled
CIVIL: Final = QTimeZone(QTimeZone.Initialization.UTC)


def with_calendar(made: QDateTimeEdit) -> None:
    made.setCalendarPopup(True)
    tidy(made.calendarWidget())


def tidy(calendar: QCalendarWidget) -> None:
    """All days in the colour of text: Qt's red of weekends is no theme's, and red says here that something is wrong.

    And each as wide as a week leaves it room: in a wide font Qt makes them so wide that the last one is cut.
    """
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, QTextCharFormat())
    for days in calendar.findChildren(QTableView):
        days.horizontalHeader().setMinimumSectionSize(1)


class MomentEdit(QDateTimeEdit):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTimeZone(CIVIL)
        self.setDisplayFormat(show.MOMENT_FIELD)
        with_calendar(self)

    def moment(self) -> datetime:
        """In Beijing's zone, to the minute."""
        shown = self.dateTime()
        day, hour = shown.date(), shown.time()
        return datetime(day.year(), day.month(), day.day(), hour.hour(), hour.minute(), tzinfo=BEIJING)

    def put(self, at: datetime) -> None:
        local = at.astimezone(BEIJING)
        self.setDateTime(QDateTime(QDate(local.year, local.month, local.day), QTime(local.hour, local.minute), CIVIL))
