"""退订与投诉: every reply with what it was taken for; complaint cases; the suppression list by hand; what rises."""

from __future__ import annotations

from functools import cached_property
from typing import Final, TypeVar

from PySide6.QtWidgets import QFrame, QTabBar, QWidget

from campaign_app.services.answers import Answered
from campaign_app.ui import show
from campaign_app.ui.cells import MOMENT, NOTHING, Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.paged import PagedModel
from campaign_app.ui.pages.cases import CasesPanel
from campaign_app.ui.pages.refusals import RefusalsPanel
from campaign_app.ui.pages.steps.results_answers import AnswerRow
from campaign_app.ui.pages.trends import TrendsPanel
from campaign_app.ui.viewmodels.inbox import KINDS, PLACES, REPLIES, InboxModel, InboxState, ReplySource
from campaign_app.ui.widgets.basics import column, row, show_if
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.page import Page
from campaign_app.ui.widgets.panels import Panels
from campaign_app.ui.widgets.search_field import SearchField
from campaign_app.ui.widgets.table import Table
from campaign_app.ui.widgets.tabs import tab_bar

# of several shops that first which a person may have to do something about
# of the kinds of what is done (`Page.renew`), those after which a case is another, or whose it may be
_CASES: Final = frozenset({"account", "complaint", "entity"})
_OWNERS: Final = frozenset({"account", "entity"})
_GRAVEST: Final = ("refused", "waiting")
P = TypeVar("P", CasesPanel, RefusalsPanel, TrendsPanel)


class InboxPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("", " ")
        self.title.setText(self.tr("退订与投诉"))
        self._desk, self.model = desk, model_of(desk)
        self.rows: PagedModel[Answered] = PagedModel(desk.kit.tasks, self._columns(), self)
        self.table = Table(desk.kit.theme, "inbox_table", self.tr("收到的回复"))
        self.table.use(self.rows, self.rows.columns)
        self.table.moved.connect(self._open)
        self.table.clicked.connect(lambda index: self._open(index.row()))
        self.replies = QWidget()
        self.tabs, self.search = self._tabs(), self._search()
        self.opened = QFrame()
        self.opened.setObjectName("inbox_opened")
        self.opened.setProperty("role", "card")
        self.opened.setLayout(column(margin=4))
        self.opened.hide()
        self.shown_answer: AnswerRow | None = None
        self._opened: int | None = None  # the id of the reply that is shown whole
        self._wanted: int | None = None  # the number of a row that was chosen before it was read
        self.stack = Panels()
        self.nothing, self.no_match = self._nothing(), self._no_match()
        for each in (self.table, self.nothing, self.no_match):
            self.stack.addWidget(each)
        self.replies.setLayout(column(row(self.tabs, None, self.search), self.stack, self.opened, space=4, stretch=1))
        self.panels = Panels()
        self.panels.addWidget(self.replies)
        self.places = self._places()
        self.content.addWidget(self.places)
        self.content.addWidget(self.panels, 1)
        self.rows.counted.connect(self.model.counted)
        self.rows.failed.connect(desk.kit.messages.error)
        self.rows.dataChanged.connect(self._read)
        self.model.changed.connect(self.render_state)
        self.model.other.connect(self._show_other)
        self.model.again.connect(self._renew)
        self.render_state(self.model.state)
        self.rows.show(self.model.source())
        self._show_place(self.places.currentIndex())

    @cached_property
    def cases(self) -> CasesPanel:
        made = self._add(CasesPanel(self._desk))
        for each in (made.from_file, made.enter):
            self.buttons.addWidget(each)
        return made

    @cached_property
    def refusals(self) -> RefusalsPanel:
        return self._add(RefusalsPanel(self._desk))

    @cached_property
    def trends(self) -> TrendsPanel:
        return self._add(TrendsPanel(self._desk))

    def shown(self) -> None:
        if self.model.place == REPLIES:
            self.rows.reload()
        else:
            self._panel(self.model.place).shown()

    def renew(self, kinds: frozenset[str]) -> None:
        """Replies come by jobs, whose ends the model hears."""
        if self.model.place == "cases" and kinds & _CASES:
            self.cases.shown()
        elif self.model.place == "refusals" and kinds & _OWNERS:
            self.refusals.shown()

    def place(self) -> str:
        return f"inbox.{PLACES[self.places.currentIndex()]}"

    def open(self, what: object) -> None:
        """("case", its id), or "cases"."""
        if what == "cases" or isinstance(what, tuple):
            self.places.setCurrentIndex(PLACES.index("cases"))
        if isinstance(what, tuple):
            self.cases.reveal(int(what[1]))

    def render_state(self, state: InboxState) -> None:
        empty = self.no_match if state.filtered else self.nothing
        self.stack.setCurrentWidget(empty if state.total == 0 else self.table)
        if state.total == 0:
            self.opened.hide()
        if self.model.place != REPLIES:
            return
        if state.total is None:
            self.subtitle.setText(self.tr("正在读取…"))
        else:
            if state.filtered:
                found = self.tr("找到 {count} 条回复。", "", state.total)
            else:
                found = self.tr("共 {count} 条回复。", "", state.total)
            kept = self.tr("回复退订的人已自动加入拒收名单。")
            self.subtitle.setText(found.format(count=show.count(state.total)) + kept)

    def _places(self) -> QTabBar:
        names = {
            REPLIES: self.tr("客户回复"), "cases": self.tr("投诉"), "refusals": self.tr("拒收名单"),
            "trends": self.tr("风向标"),
        }  # fmt: skip
        titles, at = [names[place] for place in PLACES], PLACES.index(self.model.place)
        made = tab_bar("inbox_places", self.tr("退订与投诉的各部分"), titles, at=at)
        made.currentChanged.connect(self._show_place)
        return made

    def _show_place(self, number: int) -> None:
        """The others are built when somebody first comes to them."""
        self.model.place = place = PLACES[number]
        if place == "cases" or "cases" in self.__dict__:
            for each in (self.cases.from_file, self.cases.enter):
                show_if(each, place == "cases")
        if self.model.place == REPLIES:
            self.panels.setCurrentIndex(0)
            self.render_state(self.model.state)
            return
        panel = self._panel(self.model.place)
        self.panels.setCurrentWidget(panel)
        panel.tell()
        if self.isVisible():
            panel.shown()

    def _panel(self, place: str) -> CasesPanel | RefusalsPanel | TrendsPanel:
        if place == "cases":
            return self.cases
        return self.refusals if place == "refusals" else self.trends

    def _add(self, panel: P) -> P:
        self.panels.addWidget(panel)
        panel.said.connect(lambda words: self._said(panel, words))
        return panel

    def _said(self, panel: QWidget, words: str) -> None:
        if self.panels.currentWidget() is panel:
            self.subtitle.setText(words)

    def _show_other(self, source: ReplySource) -> None:
        self._wanted = None
        self.opened.hide()
        self.rows.show(source)

    def _renew(self) -> None:
        if self.isVisible():
            self.rows.reload()

    def _read(self) -> None:
        """Rows were read: the one that was chosen before, else the open reply, which newer ones may have moved down."""
        if self._wanted is not None:
            self._open(self._wanted)
        elif self.opened.isVisible():
            self._follow()

    def _follow(self) -> None:
        number = self.rows.find(lambda each: each.answer.id == self._opened)
        if number is None:
            return
        self._open(number)
        if number != self.table.currentIndex().row():
            self.table.setAutoScroll(False)  # whoever has scrolled on is not called back
            self.table.selectRow(number)
            self.table.setAutoScroll(True)

    def _open(self, number: int) -> None:
        """The whole reply below the table, with what came of it."""
        answered = self.rows.row(number) if number >= 0 else None
        self._wanted = number if answered is None and number >= 0 else None
        if answered is None:
            return
        if self.shown_answer is not None and self._opened == answered.answer.id:
            self.shown_answer.show_answer(answered)
        else:
            self._opened = answered.answer.id
            self._build(answered)
        self.opened.show()

    def _build(self, answered: Answered) -> None:
        inside = self.opened.layout()
        assert inside is not None
        if self.shown_answer is not None:
            inside.removeWidget(self.shown_answer)
            self.shown_answer.deleteLater()
        self.shown_answer = AnswerRow(self._desk.kit, answered)
        show_if(self.shown_answer.line, False)
        inside.addWidget(self.shown_answer)

    def _tabs(self) -> QTabBar:
        names = {"all": self.tr("全部"), "opt_outs": self.tr("退订"), "others": self.tr("其他回复")}
        titles, at = [names[kind] for kind in KINDS], list(KINDS).index(self.model.state.kind)
        made = tab_bar("inbox_kinds", self.tr("按意思筛选"), titles, at=at)
        made.currentChanged.connect(lambda at: self.model.show_kind(list(KINDS)[at]))
        return made

    def _search(self) -> SearchField:
        spoken, hint = self.tr("查找回复"), self.tr("完整手机号、客户标识或回复内容")
        made = SearchField(self._desk.kit.theme, "inbox_search", spoken, hint, self.replies)
        made.setText(self.model.state.text)
        made.setFixedWidth(280)
        made.textChanged.connect(self.model.search)
        return made

    def _nothing(self) -> Empty:
        return Empty(
            self._desk.kit.theme,
            "inbox",
            self.tr("还没有人回复"),
            self.tr("客户的回复会自动收到这里。回复 R、T、TD、退订等的人立即加入拒收名单，并回写平台。"),
        )

    def _no_match(self) -> Empty:
        return Empty(
            self._desk.kit.theme,
            "search",
            self.tr("没有符合条件的回复"),
            self.tr("手机号和客户标识要输入完整；也可以输入回复里的几个字。"),
            action=self.tr("显示全部"),
            click=self._reset,
        )

    def _reset(self) -> None:
        self.search.clear()
        self.tabs.setCurrentIndex(0)

    def _columns(self) -> tuple[Column[Answered], ...]:
        return (
            Column(self.tr("时间"), MOMENT, lambda each: Cell(show.moment(each.answer.received_at))),
            Column(self.tr("客户"), 130, lambda each: Cell(each.answer.who or self.tr("号码已删除"))),
            Column(self.tr("回复"), 160, lambda each: _or_nothing(" ".join(each.answer.text.split())), grows=4),
            Column(self.tr("意思"), 120, self._meaning),
            Column(self.tr("处理"), 172, self._handled, rank=1),
            Column(self.tr("活动"), 130, lambda each: _or_nothing(each.answer.campaign), grows=2, rank=2, named=True),
            Column(self.tr("收自"), 130, lambda each: _or_nothing(each.by), grows=2, rank=3),
        )

    def _meaning(self, each: Answered) -> Cell:
        if each.answer.opt_out:
            return Cell(self.tr("退订"), level="warn")
        return Cell(self.tr("回复"), level="muted")

    def _handled(self, each: Answered) -> Cell:
        if not each.answer.opt_out:
            return NOTHING
        if each.answer.since is None:
            return Cell(self.tr("已解除拒收"), self.tr("其后有更新的同意，并经人复核。"), level="muted")
        words = {
            "refused": (self.tr("平台未接受"), self.tr("已加入拒收名单，但平台没有接受回写。")),
            "waiting": (self.tr("待回写平台"), self.tr("已加入拒收名单，后台会一直重试回写平台。")),
        }
        states = {shop.state for shop in each.shops}
        grave = next((state for state in _GRAVEST if state in states), "")
        if grave:
            return Cell(*words[grave], level="warn")
        return Cell(self.tr("已拒收"), self.tr("已加入拒收名单，不再发送。"), level="ok")


def _or_nothing(text: str) -> Cell:
    return Cell(text, text) if text else NOTHING


def model_of(desk: Desk) -> InboxModel:
    """The one of the open workspace: it outlives the page, which is built anew for another language."""
    return desk.kept(InboxModel, lambda: InboxModel(desk.app, desk.jobs, desk.session))
