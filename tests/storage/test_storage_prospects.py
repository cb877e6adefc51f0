"""A row that waits is found whatever table its keys are in, and nothing stands for one that is gone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import NOW, Fresh, minutes, number, person, shop, sync

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import ChunkCounts, ImportRow
from campaign_app.storage import imports, prospects
from campaign_app.storage.migrations.versions import r0027_runs
from campaign_app.storage.schema_imports import import_prospect, waiting_key, waiting_recent
from campaign_app.storage.workspace import Workspace, open_workspace
from tests.helpers.old import encrypted
from tools.make_workspace_vectors import KEY

EXAMPLES = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def row(row_no: int, ref: str | None = None, phone: int | None = None) -> ImportRow:
    return ImportRow(row_no, 1, ref, None if phone is None else number(phone), {"row": str(row_no)})


def begin(workspace: Workspace, name: str = "a") -> int:
    return workspace.imports.begin(f"{name}.csv", name * 64, 10, NOW)


def size(workspace: Workspace, table: sa.Table) -> int:
    with workspace.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def attribute(workspace: Workspace, ref: str) -> str:
    customer_id = workspace.customers.ids_of_refs(1, [ref])[ref]
    return workspace.customers.by_ids([customer_id])[customer_id].attributes.get("row", "")


def require_fitting(workspace: Workspace) -> None:
    """The keys are those of the rows that wait: none is missing, none is left over."""
    with workspace.database.read() as connection:
        rows = [tuple(each) for each in connection.execute(sa.select(import_prospect))]
        found = {
            tuple(each)
            for table in (waiting_recent, waiting_key)
            for each in connection.execute(sa.select(table.c.key, table.c.import_id, table.c.row_no))
        }
    assert found == {(key, each[0], each[1]) for each in rows for key in prospects.keys_of(each)}


def test_keys_go_to_the_others_range_by_range(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prospects, "STEP", 3)
    shop(workspace)
    import_id = begin(workspace)
    workspace.imports.apply_chunk(import_id, [row(n, f"c{n}", n) for n in range(1, 11)])
    assert (size(workspace, waiting_recent), size(workspace, waiting_key)) == (20, 0)
    sync(workspace, 1, person("c1", number(1)))
    prospects.merge(workspace.database)
    assert (size(workspace, waiting_recent), size(workspace, waiting_key)) == (0, 18)
    workspace.imports.apply_chunk(import_id, [row(11, "c11")])
    sync(workspace, 1, person("c2", number(2)), person("other", number(3)), person("c11"))
    assert [attribute(workspace, ref) for ref in ("c1", "c2", "other", "c11")] == ["1", "2", "3", "11"]
    require_fitting(workspace)


def test_a_large_file_and_the_end_of_any_bring_them_there(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MERGE_ROWS", 4)
    shop(workspace)
    import_id = begin(workspace)
    for first, recent in ((1, 2), (3, 0), (5, 2)):
        workspace.imports.apply_chunk(import_id, [row(first, f"c{first}"), row(first + 1, f"c{first + 1}")])
        assert size(workspace, waiting_recent) == recent, first
    workspace.imports.finish(import_id, {})
    assert (size(workspace, waiting_recent), size(workspace, waiting_key)) == (0, 6)


def test_who_only_has_the_same_key_is_somebody_else(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("importready", "prospects", "importrows", "erasure"):
        for name in ("keys_of_refs", "keys_of_numbers"):
            monkeypatch.setattr(f"campaign_app.storage.{module}.{name}", lambda each: [7] * len(list(each)))
    shop(workspace)
    workspace.imports.apply_chunk(begin(workspace), [row(1, "c1", 1), row(2, "c2", 2), row(3, None, 3)])
    again = workspace.imports.apply_chunk(begin(workspace, "b"), [row(4, "c4", 4)])
    assert (again, size(workspace, import_prospect)) == (ChunkCounts(waiting=1), 4)
    sync(workspace, 1, person("c2", number(9)), person("new", number(3)))
    assert [attribute(workspace, ref) for ref in ("c2", "new")] == ["2", "3"]
    workspace.customers.upsert_page(1, [], "x", NOW + minutes(1), ["c2"])
    assert size(workspace, import_prospect) == 2


def test_whoever_is_erased_leaves_no_key(workspace: Workspace) -> None:
    shop(workspace)
    sync(workspace, 1, person("c1", number(1)))
    held = ImportRow(1, 1, "c1", number(1), {"row": "1"}, consecutive=True)
    workspace.imports.apply_chunk(begin(workspace), [held, row(2, "c2", 2)])
    prospects.merge(workspace.database)
    workspace.customers.upsert_page(1, [], "x", NOW + minutes(1), ["c1"])
    assert size(workspace, import_prospect) == 1
    require_fitting(workspace)


@EXAMPLES
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("import"), st.integers(0, 5), st.integers(0, 5)),
            st.tuples(st.just("sync"), st.integers(0, 5), st.integers(0, 5)),
            st.tuples(st.just("undo"), st.integers(0, 5), st.just(0)),
            st.tuples(st.just("merge"), st.just(0), st.just(0)),
        ),
        max_size=12,
    )
)
def test_keys_fit_the_rows_after_anything(fresh: Fresh, steps: list[tuple[str, int, int]]) -> None:
    with fresh() as workspace:
        shop(workspace)
        begun: list[int] = []
        for n, (what, one, two) in enumerate(steps):
            if what == "import":
                begun.append(workspace.imports.begin(f"{n}.csv", f"{n:064}", 2, NOW))
                rows = [row(1, f"c{one}" if one else None, two or 1), row(2, f"d{n}")]
                workspace.imports.apply_chunk(begun[-1], rows)
            elif what == "sync":
                sync(workspace, 1, person(f"c{one}", number(two) if two else None))
            elif what == "undo" and begun:
                workspace.imports.undo(begun[one % len(begun)])
            else:
                prospects.merge(workspace.database)
            require_fitting(workspace)


def test_runs_are_merged_together_and_each_import_by_itself(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prospects, "RUN_ROWS", 4)
    monkeypatch.setattr(prospects, "STEP", 5)
    shop(workspace)
    first, second = begin(workspace), begin(workspace, "b")
    workspace.imports.apply_chunk(first, [row(n, f"c{n}", n) for n in range(1, 19)])
    workspace.imports.apply_chunk(second, [row(n, f"d{n}") for n in range(1, 7)])
    with workspace.database.read() as connection:
        runs = sa.select(waiting_recent.c.import_id, waiting_recent.c.run).distinct()
        expected = {*((first, run) for run in range(5)), (second, 0), (second, 1)}
        assert {tuple(each) for each in connection.execute(runs)} == expected
        named = prospects.keys_of_refs([(1, "c7"), (1, "d3")])
        assert {each.ref for each in prospects.of_keys(connection, named)} == {"c7", "d3"}
        assert {each.ref for each in prospects.of_keys(connection, named, beside=first)} == {"d3"}
    prospects.merge(workspace.database)
    assert (size(workspace, waiting_recent), size(workspace, waiting_key)) == (0, 42)
    require_fitting(workspace)


def test_rows_that_waited_in_an_older_workspace_are_found(tmp_path: Path) -> None:
    with closing(open_workspace(encrypted(tmp_path / "ws", "0022"), MemoryKeeper(KEY))) as workspace:
        assert size(workspace, import_prospect) > 0
        require_fitting(workspace)
        with workspace.database.write() as connection:
            waiting = connection.execute(sa.select(import_prospect)).first()
            assert waiting is not None
            assert list(prospects.of_keys(connection, prospects.keys_of(tuple(waiting)))) == [waiting]


def test_keys_that_were_recent_before_there_were_runs_are_with_the_others(workspace: Workspace) -> None:
    """As on schema 26: no `run`, and some keys in both tables, which a merge that was cut may have left."""
    shop(workspace)
    workspace.imports.apply_chunk(begin(workspace), [row(n, f"c{n}", n) for n in range(1, 6)])
    with workspace.database.write() as connection:
        entries = sa.select(waiting_recent.c.key, waiting_recent.c.import_id, waiting_recent.c.row_no)
        rows = [tuple(each) for each in connection.execute(entries)]
        waiting_recent.drop(connection)
        columns = ", ".join(f"{name} BIGINT NOT NULL" for name in ("key", "import_id", "row_no"))
        connection.execute(sa.text(f"CREATE TABLE waiting_recent ({columns}, PRIMARY KEY (key, import_id, row_no))"))
        for table, those in (("waiting_recent", rows), ("waiting_key", rows[:3])):
            values = [{"k": key, "i": import_id, "r": row_no} for key, import_id, row_no in those]
            connection.execute(sa.text(f"INSERT INTO {table} (key, import_id, row_no) VALUES (:k, :i, :r)"), values)
        with Operations.context(MigrationContext.configure(connection)):
            r0027_runs.upgrade()
    assert (size(workspace, waiting_recent), size(workspace, waiting_key)) == (0, 10)
    require_fitting(workspace)
    sync(workspace, 1, person("c2", number(9)), person("new", number(3)))
    assert [attribute(workspace, ref) for ref in ("c2", "new")] == ["2", "3"]
