"""When messages arrived and people answered, and why messages did not arrive: as columns, or the same as a table."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QFrame, QStackedWidget, QWidget

from campaign_app.services.courses import Course, Slot, Span
from campaign_app.ui import show
from campaign_app.ui.cells import Cell
from campaign_app.ui.cells import Column as TableColumn
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.steps.course_words import CourseWords
from campaign_app.ui.viewmodels.course import CourseModel, CourseState
from campaign_app.ui.widgets.bars import Bar, Bars
from campaign_app.ui.widgets.basics import column, label, row, show_if
from campaign_app.ui.widgets.chart import HEIGHT, ColumnChart
from campaign_app.ui.widgets.table import Table

MOST: Final = 8  # reasons that have a bar of their own
_COLOURS: Final = {"failed": "block", "rejected": "warn", "unknown": "edge"}


class SpanView(QWidget):
    """One chart with the words of the column that is pointed at, and its table."""

    def __init__(self, kit: Kit, name: str, title: str, empty: str) -> None:
        super().__init__()
        self._kit, self._title, self._empty, self._name = kit, title, empty, name
        self._span: Span | None = None
        self._in_table: Span | None = None
        self._summary = ""
        self.chart = ColumnChart(kit.theme, title)
        self.chart.setObjectName(f"chart_{name}")
        self.chart.pointed.connect(self._read_out)
        self.told = label(empty, "small", wrap=True, name=f"told_{name}", select=True)
        self.table = Table(kit.theme, f"table_{name}", title)
        self.table.setFixedHeight(HEIGHT)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.chart)
        self.stack.addWidget(self.table)
        self.stack.setFixedHeight(HEIGHT)
        self.setLayout(column(label(title, "strong"), self.stack, self.told, space=1))

    def show_span(self, span: Span) -> None:
        if span == self._span:
            return
        self._span, words = span, CourseWords(self._kit.words, self)
        self._summary = words.summary(span) if span.slots else self._empty
        show_if(self.stack, bool(span.slots))
        self.chart.show_columns(words.kinds(span), words.columns(span), self._summary)
        if self.stack.currentWidget() is self.table:
            self._fill(span)

    def _fill(self, span: Span) -> None:
        if span == self._in_table:
            return
        self._in_table, words = span, CourseWords(self._kit.words, self)

        def count(key: str) -> TableColumn[Slot]:
            return TableColumn(words.kind(key), 96, lambda slot: Cell(show.count(slot.counts.get(key, 0))), right=True)

        when = TableColumn[Slot](
            self.tr("时段（北京时间）"), 220, lambda slot: Cell(words.when(slot.begins, span.width)), grows=1
        )
        former = self.table.model()
        model = RowsModel((when, *map(count, span.kinds)), span.slots, self)
        self.table.use(model, model.columns)
        if former is not None:
            former.deleteLater()

    def as_table(self, *, on: bool) -> None:
        """Filled only where somebody looks at it: a table has a header to lay out."""
        if on and self._span is not None:
            self._fill(self._span)
        self.stack.setCurrentIndex(1 if on else 0)

    def _read_out(self, at: int) -> None:
        self.told.setText(self.chart.columns[at].told if at >= 0 else self._summary)


class CourseCard(QFrame):
    def __init__(self, kit: Kit, model: CourseModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("results_course")
        self._kit = kit
        self.landed = SpanView(kit, "landed", self.tr("送达"), self.tr("还没有回执。"))
        self.answered = SpanView(kit, "answered", self.tr("回复、退订和投诉"), self.tr("还没有人回复、退订或投诉。"))
        self.landed.chart.over, self.answered.chart.over = self.answered.chart, self.landed.chart
        self.tables = QCheckBox(self.tr("用表格显示"))
        self.tables.setObjectName("course_tables")
        self.tables.toggled.connect(self._turn)
        note = label(self.tr("按回执和回复到达的时间统计，每条短信只算最后的结果。"), "small", wrap=True)
        head = row(label(self.tr("随时间的变化"), "heading"), None, self.tables)
        self.setLayout(column(head, self.landed, self.answered, note, space=3, margin=4))
        model.changed.connect(self.show_state)
        self.show_state(model.state)

    def show_state(self, state: CourseState) -> None:
        show_if(self, state.course is not None)
        if state.course is not None:
            self.landed.show_span(state.course.landed)
            self.answered.show_span(state.course.answered)

    @property
    def charts(self) -> tuple[ColumnChart, ColumnChart]:
        return self.landed.chart, self.answered.chart

    def _turn(self, on: bool) -> None:  # noqa: FBT001 a slot
        for each in (self.landed, self.answered):
            each.as_table(on=on)


class FailuresCard(QFrame):
    """Hidden while there is nothing that failed."""

    def __init__(self, kit: Kit, model: CourseModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("results_failures")
        self._kit = kit
        self.bars = Bars(kit.theme, self.tr("未送达的原因"))
        self.rest = label("", "small", wrap=True, name="failures_rest")
        self.setLayout(column(label(self.tr("未送达的原因"), "heading"), self.bars, self.rest, space=3, margin=4))
        self._model = model
        model.changed.connect(self._show_soon)
        self.show_state(model.state)

    def _show_soon(self, _state: CourseState) -> None:
        """In a turn of its own: the charts beside it take one."""
        QTimer.singleShot(0, self, lambda: self.show_state(self._model.state))

    def show_state(self, state: CourseState) -> None:
        course = state.course
        if course is not None:
            self._show_failures(course)
        show_if(self, course is not None and bool(course.failures))  # at last: what is shown is laid out at once

    def _show_failures(self, course: Course) -> None:
        words, terms = CourseWords(self._kit.words, self), self._kit.words.term
        whole = sum(each.count for each in course.failures)
        self.bars.show_bars(
            [
                Bar(
                    f"{each.outcome}_{each.code}", words.failure(each), each.count, show.share(each.count, whole),
                    0.0, each.count / whole, _COLOURS[each.outcome],
                    self.tr("{outcome}，代码：{code}").format(
                        outcome=terms("outcome", each.outcome), code=each.code or self.tr("无")
                    ),
                    opens=False,
                )
                for each in course.failures[:MOST]
            ]
        )  # fmt: skip
        more = course.failures[MOST:]
        self.rest.setText(
            self.tr("另有 {kinds} 种原因，共 {count} 条，见导出的表格。").format(
                kinds=len(more), count=show.count(sum(each.count for each in more))
            )
        )
        show_if(self.rest, bool(more))
