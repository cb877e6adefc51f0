"""Messages leave in batches: decided by the gate, claimed in the ledger, submitted under one key, settled.

A batch that was killed before its claim starts anew: nothing was written. One that was killed after it is recovered by
`campaign_app.jobs.settling`, which asks the sender what became of the key before anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from campaign_app.consent.gate import Refusal
from campaign_app.consent.recipient import Outgoing
from campaign_app.domain.campaign import SENDABLE_STATES, Campaign, CampaignState, Stopped
from campaign_app.domain.consent import CustomerRef, Reason
from campaign_app.domain.copies import DIFFERS
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import BudgetSpent, NotAllowed, RemoteUnavailable
from campaign_app.jobs.asking import RuleStops, ask_again, confirmed_rules, stopped_by
from campaign_app.jobs.caps import Caps
from campaign_app.jobs.copied import is_copied, key_of, message_id_of, sent_otherwise
from campaign_app.jobs.fuse import is_blown
from campaign_app.jobs.gating import Judged, composed, sealed, sender_of
from campaign_app.jobs.once import require_compared
from campaign_app.jobs.ports import Claim, GatewayCapabilities, Submission
from campaign_app.jobs.settling import Settled, closes_at, is_held, may_leave, settle, stop_by
from campaign_app.jobs.stopping import put_aside
from campaign_app.jobs.stores import Context
from campaign_app.services.replies import read_at


class Step(StrEnum):
    """What a batch did: went `on`, met the `end`, was `stopped`, or has to `wait` before it may settle.

    `gives_way`: it went on, and another campaign's turn has come. `leaves`: it has to wait, and others need its place,
    or nothing may leave for now.
    """

    ON = "on"
    END = "end"
    STOPPED = "stopped"
    WAIT = "wait"
    GIVES_WAY = "gives_way"
    LEAVES = "leaves"


@dataclass(frozen=True, slots=True)
class BatchResult:
    step: Step
    after: int


def run_batch(context: Context, campaign_id: int, after: int) -> BatchResult:
    """Decides and submits the next members after seq `after`. Running it twice submits nobody twice."""
    campaign = context.stores.campaigns.campaign(campaign_id)
    if not may_leave(context, campaign):
        return BatchResult(Step.LEAVES if is_held(context) else Step.STOPPED, after)
    submission = context.stores.ledger.submission_at(campaign_id, after + 1)
    if submission is not None:
        return _after(submission, settle(context, campaign, submission))
    members = context.stores.campaigns.ok_members(campaign_id, after, context.batch)
    return _leave(context, campaign, after, members) if members else BatchResult(Step.END, after)


def _leave(context: Context, campaign: Campaign, after: int, members: Sequence[tuple[int, int]]) -> BatchResult:
    try:
        batch = _decide(context, campaign, members)
    except RuleStops as rule:
        stop_by(context, campaign, rule)
        return BatchResult(Step.STOPPED, after)
    if is_blown(context, campaign):  # the complaints that waited were read a moment ago
        put_aside(context, campaign, CampaignState.PAUSED, "complaints")
        return BatchResult(Step.STOPPED, after)
    submission = _claim(context, campaign, after, batch)
    if submission is not None:
        fresh = None if is_copied(context, campaign.id) else _claimed(context, submission, batch)
        settled = settle(context, campaign, submission, fresh)
        if settled is Settled.UNKNOWN and fresh is not None and _is_unclear(context, campaign.id):
            put_aside(context, campaign, CampaignState.PAUSED, "unclear_batches")
            settled = Settled.STOPPED
        return _after(submission, settled)
    if sent_otherwise(context, campaign, batch.account.id, after + 1):
        put_aside(context, campaign, CampaignState.PAUSED, DIFFERS)
    stopped = context.stores.campaigns.campaign(campaign.id).state not in SENDABLE_STATES
    return BatchResult(Step.STOPPED, after) if stopped else BatchResult(Step.ON, batch.last_seq)


def run_batches(context_of: Callable[[], Context], campaign_id: int, after: int, most: int) -> BatchResult:
    """Up to `most` batches, each in the context of its moment.

    Where one of them has to be tried again, what was done before it counts.
    """
    result = run_batch(context_of(), campaign_id, after)
    for _ in range(most - 1):
        if result.step is not Step.ON:
            break
        try:
            result = run_batch(context_of(), campaign_id, result.after)
        except RemoteUnavailable:
            break  # the next call meets the same trouble and waits for it to pass
    return result


def _claimed(context: Context, submission: Submission, batch: _Batch) -> Sequence[Outgoing] | None:
    """Of the batch what the ledger took; None if the ledger holds anything else, so that the sender is asked first."""
    rows = context.stores.ledger.message_ids(submission.id)
    mine = [message for message in batch.outgoing if message.message_id in rows]
    return mine if len(mine) == len(rows) else None


def _is_unclear(context: Context, campaign_id: int) -> bool:
    """Whether nobody has an outcome in the newest batch, nor in that before it: what a sender that is out is handed

    nobody may hand over again, so that it must not be everybody.
    """
    ledger = context.stores.ledger
    last = ledger.unsettled(campaign_id)[-2:]
    running = len(last) == 2 and last[0].last_seq + 1 == last[1].first_seq
    return running and all(len(ledger.open_rows(each.id)) == len(ledger.message_ids(each.id)) for each in last)


def _after(submission: Submission, settled: Settled) -> BatchResult:
    if settled is Settled.STOPPED:
        return BatchResult(Step.STOPPED, submission.first_seq - 1)
    return BatchResult(Step.ON, submission.last_seq)


def finish(context: Context, campaign_id: int) -> BatchResult:
    """After the last batch: settles what is open; `WAIT` while the sender may still accept an old request.

    What stays unknown is left for a person once everything else has its outcome.
    """
    campaign = context.stores.campaigns.campaign(campaign_id)
    found = set[Settled]()
    for submission in context.stores.ledger.unsettled(campaign_id):
        if not may_leave(context, context.stores.campaigns.campaign(campaign_id)):
            return BatchResult(Step.STOPPED, -1)
        found.add(settle(context, campaign, submission))
        if Settled.STOPPED in found:
            return BatchResult(Step.STOPPED, -1)
    if Settled.LATER in found:
        # everybody was decided: the walk that follows begins behind the last one
        return BatchResult(Step.WAIT, campaign.snapshot_size - 1)
    if context.stores.ledger.undecided(campaign_id):
        return BatchResult(Step.ON, -1)
    if Settled.UNKNOWN in found:
        put_aside(context, campaign, CampaignState.WAITING, "unknown_outcomes")
    else:
        with suppress(NotAllowed):  # somebody stopped it behind its last batch
            context.stores.campaigns.move(campaign_id, CampaignState.DONE, "", expected=CampaignState.SENDING)
            return BatchResult(Step.END, -1)
    return BatchResult(Step.STOPPED, -1)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Members of one account up to `last_seq`: whom to submit what, and why the others are left out.

    `account`: as it was before they were asked about. `stopped`: of those whose text is the reason, by which rules.
    """

    account: Account
    last_seq: int
    outgoing: tuple[Outgoing, ...]
    claims: tuple[Claim, ...]
    refusals: dict[int, tuple[str, int | None]]
    stopped: dict[int, Stopped]


