"""登记签名: what the merchant states of a signature, for senders that cannot tell how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QCheckBox, QDateEdit, QLineEdit, QWidget

from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import AppError
from campaign_app.domain.filing import OwnFiling
from campaign_app.domain.signature import CARRIERS
from campaign_app.services.campaigns import ENDED
from campaign_app.services.filings import NAME_MAX, PURPOSES, Filing
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import use_mine
from campaign_app.ui.viewmodels.filings import ACTOR, FilingsModel
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, column, fit, label, row, show_if
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.entity_box import EntityBox
from campaign_app.ui.widgets.moment_edit import with_calendar

NAMED: Final = 3


class OwnSignatureDialog(Dialog):
    """`of` is what was stated before, None for a new one. It stays open with the reason where it cannot be kept."""

    HELP = "signatures"

    def __init__(
        self, kit: Kit, model: FilingsModel, entities: Sequence[Entity], today: date, of: Filing | None = None,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._kit, self._model, self._of = kit, model, of
        self._port = "" if of is None or of.own is None else of.record.port  # as it is shown
        self._told = False  # that another window stated something else meanwhile
        self.setObjectName("own_signature_dialog")
        self.setWindowTitle(self.tr("登记签名"))
        self.setFixedWidth(520)
        self.entity = EntityBox("own_signature_entity", self.tr("归属主体"), codes=True)
        self.entity.offer(entities)
        self.text = self._line("own_signature_text", self.tr("例如 安宁百货，不含【】"))
        self.port = self._line("own_signature_port", self.tr("例如 106900012345"))
        self.scopes = {each: self._box("own_scope", kit.words.term("purpose", each), each) for each in PURPOSES}
        self.carriers = {each: self._box("own_carrier", kit.words.term("carrier", each), each) for each in CARRIERS}
        self.ends = QCheckBox(self.tr("有效期至"))
        self.ends.setObjectName("own_signature_ends")
        self.until = QDateEdit(QDate(today.year + 1, today.month, min(today.day, 28)))
        with_calendar(self.until)
        self.until.setDisplayFormat(show.DAY_FIELD)
        self.until.setAccessibleName(self.tr("有效期至"))
        self.ends.toggled.connect(self.until.setEnabled)
        self.until.setEnabled(False)
        self.wrong = label("", "block", wrap=True, name="own_signature_wrong")
        self.save = button(self.tr("登记"), "primary", name="own_signature_save", click=self._save)
        self.forget = button(self.tr("撤销登记"), "danger", name="own_signature_forget", click=self._forget)
        self.lacks = label("", "small", name="own_signature_lacks")
        self.leave = button(self.tr("返回"), name="own_signature_leave", click=self.reject)
        self.token = object()  # by which it knows the answers that are its own
        model.stated.connect(self._stated)
        model.refused.connect(self._refused)
        self.finished.connect(self.deleteLater)
        self._lay_out()
        self._fill()
        self.save.setDefault(True)
        self.entity.currentIndexChanged.connect(self._check)
        self._check()
        fit(self)

    def _check(self) -> None:
        self.lacks.setText("" if self.entity.uscc else self.tr("先选择主体"))
        self.save.setEnabled(bool(self.entity.uscc))

    def _lay_out(self) -> None:
        words = self.tr(
            "用于查不到签名的发送通道（如 SMPP、Kannel）。通道能查到的签名以服务商报告的为准，这里的登记不起作用。"
            "登记内容没有服务商确认，发送前会要求再次确认，并写入审计记录。"
        )
        named = [
            (self.tr("归属主体"), self.entity),
            (self.tr("签名"), self.text),
            (self.tr("端口号（选填）"), self.port),
        ]
        fields = []
        for title, field in named:
            field.setAccessibleName(title)
            fields.append(column(label(title, "small"), field, space=1))
        self.setLayout(
            column(
                label(self.tr("自行登记签名"), "heading"),
                label(words, "muted", wrap=True),
                *fields,
                label(self.tr("报备过的用途"), "small"),
                row(*self.scopes.values(), None, space=3),
                label(self.tr("已完成报备的运营商"), "small"),
                row(*self.carriers.values(), None, space=3),
                row(self.ends, self.until, None),
                self.wrong,
                row(self.forget, None, self.lacks, self.leave, self.save),
                margin=5,
            )
        )

    def _fill(self) -> None:
        own = None if self._of is None else self._of.own
        show_if(self.forget, own is not None)
        show_if(self.wrong, False)
        if self._of is None or own is None:
            return
        self.entity.setCurrentIndex(self.entity.findData(own.entity_uscc))
        self.text.setText(own.text)
        for each in (self.entity, self.text):
            each.setEnabled(False)
        self.port.setText(self._of.record.port)
        for boxes, ticked in ((self.scopes, own.scopes), (self.carriers, own.carriers)):
            for name, box in boxes.items():
                box.setChecked(name in ticked)
        if own.valid_until is not None:
            self.ends.setChecked(True)
            self.until.setDate(QDate(own.valid_until.year, own.valid_until.month, own.valid_until.day))

    def _save(self) -> None:
        until = self.until.date()
        own = OwnFiling(
            self.entity.uscc,
            self.text.text().strip().removeprefix("【").removesuffix("】"),
            tuple(name for name, box in self.scopes.items() if box.isChecked()),
            tuple(name for name, box in self.carriers.items() if box.isChecked()),
            self._model.now(),
            ACTOR,
            date(until.year(), until.month(), until.day()) if self.ends.isChecked() else None,
        )
        port = self.port.text().strip()
        self._model.state_own(own, None if port == self._port else port, self.token, self._seen(own))

    def _seen(self, own: OwnFiling) -> OwnFiling | None:
        """What it takes the place of: what was shown, or what is stated by now where a person was told of that."""
        of = self._model.filing((own.entity_uscc, own.text)) if self._told else self._of
        return None if of is None else of.own

    def _forget(self) -> None:
        if self._of is None:
            return
        words = self.tr("登记的用途、运营商和有效期都不再保留，这个签名不能再用，直到重新登记。")
        if waiting := [each.name for each in self._of.campaigns if each.state not in ENDED]:
            names = self.tr("、").join(waiting[:NAMED]) + ("…" if len(waiting) > NAMED else "")
            words = self.tr("用到它的活动会停下：{names}").format(names=names) + f"\n{words}"
        title = self.tr("撤销签名【{}】的登记？").format(self._of.signature.text)
        if confirm(self, title, words, yes=self.tr("撤销登记"), no=self.tr("保留"), danger=True):
            self._model.take_back(self._of, self.token)

    def _stated(self, token: object) -> None:
        if token is self.token:
            self.accept()

    def _refused(self, token: object, error: AppError) -> None:
        if token is not self.token:
            return
        self.wrong.setText(self._kit.words.error(error))
        show_if(self.wrong, True)
        self._told = error.code == OVERTAKEN
        self.save.setText(use_mine() if self._told else self.tr("登记"))
        fit(self)

    def _line(self, name: str, example: str) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(name)
        made.setPlaceholderText(example)
        made.setMaxLength(NAME_MAX)
        return made

    def _box(self, prefix: str, title: str, name: str) -> QCheckBox:
        made = QCheckBox(title)
        made.setObjectName(f"{prefix}_{name}")
        return made
