"""A dialog that asks a model for something, and closes once it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDateEdit, QWidget

from campaign_app.domain.errors import AppError
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.viewmodels.answering import Answering
from campaign_app.ui.widgets.basics import button, column, fit, label, show_if
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.moment_edit import with_calendar

WIDTH = 520


class AskDialog(Dialog):
    """Stays open with the reason where what it asks for is refused. `ask` is each dialog's own."""

    ask: Callable[[], None]

    def __init__(self, kit: Kit, model: Answering, name: str, save: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit, self._answering = kit, model
        self.token = object()  # by which it knows the answers that are its own
        self.setObjectName(name)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setFixedWidth(WIDTH)
        self.wrong = label("", "block", wrap=True, name=f"{name}_wrong")
        self.save = button(save, "primary", name=f"{name}_save", click=self.ask)
        self.leave = button(self.tr("返回"), name=f"{name}_leave", click=self.reject)
        model.kept.connect(self._kept)
        model.refused.connect(self._refused)
        self.finished.connect(self.deleteLater)
        self.save.setDefault(True)
        show_if(self.wrong, False)

    def field(self, title: str, part: QWidget) -> QWidget:
        part.setAccessibleName(title)
        made = QWidget()
        made.setLayout(column(label(title, "small"), part, space=1))
        return made

    def day(self, name: str, at: date) -> QDateEdit:
        made = QDateEdit(QDate(at.year, at.month, at.day))
        made.setObjectName(name)
        with_calendar(made)
        made.setDisplayFormat(show.DAY_FIELD)
        return made

    def _kept(self, token: object) -> None:
        if token is self.token:
            self.accept()

    def _refused(self, token: object, error: AppError) -> None:
        if token is self.token:
            self._answering.heard = True
            self.wrong.setText(self._kit.words.error(error))
            show_if(self.wrong, True)
            self.refuse(error)
            fit(self)

    def refuse(self, error: AppError) -> None:
        """What else a dialog does where it is refused."""


def day_of(edit: QDateEdit) -> date:
    chosen = edit.date()
    return date(chosen.year(), chosen.month(), chosen.day())
