"""How long a complaint may take, and which days count: data of `resources/complaints`, with its draft marks."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from campaign_app import assets
from campaign_app.domain.complaint import UNANSWERED, Case, Deadline, Timer
from campaign_app.domain.workdays import Workdays, Year
from campaign_app.services.window import BEIJING

ACCEPT: Final = "accept"
ANSWER: Final = "answer"


@dataclass(frozen=True, slots=True)
class CaseTimers:
    """`match_days`: how long before a complaint its message is looked for."""

    match_days: int
    timers: tuple[Timer, ...]
    workdays: Workdays

    def deadline(self, case: Case, now: datetime) -> Deadline | None:
        """The one that runs: to take the case on, then to answer it; None once it is answered."""
        if case.state not in UNANSWERED:
            return None
        timer = next(each for each in self.timers if each.id == (ANSWER if case.accepted else ACCEPT))
        return self._due(timer, case.received_at, _day(now))

    def answer_by(self, case: Case, now: datetime) -> Deadline:
        """Until when it is to be answered, whatever has become of it."""
        timer = next(each for each in self.timers if each.id == ANSWER)
        return self._due(timer, case.received_at, _day(now))

    def answered_until(self, received_at: datetime) -> date:
        """The last day on which an answer is in time."""
        timer = next(each for each in self.timers if each.id == ANSWER)
        return self.workdays.after(_day(received_at), timer.days).day

    def _due(self, timer: Timer, received_at: datetime, today: date) -> Deadline:
        due = self.workdays.after(_day(received_at), timer.days)
        return Deadline(timer, due.day, (due.day - today).days, due.guessed)


@cache
def shipped() -> CaseTimers:
    return read(assets.path("complaints"))


def read(folder: Path) -> CaseTimers:
    said = _toml(folder / "timers.toml")
    timers = tuple(Timer(**each) for each in said["timer"])
    years = {table["year"]: _year(table) for table in map(_toml, sorted((folder / "workdays").glob("*.toml")))}
    return CaseTimers(said["match_days"], timers, Workdays(years))


def _year(table: dict[str, Any]) -> Year:
    return Year(frozenset(table["off"]), frozenset(table["work"]))


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _day(at: datetime) -> date:
    return at.astimezone(BEIJING).date()
