"""Imports describe customers further: repeated, undone, or in pieces, they add attributes and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import (
    ENTITY,
    NOW,
    OTHER_ENTITY,
    Fresh,
    fact,
    minutes,
    number,
    person,
    shop,
    sync,
)

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.customer import ChunkCounts, ImportGlance, ImportRow
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.storage import imports
from campaign_app.storage.workspace import Workspace

EXAMPLES = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def row(row_no: int, *, ref: str | None = None, phone: int | None = None, **attributes: str) -> ImportRow:
    return ImportRow(row_no, 1, ref, None if phone is None else number(phone), attributes)


def begin(workspace: Workspace, name: str = "a") -> int:
    return workspace.imports.begin(f"{name}.csv", name * 64, 10, NOW)


def attributes(workspace: Workspace, account_id: int, ref: str) -> dict[str, str]:
    customer_id = workspace.customers.ids_of_refs(account_id, [ref])[ref]
    return dict(workspace.customers.by_ids([customer_id])[customer_id].attributes)


@pytest.fixture
def account_id(workspace: Workspace) -> int:
    made = shop(workspace)
    sync(workspace, made, person("c1", number(1)), person("c2", number(2)))
    return made


def test_rows_meet_their_customers_by_ref_then_by_number(workspace: Workspace, account_id: int) -> None:
    second, other = shop(workspace, "k2"), shop(workspace, "k3", entity_uscc=OTHER_ENTITY)
    sync(workspace, second, person("twin", number(1)))
    sync(workspace, other, person("foreign", number(2)))
    rows = [
        row(1, ref="c2", phone=1, drink="咖啡"),
        row(2, ref="nobody", phone=1, drink="茶"),
        row(3, phone=3, drink="水"),
        row(4, drink="奶"),
    ]
    assert workspace.imports.apply_chunk(begin(workspace), rows) == ChunkCounts(changed=2, waiting=2)
    assert attributes(workspace, account_id, "c2") == {"drink": "咖啡"}
    assert attributes(workspace, account_id, "c1") == attributes(workspace, second, "twin") == {"drink": "茶"}
    assert attributes(workspace, other, "foreign") == {}


def test_a_ref_is_of_its_own_shop_alone(workspace: Workspace, account_id: int) -> None:
    second = shop(workspace, "k2")
    theirs = sync(workspace, second, person("c1", number(8)))["c1"]
    ours = workspace.customers.ids_of_refs(account_id, ["c1"])["c1"]
    assert ours != theirs
    assert workspace.imports.apply_chunk(begin(workspace), [row(1, ref="c1", drink="茶")]).changed == 1
    found = workspace.customers.by_ids([ours, theirs])
    assert (found[ours].attributes, found[theirs].attributes) == ({"drink": "茶"}, {})


def test_a_look_says_what_applying_would_do_and_writes_nothing(workspace: Workspace, account_id: int) -> None:
    rows = [
        row(1, ref="c1", a="1"),
        row(2, ref="c2"),
        row(3, phone=9),
        row(4, phone=2, a="1")._replace(consecutive=True),
    ]
    expected = ChunkCounts(changed=1, unchanged=1, waiting=1, consecutive=1)
    assert workspace.imports.classify(rows) == workspace.imports.classify(rows) == expected
    assert attributes(workspace, account_id, "c1") == {}
    assert workspace.imports.apply_chunk(begin(workspace), rows) == expected


def test_a_chunk_that_runs_twice_counts_the_same_and_changes_nothing(workspace: Workspace, account_id: int) -> None:
    import_id = begin(workspace)
    rows = [row(1, ref="c1", a="1"), row(2, ref="c1", a="1"), row(3, phone=9, a="1"), row(4, ref="c2", a="2")]
    expected = ChunkCounts(changed=2, unchanged=1, waiting=1)
    assert workspace.imports.apply_chunk(import_id, rows) == expected
    assert workspace.imports.apply_chunk(import_id, rows) == expected
    assert workspace.imports.apply_chunk(import_id, rows[2:]) == ChunkCounts(changed=1, waiting=1)
    assert workspace.imports.report(import_id, 10).rows == expected


def test_the_same_file_twice_is_once(workspace: Workspace, account_id: int) -> None:
    rows = [row(1, ref="c1", a="1"), row(2, phone=9, a="1"), row(3, phone=9, a="1"), row(4, ref="later", a="1")]
    first = begin(workspace)
    workspace.imports.apply_chunk(first, rows)
    workspace.imports.finish(first, {})
    second = begin(workspace)
    assert second != first
    workspace.imports.apply_chunk(second, rows)
    assert workspace.imports.report(first, 9).rows == ChunkCounts(changed=1, waiting=2)
    assert workspace.imports.report(second, 9).rows == ChunkCounts(unchanged=1)
    workspace.imports.undo(second)
    assert attributes(workspace, account_id, "c1") == {"a": "1"}


def test_a_cut_import_is_continued_under_its_id(workspace: Workspace, account_id: int) -> None:
    assert begin(workspace) == begin(workspace)
    assert begin(workspace, "b") != begin(workspace)


def test_a_waiting_row_meets_the_customer_who_is_synced_later(workspace: Workspace, account_id: int) -> None:
    import_id = begin(workspace)
    rows = [row(1, phone=7, a="by number"), row(2, ref="c8", b="by ref"), row(3, phone=7, a="again")]
    workspace.imports.apply_chunk(import_id, rows)
    sync(workspace, account_id, person("c7", number(7)), person("c8"))
    assert attributes(workspace, account_id, "c7") == {"a": "again"}
    assert attributes(workspace, account_id, "c8") == {"b": "by ref"}
    assert workspace.imports.report(import_id, 9).rows == ChunkCounts(changed=3)
    assert workspace.imports.undo(import_id) == ChunkCounts(changed=3)
    assert attributes(workspace, account_id, "c7") == attributes(workspace, account_id, "c8") == {}


def test_a_row_waits_for_its_own_entity_only(workspace: Workspace, account_id: int) -> None:
    import_id = begin(workspace)
    workspace.imports.apply_chunk(import_id, [row(1, phone=7, a="1"), row(2, ref="x", a="1")])
    sync(workspace, shop(workspace, "k3", entity_uscc=OTHER_ENTITY), person("x", number(7)))
    assert workspace.imports.report(import_id, 9).rows == ChunkCounts(waiting=2)


def test_consecutive_numbers_stay_apart_for_good(workspace: Workspace, account_id: int) -> None:
    import_id = begin(workspace)
    run = [row(n, phone=n, a="1")._replace(consecutive=True) for n in range(1, 6)]
    assert workspace.imports.apply_chunk(import_id, run) == ChunkCounts(consecutive=5)
    sync(workspace, account_id, person("c1", number(1)), person("c3", number(3)))
    assert attributes(workspace, account_id, "c1") == attributes(workspace, account_id, "c3") == {}
    assert workspace.imports.report(import_id, 3).consecutive_rows == (1, 2, 3)


def test_an_undo_restores_what_was_and_leaves_what_changed_since(workspace: Workspace, account_id: int) -> None:
    first, second = begin(workspace), begin(workspace, "b")
    workspace.imports.apply_chunk(first, [row(1, ref="c1", a="1", b="1"), row(2, ref="c1", a="2", c="2")])
    workspace.imports.apply_chunk(second, [row(1, ref="c1", b="newer")])
    assert workspace.imports.undo(first) == ChunkCounts(changed=2)
    assert attributes(workspace, account_id, "c1") == {"b": "newer"}
    assert workspace.imports.undo(first) == ChunkCounts()
    assert workspace.imports.report(first, 9).state == "undone"


def test_an_undone_import_takes_no_more_rows(workspace: Workspace, account_id: int) -> None:
    import_id = begin(workspace)
    workspace.imports.undo(import_id)
    for act in (
        lambda: workspace.imports.apply_chunk(import_id, [row(1, ref="c1", a="1")]),
        lambda: workspace.imports.finish(import_id, {}),
    ):
        with pytest.raises(NotAllowed) as caught:
            act()
        assert caught.value.code == "import_undone"
    with pytest.raises(NotFound):
        workspace.imports.report(99, 1)


def test_a_file_is_not_begun_anew_while_its_import_is_undone(
    workspace: Workspace, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows would find the values still there, be told as unchanged, and have them taken away afterwards."""
    import_id, caught = begin(workspace), list[str]()
    workspace.imports.apply_chunk(import_id, [row(1, ref="c1", a="1"), row(2, ref="c2", a="1")])
    step = imports.SqlImports._undo_step

    def meanwhile(store: imports.SqlImports, undone: int) -> Any:
        with pytest.raises(NotAllowed) as refused:
            begin(workspace)
        caught.append(refused.value.code)
        assert begin(workspace, "b") != undone, "another file is none of its business"
        return step(store, undone)

    monkeypatch.setattr(imports.SqlImports, "_undo_step", meanwhile)
    assert workspace.imports.undo(import_id) == ChunkCounts(changed=2)
    assert caught == ["import_unfinished"] * 2
    again = begin(workspace)
    assert again != import_id
    assert workspace.imports.apply_chunk(again, [row(1, ref="c1", a="1")]) == ChunkCounts(changed=1)


