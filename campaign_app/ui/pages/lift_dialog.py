"""解除退订: what the platform says by now, and who reviewed it."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from campaign_app.domain.errors import AppError
from campaign_app.services.people import Person
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.ask_dialog import AskDialog
from campaign_app.ui.pages.person_requests import HELP, who
from campaign_app.ui.viewmodels.person import PersonModel
from campaign_app.ui.widgets.basics import column, fit, label, row

NAME_MAX = 60


class LiftQuestion(AskDialog):
    """Whether it may be lifted is decided where it is done; a refusal stands in the dialog."""

    HELP = HELP

    def __init__(self, kit: Kit, model: PersonModel, person: Person, parent: QWidget) -> None:
        super().__init__(kit, model, "person_lift_dialog", self.tr("解除退订"), parent)
        self._model, self._person = model, person
        self.setWindowTitle(self.tr("解除退订"))
        self.reviewer = QLineEdit()
        self.reviewer.setObjectName("person_lift_reviewer")
        self.reviewer.setMaxLength(NAME_MAX)
        self.reviewer.textChanged.connect(lambda _: self._draw())
        self.save.setDefault(False)
        needed = self.tr(
            "只有平台给出的、晚于退订的明确同意才能解除；投诉和未成年人的拒收不会解除。解除写入记录，发送前仍要核验。"
        )
        self.setLayout(
            column(
                label(self.tr("解除这个人的退订？"), "heading", wrap=True),
                label(who(person), "strong", wrap=True),
                label(self._told(), wrap=True, name="person_lift_told"),
                label(needed, wrap=True),
                self.field(self.tr("复核人"), self.reviewer),
                self.wrong,
                row(None, self.leave, self.save),
                margin=5,
            )
        )
        self._draw()
        fit(self)
        self.reviewer.setFocus()

    def ask(self) -> None:
        self.save.setEnabled(False)
        self._model.lift(self._person.row.id, self.reviewer.text().strip(), self.token)

    def _told(self) -> str:
        if not self._person.facts:
            return self.tr("还没有向平台查询过此人的同意。")
        _, newest = self._person.facts[0]
        status = self._kit.words.term("consent_status", newest.status.value)
        if newest.obtained_at is None:
            return self.tr("平台最近的答复：{status}，没有说何时取得。").format(status=status)
        method = self._kit.words.term("consent_method", newest.method.value)
        return self.tr("平台最近的答复：{status}，{at} 取得，方式：{method}。").format(
            status=status, at=show.moment(newest.obtained_at, seconds=True), method=method
        )

    def _draw(self) -> None:
        self.save.setEnabled(bool(self.reviewer.text().strip()))

    def _refused(self, token: object, error: AppError) -> None:
        super()._refused(token, error)
        self._draw()
