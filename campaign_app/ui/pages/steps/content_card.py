"""What stands beside underlined words while the mouse rests on them: all that the rules say of them, as rich text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from PySide6.QtCore import QObject

from campaign_app.ui.theme.tokens import Tokens
from campaign_app.ui.widgets.problems import Row

WIDTH: Final = 400


class FindingCard(QObject):
    """Says nothing that the panel of problems does not say by keyboard."""

    def told(self, rows: Sequence[tuple[str, Row]], tokens: Tokens) -> str:
        """`rows` with the id of each one's rule; nothing of a text or a rule is read as HTML."""
        cards = "<hr>".join(self._card(rule, row, tokens) for rule, row in rows)
        return f'<table width="{WIDTH}"><tr><td>{cards}</td></tr></table>' if cards else ""

    def _card(self, rule: str, row: Row, tokens: Tokens) -> str:
        unverified = self.tr("（未核实）") if row.verified is False else ""
        fixes = self.tr("、").join(row.fixes or ())
        lines = (
            f'<b><font color="{getattr(tokens, row.level)}">{escape(row.word)}</font> {escape(row.message)}</b>',
            f'<font color="{tokens.muted}">{escape(rule)} · {escape(row.law)}{unverified}</font>',
            escape(row.note),
            escape(row.why),
            escape(fixes and self.tr("{}（点一下，再按 Alt+Enter 用第一个）").format(fixes)) or escape(row.advice),
        )
        return "".join(f"<div>{line}</div>" for line in lines if line)
