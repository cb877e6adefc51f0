"""Plans for peaks: what people put down of them, the list that is looked up for them, and pausing everything.

Pausing everything is one transaction: from its commit on no batch can be claimed, and a batch that was claimed before
asks once more for the campaign's state before it is handed over. What was under way then is settled, and the ledger
says when. A drill is a real pause: there is no other way to know.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from campaign_app import settings
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.copies import LAST_BACKUP
from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.peak import (
    LONGEST,
    PauseAll,
    Plan,
    PlanState,
    Result,
    Stop,
    Wish,
    require_no_number,
)
from campaign_app.domain.ports import AccountStore, Clock, Job, JobStore
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.domain.ports_money import MoneyStore
from campaign_app.domain.ports_peak import Batch, PeakStore
from campaign_app.domain.team import Permission
from campaign_app.services.accounts import Accounts
from campaign_app.services.campaigns import RUNNING, Campaigns
from campaign_app.services.expiry import has_end
from campaign_app.services.opt_outs import OptOuts
from campaign_app.services.overtaken import require_as_seen
from campaign_app.services.peak_checks import Item, Situation, check, open_of, planned
from campaign_app.services.permitted import Permitted, needs
from campaign_app.services.preflight import HEARTBEAT
from campaign_app.services.preflight_checks import SILENT_AFTER

# a campaign that waits for another time has none within the peak
PLANNED: Final = frozenset({CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED})


class Stores(Protocol):
    """Those of a workspace, as far as a plan needs them."""

    @property
    def peaks(self) -> PeakStore: ...
    @property
    def campaigns(self) -> CampaignStore: ...
    @property
    def accounts(self) -> AccountStore: ...
    @property
    def money(self) -> MoneyStore: ...
    @property
    def jobs(self) -> JobStore: ...
    @property
    def shared(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Looked:
    """A plan with its list as it is now, and every time that everything was paused under it, the newest first."""

    plan: Plan
    items: tuple[Item, ...]
    pauses: tuple[PauseAll, ...]

    @property
    def open_items(self) -> tuple[str, ...]:
        return open_of(self.items)


@dataclass(frozen=True, slots=True)
class Resumed:
    """What went on, and what did not: campaigns whose window is over, and those that somebody else has changed."""

    pause: PauseAll
    late: tuple[Campaign, ...] = ()
    changed: tuple[Campaign, ...] = ()


class Peaks(Permitted):
    """`campaigns`, `accounts` and `opt_outs` are the services of whoever uses this one."""

    def __init__(
        self, stores: Stores, campaigns: Campaigns, accounts: Accounts, opt_outs: OptOuts, clock: Clock
    ) -> None:
        self._stores, self._store = stores, stores.peaks
        self._campaigns, self._accounts, self._opt_outs = campaigns, accounts, opt_outs
        self._clock = clock

    @needs(Permission.SCHEDULE)
    def add(self, wish: Wish, *, actor: str) -> Plan:
        """Raises SettingsError (`Wish.require`), NotFound for an entity."""
        self._require(wish)
        return self._store.add(wish, actor=actor, at=self._clock())

    @needs(Permission.SCHEDULE)
    def change(self, plan_id: int, wish: Wish, *, actor: str, seen: Wish | None = None) -> Plan:
        """Other days or entities make a plan that was ready a draft again. Raises as `add`, NotAllowed("peak_over").

        `seen` is what stood there when it was read: raises NotAllowed("changed_elsewhere") where that is something
        else by now.
        """
        self._require(wish)
        before = self._store.plan(plan_id)
        if seen is not None:
            require_as_seen(before.wish, seen, wish)
        same = (wish.first, wish.last, wish.entities) == (before.wish.first, before.wish.last, before.wish.entities)
        state, left = (before.state, before.open_items) if same else (PlanState.DRAFT, ())
        return self._store.change(plan_id, wish, state, open_items=left, actor=actor, at=self._clock(), seen=before)

    @needs(Permission.SCHEDULE)
    def declare(self, plan_id: int, state: PlanState, *, actor: str, knowing: bool = False) -> Plan:
        """Ready, over, or a draft again. `knowing`: somebody calls it ready though something is open, which is kept.

        Over keeps what was open when it was ready; of a plan that never was, what is open now.
        Raises NotAllowed: `peak_open`, with the keys of what is open, `peak_over`, `changed_elsewhere` where somebody
        changed it at that moment.
        """
        looked = self.look(plan_id)
        plan, left = looked.plan, () if state is PlanState.DRAFT else looked.open_items
        if state is PlanState.OVER and plan.state is PlanState.READY:
            left = plan.open_items
        if state is PlanState.READY and left and not knowing:
            raise NotAllowed("peak_open", "Something of the plan is open", items=",".join(left), count=len(left))
        return self._store.change(plan_id, plan.wish, state, open_items=left, actor=actor, at=self._clock(), seen=plan)

    @needs(Permission.SCHEDULE)
    def confirm(self, plan_id: int, key: str, *, name: str, note: str = "", holds: bool = True, actor: str) -> Looked:
        """A person's word on an item that the program cannot know, or its taking back; `name` says whose.

        Raises NotAllowed("peak_not_asked") of one that it looks up itself, SettingsError: `peak_word`, `peak_number`.
        """
        if (holds and not name.strip()) or max(len(name), len(note)) > LONGEST:
            raise SettingsError("peak_word", "Whose word it is, and a short note", most=LONGEST)
        require_no_number(name, note)
        item = next((each for each in self.look(plan_id).items if each.key == key), None)
        if item is None or not item.asks:
            raise NotAllowed("peak_not_asked", "The program looks this up by itself", item=key)
        self._store.say(plan_id, key, item.code, holds=holds, name=name, note=note, actor=actor, at=self._clock())
        return self.look(plan_id)

    def plans(self) -> tuple[Plan, ...]:
        return self._store.plans()

    def look(self, plan_id: int) -> Looked:
        """Raises NotFound("peak")."""
        plan = self._store.plan(plan_id)
        pauses = self._store.pauses(plan_id)
        return Looked(plan, check(self._situation(plan, pauses)), pauses)

    def pauses(self) -> tuple[PauseAll, ...]:
        """Of every plan, the newest first."""
        return self._store.pauses()

    def would_pause(self, plan_id: int) -> tuple[Campaign, ...]:
        """What `pause_all` would pause now."""
        plan = self._store.plan(plan_id)
        return tuple(each for each in self._stores.campaigns.campaigns(RUNNING) if plan.covers(each.entity_uscc))

    @needs(Permission.STOP)
    def pause_all(self, plan_id: int, *, drill: bool, actor: str) -> PauseAll:
        """Pauses all that is scheduled or being sent of the plan's entities, at once; `follow` tells what it took."""
        plan, asked_at = self._store.plan(plan_id), self._clock()
        press = self._store.press()
        return self._store.pause_all(
            plan, press, self._sent_now(asked_at), drill=drill, actor=actor, asked_at=asked_at, clock=self._clock
        )

    @needs(Permission.STOP)
    def follow(self, pause_id: int, *, actor: str) -> PauseAll:
        """Looks what became of the batches that were under way, and puts it down once all of it is known."""
        pause = self._store.pause(pause_id)
        if pause.measured_at is not None or pause.resumed_at is not None:
            return pause
        now = self._clock()
        seen = replace(pause, stops=tuple(self._seen(pause, now)))
        if seen.result is Result.WATCHING:
            return seen
        return self._store.keep(replace(seen, measured_at=now), actor=actor, at=now)

    @needs(Permission.SCHEDULE)
    def resume(self, pause_id: int, *, actor: str) -> Resumed:
        """Lets exactly those go on that this command paused, are still as it left them, and within their window.

        Whatever a later command holds stays paused, until that one is over. Raises NotAllowed("peak_resumed") a second
        time. What is not known of it by then never will be.
        """
        pause = self.follow(pause_id, actor=actor)
        if pause.resumed_at is not None:
            raise NotAllowed("peak_resumed", "The campaigns have gone on already", pause=pause_id)
        now, on, late, changed = self._clock(), list[int](), list[Campaign](), list[Campaign]()
        for campaign in (self._stores.campaigns.campaign(stop.campaign_id) for stop in pause.stops):
            if campaign.window_end is not None and campaign.window_end <= now:
                late.append(campaign)
            elif self._goes_on(campaign, pause, actor):
                on.append(campaign.id)
            else:
                changed.append(campaign)
        gone = replace(pause, resumed_by=self.person.signs(actor), resumed_at=now, resumed=tuple(on))
        return Resumed(self._store.keep(gone, actor=actor, at=now), tuple(late), tuple(changed))

    def _goes_on(self, campaign: Campaign, pause: PauseAll, actor: str) -> bool:
        """Whether it was still as the command left it, and no later one holds it: that may come at any moment."""
        with suppress(NotAllowed):
            self._campaigns.resume(campaign.id, actor=actor, looked=False, after=pause.id)
            return True
        return False

    def _require(self, wish: Wish) -> None:
        wish.require()
        for uscc in wish.entities:
            self._stores.accounts.entity(uscc)

    def _sent_now(self, now: datetime) -> set[int]:
        """The campaigns that a worker which is alive is sending."""
        beat = self._stores.accounts.setting(HEARTBEAT, None)
        if beat is None or abs(now - datetime.fromisoformat(beat)) > SILENT_AFTER:
            return set()
        sending = {each.id for each in self._stores.campaigns.campaigns({CampaignState.SENDING})}
        return sending & _at_work(self._stores.jobs.open_jobs())

    def _seen(self, pause: PauseAll, now: datetime) -> Iterable[Stop]:
        batches, at_work = self._store.answers(pause), _at_work(self._stores.jobs.open_jobs())
        for stop in pause.stops:
            mine = [each for each in batches if each.id in stop.watched]
            yield _stop(stop, mine, pause, now, at_work=stop.campaign_id in at_work)

    def _situation(self, plan: Plan, pauses: tuple[PauseAll, ...]) -> Situation:
        stores, now = self._stores, self._clock()
        found = tuple(planned(stores.campaigns.campaigns(PLANNED), plan))
        entities = {each.uscc: each.name for each in stores.accounts.entities() if plan.covers(each.uscc)}
        registers = {uscc: stores.accounts.register(uscc) for uscc in {each.entity_uscc for each in found}}
        mine = [each for each in stores.accounts.accounts() if each.entity_uscc in entities]
        connected = tuple(each for each in mine if each.state == "connected")
        written = stores.accounts.setting(LAST_BACKUP, None)
        return Situation(
            plan=plan,
            now=now,
            settings=settings.load(stores.accounts.settings(settings.NAMES).get),
            campaigns=found,
            funnels={each.id: stores.campaigns.funnel(each.id) for each in found},
            budgeted=frozenset(each.id for each in found if stores.money.limits(each, now).any),
            entities=entities,
            months=frozenset(stores.money.month_budgets()),
            signatures={each.id: registers[each.entity_uscc].signature(each.signature, now) for each in found},
            accounts=connected,
            ends={each.account_id: each.at for each in self._accounts.ends()},
            ending=frozenset(each.id for each in connected if self._lets_end(each.id)),
            untold=self._opt_outs.untold(),
            backed_up=None if written is None else datetime.fromisoformat(written["at"]),
            shared=stores.shared,
            pauses=pauses,
            words=self._store.words(plan.id),
        )

    def _lets_end(self, account_id: int) -> bool:
        try:
            return has_end(self._accounts.offer_of(self._stores.accounts.account(account_id)))
        except SettingsError:  # nobody offers its platform any more: of its authorisation nothing is known
            return True


def _at_work(jobs: Iterable[Job]) -> set[int]:
    return {int(job.args["campaign_id"]) for job in jobs if job.kind == "dispatch" and job.state == "running"}


def _stop(stop: Stop, batches: list[Batch], pause: PauseAll, now: datetime, *, at_work: bool) -> Stop:
    """What is known of a campaign by now.

    A campaign's batches leave one after another, and none is begun once the pause holds. So beside the answered ones
    one without an answer may have left too, unless the last answer came later than that: then it is an older one.
    """
    answered = [each for each in batches if each.answered]
    answers = [each.last_at for each in answered if each.last_at is not None]
    left = sum(each.unanswered for each in batches)
    mute = any(each.unanswered and not each.answered for each in batches)
    mute = mute and (not answers or min(answers) < pause.in_force_at)
    ended = not left or not at_work
    # of a batch whose answer never came it is known only that its sending has ended by now
    last = now if ended and mute and stop.active else max(answers, default=None)
    return replace(
        stop, ended=ended, batches=len(answered) + mute, messages=sum(each.answered for each in answered), left=left,
        last_at=last,
    )  # fmt: skip
