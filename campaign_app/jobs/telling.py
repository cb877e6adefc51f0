"""Platforms are told of the opt-outs that were said here: by reply, complaint or hand. Nothing else is ever told."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.errors import RemoteRefused
from campaign_app.jobs.stores import Context

TOLD_A_STEP: Final = 200


def tell_opt_outs(context: Context, account_id: int) -> int:
    """Tells one platform of the oldest that wait, one by one; returns how many it took. Safe to run twice.

    One that the platform refuses is put aside; a refusal of the whole account leaves all of them waiting.
    """
    outbox, client = context.stores.opt_outs, context.remotes.platform(account_id)
    waiting = outbox.waiting(account_id, TOLD_A_STEP)
    if not client.capabilities().opt_out_write:
        outbox.settle(waiting, "untellable", context.clock(), code="not_offered")
        return 0
    told = 0
    for one in waiting:
        try:
            client.write_opt_out(one.ref, one.reason, one.since)
        except RemoteRefused as refusal:
            if refusal.account_wide:
                raise
            outbox.settle([one], "refused", context.clock(), code=refusal.code)
        else:
            outbox.settle([one], "told", context.clock())
            told += 1
    if told:
        context.stores.audit.record(
            "account.opt_outs_told", actor="worker", at=context.clock(), account=account_id, count=told
        )
    return told
