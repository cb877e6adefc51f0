"""One complaint: what it says, which message it is about, until when it is to be answered, what was done."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from campaign_app.domain.complaint import DONE, Candidate, Case, CaseState
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.case_words import CaseWords
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.cases import CasesModel, CasesState, Detail
from campaign_app.ui.widgets.basics import button, card, clear, column, divider, label, row, show_if
from campaign_app.ui.widgets.drawer import WIDTH, Drawer
from campaign_app.ui.widgets.facts import Facts, Line
from campaign_app.ui.widgets.pill import Pill

SAYING: Final = 74  # pixels


class CaseDrawer(Drawer):
    """What is typed stays while what is around it is drawn anew. `pack` asks for the proof of the open case."""

    pack = Signal(object)  # Case

    def __init__(self, desk: Desk, model: CasesModel, words: CaseWords) -> None:
        super().__init__(desk.kit.theme, "case_drawer", "")
        for part in (self, self.area):
            part.setAccessibleName(self.tr("投诉的详情"))
        self._desk, self._model, self._words = desk, model, words
        self._shown: Detail | None = None
        self._above, self._below = column(space=3), column(space=3)
        self.form = self._handling()
        self.add(self._above)
        self.add(self.form)
        self.add(self._below)
        self.body.addStretch(1)
        self.closed.connect(model.close)
        model.changed.connect(self.render_state)
        self.render_state(model.state)

    def render_state(self, state: CasesState) -> None:
        detail = state.detail
        show_if(self, detail is not None)
        if detail is None:
            self._shown = None
            return
        former, self._shown = self._shown, detail
        if detail != former:
            self._renew(former, detail)
        self._enable(detail.case, busy=state.busy)

    def _renew(self, former: Detail | None, detail: Detail) -> None:
        """What was typed goes once it was said, or with the case that it was about."""
        if former is None or former.case.id != detail.case.id:
            self.area.verticalScrollBar().setValue(0)
            self.owner.setText(detail.case.owner)
            self.saying.clear()
        elif former.history != detail.history:
            self.saying.clear()
        case = detail.case
        self.title.setText(self.tr("投诉 {}").format(case.number or f"#{case.id}"))
        self.subtitle.setText(self._words.source(case))
        for layout, fill in ((self._above, self._fill_above), (self._below, self._fill_below)):
            clear(layout)
            fill(layout, detail)

    def _fill_above(self, to: QVBoxLayout, detail: Detail) -> None:
        case, state = detail.case, self._words.state(detail.case)
        pills = [Pill(self._theme, state.text, state.level)]
        if detail.deadline is not None:
            due = self._words.due(detail.deadline)
            pills.append(Pill(self._theme, due.text, due.level or "muted"))
        _put(to, row(*pills, None))
        if detail.deadline is not None:
            _put(to, _wrapped(self._words.rests_on(detail.deadline), "small"))
        _put(to, Facts(self._theme, self._facts(case)))
        self._section(to, self.tr("对应的短信"))
        self._messages(to, detail)
        self._section(to, self.tr("处理"))

    def _facts(self, case: Case) -> list[Line]:
        told = [
            (self.tr("投诉人"), case.who or self.tr("号码已删除")),
            (self.tr("投诉时间"), show.moment(case.made_at)),
            (self.tr("收到时间"), show.moment(case.received_at)),
            (self.tr("投诉内容"), case.text),
            (self.tr("被诉端口"), case.port),
            (self.tr("被诉签名"), case.signature),
            (self.tr("负责人"), case.owner or self.tr("还没有人认领")),
        ]
        return [Line(name, value) for name, value in told if value]

    def _messages(self, to: QVBoxLayout, detail: Detail) -> None:
        case = detail.case
        chosen = next((each for each in detail.found.candidates if each.ledger_id == case.ledger_id), None)
        if chosen is not None:
            _put(to, self._message(chosen, None))
        elif case.why is not None:
            _put(to, _wrapped(self._desk.kit.words.term("complaint_why", case.why), ""))
            self._whose(to, case)
        if case.state in DONE:
            return
        others = [each for each in detail.found.candidates if each.ledger_id != case.ledger_id]
        if others and case.state is CaseState.OPEN:
            told = self.tr("投诉前 30 天内给这个人发过 %Ln 条，请核对是哪一条。", "", len(others))
            _put(to, _wrapped(told, "small"))
        elif others:
            _put(to, _wrapped(self.tr("同一时期还发过："), "small"))
        for each in others:
            _put(to, self._message(each, case))
        if detail.found.candidates and (case.ledger_id is not None or case.state is CaseState.OPEN):
            none = button(self.tr("都不是"), name="case_none", small=True, click=self._model.unmatch)
            self._desk.allow(Permission.HANDLE, none)
            _put(to, row(none, None))

    def _whose(self, to: QVBoxLayout, case: Case) -> None:
        """Of several entities another one may well have written."""
        names = {each.uscc: each.name for each in self._model.state.entities}
        if len(names) > 1 and case.entity_uscc in names:
            told = self.tr("只查了“{}”发的短信。别的主体也可能发过：那要在那个主体下另行登记。")
            _put(to, _wrapped(told.format(names[case.entity_uscc]), "small"))

    def _message(self, each: Candidate, choosing: Case | None) -> QFrame:
        outcome = self._desk.kit.words.term("outcome", each.outcome) if each.outcome else self.tr("结果不明")
        head = self.tr("{campaign} · {at} · {outcome}").format(
            campaign=each.campaign, at=show.moment(each.sent_at), outcome=outcome
        )
        parts: list[QWidget | None] = [_wrapped(head, "small"), _wrapped(each.text, "")]
        if each.differs:
            parts.append(_wrapped(self.tr("投诉里写的是另一个签名"), "warn"))
        inside = column(*parts, space=1)
        proof = button(self.tr("看此人的同意记录"), "quiet", name=f"case_person_{each.ledger_id}", small=True)
        proof.clicked.connect(lambda _=False: self._desk.way.to("customers", each.customer_id))
        inside.addLayout(row(proof, None))
        if choosing is not None:
            click = partial(self._model.match, each.ledger_id)
            this = button(self.tr("是这一条"), name=f"case_match_{each.ledger_id}", small=True, click=click)
            self._desk.allow(Permission.HANDLE, this)
            inside.addLayout(row(this, None))
        return card(inside, space=1, margin=3)

    def _handling(self) -> QWidget:
        self.owner = QLineEdit()
        self.owner.setObjectName("case_owner")
        self.owner.setAccessibleName(self.tr("负责人"))
        self.owner.setPlaceholderText(self.tr("由谁负责"))
        self.take = button(self.tr("认领"), name="case_own", small=True, click=self._own)
        self.owner.textChanged.connect(lambda _: self._typed())
        self.owner.returnPressed.connect(self._own)
        self.saying = QPlainTextEdit()
        self.saying.setObjectName("case_saying")
        self.saying.setAccessibleName(self.tr("备注或答复"))
        self.saying.setPlaceholderText(self.tr("备注，或向谁、怎样答复"))
        self.saying.setTabChangesFocus(True)
        self.saying.setFixedHeight(SAYING)
        self.saying.textChanged.connect(self._typed)
        self.note = self._step("note", self.tr("加备注"))
        self.answer = self._step("answer", self.tr("登记答复"))
        self.done = self._step("close", self.tr("结案"))
        self.again = self._step("reopen", self.tr("重新处理"))
        self.export = button(self.tr("导出举证包…"), "primary", name="case_pack", click=self._pack)
        self.unproved = label(self.tr("先对上短信，才有可以举证的内容。"), "small", wrap=True, name="case_unproved")
        desk = self._desk
        desk.allow(Permission.HANDLE, self.owner, self.take, self.answer, self.done, self.again)
        desk.allow(Permission.SUPPRESS, self.note)
        made = QWidget()
        made.setLayout(
            column(
                row(self.owner, self.take, stretch=0),
                self.saying,
                row(self.note, self.answer, self.done, self.again, None),
                column(self.export, self.unproved, space=1),
                space=2,
            )
        )
        return made

    def _step(self, step: str, words: str) -> QPushButton:
        return button(words, name=f"case_{step}", small=True, click=lambda: self._say(step))

    def _enable(self, case: Case, *, busy: bool) -> None:
        said, running = bool(self.saying.toPlainText().strip()), case.state not in DONE
        owner = self.owner.text().strip()
        may = self._desk.may(Permission.HANDLE)
        self.take.setEnabled(may and running and not busy and bool(owner) and owner != case.owner)
        self.owner.setEnabled(may and running)
        self.note.setEnabled(self._desk.may(Permission.SUPPRESS) and said and not busy)
        self.answer.setEnabled(may and said and not busy and running and case.state is not CaseState.OPEN)
        self.again.setEnabled(may and said and not busy)
        self.done.setEnabled(may and not busy)
        show_if(self.answer, running)
        show_if(self.done, case.state is CaseState.ANSWERED)
        show_if(self.again, not running)
        self.export.setEnabled(case.ledger_id is not None and not busy)
        show_if(self.unproved, case.ledger_id is None)

    def _fill_below(self, to: QVBoxLayout, detail: Detail) -> None:
        self._section(to, self.tr("经过"))
        for each in reversed(detail.history):
            _put(to, _wrapped(self._words.happened(each), "small"))

    def _typed(self) -> None:
        if self._shown is not None:
            self._enable(self._shown.case, busy=self._model.state.busy)

    def _own(self) -> None:
        if self.take.isEnabled():
            self._model.own(self.owner.text())

    def _say(self, step: str) -> None:
        self._model.say(step, self.saying.toPlainText())

    def _pack(self) -> None:
        if self._shown is not None:
            self.pack.emit(self._shown.case)

    def _section(self, to: QVBoxLayout, title: str) -> None:
        _put(to, divider())
        _put(to, label(title, "strong"))


def _wrapped(text: str, role: str) -> QLabel:
    made = label(text, role, wrap=True, select=True)
    made.setMinimumWidth(1)
    made.setMaximumWidth(WIDTH - 2 * SPACE[4])
    return made


def _put(to: QVBoxLayout, part: QWidget | QLayout) -> None:
    if isinstance(part, QWidget):
        to.addWidget(part)
    else:
        to.addLayout(part)
