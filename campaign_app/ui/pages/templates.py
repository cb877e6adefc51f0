"""签名与模板 → 模板: what each sender account has filed, in which state, and why one was refused."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from campaign_app.ui import show
from campaign_app.ui.cells import NOTHING, Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.viewmodels.templates import Row, TemplatesModel, TemplatesState
from campaign_app.ui.widgets.basics import button, clear, column, frame, label, row, show_if
from campaign_app.ui.widgets.drawer import Drawer
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.facts import Facts, Line
from campaign_app.ui.widgets.panels import Panels
from campaign_app.ui.widgets.table import Table

LEVELS = {"approved": "ok", "pending": "warn", "rejected": "block"}


class TemplatesPanel(QWidget):
    """`all_wanted`: what `show_only` was told hides every row, and somebody wants to see them."""

    all_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._sought = ""
        self.model = model_of(desk)
        self.silent = label("", "block", wrap=True, name="templates_silent")
        self.again = button(self.tr("重新读取"), name="templates_again", click=self.model.load)
        self.rows: RowsModel[Row] = RowsModel(self._columns(), parent=self)
        self.table = Table(desk.kit.theme, "templates_table", self.tr("模板"))
        self.table.use(self.rows, self.rows.columns)
        self.table.clicked.connect(lambda index: self.model.open(self.rows.row(index.row())))
        self.table.opened.connect(lambda number: self.model.open(self.rows.row(number)))
        self.table.moved.connect(self._follow)
        self.drawer = TemplateDrawer(desk, self.model)
        self.drawer.closed.connect(self.table.setFocus)
        self.empty = Empty(
            desk.kit.theme,
            "signatures",
            self.tr("没有可列出的模板"),
            self.tr(
                "能查询模板的通道（例如阿里云短信、腾讯云短信）把审核过的模板列在这里。"
                "您的通道不在其中时，这里空着是正常的，不影响发送。"
            ),
            action=self.tr("去看账户"),
            click=lambda: desk.way.to("settings", "accounts"),
        )
        self.no_match = Empty(
            desk.kit.theme,
            "search",
            self.tr("没有符合条件的模板"),
            self.tr("可以输入编号、内容或通道账户里的几个字。"),
            action=self.tr("显示全部"),
            click=self.all_wanted.emit,
        )
        self.stack = Panels()
        for each in (self.table, self.empty, self.no_match):
            self.stack.addWidget(each)
        self.setLayout(column(self.silent, row(self.stack, self.drawer, space=3, stretch=0), space=2, stretch=1))
        self.model.changed.connect(self.render_state)
        self.render_state(self.model.state)

    def shown(self) -> None:
        """Providers are asked once; after that only when somebody wants to know anew."""
        if self.model.state.rows is None and not self.model.state.reading:
            self.model.load()

    def show_only(self, text: str) -> None:
        """The rows that say this somewhere; all of them for ""."""
        self._sought = text.strip().casefold()
        self.render_state(self.model.state)

    def render_state(self, state: TemplatesState) -> None:
        rows = [each for each in state.rows or () if self._sought in _said(each)]
        self.rows.show(rows)
        empty = self.empty if state.rows == () and not state.silent else None
        self.stack.setCurrentWidget(empty or (self.no_match if state.rows and not rows else self.table))
        self.again.setEnabled(not state.reading)
        words = self._desk.kit.words
        lost = "\n".join(
            self.tr("没有读到“{name}”的模板：{why}").format(name=name, why=words.error(error))
            for name, error in state.silent
        )
        self.silent.setText(lost)
        show_if(self.silent, bool(lost))

    def told(self) -> str:
        """The line under the page's title."""
        state = self.model.state
        if state.reading:
            return self.tr("正在询问服务商…")
        if state.rows is None:
            return " "
        held = self.tr("按模板发送的通道，正文必须与一个已通过的模板逐字相符，否则不会发出。")
        if not state.rows:
            return held
        counts = self.tr("共 {count} 个模板，{usable} 个已通过。", "", len(state.rows))
        return counts.format(count=show.count(len(state.rows)), usable=show.count(state.approved)) + held

    def _columns(self) -> tuple[Column[Row], ...]:
        words = self._desk.kit.words

        def state(each: Row) -> Cell:
            status = each.template.status
            return Cell(words.term("signature_status", status), each.template.reason, LEVELS.get(status, "muted"))

        def variables(each: Row) -> Cell:
            return Cell(self.tr("、").join(each.template.variables)) if each.template.variables else NOTHING

        return (
            Column(self.tr("模板"), 104, lambda each: Cell(each.template.code, each.template.name)),
            Column(self.tr("状态"), 96, state),
            Column(self.tr("内容"), 180, lambda each: Cell(each.template.text, each.template.text), grows=6),
            Column(self.tr("类型"), 112, lambda each: Cell(words.term("template_kind", each.template.kind)), rank=2),
            Column(self.tr("变量"), 96, variables, grows=1, rank=3),
            Column(self.tr("通道账户"), 120, lambda each: Cell(each.account.label), grows=1, rank=1),
        )

    def _follow(self, number: int) -> None:
        """While the drawer is open it shows the current row."""
        if self.model.state.opened is not None:
            self.model.open(self.rows.row(number))


def _said(each: Row) -> str:
    template = each.template
    return "\n".join((template.code, template.name, template.text, each.account.label)).casefold()


class TemplateDrawer(Drawer):
    def __init__(self, desk: Desk, model: TemplatesModel) -> None:
        super().__init__(desk.kit.theme, "template_drawer", "")
        for part in (self, self.area):
            part.setAccessibleName(self.tr("模板的详情"))
        self._desk = desk
        self._shown: Row | None = None
        self.closed.connect(lambda: model.open(None))
        model.changed.connect(self.render_state)
        self.render_state(model.state)

    def render_state(self, state: TemplatesState) -> None:
        show_if(self, state.opened is not None)
        if state.opened is None or state.opened == self._shown:
            return
        self._shown = state.opened
        account, template, words = state.opened.account, state.opened.template, self._desk.kit.words
        self.title.setText(template.code)
        self.subtitle.setText(template.name)
        clear(self.body)
        text = label(template.text, wrap=True, select=True, name="template_text")
        self.add(frame("well", column(text, margin=3)))
        lines = [
            Line(self.tr("状态"), words.term("signature_status", template.status)),
            Line(self.tr("类型"), words.term("template_kind", template.kind)),
            Line(self.tr("变量"), self.tr("、").join(template.variables) or self.tr("没有")),
            Line(self.tr("通道账户"), f"{account.label} · {words.term('platform', account.platform)}"),
        ]
        if template.reason:
            lines.insert(1, Line(self.tr("未通过原因"), template.reason))
        self.add(Facts(self._theme, lines))
        self.body.addStretch(1)


def model_of(desk: Desk) -> TemplatesModel:
    """The one of the open workspace: it outlives the page, which is built anew for another language."""
    return desk.kept(TemplatesModel, lambda: TemplatesModel(desk.app, desk.kit.tasks, desk.kit.messages, desk.session))
