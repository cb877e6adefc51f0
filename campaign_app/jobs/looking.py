"""Asks a sender what became of a batch; the messages that are open come along, for senders that know no keys."""

from __future__ import annotations

from campaign_app.domain.message import SubmitOutcome
from campaign_app.jobs.ports import Gateway, LedgerRow, Sent, Submission
from campaign_app.jobs.stores import Context


def look_up(context: Context, gateway: Gateway, submission: Submission) -> tuple[SubmitOutcome, ...] | None:
    """As `Gateway.lookup`; nothing where the sender has none."""
    if not gateway.capabilities.lookup:
        return ()
    return gateway.lookup(submission.key, sent_of(context, gateway, submission))


def sent_of(context: Context, gateway: Gateway, submission: Submission) -> tuple[Sent, ...]:
    """The open messages of a batch. Numbers are read only for a sender that goes by them."""
    rows: tuple[LedgerRow, ...] = context.stores.ledger.open_rows(submission.id)
    wanted = [row.customer_id for row in rows] if gateway.capabilities.needs_phone else []
    people = context.stores.customers.by_ids(wanted) if wanted else {}
    phones = {customer_id: person.phone for customer_id, person in people.items()}
    return tuple(Sent(row.message_id, phones.get(row.customer_id), submission.claimed_at) for row in rows)
