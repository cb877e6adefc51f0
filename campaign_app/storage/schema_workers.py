"""The table of the processes that work on a team's workspace, at once or one after another."""

from __future__ import annotations

import os

import sqlalchemy as sa

from campaign_app.storage.columns import metadata, number, number_or_none, own_id, word
from campaign_app.storage.host import place_id

# `id` is the fencing token: a later worker has a higher one. Times are the server's
worker = sa.Table(
    "worker",
    metadata,
    own_id(),
    word("host"),
    number("pid"),
    word("version"),
    word("queues"),
    number("started_at"),
    number("beat_at"),
    number("lease_until"),
    number_or_none("ended_at"),
    sa.Index("worker_by_end", "ended_at"),
)


def is_mine(worker_id: int) -> sa.ColumnElement[bool]:
    """This process's own row, which has not ended: a server that was put back may have given its number anew."""
    whose = worker.c.pid == os.getpid(), worker.c.host == place_id()
    return sa.and_(worker.c.id == worker_id, *whose, worker.c.ended_at.is_(None))
