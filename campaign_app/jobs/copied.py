"""Campaigns that came with a copy of their workspace: what they would send may have been sent since the copy was made.

Their batches are claimed as any others and then treated as after a crash: the sender is asked for the key before
anything is submitted. That works because the former workspace gave the same key to the same people; where the answer
shows that it did not, nobody can tell who was reached, and nothing more is submitted by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.copies import copied_at, name_for
from campaign_app.domain.message import SubmitOutcome
from campaign_app.jobs.ports import Submission
from campaign_app.jobs.stores import Context

_WHOSE: Final = 10


def is_copied(context: Context, campaign_id: int) -> bool:
    return copied_at(context.copies, campaign_id) is not None


def key_of(context: Context, campaign_id: int, first_seq: int) -> str:
    """The idempotency key of the batch that begins there."""
    return f"{name_for(context.workspace_id, context.copies, campaign_id)}-{campaign_id}-{first_seq}"


def message_id_of(context: Context, campaign_id: int, seq: int, dedupe_key: bytes, text: str) -> str:
    """Of one member's message: with another person in that place, or another text, it is another.

    So a copy in which the audience or the text was changed since cannot take what was sent for its own.
    """
    key = key_of(context, campaign_id, seq)
    whose = hashlib.sha256(b"\0".join((key.encode(), dedupe_key, text.encode()))).hexdigest()
    return f"{key}-{whose[:_WHOSE]}"


def differs(context: Context, submission: Submission, outcomes: Sequence[SubmitOutcome]) -> bool:
    """Whether a batch that was claimed anew holds others than the sender was given under its key.

    What the sender answered us ourselves is of this batch, whomever it left out.
    """
    since, ledger = copied_at(context.copies, submission.campaign_id), context.stores.ledger
    if since is None or submission.claimed_at <= since or ledger.answered(submission.id):
        return False
    found = {each.message_id for each in outcomes}
    wanted = {row.message_id for row in ledger.open_rows(submission.id)}
    return not wanted <= found <= ledger.message_ids(submission.id)


def sent_otherwise(context: Context, campaign: Campaign, account_id: int, first_seq: int) -> bool:
    """Whether the sender knows of a batch that begins there, of which nobody is left to be claimed here."""
    if not is_copied(context, campaign.id):
        return False
    gateway = context.remotes.gateway(account_id, campaign.purpose)
    if not (gateway.capabilities.idempotent and gateway.capabilities.lookup):
        return False
    return bool(gateway.lookup(key_of(context, campaign.id, first_seq), ()))
