"""Waits for a sender account's turn before a batch is handed over: all workers of a workspace share its rate.

A batch takes as long a turn as its messages need at that rate; within it the sender spaces them. Turns follow one
another, so that what all processes hand over together is never more than the rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from campaign_app.compliance.segments import cn_segments
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.jobs.ports import GatewayCapabilities
from campaign_app.jobs.stores import Context

# what was decided before the wait is still fresh after it (`jobs.asking.BATCH_TIME`)
LONGEST_TURN: Final = 15.0
# between two turns: what one process does late does not run into the next one's
APART: Final = 0.02


def turn_in(context: Context, sender: GatewayCapabilities, texts: Sequence[str]) -> float:
    """Takes the next turn for messages of these texts: in how many seconds it begins.

    Raises RemoteUnavailable where it is too far away; then none is taken.
    """
    rate = sender.rate
    if rate is None or not texts:
        return 0.0
    parts = sum(cn_segments(text).segments for text in texts)
    seconds = parts / rate.pace + APART
    delay = context.stores.rates.reserve(rate.account_id, seconds, context.clock(), LONGEST_TURN)
    if delay > LONGEST_TURN:
        words = "Other campaigns use the account's rate"
        raise RemoteUnavailable("throttled", words, retry_after=delay - LONGEST_TURN)
    return delay


def wait_for_turn(context: Context, sender: GatewayCapabilities, texts: Sequence[str]) -> None:
    """Raises as `turn_in` does."""
    if (delay := turn_in(context, sender, texts)) > 0:
        context.wait(delay)
