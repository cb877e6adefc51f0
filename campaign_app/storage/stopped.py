"""The rules that keep a member's text back: one row for each member so excluded, none for the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.campaign import Stopped
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.schema_sending import campaign_stop
from campaign_app.storage.upserts import insert_or_update

_stop: Final = campaign_stop.c
_STOPPED: Final = sa.select(_stop.seq, _stop.rules, _stop.rule_packs).where(
    _stop.campaign_id == sa.bindparam("of_campaign")
)
_BETWEEN: Final = sa.delete(campaign_stop).where(
    _stop.campaign_id == sa.bindparam("of_campaign"),
    _stop.seq.between(sa.bindparam("first_seq"), sa.bindparam("last_seq")),
)


def forget_stopped(connection: sa.Connection, campaign_id: int, seqs: Collection[int]) -> None:
    """Of the whole range of these, which is judged anew."""
    if seqs:
        connection.execute(_BETWEEN, {"of_campaign": campaign_id, "first_seq": min(seqs), "last_seq": max(seqs)})


def put_stopped(connection: sa.Connection, campaign_id: int, stopped: Mapping[int, Stopped]) -> None:
    rows = [
        {"campaign_id": campaign_id, "seq": seq, "rules": " ".join(by.rules), "rule_packs": by.rule_packs}
        for seq, by in stopped.items()
    ]
    write_all(connection, insert_or_update(connection, campaign_stop, "campaign_id", "seq"), rows)


def stopped_of(connection: sa.Connection, campaign_id: int, seqs: Sequence[int]) -> dict[int, Stopped]:
    found = rows_among(connection, _STOPPED, _stop.seq, seqs, of_campaign=campaign_id)
    return {row.seq: Stopped(tuple(row.rules.split()), row.rule_packs) for row in found}
