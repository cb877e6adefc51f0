"""How databases would carry out the statements of the stores if every table had grown to millions of rows.

Statistics are set by hand, as an ANALYZE of such a workspace would leave them; the tables themselves stay small. Each
statement is explained by its own database in the moment before it runs, with the values that it runs with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event

from campaign_app.storage.columns import metadata
from campaign_app.storage.workspace import Workspace

M: Final = 1_000_000
# rows, and how many different values their columns have; a column that is not named has a value for each row
GROWN: Final[Mapping[str, tuple[int, Mapping[str, int]]]] = {
    "customer": (10 * M, {"account_id": 4, "province": 31, "city": 350, "name": 2 * M, "tags": 200}),
    "consent_fact": (20 * M, {"customer_id": 8 * M, "status": 8, "source_id": 20_000}),
    "consent_latest": (8 * M, {"refused": 2, "judged_at": 20_000}),
    "suppression": (M, {"entity_uscc": 2, "kind": 4}),
    "campaign_member": (10 * M, {"campaign_id": 20, "seq": M, "customer_id": 6 * M, "reason": 20}),
    "ledger": (
        5 * M,
        {"submission_id": 10_000, "campaign_id": 20, "seq": M, "customer_id": 3 * M, "dedupe_key": 3 * M},
    ),
    "ledger_outcome": (10 * M, {"ledger_id": 5 * M, "n": 3, "outcome": 6}),
    "ledger_latest": (5 * M, {"campaign_id": 20, "outcome": 6, "n": 3}),
    "delivery_report": (5 * M, {"account_id": 4}),
    "inbound": (M, {"account_id": 4, "campaign_id": 20}),
    "number_alias": (2 * M, {"person": M}),
    "import_change": (10 * M, {"import_id": 10, "row_no": M, "customer_id": 5 * M, "account_id": 4}),
    "import_prospect": (10 * M, {"import_id": 10, "row_no": M, "account_id": 4, "consecutive": 2}),
    "waiting_key": (20 * M, {"key": 20 * M, "import_id": 10, "row_no": M}),
    "waiting_recent": (2 * M, {"import_id": 1, "run": 50, "key": 2 * M, "row_no": M}),
    "import_refusal": (M, {"import_id": 10, "field": 3}),
    # nearly all are told: of the other states there are few
    "opt_out_outbox": (M, {"account_id": 4, "state": 1_000}),
    "pushed_receipt": (M, {"account_id": 2}),
    "lookback_found": (
        5 * M,
        {"run_id": 10, "campaign_id": 20, "reason": 20, "era": 3, "rules": 50, "sent_at": 10_000, "also": 20},
    ),
    "submission": (10_000, {"campaign_id": 20, "account_id": 4, "settled": 2}),
}
SORTED_AT_MOST: Final = 50_000  # rows, by the planner's own reckoning
CHEAP: Final = 20_000.0  # in the server's unit: reading a page in order is 1
_READ_THEIR_INPUT: Final = ("Sort", "Incremental Sort", "Hash", "Aggregate", "WindowAgg")
_ALIASES: Final = "|".join((*GROWN, "own_alias", "other_alias"))
_SCAN: Final = re.compile(rf"^SCAN ({_ALIASES})\b")
# every customer of a shop by way of an index in another order
_BY_SHOP: Final = re.compile(r"^SEARCH customer USING .*\(account_id=\?\)$")
_ANY_ROW: Final = re.compile(r"^SELECT [\w.]+ \nFROM \w+\s+LIMIT \S+( OFFSET \?)?$")  # whether there is one at all
_TOUCHES: Final = re.compile(rf"\b({'|'.join(GROWN)})\b")
_EXPLAINED: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_CONFIRMED: Final = {"fact_status": "confirmed"}


@dataclass(slots=True)
class Plans:
    """Of the statements that ran, by their text: `whole` has those that read all of a grown table, `sorted` sorts."""

    dialect: str
    steps: dict[str, list[str]] = field(default_factory=dict)

    @property
    def whole(self) -> dict[str, list[str]]:
        return {
            text: bad
            for text, steps in self.steps.items()
            if not _ANY_ROW.search(text) and (bad := list(filter(self._reads_all, steps)))
        }

    @property
    def sorted(self) -> dict[str, list[str]]:
        return {
            text: bad
            for text, steps in self.steps.items()
            if _TOUCHES.search(text) and (bad := list(filter(self._sorts, steps)))
        }

    def clear(self) -> None:
        self.steps.clear()

    def _reads_all(self, step: str) -> bool:
        return any(pattern.search(step) for pattern in (_SCAN, _BY_SHOP))

    def _sorts(self, step: str) -> bool:
        # of rows that are in order but for the last column only equals are sorted
        return step.startswith(("USE TEMP B-TREE", "SORT")) and "FOR LAST TERM" not in step


@contextmanager
def grown(workspace: Workspace) -> Iterator[Plans]:
    """As if every table had grown; what ran inside is in the plans."""
    engine, dialect = workspace.database.engine, workspace.database.engine.dialect.name
    plans = Plans(dialect)
    tell = _explained if dialect == "postgresql" else _planned

    def note(_: Any, cursor: Any, statement: str, parameters: Any, __: Any, many: bool) -> None:
        if statement.startswith(_EXPLAINED) and statement not in plans.steps:
            plans.steps[statement] = tell(cursor.connection, statement, parameters[0] if many else parameters)

    if dialect == "postgresql":
        _grow_server(workspace)
    else:
        _grow_file(workspace)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", note)
        if dialect == "postgresql":
            _shrink_server(workspace)


def _planned(connection: Any, statement: str, parameters: Any) -> list[str]:
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()]


def _explained(connection: Any, statement: str, parameters: Any) -> list[str]:
    (row,) = connection.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters).fetchall()
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return list(_nodes(plan[0]["Plan"]))


def _nodes(node: Mapping[str, Any], *, few: bool = False) -> Iterator[str]:
    """In SQLite's words, as far as they are asked for. `few`: a LIMIT above ends the reading early."""
    kind, table = node["Node Type"], node.get("Relation Name", "")
    indexed = "Index Cond" in node or "Recheck Cond" in node
    few = (few or (kind == "Limit" and node["Total Cost"] < CHEAP)) and kind not in _READ_THEIR_INPUT
    if kind in ("Seq Scan", "Index Scan", "Index Only Scan") and not indexed:
        yield f"{'BEGIN' if few else 'SCAN'} {table} ({kind} {node.get('Index Name', '')}, {node['Plan Rows']} rows)"
    elif kind in ("Index Scan", "Index Only Scan", "Bitmap Index Scan"):
        yield f"SEARCH {table} BY {node.get('Index Name')} {node.get('Index Cond')}"
    elif kind in ("Sort", "Incremental Sort") and node["Plan Rows"] > SORTED_AT_MOST:
        yield f"SORT {node['Plan Rows']} rows BY {node.get('Sort Key')}"
    for below in node.get("Plans", ()):
        yield from _nodes(below, few=few)


