"""What a person goes through before a campaign is approved and sent, and what they entered so far."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.errors import AppError
from campaign_app.services.approvers import PLANNED
from campaign_app.services.preflight import Preflight
from campaign_app.services.situation import Check, Situation
from campaign_app.services.window import BEIJING
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.tasks import Tasks

NAME: Final = "preflight_model"
# what comes of others, or nobody who looks at it can mend
CALM_FROM: Final = 9  # o'clock
_LATER: Final = frozenset({"recipients", "approver"})
# what the check of the window says of a chosen time that is refused
_REFUSED: Final = {"quiet_hours": "window_not_then", "in_the_past": "window_past"}
READ_AGAIN: Final = timedelta(minutes=15)
_SPACES: Final = re.compile(r"[\s,]")


@dataclass(frozen=True, slots=True)
class PreflightState:
    """`found` is None until it was looked. `confirmed` are the rules a person ticked, `typed` the number they typed,

    `later` whether they chose a time, `at` that time. `loose` is what stands in the window only: neither is it judged
    by the other checks nor would it be sent.
    """

    found: Preflight | None = None
    loose: tuple[Check, ...] = ()
    confirmed: frozenset[str] = frozenset()
    typed: str = ""
    later: bool = False
    at: datetime | None = None

    @property
    def seen(self) -> Situation | None:
        return None if self.found is None else self.found.seen

    @property
    def open_warnings(self) -> frozenset[str]:
        """Rules that still wait for a person's tick."""
        seen = self.seen
        return frozenset() if seen is None else frozenset(seen.warned) - self.confirmed

    @property
    def checks(self) -> tuple[Check, ...]:
        """In the order in which a person would go through them; none before it was looked."""
        found = () if self.found is None else (*self.loose, *self.found.checks)
        code = _REFUSED.get(self.refusal) if self.later else None
        if code is None:
            return found
        return tuple(replace(each, level="warn", code=code) if each.key == "window" else each for each in found)

    @property
    def first_block(self) -> Check | None:
        """What to mend first; that nobody can be reached comes of the others wherever there are others.

        Who may not approve it can still mend the others.
        Without a sender nobody tells of the signature either.
        """
        blocks = [check for check in self.checks if check.level == "block"]
        first = next((check for check in blocks if check.key not in _LATER), next(iter(blocks), None))
        if first is not None and first.key in {"text", "signature"}:
            return next((check for check in blocks if check.code == "no_sender"), first)
        return first

    @property
    def by_another(self) -> Check | None:
        """That another person has to approve it, or to confirm its warnings, if that is so."""
        return next((check for check in self.checks if check.code == "same_person"), None)

    @property
    def ready_to_approve(self) -> bool:
        """Whether nothing stands in the way of an approval but what a person has to type and to tick."""
        return self.found is not None and self.found.may_approve and not self.loose

    @property
    def ready_to_send(self) -> bool:
        return self.found is not None and self.found.may_send and not self.loose

    @property
    def count_right(self) -> bool:
        seen = self.seen
        return seen is not None and seen.ready > 0 and number(self.typed) == seen.ready

    @property
    def may_approve(self) -> bool:
        return self.ready_to_approve and not self.open_warnings and self.count_right

    @property
    def refusal(self) -> str:
        """Why the chosen moment is none to send at: `quiet_hours`, `in_the_past` or ""."""
        seen = self.seen
        if seen is None:
            return ""
        return refusal_of(self.at if self.later and self.at is not None else seen.now, seen)

    @property
    def planned(self) -> datetime | None:
        """The chosen time; None is now."""
        return self.at if self.later else None

    @property
    def judged_for(self) -> datetime | None:
        """The time that the checks are asked about: of one that is refused nothing but that has to be said."""
        return None if self.refusal else self.planned

    @property
    def may_send(self) -> bool:
        return self.ready_to_send and not self.refusal and not self.open_warnings


