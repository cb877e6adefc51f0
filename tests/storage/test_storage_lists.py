"""Rows are written many at a time, and all of them once, however many there are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import Fresh

from campaign_app.storage import lists
from campaign_app.storage.schema_imports import waiting_key
from campaign_app.storage.upserts import insert_or_ignore, plain_insert
from campaign_app.storage.workspace import Workspace

NAMES = ("key", "import_id", "row_no")
Row = tuple[int, int, int]


def write(workspace: Workspace, rows: Sequence[Row]) -> None:
    with workspace.database.write() as connection:
        lists.write_tuples(connection, insert_or_ignore(connection, waiting_key), NAMES, rows)


def stored(workspace: Workspace) -> list[Row]:
    key = waiting_key.c
    with workspace.database.read() as connection:
        wanted = sa.select(key.key, key.import_id, key.row_no).order_by(key.key)
        return [(row[0], row[1], row[2]) for row in connection.execute(wanted)]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(count=st.integers(0, 400), there=st.sets(st.integers(0, 399), max_size=20))
def test_every_row_is_written_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, count: int, there: set[int]
) -> None:
    monkeypatch.setattr(lists, "VARIABLES", 3 * 64)
    with workspace.database.write() as connection:
        connection.execute(sa.delete(waiting_key))
    write(workspace, [(key, 1, 1) for key in there])
    write(workspace, [(key, 1, 1) for key in range(count)])
    assert [key for key, _, _ in stored(workspace)] == sorted({*there, *range(count)})


def test_a_row_that_may_not_be_written_takes_the_others_with_it(workspace: Workspace) -> None:
    rows = [(key, 1, 1) for key in range(300)]
    with pytest.raises(sa.exc.IntegrityError), workspace.database.write() as connection:
        lists.write_tuples(connection, plain_insert(waiting_key), NAMES, [*rows, rows[0]])
    assert stored(workspace) == []


def test_a_statement_for_many_rows_says_the_same_of_each(fresh: Fresh) -> None:
    told: list[tuple[int, int]] = []

    def hear(_connection: object, _cursor: object, text: str, values: Sequence[object], *_: object) -> None:
        if text.startswith("INSERT INTO waiting_key"):
            told.append((text.count("(?, ?, ?)"), len(values)))

    most = lists.VARIABLES // len(NAMES)
    with fresh() as workspace:
        sa.event.listen(workspace.database.engine, "before_cursor_execute", hear)
        write(workspace, [(key, 1, 1) for key in range(most + 20 + 3)])
        assert len(stored(workspace)) == most + 23
    assert told == [(most, 3 * most), (20, 60), (1, 3)]
