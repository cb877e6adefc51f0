"""个人信息请求: what one person may ask for, what comes of it, and the questions before what cannot be undone."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QLineEdit, QPushButton, QWidget

from campaign_app.domain.errors import AppError
from campaign_app.domain.team import Permission
from campaign_app.services.members import masked_name
from campaign_app.services.people import Person
from campaign_app.services.suppressing import REASON_MAX
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.folders import documents
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.ask_dialog import AskDialog
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.viewmodels.customers import CustomersModel
from campaign_app.ui.viewmodels.person import PersonModel
from campaign_app.ui.widgets.basics import button, column, fit, frame, label, row, show_if
from campaign_app.ui.widgets.dialog import Dialog

WIDTH: Final = 760
SUFFIX: Final = ".json"
TAIL: Final = 4  # characters of the reference, typed before an erasure
HELP: Final = "customers.person"


class PersonRequests(Dialog):
    """Stays open after a copy, and with the reason where something is refused; the other two close it."""

    HELP = HELP

    def __init__(self, desk: Desk, model: PersonModel, person: Person, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._model, self._person = desk, model, person
        self._token, self._target = object(), Path()
        self._asked: object = None  # the token of the question, which may be closed before it is done
        self.setObjectName("person_requests")
        self.setWindowTitle(self.tr("个人信息请求"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setFixedWidth(WIDTH)
        self.export = button(self.tr("导出副本…"), name="person_export", click=self._export)
        self.erase = button(self.tr("删除…"), name="person_erase", click=self._erase)
        self.restrict = button(self.tr("限制处理…"), name="person_restrict", click=self._restrict)
        self.leave = button(self.tr("关闭"), name="person_leave", click=self.reject)
        self.said = label("", "small", wrap=True, name="person_said")
        self.file = QLineEdit()
        self.file.setObjectName("person_file")
        self.file.setReadOnly(True)
        self.file.setAccessibleName(self.tr("导出的文件"))
        self.setLayout(
            column(
                label(self.tr("个人信息请求"), "heading"),
                label(who(person), "muted", wrap=True, name="person_who"),
                self._card(self.tr("导出副本"), self._of_export(), self.export, Permission.VOUCH),
                self._card(self.tr("删除"), self._of_erase(), self.erase, Permission.WORK),
                self._card(self.tr("限制处理"), self._of_restrict(), self.restrict, Permission.SUPPRESS),
                self.said,
                self.file,
                row(None, self.leave),
                margin=5,
            )
        )
        model.kept.connect(self._kept)
        model.refused.connect(self._refused)
        self.finished.connect(self.deleteLater)
        self._free()
        self._say("")
        self.export.setFocus()

    def _card(self, title: str, told: str, ask: QPushButton, permission: Permission) -> QFrame:
        ask.setAccessibleDescription(told)
        parts: list[QWidget] = [label(told, wrap=True)]
        if not self._desk.may(permission):
            self._desk.allow(permission, ask)
            parts.append(label(self._desk.why_not(permission), "block", wrap=True))
        return frame("well", column(row(label(title, "strong"), None, ask), *parts, space=2, margin=3))

    def _of_export(self) -> str:
        return self.tr(
            "把保存的此人资料写成一个文件（JSON），可以交给本人：基本资料、同意记录、拒收、短信、回复、投诉和导入的资料。"
            "号码打码，已有的文件不会被覆盖。"
        )

    def _of_erase(self) -> str:
        return self.tr(
            "删除姓名、号码、地区、订单、标签和导入的资料，以后的同步不再写回，也不再给此人发短信。"
            "依法须留存的仍保留：客户标识、同意记录、退订与投诉、已发短信的原文和结果（只存储，不作他用）。删除后不能恢复。"
        )

    def _of_restrict(self) -> str:
        since = self._person.restricted_at
        if since is not None:
            return self.tr("已从 {} 起限制处理：只存储此人的资料，所有活动都不再发送。").format(show.moment(since))
        return of_restriction(self._person)

    def _export(self) -> None:
        proposed = str(self._first())
        kinds = self.tr("JSON 文件") + f" (*{SUFFIX})"
        title = self.tr("导出到")
        # nothing is ever replaced, so it must not ask whether to
        keep = QFileDialog.Option.DontConfirmOverwrite
        chosen, _ = QFileDialog.getSaveFileName(self, title, proposed, kinds, "", keep)
        if chosen:
            self._target = Path(chosen if chosen.endswith(SUFFIX) else f"{chosen}{SUFFIX}")
            for part in (self.export, self.erase, self.restrict):
                part.setEnabled(False)
            self._say(self.tr("正在导出…"))
            self._model.export(self._person.row.id, self._target, self._token)

    def _first(self) -> Path:
        """A name that is free, and names nobody."""
        folder, stem = documents(), self.tr("个人信息副本-{number}").format(number=self._person.row.id)
        names = (folder / f"{stem}{more}{SUFFIX}" for more in ("", *(f"-{at}" for at in range(2, 1_000))))
        return next((name for name in names if not name.exists()), folder)

    def _erase(self) -> None:
        self._ask(EraseQuestion(self._desk.kit, self._model, self._person, self))

    def _restrict(self) -> None:
        self._ask(RestrictQuestion(self._desk.kit, self._model, self._person, self))

    def _ask(self, question: AskDialog) -> None:
        self._asked = question.token
        question.open()

    def _kept(self, token: object) -> None:
        if token is self._asked:
            self.accept()
        elif token is self._token:
            self._free()
            self._say(self.tr("副本已导出到："), file=str(self._target))

    def _refused(self, token: object, error: AppError) -> None:
        if token is self._token:
            self._model.heard = True
            self._free()
            self._say(self._desk.kit.words.error(error), "block")

    def _free(self) -> None:
        """What a role does not allow stays off all the same."""
        self.export.setEnabled(True)
        self.erase.setEnabled(True)
        self.restrict.setEnabled(self._person.restricted_at is None)

    def _say(self, text: str, role: str = "small", *, file: str = "") -> None:
        set_property(self.said, "role", role)
        self.said.setText(text)
        self.file.setText(file)
        self.file.setCursorPosition(len(file))  # the name counts more than where its path begins
        show_if(self.said, bool(text))
        show_if(self.file, bool(file))
        fit(self)


class EraseQuestion(AskDialog):
    """The end of the reference is typed: whoever erases has looked at whom."""

    HELP = HELP

    def __init__(self, kit: Kit, model: PersonModel, person: Person, parent: QWidget) -> None:
        super().__init__(kit, model, "person_erase_dialog", self.tr("删除此人资料"), parent)
        self._model, self._person = model, person
        self._tail = person.row.ref[-TAIL:]
        self.setWindowTitle(self.tr("删除个人信息"))
        self.typed = QLineEdit()
        self.typed.setObjectName("person_erase_typed")
        self.typed.setMaxLength(2 * TAIL)
        self.typed.setAccessibleName(self.tr("客户标识的最后几个字符"))
        self.typed.textEdited.connect(self._draw)
        told = self.tr("姓名、号码、地区、订单、标签和导入的资料将删除，不能恢复，也不能撤销。")
        ask = self.tr("输入客户标识的最后 {count} 个字符，表示您确认是这个人").format(count=len(self._tail))
        self.hint = label(self.tr("与客户标识的最后几个字符不一致。"), "block", wrap=True, name="person_erase_hint")
        set_property(self.save, "kind", "danger")
        self.save.setDefault(False)
        self.setLayout(
            column(
                label(self.tr("删除这个人的资料？"), "heading", wrap=True),
                label(who(person), "strong", wrap=True),
                label(told, wrap=True),
                column(label(ask, "small", wrap=True), self.typed, space=1),
                self.hint,
                self.wrong,
                row(None, self.save, self.leave),
                margin=5,
            )
        )
        self._draw()
        self.typed.setFocus()

    def ask(self) -> None:
        self.save.setEnabled(False)
        self._model.erase(self._person.row.id, self.token)

    def _refused(self, token: object, error: AppError) -> None:
        super()._refused(token, error)
        self._draw()

    def _draw(self) -> None:
        typed = self.typed.text().strip().casefold()
        right = typed == self._tail.casefold()
        wrong = bool(typed) and not self._tail.casefold().startswith(typed)
        set_property(self.typed, "invalid", wrong)
        show_if(self.hint, wrong)
        self.save.setEnabled(right)
        fit(self)


class RestrictQuestion(AskDialog):
    HELP = HELP

    def __init__(self, kit: Kit, model: PersonModel, person: Person, parent: QWidget) -> None:
        super().__init__(kit, model, "person_restrict_dialog", self.tr("限制处理"), parent)
        self._model, self._person = model, person
        self.setWindowTitle(self.tr("限制处理"))
        self.note = QLineEdit()
        self.note.setObjectName("person_restrict_note")
        self.note.setMaxLength(REASON_MAX)
        self.save.setDefault(False)
        self.setLayout(
            column(
                label(self.tr("限制处理这个人的资料？"), "heading", wrap=True),
                label(who(person), "strong", wrap=True),
                label(of_restriction(person), wrap=True),
                self.field(self.tr("原因或来函编号（可不填）"), self.note),
                self.wrong,
                row(None, self.leave, self.save),
                margin=5,
            )
        )
        fit(self)
        self.note.setFocus()

    def ask(self) -> None:
        self.save.setEnabled(False)
        self._model.restrict(self._person.row.id, self.note.text().strip(), self.token)

    def _refused(self, token: object, error: AppError) -> None:
        super()._refused(token, error)
        self.save.setEnabled(True)


def who(person: Person) -> str:
    """Masked: it is asked in front of whoever looks over one's shoulder."""
    known = (masked_name(person.row.name), person.row.phone, person.row.ref, person.row.shop)
    return " · ".join(each for each in known if each)


def of_restriction(person: Person) -> str:
    """What a restriction does, for whom it holds, and what ends it."""
    does = translate("PersonRequests", "资料全部保留，但除存储外不再处理，所有活动都不再发给此人。")
    where = (
        translate("PersonRequests", "对{entity}的各家店铺都有效。").format(entity=person.entity_name)
        if person.row.phone
        else translate("PersonRequests", "没有可读的手机号，认不出此人在别家店铺的资料：只保证这家店铺不再发送。")
    )
    return does + where + translate("PersonRequests", "不能自行撤销：只有本人以后重新同意，并由复核人解除，才会再发。")


def requests_of(desk: Desk, customers: CustomersModel) -> PersonModel:
    """The one of the open workspace: what is under way outlives the pages, which are built anew for a language."""
    return desk.kept(
        PersonModel, lambda: PersonModel(desk.app, desk.kit.tasks, desk.kit.messages, customers, desk.session)
    )
