"""退订与投诉 → 拒收名单: whether a number is on the list and why, one number added, or a list of them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from campaign_app.domain.consent import Suppression
from campaign_app.domain.team import Permission
from campaign_app.services.suppressing import REASON_MAX
from campaign_app.ui import actors, show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.sheet_dialogs import NumberListDialog
from campaign_app.ui.viewmodels.refusals import RefusalsModel, RefusalsState
from campaign_app.ui.widgets.basics import button, card, clear, column, label, row, show_if
from campaign_app.ui.widgets.entity_box import EntityBox
from campaign_app.ui.widgets.page import scrolling
from campaign_app.ui.widgets.pill import Pill

WIDTH: Final = 760


class RefusalsPanel(QWidget):
    """`said` carries what the page says under its title."""

    said = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.model = RefusalsModel(desk.app, desk.kit.tasks, self)
        self.entity = EntityBox("refusal_entity", self.tr("哪个主体的名单"))
        self.to_accounts = button(self.tr("去连接账户"), name="refusal_connect", click=self._connect)
        self.number = self._line("refusal_number", self.tr("手机号"), self.tr("11 位手机号"))
        self.number.setMaxLength(20)
        self.look = button(self.tr("查一查"), name="refusal_look", click=self._look)
        self.why = self._line("refusal_why", self.tr("原因"), self.tr("加入的原因，例如 门店来电要求"))
        self.why.setMaxLength(REASON_MAX)
        self.add = button(self.tr("加入拒收名单"), "primary", name="refusal_add", click=self._add)
        self.from_file = button(self.tr("导入名单…"), name="refusal_import", click=self.file_dialog)
        self.problem = label("", "block", wrap=True, name="refusal_problem")
        self.answer = label("", "strong", wrap=True, name="refusal_answer")
        self.marks = QVBoxLayout()
        desk.allow(Permission.SUPPRESS, self.why, self.add, self.from_file)
        told = self.tr(
            "退订、投诉和未成年人的号码由程序自动加入。当面、来电或来信说不要的人，在这里加入：每个店铺都不再发送，"
            "同步、导入和其他店铺都不能撤销；退订只有其后更新的同意经人复核才能解除，投诉和未成年人不能解除。"
        )
        one = card(
            label(self.tr("一个号码"), "heading"),
            row(self.number, self.look, None),
            self.answer,
            self.marks,
            row(self.why, self.add, stretch=0),
            self.problem,
        )
        many = card(
            row(
                column(
                    label(self.tr("一份名单"), "heading"),
                    label(self.tr("CSV 或 XLSX 文件，有一列手机号；先试运行，再加入。"), "muted", wrap=True),
                    space=1,
                ),
                self.from_file,
                stretch=0,
            )
        )
        inside = column(
            label(told, "muted", wrap=True), row(label(self.tr("主体")), self.entity, self.to_accounts, None, space=3),
            one, many, None, space=4,
        )  # fmt: skip
        self.setLayout(column(scrolling(inside, width=WIDTH, spoken=self.tr("拒收名单"))))
        self.number.textChanged.connect(lambda _: self.model.forget())
        self.number.textChanged.connect(lambda _: self.render_state(self.model.state))
        self.why.textChanged.connect(lambda _: self.render_state(self.model.state))
        self.number.returnPressed.connect(self._look)
        self.entity.currentIndexChanged.connect(lambda _: self.model.forget())
        self.entity.currentIndexChanged.connect(lambda _: self.render_state(self.model.state))
        self.model.changed.connect(self.render_state)
        self.render_state(self.model.state)

    def shown(self) -> None:
        self.model.load()

    def tell(self) -> None:
        self.said.emit(self.tr("名单里只有号码的密钥哈希，不能列出，只能一个一个地查。"))

    def render_state(self, state: RefusalsState) -> None:
        self.entity.offer(state.entities)
        show_if(self.to_accounts, state.nobody)
        typed, ready = bool(self.number.text().strip()), bool(state.entities) and not state.busy
        whose = bool(self.entity.uscc)
        self.look.setEnabled(typed and ready and whose)
        may = self._desk.may(Permission.SUPPRESS)
        self.add.setEnabled(may and typed and ready and whose and bool(self.why.text().strip()))
        self.from_file.setEnabled(may and ready)
        self.problem.setText("" if state.problem is None else self._desk.kit.words.error(state.problem))
        show_if(self.problem, state.problem is not None)
        self.answer.setText(self._answer(state))
        show_if(self.answer, bool(self.answer.text()))
        clear(self.marks)
        for mark in state.marks or ():
            self.marks.addLayout(self._mark(mark))

    def file_dialog(self) -> NumberListDialog:
        made = NumberListDialog(self._desk, self.model.state.entities, self)
        made.open()
        return made

    def _answer(self, state: RefusalsState) -> str:
        if state.added is not None:
            known = self.tr("这个号码早已在名单里，没有重复加入。")
            return self.tr("已加入，从现在起不再发送。") if state.added else known
        if state.marks is None:
            return ""
        return self.tr("这个号码在拒收名单里：") if state.marks else self.tr("这个号码不在拒收名单里。")

    def _mark(self, mark: Suppression) -> QVBoxLayout:
        words = self._desk.kit.words
        kind = Pill(self._desk.kit.theme, words.term("suppression", mark.kind), "warn")
        parts = [show.moment(mark.since), words.term("suppression_source", mark.source), mark.note]
        if mark.by:
            parts.append(self.tr("由 {} 登记").format(actors.who(mark.by)))
        told = label(" · ".join(part for part in parts if part), "muted", wrap=True, select=True)
        return column(row(kind, told, stretch=1))

    def _connect(self) -> None:
        self._desk.way.to("settings", "accounts")

    def _look(self) -> None:
        if self.look.isEnabled():
            self.model.look(self.entity.uscc, self.number.text())

    def _add(self) -> None:
        self.model.add(self.entity.uscc, self.number.text(), self.why.text())

    def _line(self, name: str, title: str, example: str) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setPlaceholderText(example)
        return made
