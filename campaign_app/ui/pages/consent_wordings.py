"""合规 → 同意文案: the words by which consent is asked for, what is wrong with them, and what was checked before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QComboBox, QFileDialog, QPlainTextEdit, QStackedWidget, QTabBar, QWidget

from campaign_app.compliance.wordings import KINDS
from campaign_app.domain.customer import Entity
from campaign_app.domain.finding import Finding
from campaign_app.domain.team import Permission
from campaign_app.domain.wording import CheckedWording
from campaign_app.ui import actors, show
from campaign_app.ui.cells import MOMENT, NOTHING, Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.section import Section
from campaign_app.ui.viewmodels.wordings import WordingsModel, WordingsState
from campaign_app.ui.widgets.basics import button, column, frame, label, row, show_if
from campaign_app.ui.widgets.entity_box import EntityBox
from campaign_app.ui.widgets.table import Table
from campaign_app.ui.widgets.tabs import tab_bar
from campaign_app.ui.widgets.utf16 import Units

LEVELS: Final = {"pass": "ok", "warn": "warn", "block": "block"}


class WordingsSection(Section):
    about = frozenset({"account", "wording"})

    def __init__(self, desk: Desk) -> None:
        self.import_ = button("", name="wording_import", small=True)
        self.keep = button("", "primary", name="wording_keep", small=True)
        super().__init__(self.import_, self.keep)
        self._desk, self.model = desk, model_of(desk)
        self.import_.setText(self.tr("导入文件…"))
        self.keep.setText(self.tr("保存核对结果"))
        self.import_.clicked.connect(lambda _=False: self._choose_file())
        self.keep.clicked.connect(lambda _=False: self._keep())
        self.kind, self.entity, self.shop = self._combos()
        self.edit = QPlainTextEdit()
        self.edit.setObjectName("wording_text")
        self.edit.setAccessibleName(self.tr("协议、同意页或征询短信的文字"))
        self.edit.setPlaceholderText(
            self.tr(
                "粘贴注册协议、同意页上的文字或征询短信。会指出：默认同意、与其他事项捆绑、“无需另行同意”，"
                "缺少类型、频次或期限，以及按个人特征推送却没有关闭办法的地方。"
            )
        )
        self.edit.setTabChangesFocus(True)
        self.findings: RowsModel[Finding] = RowsModel(self._finding_columns(), parent=self)
        self.history: RowsModel[CheckedWording] = RowsModel(self._history_columns(), parent=self)
        self.found = Table(desk.kit.theme, "wording_findings", self.tr("发现的问题"))
        self.found.use(self.findings, self.findings.columns)
        self.past = Table(desk.kit.theme, "wording_history", self.tr("核对过的文案"))
        self.past.use(self.history, self.history.columns)
        self.detail = label("", wrap=True, name="wording_detail", select=True)
        self.tabs = self._tabs()
        self.setLayout(column(row(self.kind, self.entity, self.shop, None), self._body(), space=3, stretch=1))
        desk.allow(Permission.VOUCH, self.keep)
        self._connect()
        self.model.speak()
        if self.model.state.text:
            self.edit.setPlainText(self.model.state.text)
        self.render_state(self.model.state)

    def shown(self) -> None:
        self.model.load()

    def told(self) -> str:
        return self.tr("核对怎样取得同意：每一处都写明位置、依据和改法。保存的结果会进入自查报告。")

    def render_state(self, state: WordingsState) -> None:
        self.kind.setCurrentIndex(max(0, self.kind.findData(state.kind)))
        self.entity.offer(Entity(uscc, name) for uscc, name in state.owners)
        self._fill_shops(state)
        self.findings.show(state.findings or ())
        self.history.show(state.history or ())
        show_if(self.no_history, not state.history)
        show_if(self.past, bool(state.history))
        ready = bool(state.text.strip()) and bool(self.entity.uscc) and not state.keeping
        self.keep.setEnabled(ready and self._desk.may(Permission.VOUCH))
        self._say(state)

    def _say(self, state: WordingsState, finding: Finding | None = None) -> None:
        if finding is not None:
            self.detail.setText(self._told_of(finding))
        elif not state.text.strip():
            self.detail.setText(self.tr("粘贴或导入文字后，这里列出问题。"))
        elif state.findings is None:
            self.detail.setText(self.tr("正在核对…"))
        elif not state.findings:
            self.detail.setText(self.tr("没有发现问题。规则只看文字：版面、大小和图中是否已打勾，要由人看。"))
        else:
            self.detail.setText(self.tr("共 %Ln 处，选中一处看依据和改法。", "", len(state.findings)))

    def _told_of(self, finding: Finding) -> str:
        sources = (finding.citation, *finding.beside)
        mark = self.tr("（未核实）")
        laws = self.tr("；").join(each.named + ("" if each.verified else mark) for each in sources)
        lines = [
            finding.message,
            self.tr("依据：{law}").format(law=laws),
            self.tr("改为：{fix}").format(fix=finding.fix),
        ]
        return "\n".join(lines)

    def _open(self, number: int) -> None:
        """The finding, and its words in the text."""
        finding = self.findings.row(number)
        if finding is None:
            return
        self._say(self.model.state, finding)
        if finding.span.end:
            units, cursor = Units(self.edit.toPlainText()), self.edit.textCursor()
            cursor.setPosition(units.of(finding.span.start))
            cursor.setPosition(units.of(finding.span.end), QTextCursor.MoveMode.KeepAnchor)
            self.edit.setTextCursor(cursor)

    def _again(self, number: int) -> None:
        checked = self.history.row(number)
        if checked is not None:
            self.model.show(checked)
            self.tabs.setCurrentIndex(0)

    def _opened(self, text: str) -> None:
        self.edit.setPlainText(text)

    def _told_kept(self, checked: CheckedWording) -> None:
        digest = checked.sha256[:12]
        self._desk.kit.messages.done(
            lambda: translate("WordingsSection", "已保存，文字的哈希 {hash}…").format(hash=digest)
        )

    def _keep(self) -> None:
        self.model.keep(self.entity.uscc, int(self.shop.currentData() or 0))

    def _choose_file(self) -> None:
        kinds = self.tr("文本或 Word 文档 (*.txt *.docx)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("导入文件"), "", kinds)
        if name:
            self.model.open(Path(name))

    def _connect(self) -> None:
        self.edit.textChanged.connect(lambda: self.model.type(self.edit.toPlainText()))
        self.kind.activated.connect(lambda _: self.model.choose(self.kind.currentData()))
        self.entity.currentIndexChanged.connect(lambda _: self.render_state(self.model.state))
        for signal in (self.found.moved, self.found.opened):
            signal.connect(self._open)
        self.found.clicked.connect(lambda index: self._open(index.row()))
        self.past.opened.connect(self._again)
        # the model outlives this page: a lambda would still be called when it is gone
        self.model.changed.connect(self.render_state)
        self.model.opened.connect(self._opened)
        self.model.kept.connect(self._told_kept)

    def _combos(self) -> tuple[QComboBox, EntityBox, QComboBox]:
        words = self._desk.kit.words
        kind, shop = QComboBox(), QComboBox()
        entity = EntityBox("wording_entity", self.tr("哪个主体的"))
        named = (kind, "wording_kind", self.tr("哪种文案")), (shop, "wording_shop", self.tr("哪家店铺的"))
        for made, name, spoken in named:
            made.setObjectName(name)
            made.setAccessibleName(spoken)
        for each in KINDS:
            kind.addItem(words.term("wording_kind", each), each)
        for box in (entity, shop):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMaximumWidth(320)
        shop.setMinimumWidth(160)
        return kind, entity, shop

    def _fill(self, combo: QComboBox, wanted: Sequence[tuple[str, object]]) -> None:
        if [(combo.itemText(n), combo.itemData(n)) for n in range(combo.count())] == list(wanted):
            return
        chosen = combo.currentData()
        combo.blockSignals(True)
        combo.clear()
        for title, data in wanted:
            combo.addItem(title, data)
        combo.setCurrentIndex(max(0, combo.findData(chosen)))
        combo.blockSignals(False)

    def _fill_shops(self, state: WordingsState) -> None:
        entity = self.entity.uscc
        own: list[tuple[str, object]] = [(name, number) for number, name, uscc in state.shops if uscc == entity]
        self._fill(self.shop, [(self.tr("主体自己的"), 0), *own])

    def _tabs(self) -> QTabBar:
        return tab_bar("wording_tabs", self.tr("核对或历史"), (self.tr("核对"), self.tr("历史")))

    def _body(self) -> QWidget:
        check, panels, made = QWidget(), QStackedWidget(), QWidget()
        beside = column(self.found, frame("well", column(self.detail, margin=3)), space=2, stretch=0)
        sides = row(self.edit, beside, space=3)
        for index in (0, 1):
            sides.setStretch(index, 1)
        check.setLayout(sides)
        self.no_history = label(self.tr("还没有保存过核对结果。"), "muted", name="wording_no_history")
        history = QWidget()
        history.setLayout(column(self.no_history, self.past, space=2, stretch=1))
        for each in (check, history):
            panels.addWidget(each)
        self.tabs.currentChanged.connect(panels.setCurrentIndex)
        made.setLayout(column(self.tabs, panels, space=2, stretch=1))
        return made

    def _finding_columns(self) -> tuple[Column[Finding], ...]:
        words = self._desk.kit.words

        def level(each: Finding) -> Cell:
            return Cell(words.term("severity", each.severity.word), level=each.severity.word)

        return (
            Column(self.tr("级别"), 112, level),
            Column(self.tr("规则"), 92, lambda each: Cell(each.rule_id), rank=1),
            Column(self.tr("说明"), 180, lambda each: Cell(each.message, each.message), grows=1),
        )

    def _history_columns(self) -> tuple[Column[CheckedWording], ...]:
        words = self._desk.kit.words

        def verdict(each: CheckedWording) -> Cell:
            return Cell(words.term("wording_verdict", each.verdict), level=LEVELS[each.verdict])

        return (
            Column(self.tr("核对于"), MOMENT, lambda each: Cell(show.moment(each.checked_at))),
            Column(
                self.tr("主体"), 130, lambda each: Cell(self.model.state.owner_of(each.entity_uscc)), grows=2, rank=1
            ),
            Column(self.tr("种类"), 110, lambda each: Cell(words.term("wording_kind", each.kind))),
            Column(
                self.tr("名称"),
                100,
                lambda each: Cell(each.name) if each.name else NOTHING,
                grows=2,
                rank=2,
                named=True,
            ),
            Column(self.tr("结果"), 128, verdict),
            Column(self.tr("问题"), 70, lambda each: Cell(show.count(len(each.findings))), right=True),
            Column(self.tr("文字的哈希"), 120, lambda each: Cell(f"{each.sha256[:12]}…", each.sha256), rank=3),
            Column(self.tr("谁"), 80, lambda each: Cell(actors.who(each.checked_by)), rank=2),
        )


def model_of(desk: Desk) -> WordingsModel:
    """The one of the open workspace: it outlives the page, which is built anew for another language."""
    kit = desk.kit
    return desk.kept(
        WordingsModel,
        lambda: WordingsModel(desk.app, kit.tasks, kit.messages, lambda: kit.prefs.language, desk.session),
    )
