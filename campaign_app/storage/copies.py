"""What a workspace knows of being a copy, and how its campaigns are put aside once that is noticed.

`meta.lineage` names the life of a workspace from one copy to the next (its own id before the first); what a machine has
seen of it (`storage.seen`) is kept by that name. `meta.host` is where its worker last ran, `meta.copy` what was
noticed.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.copies import Copy, copied_at
from campaign_app.storage import schema
from campaign_app.storage.audit import append_entry
from campaign_app.storage.fetching import fetch
from campaign_app.storage.lists import write_all
from campaign_app.storage.placed import TIMELINE, place
from campaign_app.storage.schema_sending import campaign, submission
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import insert_or_update

COPIES: Final = "copies"
HEARTBEAT: Final = "worker.heartbeat"
_META: Final = sa.select(schema.meta)
_ASIDE: Final = tuple(
    state.value
    for state in (CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED, CampaignState.WAITING)
)
# a person has to close or find out what these leave open, copy or not
_OPEN: Final = "unknown_outcomes"


def meta_of(connection: sa.Connection) -> dict[str, str]:
    return {row.name: row.value for row in fetch(connection, _META)}


def lineage_of(meta: Mapping[str, str]) -> str:
    return meta.get("lineage", meta["workspace_id"])


def copies_of(stored: object) -> tuple[Copy, ...]:
    """Of the setting's value."""
    rows: Any = stored or ()
    return tuple(
        Copy(datetime.fromisoformat(row["made_at"]), row["mark"], row["last_campaign"], row["why"]) for row in rows
    )


def copied_since(connection: sa.Connection, campaign_id: int) -> datetime | None:
    """As `domain.copies.copied_at`."""
    return copied_at(copies_of(_setting(connection, COPIES)), campaign_id)


def noticed(meta: Mapping[str, str]) -> dict[str, str]:
    """What was noticed and not yet accepted by a person: `why` and `made_at`; empty for nothing."""
    found: dict[str, str] = json.loads(meta.get("copy") or "{}")
    return found


def is_aside(meta: Mapping[str, str]) -> bool:
    """Whether what was noticed has stopped the campaigns; an alarm alone has not yet."""
    found = noticed(meta)
    return bool(found) and "alarm" not in found


def raise_alarm(connection: sa.Connection, why: str, made_at: datetime) -> None:
    """For whoever may stop no campaign of others: nothing leaves by any worker that asks, and that one puts aside."""
    put_meta(connection, "copy", json.dumps({"why": why, "made_at": made_at.isoformat(), "alarm": "yes"}))


def put_aside(connection: sa.Connection, why: str, made_at: datetime, at: datetime, *, accepted: bool) -> None:
    """Takes the workspace for a copy: nothing leaves by itself any more. Not `accepted`: until a person says so."""
    _pause(connection, why)
    last = connection.execute(sa.select(sa.func.max(campaign.c.id))).scalar() or 0
    row = {"made_at": made_at.isoformat(), "mark": secrets.token_hex(4), "last_campaign": last, "why": why}
    copies = json.dumps([*(_setting(connection, COPIES) or ()), row])
    write_all(connection, insert_or_update(connection, schema.setting, "name"), [{"name": COPIES, "value": copies}])
    if accepted:
        begin_anew(connection)
    put_meta(connection, "copy", "" if accepted else json.dumps({"why": why, "made_at": made_at.isoformat()}))
    append_entry(connection, f"workspace.{why}", "program", to_ms(at), {"copy_of": made_at.isoformat()})


def accept(connection: sa.Connection, host: str, actor: str, at: datetime) -> None:
    """A person goes on with this copy, here."""
    why = noticed(meta_of(connection)).get("why", "")
    put_meta(connection, "copy", "")
    begin_anew(connection)
    put_meta(connection, "host", host)
    append_entry(connection, "workspace.copy_accepted", actor, to_ms(at), {"why": why})


def begin_anew(connection: sa.Connection) -> None:
    """Another life: what was seen of the former one says nothing of this."""
    put_meta(connection, "lineage", uuid.uuid4().hex)
    place(connection)
    connection.execute(sa.update(schema.meta).where(schema.meta.c.name == TIMELINE).values(value=""))


def put_meta(connection: sa.Connection, name: str, value: str) -> None:
    write_all(connection, insert_or_update(connection, schema.meta, "name"), [{"name": name, "value": value}])


def last_known(connection: sa.Connection) -> datetime | None:
    """The newest moment that the workspace itself speaks of."""
    newest = [
        connection.execute(sa.select(sa.func.max(column))).scalar()
        for column in (schema.audit.c.at, submission.c.claimed_at)
    ]
    known = [moment_at(each) for each in newest if each is not None]
    if beat := _setting(connection, HEARTBEAT):
        known.append(datetime.fromisoformat(beat))
    return max(known, default=None)


def last_worked(connection: sa.Connection, now: datetime) -> datetime:
    """The newest moment that a worker speaks of, which no entry of a person's can move; `now` at most.

    What a copy forgot was claimed after that. Where no worker ever ran, `last_known`, or now.
    """
    claimed = connection.execute(sa.select(sa.func.max(submission.c.claimed_at))).scalar()
    beat = _setting(connection, HEARTBEAT)
    known = [moment_at(claimed)] if claimed is not None else []
    known += [datetime.fromisoformat(beat)] if beat else []
    return min(max(known, default=None) or last_known(connection) or now, now)


def _pause(connection: sa.Connection, why: str) -> None:
    stopped = sa.update(campaign).where(campaign.c.state.in_(_ASIDE), campaign.c.state_note != _OPEN)
    connection.execute(stopped.values(state=CampaignState.PAUSED.value, state_note=why))
    # what was approved may have been sent since: it is approved anew, or not
    void: dict[str, Any] = {"approved_hash": "", "approved_by": "", "approved_at": None}
    approved = sa.update(campaign).where(campaign.c.state == CampaignState.APPROVED.value)
    connection.execute(approved.values(state=CampaignState.SCREENED.value, state_note=why, **void))


def _setting(connection: sa.Connection, name: str) -> Any:
    table = schema.setting
    found = connection.execute(sa.select(table.c.value).where(table.c.name == name)).scalar()
    return None if found is None else json.loads(found)
