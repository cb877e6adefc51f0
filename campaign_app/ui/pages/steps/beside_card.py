"""One way of a message out: how it looks there, what it counts, as which template, and what is refused."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from campaign_app.domain.finding import Finding
from campaign_app.services.beside import Side
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.basics import clear, column, frame, label, row, show_if
from campaign_app.ui.widgets.phone import Bubble
from campaign_app.ui.widgets.pill import Pill

LEAST: Final = 292


class SideCard(QFrame):
    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._side: Side | None = None
        self.setProperty("role", "card")
        self.setObjectName("beside_card")
        self.name = _wrapped("strong")
        self.verdict = Pill(kit.theme)
        self.accounts = _wrapped("small")
        self.bubble = Bubble(kit.theme)
        self.counted = _wrapped("strong")
        self.cut = _wrapped("small")
        self.placed = _wrapped("small")
        self.template_title = _wrapped("strong")
        self.template = _wrapped("mono", select=True)
        self.error = _wrapped("block")
        self.found = QVBoxLayout()
        self.found.setSpacing(SPACE[2])
        head = row(self.name, self.verdict, stretch=0)
        head.setAlignment(self.verdict, Qt.AlignmentFlag.AlignTop)
        shown = frame("well", column(self.bubble, margin=2))
        parts = (
            column(head, self.accounts, space=1), shown, column(self.counted, self.cut, space=1),
            column(self.template_title, self.template, self.error, self.placed, space=1), self.found, None,
        )  # fmt: skip
        self.setLayout(column(*parts, space=3, margin=3))

    def show_side(self, side: Side) -> None:
        if side == self._side:
            return
        self._side = side
        words, segments = self._kit.words, side.segments
        name = name_of(self._kit, side.platform)
        self.name.setText(name)
        told = {"block": self.tr("会被拒绝"), "warn": self.tr("请看"), "ok": self.tr("未发现问题")}[side.level]
        self.verdict.show_state(told, side.level)
        self.accounts.setText(self._accounts(side))
        self.bubble.show_message(side.text, side.marks, side.torn)
        counted = self.tr("{} 条 · {} 字 · {}", "", segments.length).format(
            segments.segments, show.count(segments.length), segments.encoding
        )
        self.counted.setText(counted)
        self.cut.setText(self._cut(side))
        show_if(self.cut, bool(side.marks))
        self.setAccessibleName(f"{name} {told} {counted}")
        self._show_template(side)
        self.error.setText("" if side.error is None else words.error(side.error))
        show_if(self.error, side.error is not None)
        clear(self.found)
        for finding in side.findings:
            self.found.addWidget(self._finding(finding))

    def _accounts(self, side: Side) -> str:
        rules = self._kit.words.term("provider", side.rules)
        by = self.tr("按{}的规则核对").format(rules) if side.rules not in ("generic", side.platform) else ""
        who = self.tr("、").join(each.label for each in side.accounts) or self.tr("没有连接")
        return self.tr("；").join(filter(None, (who, by)))

    def _cut(self, side: Side) -> str:
        if side.torn:
            return self.tr("虚线处分条；黄色虚线把一个字符切成两段，增减前面的字可以避开")
        return self.tr("虚线处分条")

    def _show_template(self, side: Side) -> None:
        if side.notation:
            self.template_title.setText(self.tr("模板，变量写作 {}").format(side.notation))
            self.placed.setText(self.tr("这份模板和签名都要先在它那里审核通过；签名由它加在最前面，不写进模板。"))
        else:
            self.template_title.setText(self.tr("不用模板"))
            self.placed.setText(self.tr("签名写在最前面，整条短信照原样交给它。"))
        self.template.setText("" if side.exported is None else side.exported.text)
        show_if(self.template, side.exported is not None)

    def _finding(self, finding: Finding) -> QWidget:
        level = finding.severity.word
        word = self._kit.words.term("severity", level)
        said, advice = _wrapped("", finding.message), _wrapped("muted", finding.fix)
        show_if(advice, bool(finding.fix))
        pill = Pill(self._kit.theme, word, level)
        line = row(pill, column(said, advice, space=0), space=2, stretch=1)
        line.setAlignment(pill, Qt.AlignmentFlag.AlignTop)
        made = QWidget()
        made.setAccessibleName(f"{word} {finding.message}")
        made.setLayout(line)
        return made


def name_of(kit: Kit, platform: str) -> str:
    """Some are known to the rules alone, and cannot be connected."""
    name = kit.words.term("platform", platform)
    return name if name != platform else kit.words.term("provider", platform)


def _wrapped(role: str, text: str = "", *, select: bool = False) -> QLabel:
    made = label(text, role, wrap=True, select=select)
    made.setMinimumWidth(1)
    return made
