"""One step of the campaign editor; the five can be visited in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from campaign_app.ui.desk import Desk
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView


@contextmanager
def keeping_focus(step: QWidget, first: Callable[[], QWidget]) -> Iterator[None]:
    """Where the focused part can be used no more, `first()` has the focus next; it would jump to the navigation."""
    at = step.window().focusWidget()
    inside = at is not None and step.isAncestorOf(at)
    yield
    if inside and (at is None or not shiboken6.isValid(at) or not at.isVisibleTo(step) or not at.isEnabled()):
        first().setFocus()


class Step(QWidget):
    """Subclasses build themselves in `__init__` and draw in `render_view`, which is called at each change.

    `wanted` asks the editor for another step, by its key, and may name the field to land on: (key, field).
    """

    wanted = Signal(str, str)

    def __init__(self, desk: Desk, model: CampaignModel) -> None:
        super().__init__()
        self._desk, self._model = desk, model

    def begin(self) -> None:
        """Call at the end of `__init__`: draws what is known and follows the model."""
        self._model.changed.connect(self.render_view)
        self.render_view(self._model.view)

    def render_view(self, view: CampaignView) -> None:
        """Draws the campaign as it is now."""

    def shown(self) -> None:
        """The user came to this step."""

    def renew(self, kinds: frozenset[str]) -> None:
        """As `Page.renew`, of what is not the campaign's own."""

    def left(self) -> None:
        """The user leaves this step or the editor: what was only typed so far is handed to the model now."""

    def begins(self) -> QWidget | None:
        """Where whoever comes by the keyboard begins; None is the first part that can have it."""
        return None

    def land(self, field: str) -> None:
        """Puts the cursor into the field of that name ("go and fix")."""
