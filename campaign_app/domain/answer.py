"""What one person answered to a campaign, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WriteBack:
    """Whether a shop's platform knows of an opt-out. `state`: waiting, told, refused or untellable; `code` says why."""

    account_id: int
    state: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`who`: the masked number, else the reference, "" where neither is kept any more.

    Of an opt-out: `since` is when the suppression in force began, None where none is in force any more.
    """

    id: int
    who: str
    text: str = field(repr=False)
    received_at: datetime
    opt_out: bool
    since: datetime | None = None
    told: tuple[WriteBack, ...] = ()
