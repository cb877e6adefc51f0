"""Brings a claimed batch to its outcomes, whatever happened on the way; nobody is submitted twice, nobody is forgotten.

The sender is asked what became of the key before a batch is submitted again. If it has never seen the key, the gate is
asked again, and the rules about the claimed texts: nobody refused → the same key and texts, so that the key fences a
request that is still on its way. Somebody refused → nothing is submitted until such a request can no longer be accepted
(its signature is older than the sender allows); only then are the refused rows withheld and the others submitted.

"Never seen" is believed only of a key that the sender never answered for, and while it still keeps a key of that age.
Else nobody knows what became of the batch: it is left to a person, neither submitted nor withheld.

Of a sender without idempotency keys "never seen" is not believed at all; see `campaign_app.jobs.once`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from campaign_app.consent.recipient import Outgoing
from campaign_app.domain.campaign import SENDABLE_STATES, Campaign, CampaignState
from campaign_app.domain.consent import Reason
from campaign_app.domain.copies import DIFFERS, copied_at
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.jobs.asking import BATCH_TIME, CLOCK_STEP, RuleStops, ask_again, refusals
from campaign_app.jobs.copied import differs
from campaign_app.jobs.fencing import FENCE, fence, forget_fence
from campaign_app.jobs.gating import Judged, sealed
from campaign_app.jobs.looking import every_outcome, look_up
from campaign_app.jobs.notes import away_note, cause_of, shop_note, why_refused
from campaign_app.jobs.once import hand_over, note_untaken, tell_unfit, untaken
from campaign_app.jobs.ports import GatewayCapabilities, LedgerRow, Submission
from campaign_app.jobs.stopping import put_aside
from campaign_app.jobs.stores import Context
from campaign_app.jobs.turns import turn_in, wait_for_turn
from campaign_app.services.window import BEIJING, CLOSES, OPENS

ATTEMPTS: Final = 6
LONGEST_WAIT: Final = 30.0
# answers without an outcome for a row, before it is left for a person
UNANSWERED: Final = 3
# Consent API: keys are kept for at least seven days; a day is margin
KEYS_KEPT: Final = timedelta(days=6)
CLAIM_LOST: Final = "claim_lost"


class Settled(StrEnum):
    """`done`: every row has its outcome. `later`: an old request may still be accepted. `stopped`: the campaign is.

    `unknown`: the sender answers, but not for every message.
    """

    DONE = "done"
    LATER = "later"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


def may_leave(context: Context, campaign: Campaign) -> bool:
    """Whether a batch may leave now. A campaign past its window is put aside for a person, never sent late.

    So is one that began, or sent, in a time which, by a clock that was set back, has not come yet: it may be night. And
    one of a copy that nobody has accepted, before anything is asked: replies are the other one's. Behind a server that
    took over it waits by itself (`is_held`).
    """
    if campaign.state not in SENDABLE_STATES:
        return False
    if context.aside():
        if why := context.seen():
            put_aside(context, campaign, CampaignState.PAUSED, why)
        return False
    known = (campaign.send_at, context.stores.ledger.furthest_claim(campaign.id))
    if any(moment is not None and context.clock() < moment - CLOCK_STEP for moment in known):
        put_aside(context, campaign, CampaignState.WAITING, "clock_back")
        return False
    if context.clock() + BATCH_TIME <= closes_at(context, campaign):
        return True
    own = campaign.window_end is not None and context.clock() + BATCH_TIME <= campaign.window_end
    shut = own and _opens_later(context)
    put_aside(context, campaign, CampaignState.WAITING, "hours_narrowed" if shut else "window_over")
    return False


def is_held(context: Context) -> bool:
    """Until every host has looked whether the workspace's server lacks what was sent there. It ends by itself."""
    return context.aside() and not context.seen()


def closes_at(context: Context, campaign: Campaign) -> datetime:
    """When its last message may leave: by its window, and by the merchant's hours as they are set by now.

    Whoever narrows them means what is being sent as well; those of the law are the window's. Now, where nothing may
    leave.
    """
    now, closes = context.clock(), context.hours[1]
    if campaign.window_end is None or _opens_later(context):
        return now
    if closes >= CLOSES:
        return campaign.window_end
    today = now.astimezone(BEIJING).date()
    return min(campaign.window_end, datetime.combine(today, closes, BEIJING).astimezone(now.tzinfo))


