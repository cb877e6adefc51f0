"""What every page is built with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign_app.words import Words

if TYPE_CHECKING:
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.prefs import Prefs
    from campaign_app.ui.tasks import Tasks
    from campaign_app.ui.theme.theme import Theme


@dataclass(frozen=True, slots=True)
class Kit:
    """`tasks` is the one door to background work, `messages` the one to the user."""

    theme: Theme
    tasks: Tasks
    messages: Messages
    prefs: Prefs

    @property
    def words(self) -> Words:
        """Terms and errors in the language that is in force."""
        return self.messages.words
