"""What every page of an open workspace is built with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.kit import Kit
    from campaign_app.ui.viewmodels.jobs import Jobs
    from campaign_app.ui.viewmodels.session import Session

ACTOR = "window"


class Way(QObject):
    """From one page to another: `went` carries a page's key and what to show there (an id, a step) or None."""

    went = Signal(str, object)

    def to(self, page: str, what: object = None) -> None:
        self.went.emit(page, what)


@dataclass(frozen=True, slots=True)
class Desk:
    """`app` has the services; call them through `kit.tasks` only, never on the window's thread."""

    kit: Kit
    app: App
    jobs: Jobs
    session: Session
    way: Way