def _opens_later(context: Context) -> bool:
    """By the merchant's own hours; hosts differ: one that is a little behind stops nothing that another one began."""
    opens, local = context.hours[0], context.clock().astimezone(BEIJING)
    return OPENS < opens > (local + CLOCK_STEP).time()


def _may_submit(context: Context, submission: Submission) -> bool:
    """`may_leave`, and this is still the workspace that this machine knows, with what it has claimed by now.

    One that was put back from an older copy submits nothing: what it has forgotten would leave twice. Nor does one that
    lacks this very claim, as a server does that stands in for another one and never got it (RemoteUnavailable): it is
    claimed anew.
    """
    campaign = context.stores.campaigns.campaign(submission.campaign_id)
    if why := context.seen():
        put_aside(context, campaign, CampaignState.PAUSED, why)
        return False
    if not may_leave(context, campaign):  # behind the look: the server may be another one since
        return False
    _require_claimed(context, submission)
    return True


def _require_claimed(context: Context, submission: Submission) -> None:
    """Raises RemoteUnavailable where the ledger has it no more: its number may be another batch's by now."""
    there = context.stores.ledger.submission_at(submission.campaign_id, submission.first_seq)
    if there is None or (there.id, there.claimed_at) != (submission.id, submission.claimed_at):
        raise RemoteUnavailable(CLAIM_LOST, "The workspace's server has lost what was claimed")


def stop_by(context: Context, campaign: Campaign, rule: RuleStops) -> None:
    """Where the hour is the reason, that is said. Whoever schedules it anew is shown the rule, or confirms it."""
    if may_leave(context, campaign):
        put_aside(context, campaign, CampaignState.WAITING, f"rule:{rule.rule_id}")


def settle(
    context: Context, campaign: Campaign, submission: Submission, fresh: Sequence[Outgoing] | None = None
) -> Settled:
    """Settles a batch; `fresh` are its messages when it was claimed just now and never submitted."""
    if submission.settled:
        return Settled.DONE
    messages, unanswered, why = fresh, 0, ""
    for attempt in range(ATTEMPTS):
        tried = _try(context, campaign, submission, messages, 0.2 * 2**attempt)
        unanswered += tried.ended is Settled.UNKNOWN
        if unanswered == UNANSWERED:
            return Settled.UNKNOWN
        if tried.ended is not None and tried.ended is not Settled.UNKNOWN:
            return tried.ended
        context.wait(min(tried.pause, LONGEST_WAIT))
        messages, why = None, tried.why
        if not may_leave(context, context.stores.campaigns.campaign(campaign.id)):
            return Settled.STOPPED
    put_aside(context, campaign, CampaignState.PAUSED, why)
    return Settled.STOPPED


class _Tried(NamedTuple):
    """How a try ended, if it did; else how long the next one waits, and why the campaign would stop behind the last."""

    ended: Settled | None
    pause: float = 0
    why: str = ""


def _try(
    context: Context, campaign: Campaign, submission: Submission, messages: Sequence[Outgoing] | None, backoff: float
) -> _Tried:
    if messages is None:
        _require_claimed(context, submission)
    try:
        return _Tried(_once(context, campaign, submission, messages), backoff, "unknown_outcomes")
    except RemoteUnavailable as trouble:
        if trouble.code == CLAIM_LOST:
            raise
        pause = backoff if trouble.retry_after is None else trouble.retry_after
        return _Tried(None, pause, away_note(trouble, context.clock(), "sender_unavailable"))
    except RemoteRefused as refusal:
        if not refusal.account_wide:
            return _Tried(None, backoff, shop_note(refusal) or f"refused:{cause_of(refusal)}")
        if put_aside(context, campaign, CampaignState.PAUSED, why_refused(refusal, context.clock())):
            tell_unfit(context, submission, refusal)
        return _Tried(Settled.STOPPED)
    except RuleStops as rule:
        stop_by(context, campaign, rule)
        return _Tried(Settled.STOPPED)


