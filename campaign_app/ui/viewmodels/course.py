"""The course of a campaign as the results show it: over time, by reason, and beside earlier campaigns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.services.courses import Course, Earlier
from campaign_app.services.sheet_files import Sheet
from campaign_app.ui.steady import Steady
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.domain.errors import AppError
    from campaign_app.ui.tasks import Tasks

NAME: Final = "course_model"
ACTOR: Final = "window"
AGAIN_MS: Final = 5_000  # counts change twice a second while it is sent; of a million messages this takes seconds
_COUNTED: Final = ("submitted", "delivered", "failed", "rejected", "unknown", "replies", "opt_outs", "complaints")


@dataclass(frozen=True, slots=True)
class CourseState:
    course: Course | None = None
    earlier: tuple[Earlier, ...] = ()


class CourseModel(QObject):
    changed = Signal(object)  # CourseState
    exported = Signal(object)  # Path

    def __init__(self, app: App, tasks: Tasks, model: CampaignModel) -> None:
        super().__init__(model)
        self.setObjectName(NAME)
        self._app, self._tasks, self._model = app, tasks, model
        self.state = CourseState()
        self._loads = Steady(tasks, self, "course")
        self._counted: object = None
        self._wanted = False  # nobody looks at it before that
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._read)
        model.changed.connect(self._moved)

    def load(self) -> None:
        self._wanted = True
        campaign_id, courses = self._model.id, self._app.courses
        self._tasks.run(
            lambda _: courses.earlier(campaign_id),
            lambda found: self._become(replace(self.state, earlier=found)),
            owner=self,
            key="earlier",
        )
        self._read()

    def export(self, file: Path, sheets: Sequence[Sheet], failed: Callable[[AppError], None]) -> None:
        campaign_id, courses = self._model.id, self._app.courses
        self._tasks.write(
            lambda _: courses.export(campaign_id, file, sheets, actor=ACTOR),
            lambda _: self.exported.emit(file),
            failed=failed,
            owner=self,
        )

    def export_picture(self, file: Path, save: Callable[[Path], None], failed: Callable[[AppError], None]) -> None:
        """`save` writes the picture, on a background thread; it raises AppError."""
        campaign_id, courses = self._model.id, self._app.courses

        def work(_: object) -> None:
            save(file)
            courses.note_export(campaign_id, file, actor=ACTOR)

        self._tasks.write(work, lambda _: self.exported.emit(file), failed=failed, owner=self)

    def _read(self) -> None:
        campaign_id, courses = self._model.id, self._app.courses
        self._loads.run(
            campaign_id,
            lambda: courses.of(campaign_id),
            lambda found: self._become(replace(self.state, course=found)),
            self._tasks.failed.emit,
        )

    def _moved(self, view: CampaignView) -> None:
        counted = tuple(view.counts.get(key, 0) for key in _COUNTED)
        if self._wanted and counted != self._counted and not self._again.isActive():
            self._again.start()
        self._counted = counted

    def _become(self, state: CourseState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def course_of(app: App, tasks: Tasks, model: CampaignModel) -> CourseModel:
    """The one of this campaign."""
    known = model.findChild(CourseModel, NAME)
    return known if isinstance(known, CourseModel) else CourseModel(app, tasks, model)
