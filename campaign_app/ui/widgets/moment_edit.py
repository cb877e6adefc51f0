"""A field for a moment, as the civil time of China, whatever zone the computer is in."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QDate, QDateTime, QTime, QTimeZone
from PySide6.QtWidgets import QDateTimeEdit, QWidget

from campaign_app.services.window import BEIJING
from campaign_app.ui import show

# the field holds Beijing's civil time; in a zone of its own no hour is missing or doubled
CIVIL: Final = QTimeZone(QTimeZone.Initialization.UTC)


class MomentEdit(QDateTimeEdit):
    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTimeZone(CIVIL)
        self.setDisplayFormat(show.MOMENT_FIELD)
        self.setCalendarPopup(True)

    def moment(self) -> datetime:
        """In Beijing's zone, to the minute."""
        shown = self.dateTime()
        day, hour = shown.date(), shown.time()
        return datetime(day.year(), day.month(), day.day(), hour.hour(), hour.minute(), tzinfo=BEIJING)

    def put(self, at: datetime) -> None:
        local = at.astimezone(BEIJING)
        self.setDateTime(QDateTime(QDate(local.year, local.month, local.day), QTime(local.hour, local.minute), CIVIL))
