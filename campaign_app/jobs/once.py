"""Batches of a sender without idempotency keys: what it may have taken is looked up, and never handed over again.

What it plainly did not take is put down, so that it may be handed over later; before every submit that note is
removed, so that a crash in between leaves the batch to be looked up. What is found nowhere is left to a person.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from campaign_app.consent.recipient import Outgoing
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import NO_TEMPLATE, Outcome, SubmitOutcome
from campaign_app.jobs.copied import is_copied
from campaign_app.jobs.notes import ALIKE
from campaign_app.jobs.ports import Gateway, GatewayCapabilities, Submission
from campaign_app.jobs.stores import Context
from campaign_app.services.stated import is_checked

UNFIT: Final = "template_unfit"
MANY: Final = 10  # of whom one and the same refusal is not likely to be each one's own


def untaken(context: Context, submission: Submission) -> frozenset[str]:
    """Message ids of the batch that the sender surely did not take; of a copied one it may have taken them since."""
    if is_copied(context, submission.campaign_id):
        return frozenset()
    return frozenset(context.stores.accounts.setting(_name(submission), None) or ())


def take_untaken(context: Context, submission: Submission) -> frozenset[str]:
    """The same, for whoever ends them: from here on nobody hands them over. None where somebody is about to."""
    ids = untaken(context, submission)
    taken = bool(ids) and context.stores.accounts.take_setting(_name(submission), ids)
    return ids if taken else frozenset()


def require_compared(context: Context, account: Account, sender: GatewayCapabilities) -> None:
    """Raises NotAllowed where the sender's templates are a person's word, and nobody has given it of those of now."""
    accounts = context.stores.accounts
    if sender.stated and not is_checked(accounts, accounts.account(account.sender_account_id or account.id)):
        raise NotAllowed("templates_unchecked", "Nobody has compared the templates", account=account.id)


def hand_over(
    context: Context, gateway: Gateway, submission: Submission, messages: Sequence[Outgoing], *, noted: bool
) -> tuple[SubmitOutcome, ...]:
    """Submits once. Raises RemoteUnavailable, with everything put down, where the sender took a part or nothing.

    Raises RemoteRefused (UNFIT, ALIKE) once, where one reason refuses everybody: that is no word on the people.

    `noted`: that they were not taken was put down before. Whoever takes that note away hands them over, and nobody else
    does: of several workers one may have stood still since it read it.
    """
    try:
        require_compared(context, context.stores.accounts.account(submission.account_id), gateway.capabilities)
    except NotAllowed:
        note_untaken(context, submission, [message.message_id for message in messages])
        raise
    ids = [message.message_id for message in messages]
    if not noted and untaken(context, submission):
        note_untaken(context, submission, ())  # of a claim with the same key that the workspace's server has lost
    if noted and not context.stores.accounts.take_setting(_name(submission), ids):
        raise RemoteUnavailable("handed_over", "Another worker has handed the batch over")
    try:
        outcomes = gateway.submit(submission.key, messages)
    except OutcomeUnknown:
        raise
    except RemoteError:
        note_untaken(context, submission, [message.message_id for message in messages])
        raise
    said = {outcome.message_id for outcome in outcomes}
    if left := [message.message_id for message in messages if message.message_id not in said]:
        context.stores.ledger.settle(submission.id, outcomes, context.clock())
        note_untaken(context, submission, left)
        raise RemoteUnavailable("throttled", "The sender took a part of the batch")
    if (refusal := _of_everybody(outcomes)) is not None and not _is_told(context, submission):
        note_untaken(context, submission, ids)
        raise refusal
    return outcomes


def _of_everybody(outcomes: Sequence[SubmitOutcome]) -> RemoteRefused | None:
    """None where it may be of the people: they are few, somebody was not refused, or otherwise, or wants no more."""
    codes = {each.code for each in outcomes}
    if codes == {NO_TEMPLATE}:
        return RemoteRefused(UNFIT, "No template gives any text of the batch", account_wide=True)
    alike = len(codes) == 1 and len(outcomes) >= MANY
    if not alike or any(each.outcome is not Outcome.REJECTED or each.opted_out for each in outcomes):
        return None
    return RemoteRefused(ALIKE, "The sender refused everybody for one reason", account_wide=True, said=codes.pop())


def tell_unfit(context: Context, submission: Submission, refusal: RemoteRefused) -> None:
    """Once this batch, all of which one reason refuses, has stopped the campaign: whoever lets it go on knows of it.

    Then the same batch is rejected if it still is refused, so that a few whose own text is the reason keep nobody
    behind them waiting for ever. Of a batch that met a campaign which had stopped already, be it for the same reason,
    nobody was told.
    """
    if refusal.code in (UNFIT, ALIKE):
        context.stores.accounts.set_setting(_unfit(submission), 1)


def _is_told(context: Context, submission: Submission) -> bool:
    return context.stores.accounts.setting(_unfit(submission), None) is not None


def _unfit(submission: Submission) -> str:
    return f"unfit.{submission.key}"


def note_untaken(context: Context, submission: Submission, message_ids: Collection[str]) -> None:
    context.stores.accounts.set_setting(_name(submission), sorted(message_ids))


def _name(submission: Submission) -> str:
    return f"untaken.{submission.key}"