def test_an_undo_in_many_steps_is_whole(workspace: Workspace, account_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "UNDO_STEP", 3)
    twin_shop = shop(workspace, "k2")
    sync(workspace, account_id, *(person(f"d{n}", number(100 + n)) for n in range(8)))
    sync(workspace, twin_shop, *(person(f"e{n}", number(100 + n)) for n in range(8)))
    import_id = begin(workspace)
    rows = [row(n, phone=100 + n, a=str(n)) for n in range(8)]
    waiting = [row(50 + n, phone=500 + 2 * n, a="1") for n in range(7)]
    workspace.imports.apply_chunk(import_id, rows + waiting)
    assert workspace.imports.undo(import_id) == ChunkCounts(changed=8, waiting=7)
    assert workspace.imports.report(import_id, 9).rows == ChunkCounts()
    assert all(attributes(workspace, twin_shop, f"e{n}") == {} for n in range(8))


def test_an_undo_touches_neither_facts_nor_suppressions(workspace: Workspace, account_id: int) -> None:
    import_id = begin(workspace)
    workspace.imports.apply_chunk(import_id, [row(1, ref="c1", a="1"), row(2, phone=7, a="1")])
    sync(workspace, account_id, person("c7", number(7)))
    workspace.facts.append([fact(account_id, "c7", status=ConsentStatus.WITHDRAWN), fact(account_id, "c1")], [])
    ids = workspace.customers.ids_of_refs(account_id, ["c1", "c7"])
    key = workspace.phone_keys.of_ref(CustomerRef(account_id, "c7"))
    before = workspace.facts.latest(list(ids.values())), workspace.suppressions.active(ENTITY, [key])
    workspace.imports.undo(import_id)
    assert (workspace.facts.latest(list(ids.values())), workspace.suppressions.active(ENTITY, [key])) == before
    assert workspace.customers.total() == 3