def _decide(context: Context, campaign: Campaign, members: Sequence[tuple[int, int]]) -> _Batch:
    customers = context.stores.customers.by_ids([customer_id for _, customer_id in members], phones=False)
    account = context.stores.accounts.account(customers[members[0][1]].account_id)
    sender = sender_of(context, account, campaign.purpose)
    if not sender.submits:
        raise NotAllowed("no_sender", "The platform of this shop does not take messages", account=account.id)
    _require_word(context, account, sender)
    mine = ((seq, customer_id) for seq, customer_id in members if customers[customer_id].account_id == account.id)
    seqs = {customer_id: seq for seq, customer_id in islice(mine, sender.batch_max)}
    judged = ask_again(context, campaign, account, [customers[customer_id] for customer_id in seqs])
    texts = composed(context, campaign, judged)
    confirmed = confirmed_rules(context, campaign.id)
    stops = {seqs[j.customer.id]: stopped_by(message, confirmed) for j, message in texts}
    good = [(j, message.text) for j, message in texts if stops[seqs[j.customer.id]] is None]
    stopped = {seq: by for seq, by in stops.items() if by is not None}
    by_the_gate = {
        seqs[j.customer.id]: (j.decision.reason.value, j.fact_id or None)
        for j in judged
        if isinstance(j.decision, Refusal)
    }
    by_the_rules = {
        seqs[j.customer.id]: (Reason.CONTENT.value, j.fact_id) for j, _ in texts if seqs[j.customer.id] in stopped
    }
    claims = tuple(_row(context, campaign, seqs[j.customer.id], j, text) for j, text in good)
    return _Batch(
        account=account,
        last_seq=max(seqs.values()),
        outgoing=tuple(claim.outgoing for claim in claims),
        claims=claims,
        refusals={**by_the_gate, **by_the_rules},
        stopped=stopped,
    )


def _require_word(context: Context, account: Account, sender: GatewayCapabilities) -> None:
    """What a person has to have said of a sender that does not tell it itself."""
    if not sender.hears and not read_at(context.stores.accounts, account.sender_account_id or account.id):
        raise NotAllowed("replies_unread", "Nobody would see an opt-out by reply", account=account.id)
    require_compared(context, account, sender)


def _row(context: Context, campaign: Campaign, seq: int, judged: Judged, text: str) -> Claim:
    recipient = sealed(judged)
    customer = judged.customer
    key = customer.phone_key or context.stores.phone_keys.of_ref(CustomerRef(customer.account_id, customer.ref))
    message_id = message_id_of(context, recipient.campaign_id, seq, key, text)
    return Claim(seq, Outgoing(recipient, message_id, text, closes_at(context, campaign)), key)


def _claim(context: Context, campaign: Campaign, after: int, batch: _Batch) -> Submission | None:
    account, key = batch.account, key_of(context, campaign.id, after + 1)
    span = (after + 1, batch.last_seq)
    caps = Caps(context.house_caps, context.provider_caps(account.id))
    context.stores.campaigns.keep_stopped(campaign.id, batch.stopped)
    try:
        return context.stores.ledger.claim(
            campaign, account, key, batch.claims, batch.refusals, span, context.clock(), caps
        )
    except BudgetSpent:
        put_aside(context, campaign, CampaignState.WAITING, "budget")
        return None
