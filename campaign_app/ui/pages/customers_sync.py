"""Syncing customers: the button with its menu of shops, and what is under way, in place and with a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QProgressBar, QPushButton, QVBoxLayout, QWidget

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import AppError
from campaign_app.domain.ports import Job
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.viewmodels.customers import CustomersModel, CustomersState
from campaign_app.ui.widgets.basics import button, card, clear, label, literal, row
from campaign_app.words import Words


class SyncButton(QPushButton):
    """With one shop a plain button, with several one with a menu; a shop that is being synced cannot be begun twice."""

    def __init__(self, kit: Kit, model: CustomersModel) -> None:
        super().__init__(self.tr("同步客户"))
        self.setObjectName("customers_sync")
        self.setProperty("kind", "primary")
        self.setAutoDefault(False)
        self._kit, self._model = kit, model
        self._shops: tuple[Account, ...] = ()
        self._menu = QMenu(self)
        self._menu.setObjectName("customers_sync_menu")
        self.clicked.connect(lambda _=False: self._begin())
        kit.theme.changed.connect(self._draw)
        model.changed.connect(self.render_state)
        self._draw()
        self.render_state(model.state)

    def render_state(self, state: CustomersState) -> None:
        free = [shop for shop in state.connected if shop.id not in state.syncing]
        self.setEnabled(bool(free))
        self.setToolTip(self._why_not(state, free))
        if self._shops == state.connected and len(self._menu.actions()) > 1:
            self._enable(state)
            return
        self._shops = state.connected
        self._menu.clear()
        everything = self._menu.addAction(self.tr("全部店铺"))
        everything.triggered.connect(lambda _=False: self.begin_all())
        self._menu.addSeparator()
        for shop in self._shops:
            action = self._menu.addAction(literal(shop.label))
            action.setData(shop.id)
            action.triggered.connect(lambda _=False, which=shop.id: self._model.sync(which))
        self.setMenu(self._menu if len(self._shops) > 1 else None)  # type: ignore[arg-type]
        self._enable(state)

    def _enable(self, state: CustomersState) -> None:
        for action in self._menu.actions():
            action.setEnabled(action.data() not in state.syncing)

    def _why_not(self, state: CustomersState, free: list[Account]) -> str:
        if state.shops is not None and not state.connected:
            return self.tr("还没有连接店铺：请先在“设置”里连接")
        return "" if free or state.shops is None else self.tr("正在同步")

    def _begin(self) -> None:
        if len(self._shops) == 1:
            self._model.sync(self._shops[0].id)

    def begin_all(self) -> None:
        """Every shop that is not being synced already."""
        for shop in self._shops:
            if shop.id not in self._model.state.syncing:
                self._model.sync(shop.id)

    def _draw(self) -> None:
        self.setIcon(self._kit.theme.icon("sync", "on_accent"))


class SyncStrip(QWidget):
    """One line for each shop that is being synced."""

    def __init__(self, model: CustomersModel) -> None:
        super().__init__()
        self.setObjectName("customers_syncing")
        self._model = model
        self._lines: dict[int, _Line] = {}
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setLayout(self._column)
        model.changed.connect(self.render_state)
        self.render_state(model.state)

    def render_state(self, state: CustomersState) -> None:
        names = {shop.id: shop.label for shop in state.shops or ()}
        if set(self._lines) != set(state.syncing):
            clear(self._column)
            self._lines = {which: _Line(which, self._model) for which in sorted(state.syncing)}
            for line in self._lines.values():
                self._column.addWidget(line)
        for which, line in self._lines.items():
            line.show_job(names.get(which, ""), state.syncing[which])
        self.setVisible(bool(self._lines))


class _Line(QWidget):
    def __init__(self, account_id: int, model: CustomersModel) -> None:
        super().__init__()
        self.text = label("", name=f"syncing_{account_id}")
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName(self.tr("同步进度"))
        self.stop = button(
            self.tr("停止同步"), "quiet", name=f"stop_sync_{account_id}", click=lambda: model.cancel_sync(account_id),
            small=True,
        )  # fmt: skip
        self.stop.setToolTip(self.tr("已经收到的客户会保留"))
        frame = card(row(self.text, None, self.bar, self.stop), margin=2)
        self.setLayout(row(frame, space=0))

    def show_job(self, shop: str, job: Job) -> None:
        if job.state == "queued":
            said = self.tr("等待同步 {shop}").format(shop=shop)
        else:
            said = self.tr("正在同步 {shop}：已收到 {rows} 位客户", "", job.progress).format(
                shop=shop, rows=show.count(job.progress)
            )
        self.text.setText(said)


class SyncNotices(QObject):
    """Tells how a sync ended, in the bar above the page."""

    def __init__(self, kit: Kit, model: CustomersModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit, self._model = kit, model
        model.synced.connect(self._ended)

    def _ended(self, job: Job) -> None:
        account_id: int = job.args["account_id"]
        shop = next((each.label for each in self._model.state.shops or () if each.id == account_id), "")
        messages, model = self._kit.messages, self._model
        if job.state == "failed":
            messages.failed(
                lambda: _failed(shop, job, messages.words),
                job.error,
                label=lambda: translate("SyncNotices", "重试"),
                action=lambda: model.sync(account_id),
            )
        elif job.state == "cancelled":
            messages.info(lambda: _stopped(shop, job))
        else:
            messages.done(lambda: _done(shop, job, messages.words))


def _failed(shop: str, job: Job, words: Words) -> str:
    said = translate("SyncNotices", "{shop} 没有同步完，已收到的 {rows} 位客户保留。{why}")
    why = words.error(AppError(job.error, job.error))
    return said.format(shop=shop, rows=show.count(job.progress), why=why)


def _stopped(shop: str, job: Job) -> str:
    said = translate("SyncNotices", "{shop} 的同步已停止，已收到的 {rows} 位客户保留。")
    return said.format(shop=shop, rows=show.count(job.progress))


def _done(shop: str, job: Job, words: Words) -> str:
    result = job.result or {}
    if result.get("customers") == "not_offered":
        return words.term("job_note", "no_customers").format(shop=shop)
    rows, new, broken, erased = (int(result.get(name, 0)) for name in ("rows", "new", "broken", "erased"))
    kept = _kept(int(result.get("unreachable", 0)), words)
    if not rows and not broken and not erased:
        return translate("SyncNotices", "{shop} 已是最新，平台没有新的变化。").format(shop=shop) + kept
    said = translate("SyncNotices", "{shop} 已同步：收到 {rows} 位客户，其中新增 {new} 位。")
    if not rows and not broken:
        said = translate("SyncNotices", "{shop} 已同步，没有别的变化。")
    if erased:
        said += translate("SyncNotices", "已按平台要求删除 {erased} 位客户的资料。")
    if broken:
        said += translate("SyncNotices", "另有 {broken} 条不合约定，没有采用。")
    numbers = {"rows": rows, "new": new, "broken": broken, "erased": erased}
    return said.format(shop=shop, **{name: show.count(number) for name, number in numbers.items()}) + kept


def _kept(number: int, words: Words) -> str:
    """Of those whom the platform hands out to nobody."""
    gap = "" if words.language == "zh_CN" else " "
    said = words.term("job_note", "unreachable").format(count=show.count(number))
    return gap + said if number else ""
