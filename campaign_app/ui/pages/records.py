"""记录: who did what and when, as a chain that can be gone through, and proof that can be handed out and verified."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QComboBox, QFrame, QProgressBar, QStackedWidget

from campaign_app.domain.errors import AppError
from campaign_app.domain.money import PER_YUAN, yuan
from campaign_app.domain.ports_evidence import DECISIONS, AuditLine
from campaign_app.domain.team import Permission
from campaign_app.ui import actors, show
from campaign_app.ui.cells import MOMENT_WITH_SECONDS, NOTHING, Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.folders import documents, tell_written
from campaign_app.ui.itemmodels.paged import PagedModel
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.records_dialogs import CheckDialog, ExportDialog
from campaign_app.ui.pages.records_stamps import StampRow
from campaign_app.ui.pages.steps.step import keeping_focus
from campaign_app.ui.viewmodels.backups import WorkState
from campaign_app.ui.viewmodels.records import KINDS, EntrySource, RecordsModel, RecordsState
from campaign_app.ui.widgets.basics import button, card, column, frame, label, row, show_if
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.page import Page
from campaign_app.ui.widgets.search_field import SearchField
from campaign_app.ui.widgets.table import Table

if TYPE_CHECKING:
    from campaign_app.evidence.desk import Exported

STEPS: Final = 1_000
SHORT: Final = 12  # letters of a hash in the table
_ACCOUNTS: Final = frozenset({"account", "sender", "source"})  # by number, which no other account ever has
_AMOUNTS: Final = frozenset({"price", "budget"})
_ONCE: Final = PER_YUAN // 1_000  # before schema 30 entries had such numbers of thousandths
_UNREAD: Final = frozenset({"token", "certificate", "unreadable"})  # of any length, and nothing for a person
# what entries of a kind say by codes, several of them with commas between, and where their words are
_CODED: Final[Mapping[str, Mapping[str, str]]] = {
    "suppression": {"kind": "suppression", "source": "suppression_source"},
    "complaint": {
        "source": "complaint_source",
        "way": "complaint_way",
        "state": "complaint_state",
        "reason": "complaint_why",
    },
    "signature": {"scopes": "purpose", "carriers": "carrier"},
    "campaign": {"state": "state", "note": "state_note"},
    "wording": {"kind": "wording_kind"},
    "workspace": {"why": "state_note"},
    "role": {"role": "role"},
}
_REFUSED: Final = "refused_"  # before the code of what is wrong with rows of a file
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*[+-]\d\d:\d\d")


class RecordsPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("", " ")
        self.title.setText(self.tr("记录"))
        self._desk, self.model = desk, model_of(desk)
        self._opened: AuditLine | None = None
        self.setAcceptDrops(True)
        self.rows: PagedModel[AuditLine] = PagedModel(desk.kit.tasks, self._columns(), self)
        self.table = Table(desk.kit.theme, "records_table", self.tr("审计记录"))
        self.table.use(self.rows, self.rows.columns)
        self.table.moved.connect(self._open)
        self.table.clicked.connect(lambda index: self._open(index.row()))
        self.kinds, self.campaigns, self.search = self._kinds(), self._campaign_box(), self._search()
        self.no_match = Empty(
            desk.kit.theme,
            "search",
            self.tr("没有符合条件的记录"),
            self.tr("可以换一种类别、活动，或别的词。"),
            action=self.tr("显示全部"),
            click=self._reset,
        )
        self.nothing = Empty(
            desk.kit.theme,
            "records",
            self.tr("还没有记录"),
            self.tr(
                "连接店铺、修改和批准活动、发送、退订与投诉：谁在什么时候做了什么，都会自动记在这里，改动或删去都会被看出。"
            ),
        )
        self.stack = QStackedWidget()
        for each in (self.table, self.no_match, self.nothing):
            self.stack.addWidget(each)
        self.detail = label("", wrap=True, name="records_detail", select=True)
        self.opened = frame("card", column(self.detail, margin=4), name="records_opened")
        self.opened.hide()
        self._actions()
        self.content.addWidget(self._chain_card())
        self.content.addLayout(row(self.kinds, self.campaigns, None, self.search))
        self.content.addWidget(self.stack, 1)
        self.content.addWidget(self.opened)
        self._connect()
        self.render_state(self.model.state)
        self.rows.show(self.model.source())

    def shown(self) -> None:
        self.model.load()
        self.model.stamps.load()
        self.rows.reload()

    def open(self, what: object) -> None:
        """A campaign's id: what was done with it."""
        if isinstance(what, int):
            self._reset()
            self.model.show_campaign(what)

    def render_state(self, state: RecordsState) -> None:
        empty = self.no_match if state.filtered else self.nothing
        self.stack.setCurrentWidget(empty if state.total == 0 else self.table)
        if state.total is None:
            self.subtitle.setText(self.tr("正在读取…"))
        else:
            if state.filtered:
                found = self.tr("找到 {count} 条记录。", "", state.total)
            else:
                found = self.tr("列出 {count} 条，不含逐批记录，序号因此不相连。", "", state.total)
            kept = self.tr("改动或删去任何一条，验证时都会看出来。")
            none = "" if state.provable else self.tr("活动批准之后，才有可以导出的证据。")
            bare = not state.total and not state.filtered  # the page itself says what will be there
            self.subtitle.setText(none if bare else found.format(count=show.count(state.total)) + kept + none)
        self._fill_campaigns(state)
        self.export.setEnabled(state.provable)
        self._render_chain()

    def export_dialog(self) -> ExportDialog:
        made = ExportDialog(self._desk.kit, self.model, documents(), self)
        made.open()
        return made

    def check_dialog(self, file: Path | None = None) -> CheckDialog:
        made = CheckDialog(self._desk.kit, self.model.checking, file, self)
        made.open()
        return made

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        self.check_dialog(Path(event.mimeData().urls()[0].toLocalFile()))

    def _connect(self) -> None:
        model = self.model
        self.rows.counted.connect(model.counted)
        self.rows.failed.connect(self._desk.kit.messages.error)
        model.changed.connect(self.render_state)
        model.other.connect(self._show_other)
        model.exported.connect(self._exported)
        model.chain.changed.connect(self._chain_changed)
        for told in (model.stamps.asked, model.stamps.kept):
            told.connect(lambda _: self.rows.reload())

    def _actions(self) -> None:
        self.check = button(self.tr("验证文件…"), name="records_check", click=self.check_dialog)
        self.export = button(self.tr("导出证据…"), "primary", name="records_export", click=self.export_dialog)
        for each in (self.check, self.export):
            self.buttons.addWidget(each)

    def _chain_card(self) -> QFrame:
        self.said = label("", wrap=True, name="records_chain")
        self.shown_head = label("", "muted", name="records_head", wrap=True, select=True)
        self.bar = QProgressBar()
        self.bar.setObjectName("records_bar")
        self.bar.setRange(0, STEPS)
        self.bar.setAccessibleName(self.tr("验证进度"))
        self.copy = button(self.tr("复制链头"), name="records_copy", click=self._copy)
        self.verify = button(self.tr("验证审计链"), name="records_verify", click=self.model.verify)
        self.stop = button(self.tr("停止"), name="records_stop", click=self.model.chain.stop)
        parts = row(column(self.said, self.shown_head, self.bar, space=1), self.copy, self.stop, self.verify, stretch=0)
        self.stamps = StampRow(self._desk.kit, self.model.stamps)
        self._desk.allow(Permission.VOUCH, self.stamps.ask, self.stamps.read)
        return card(parts, self.stamps)

    def _chain_changed(self, _: object) -> None:
        self._render_chain()

    def _render_chain(self) -> None:
        work, head = self.model.chain.state, self.model.state.head
        self.said.setText(self._chain_words(work))
        self.shown_head.setText("" if head is None else str(head))
        self.bar.setValue(int(work.done * STEPS))
        with keeping_focus(self, lambda: self.stop if work.busy else self.verify):
            for part, on in (
                (self.bar, work.busy),
                (self.stop, work.busy),
                (self.verify, not work.busy),
                (self.shown_head, head is not None and not work.busy),
                (self.copy, head is not None and not work.busy),
            ):
                show_if(part, on)

    def _chain_words(self, work: WorkState) -> str:
        head = self.model.state.head
        if work.busy:
            return self.tr("正在逐条验证，并与发送、同意和拒收的每一行核对…")
        if work.error is not None:
            return self._why(work.error)
        if head is None:
            return self.tr("验证会逐条重算审计链；得到的链头请抄录在别处，以后的证据须从它接下去。")
        said = self.tr("审计链成立，共 {count} 条。").format(count=show.count(head.number))
        return said + self._compared() + self.tr("链头请抄录在别处：")

    def _compared(self) -> str:
        found = self.model.state.compared
        if found is None:
            return ""
        said = self.tr("其中说到的 {rows} 行（批次、同意、拒收）与表中一致。").format(rows=show.count(found.rows))
        if not found.before:
            return said
        return said + self.tr("另有 {rows} 行早于逐行留痕，只核对了行数。").format(rows=show.count(found.before))

    def _why(self, error: AppError) -> str:
        if "rows_of" in error.facts:  # the chain holds, and the sentence says which entry
            return self._desk.kit.words.error(error)
        at = error.facts.get("entry")
        where = self.tr("第 {n} 条与前面不符。").format(n=at) if at is not None else ""
        return self.tr("审计链不成立：") + where + self._desk.kit.words.error(error)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.shown_head.text())
        self._desk.kit.messages.done(lambda: translate("RecordsPage", "链头已复制。"))

    def _exported(self, made: Exported) -> None:
        name = made.file.name
        tell_written(
            self._desk.kit.messages,
            lambda: translate("RecordsPage", "证据已导出：{file}").format(file=name),
            made.file,
        )
        self.rows.reload()

    def _show_other(self, source: EntrySource) -> None:
        self.opened.hide()
        self.rows.show(source)

    def _open(self, number: int) -> None:
        """All that an entry says, below the table."""
        entry = self.rows.row(number) if number >= 0 else None
        if entry is None:
            return
        self._opened = entry
        said = self.tr("{name}：{value}")
        facts = [
            said.format(name=self._fact(name), value=self._written(entry, name, value))
            for name, value in entry.facts.items()
        ]
        title = self.tr("第 {n} 条 · {what}").format(n=entry.number, what=self._what(entry))
        digest = self.tr("哈希：{hash}").format(hash=entry.hash.hex())
        self.detail.setText("\n".join([title, *facts, digest]))
        self.opened.show()

    def _columns(self) -> tuple[Column[AuditLine], ...]:
        return (
            Column(self.tr("序号"), 84, lambda each: Cell(f"#{each.number}"), right=True, rank=2),
            Column(self.tr("时间"), MOMENT_WITH_SECONDS, lambda each: Cell(show.moment(each.at, seconds=True))),
            Column(self.tr("谁"), 116, lambda each: Cell(actors.who(each.actor), each.actor)),
            Column(self.tr("做了什么"), 170, lambda each: Cell(self._what(each), each.action), grows=1),
            Column(self.tr("活动"), 130, self._campaign, grows=1, rank=1, named=True),
            Column(self.tr("详情"), 220, self._details, grows=4),
        )

    def _what(self, entry: AuditLine) -> str:
        return self._desk.kit.words.term("audit", entry.action)

    def _campaign(self, entry: AuditLine) -> Cell:
        number = entry.facts.get("campaign")
        name = self.model.state.name_of(number)
        return NOTHING if number is None else Cell(name or f"#{number}", name)

    def _details(self, entry: AuditLine) -> Cell:
        facts = [
            f"{self._fact(name)} {_short(self._written(entry, name, value))}"
            for name, value in entry.facts.items()
            if name != "campaign" and value not in (None, "")
        ]
        return Cell(" · ".join(facts), "\n".join(facts)) if facts else NOTHING

    def _fact(self, name: str) -> str:
        if name.startswith(_REFUSED):
            return self._desk.kit.words.term("refusal", name.removeprefix(_REFUSED))
        return self._desk.kit.words.term("audit_fact", name)

    def _written(self, entry: AuditLine, name: str, value: object) -> str:
        if value in (None, ""):
            return "–"
        if isinstance(value, bool):
            return self.tr("是") if value else self.tr("否")
        if number := self._numbered(name, value):
            return number
        coded = _CODED.get(entry.action.partition(".")[0], {})
        table = "audit_fact" if name == "fields" else coded.get(name, "")
        if _MOMENT.fullmatch(str(value)):
            return show.moment(datetime.fromisoformat(str(value)), seconds=True)
        if not table:
            return _short(str(value)) if name in _UNREAD else str(value)
        codes = [str(value)] if table == "state_note" else str(value).split(",")  # a note may name a shop
        return self.tr("、").join(self._desk.kit.words.term(table, each) for each in codes)

    def _numbered(self, name: str, value: object) -> str:
        """What stands for a number by what it counts, "" where it says so itself."""
        if name in _AMOUNTS and isinstance(value, int):
            return yuan(value * _ONCE)
        label = self.model.state.account_of(value) if name in _ACCOUNTS else ""
        return f"{label} #{value}" if label else ""

    def _kinds(self) -> QComboBox:
        names = {
            DECISIONS: self.tr("除逐批记录外"),
            "": self.tr("全部类别"),
            "campaign": self.tr("活动"),
            "batch": self.tr("交给通道的批次"),
            "facts": self.tr("同意记录"),
            "complaint": self.tr("投诉"),
            "suppression": self.tr("拒收名单"),
            "evidence": self.tr("证据"),
            "report": self.tr("自查报告"),
            "lookback": self.tr("回头看"),
            "wording": self.tr("同意文案"),
            "peak": self.tr("大促预案"),
            "segment": self.tr("人群"),
            "account": self.tr("店铺与通道"),
            "signature": self.tr("签名"),
            "customer": self.tr("客户"),
            "retention": self.tr("到期清理"),
            "settings": self.tr("策略"),
            "workspace": self.tr("工作区"),
        }
        made = QComboBox()
        made.setObjectName("records_kinds")
        made.setAccessibleName(self.tr("按类别筛选"))
        for kind in KINDS:
            made.addItem(names[kind], kind)
        made.setCurrentIndex(KINDS.index(self.model.state.query.kind))
        made.activated.connect(lambda _: self.model.show_kind(made.currentData()))
        return made

    def _campaign_box(self) -> QComboBox:
        made = QComboBox()
        made.setObjectName("records_campaigns")
        made.setAccessibleName(self.tr("按活动筛选"))
        made.setMinimumWidth(180)
        made.addItem(self.tr("全部活动"), None)
        made.activated.connect(lambda _: self.model.show_campaign(made.currentData()))
        return made

    def _fill_campaigns(self, state: RecordsState) -> None:
        known = [self.campaigns.itemData(at) for at in range(1, self.campaigns.count())]
        if known != [each.id for each in state.campaigns]:
            while self.campaigns.count() > 1:
                self.campaigns.removeItem(1)
            for each in state.campaigns:
                self.campaigns.addItem(f"#{each.id} {each.name}", each.id)
        self.campaigns.setCurrentIndex(max(0, self.campaigns.findData(state.query.campaign_id)))

    def _search(self) -> SearchField:
        spoken, hint = self.tr("查找记录"), self.tr("谁、做了什么或其中的词")
        made = SearchField(self._desk.kit.theme, "records_search", spoken, hint, self)
        made.setText(self.model.state.query.text)
        made.setFixedWidth(260)
        made.textChanged.connect(self._look_for)
        return made

    def _look_for(self, text: str) -> None:
        """Also by what stands in the table, which is kept by codes."""
        called = self._desk.kit.words.called("audit", text)
        self.model.search(text, called, actors.parts_called(text) if text.strip() else frozenset())

    def _reset(self) -> None:
        self.search.clear()
        self.kinds.setCurrentIndex(0)
        self.model.show_kind(DECISIONS)
        self.model.show_campaign(None)


def _short(text: str) -> str:
    return f"{text[:SHORT]}…" if len(text) > 2 * SHORT and " " not in text else text


def model_of(desk: Desk) -> RecordsModel:
    """The one of the open workspace: it outlives the page, which is built anew for another language."""
    return desk.kept(RecordsModel, lambda: RecordsModel(desk.app, desk.kit.tasks, desk.session))
