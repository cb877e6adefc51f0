"""A field for a moment, as the civil time of China, whatever zone the computer is in."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, QTimeZone
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QDateTimeEdit, QWidget

from campaign_app.services.window import BEIJING
from campaign_app.ui import show

# the field holds Beijing's civil time; in a zone of its own no hour is missing or doubled
CIVIL: Final = QTimeZone(QTimeZone.Initialization.UTC)


def with_calendar(made: QDateTimeEdit) -> None:
    """All days in the colour of text: Qt's red of weekends is no theme's, and red says here that something is wrong."""
    made.setCalendarPopup(True)
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        made.calendarWidget().setWeekdayTextFormat(day, QTextCharFormat())


class MomentEdit(QDateTimeEdit):
    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
