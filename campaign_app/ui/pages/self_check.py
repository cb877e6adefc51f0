"""合规 → 自查报告: a period and its numbers, a file of them for an authority, and what was handed out before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDateEdit, QFrame, QProgressBar, QStackedWidget, QWidget

from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports_evidence import AuditLine
from campaign_app.domain.self_check import Stage
from campaign_app.reports.figures import said, written
from campaign_app.ui import show
from campaign_app.ui.cells import MOMENT_WITH_SECONDS, NOTHING, Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.folders import documents, tell_written
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.section import Section
from campaign_app.ui.pages.self_check_dialog import MakeDialog
from campaign_app.ui.theme.tokens import ROW
from campaign_app.ui.viewmodels.backups import WorkState
from campaign_app.ui.viewmodels.self_check import CUSTOM, NumberLine, SelfCheckModel, SelfCheckState
from campaign_app.ui.widgets.basics import button, column, frame, label, row, show_if
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.moment_edit import with_calendar
from campaign_app.ui.widgets.table import Table

if TYPE_CHECKING:
    from campaign_app.printing.reporting import Made

STEPS: Final = 1_000
EARLIER_ROWS: Final = 3  # that are seen at once
SHORT: Final = 16  # letters of a hash in the table


class SelfCheckSection(Section):
    about = frozenset({"report"})

    def __init__(self, desk: Desk) -> None:
        self.chapter = QComboBox()
        self.make = button("", "primary", name="report_make")
        super().__init__(self.chapter, self.make)
        self.setObjectName("report_section")
        self._desk, self.model = desk, model_of(desk)
        self.make.setText(self.tr("生成报告…"))
        self.make.clicked.connect(lambda _=False: self.make_dialog())
        self.numbers: RowsModel[NumberLine] = RowsModel(self._number_columns(), parent=self)
        self.table = Table(desk.kit.theme, "report_numbers", self.tr("报告里的数字"))
        self.table.use(self.numbers, self.numbers.columns)
        self.earlier: RowsModel[AuditLine] = RowsModel(self._earlier_columns(), parent=self)
        self.files = Table(desk.kit.theme, "report_earlier", self.tr("已生成的报告"))
        self.files.use(self.earlier, self.earlier.columns)
        self.empty = Empty(
            desk.kit.theme,
            "compliance",
            self.tr("先统计，再生成报告"),
            self.tr(
                "选好期间和阶段，统计这段时间的受众、内容、签名、退订和投诉；零售与金融分开，每个数字都能复算。"
                "看过数字之后，再生成 PDF 或 XLSX。"
            ),
            action=self.tr("统计"),
            click=self.model.count,
        )
        self.stack = QStackedWidget()
        for each in (self.table, self.empty):
            self.stack.addWidget(each)
        self.setLayout(column(self._choices(), self.stack, self._below(), space=3, stretch=1))
        self._connect()
        self.render_state(self.model.state)

    def shown(self) -> None:
        self.model.load()

    def told(self) -> str:
        return self.tr("给监管部门的自查自纠报告：先看数字，再生成文件；每份文件都记入审计。")

    def make_dialog(self) -> MakeDialog:
        made = MakeDialog(self._desk.kit, self.model, documents(), self)
        made.open()
        return made

    def render_state(self, state: SelfCheckState) -> None:
        self.stack.setCurrentWidget(self.empty if state.report is None else self.table)
        self.numbers.show(state.lines)
        self.earlier.show(state.earlier)
        self.files.setFixedHeight(2 + ROW + ROW * min(EARLIER_ROWS, max(1, len(state.earlier))))
        show_if(self.files, bool(state.earlier))
        show_if(self.no_files, not state.earlier)
        for box, code in ((self.period, state.choice), (self.stage, state.stage.value), (self.chapter, state.chapter)):
            box.setCurrentIndex(box.findData(code))
        for field, day in ((self.first, state.period.first), (self.last, state.period.last)):
            field.blockSignals(True)
            field.setDate(QDate(day.year, day.month, day.day))
            field.blockSignals(False)
        for part in (self.chapter, self.make):
            show_if(part, state.report is not None)
        self._render_work(self.model.count_work.state)
        self.said.emit()

    def _connect(self) -> None:
        model = self.model
        model.changed.connect(self.render_state)
        model.count_work.changed.connect(self._render_work)
        model.made.connect(self._made)
        self.period.activated.connect(lambda _: model.choose(str(self.period.currentData())))
        self.stage.activated.connect(lambda _: model.choose_stage(Stage(self.stage.currentData())))
        self.chapter.activated.connect(lambda _: model.show_chapter(str(self.chapter.currentData())))
        for each in (self.first, self.last):
            each.dateChanged.connect(lambda _: self._days())
        self.files.moved.connect(lambda _: self._chosen())
        self.files.clicked.connect(lambda _: self._chosen())

    def _choices(self) -> QFrame:
        words = self._desk.kit.words
        codes = ("this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_year", CUSTOM)
        self.period = self._box("report_period", self.tr("期间"), [(self._period(code), code) for code in codes])
        self.first = self._day("report_first", self.tr("从"))
        self.last = self._day("report_last", self.tr("到（含当天）"))
        stages = [(words.term("report_stage", stage), stage.value) for stage in Stage]
        self.stage = self._box("report_stage", self.tr("阶段"), stages)
        chapters = [(words.term("report_chapter", code), code) for code in "ABCDEFGHIJ"]
        self._fill(self.chapter, "report_chapter", self.tr("章节"), [(self.tr("全部章节"), ""), *chapters])
        self.count = button(self.tr("统计"), name="report_count", click=self.model.count)
        self.stop = button(self.tr("停止"), name="report_stop", click=self.model.count_work.stop)
        self.bar = QProgressBar()
        self.bar.setObjectName("report_bar")
        self.bar.setRange(0, STEPS)
        self.bar.setAccessibleName(self.tr("统计进度"))
        self.trouble = label("", "block", wrap=True, name="report_trouble")
        dash = label(self.tr("至"), "muted")
        line = row(self.period, self.first, dash, self.last, self.stage, self.count, self.stop, None)
        layout = column(line, self.bar, self.trouble, space=2)
        layout.setContentsMargins(16, 12, 16, 12)
        return frame("card", layout, name="report_choices")

    def _below(self) -> QWidget:
        self.no_files = label(self.tr("还没有生成过报告。"), "muted", name="report_no_files")
        self.copy = button(self.tr("复制 SHA-256"), name="report_copy", small=True)
        self.copy.clicked.connect(lambda _=False: self._copy())
        self.copy.setEnabled(False)
        made = QWidget()
        title = label(self.tr("已生成的报告"), "strong")
        made.setLayout(column(row(title, None, self.copy), self.no_files, self.files, space=2))
        return made

    def _render_work(self, work: WorkState) -> None:
        counted = self.model.state.report is not None  # before, the empty page has the button
        self.bar.setValue(int(work.done * STEPS))
        for part, on in ((self.bar, work.busy), (self.stop, work.busy), (self.count, counted and not work.busy)):
            show_if(part, on)
        self.empty.button.setEnabled(not work.busy)
        self._tell("" if work.error is None else self._desk.kit.words.error(work.error))

    def _tell(self, text: str) -> None:
        self.trouble.setText(text)
        show_if(self.trouble, bool(text))

    def _days(self) -> None:
        try:
            self.model.choose_days(_python(self.first.date()), _python(self.last.date()))
            wrong = ""
        except SettingsError as error:
            wrong = self._desk.kit.words.error(error)
        self._tell(wrong)
        for each in (self.count, self.make, self.empty.button):
            each.setEnabled(not wrong)

    def _chosen(self) -> None:
        self.copy.setEnabled(self._file() is not None)

    def _file(self) -> AuditLine | None:
        return self.earlier.row(self.files.currentIndex().row())

    def _copy(self) -> None:
        line = self._file()
        if line is not None:
            QGuiApplication.clipboard().setText(str(line.facts.get("file_sha256", "")))
            self._desk.kit.messages.done(lambda: translate("SelfCheckSection", "SHA-256 已复制。"))

    def _made(self, made: Made) -> None:
        name = made.file.name
        tell_written(
            self._desk.kit.messages,
            lambda: translate("SelfCheckSection", "报告已生成：{file}").format(file=name),
            made.file,
        )

    def _period(self, code: str) -> str:
        return {
            "this_month": self.tr("本月"),
            "last_month": self.tr("上月"),
            "this_quarter": self.tr("本季度"),
            "last_quarter": self.tr("上季度"),
            "this_year": self.tr("今年"),
            "last_year": self.tr("去年"),
            CUSTOM: self.tr("自选期间"),
        }[code]

    def _box(self, name: str, spoken: str, items: list[tuple[str, str]]) -> QComboBox:
        return self._fill(QComboBox(), name, spoken, items)

    def _fill(self, box: QComboBox, name: str, spoken: str, items: list[tuple[str, str]]) -> QComboBox:
        box.setObjectName(name)
        box.setAccessibleName(spoken)
        for text, code in items:
            box.addItem(text, code)
        return box

    def _day(self, name: str, spoken: str) -> QDateEdit:
        made = QDateEdit()
        made.setObjectName(name)
        made.setAccessibleName(spoken)
        made.setDisplayFormat(show.DAY_FIELD)
        with_calendar(made)
        made.setKeyboardTracking(False)
        return made

    def _number_columns(self) -> tuple[Column[NumberLine], ...]:
        words = self._desk.kit.words

        def where(line: NumberLine) -> Cell:
            chapter = words.term("report_chapter", line.chapter)
            text = words.term("report_grid", line.grid) if line.grid else chapter
            return Cell(text, chapter)

        def name(line: NumberLine) -> Cell:
            if line.line is None or line.column is None:
                return Cell(words.term("report_number", line.number.id))
            # what is counted first: names are long, and lines of one name would look the same where they are cut
            text = f"{said(words, line.column)} · {said(words, line.line)}"
            return Cell(text, text)

        def value(line: NumberLine) -> Cell:
            why = words.term("report_why", line.number.why) if line.number.value is None else ""
            return Cell(written(words, line.number), why, faint=line.number.value is None)

        return (
            Column(self.tr("章节或表"), 180, where, grows=2),
            Column(self.tr("名称"), 220, name, grows=4, named=True),
            Column(self.tr("数值"), 110, value, right=True),
            Column(self.tr("编号"), 170, lambda line: Cell(line.number.id, line.number.id), grows=2, rank=2),
            Column(self.tr("数据来源"), 120, lambda line: Cell(words.term("report_query", line.number.query)), rank=1),
        )

    def _earlier_columns(self) -> tuple[Column[AuditLine], ...]:
        words = self._desk.kit.words

        def period(line: AuditLine) -> Cell:
            ends = (line.facts.get(end) for end in ("first", "last"))
            first, last = (show.day(date.fromisoformat(end)) if isinstance(end, str) else show.NOTHING for end in ends)
            return Cell(self.tr("{first} 至 {last}").format(first=first, last=last))

        def digest(line: AuditLine) -> Cell:
            found = str(line.facts.get("file_sha256", ""))
            return Cell(f"{found[:SHORT]}…", found) if found else NOTHING

        return (
            Column(self.tr("生成于"), MOMENT_WITH_SECONDS, lambda line: Cell(show.moment(line.at, seconds=True))),
            Column(self.tr("期间"), 210, period),
            Column(
                self.tr("阶段"),
                110,
                lambda line: Cell(words.term("report_stage", str(line.facts.get("stage")))),
                grows=1,
                rank=2,
            ),
            Column(self.tr("文件"), 72, lambda line: Cell(str(line.facts.get("format", "")).upper())),
            Column("SHA-256", 176, digest, grows=1),
            Column(self.tr("记录"), 72, lambda line: Cell(f"#{line.number}"), right=True, rank=1),
        )


def _python(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())


def model_of(desk: Desk) -> SelfCheckModel:
    """The one of the open workspace: it outlives the page, which is built anew for another language."""
    return desk.kept(SelfCheckModel, lambda: SelfCheckModel(desk.app, desk.kit.tasks, desk.kit.messages, desk.session))
