"""The course of a campaign in words: what stands below a column, what is read out, and the tables of an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QObject, Qt

from campaign_app.services.comparing import Rate, compare
from campaign_app.services.courses import Course, Earlier, Failure, Slot, Span
from campaign_app.services.sheet_files import Cell, Sheet
from campaign_app.ui import show
from campaign_app.ui.viewmodels.campaign import CampaignView
from campaign_app.ui.viewmodels.results import outcomes_of
from campaign_app.ui.widgets.chart import Column, Kind
from campaign_app.words import Words

_DAY: Final = timedelta(days=1)
_LATE: Final = 0.05  # of what was submitted: with more reports still to come nothing is compared
# kind → token of its colour, and the pattern that tells it without colour
LOOKS: Final[Mapping[str, tuple[str, Qt.BrushStyle]]] = {
    "delivered": ("ok", Qt.BrushStyle.SolidPattern),
    "failed": ("block", Qt.BrushStyle.BDiagPattern),
    "rejected": ("warn", Qt.BrushStyle.DiagCrossPattern),
    "other_replies": ("info", Qt.BrushStyle.SolidPattern),
    "opt_outs": ("warn", Qt.BrushStyle.BDiagPattern),
    "complaints": ("block", Qt.BrushStyle.DiagCrossPattern),
}
# what is compared, and of which whole it is a part
RATES: Final[Mapping[str, str]] = {
    "delivered": "submitted",
    "replies": "delivered",
    "opt_outs": "delivered",
    "complaints": "delivered",
}


class CourseWords(QObject):
    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def kind(self, key: str) -> str:
        return self.tr("其他回复") if key == "other_replies" else self._words.term("count", key)

    def kinds(self, span: Span) -> tuple[Kind, ...]:
        return tuple(Kind(self.kind(key), *LOOKS[key]) for key in span.kinds)

    def columns(self, span: Span) -> tuple[Column, ...]:
        return tuple(
            Column(self.label(span, slot), self.told(span, slot), tuple(slot.counts.get(k, 0) for k in span.kinds))
            for slot in span.slots
        )

    def label(self, span: Span, slot: Slot) -> str:
        if span.width >= _DAY:
            return show.month_day(slot.begins)
        many_days = span.slots[0].begins.date() != span.slots[-1].begins.date()
        return f"{show.month_day(slot.begins)} {show.clock(slot.begins)}" if many_days else show.clock(slot.begins)

    def told(self, span: Span, slot: Slot) -> str:
        parts = (self._counted(key, slot.counts.get(key, 0)) for key in span.kinds)
        return self.tr("{}：{}").format(self.when(slot.begins, span.width), self.tr("，").join(parts))

    def when(self, begins: datetime, width: timedelta) -> str:
        if width == _DAY:
            return show.day(begins)
        ends = begins + width
        if width > _DAY:
            return self.tr("{} 到 {}").format(show.day(begins), show.month_day(ends - _DAY))
        return f"{show.moment(begins)}–{show.clock(ends)}"

    def _exported(self, begins: datetime, width: timedelta) -> str:
        ends = begins + width
        if width == _DAY:
            return show.exported_day(begins)
        if width > _DAY:
            return self.tr("{} 到 {}").format(show.exported_day(begins), show.exported_day(ends - _DAY))
        return f"{show.exported(begins)}–{show.clock(ends)}"

    def summary(self, span: Span) -> str:
        if not span.slots:
            return self.tr("还没有。")
        first, last = span.slots[0].begins, span.slots[-1].begins + span.width
        totals = self.tr("，").join(self._counted(key, span.total(key)) for key in span.kinds)
        begins, ends = (f"{show.month_day(at)} {show.clock(at)}" for at in (first, last))
        return self.tr("{} 到 {}，共：{}。用左右方向键逐段查看。").format(begins, ends, totals)

    def failure(self, failure: Failure) -> str:
        if not failure.code:
            return self.tr("没有说明原因")
        said = self._words.term("outcome_code", failure.code)
        return self.tr("通道代码 {}").format(said) if said == failure.code else said

    def verdict(self, key: str, counts: Mapping[str, int], earlier: Sequence[Earlier]) -> str:
        """This campaign's rate beside that of the earlier ones together, and what may be said of it."""
        mine = rate_of(key, counts)
        theirs = sum((rate_of(key, each.counts) for each in earlier), Rate(0, 0))
        told = show.NOTHING if key == "delivered" and outcomes_of(counts).unreported else self._rate(mine)
        said = self.tr("{name}：本次 {mine}，以前 {count} 个活动合计 {theirs}。").format(
            name=self._words.term("count", key), mine=told, count=len(earlier), theirs=self._rate(theirs)
        )
        return said + self._judged(mine, theirs, late=_late(counts))

    def _rate(self, rate: Rate) -> str:
        part, whole, share = show.count(rate.part), show.count(rate.whole), show.share(rate.part, rate.whole)
        return self.tr("{part}/{whole}（{share}）").format(part=part, whole=whole, share=share)

    def _judged(self, mine: Rate, theirs: Rate, *, late: bool) -> str:
        if late:
            return self.tr("还有不少回执没到，先不比较。")
        return {
            "too_few": self.tr("数量太少，还说不出高低。"),
            "alike": self.tr("看不出差别，相差在偶然范围内。"),
            "higher": self.tr("比以前高，不像是偶然。"),
            "lower": self.tr("比以前低，不像是偶然。"),
        }[compare(mine, theirs)]

    def sheets(self, view: CampaignView, course: Course, earlier: Sequence[Earlier]) -> tuple[Sheet, ...]:
        return (
            self._whole(view),
            self._over_time(self.tr("送达随时间"), course.landed),
            self._over_time(self.tr("回应随时间"), course.answered),
            self._failures(course),
            self._compared(view, earlier),
        )

    def _counted(self, key: str, count: int) -> str:
        return self.tr("{} {}").format(self.kind(key), show.count(count))

    def _whole(self, view: CampaignView) -> Sheet:
        term, campaign = self._words.term, view.campaign
        rows: list[tuple[Cell, ...]] = [
            (self.tr("活动"), campaign.name),
            (self.tr("状态"), term("state", campaign.state)),
            (self.tr("发送时间（北京时间）"), show.exported(campaign.send_at)),
        ]
        keys = (
            "submitted",
            "delivered",
            "failed",
            "rejected",
            "unknown",
            "withheld",
            "replies",
            "opt_outs",
            "complaints",
        )
        rows += [(term("count", key), view.counts.get(key, 0)) for key in keys]
        return Sheet(self.tr("汇总"), (self.tr("项目"), self.tr("数值")), tuple(rows))

    def _over_time(self, title: str, span: Span) -> Sheet:
        head = (self.tr("时段（北京时间）"), *(self.kind(key) for key in span.kinds))
        rows: list[tuple[Cell, ...]] = [
            (self._exported(slot.begins, span.width), *(slot.counts.get(key, 0) for key in span.kinds))
            for slot in span.slots
        ]
        return Sheet(title, head, tuple(rows))

    def _failures(self, course: Course) -> Sheet:
        head = (self.tr("结果"), self.tr("原因"), self.tr("代码"), self.tr("条数"))
        outcome = self._words.term
        rows = ((outcome("outcome", f.outcome), self.failure(f), f.code, f.count) for f in course.failures)
        return Sheet(self.tr("未送达的原因"), head, tuple(rows))

    def _compared(self, view: CampaignView, earlier: Sequence[Earlier]) -> Sheet:
        term = self._words.term
        keys = ("submitted", *RATES)
        head = (self.tr("活动"), self.tr("发送时间（北京时间）"), *(term("count", key) for key in keys))
        every = ((view.campaign, view.counts), *((each.campaign, each.counts) for each in earlier))
        rows: list[tuple[Cell, ...]] = [
            (each.name, show.exported(each.send_at), *(counts.get(key, 0) for key in keys)) for each, counts in every
        ]
        return Sheet(self.tr("与以前比较"), head, tuple(rows))


def rate_of(key: str, counts: Mapping[str, int]) -> Rate:
    return Rate(counts.get(key, 0), counts.get(RATES[key], 0))


def _late(counts: Mapping[str, int]) -> bool:
    waiting = counts.get("accepted", 0) - counts.get("delivered", 0) - counts.get("failed", 0)
    return waiting > _LATE * counts.get("submitted", 0)