def _once(context: Context, campaign: Campaign, submission: Submission, messages: Sequence[Outgoing] | None) -> Settled:
    """One try. A batch that is refused as a whole stays open: only the sender's word on a message ends that message."""
    gateway = context.remotes.gateway(submission.account_id, campaign.purpose)
    if not gateway.capabilities.idempotent:
        return _once_only(context, campaign, submission, messages)
    ledger, outcomes = context.stores.ledger, None
    if messages is None or _is_stale(context, messages):
        outcomes = look_up(context, gateway, submission)
        if outcomes and differs(context, submission, outcomes):
            put_aside(context, campaign, CampaignState.PAUSED, DIFFERS)
            return Settled.STOPPED
        if outcomes is None and not never_seen(context, submission):
            return Settled.UNKNOWN
        outcomes = None if outcomes is None else every_outcome(context, submission, outcomes)
        messages = _still_confirmed(context, campaign, submission) if outcomes is None else ()
    if messages is None:
        return Settled.LATER
    if outcomes is None and messages:
        _wait_with(context, submission, gateway.capabilities, messages)
        # before the look: whoever cancels behind that look waits for this request as well
        forget_fence(context, submission)
        if not _may_submit(context, submission):
            return Settled.STOPPED
        outcomes = gateway.submit(submission.key, messages)
    settled = ledger.settle(submission.id, outcomes or (), context.clock())
    return Settled.DONE if settled else Settled.UNKNOWN


def _wait_with(
    context: Context, submission: Submission, sender: GatewayCapabilities, messages: Sequence[Outgoing]
) -> None:
    """Raises RemoteUnavailable where the turn is too far away, or was overtaken: then the gate is asked again."""
    wait_for_turn(context, sender, [message.text for message in messages])
    if _is_overtaken(context, submission, sender, messages):
        raise _late()


def _late() -> RemoteUnavailable:
    return RemoteUnavailable("batch_late", "Time passed, or somebody said no, before the batch could leave")


def _once_only(
    context: Context, campaign: Campaign, submission: Submission, fresh: Sequence[Outgoing] | None
) -> Settled:
    """One try at a sender that takes a batch twice: only what it surely never took is handed over."""
    gateway = context.remotes.gateway(submission.account_id, campaign.purpose)
    ledger, messages, noted = context.stores.ledger, fresh, fresh is None
    if fresh is not None:
        noted = _wait_for_turn(context, submission, gateway.capabilities, [(m.message_id, m.text) for m in fresh])
        if _is_overtaken(context, submission, gateway.capabilities, fresh):
            note_untaken(context, submission, [message.message_id for message in fresh])
            messages = None
    if messages is None:
        noted, free = True, untaken(context, submission)
        rows = [row for row in ledger.open_rows(submission.id) if row.message_id in free]
        _wait_for_turn(context, submission, gateway.capabilities, [(row.message_id, row.text) for row in rows])
        messages = _without_refused(context, campaign, submission, rows)
        if messages and _is_overtaken(context, submission, gateway.capabilities, messages):
            raise _late()  # that they were not taken stays put down
    if not messages:
        found = look_up(context, gateway, submission) or ()
        return _ended(settled=ledger.settle(submission.id, found, context.clock()))
    if not _may_submit(context, submission):
        note_untaken(context, submission, [message.message_id for message in messages])
        return Settled.STOPPED
    outcomes = hand_over(context, gateway, submission, messages, noted=noted)
    return _ended(settled=ledger.settle(submission.id, outcomes, context.clock()))


def _wait_for_turn(
    context: Context, submission: Submission, sender: GatewayCapabilities, messages: Sequence[tuple[str, str]]
) -> bool:
    """Of messages (id, text) that nothing was done with yet; they are put down as such, for a crash may end the wait.

    Whether they were: where there was a wait. Raises RemoteUnavailable where the turn is too far away.
    """
    ids = [message_id for message_id, _ in messages]
    try:
        delay = turn_in(context, sender, [text for _, text in messages])
    except RemoteUnavailable:
        note_untaken(context, submission, ids)
        raise
    if delay > 0:
        note_untaken(context, submission, ids)
        context.wait(delay)
    return delay > 0


def _ended(*, settled: bool) -> Settled:
    return Settled.DONE if settled else Settled.UNKNOWN


def never_seen(context: Context, submission: Submission) -> bool:
    """Whether a sender that knows nothing of this key may be believed that it never did."""
    known = copied_at(context.copies, submission.campaign_id)
    age = context.clock() - min(submission.claimed_at, known or submission.claimed_at)
    return -FENCE < age < KEYS_KEPT and not context.stores.ledger.answered(submission.id)


