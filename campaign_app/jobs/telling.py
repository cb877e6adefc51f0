"""Platforms are told of the opt-outs that were said here: by reply, complaint or hand. Nothing else is ever told."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.consent import LocalOptOut
from campaign_app.domain.errors import RemoteError, RemoteRefused
from campaign_app.domain.ports import PlatformClient
from campaign_app.jobs.stores import Context

TOLD_A_STEP: Final = 200


def tell_opt_outs(context: Context, account_id: int) -> int:
    """Tells one platform of the oldest that wait, one by one; returns how many it took. Safe to run twice.

    One whose person the platform refuses is put aside. Any other refusal leaves it waiting, and is raised where nobody
    could be told; a refusal of the whole account leaves all of them waiting.
    """
    outbox, client = context.stores.opt_outs, context.remotes.platform(account_id)
    waiting = outbox.waiting(account_id, TOLD_A_STEP)
    if not _takes(client):
        outbox.settle(waiting, "untellable", context.clock(), code="not_offered")
        return 0
    told, trouble = 0, list[RemoteRefused]()
    try:
        for one in waiting:
            try:
                told += _tell(context, client, one)
            except RemoteRefused as refusal:
                if refusal.account_wide:
                    raise
                trouble.append(refusal)
    finally:
        if told:
            context.stores.audit.record(
                "account.opt_outs_told", actor="worker", at=context.clock(), account=account_id, count=told
            )
    if trouble and not told:
        raise trouble[0]
    return told


def _takes(client: PlatformClient) -> bool:
    """Where that cannot be asked now it is tried: of a platform and its consent service the other one may take them."""
    try:
        return client.capabilities().opt_out_write
    except RemoteError:
        return True


def _tell(context: Context, client: PlatformClient, one: LocalOptOut) -> int:
    """1 if the platform took it, 0 if it refuses this person for good."""
    try:
        client.write_opt_out(one.ref, one.reason, one.since)
    except RemoteRefused as refusal:
        if not refusal.of_the_person:
            raise
        context.stores.opt_outs.settle([one], "refused", context.clock(), code=refusal.code)
        return 0
    context.stores.opt_outs.settle([one], "told", context.clock())
    return 1
