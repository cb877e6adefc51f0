"""The self-check report as the window shows it: a period, its numbers, and the files that were made of reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.ports_evidence import AuditLine
from campaign_app.domain.self_check import BEIJING, Period, Stage
from campaign_app.services.self_check_numbers import Label, Number, SelfCheck
from campaign_app.ui.viewmodels.backups import ACTOR, Work

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.printing.reporting import Made
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

NAME: Final = "self_check_model"
CUSTOM: Final = "custom"


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number, the chapter and table that it is of ("" where it stands alone), and the line and column it is in."""

    chapter: str
    grid: str
    number: Number
    line: Label | None = None
    column: Label | None = None


@dataclass(frozen=True, slots=True)
class SelfCheckState:
    """`report` has the numbers of `period` and `stage`, None while they were not counted."""

    choice: str
    period: Period
    stage: Stage = Stage.CHECK
    chapter: str = ""
    report: SelfCheck | None = None
    earlier: tuple[AuditLine, ...] = ()

    @property
    def lines(self) -> tuple[NumberLine, ...]:
        return () if self.report is None else tuple(_lines(self.report, self.chapter))


def _lines(report: SelfCheck, wanted: str) -> Iterator[NumberLine]:
    for chapter in report.chapters:
        if wanted not in ("", chapter.id):
            continue
        for number in chapter.key:
            yield NumberLine(chapter.id, "", number)
        for grid in chapter.grids:
            for line in grid.lines:
                for column, number in zip(grid.columns, line.numbers, strict=True):
                    yield NumberLine(chapter.id, grid.id, number, line.label, column)


def choices(today: date) -> dict[str, Period]:
    """The periods that reports are made of, by their code."""
    last_month = today.replace(day=1) - timedelta(days=1)
    quarter = (today.month + 2) // 3
    before = (today.year, quarter - 1) if quarter > 1 else (today.year - 1, 4)
    return {
        "this_month": Period.month(today.year, today.month),
        "last_month": Period.month(last_month.year, last_month.month),
        "this_quarter": Period.quarter(today.year, quarter),
        "last_quarter": Period.quarter(*before),
        "this_year": Period.year(today.year),
        "last_year": Period.year(today.year - 1),
    }


class SelfCheckModel(QObject):
    """`made`: a file is whole and put down in the audit."""

    changed = Signal(object)  # SelfCheckState
    made = Signal(object)  # Made

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(NAME)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = SelfCheckState("this_quarter", choices(self.today())["this_quarter"])
        self.count_work, self.make_work = Work(tasks, self), Work(tasks, self)
        self.count_work.ended.connect(self._counted)
        self.make_work.ended.connect(self._made)

    def today(self) -> date:
        return self._app.clock().astimezone(BEIJING).date()

    def load(self) -> None:
        self._tasks.run(
            lambda _: self._app.reporting.earlier(),
            lambda found: self._become(replace(self.state, earlier=found)),
            failed=self._messages.error,
            owner=self,
            key="load",
        )

    def choose(self, choice: str) -> None:
        """A period by its code; `custom` keeps the days that are there."""
        period = choices(self.today()).get(choice, self.state.period)
        self._other(replace(self.state, choice=choice, period=period))

    def choose_days(self, first: date, last: date) -> None:
        """Raises SettingsError `bad_period`."""
        self._other(replace(self.state, choice=CUSTOM, period=Period(first, last)))

    def choose_stage(self, stage: Stage) -> None:
        self._other(replace(self.state, stage=stage))

    def show_chapter(self, chapter: str) -> None:
        self._become(replace(self.state, chapter=chapter))

    def count(self) -> None:
        period, stage = self.state.period, self.state.stage
        self.count_work.begin(lambda tick: self._app.reporting.measured(period, stage, tick))

    def make(self, target: Path) -> None:
        period, stage = self.state.period, self.state.stage
        export = self._app.reporting.export
        self.make_work.begin(lambda tick: export(period, stage, target, actor=ACTOR, tick=tick))

    def _counted(self, report: SelfCheck) -> None:
        """Numbers of what is asked no more are dropped."""
        if (report.period, report.stage) == (self.state.period, self.state.stage):
            self._become(replace(self.state, report=report))

    def _made(self, made: Made) -> None:
        self.load()
        self.made.emit(made)

    def _other(self, state: SelfCheckState) -> None:
        if (state.period, state.stage) != (self.state.period, self.state.stage):
            self.count_work.stop()
            state = replace(state, report=None)
        self._become(state)

    def _become(self, state: SelfCheckState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