def test_the_report_has_the_first_refusals_and_all_counts(workspace: Workspace, account_id: int) -> None:
    import_id = begin(workspace)
    refusals = [(7, "bad_phone", "phone"), (3, "bad_number", "spend"), (3, "formula", "name")]
    for _ in range(2):
        workspace.imports.refuse(import_id, refusals)
    workspace.imports.finish(import_id, {"read": 10, "refused": 2})
    workspace.imports.finish(import_id, {"read": 10, "refused": 2})
    report = workspace.imports.report(import_id, 2)
    assert (report.refused, report.refusals) == (3, ((3, "formula", "name"), (3, "bad_number", "spend")))
    assert (report.state, report.counts, report.rows_total) == ("done", {"read": 10, "refused": 2}, 10)


def test_a_sync_leaves_imported_attributes_alone(workspace: Workspace, account_id: int) -> None:
    workspace.imports.apply_chunk(begin(workspace), [row(1, ref="c1", a="1")])
    sync(workspace, account_id, person("c1", number(1), updated_at=NOW + minutes(1), name="改名"))
    assert attributes(workspace, account_id, "c1") == {"a": "1"}


values = st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(["1", "2"]), max_size=2)
lines = st.tuples(st.sampled_from(["c1", "c2"]), values)


@given(st.lists(st.lists(lines, max_size=5), max_size=4), st.data())
@EXAMPLES
def test_undoing_in_reverse_order_unwinds_everything(
    fresh: Fresh, files: list[list[tuple[str, dict[str, str]]]], data: st.DataObject
) -> None:
    with fresh() as workspace:
        account_id = shop(workspace)
        sync(workspace, account_id, person("c1"), person("c2"))
        states = []
        for n, content in enumerate(files):
            states.append([attributes(workspace, account_id, ref) for ref in ("c1", "c2")])
            import_id = begin(workspace, "abcd"[n])
            rows = [row(at, ref=ref, **given_values) for at, (ref, given_values) in enumerate(content)]
            cut = data.draw(st.integers(0, len(rows)))
            for part in (rows[:cut], rows, rows[cut:]):
                workspace.imports.apply_chunk(import_id, part)
        for n, state in reversed(list(enumerate(states))):
            workspace.imports.undo(n + 1)
            assert [attributes(workspace, account_id, ref) for ref in ("c1", "c2")] == state


def test_imports_are_listed_newest_first(workspace: Workspace) -> None:
    first, second, third = (workspace.imports.begin(f"{name}.csv", name, 3, NOW) for name in "abc")
    workspace.imports.finish(first, {"changed": 3})
    workspace.imports.undo(second)
    listed = workspace.imports.imports(2)
    assert [(each.id, each.file_name, each.state) for each in listed] == [
        (third, "c.csv", "running"),
        (second, "b.csv", "undone"),
    ]
    assert workspace.imports.imports(9)[2] == ImportGlance(first, "a.csv", "done", 3, NOW, {"changed": 3})
