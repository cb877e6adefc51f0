"""A test message leaves: claimed and counted first, handed over once, settled by what the sender says.

One that was claimed before and has no outcome was interrupted: nobody knows whether it left, so it never leaves again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, cast

from campaign_app.consent.staff import StaffMessage
from campaign_app.domain.copies import name_now
from campaign_app.domain.errors import (
    AppError,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    RemoteError,
    RemoteRefused,
    SettingsError,
)
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.domain.signature import standing
from campaign_app.domain.staff import Trial, TrialState
from campaign_app.jobs.asking import CLOCK_STEP
from campaign_app.jobs.ports import Gateway, SendsTests
from campaign_app.jobs.stores import Context
from campaign_app.jobs.turns import wait_for_turn
from campaign_app.services.window import BEIJING, closing_time

# its text was checked for the moment at which it was asked for; an older one is asked for anew
FRESH: Final = timedelta(minutes=5)
# trouble of the message or its sender, not of the workspace
_REFUSALS: Final = (RemoteError, NotAllowed, NotFound, SettingsError)
_ENDS: Final = {
    Outcome.ACCEPTED: TrialState.ACCEPTED,
    Outcome.REJECTED: TrialState.REJECTED,
    Outcome.WITHHELD: TrialState.REJECTED,
}


def send_trial(context: Context, trial_id: int) -> TrialState:
    """Running it twice sends nothing twice."""
    trials = context.stores.trials
    trial = trials.trial(trial_id)
    if trial.state is TrialState.QUEUED:
        try:
            _leave(context, trial, *_sender(context, trial))
        except _REFUSALS as trouble:  # before it was claimed: nothing has left
            trials.settle(trial_id, TrialState.REFUSED, at=context.clock(), code=trouble.code)
    elif trial.state is TrialState.SENDING:
        trials.settle(trial_id, TrialState.UNKNOWN, at=context.clock(), code="interrupted")
    return trials.trial(trial_id).state


def _leave(context: Context, trial: Trial, account_id: int, sender: Gateway) -> None:
    wait_for_turn(context, sender.capabilities, [trial.text])
    trials, now = context.stores.trials, context.clock()
    if not -CLOCK_STEP <= now - trial.asked_at <= FRESH:  # a host may be a little behind the window's
        raise NotAllowed("test_late", "The test message was asked for too long ago")
    until = closing_time(now, *context.hours)
    if why := context.seen():
        raise NotAllowed(why, "The workspace is a copy of one that went on")
    if context.aside():
        raise NotAllowed("stood_in", "The workspace's server was exchanged, and a host has still to look")
    recipient = trials.claim(trial.id, account_id, cap=context.tests_per_day, at=now)
    if recipient is None:
        return
    name = f"{name_now(context.workspace_id, context.copies)}-test-{trial.id}"
    outcome = _handed_over(cast("SendsTests", sender), name, StaffMessage(recipient, name, trial.text, until))
    state = _ENDS.get(outcome.outcome, TrialState.UNKNOWN)
    trials.settle(trial.id, state, at=context.clock(), code=outcome.code, provider_id=outcome.provider_id)


def _handed_over(sender: SendsTests, name: str, message: StaffMessage) -> SubmitOutcome:
    try:
        return sender.submit_test(name, message)
    except OutcomeUnknown as trouble:
        return SubmitOutcome(name, Outcome.UNKNOWN, code=trouble.code)
    except RemoteError as trouble:  # what raises anything else has surely not taken it
        return SubmitOutcome(name, Outcome.REJECTED, code=trouble.code)


def _sender(context: Context, trial: Trial) -> tuple[int, Gateway]:
    """The sender of the chosen customer's shop, for which the text was checked; else the first of the entity's.

    It sends test messages and may sign so by now. Raises RemoteError, NotAllowed.
    """
    purpose = context.stores.campaigns.campaign(trial.campaign_id).purpose
    trouble: AppError | None = None
    for account_id in _accounts(context, trial):
        try:
            gateway = context.remotes.gateway(account_id, purpose)
            if gateway.capabilities.test_messages:
                _require_signature(context, trial, account_id)
                return account_id, gateway
        except _REFUSALS as failed:
            trouble = failed
    raise trouble or RemoteRefused("no_test_messages", "No sender of this entity sends test messages")


def _require_signature(context: Context, trial: Trial, account_id: int) -> None:
    now = context.clock()
    signature = context.stores.accounts.register(trial.entity_uscc).signature(trial.signature, now, account_id)
    if signature is None or standing(signature, trial.entity_uscc, now.astimezone(BEIJING).date()):
        raise NotAllowed("test_unsigned", "No sender of this entity may sign so")


def _accounts(context: Context, trial: Trial) -> list[int]:
    if trial.customer_id is not None:
        customers = context.stores.customers.by_ids([trial.customer_id], phones=False)
        named = {customer.account_id for customer in customers.values()}
    else:
        named = {account.id for account in context.stores.accounts.accounts()}
    return [
        account.id
        for account in context.stores.accounts.accounts()
        if account.id in named
        and account.entity_uscc == trial.entity_uscc
        and account.state == "connected"
        and context.remotes.sends(account.id)
    ]
