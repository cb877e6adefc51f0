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

    `campaign` is the name of the one that wrote to them last, "" for none. Of an opt-out: `since` is when the
    suppression in force began, None where none is in force any more.
    """

    id: int
    who: str
    text: str = field(repr=False)
    received_at: datetime
    opt_out: bool
    since: datetime | None = None
    told: tuple[WriteBack, ...] = ()
    account_id: int = 0
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class AnswerQuery:
    """Which replies: `opt_out` None for all; of one number, or whose reference it is or whose text holds `text`."""

    opt_out: bool | None = None
    phone_key: bytes | None = field(default=None, repr=False)
    text: str = ""
