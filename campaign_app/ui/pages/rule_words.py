"""A rule in words: its level, sources, days, for whom it is, and who switched it off."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from PySide6.QtCore import QObject

from campaign_app.compliance.rule import DatedCitation, Rule
from campaign_app.services.rules import SwitchedOff
from campaign_app.ui import actors, show
from campaign_app.ui.viewmodels.rules import RuleLine
from campaign_app.words import Words

STATE: Final = "中华人民共和国"  # of which every law is


class RuleWords(QObject):
    def __init__(self, words: Callable[[], Words], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def about(self, rule: Rule) -> str:
        return rule.about[self._words().language]

    def fix(self, rule: Rule) -> str:
        return rule.fix[self._words().language]

    def level(self, rule: Rule) -> tuple[str, str]:
        """(word, level of its pill)"""
        return self._words().term("severity", rule.severity.word), rule.severity.word

    def pack(self, line: RuleLine) -> str:
        if line.own:
            return self.tr("自有：{}").format(line.rule.pack)
        return self._words().term("rule_pack", line.rule.pack)

    def state(self, line: RuleLine, today: date) -> tuple[str, str]:
        """(word, level of its pill, "" for what is as it should be)"""
        if line.off is not None:
            return self.tr("已停用"), "muted"
        if today < line.rule.effective_from:
            return self.tr("未生效"), "muted"
        if today > line.rule.effective_to:
            return self.tr("已失效"), "muted"
        return self.tr("启用"), ""

    def source(self, rule: Rule, today: date) -> str:
        """In short, for a list."""
        cited = rule.citation_on(today)
        return _named(cited.law.removeprefix(STATE), cited.article)

    def cited(self, dated: DatedCitation) -> str:
        return _named(dated.citation.law, dated.citation.article)

    def verified(self, dated: DatedCitation) -> str:
        return self.tr("已与原文核对") if dated.citation.verified else self.tr("未与原文核对")

    def days(self, first: date, last: date) -> str:
        """ "" for what has always been in force and has no end."""
        begins, ends = first > date.min, last < date.max
        if begins and ends:
            return self.tr("{} 至 {} 有效").format(show.day(first), show.day(last))
        if begins:
            return self.tr("自 {} 起").format(show.day(first))
        return self.tr("至 {} 止").format(show.day(last)) if ends else ""

    def scope(self, rule: Rule) -> list[str]:
        """For whom it is and where it is graver or milder, a sentence each; nothing where it is for everybody."""
        words, scope, told = self._words(), rule.scope, []
        if scope.purposes - {""}:
            told.append(self.tr("用途：{}").format(self._terms("purpose", scope.purposes - {""})))
        if scope.industries:
            told.append(self.tr("只对行业：{}").format(self._terms("industry", scope.industries)))
        if scope.not_industries:
            told.append(self.tr("不对行业：{}").format(self._terms("industry", scope.not_industries)))
        if scope.providers:
            told.append(self.tr("只对服务商：{}").format(self._terms("provider", scope.providers)))
        for name, severity in sorted(rule.severities.items()):
            who = words.term("provider", name)
            who = who if who != name else words.term("industry", name)
            told.append(self.tr("{}：{}").format(who, words.term("severity", severity.word)))
        return told

    def off(self, off: SwitchedOff) -> str:
        return self.tr("{} 于 {} 停用。原因：{}").format(actors.who(off.actor), show.moment(off.at), off.reason)

    def fixed(self, line: RuleLine) -> str:
        """Why it cannot be switched off."""
        if line.own:
            return self.tr("这条规则能阻止发送，不能停用。不再需要它时，请从自有规则的文件夹里移走它的文件。")
        return self.tr("这条规则能阻止发送，不能停用：法律和运营商的要求不因商家的设置而改变。")

    def marked(self, finds: Iterable[str]) -> str:
        named = [each for each in finds if each]
        if not named:
            return self.tr("会提示整条短信。")
        return self.tr("会标出：{}").format(self.tr("、").join(self.tr("“{}”").format(each) for each in named))

    def _terms(self, table: str, codes: Iterable[str]) -> str:
        return self.tr("、").join(self._words().term(table, code) for code in sorted(codes))


def _named(law: str, article: str) -> str:
    return f"{law} {article}".strip()
