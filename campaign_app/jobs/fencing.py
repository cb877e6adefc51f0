"""How long a batch that a sender has never seen has to wait before anything else may be done with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from campaign_app.jobs.ports import Submission
from campaign_app.jobs.stores import Context

# Consent API: `created` may lie 300 s before or after the sender's clock; the rest is margin
FENCE: Final = timedelta(seconds=660)


def fence(context: Context, submission: Submission) -> datetime:
    """When no earlier request of this batch can be accepted any more; counted from the first refusal noticed since.

    Every submit resets it, so nothing is submitted between that moment and the fence.
    """
    accounts, name = context.stores.accounts, _fence_name(submission)
    noticed = accounts.setting(name, None)
    if noticed is None:
        noticed = context.clock().isoformat()
        accounts.set_setting(name, noticed)
    return datetime.fromisoformat(noticed) + FENCE


def forget_fence(context: Context, submission: Submission) -> None:
    if context.stores.accounts.setting(_fence_name(submission), None) is not None:
        context.stores.accounts.set_setting(_fence_name(submission), None)


def _fence_name(submission: Submission) -> str:
    return f"fence.{submission.key}"
