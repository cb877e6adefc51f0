"""Where a sync of members stands, as a cursor of ours: first everybody, from then on what changed.

TOP pages by number. A query reaches 1,000 pages of 100; a shop with more members is read by windows of their last
trade, then those who never traded, by grades where they are too many. Who is beyond even that is counted and stays
unknown here: TOP has no other way to them. `s` = everybody, `t` = who traded, by windows, `n` and `p` = who never
traded and who was added by hand, `i` = changed since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from campaign_app.domain.errors import RemoteRefused
from campaign_app.transport.top.signing import timestamp

SEARCH: Final = "taobao.crm.members.search.privy"
INCREMENT: Final = "taobao.crm.members.increment.get.privy"
PAGE: Final = 100
SEARCH_PAGES: Final = 1_000
# before Taobao's first day nobody traded
FIRST_TRADE: Final = datetime(2003, 1, 1, tzinfo=UTC)
# changes of the moment at which a sync begins are read by the next one too
OVERLAP: Final = timedelta(minutes=10)
_SECOND: Final = timedelta(seconds=1)
_TWO_SECONDS: Final = timedelta(seconds=2)
Stage = Literal["s", "t", "n", "p", "i"]
_STAGES: Final[dict[str, Stage]] = {"s": "s", "t": "t", "n": "n", "p": "p", "i": "i"}
_SOURCES: Final = {"t": "1", "n": "2", "p": "3"}
# who never traded differs by nothing else that a query may name. *Unverified*: that there are no other grades; who has
# one is counted as out of reach
GRADES: Final = (0, 4)
_AFTER: Final[dict[Stage, Stage]] = {"t": "n", "n": "p"}


@dataclass(frozen=True, slots=True)
class Place:
    """`began`: when this sync began; the next one reads what changed since. `start` and `end` bound what is asked.

    `grade`: of whom it is asked, None for all. `rest`: how many of this stage's people no grade has brought yet.
    """

    stage: Stage
    began: datetime
    page: int = 1
    start: datetime | None = None
    end: datetime | None = None
    grade: int | None = None
    rest: int = 0

    @classmethod
    def at(cls, cursor: str, updated_since: datetime | None, now: datetime) -> Place:
        """Raises RemoteRefused("bad_cursor") for one that was never handed out."""
        now = now.replace(microsecond=0)
        if not cursor:
            first = cls("s", now)
            return first if updated_since is None else replace(first, stage="i", start=updated_since, end=now)
        try:
            stage, began, page, start, end, *more = cursor.split("|")
            place = cls(_STAGES[stage], _read(began), int(page), _read_or_none(start), _read_or_none(end))
            if more:
                grade, rest = more
                place = replace(place, grade=int(grade), rest=int(rest))
        except (ValueError, KeyError, OverflowError, OSError):
            raise RemoteRefused("bad_cursor", "No cursor of this client") from None
        if place.stage == "i" and place.end is None:  # the last sync is over: a new one begins now
            return replace(place, began=now, start=place.began - OVERLAP, end=now, page=1)
        return place

    @property
    def cursor(self) -> str:
        moments = [self.began, self.start, self.end]
        began, start, end = ("" if at is None else str(int(at.timestamp())) for at in moments)
        graded = () if self.grade is None else (str(self.grade), str(self.rest))
        return "|".join((self.stage, began, str(self.page), start, end, *graded))

    @property
    def method(self) -> str:
        return INCREMENT if self.stage == "i" else SEARCH

    def asked(self) -> dict[str, str]:
        params = {"current_page": str(self.page), "page_size": str(PAGE)}
        if self.stage in _SOURCES:
            params["relation_source"] = _SOURCES[self.stage]
        if self.grade is not None:
            params["grade"] = str(self.grade)
        names = ("start_modify", "end_modify") if self.stage == "i" else ("min_last_trade_time", "max_last_trade_time")
        bounds = zip(names, (self.start, self.end), strict=True)
        return params | {name: timestamp(at) for name, at in bounds if at is not None}

    def narrower(self, total: int, pages: int) -> Place | None:
        """What to ask instead where a query has more than can be reached; None where nothing narrower is there."""
        if self.stage == "i" or total <= pages * PAGE:
            return None
        if self.stage == "s":
            return replace(self, stage="t", page=1, start=FIRST_TRADE, end=self.began)
        if self.start is not None and self.end is not None and self.end - self.start > _TWO_SECONDS:
            # TOP's times have whole seconds
            return replace(self, page=1, end=self.start + (self.end - self.start) // _TWO_SECONDS * _SECOND)
        if self.stage in ("n", "p") and self.grade is None:
            return replace(self, page=1, grade=GRADES[0], rest=total)
        return None

    def following(self, total: int, pages: int) -> Place | None:
        """The next page, or None at the end of everything."""
        if self.page * PAGE < total and (self.stage == "i" or self.page < pages):
            return replace(self, page=self.page + 1)
        if self.stage == "t" and self.end is not None and self.end < self.began:
            # both bounds belong to a window
            return replace(self, page=1, start=self.end, end=self.began)
        if self.grade is not None and self.grade < GRADES[1]:
            return replace(self, page=1, grade=self.grade + 1, rest=self._rest(total, pages))
        if self.stage in _AFTER:
            return Place(_AFTER[self.stage], self.began)
        return None

    def unreachable(self, total: int, pages: int) -> int:
        """How many people of this query, or of all grades, are behind its last page; 0 before that."""
        if self.stage == "i" or self.page < min(pages, -(-total // PAGE)):
            return 0
        if self.grade is None:
            return max(total - pages * PAGE, 0)
        return self._rest(total, pages) if self.grade == GRADES[1] else 0

    def _rest(self, total: int, pages: int) -> int:
        return max(self.rest - min(total, pages * PAGE), 0)

    def over(self) -> Place:
        """Where the next sync begins."""
        return Place("i", self.began)


def _read(written: str) -> datetime:
    return datetime.fromtimestamp(int(written), UTC)


def _read_or_none(written: str) -> datetime | None:
    return _read(written) if written else None
