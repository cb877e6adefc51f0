"""The self-check report as rows: JSON and a workbook with what every number sums up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, BinaryIO, Final

from campaign_app.domain.self_check import QUERIES, AnyRow
from campaign_app.reports.figures import cells, name_of, said
from campaign_app.reports.xlsx import Kind, Sheet, SheetColumn, Tick, Value, write_workbook
from campaign_app.services.self_check_numbers import Number, SelfCheck
from campaign_app.words import Words

FORMAT: Final = "yunfa-self-check-1"
_WIDE: Final = frozenset(
    {"name", "label", "entity", "issuer", "rule_packs", "message_id", "plan", "open_items", "on_duty"}
)
_KINDS: Final[dict[str, Kind]] = {"int": "whole", "int | None": "whole", "float | None": "number"}


def titled(report: SelfCheck, words: Words) -> Iterator[tuple[str, str, Number]]:
    """Every number with the chapter or table that it is of, and its name."""
    for chapter in report.chapters:
        for number in chapter.key:
            yield words.term("report_chapter", chapter.id), name_of(words, number), number
        for grid in chapter.grids:
            for line in grid.lines:
                for column, number in zip(grid.columns, line.numbers, strict=True):
                    name = f"{said(words, line.label)} · {said(words, column)}"
                    yield words.term("report_grid", grid.id), name, number


def rows_of(report: SelfCheck, query: str) -> Iterable[AnyRow]:
    """None where the workspace keeps nothing of the kind."""
    found: Iterable[AnyRow] | None = getattr(report.facts, query)()
    return found if found is not None else ()


def json_text(report: SelfCheck, words: Words) -> Iterator[str]:
    """In pieces: there may be many rows."""
    head: dict[str, Any] = {
        "format": FORMAT,
        "from": report.period.first.isoformat(),
        "to": report.period.last.isoformat(),
        "stage": report.stage.value,
        "made_at": report.made_at.isoformat(),
        "entities": [{"uscc": uscc, "name": name} for uscc, name in report.entities],
        "simulated": report.simulated,
        "rule_packs": report.rule_packs,
        "unverified_citations": [asdict(each) for each in report.unverified],
        "audit_head": f"{report.head[0]}:{report.head[1]}",
        "time_stamp": None
        if report.stamp is None
        else {
            "head": report.stamp.head,
            "at": report.stamp.at.isoformat(),
            "authority": report.stamp.authority,
            "ca": report.stamp.ca,
        },
        "numbers": [
            {
                "id": number.id,
                "table": table,
                "name": name,
                "value": number.value,
                "unit": number.unit,
                "query": number.query,
                **({"unknown": number.why} if number.value is None else {}),
            }
            for table, name, number in titled(report, words)
        ],
    }
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "queries": {'
    for place, query in enumerate(QUERIES):
        yield ("," if place else "") + f"\n  {json.dumps(query)}: ["
        for at, row in enumerate(rows_of(report, query)):
            yield ("," if at else "") + "\n   " + json.dumps(asdict(row), ensure_ascii=False, default=_plain)
        yield "]"
    yield "\n }\n}\n"


def _plain(value: datetime) -> str:
    return value.isoformat()


def write_xlsx(report: SelfCheck, words: Words, out: BinaryIO, title: str, tick: Tick | None = None) -> int:
    """The numbers first, then a sheet for each query; returns how many rows there are."""
    author = "、".join(name for _, name in report.entities)
    sheets = (_numbers(report, words), *(_query(report, words, query) for query in QUERIES))
    return write_workbook(out, sheets, title=title, author=author, made_at=report.made_at, tick=tick)


def _numbers(report: SelfCheck, words: Words) -> Sheet:
    columns = (
        *(SheetColumn(words.term("report_column", name), width) for name, width in (("number_id", 28), ("table", 24))),
        SheetColumn(words.term("report_column", "name"), 34),
        SheetColumn(words.term("report_column", "value"), 16, "number"),
        *(SheetColumn(words.term("report_column", name), width) for name, width in (("unit", 10), ("query", 14))),
        SheetColumn(words.term("report_column", "not_known"), 40),
    )
    rows = [_number_row(words, *each) for each in titled(report, words)]
    notes = (
        words.term("report", "period_note").format(first=report.period.first, last=report.period.last),
        words.term("report", "head_note").format(head=f"{report.head[0]}:{report.head[1]}"),
        *((words.term("report", "simulated"),) if report.simulated else ()),
    )
    return Sheet(words.term("report", "numbers"), columns, rows, notes)


def _number_row(words: Words, table: str, name: str, number: Number) -> tuple[Value, ...]:
    why = words.term("report_why", number.why) if number.value is None else ""
    query = words.term("report_query", number.query)
    return number.id, table, name, number.value, words.term("report_unit", number.unit), query, why


def _query(report: SelfCheck, words: Words, query: str) -> Sheet:
    columns = tuple(
        SheetColumn(
            words.term("report_column", each.name),
            36 if each.name in _WIDE else 18,
            "text" if each.name.endswith("_id") else _KINDS.get(str(each.type), "text"),
        )
        for each in fields(QUERIES[query])
    )
    return Sheet(words.term("report_query", query), columns, (cells(words, row) for row in rows_of(report, query)))
