"""What every page of an open workspace is built with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from campaign_app.domain.team import Permission, not_permitted
from campaign_app.ui.widgets.permit import Part, shut

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.kit import Kit
    from campaign_app.ui.viewmodels.jobs import Jobs
    from campaign_app.ui.viewmodels.session import Session

ACTOR = "window"
M = TypeVar("M", bound=QObject)


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

    def kept(self, kind: type[M], make: Callable[[], M]) -> M:
        """The session's one of its kind, which outlives the pages: they are built anew for another language.

        `make` gives it to the session.
        """
        known = self.session.findChild(kind, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return make() if known is None else known

    def may(self, permission: Permission) -> bool:
        return self.app.person.may(permission)

    def why_not(self, permission: Permission) -> str:
        """Who may do it, in a sentence."""
        return self.kit.words.error(not_permitted(permission))

    def allow(self, permission: Permission, *parts: Part) -> None:
        """Shuts these parts of a page to whoever's role does not allow what they are for."""
        if not self.may(permission):
            for part in parts:
                shut(part, self.why_not(permission))
