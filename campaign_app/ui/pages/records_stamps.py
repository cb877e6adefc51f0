"""Below the chain: that an authority outside has stamped its head, and what has to be carried there and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFileDialog, QProgressBar, QWidget

from campaign_app.ui import show
from campaign_app.ui.folders import documents
from campaign_app.ui.messages import translate
from campaign_app.ui.viewmodels.backups import WorkState
from campaign_app.ui.viewmodels.stamps import REPLY, REQUEST, Stamped, StampsModel
from campaign_app.ui.widgets.basics import button, column, label, row, show_if

if TYPE_CHECKING:
    from campaign_app.ui.kit import Kit

STEPS: Final = 1_000
_SHOWN: Final = 16  # letters of a fingerprint; the whole is in the tooltip and on the command line


def shortened(fingerprint: str) -> str:
    return f"{fingerprint[:_SHOWN]}…"


class StampRow(QWidget):
    def __init__(self, kit: Kit, model: StampsModel) -> None:
        super().__init__()
        self._kit, self._model = kit, model
        self.said = label("", "muted", wrap=True, name="records_stamp", select=True)
        self.bar = QProgressBar()
        self.bar.setObjectName("records_stamp_bar")
        self.bar.setRange(0, STEPS)
        self.bar.setAccessibleName(self.tr("时间戳请求的进度"))
        self.ask = button(self.tr("时间戳请求…"), name="records_stamp_ask", click=self._ask)
        self.ask.setToolTip(self.tr("对现在的链头写一个请求文件，由您交给自己选的时间戳机构。本程序不联系任何机构。"))
        self.read = button(self.tr("读回时间戳…"), name="records_stamp_read", click=self._read)
        self.read.setToolTip(self.tr("选机构的答复和它的根证书：与请求核对，成立才记入审计链。"))
        self.stop = button(self.tr("停止"), name="records_stamp_stop", click=model.asking.stop)
        self.setLayout(row(column(self.said, self.bar, space=1), self.ask, self.read, self.stop, stretch=0))
        model.changed.connect(self.draw)
        model.asked.connect(self._asked)
        model.kept.connect(self._kept)
        for work in (model.asking, model.reading):
            work.changed.connect(self._worked)
        self.draw()

    def draw(self) -> None:
        busy, newest = self._model.asking.state.busy, self._model.newest
        self.bar.setValue(int(self._model.asking.state.done * STEPS))
        if newest is None:
            self.said.setText(
                self.tr("还没有机构给链头盖时间戳（RFC 3161）。盖过以后，谁都能看出链头在那个时间已经有了。")
            )
        else:
            said = self.tr("最近的时间戳：到第 {n} 条为止，{at}，{who}，根证书指纹 {ca}。")
            at = show.moment(newest.at, seconds=True)
            self.said.setText(
                said.format(n=show.count(newest.at_entry), at=at, who=newest.authority, ca=shortened(newest.ca))
            )
        self.said.setToolTip("" if newest is None else newest.ca)
        if self._model.skipped:
            more = self.tr("另有 {n} 条记录写着盖过时间戳，却不成立，没有算进去。")
            self.said.setText(self.said.text() + more.format(n=show.count(self._model.skipped)))
        for part, on in ((self.bar, busy), (self.stop, busy), (self.ask, not busy), (self.read, not busy)):
            show_if(part, on)

    def _worked(self, state: WorkState) -> None:
        if state.error is not None:
            self._kit.messages.error(state.error)
        self.draw()

    def _ask(self) -> None:
        kinds = self.tr("时间戳请求") + f" (*{REQUEST})"
        first = str(documents() / f"head{REQUEST}")
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("请求文件存到"), first, kinds)
        if chosen:
            self._model.ask(Path(chosen if chosen.endswith(REQUEST) else f"{chosen}{REQUEST}"))

    def _read(self) -> None:
        every = ";;" + self.tr("所有文件 (*)")
        kinds = self.tr("时间戳答复") + f" (*{REPLY})" + every
        reply, _ = QFileDialog.getOpenFileName(self, self.tr("选择机构的答复"), "", kinds)
        if not reply:
            return
        kinds = self.tr("证书") + " (*.pem *.crt *.cer)" + every
        authority, _ = QFileDialog.getOpenFileName(self, self.tr("选择机构的根证书"), str(Path(reply).parent), kinds)
        if authority:
            self._model.read(Path(reply), Path(authority))

    def _asked(self, file: Path) -> None:
        name = file.name
        self._kit.messages.done(
            lambda: translate("StampRow", "请求已写好：{file}。请交给时间戳机构，再把答复读回来。").format(file=name)
        )

    def _kept(self, kept: Stamped) -> None:
        self._kit.messages.done(
            lambda: translate("StampRow", "时间戳成立，已记入审计链：{who}，根证书指纹 {ca}").format(
                who=kept.authority, ca=shortened(kept.ca)
            )
        )
