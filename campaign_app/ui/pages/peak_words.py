"""The words of a plan's list and of what pausing everything took, and the columns of both tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject

from campaign_app.domain.peak import PauseAll, Plan, PlanState, Result, Stop
from campaign_app.services.peak_checks import OWN
from campaign_app.services.peak_checks import Item as Found
from campaign_app.ui import actors, show
from campaign_app.ui.cells import MOMENT, MOMENT_WITH_SECONDS, NOTHING, Cell, Column
from campaign_app.ui.widgets.checklist import Item
from campaign_app.words import Words

LEVELS: Final = {"ok": "ok", "todo": "warn", "unknown": "info"}
PLANS: Final = {PlanState.DRAFT: "muted", PlanState.READY: "ok", PlanState.OVER: "info"}
RESULTS: Final = {
    Result.STOPPED: "ok",
    Result.OVER: "block",
    Result.NOTHING: "muted",
    Result.WATCHING: "info",
    Result.UNFINISHED: "warn",
}


class PeakWords(QObject):
    """`words` are those of the language of now, `name_of` gives the name of a campaign."""

    def __init__(self, words: Callable[[], Words], name_of: Callable[[int], str], parent: QObject) -> None:
        super().__init__(parent)
        self._words, self._name_of = words, name_of

    def items(self, found: Sequence[Found], *, confirming: bool) -> list[Item]:
        """`confirming`: this person may give their word."""
        return [self._item(each, confirming=confirming) for each in found]

    def summary(self, found: Sequence[Found]) -> str:
        states = Counter(each.state for each in found)
        if not states["todo"] + states["unknown"]:
            return self.tr("全部办好")
        parts = [self.tr("%Ln 项要处理", "", states["todo"])] if states["todo"] else []
        parts += [self.tr("%Ln 项查不到", "", states["unknown"])] if states["unknown"] else []
        return self.tr("，").join(parts)

    def titles(self, keys: Sequence[str]) -> str:
        return self.tr("、").join(self._words().term("peak_item", key) for key in keys)

    def plans(self) -> tuple[Column[Plan], ...]:
        def duty(plan: Plan) -> Cell:
            names = self.tr("、").join(each.name for each in plan.wish.duty)
            return Cell(names, names) if names else NOTHING

        return (
            Column(self.tr("预案"), 130, lambda plan: Cell(plan.wish.name, plan.wish.name), grows=2, named=True),
            Column(self.tr("日期"), 190, lambda plan: Cell(self.days(plan)), grows=1),
            Column(self.tr("状态"), 92, lambda plan: Cell(self._state(plan), level=PLANS[plan.state])),
            Column(self.tr("值班"), 120, duty, grows=2, rank=1),
            Column(
                self.tr("最近改动"),
                MOMENT,
                lambda plan: Cell(show.moment(plan.changed_at), actors.who(plan.changed_by)),
                rank=2,
            ),
        )

    def pauses(self) -> tuple[Column[PauseAll], ...]:
        def result(pause: PauseAll) -> Cell:
            return Cell(self._words().term("peak_result", pause.result), level=RESULTS[pause.result])

        return (
            Column(self.tr("编号"), 56, lambda pause: Cell(f"#{pause.id}")),
            Column(
                self.tr("下令时间"), MOMENT_WITH_SECONDS, lambda pause: Cell(show.moment(pause.asked_at, seconds=True))
            ),
            Column(
                self.tr("性质"), 70, lambda pause: Cell(self.tr("演练") if pause.drill else self.tr("真实")), rank=1
            ),
            Column(self.tr("结果"), 128, result, grows=1),
            Column(self.tr("停下用时"), 92, lambda pause: self._seconds(pause.seconds), right=True),
            Column(self.tr("下令后条数"), 84, self._after, right=True, tip=self.tr("下令之后通道才答复的短信。")),
            Column(self.tr("活动"), 60, lambda pause: Cell(show.count(len(pause.stops))), right=True),
            Column(self.tr("已恢复"), 70, self._resumed, right=True, rank=2),
        )

    def stops(self, pause_of: Callable[[], PauseAll | None]) -> tuple[Column[Stop], ...]:
        def seconds(stop: Stop) -> Cell:
            pause = pause_of()
            known = pause is not None and stop.active and stop.ended
            return self._seconds(pause.seconds_of(stop)) if pause is not None and known else NOTHING

        def counted(number: Callable[[Stop], int]) -> Callable[[Stop], Cell]:
            return lambda stop: Cell(show.count(number(stop))) if stop.active else NOTHING

        def was(stop: Stop) -> Cell:
            said = self._words().term("state", stop.was)
            idle = stop.was == "sending" and not stop.active
            return Cell(self.tr("{} · 没有在发").format(said) if idle else said)

        return (
            Column(self.tr("活动"), 170, lambda stop: Cell(self._name_of(stop.campaign_id)), grows=2, named=True),
            Column(self.tr("下令时状态"), 140, was, grows=1),
            Column(self.tr("停下用时"), 92, seconds, right=True),
            Column(self.tr("批数"), 60, counted(lambda stop: stop.batches), right=True, rank=1),
            Column(self.tr("下令后条数"), 84, counted(lambda stop: stop.messages), right=True),
            Column(self.tr("没有答复"), 84, counted(lambda stop: stop.left), right=True),
        )

    def days(self, plan: Plan) -> str:
        first, last = show.day(plan.wish.first), show.day(plan.wish.last)
        return first if first == last else self.tr("{} 至 {}").format(first, last)

    def told(self, pause: PauseAll) -> str:
        """What came of it, in a sentence."""
        why = self._words().why("peak_result", pause.result)
        if pause.seconds is None:
            return why
        after = self.tr("从下令到停下 {seconds} 秒，下令之后得到答复的 {messages} 条。").format(
            seconds=f"{pause.seconds:.2f}", messages=show.count(pause.messages)
        )
        if pause.left:
            after += self.tr(
                "另有 {left} 条已登记而没有答复：没有交出，或答复丢失；恢复时先向通道查询，不会重发。"
            ).format(left=show.count(pause.left))
        return after + why

    def _item(self, found: Found, *, confirming: bool) -> Item:
        words = self._words()
        facts = {name: self._fact(value) for name, value in found.facts.items()}
        asked = words.term("peak_asked", found.key) if found.code == "asked" else ""
        text = asked or words.term("peak_check", found.code).format_map(facts)
        word = found.word
        if found.confirmed and word is not None:
            said = self.tr("{name} 于 {at} 确认").format(name=word.name, at=show.moment(word.said_at))
            text = f"{text}\n{said}" + (self.tr("：{}").format(word.note) if word.note else "")
        return Item(
            key=found.key,
            level=LEVELS[found.state],
            state=words.term("peak_standing", found.state),
            title=words.term("peak_item", found.key),
            text=text,
            mend=self._mend(found),
            ticked=found.confirmed if found.asks and confirming else None,
            confirm=self.tr("我已核实") if found.asks and confirming else "",
        )

    def _mend(self, found: Found) -> str:
        if found.state == "ok" or found.place is None:
            return ""
        page, what = found.place
        if page == OWN:
            return self.tr("去演练") if what == "drill" else self.tr("去填写")
        return self.tr("去看看") if found.state == "unknown" else self.tr("去处理")

    def _fact(self, value: str | int | tuple[str, ...]) -> str:
        if isinstance(value, tuple):
            return self.tr("、").join(value) or self.tr("还没有主体")
        return show.count(value) if isinstance(value, int) else value

    def _state(self, plan: Plan) -> str:
        return self._words().term("peak_state", plan.state)

    def _seconds(self, seconds: float | None) -> Cell:
        return NOTHING if seconds is None else Cell(self.tr("{} 秒").format(f"{seconds:.2f}"))

    def _after(self, pause: PauseAll) -> Cell:
        return NOTHING if pause.seconds is None else Cell(show.count(pause.messages))

    def _resumed(self, pause: PauseAll) -> Cell:
        return NOTHING if pause.resumed_at is None else Cell(show.count(len(pause.resumed)))
