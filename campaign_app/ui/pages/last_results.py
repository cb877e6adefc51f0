"""How the last campaigns went, at a glance."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.ui import show
from campaign_app.ui.desk import Way
from campaign_app.ui.kit import Kit
from campaign_app.ui.widgets.basics import button, clear, column, divider, label, row
from campaign_app.ui.widgets.elided import Elided


class LastResults(QFrame):
    def __init__(self, kit: Kit, way: Way) -> None:
        super().__init__()
        self.setObjectName("last_results")
        self.setProperty("role", "card")
        self._kit, self._way = kit, way
        self._shown: tuple[CampaignRow, ...] = ()
        self._column = column(space=0)
        self.setLayout(column(label(self.tr("最近的结果"), "heading"), self._column, margin=4))
        self.hide()

    def show_rows(self, rows: tuple[CampaignRow, ...]) -> None:
        """Hidden while there are none."""
        self.setVisible(bool(rows))
        if rows == self._shown:
            return
        self._shown = rows
        clear(self._column)
        for number, each in enumerate(rows):
            if number:
                self._column.addWidget(divider())
            self._column.addWidget(self._result(each))

    def _result(self, each: CampaignRow) -> QWidget:
        campaign, counts = each.campaign, each.counts
        words = self._kit.words
        submitted, delivered = counts.get("submitted", 0), counts.get("delivered", 0)
        known = delivered + counts.get("failed", 0)  # reports come in later than messages leave
        figures = [
            self._figure(words.term("count", "submitted"), show.count(submitted)),
            self._figure(words.term("count", "delivered"), show.share(delivered, submitted) if known else "–"),
            self._figure(words.term("count", "replies"), show.count(counts.get("replies", 0))),
            self._figure(words.term("count", "opt_outs"), show.count(counts.get("opt_outs", 0))),
        ]
        look = button(
            self.tr("查看结果"), "quiet", name=f"result_{campaign.id}", small=True,
            click=lambda: self._way.to("campaigns", (campaign.id, "results")),
        )  # fmt: skip
        look.setAccessibleName(self.tr("查看“{}”的结果").format(campaign.name))
        under = self.tr("{} · {}").format(words.term("state", campaign.state), show.moment(campaign.send_at))
        made = QWidget()
        names = column(Elided(campaign.name, "strong", named=True), label(under, "small"), space=0)
        layout = row(names, *figures, look, space=4, stretch=0)
        layout.setContentsMargins(0, 10, 0, 10)
        made.setLayout(layout)
        return made

    def _figure(self, title: str, number: str) -> QWidget:
        made = QWidget()
        made.setFixedWidth(76)
        value, name = label(number, "strong"), label(title, "small")
        for each in (value, name):
            each.setAlignment(Qt.AlignmentFlag.AlignRight)
        made.setLayout(column(value, name, space=0))
        return made