def _grow_file(workspace: Workspace) -> None:
    with workspace.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("DELETE FROM sqlite_stat1")
        connection.exec_driver_sql("DELETE FROM sqlite_stat4")
        for table, (rows, distinct) in GROWN.items():
            for index in connection.exec_driver_sql(f"PRAGMA index_list({table})").all():
                columns = connection.exec_driver_sql(f"PRAGMA index_info({index[1]})").all()
                stat, different = [rows], 1
                for column in columns:
                    different = min(rows, different * distinct.get(column[2], rows))
                    stat.append(max(1, rows // different))
                given = (table, index[1], " ".join(map(str, stat)))
                connection.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", given)
    workspace.database.engine.dispose()  # statistics are read when a connection is made


def _grow_server(workspace: Workspace) -> None:
    with workspace.database.write() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for name, (rows, distinct) in GROWN.items():
            table = metadata.tables[name]
            # a table without a page counts as empty, whatever its statistics say
            connection.execute(sa.insert(table).values({c.name: _filler(c) for c in table.c}))
            connection.exec_driver_sql(
                "SELECT pg_restore_relation_stats('schemaname', 'campaign_app', 'relname', %(name)s::text,"
                " 'relpages', 1::integer, 'reltuples', %(rows)s::real, 'relallvisible', 1::integer)",
                {"name": name, "rows": rows},
            )
            for column in table.c:
                different = distinct.get(column.name)
                given = {"table": name, "column": column.name, "n": -1.0 if different is None else float(different)}
                connection.exec_driver_sql(
                    "SELECT pg_restore_attribute_stats('schemaname', 'campaign_app', 'relname', %(table)s::text,"
                    " 'attname', %(column)s::text, 'inherited', false, 'null_frac', 0.0::real,"
                    " 'avg_width', 16::integer,"
                    " 'n_distinct', %(n)s::real)",
                    given,
                )


def _shrink_server(workspace: Workspace) -> None:
    """The database is another test's next."""
    with workspace.database.write() as connection:
        for name in GROWN:
            of_table = {"name": name}
            connection.exec_driver_sql("SELECT pg_clear_relation_stats('campaign_app', %(name)s)", of_table)
            for column in metadata.tables[name].c:
                connection.exec_driver_sql(
                    "SELECT pg_clear_attribute_stats('campaign_app', %(name)s, %(column)s, false)",
                    {**of_table, "column": column.name},
                )


def _filler(column: sa.Column[Any]) -> Any:
    if column.name in _CONFIRMED:
        return _CONFIRMED[column.name]
    if isinstance(column.type, sa.LargeBinary):
        return b"filler"
    return "filler" if isinstance(column.type, sa.Text) else -1
