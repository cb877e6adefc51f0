"""The people who were erased, each as the receipt that is left of it: who asked, what is kept of them and why."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from campaign_app.domain.erasure import ErasureReceipt
from campaign_app.services.following import RECEIPTS
from campaign_app.ui import show
from campaign_app.ui.cells import MOMENT_WITH_SECONDS, Cell, Column
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.kit import Kit
from campaign_app.ui.viewmodels.erasures import ErasuresModel
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.table import Table


class ErasureRecords(Dialog):
    HELP = "settings.accounts"

    def __init__(self, kit: Kit, model: ErasuresModel, shop: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("erasure_records")
        self.setWindowTitle(self.tr("删除回执 · {shop}").format(shop=shop))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(QSize(860, 520).boundedTo(parent.window().size() - QSize(48, 32)))
        model.setParent(self)
        self.rows: RowsModel[ErasureReceipt] = RowsModel(self._columns(), (), self)
        self.table = Table(kit.theme, "erasure_records_table", self.tr("删除回执"))
        self.table.use(self.rows, self.rows.columns)
        self.said = label(self.tr("正在读取…"), "muted", name="erasure_records_said", wrap=True)
        self.leave = button(self.tr("关闭"), name="erasure_records_close", click=self.close)
        self.setLayout(column(self.said, self.table, row(None, self.leave), space=3, margin=5, stretch=1))
        model.changed.connect(self.render_receipts)
        model.load()

    def render_receipts(self, receipts: tuple[ErasureReceipt, ...]) -> None:
        self.rows.show(receipts)
        if not receipts:
            self.said.setText(self.tr("还没有删除过任何人：平台没有要求，也没有客户在此提出。"))
            return
        more = self.tr("这里列出最近 {count} 份，全部回执请用命令 campaign-app accounts erased 列出。")
        self.said.setText(
            self.tr(
                "按平台或客户本人的要求，姓名、号码、地区、订单、标签和导入的资料已删除，此后不再给他们发短信。"
                "依法须留存的仍保留：客户标识、同意记录、退订与投诉，以及已发短信的原文和结果（原文里可能有姓名，只存储，不作他用）。"
            )
            + (more.format(count=show.count(RECEIPTS)) if len(receipts) >= RECEIPTS else "")
        )

    def _columns(self) -> tuple[Column[ErasureReceipt], ...]:
        return (
            Column(self.tr("删除时间"), MOMENT_WITH_SECONDS, lambda each: Cell(show.moment(each.at, seconds=True))),
            Column(self.tr("谁要求的"), 150, self._asked),
            Column(self.tr("客户标识的密钥哈希"), 180, lambda each: Cell(each.ref_hmac), grows=1),
            Column(self.tr("审计记录"), 92, lambda each: Cell(f"#{each.entry}"), right=True),
            Column(self.tr("回执（记录的哈希）"), 180, lambda each: Cell(each.digest), grows=1),
        )

    def _asked(self, receipt: ErasureReceipt) -> Cell:
        if not receipt.done_by:
            return Cell(self.tr("平台"))
        return Cell(self.tr("客户本人，在此提出"), self.tr("由 {} 办理").format(receipt.done_by))
