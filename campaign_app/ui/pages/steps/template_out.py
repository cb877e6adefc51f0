"""The dialog that shows a campaign's text as a provider's template, and what that provider will not take."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QPlainTextEdit, QVBoxLayout, QWidget

from campaign_app.compliance.syntaxes import SYNTAXES
from campaign_app.domain.errors import AppError
from campaign_app.domain.finding import Finding
from campaign_app.services.provider_templates import Exported, Refusals
from campaign_app.ui import show
from campaign_app.ui.folders import documents
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.steps.template_words import TemplateWords
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.template_out import TemplateOut, TemplateOutState
from campaign_app.ui.widgets.basics import button, clear, column, label, row, show_if
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.page import scrolling
from campaign_app.ui.widgets.pill import Pill

SIZE: Final = (760, 620)
PROVIDERS: Final = ("aliyun", "tencent", "huawei", "ucloud", "generic")
_TEXT: Final = 96


class TemplateOutDialog(Dialog):
    HELP = "campaign.content"

    def __init__(self, kit: Kit, model: TemplateOut, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("template_out")
        self.setWindowTitle(self.tr("导出为服务商模板"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self._kit, self._model = kit, model
        model.setParent(self)
        self._words = TemplateWords(kit)
        self._drawn: tuple[object, ...] = ()
        self.provider = self._combo("template_out_provider", self.tr("服务商"))
        for name in PROVIDERS:
            self.provider.addItem(kit.words.term("provider", name), name)
        self.provider.activated.connect(lambda at: model.choose(self.provider.itemData(at)))
        self.syntax = self._combo("template_out_syntax", self.tr("变量写法"))
        for notation in SYNTAXES:
            self.syntax.addItem(self._words.notation(notation), notation)
        self.syntax.activated.connect(lambda at: model.set_notation(self.syntax.itemData(at)))
        self.text = self._text()
        self.error = label("", "block", wrap=True, name="template_out_error")
        self.said = label("", "ok", name="template_out_done")
        self.copy = button(self.tr("复制"), "primary", name="template_out_copy", click=self._copy)
        self.save = button(self.tr("另存为…"), name="template_out_save", click=self._ask_file)
        self._lay_out()
        model.changed.connect(self.render_state)
        model.saved.connect(lambda name: self.said.setText(self.tr("已保存到 {}").format(name)))
        model.failed.connect(self._not_saved)
        self.render_state(model.state)
        model.load()

    def render_state(self, state: TemplateOutState) -> None:
        exported = state.exported
        with QSignalBlocker(self.provider), QSignalBlocker(self.syntax):
            self.provider.setCurrentIndex(self.provider.findData(state.provider))
            self.syntax.setCurrentIndex(self.syntax.findData(state.notation or state.own_notation))
        text = exported.text if exported is not None else ""
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
            self.said.setText("")
        said = self._kit.words.error(state.error) if state.error is not None else ""
        self.error.setText(said)
        show_if(self.error, bool(said))
        show_if(self.text, not said)
        for each in (self.copy, self.save):
            each.setEnabled(exported is not None)
        drawn = (exported, state.refusals, state.unchecked, state.provider)
        if drawn != self._drawn:
            self._drawn = drawn
            self._show_slots(exported)
            self._show_refusals(state)

    # --- parts -------------------------------------------------------------------------------------------------------

    def _combo(self, name: str, words: str) -> QComboBox:
        made = QComboBox()
        made.setObjectName(name)
        made.setAccessibleName(words)
        made.setMinimumWidth(200)
        return made

    def _text(self) -> QPlainTextEdit:
        made = QPlainTextEdit()
        made.setObjectName("template_out_text")
        made.setAccessibleName(self.tr("服务商的模板"))
        made.setReadOnly(True)
        made.setProperty("shown", True)
        made.setTabChangesFocus(True)
        made.setFixedHeight(_TEXT)
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return made

    def _lay_out(self) -> None:
        provider, syntax = label(self.tr("服务商"), "strong"), label(self.tr("变量写法"), "strong")
        provider.setBuddy(self.provider)
        syntax.setBuddy(self.syntax)
        signature = self._model.state.signature
        apart = self.tr("签名【{}】在服务商处单独选择，不写进模板。").format(signature) if signature else ""
        self.slots_title, self.slots_text = label(self.tr("变量对应"), "strong"), label("", wrap=True, select=True)
        self.slots_text.setObjectName("template_out_slots")
        self.title = label("", "strong", name="template_out_title")
        self.measured = label("", "small", wrap=True, name="template_out_measured")
        self.found = QVBoxLayout()
        self.found.setContentsMargins(0, 0, SPACE[2], 0)
        self.found.setSpacing(SPACE[2])
        area = scrolling(column(self.found, None))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        leave = button(self.tr("关闭"), name="template_out_leave", click=self.reject)
        self.setLayout(
            column(
                label(self.tr("导出为服务商模板"), "heading"),
                row(provider, self.provider, syntax, self.syntax, None, space=3),
                self.text,
                self.error,
                label(apart, "small", wrap=True),
                self.slots_title,
                self.slots_text,
                self.title,
                self.measured,
                area,
                row(self.said, None, leave, self.save, self.copy),
                margin=5,
                space=2,
                stretch=9,
            )
        )
        self.copy.setDefault(True)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _show_slots(self, exported: Exported | None) -> None:
        slots = exported.slots if exported is not None else ()
        known = {variable.name: variable for variable in self._model.state.setting.variables}
        lines = []
        for slot in slots:
            ours = self._words.variable(known[slot.ours]) if slot.ours in known else f"{{{slot.ours}}}"
            lines.append(f"{slot.written}  ←  {ours}")
        self.slots_text.setText("\n".join(lines))
        show_if(self.slots_title, bool(lines))
        show_if(self.slots_text, bool(lines))

    def _show_refusals(self, state: TemplateOutState) -> None:
        refusals = state.refusals
        everybody = state.provider == "generic"
        self.title.setText(self.tr("各服务商都不接受的内容") if everybody else self.tr("该服务商不接受的内容"))
        clear(self.found)
        if state.unchecked is not None:
            self.found.addWidget(label(self._kit.words.error(state.unchecked), "block", wrap=True))
        elif refusals is None:
            self.found.addWidget(label(self.tr("正在核对…"), "muted"))
        else:
            self._fill(refusals)
        self.measured.setText(self._measure(refusals))

    def _fill(self, refusals: Refusals) -> None:
        for finding in refusals.findings:
            self.found.addWidget(self._finding(finding))
        if not refusals.findings:
            self.found.addWidget(label(self.tr("没有发现。最终以服务商的审核为准。"), "ok", wrap=True))

    def _finding(self, finding: Finding) -> QWidget:
        level = finding.severity.word
        pill = Pill(self._kit.theme, self._kit.words.term("severity", level), level)
        advice = label(finding.fix, "muted", wrap=True)
        words = column(label(finding.message, wrap=True), advice, space=1)
        show_if(advice, bool(finding.fix))
        line = row(pill, words, space=3, stretch=1)
        line.setAlignment(pill, Qt.AlignmentFlag.AlignTop)
        made = QWidget()
        made.setAccessibleName(f"{pill.text} {finding.message}")
        made.setLayout(line)
        return made

    def _measure(self, refusals: Refusals | None) -> str:
        if refusals is None:
            return ""
        words = self.tr("按受众样本里最长的一条核对：连签名 {} 字，%Ln 条", "", refusals.segments.segments)
        return words.format(show.count(refusals.segments.length))

    # --- gestures ----------------------------------------------------------------------------------------------------

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.said.setText(self.tr("已复制"))

    def _ask_file(self) -> None:
        name = self.tr("模板-{}.txt").format(self._kit.words.term("provider", self._model.state.provider))
        first = str(documents() / name)
        path, _ = QFileDialog.getSaveFileName(self, self.tr("保存模板"), first, self.tr("文本文件 (*.txt)"))
        if path:
            self._model.save(Path(path))

    def _not_saved(self, error: AppError) -> None:
        self._kit.messages.error(error)
        self.said.setText(self.tr("没有保存"))
