"""The campaigns that the command palette goes to, and the readings by which pinyin finds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.campaign import Campaign
from campaign_app.ui import pinyin

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.domain.errors import AppError
    from campaign_app.ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class _Read:
    campaigns: tuple[Campaign, ...]
    readings: pinyin.Readings


class PaletteModel(QObject):
    """Keeps what was read the last time, so that the palette opens with it at once; `changed` says there is news."""

    changed = Signal()

    def __init__(self, app: App, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette_model")
        self._app, self._tasks = app, tasks
        self.campaigns: tuple[Campaign, ...] = ()
        self.readings: Mapping[str, tuple[str, ...]] = {}
        self.loaded = False

    def load(self) -> None:
        """Reads in the background. A workspace that cannot be read is told of by the page that is shown."""
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._unread, owner=self, key="palette")

    def _read(self) -> _Read:
        newest = sorted(self._app.campaigns.all(), key=lambda each: each.id, reverse=True)
        for each in newest:  # here rather than at the first key that is pressed
            pinyin.begins(each.name.casefold())
        return _Read(tuple(newest), pinyin.readings())

    def _loaded(self, read: _Read) -> None:
        news = not self.loaded or read.campaigns != self.campaigns
        self.campaigns, self.readings, self.loaded = read.campaigns, read.readings, True
        if news:
            self.changed.emit()

    def _unread(self, _error: AppError) -> None:
        """Pages, settings and deeds are there all the same."""