def _is_stale(context: Context, messages: Sequence[Outgoing]) -> bool:
    """Whether the gate's word is older than a batch may take."""
    now = context.clock()
    # abs: of a clock that was set back nobody knows how long ago it was
    return any(abs(now - m.recipient.decided_at) > BATCH_TIME for m in messages)


def _is_overtaken(
    context: Context, submission: Submission, sender: GatewayCapabilities, messages: Sequence[Outgoing]
) -> bool:
    """Whether the gate has to be asked again: its word is too old, or somebody is not confirmed any more.

    A person, another worker or another flow of this one may have put a no down, read another answer or chosen another
    source of consents while texts were made or a turn was waited for. Nobody who was confirmed had a mark. Another
    answer may be a consent as well, and to something else; a number may be somebody else's by now.
    """
    by = {message.recipient.customer_id: message.recipient.fact_id for message in messages}
    if _is_stale(context, messages) or context.stores.suppressions.of_customers(list(by)):
        return True
    if not context.stores.facts.confirmed(by).issuperset(by):
        return True
    return not _renumbered(context, submission, sender).isdisjoint(message.message_id for message in messages)


def _still_confirmed(context: Context, campaign: Campaign, submission: Submission) -> list[Outgoing] | None:
    """The open rows of a batch that the sender has never seen, or None while they have to wait."""
    rows = context.stores.ledger.open_rows(submission.id)
    judged, refused = _asked_again(context, campaign, submission, rows)
    if refused and context.clock() < fence(context, submission):
        return None
    return _confirmed_of(context, campaign, submission, rows, judged, refused)


def _without_refused(
    context: Context, campaign: Campaign, submission: Submission, rows: Sequence[LedgerRow]
) -> list[Outgoing]:
    """Of rows that no request is under way for, those that may still leave; the others are withheld at once."""
    if not rows:
        return []
    return _confirmed_of(context, campaign, submission, rows, *_asked_again(context, campaign, submission, rows))


def _asked_again(
    context: Context, campaign: Campaign, submission: Submission, rows: Sequence[LedgerRow]
) -> tuple[dict[int, Judged], dict[str, str]]:
    account = context.stores.accounts.account(submission.account_id)
    customers = context.stores.customers.by_ids([row.customer_id for row in rows], phones=False)
    judged = {j.customer.id: j for j in ask_again(context, campaign, account, list(customers.values()))}
    doubled = context.stores.ledger.doubled(submission.id)
    twice = {row.message_id: Reason.DUPLICATE_NUMBER.value for row in rows if row.message_id in doubled}
    refused = twice | _elsewhere(context, campaign, submission) | refusals(context, campaign, rows, judged)
    # as the claim does of a new batch
    if context.stores.accounts.account(account.id).consent_account_id != account.consent_account_id:
        raise RemoteUnavailable("source_changed", "Another source says by now who agreed", account=account.id)
    return judged, refused


def _elsewhere(context: Context, campaign: Campaign, submission: Submission) -> dict[str, str]:
    """Message id → why, where the sender goes by numbers and would reach another than that of the claim."""
    sender = context.remotes.gateway(submission.account_id, campaign.purpose).capabilities
    return dict.fromkeys(_renumbered(context, submission, sender), "number_changed")


def _renumbered(context: Context, submission: Submission, sender: GatewayCapabilities) -> frozenset[str]:
    by_number = sender.needs_phone or sender.needs_platform_phone
    return context.stores.ledger.renumbered(submission.id) if by_number else frozenset()


def _confirmed_of(
    context: Context,
    campaign: Campaign,
    submission: Submission,
    rows: Sequence[LedgerRow],
    judged: Mapping[int, Judged],
    refused: Mapping[str, str],
) -> list[Outgoing]:
    withheld = [SubmitOutcome(message_id, Outcome.WITHHELD, code=code) for message_id, code in refused.items()]
    if withheld:
        context.stores.ledger.settle(submission.id, withheld, context.clock())
    left = [row for row in rows if row.message_id not in refused]
    end = closes_at(context, campaign)
    return [Outgoing(sealed(judged[row.customer_id]), row.message_id, row.text, end) for row in left]
