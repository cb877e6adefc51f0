"""The table of campaigns: two lines a row, the state as a pill, numbers at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from campaign_app.domain.campaign import CampaignState as State
from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.ui import show
from campaign_app.words import Words

Index = QModelIndex | QPersistentModelIndex
ROW: Final = Qt.ItemDataRole.UserRole
UNDER: Final = Qt.ItemDataRole.UserRole + 1  # the second line
LEVEL: Final = Qt.ItemDataRole.UserRole + 2  # of the pill
LEVELS: Final = {
    State.DRAFT: "muted", State.SCREENING: "info", State.SCREENED: "info", State.APPROVED: "ok",
    State.SCHEDULED: "info", State.SENDING: "info", State.PAUSED: "warn", State.WAITING: "warn",
    State.CANCELLING: "warn", State.CANCELLED: "muted", State.DONE: "ok",
}  # fmt: skip
COLUMNS: Final = ("name", "state", "audience", "submitted", "delivered", "planned", "changed", "more")
NUMBERS: Final = frozenset({"audience", "submitted", "delivered"})
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class CampaignTable(QAbstractTableModel):
    def __init__(
        self, words: Callable[[], Words], clock: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._clock = words, clock
        self._rows: tuple[CampaignRow, ...] = ()
        self._heads = {
            "name": self.tr("活动"),
            "state": self.tr("状态"),
            "audience": self.tr("受众"),
            "submitted": self.tr("已提交"),
            "delivered": self.tr("已送达"),
            "planned": self.tr("计划发送"),
            "changed": self.tr("最近改动"),
            "more": "",
        }

    def show_rows(self, rows: Sequence[CampaignRow]) -> None:
        """Rows that stay where they are keep their selection."""
        former, self._rows = self._rows, tuple(rows)
        if [r.campaign.id for r in former] != [r.campaign.id for r in self._rows]:
            self._rows = former
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()
            return
        for number, (before, after) in enumerate(zip(former, self._rows, strict=True)):
            if before != after:
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(COLUMNS) - 1))

    def row_of(self, campaign_id: int) -> int:
        """-1 if it is not shown."""
        return next((n for n, r in enumerate(self._rows) if r.campaign.id == campaign_id), -1)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: ARG002, N802
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heads[COLUMNS[section]]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT if COLUMNS[section] in NUMBERS else _LEFT)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT if column in NUMBERS else _LEFT)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self._explanation(row, column)
        return {ROW: row, UNDER: self._under(row, column), LEVEL: LEVELS[row.campaign.state]}.get(role)

    def _text(self, row: CampaignRow, column: str) -> str:
        campaign, counts = row.campaign, row.counts
        if column == "name":
            return campaign.name
        if column == "state":
            return self._words().term("state", campaign.state)
        if column == "audience":
            return show.count(campaign.snapshot_size) if campaign.snapshot_size else "–"
        if column == "submitted":
            return show.count(counts["submitted"]) if counts.get("submitted") else "–"
        if column == "delivered":
            return show.count(counts.get("delivered", 0)) if _reported(row) else "–"
        return self._moment(row, column)

    def _moment(self, row: CampaignRow, column: str) -> str:
        at = {"planned": row.campaign.send_at, "changed": row.changed_at}.get(column)
        if column == "more":
            return ""
        return show.short(at, self._clock())

    def _under(self, row: CampaignRow, column: str) -> str:
        campaign, words = row.campaign, self._words()
        if column == "name":
            return self.tr("{} · {}").format(row.entity, words.term("purpose", campaign.purpose))
        if column == "state" and campaign.state_note:
            return words.term("state_note", campaign.state_note)
        if column == "delivered" and _reported(row):
            return show.share(row.counts.get("delivered", 0), row.counts["submitted"])
        return ""

    def _explanation(self, row: CampaignRow, column: str) -> str:
        campaign, words = row.campaign, self._words()
        if column == "state" and campaign.state_note:
            return words.note(campaign.state_note)
        if column in ("planned", "changed"):
            at = campaign.send_at if column == "planned" else row.changed_at
            return show.moment(at, seconds=True) if at is not None else ""
        return {"name": campaign.name, "more": self.tr("打开、复制、删除")}.get(column, "")


def _reported(row: CampaignRow) -> bool:
    """Reports come in later than messages leave: until then nobody knows, and 0 % would be an alarm."""
    counts = row.counts
    return bool(counts.get("submitted")) and counts.get("delivered", 0) + counts.get("failed", 0) > 0
