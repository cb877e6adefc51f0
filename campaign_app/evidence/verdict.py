"""What is found of a file of proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A head that an authority was shown at `at`; `ca`: the fingerprint (SHA-256) of the root that it goes back to."""

    head: str
    at: datetime
    authority: str
    ca: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file of evidence proves; where a `problem` was found the rest is empty."""

    # "" where everything holds, else what does not, in the line `line` (from 1)
    problem: str = ""
    line: int = 0
    campaign: str = ""
    entity: str = ""
    whole: bool = True
    # all that were sent to; the records that are in the file
    people: int = 0
    signed: int = 0
    unsigned: int = 0
    withheld: int = 0
    # the number of the entry that was told of the one person's batch: `people` is 1 then
    entry: int = 0
    # the chain's, as N:HASH
    head: str = ""
    # who vouches for the consents
    issuers: tuple[str, ...] = ()
    simulated: bool = False
    head_compared: bool = False
    # the given head has the entry that first tells of the records, of one person's batch or of this export; else what
    # they say could have been made up behind it
    head_covers: bool = False
    keys_from_issuer: bool = False
    # heads that an authority was shown, which only the sender says unless they were verified
    stamps: tuple[Shown, ...] = ()
    stamps_verified: bool = False

    @property
    def ok(self) -> bool:
        return not self.problem
