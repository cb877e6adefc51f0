"""签名与模板: every signature with its state, scope, owner, validity and port, and all of the one that is open."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QTabBar, QWidget

from campaign_app.domain.errors import AppError
from campaign_app.domain.team import Permission
from campaign_app.services.filings import Filing
from campaign_app.services.window import BEIJING
from campaign_app.ui import show
from campaign_app.ui.cells import NOTHING, Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.own_signature import OwnSignatureDialog
from campaign_app.ui.pages.signature_drawer import SignatureDrawer
from campaign_app.ui.pages.templates import TemplatesPanel
from campaign_app.ui.viewmodels.filings import FilingsModel, FilingsState, key_of
from campaign_app.ui.widgets.basics import button, row, show_if
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.page import Page
from campaign_app.ui.widgets.panels import Panels
from campaign_app.ui.widgets.search_field import SearchField
from campaign_app.ui.widgets.table import Table
from campaign_app.ui.widgets.tabs import tab_bar

SEARCH: Final = 220
# of the kinds of what is done (`Page.renew`), those after which something here is another
_SHOWN: Final = frozenset({"account", "signature", "sync"})


class SignaturesPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("", " ")
        self.title.setText(self.tr("签名与模板"))
        self._desk = desk
        self.model = model_of(desk)
        self.rows: RowsModel[Filing] = RowsModel(self._columns(), parent=self)
        self.table = Table(desk.kit.theme, "signatures_table", self.tr("签名"))
        self.table.use(self.rows, self.rows.columns)
        self.table.clicked.connect(lambda index: self._open(index.row()))
        self.table.opened.connect(self._open)
        self.table.moved.connect(self._follow)
        self.drawer = SignatureDrawer(desk, self.model)
        self.drawer.closed.connect(self.table.setFocus)
        self.empty = Empty(
            desk.kit.theme,
            "signatures",
            self.tr("还没有签名"),
            self.tr(
                "签名由平台审核、向运营商报备后才能使用。连接账户并同步后，平台报告的签名会列在这里；查不到签名的通道，可以自行登记。"
            ),
            action=self.tr("去设置里连接"),
            click=lambda: desk.way.to("settings", "accounts"),
        )
        self.no_match = Empty(
            desk.kit.theme,
            "search",
            self.tr("没有符合条件的签名"),
            self.tr("可以输入签名、主体或端口里的几个字。"),
            action=self.tr("显示全部"),
            click=self._show_all,
        )
        self.stack = Panels()
        for each in (self.table, self.empty, self.no_match):
            self.stack.addWidget(each)
        self.tabs = self._tabs()
        self.templates = TemplatesPanel(desk)
        self.search = self._search()
        self.templates.all_wanted.connect(self._show_all)
        signatures = QWidget()
        signatures.setLayout(row(self.stack, self.drawer, space=3, stretch=0))
        self.panels = Panels()
        self.panels.addWidget(signatures)
        self.panels.addWidget(self.templates)
        self.state_one = button(self.tr("登记签名…"), name="own_signature_new", click=lambda: self._state(None))
        desk.allow(Permission.VOUCH, self.state_one)
        self.dialog: OwnSignatureDialog | None = None
        self.drawer.restated.connect(self._state)
        self.content.addLayout(row(self.tabs, None, self.search, self.state_one, self.templates.again))
        self.content.addWidget(self.panels, 1)
        # the models outlive this page: a lambda would still be called when it is gone
        self.templates.model.changed.connect(self._say)
        self._show_panel(self.tabs.currentIndex())
        self.model.changed.connect(self.render_state)
        self.model.kept.connect(self._told_kept)
        self.model.refused.connect(self._refused)
        self.render_state(self.model.state)

    def _tabs(self) -> QTabBar:
        titles = self.tr("签名"), self.tr("模板")
        made = tab_bar("signature_tabs", self.tr("签名或模板"), titles, at=self.model.panel)
        made.currentChanged.connect(self._show_panel)
        return made

    def _search(self) -> SearchField:
        """One for both lists: what a word finds in the one is often looked for in the other."""
        made = SearchField(self._desk.kit.theme, "signatures_search", self.tr("查找签名或模板"), "", self)
        made.setText(self.model.sought)
        self.templates.show_only(self.model.sought)
        made.setFixedWidth(SEARCH)
        made.textChanged.connect(self._look_for)
        return made

    def _show_all(self) -> None:
        self.search.clear()

    def _look_for(self, text: str) -> None:
        self.model.sought = text
        self.templates.show_only(text)
        self.render_state(self.model.state)

    def _show_panel(self, number: int) -> None:
        self.model.panel = number
        self.panels.setCurrentIndex(number)
        show_if(self.templates.again, bool(number))
        show_if(self.state_one, not number)
        self.search.setPlaceholderText(self.tr("编号、内容或账户") if number else self.tr("签名、主体或端口"))
        self._say()
        if number and self.isVisible():
            self.templates.shown()

    def shown(self) -> None:
        self.model.load()
        if self.model.panel:
            self.templates.shown()

    def renew(self, kinds: frozenset[str]) -> None:
        if kinds & _SHOWN:
            self.model.load()

    def place(self) -> str:
        return "signatures.templates" if self.panels.currentWidget() is self.templates else ""

    def flush(self) -> None:
        self.model.save()

    def unkept(self) -> bool:
        return self.model.state.typed is not None

    def open(self, what: object) -> None:
        """(entity, text) of a signature."""
        if isinstance(what, tuple):
            self.tabs.setCurrentIndex(0)
            self.search.clear()
            self.model.open(what)

    def render_state(self, state: FilingsState) -> None:
        filings = [each for each in state.filings or () if _names(each, self.model.sought)]
        self.rows.show(filings)
        empty = self.empty if state.filings == () else self.no_match if state.filings and not filings else None
        self.stack.setCurrentWidget(empty or self.table)
        self.state_one.setEnabled(bool(state.entities))
        if self._desk.may(Permission.VOUCH):
            none = self.tr("签名登记在主体名下：请先连接它的账户")
            self.state_one.setToolTip("" if state.entities else none)
        self._say()
        at = next((n for n, each in enumerate(filings) if key_of(each) == state.opened), None)
        if at is not None and self.table.currentIndex().row() != at:
            self.table.selectRow(at)
        elif at is None and state.opened is not None:
            self.table.clearSelection()  # the open one is not among those that were found

    def _state(self, of: Filing | None) -> None:
        desk = self._desk
        today = desk.app.clock().astimezone(BEIJING).date()
        self.dialog = OwnSignatureDialog(desk.kit, self.model, self.model.state.entities, today, of, self)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _refused(self, token: object, error: AppError) -> None:
        """Of what a dialog asked for that was closed before the answer came."""
        if self.dialog is None or self.dialog.token is not token:
            self._desk.kit.messages.error(error)

    def _told_kept(self) -> None:
        self._desk.kit.messages.done(lambda: translate("SignaturesPage", "登记已保存。"))

    def _say(self, _: object = None) -> None:
        listed = self.templates.model.state.rows if self.model.panel else self.model.state.filings
        show_if(self.search, bool(listed))
        self.subtitle.setText(self.templates.told() if self.model.panel else self._said(self.model.state))

    def _said(self, state: FilingsState) -> str:
        if state.filings is None:
            return self.tr("正在读取…")
        usable = sum(not each.problem for each in state.filings)
        return self.tr("共 {count} 个签名，{usable} 个可用。签名只能用于报备过的主体和用途。").format(
            count=len(state.filings), usable=usable
        )

    def _columns(self) -> tuple[Column[Filing], ...]:
        words = self._desk.kit.words

        def state(filing: Filing) -> Cell:
            if filing.problem:
                return Cell(words.term("signature_problem", filing.problem), level="block")
            if filing.warnings:
                return Cell(words.term("signature_warning", filing.warnings[0]), level="warn")
            return Cell(self.tr("可用"), level="ok")

        def scopes(filing: Filing) -> Cell:
            told = self.tr("、").join(words.term("purpose", each) for each in filing.signature.scopes)
            return Cell(told, self.tr("报备过的用途")) if told else NOTHING

        return (
            Column(self.tr("签名"), 120, lambda filing: Cell(f"【{filing.signature.text}】"), grows=3, named=True),
            Column(self.tr("状态"), 176, state),
            Column(self.tr("可用于"), 120, scopes, grows=2, rank=2),
            Column(self.tr("有效期至"), 104, _until, rank=1),
            Column(self.tr("主体"), 150, lambda filing: Cell(filing.entity.name), grows=3, rank=4, named=True),
            Column(
                self.tr("端口"),
                128,
                lambda filing: Cell(filing.record.port) if filing.record.port else NOTHING,
                rank=3,
            ),
            Column(self.tr("活动"), 96, lambda filing: Cell(str(len(filing.campaigns))), right=True, rank=1),
        )

    def _open(self, number: int) -> None:
        filing = self.rows.row(number)
        if filing is not None:
            self.model.open(key_of(filing))

    def _follow(self, number: int) -> None:
        """While the drawer is open it shows the current row."""
        if self.model.state.opened is not None:
            self._open(number)


def _names(filing: Filing, sought: str) -> bool:
    told = (filing.signature.text, filing.entity.name, filing.entity.uscc, filing.record.port)
    return sought.strip().strip("【】").casefold() in "\n".join(told).casefold()


def _until(filing: Filing) -> Cell:
    until = filing.signature.valid_until
    return NOTHING if until is None else Cell(show.day(until))


def model_of(desk: Desk) -> FilingsModel:
    """The one of the open workspace: it outlives the page, which is built anew for another language."""
    kit = desk.kit
    return desk.kept(
        FilingsModel, lambda: FilingsModel(desk.app, kit.tasks, kit.messages, lambda: kit.prefs.language, desk.session)
    )
