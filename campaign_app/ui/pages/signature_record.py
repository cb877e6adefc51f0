"""What the merchant notes of a signature: its port, and the letter that lets another's name be used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from PySide6.QtCore import QDate, QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QDateEdit, QLabel, QLineEdit, QWidget

from campaign_app.domain.signature import SignatureRecord
from campaign_app.services.filings import PURPOSES
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.viewmodels.filings import FilingsModel, FilingsState
from campaign_app.ui.widgets.basics import button, column, label, row, show_if
from campaign_app.ui.widgets.moment_edit import with_calendar

_FIELDS: Final = {"port_taken": "port", "port_digits": "port"}


class RecordForm(QWidget):
    def __init__(self, kit: Kit, model: FilingsModel, today: Callable[[], date]) -> None:
        super().__init__()
        self._kit, self._model, self._today = kit, model, today
        self.port = self._line("signature_port", self.tr("端口号"), self.tr("例如 106900012345"))
        self.has_letter = QCheckBox(self.tr("凭授权书使用他人的名称或商标"))
        self.has_letter.setObjectName("signature_has_letter")
        self.has_letter.toggled.connect(self._letter)
        self.letter_from = self._line("signature_letter_from", self.tr("授权方"), self.tr("授权方的全称"))
        self.letter_until = QDateEdit()
        with_calendar(self.letter_until)
        self.letter_until.setObjectName("signature_letter_until")
        self.letter_until.setAccessibleName(self.tr("授权到期日"))
        self.letter_until.setDisplayFormat(show.DAY_FIELD)
        self.letter_until.dateChanged.connect(lambda _: self._typed())
        self.note = self._line("signature_note", self.tr("备注"), self.tr("例如原件存放在哪里"))
        self.scopes = {purpose: self._scope(purpose) for purpose in PURPOSES}
        self.filed = QWidget()
        filed_hint = self.tr("通道不说明这个签名可用于什么。请按报备材料勾选；只有勾选的用途能用。")
        self.filed.setLayout(column(_small(filed_hint), row(*self.scopes.values(), None, space=3), space=1))
        self.owner = QCheckBox(self.tr("确认签名归本主体所有"))
        self.owner.setObjectName("signature_owner_confirmed")
        self.owner.toggled.connect(lambda _: self._typed())
        self.wrong = label("", "block", wrap=True, name="signature_wrong")
        self.wrong.setMinimumWidth(1)
        self.save = button(self.tr("保存登记"), "primary", name="signature_save", small=True, click=model.save)
        self.undo = button(self.tr("还原"), "quiet", name="signature_undo", small=True, click=model.undo)
        self.letter = QWidget()
        self.letter.setLayout(
            column(
                _named(self.tr("授权方"), self.letter_from),
                _named(self.tr("授权到期日"), self.letter_until),
                space=2,
            )
        )
        hint = _small(self.tr("端口和授权书平台不会提供，请按合同填写。一个端口只能对应一个签名。"))
        self.setLayout(
            column(
                self.owner,
                self.filed,
                hint,
                _named(self.tr("端口号"), self.port),
                self.has_letter,
                self.letter,
                _named(self.tr("备注"), self.note),
                self.wrong,
                row(self.save, self.undo, None),
                space=2,
            )
        )

    def render_state(self, state: FilingsState) -> None:
        filing = state.filing
        if filing is None:
            return
        self._show(state.typed or filing.record)
        show_if(self.filed, filing.untold)
        open_to_us = filing.signature.owner_open and filing.signature.owner_uscc in {"", filing.entity.uscc}
        matched = filing.signature.owner_uscc and not filing.record.owner_confirmed
        show_if(self.owner, open_to_us and not matched)
        for each in (self.save, self.undo):
            each.setEnabled(state.typed is not None)
        error = state.wrong
        self.wrong.setText("" if error is None else self._kit.words.error(error))
        show_if(self.wrong, error is not None)
        set_property(self.port, "invalid", error is not None and _FIELDS.get(error.code) == "port")

    def _show(self, record: SignatureRecord) -> None:
        for field, text in ((self.port, record.port), (self.letter_from, record.letter_from), (self.note, record.note)):
            if field.text().strip() != text.strip():
                field.setText(text)
        for purpose, box in self.scopes.items():
            with QSignalBlocker(box):
                box.setChecked(purpose in record.scopes)
        with QSignalBlocker(self.owner):
            self.owner.setChecked(record.owner_confirmed)
        with QSignalBlocker(self.has_letter), QSignalBlocker(self.letter_until):
            self.has_letter.setChecked(record.letter_until is not None)
            until = record.letter_until
            if until is not None:
                self.letter_until.setDate(_shown(until))
        show_if(self.letter, record.letter_until is not None)

    def _letter(self, has: bool) -> None:  # noqa: FBT001 as the signal has it
        """A letter that is not known yet is taken to hold for a year, until its date is set."""
        if has:
            with QSignalBlocker(self.letter_until):
                self.letter_until.setDate(_shown(self._today()).addYears(1))
        self._typed()

    def _typed(self) -> None:
        has, until = self.has_letter.isChecked(), self.letter_until.date()
        self._model.type(
            port=self.port.text(),
            letter_from=self.letter_from.text() if has else "",
            letter_until=date(until.year(), until.month(), until.day()) if has else None,
            note=self.note.text(),
            scopes=tuple(purpose for purpose, box in self.scopes.items() if box.isChecked()),
            owner_confirmed=self.owner.isChecked(),
        )

    def _scope(self, purpose: str) -> QCheckBox:
        made = QCheckBox(self._kit.words.term("purpose", purpose))
        made.setObjectName(f"signature_scope_{purpose}")
        made.toggled.connect(lambda _: self._typed())
        return made

    def _line(self, name: str, title: str, example: str) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setPlaceholderText(example)
        made.textEdited.connect(lambda _: self._typed())
        return made


def _small(text: str) -> QLabel:
    made = label(text, "small", wrap=True)
    made.setMinimumWidth(1)
    return made


def _shown(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)


def _named(title: str, field: QWidget) -> QWidget:
    made = QWidget()
    made.setLayout(column(label(title, "muted"), field, space=1))
    return made
