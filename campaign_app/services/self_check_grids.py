"""How the grids of the self-check report are made of counts, and what their numbers are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from campaign_app.services.self_check_gathered import UNASSIGNED, Counts, Gathered
from campaign_app.services.self_check_numbers import Delays, Grid, Label, Line, Number, Unit

TOTAL: Final = Label("total", "report")


@dataclass(frozen=True, slots=True)
class Title:
    """Of a grid: its id, the query whose rows its numbers sum up, and the word over its lines."""

    id: str
    query: str
    head: str


class Row(NamedTuple):
    """A line of a grid: what is said, what it is called in the ids of its numbers, and these, by column."""

    label: Label
    code: str
    values: tuple[int, ...]
    query: str = ""  # where it is another one than the grid's


def words(table: str, lines: Iterable[str]) -> dict[str, Label]:
    """Lines that are words of a table."""
    return {line: Label(line, table) for line in lines}


def own_words(lines: Iterable[str]) -> dict[str, Label]:
    """Lines that speak for themselves."""
    return {line: Label(line) for line in lines}


def board_grid(
    title: Title, gathered: Gathered, counts: Counts, lines: Mapping[str, Label], *, unassigned: bool = False
) -> Grid:
    """Columns are the boards, that of what belongs to none if `unassigned`, and all of them together."""
    boards = (*gathered.boards, *((UNASSIGNED,) if unassigned else ()))

    def number(line: str, column: str, value: int) -> Number:
        return Number(f"{title.id}.{line}.{column}", value, title.query)

    def numbers(line: str) -> tuple[Number, ...]:
        each = (number(line, board, counts[line, board]) for board in boards)
        return (*each, number(line, "total", sum(counts[line, board] for board in boards)))

    columns = (*(Label(board, "report" if board == UNASSIGNED else "purpose") for board in boards), TOTAL)
    made = tuple(Line(label, numbers(line)) for line, label in lines.items())
    return Grid(title.id, title.query, title.head, columns, made)


def plain_grid(title: Title, columns: tuple[str, ...], rows: Iterable[Row]) -> Grid:
    """Columns are words of the report."""
    made = tuple(
        Line(
            row.label,
            tuple(
                Number(f"{title.id}.{row.code}.{column}", value, row.query or title.query)
                for column, value in zip(columns, row.values, strict=True)
            ),
        )
        for row in rows
    )
    return Grid(title.id, title.query, title.head, _report_words(columns), made)


def speed_grid(title: Title, rows: Iterable[tuple[str, Delays, str]]) -> Grid:
    """Rows are a word of the report, how long each case took, and the query of these."""
    made = tuple(
        Line(
            Label(code, "report"),
            (Number(f"{title.id}.{code}.cases", len(delays), query), *times(f"{title.id}.{code}", delays, query)),
        )
        for code, delays, query in rows
    )
    return Grid(title.id, title.query, title.head, _report_words(("cases", "median", "p95", "slowest")), made)


def times(number_id: str, delays: Delays, query: str) -> tuple[Number, ...]:
    """Median, p95 and slowest."""
    why = "" if len(delays) else "none_in_period"
    parts = (("median", 0.5), ("p95", 0.95), ("slowest", 1.0))
    return tuple(Number(f"{number_id}.{name}", delays.at(part), query, "seconds", why) for name, part in parts)


def share(number_id: str, part: int, whole: int, query: str, times: int, unit: Unit) -> Number:
    """Of `whole`, by `times`; not known of nothing."""
    value = None if whole == 0 else part * times / whole
    return Number(number_id, value, query, unit, "" if whole else "nothing_sent")


def _report_words(names: Iterable[str]) -> tuple[Label, ...]:
    return tuple(Label(name, "report") for name in names)
