"""设置 → 规则: every rule that texts are held to, found by word; the merchant's own packs and how they fare."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QLineEdit, QSizePolicy, QStackedWidget, QWidget

from campaign_app.compliance.refused import PackError
from campaign_app.domain.team import Permission
from campaign_app.services.window import BEIJING
from campaign_app.ui.cells import Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.folders import show_folder
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.rule_detail import RuleDetail
from campaign_app.ui.pages.rule_words import RuleWords
from campaign_app.ui.viewmodels.rules import OFF, OWN, RuleLine, RulesModel, RulesState
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.table import Table
from campaign_app.words import Words

PACKS: Final = ("law", "provider", "industry", "house")
LEVELS: Final = ("block", "warn", "info")
SHOWN_OF_VERSION: Final = 8  # the tooltip has all of it


class RulesSection(QWidget):
    def __init__(self, desk: Desk, model: RulesModel) -> None:
        super().__init__()
        self._desk, self._model = desk, model
        self.words = RuleWords(lambda: desk.kit.words, self)
        self.detail = RuleDetail(desk.kit, model, self.words)
        desk.allow(Permission.SET, self.detail.switch.off, self.detail.switch.on)
        self.own = OwnPacks(model, self._desk.kit.words)
        self.search = QLineEdit()
        self.search.setObjectName("rules_search")
        self.search.setAccessibleName(self.tr("查找规则"))
        self.search.setPlaceholderText(self.tr("编号、词语、法律或条款"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda text: model.seek(text=text))
        self.pack = self._combo("rules_pack", self.tr("规则包"), "pack", self._packs())
        self.level = self._combo("rules_level", self.tr("级别"), "level", self._levels())
        self.count = label("", "small", name="rules_count")
        self.version = label("", "small", name="rules_version")
        self._columns = self._table_columns()
        self.model: RowsModel[RuleLine] = RowsModel(self._columns, parent=self)
        self.table = Table(desk.kit.theme, "rules_table", self.tr("规则"))
        self.table.use(self.model, self._columns)
        self.table.opened.connect(self._open)
        self.table.clicked.connect(lambda index: self._open(index.row()))
        self.nothing = label(self.tr("没有符合条件的规则。"), "muted", name="rules_nothing")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.nothing.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.stack = self._stacked()
        self.setLayout(column(self.stack))
        model.changed.connect(self.show_state)
        model.made.connect(self._open_folder)  # a lambda would open it once more for each page that is gone
        model.reread.connect(self._told_reread)
        self.show_state(model.state)

    def _open_folder(self, folder: object) -> None:
        show_folder(self._desk.kit.messages, Path(str(folder)))

    def show_state(self, state: RulesState) -> None:
        found = state.found
        self.model.show(found)
        self.nothing.setVisible(state.lines is not None and not found)
        self.table.setVisible(not self.nothing.isVisibleTo(self))
        self.count.setText(self.tr("%Ln 条", "", len(found)) if state.lines is not None else "")
        self._show_version(state.version)
        self._keep_fields(state)
        self.own.show_state(state)
        self.detail.show_state(state)
        opened = state.open_line is not None
        if opened == (self.stack.currentIndex() == 0):
            self.stack.setCurrentIndex(int(opened))
            (self.detail.back if opened else self.table).setFocus()

    def _show_version(self, version: str) -> None:
        self.version.setText(self.tr("版本 {}").format(version[:SHOWN_OF_VERSION]) if version else "")
        told = self.tr("规则版本 {}。回头看和证据写着核对时的版本；规则有改动，版本就不同。")
        self.version.setToolTip(told.format(version))

    def _keep_fields(self, state: RulesState) -> None:
        """What is sought outlives the window, which is built anew for another language."""
        sought = state.sought
        if self.search.text() != sought.text:
            self.search.setText(sought.text)
        for field, value in ((self.pack, sought.pack), (self.level, sought.level)):
            field.setCurrentIndex(max(0, field.findData(value)))

    def _stacked(self) -> QStackedWidget:
        title = label(self.tr("规则"), "heading")
        words = self.tr("文案、签名和时间都按这些规则核对。点开一条可看依据、例子和改法；不阻止发送的可以停用。")
        sought = row(self.search, self.pack, self.level, self.count, self.version, stretch=0)
        listed = QWidget()
        listed.setLayout(
            column(
                column(title, label(words, "muted", wrap=True), space=1),
                self.own,
                sought,
                self.table,
                self.nothing,
                stretch=3,
            )
        )
        made = QStackedWidget()
        made.addWidget(listed)
        made.addWidget(self.detail)
        return made

    def _combo(self, name: str, title: str, what: str, choices: list[tuple[str, str]]) -> QComboBox:
        made = QComboBox()
        made.setObjectName(name)
        made.setAccessibleName(title)
        for text, value in choices:
            made.addItem(text, value)
        made.activated.connect(lambda _: self._model.seek(**{what: made.currentData()}))
        return made

    def _packs(self) -> list[tuple[str, str]]:
        words = self._desk.kit.words
        return [
            (self.tr("全部规则包"), ""),
            *((words.term("rule_pack", pack), pack) for pack in PACKS),
            (self.tr("自有规则"), OWN),
        ]

    def _levels(self) -> list[tuple[str, str]]:
        words = self._desk.kit.words
        levels = [(words.term("severity", level), level) for level in LEVELS]
        return [(self.tr("全部级别"), ""), *levels, (self.tr("已停用"), OFF)]

    def _table_columns(self) -> tuple[Column[RuleLine], ...]:
        words = self.words

        def state(line: RuleLine) -> Cell:
            text, level = words.state(line, self._today())
            return Cell(text, words.off(line.off) if line.off is not None else "", level, faint=not level)

        return (
            Column(self.tr("编号"), 84, lambda line: Cell(line.rule.id, line.rule.name)),
            Column(self.tr("要求"), 264, lambda line: Cell(words.about(line.rule)), grows=3),
            Column(self.tr("级别"), 112, lambda line: Cell(words.level(line.rule)[0], "", words.level(line.rule)[1])),
            Column(self.tr("依据"), 200, lambda line: Cell(words.source(line.rule, self._today())), grows=1, rank=1),
            Column(self.tr("规则包"), 112, lambda line: Cell(words.pack(line)), rank=2),
            Column(self.tr("状态"), 80, state),
        )

    def _open(self, number: int) -> None:
        line = self.model.row(number)
        if line is not None:
            self._model.open(line.rule.id)

    def _told_reread(self) -> None:
        messages = self._desk.kit.messages
        if self._model.state.problem is None:
            messages.done(lambda: translate("RulesSection", "规则已重新读取，立即生效。"))
        else:
            # the card says it for as long as it is so
            messages.info(lambda: translate("RulesSection", "自有规则有错误，没有采用；仍按上一次可用的版本核对。"))

    def _today(self) -> date:
        return self._desk.app.clock().astimezone(BEIJING).date()


class OwnPacks(QFrame):
    """The merchant's own packs: how many rules are in use, or what is wrong with which line of which file."""

    def __init__(self, model: RulesModel, words: Words) -> None:
        super().__init__()
        self._words = words
        self.setProperty("role", "card")
        self.setObjectName("own_packs")
        self.told = label("", "muted", wrap=True, name="own_told")
        self.problem: QLabel = label("", "block", wrap=True, select=True, name="own_problem")
        self.open = button(self.tr("打开文件夹"), name="own_open", small=True, click=model.make_folder)
        self.again = button(self.tr("重新读取"), name="own_again", small=True, click=model.read_again)
        said = column(label(self.tr("自有规则"), "strong"), self.told, self.problem, space=1)
        layout = row(said, self.open, self.again, space=2, stretch=0)
        for each in (self.open, self.again):
            layout.setAlignment(each, Qt.AlignmentFlag.AlignTop)
        layout.setContentsMargins(16, 12, 12, 12)
        self.setLayout(layout)

    def show_state(self, state: RulesState) -> None:
        self.again.setEnabled(not state.busy)
        self.told.setText(self._said(state))
        problem = state.problem
        self.problem.setVisible(problem is not None)
        if problem is not None:
            self.problem.setText(self._wrong(problem, state))

    def _said(self, state: RulesState) -> str:
        packs = self.tr("、").join(sorted({line.rule.pack for line in state.own}))
        if state.own:
            used = self.tr("在用 %Ln 条，规则包：{}。", "", len(state.own)).format(packs)
        else:
            used = self.tr("还没有在用的。把规则文件（TOML）放进文件夹里的一个子文件夹，再重新读取。")
        if state.problem is None:
            return used
        return self.tr("新的文件有错误，整批没有采用，仍按上一次可用的版本核对。") + used

    def _wrong(self, problem: PackError, state: RulesState) -> str:
        file = str(problem.facts["file"])
        if state.folder is not None:
            file = file.removeprefix(f"{state.folder}").lstrip("/\\")
        line, reason = problem.facts["line"], self._words.reason(problem)
        return self.tr("{file} 第 {line} 行：{reason}").format(file=file, line=line, reason=reason)
