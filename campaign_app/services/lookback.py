"""Looking back (回头看): begins runs and reads them, and keeps the list of what is to be put right."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from campaign_app.domain.consent import ConsentFact
from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.lookback import Difference, Found, Group, Run, RunState, Scope, Task, Wish
from campaign_app.domain.ports import AccountStore, Clock, JobStore
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.domain.ports_lookback import LookBackStore
from campaign_app.domain.ports_people import CustomerStore
from campaign_app.domain.review import FactReader
from campaign_app.domain.team import Permission
from campaign_app.services.members import masked_name
from campaign_app.services.permitted import Permitted, needs

RUNS: Final = 100
LONGEST: Final = 2_000  # letters of what a person types


@dataclass(frozen=True, slots=True)
class Looked:
    """One message of a run as people see it: its person masked, also in the text, with the facts of then and of now."""

    found: Found
    name: str
    phone: str
    shop: str
    ref: str
    text: str = field(repr=False)
    then: ConsentFact | None
    now: ConsentFact | None


class Stores(Protocol):
    """Those of a workspace, as far as a look-back needs them."""

    @property
    def lookbacks(self) -> LookBackStore: ...
    @property
    def campaigns(self) -> CampaignStore: ...
    @property
    def customers(self) -> CustomerStore: ...
    @property
    def facts(self) -> FactReader: ...
    @property
    def accounts(self) -> AccountStore: ...


class LookBacks(Permitted):
    def __init__(self, stores: Stores, jobs: JobStore, clock: Clock) -> None:
        self._stores, self._jobs, self._clock = stores, jobs, clock
        self._store = stores.lookbacks

    @needs(Permission.LOOK_BACK)
    def start(self, scope: Scope, *, actor: str) -> Run:
        """Raises SettingsError("lookback_period"), NotFound for a campaign, NotAllowed("lookback_running")."""
        if scope.since >= scope.until:
            raise SettingsError("lookback_period", "The period is empty")
        for campaign_id in scope.campaigns:
            self._stores.campaigns.campaign(campaign_id)
        run = self._store.begin(scope, asked_by=actor, at=self._clock())
        self._jobs.enqueue("lookback", {"run_id": run.id}, self._clock())
        return run

    @needs(Permission.LOOK_BACK)
    def pause(self, run_id: int, *, actor: str) -> Run:
        return self._become(run_id, RunState.PAUSED, [RunState.RUNNING], actor)

    @needs(Permission.LOOK_BACK)
    def resume(self, run_id: int, *, actor: str) -> Run:
        """Goes on behind the last batch that was looked at; raises NotAllowed("lookback_running") beside another."""
        run = self._become(run_id, RunState.RUNNING, [RunState.PAUSED, RunState.FAILED], actor)
        self._jobs.enqueue("lookback", {"run_id": run_id}, self._clock())
        return run

    @needs(Permission.LOOK_BACK)
    def cancel(self, run_id: int, *, actor: str) -> Run:
        """What was found by then is kept, and called what it is: a part."""
        return self._become(run_id, RunState.CANCELLED, [RunState.RUNNING, RunState.PAUSED, RunState.FAILED], actor)

    def runs(self, limit: int = RUNS) -> tuple[Run, ...]:
        return self._store.runs(limit)

    def run(self, run_id: int) -> Run:
        return self._store.run(run_id)

    def rows(self, run_id: int, group: Group | None, after: int, limit: int) -> tuple[Looked, ...]:
        """The next messages of a group, or of all, by ledger id; `after` 0 starts."""
        wanted = None if group is None else (group.reason, group.era, group.campaign_id, group.rules)
        found = self._store.found(run_id, wanted, after, limit)
        people = self._stores.customers.by_ids([each.customer_id for each in found])
        sent = self._store.sent([each.ledger_id for each in found])
        ids = {each.fact_id for each in found if each.fact_id} | {fact_id for _, fact_id, _ in sent.values()}
        facts = self._stores.facts.facts(sorted(ids))
        shops = {account.id: account.label for account in self._stores.accounts.accounts()}

        def looked(each: Found) -> Looked:
            text, then, shop = sent.get(each.ledger_id, ("", 0, 0))
            person = people.get(each.customer_id)
            name, ref = ("", "") if person is None else (masked_name(person.name), person.ref)
            phone = "" if person is None or person.phone is None else person.phone.masked
            label = shops.get(shop, "")
            if person is not None and person.name:  # shown to whoever follows up; the proof has it as it was sent
                text = text.replace(person.name, name)
            return Looked(
                found=each,
                name=name,
                phone=phone,
                shop=label,
                ref=ref,
                text=text,
                then=facts.get(then),
                now=facts.get(each.fact_id),
            )

        return tuple(map(looked, found))

    def difference(self, older: int, newer: int) -> Difference:
        """Raises NotAllowed("lookback_unfinished") unless both came to their end, and for a run and itself."""
        if older == newer or any(self._store.run(one).state is not RunState.DONE for one in (older, newer)):
            raise NotAllowed("lookback_unfinished", "Only two runs that came to their end can be compared")
        return self._store.difference(older, newer)

    @needs(Permission.LOOK_BACK)
    def add_task(self, run_id: int, wish: Wish, *, actor: str) -> Task:
        """Raises SettingsError("lookback_task") without anything to be done or anybody to do it."""
        _require_words(wish.what, wish.owner)
        return self._store.add_task(run_id, wish, actor=actor, at=self._clock())

    @needs(Permission.LOOK_BACK)
    def change_task(self, task: Task, *, owner: str, due: date | None, done: bool, note: str, actor: str) -> Task:
        _require_words(task.wish.what, owner, note)
        now = self._clock()
        return self._store.change_task(task.id, owner=owner, due=due, done=done, note=note, actor=actor, at=now)

    def task(self, task_id: int) -> Task:
        """Raises NotFound."""
        return self._store.task(task_id)

    def tasks(self, run_id: int | None = None) -> tuple[Task, ...]:
        return self._store.tasks(run_id)

    def first_sent(self) -> datetime | None:
        """When the first message was ever sent; None where there is nothing to look back at."""
        return self._store.first_sent()

    def _become(self, run_id: int, state: RunState, among: Collection[RunState], actor: str) -> Run:
        if not self._store.set_state(run_id, state, among=among, actor=actor, at=self._clock()):
            raise NotAllowed("lookback_state", "The look-back has ended or changed meanwhile", lookback=run_id)
        return self._store.run(run_id)


def _require_words(what: str, owner: str, note: str = "") -> None:
    if not what.strip() or not owner.strip() or max(map(len, (what, owner, note))) > LONGEST:
        raise SettingsError("lookback_task", "A task needs words and somebody who does it", most=LONGEST)
