"""A workspace that is a copy of itself: restored from a backup, or put back from an older copy of its folder.

What was sent after a copy was made is not in it. So of whatever a copied campaign would send, the sender is asked
first, as after a crash; and what is new in the copy goes under names that the former workspace cannot have used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# `Campaign.state_note` of what was put aside for this reason
RESTORED: Final = "restored"
OLDER: Final = "older_copy"
ELSEWHERE: Final = "other_machine"
TAKEN_BACK: Final = "taken_back"
DIFFERS: Final = "copy_differs"
# the setting that says when a backup was last made
LAST_BACKUP: Final = "backup.last"
# older ones lack too much
BACKED_UP: Final = timedelta(days=7)
NOTES: Final = frozenset({RESTORED, OLDER, ELSEWHERE, TAKEN_BACK, DIFFERS})


@dataclass(frozen=True, slots=True)
class Copy:
    """`made_at`: nothing later is known of the former workspace. `last_campaign`: the newest that was copied."""

    made_at: datetime
    mark: str
    last_campaign: int
    why: str


def copied_at(copies: Sequence[Copy], campaign_id: int) -> datetime | None:
    """Since when this campaign may have been sent without our knowing; None for one that is no copy."""
    return min((copy.made_at for copy in copies if campaign_id <= copy.last_campaign), default=None)


def name_for(workspace_id: str, copies: Sequence[Copy], campaign_id: int) -> str:
    """What the keys and message ids of a campaign begin with: an id that is used again after a copy is no double."""
    later = [copy.mark for copy in copies if campaign_id > copy.last_campaign]
    return f"{workspace_id}.{later[-1]}" if later else workspace_id


def name_now(workspace_id: str, copies: Sequence[Copy]) -> str:
    """The same for whatever begins now."""
    return f"{workspace_id}.{copies[-1].mark}" if copies else workspace_id
