"""What a look-back leaves to be put right: who does it until when; every change leaves an entry in the audit."""

from __future__ import annotations

from datetime import date
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.errors import NotFound
from campaign_app.domain.lookback import Task, Wish
from campaign_app.storage.audit import acting, append_entry
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_lookback import lookback_task
from campaign_app.storage.times import moment_at

_task: Final = lookback_task.c
Who = tuple[str, date | None]  # and until when


def add_task(connection: sa.Connection, run_id: int, wish: Wish, actor: str, at: int) -> Task:
    actor, due = acting(connection, actor), _written(wish.due)
    values: dict[str, str | int] = {
        "run_id": run_id, "campaign_id": wish.campaign_id, "reason": wish.reason, "rules": wish.rules,
        "what": wish.what, "owner": wish.owner, "due": due, "done": 0, "note": "",
        "made_by": actor, "made_at": at, "changed_by": actor, "changed_at": at,
    }  # fmt: skip
    made = connection.execute(sa.insert(lookback_task).values(values)).inserted_primary_key
    assert made is not None
    told: dict[str, str | int | bool | None] = {
        "task": made[0], "lookback": run_id, "owner": wish.owner, "due": due
    }  # fmt: skip
    if wish.campaign_id:
        told["campaign"] = wish.campaign_id
    append_entry(connection, "lookback.task_added", actor, at, told)
    return _task_of(_row(connection, made[0]))


def change_task(
    connection: sa.Connection, task_id: int, who: Who, actor: str, at: int, *, done: bool, note: str
) -> Task:
    """Raises NotFound."""
    before, actor = _row(connection, task_id), acting(connection, actor)
    values: dict[str, str | int] = {
        "owner": who[0], "due": _written(who[1]), "done": int(done), "note": note, "changed_by": actor,
        "changed_at": at,
    }  # fmt: skip
    connection.execute(sa.update(lookback_task).where(_task.id == task_id).values(values))
    action = "lookback.task_changed" if done == bool(before.done) else "lookback.task_" + ("done" if done else "opened")
    told: dict[str, str | int | bool | None] = {
        "task": task_id, "lookback": before.run_id, "owner": who[0], "due": _written(who[1])
    }  # fmt: skip
    append_entry(connection, action, actor, at, told)
    return _task_of(_row(connection, task_id))


def task_of(connection: sa.Connection, task_id: int) -> Task:
    """Raises NotFound."""
    return _task_of(_row(connection, task_id))


def tasks_of(connection: sa.Connection, run_id: int | None) -> tuple[Task, ...]:
    wanted = sa.select(lookback_task).order_by(_task.done, _task.due == "", _task.due, _task.id)
    if run_id is not None:
        wanted = wanted.where(_task.run_id == run_id)
    return tuple(map(_task_of, connection.execute(wanted)))


def _written(due: date | None) -> str:
    return "" if due is None else due.isoformat()


def _row(connection: sa.Connection, task_id: int) -> AnyRow:
    row = connection.execute(sa.select(lookback_task).where(_task.id == task_id)).first()
    if row is None:
        raise NotFound("lookback_task_gone", "There is no such task", task=task_id)
    return row


def _task_of(row: AnyRow) -> Task:
    due = date.fromisoformat(row.due) if row.due else None
    wish = Wish(row.what, row.owner, due, row.campaign_id, row.reason, row.rules)
    return Task(
        id=row.id,
        run_id=row.run_id,
        wish=wish,
        done=bool(row.done),
        note=row.note,
        made_by=row.made_by,
        made_at=moment_at(row.made_at),
        changed_by=row.changed_by,
        changed_at=moment_at(row.changed_at),
    )
