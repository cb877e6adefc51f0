"""A segment built above the table of customers, which shows whom the conditions find; Esc puts it away."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QToolButton, QWidget

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.conditions import ConditionsCard, CountCard
from campaign_app.ui.pages.segments import SIDE, Segments
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.customers import CustomersModel
from campaign_app.ui.viewmodels.segments import SegmentsModel, SegmentsState
from campaign_app.ui.widgets.basics import column, row, show_if
from campaign_app.ui.widgets.page import scrolling

HIGHEST: Final = 340


class SegmentPanel(QFrame):
    """`closed` once it is put away."""

    closed = Signal()

    def __init__(self, desk: Desk, model: SegmentsModel) -> None:
        super().__init__()
        self.setObjectName("segment_panel")
        self.setAccessibleName(self.tr("人群的条件"))
        self.setMaximumHeight(HIGHEST)
        self._theme, self._model = desk.kit.theme, model
        self._landing = False
        self.conditions = ConditionsCard(
            desk.kit,
            model,
            self.tr("新建人群"),
            self.tr("没有条件：全部客户。加上条件，下面的表只列出符合的人。"),
            self.tr("这个人群的条件有多层，不能逐条显示；人数照常计算，下面照常列出。"),
        )
        self.number = CountCard(model, self.tr("还没有客户，请先同步客户。"))
        self.segments = Segments(desk, model)
        self.cross = QToolButton()
        self.cross.setObjectName("segment_close")
        self.cross.setAccessibleName(self.tr("收起"))
        self.cross.setToolTip(self.tr("收起，条件继续生效") + "  Esc")
        self.cross.clicked.connect(lambda _=False: self.close_it())
        main = column(self.conditions, None)
        side = QWidget()
        side.setFixedWidth(SIDE)
        side.setLayout(column(self.number, self.segments, None))
        both = row(space=3, stretch=0)
        both.addLayout(main, 1)
        both.addWidget(side)
        both.setContentsMargins(0, 0, SPACE[2], 0)
        area = scrolling(both, spoken=self.tr("人群的条件和人数"))
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = row(area, self.cross, space=0, stretch=0)
        inside.setAlignment(self.cross, Qt.AlignmentFlag.AlignTop)
        self.setLayout(inside)
        self._theme.changed.connect(self._draw)
        model.changed.connect(self.render_state)
        self._draw()
        self.render_state(model.state)

    def render_state(self, state: SegmentsState) -> None:
        show_if(self, state.shown)
        named = self.tr("编辑人群“{}”").format(state.taken)
        self.conditions.heading.setText(named if state.taken else self.tr("新建人群"))
        if self._landing and state.draft is not None and state.total is not None:
            self._landing = False
            self.conditions.land()

    def begin(self) -> None:
        """Shows it, with the cursor where one begins."""
        self._landing = True
        self._model.show()

    def close_it(self) -> None:
        self._model.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close_it()
        else:
            super().keyPressEvent(event)

    def _draw(self) -> None:
        self.cross.setIcon(self._theme.icon("close"))


def segments_of(desk: Desk, customers: CustomersModel) -> SegmentsModel:
    """The one of the open workspace: what is being built outlives the page."""
    known = customers.findChild(SegmentsModel, "segments_model")
    if isinstance(known, SegmentsModel):
        return known
    return SegmentsModel(desk.app, desk.kit.tasks, desk.kit.messages, customers)
