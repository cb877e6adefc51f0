"""One rule: what it asks for, by which law, an example, what to write instead, and the switch for it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from campaign_app.compliance.rule import DatedCitation, Rule
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.rule_words import RuleWords
from campaign_app.ui.viewmodels.rules import RuleLine, RulesModel, RulesState
from campaign_app.ui.widgets.basics import button, card, clear, column, divider, frame, label, row
from campaign_app.ui.widgets.page import scrolling
from campaign_app.ui.widgets.pill import Pill


class RuleDetail(QWidget):
    def __init__(self, kit: Kit, model: RulesModel, words: RuleWords) -> None:
        super().__init__()
        self._kit, self._model, self._words = kit, model, words
        self._shown: RuleLine | None = None
        self.back = button(self.tr("全部规则"), "quiet", name="rule_back", click=model.close)
        self.title = label("", "heading", name="rule_title", select=True)
        self.level, self.pack = Pill(kit.theme), label("", "muted")
        self.switch = SwitchCard(kit, model, words)
        self._body = QVBoxLayout()
        self._about = QVBoxLayout()
        inner = column(self._about, self.switch, self._body, None)
        area = scrolling(inner)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = row(self.back, self.title, self.level, self.pack, None)
        self.setLayout(column(head, area, stretch=1))
        kit.theme.changed.connect(self._draw)
        self._draw()

    def show_state(self, state: RulesState) -> None:
        line = state.open_line
        if line is None:
            self._shown = None
            return
        self.switch.show_line(line, state)
        if line == self._shown:
            return
        self._shown = line
        self.title.setText(line.rule.id)
        self.level.show_state(*self._words.level(line.rule))
        self.pack.setText(self._words.pack(line))
        for layout in (self._about, self._body):
            clear(layout)
        self._about.addWidget(self._asks(line.rule))
        for part in (self._sources(line.rule), self._example(line.rule)):
            self._body.addWidget(part)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self._model.close()
        else:
            super().keyPressEvent(event)

    def _asks(self, rule: Rule) -> QFrame:
        parts: list[QWidget] = [label(self._words.about(rule), wrap=True, select=True, name="rule_about")]
        told = [self._words.days(rule.effective_from, rule.effective_to), *self._words.scope(rule)]
        parts += [label(each, "muted", wrap=True) for each in told if each]
        return card(*parts, space=2)

    def _sources(self, rule: Rule) -> QFrame:
        parts: list[QWidget] = [label(self.tr("依据"), "strong")]
        for dated in rule.citations:
            parts += [divider(), self._source(dated)]
        return card(*parts, space=2)

    def _source(self, dated: DatedCitation) -> QWidget:
        level = "ok" if dated.citation.verified else "warn"
        mark = Pill(self._kit.theme, self._words.verified(dated), level)
        days = self._words.days(dated.effective_from, dated.effective_to)
        below = row(mark, label(days, "small"), None)
        if dated.citation.url.startswith("https://"):
            url = QUrl(dated.citation.url)
            look = button(self.tr("查看原文"), "quiet", small=True, click=lambda: QDesktopServices.openUrl(url))
            look.setObjectName("rule_source")
            look.setToolTip(dated.citation.url)
            below.addWidget(look)
        made = QWidget()
        made.setLayout(column(label(self._words.cited(dated), wrap=True, select=True), below, space=1))
        return made

    def _example(self, rule: Rule) -> QFrame:
        wrong = next((case for case in rule.cases if case.finds), None)
        right = next((case for case in rule.cases if not case.finds), None)
        parts: list[QWidget] = [label(self.tr("例子"), "strong")]
        if wrong is not None:
            parts += [_quoted(wrong.text), label(self._words.marked(wrong.finds), "muted", wrap=True)]
        parts += [
            label(self.tr("改为"), "strong"),
            label(self._words.fix(rule), wrap=True, select=True, name="rule_fix"),
        ]
        if right is not None:
            parts += [label(self.tr("这样写没有问题"), "strong"), _quoted(right.text)]
        return card(*parts, space=2)

    def _draw(self) -> None:
        self.back.setIcon(self._kit.theme.icon("left", "accent"))


class SwitchCard(QFrame):
    """Off by a reason that is kept with who gave it and when; a rule that can stop a message says why it stays on."""

    def __init__(self, kit: Kit, model: RulesModel, words: RuleWords) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._kit, self._model, self._words = kit, model, words
        self.told: QLabel = label("", "muted", wrap=True, name="rule_state")
        self.off = button(self.tr("停用…"), name="rule_off", click=lambda: model.ask(asking=True))
        self.on = button(self.tr("重新启用"), name="rule_on", click=model.switch_on)
        self.reason = QLineEdit()
        self.reason.setObjectName("rule_reason")
        self.reason.setAccessibleName(self.tr("停用的原因"))
        self.reason.setPlaceholderText(self.tr("停用的原因，例如：已存有检测报告"))
        self.reason.setMaxLength(200)
        self.reason.textEdited.connect(model.type_reason)
        self.reason.returnPressed.connect(model.switch_off)
        self.go = button(self.tr("停用"), "danger", name="rule_off_yes", click=model.switch_off)
        self.no = button(self.tr("取消"), name="rule_off_no", click=lambda: model.ask(asking=False))
        warned = self.tr("原因、操作人和时间会留在记录里。已批准而没有开始的活动要重新批准。")
        self.asked = QWidget()
        self.asked.setLayout(
            column(label(warned, "small", wrap=True), self.reason, row(None, self.no, self.go), space=2)
        )
        head = row(self.told, self.on, self.off, space=3, stretch=0)
        layout = column(head, self.asked, space=2)
        layout.setContentsMargins(16, 10, 12, 10)
        self.setLayout(layout)

    def show_line(self, line: RuleLine, state: RulesState) -> None:
        asking = state.reason is not None and line.off is None
        focused = any(each.hasFocus() for each in (self.off, self.on, self.reason, self.go, self.no))
        self.told.setText(self._said(line))
        self.off.setVisible(line.off is None and line.can_be_off and not asking)
        self.on.setVisible(line.off is not None)
        self.on.setEnabled(not state.busy)
        if asking and self.asked.isHidden():
            self.asked.show()
            self.reason.setFocus()
        self.asked.setVisible(asking)
        if self.reason.text() != (state.reason or ""):
            self.reason.setText(state.reason or "")
        if focused and not asking:  # what had the keyboard is hidden now
            (self.on if line.off is not None else self.off).setFocus()
        self.go.setEnabled(bool((state.reason or "").strip()) and not state.busy)

    def _said(self, line: RuleLine) -> str:
        if line.off is not None:
            return self._words.off(line.off)
        return self.tr("启用中。它只提醒，不阻止发送。") if line.can_be_off else self._words.fixed(line)


def _quoted(text: str) -> QFrame:
    return frame("well", column(label(text, wrap=True, select=True), margin=3))
