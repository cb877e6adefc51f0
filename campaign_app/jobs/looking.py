"""Asks a sender what became of a batch; the messages that are open come along, for senders that know no keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from campaign_app.domain.customer import Customer
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.jobs.ports import Gateway, LedgerRow, Sent, Submission
from campaign_app.jobs.stores import Context


def look_up(context: Context, gateway: Gateway, submission: Submission) -> tuple[SubmitOutcome, ...] | None:
    """As `Gateway.lookup`; nothing where the sender has none."""
    if not gateway.capabilities.lookup:
        return ()
    return gateway.lookup(submission.key, sent_of(context, gateway, submission))


def every_outcome(context: Context, submission: Submission, said: Sequence[SubmitOutcome]) -> tuple[SubmitOutcome, ...]:
    """What a sender that knows the key said, and `unknown` of the open messages that it did not mention.

    It is put down that it knew the key: one that has forgotten it since is not believed that it never saw it.
    """
    mentioned = {outcome.message_id for outcome in said}
    left = [row for row in context.stores.ledger.open_rows(submission.id) if row.message_id not in mentioned]
    return (*said, *(SubmitOutcome(row.message_id, Outcome.UNKNOWN, code="unmentioned") for row in left))


def sent_of(context: Context, gateway: Gateway, submission: Submission) -> tuple[Sent, ...]:
    """The open messages of a batch. Numbers are read only for a sender that goes by them."""
    rows: tuple[LedgerRow, ...] = context.stores.ledger.open_rows(submission.id)
    offers = gateway.capabilities
    by_number = offers.needs_phone or offers.needs_platform_phone
    wanted = [row.customer_id for row in rows] if by_number else []
    people = context.stores.customers.by_ids(wanted) if wanted else {}
    return tuple(sent_to(people.get(row.customer_id), row.message_id, submission.claimed_at) for row in rows)


def sent_to(person: Customer | None, message_id: str, claimed_at: datetime) -> Sent:
    """By the numbers of now; None is somebody of whom none is known."""
    if person is None:
        return Sent(message_id, None, claimed_at)
    return Sent(message_id, person.phone, claimed_at, person.platform_phone)
