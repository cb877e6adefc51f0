"""What this program is, and whether there is a newer release: asked when a person asks, never by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from campaign_app import assets
from campaign_app.ui.viewmodels.backups import Work

if TYPE_CHECKING:
    from campaign_app.domain.errors import AppError
    from campaign_app.ui.tasks import Tasks
    from campaign_app.updates import Desk, Found


@dataclass(frozen=True, slots=True)
class AboutState:
    """`found` is the last answer; `error` why the address was not kept."""

    version: str = ""
    address: str = ""
    found: Found | None = None
    error: AppError | None = None


class AboutModel(QObject):
    """`work` is a look for releases; `kept`: the address was stored; `noticed` carries the notices as text."""

    changed = Signal(object)  # AboutState
    kept = Signal()
    noticed = Signal(str)

    def __init__(self, desk: Callable[[], Desk], tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tasks = desk, tasks
        self.state = AboutState()
        self.work = Work(tasks, self)
        self.work.ended.connect(lambda found: self._become(replace(self.state, found=found)))

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._loaded, owner=self, key="load")

    def use(self, address: str) -> None:
        """From now on releases are asked for there; "" for nowhere."""
        self._tasks.write(
            lambda _: self._desk().use(address),
            lambda _: self._used(address),
            failed=lambda error: self._become(replace(self.state, error=error)),
            owner=self,
        )

    def check(self) -> None:
        self._begin(lambda _: self._desk().check())

    def check_file(self, file: Path) -> None:
        self._begin(lambda _: self._desk().check_file(file))

    def read_notices(self) -> None:
        self._tasks.run(lambda _: _notices(), self.noticed.emit, owner=self, key="notices")

    def _begin(self, look: Callable[[object], object]) -> None:
        self._become(replace(self.state, found=None, error=None))
        self.work.begin(look)

    def _read(self) -> tuple[str, str]:
        desk = self._desk()
        return desk.installed, desk.address

    def _loaded(self, read: tuple[str, str]) -> None:
        self._become(replace(self.state, version=read[0], address=read[1]))

    def _used(self, address: str) -> None:
        self._become(replace(self.state, address=address, error=None))
        self.kept.emit()

    def _become(self, state: AboutState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def desk_of(clock: Callable[[], datetime]) -> Callable[[], Desk]:
    """Made where it is used, in the background: cryptography takes its time to be imported."""

    def made() -> Desk:
        from campaign_app import updates

        return updates.desk(clock)

    return made


def _notices() -> str:
    return assets.path("notices", "third-party.txt").read_text(encoding="utf-8")