class PreflightModel(QObject):
    """Lives as long as the campaign is open, so that nothing typed is lost when the window is built anew."""

    changed = Signal(object)  # PreflightState

    def __init__(self, app: App, tasks: Tasks, model: CampaignModel, language: Callable[[], str]) -> None:
        super().__init__(model)
        self.setObjectName(NAME)
        self._app, self._tasks, self._model, self._language = app, tasks, model, language
        self._of = _what(model.view.campaign)
        self._looked_at: tuple[object, ...] = ()
        self._looking = False
        self._read_at = app.clock()
        self._opened = False
        self.state = PreflightState(loose=_loose(model.view))
        model.changed.connect(self._model_changed)

    def load(self) -> None:
        """Somebody opened the checks: looks at everything anew, and has old reports of signatures read again,

        and templates of which none gives the text, as soon as that is known.
        """
        self._opened = True
        self._look(None)
        self._read_signatures()

    def look_again(self) -> None:
        """Facts get older, the worker may have ended, rules may have changed; the audience is the same.

        Called by the clock: a look at everything, which takes its time, must not be overtaken for ever.
        """
        if not self._looking:
            self._look(self.state.found)
        # a carrier that does not answer is not asked at every look
        if self._app.clock() - self._read_at >= READ_AGAIN:
            self._read_signatures(_doubted(self.state.seen))

    def _read_signatures(self, doubted: Collection[int] = ()) -> None:
        app, uscc = self._app, self._model.view.campaign.entity_uscc
        self._read_at = app.clock()
        self._tasks.run(
            lambda _: app.accounts.read_signatures_again(uscc, app.jobs, doubted),
            lambda _: None,
            owner=self,
            key="signatures",
        )

    def _look(self, before: Preflight | None) -> None:
        if self._model.view.unsaved:  # what would be judged is not what is on the screen
            return
        campaign_id, send_at, preflights = self._model.id, self.state.judged_for, self._app.preflights
        self._looking, language = True, self._language()
        self._tasks.run(
            lambda _: preflights.look(campaign_id, send_at=send_at, before=before, language=language),
            lambda found: self._looked(found, send_at),
            failed=self._unseen,
            owner=self,
            key="look",
        )

    def confirm(self, rule: str, *, on: bool) -> None:
        confirmed = self.state.confirmed | {rule} if on else self.state.confirmed - {rule}
        self._become(replace(self.state, confirmed=confirmed))

    def type_count(self, text: str) -> None:
        self._become(replace(self.state, typed=text))

    def choose_later(self, *, later: bool) -> None:
        self._plan(replace(self.state, later=later))

    def choose_time(self, at: datetime) -> None:
        self._plan(replace(self.state, at=at))

    def approve(self) -> None:
        """The number and the ticks are the person's own; the service compares them once more."""
        state = self.state
        typed = number(state.typed)
        if state.may_approve and typed is not None:
            self._model.approve(recipients=typed, warnings=state.confirmed)

    def send(self) -> None:
        state = self.state
        if state.may_send:
            self._model.schedule(state.planned, warnings=state.confirmed)

    def _plan(self, state: PreflightState) -> None:
        """The rules are asked about the time that a person chose."""
        moved = state.judged_for != self.state.judged_for
        # a tick was for the day that stood there then
        other = self._day(state.judged_for) != self._day(self.state.judged_for)
        self._become(replace(state, confirmed=frozenset()) if other else state)
        if moved:
            self._look(None if self._looking else state.found)

    def _day(self, at: datetime | None) -> date:
        return (at or self._app.clock()).astimezone(BEIJING).date()

    def _unseen(self, error: AppError) -> None:
        self._looking = False
        self._tasks.failed.emit(error)

    def _looked(self, found: Preflight, asked: datetime | None) -> None:
        """Whether a time is refused is known only once it was looked."""
        self._looking = False
        self._become(_timed(replace(self.state, found=found)))
        if asked != self.state.judged_for and not self._looking:
            self._look(found)
        if self._opened and (doubted := _doubted(found.seen)):
            self._read_signatures(doubted)
        self._opened = False

    def _model_changed(self, view: CampaignView) -> None:
        self._become(replace(self.state, loose=_loose(view)))
        what = _what(view.campaign)
        if what != self._of:
            self._of = what
            # a tick or a number was for what stood there then
            self._become(replace(self.state, found=None, confirmed=frozenset(), typed=""))
        # the counts of a sending change twice a second, and are no matter of these checks
        looked_at = what, view.campaign.state, view.unsaved
        if looked_at != self._looked_at:
            self._looked_at = looked_at
            self._look(None)
            self._read_signatures()

    def _become(self, state: PreflightState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def preflight_of(app: App, tasks: Tasks, model: CampaignModel, language: Callable[[], str]) -> PreflightModel:
    """The one of this campaign; what the rules say of it is said in the `language` in force."""
    known = model.findChild(PreflightModel, NAME)
    return known if isinstance(known, PreflightModel) else PreflightModel(app, tasks, model, language)


def number(typed: str) -> int | None:
    """Digits as people type them: full-width, with spaces or thousands separators."""
    digits = _SPACES.sub("", unicodedata.normalize("NFKC", typed))
    return int(digits) if digits.isascii() and digits.isdecimal() else None


def refusal_of(at: datetime, seen: Situation) -> str:
    if at < seen.now:
        return "in_the_past"
    return "" if seen.opens <= at.astimezone(BEIJING).time() < seen.closes else "quiet_hours"


def suggested(seen: Situation) -> datetime:
    """The next full hour that lies in the window, at least half an hour from now, in Beijing time.

    Not one of those early ones of which rule TIM-002 warns, where a later one lies in the window; of a window without
    a full hour its beginning.
    """
    first = (seen.now.astimezone(BEIJING) + timedelta(minutes=90)).replace(minute=0, second=0, microsecond=0)
    hours = (first + timedelta(hours=after) for after in range(24))
    at = next((hour for hour in hours if not refusal_of(hour, seen)), None)
    if at is None:
        opens = first.replace(hour=seen.opens.hour, minute=seen.opens.minute)
        return opens if opens >= first else opens + timedelta(days=1)
    calmer = at.replace(hour=max(at.hour, CALM_FROM))
    return at if refusal_of(calmer, seen) else calmer


def _timed(state: PreflightState) -> PreflightState:
    """What is ready to be sent while nothing may leave is planned for later, until a person chooses."""
    seen = state.seen
    if seen is None or seen.campaign.state not in PLANNED or state.at is not None or not state.refusal:
        return state
    return replace(state, later=True, at=suggested(seen))


def _doubted(seen: Situation | None) -> tuple[int, ...]:
    """Senders none of whose templates gives the text, by what was read last."""
    fits = {} if seen is None else seen.fits
    return tuple(account_id for account_id, fit in fits.items() if 0 < fit.unfit == fit.people)


def _loose(view: CampaignView) -> tuple[Check, ...]:
    if not view.editable:
        return ()
    found = [Check(f"unkept_{what}", "block", f"unkept_{what}") for what in sorted(view.unkept)]
    if view.unfinished:
        found.insert(0, Check("unfinished", "block", "unfinished", {"count": view.unfinished}))
    return tuple(found)


def _what(campaign: Campaign) -> tuple[object, ...]:
    return campaign.body, campaign.signature, campaign.purpose, campaign.audience
