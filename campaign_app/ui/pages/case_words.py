"""How the window speaks of complaint cases: states, deadlines with their law and its marks, what happened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from campaign_app.domain.complaint import Action, Case, CaseNote, CaseState, Deadline
from campaign_app.ui import actors, show
from campaign_app.ui.cells import NOTHING, Cell
from campaign_app.words import Words

_LEVELS = {
    CaseState.OPEN: "warn", CaseState.MATCHED: "info", CaseState.UNMATCHED: "info", CaseState.ANSWERED: "ok",
    CaseState.CLOSED: "muted",
}  # fmt: skip
# whose text is a code or a number, and not a person's words
_CODED = frozenset({Action.MATCHED, Action.ENTERED})


class CaseWords(QObject):
    def __init__(self, words: Callable[[], Words], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def state(self, case: Case) -> Cell:
        why = "" if case.why is None else self._words().term("complaint_why", case.why)
        return Cell(self._words().term("complaint_state", case.state), why, level=_LEVELS[case.state])

    def due(self, deadline: Deadline | None) -> Cell:
        """Short, for the table; what it rests on is its explanation."""
        if deadline is None:
            return NOTHING
        tip = self.rests_on(deadline)
        if deadline.left < 0:
            return Cell(self.tr("超期 {} 天").format(-deadline.left), tip, level="block")
        if deadline.left == 0:
            return Cell(self.tr("今天到期"), tip, level="warn")
        return Cell(self.tr("{} 前").format(show.month_day(deadline.day)), tip)

    def until(self, deadline: Deadline) -> str:
        """What has to be done until when."""
        what = self._words().term("complaint_timer", deadline.timer.id)
        when = self.tr("{what}：{day} 前（收到后 {count} 个工作日）")
        return when.format(what=what, day=show.day(deadline.day), count=deadline.timer.days)

    def rests_on(self, deadline: Deadline) -> str:
        said = [self.until(deadline), self.tr("依据：{}").format(deadline.timer.law)]
        if deadline.timer.draft:
            said.append(self.tr("这是征求意见稿，从未生效，只作内部期限。"))
        if not deadline.timer.verified:
            said.append(self.tr("条文未与原文核对。"))
        if deadline.guessed:
            years = self.tr("、").join(str(year) for year in deadline.guessed)
            said.append(self.tr("{} 年的节假日安排还没有，只按周末计算。").format(years))
        return "\n".join(said)

    def source(self, case: Case) -> str:
        words = self._words()
        source, way = words.term("complaint_source", case.source), words.term("complaint_way", case.way)
        return self.tr("{source}（{way}）").format(source=source, way=way)

    def happened(self, note: CaseNote) -> str:
        words = self._words()
        what, text = words.term("complaint_action", note.action), note.text
        if note.action is Action.UNMATCHED:
            text = words.term("complaint_why", text)
        elif note.action in _CODED:
            text = ""
        elif note.action is Action.PACKED:
            text = f"SHA-256 {note.text[:16]}…"
        head = self.tr("{at} · {who} · {what}").format(
            at=show.moment(note.at), who=actors.who(note.by), what=what
        )  # fmt: skip
        return f"{head}\n{text}" if text else head
