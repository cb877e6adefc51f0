"""The columns of the tables of look-backs, and the words of what they find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import QObject

from campaign_app.domain.consent import Reason
from campaign_app.domain.lookback import Ground, Group, Kind, Run, RunState, Task
from campaign_app.services.lookback import Looked
from campaign_app.ui import actors, show
from campaign_app.ui.cells import MOMENT, NOTHING, Cell, Column
from campaign_app.words import Words

LEVELS: Final = {Kind.FINDING: "block", Kind.UNLOOKED: "warn", Kind.SINCE: "info"}
STATES: Final = {
    RunState.RUNNING: "info",
    RunState.PAUSED: "warn",
    RunState.DONE: "ok",
    RunState.CANCELLED: "muted",
    RunState.FAILED: "block",
}


def reason_of(words: Words, reason: str) -> str:
    return words.term("reason" if reason in set(Reason) else "lookback_ground", reason)


def why_of(words: Words, reason: str) -> str:
    """What a look-back's own grounds mean; the sentences of the gate's reasons speak of sending."""
    return words.why("lookback_ground", reason) if reason in set(Ground) else ""


def rules_of(words: Words, reason: str, rules: str) -> str:
    """The ids of rules, or why a signature cannot be used."""
    return words.term("signature_problem", rules) if reason == Ground.SIGNATURE_REFUSED else rules.replace(",", "、")


class LookBackColumns(QObject):
    """`name_of` gives the name of a campaign, `today` the day of now."""

    def __init__(
        self, words: Callable[[], Words], name_of: Callable[[int], str], today: Callable[[], date], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._words, self._name_of, self._today = words, name_of, today

    def runs(self) -> tuple[Column[Run], ...]:
        return (
            Column(self.tr("回头看"), 76, lambda run: Cell(f"#{run.id}")),
            Column(self.tr("发送日期"), 200, lambda run: Cell(self._period(run), self._scope(run)), grows=2),
            Column(
                self.tr("状态"), 116, lambda run: Cell(self._term("lookback_state", run.state), level=STATES[run.state])
            ),
            Column(self.tr("已复查"), 84, lambda run: Cell(show.count(run.looked)), right=True),
            *(self._counted(kind) for kind in Kind),
            Column(self.tr("开始于"), MOMENT, lambda run: Cell(show.moment(run.asked_at), self._who(run)), rank=1),
        )

    def groups(self) -> tuple[Column[Group], ...]:
        words = self._words

        def kind(group: Group) -> Cell:
            return Cell(self._term("lookback_kind", group.kind), level=LEVELS[group.kind])

        def rules(group: Group) -> Cell:
            said = rules_of(words(), group.reason, group.rules)
            return Cell(said, said) if said else NOTHING

        return (
            Column(self.tr("结论"), 164, kind),
            Column(self.tr("原因"), 190, lambda group: Cell(reason_of(words(), group.reason)), grows=2),
            Column(self.tr("规则"), 84, rules, grows=1, rank=1),
            Column(self.tr("先后"), 156, lambda group: Cell(self._term("lookback_era", group.era)), rank=2),
            Column(self.tr("活动"), 120, lambda group: Cell(self._name_of(group.campaign_id)), grows=2, named=True),
            Column(self.tr("条数"), 76, lambda group: Cell(show.count(group.messages)), right=True),
        )

    def tasks(self) -> tuple[Column[Task], ...]:
        def state(task: Task) -> Cell:
            if task.done:
                return Cell(self.tr("已完成"), level="ok")
            late = task.wish.due is not None and task.wish.due < self._today()
            return Cell(self.tr("已逾期"), level="block") if late else Cell(self.tr("进行中"), level="warn")

        return (
            Column(self.tr("状态"), 116, state),
            Column(self.tr("要做什么"), 180, lambda task: Cell(task.wish.what, task.wish.what), grows=4),
            Column(self.tr("负责人"), 84, lambda task: Cell(task.wish.owner), grows=1),
            Column(self.tr("期限"), 112, lambda task: Cell(show.day(task.wish.due)) if task.wish.due else NOTHING),
            Column(
                self.tr("备注"), 100, lambda task: Cell(task.note, task.note) if task.note else NOTHING, grows=2, rank=2
            ),
            Column(self.tr("来自"), 70, lambda task: Cell(f"#{task.run_id}"), rank=1),
        )

    def rows(self) -> tuple[Column[Looked], ...]:
        return (
            Column(self.tr("发送于"), MOMENT, lambda row: Cell(show.moment(row.found.sent_at))),
            Column(self.tr("客户"), 64, lambda row: Cell(row.name) if row.name else NOTHING),
            Column(self.tr("手机号"), 124, lambda row: Cell(row.phone) if row.phone else NOTHING),
            Column(self.tr("店铺"), 100, lambda row: Cell(row.shop), grows=1, rank=2, named=True),
            Column(self.tr("从何时起"), MOMENT, lambda row: Cell(show.moment(row.found.moment)), rank=1),
            Column(self.tr("原文"), 160, lambda row: Cell(row.text, row.text), grows=4),
        )

    def _counted(self, kind: Kind) -> Column[Run]:
        return Column(
            self._term("lookback_kind", kind), 84, lambda run: Cell(show.count(run.of_kind(kind))), right=True, rank=2
        )  # fmt: skip

    def _term(self, table: str, code: str) -> str:
        return self._words().term(table, code)

    def _period(self, run: Run) -> str:
        last = show.day(run.scope.until - timedelta(milliseconds=1))  # the end is the first moment behind it
        return self.tr("{first} 至 {last}").format(first=show.day(run.scope.since), last=last)

    def _scope(self, run: Run) -> str:
        names = self.tr("、").join(self._name_of(each) for each in run.scope.campaigns)
        return names or self.tr("全部活动")

    def _who(self, run: Run) -> str:
        return self.tr("按设定自动开始") if run.by_clock else actors.who(run.asked_by)
