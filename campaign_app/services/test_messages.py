"""A campaign's text to a number of one's own: checked, put down for the worker, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Protocol

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.finding import Severity
from campaign_app.domain.ports import AccountStore, Clock, JobStore
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.domain.ports_people import CustomerStore
from campaign_app.domain.staff import StaffNumber, Trial, TrialState, Wish
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs
from campaign_app.services.texts import Checked, Texts
from campaign_app.services.window import closing_time

WAITING = ("queued", "running")  # of a job


class TrialStore(Protocol):
    def numbers(self, entity_uscc: str) -> tuple[StaffNumber, ...]: ...
    def pressed(self, press: str) -> Trial | None: ...
    def wish(self, wish: Wish, entity_uscc: str, at: datetime) -> Trial: ...
    def trial(self, trial_id: int) -> Trial: ...
    def last_trial(self, campaign_id: int) -> Trial | None: ...
    def sent_today(self, entity_uscc: str, at: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Stores:
    trials: TrialStore
    campaigns: CampaignStore
    customers: CustomerStore
    accounts: AccountStore
    jobs: JobStore


@dataclass(frozen=True, slots=True)
class Trying:
    """What a campaign can be tried with: `numbers` of its entity, how many messages are `left` today, the last one."""

    numbers: tuple[StaffNumber, ...]
    left: int
    cap: int
    last: Trial | None


class TestMessages(Permitted):
    """`limits` gives how many an entity may send in a day, and the merchant's own first and last time of day."""

    __test__ = False  # the name is no collection of tests

    def __init__(
        self, stores: Stores, texts: Texts, clock: Clock, limits: Callable[[], tuple[int, tuple[time, time]]]
    ) -> None:
        self._stores, self._texts, self._clock, self._limits = stores, texts, clock, limits

    def trying(self, campaign_id: int) -> Trying:
        entity = self._stores.campaigns.campaign(campaign_id).entity_uscc
        trials, (cap, _) = self._stores.trials, self._limits()
        left = max(0, cap - trials.sent_today(entity, self._clock()))
        last = trials.last_trial(campaign_id)
        return Trying(trials.numbers(entity), left, cap, None if last is None else self._ended(last))

    @needs(Permission.BUILD)
    def send(self, campaign_id: int, staff_id: int, *, press: str, customer_id: int | None = None, actor: str) -> Trial:
        """Puts the text down as `customer_id` would read it, else the longest. It is checked as of this moment.

        The same `press` again is the same message. Raises NotFound, or NotAllowed: `quiet_hours`, `test_blocked`,
        `port_taken`, `test_cap`. Warnings stop no test.
        """
        known = self._stores.trials.pressed(press)
        if known is not None:
            return self._ended(known)
        campaign, now = self._stores.campaigns.campaign(campaign_id), self._clock()
        cap, hours = self._limits()
        closing_time(now, *hours)
        if self._stores.trials.sent_today(campaign.entity_uscc, now) >= cap:
            raise NotAllowed("test_cap", "No more test messages today", most=cap)
        text = self._text(campaign, customer_id, now)
        wish = Wish(press, campaign_id, customer_id, staff_id, text, actor)
        return self._stores.trials.wish(wish, campaign.entity_uscc, now)

    def labelled(self, campaign_id: int, label: str) -> StaffNumber:
        """Raises NotFound."""
        entity = self._stores.campaigns.campaign(campaign_id).entity_uscc
        for number in self._stores.trials.numbers(entity):
            if number.label == label:
                return number
        raise NotFound("staff_number", "There is no number with this note", label=label)

    def outcome(self, trial_id: int) -> Trial:
        return self._ended(self._stores.trials.trial(trial_id))

    def _text(self, campaign: Campaign, customer_id: int | None, now: datetime) -> str:
        if customer_id is not None:
            self._require_own(campaign, customer_id)
        checked = self._texts.check(replace(campaign, send_at=now), customer_id, now)
        if checked.verdict == "block":
            raise NotAllowed("test_blocked", "The rules block the text", rule=_blocking(checked))
        for each in checked.request.ports:
            if each.signature != campaign.signature:
                words = "One port carries one signature"
                raise NotAllowed("port_taken", words, port=each.number, text=each.signature)
        return checked.final_text

    def _require_own(self, campaign: Campaign, customer_id: int) -> None:
        for customer in self._stores.customers.by_ids([customer_id], phones=False).values():
            if self._stores.accounts.account(customer.account_id).entity_uscc == campaign.entity_uscc:
                return
        raise NotFound("customer", "There is no such customer", customer=customer_id)

    def _ended(self, trial: Trial) -> Trial:
        """What the worker left open when its job ended never leaves any more."""
        if trial.state not in (TrialState.QUEUED, TrialState.SENDING):
            return trial
        try:
            job = self._stores.jobs.job(trial.job_id)
        except NotFound:
            state, error = "", ""
        else:
            state, error = job.state, job.error
        if state in WAITING:
            return trial
        ended = self._stores.trials.trial(trial.id)  # it may have come to its end between the two looks
        if ended.state is TrialState.QUEUED:
            return replace(ended, state=TrialState.REFUSED, code=error or "interrupted")
        if ended.state is TrialState.SENDING:
            return replace(ended, state=TrialState.UNKNOWN, code="interrupted")
        return ended


def _blocking(checked: Checked) -> str:
    return next((f.rule_id for f in checked.findings if f.severity is Severity.BLOCK), "")
