"""Numbers of a self-check report in words: what they are called, and how they are written."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Final

from campaign_app.domain.self_check import BEIJING, AnyRow
from campaign_app.services.self_check_numbers import Label, Number
from campaign_app.words import Words

# why a number is missing that is known well enough: there was nothing to count
NOTHING: Final = frozenset({"nothing_sent", "none_in_period", "pause_nothing"})
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400


def said(words: Words, label: Label) -> str:
    if label.table == "mark":
        kind, _, source = label.text.partition(":")
        return f"{words.term('suppression', kind)} · {words.term('suppression_source', source)}"
    return words.term(label.table, label.text) if label.table else label.text


def name_of(words: Words, number: Number) -> str:
    """Of a number that stands alone; one of a grid is named by its line and column."""
    return words.term("report_number", number.id)


def written(words: Words, number: Number) -> str:
    """`未知` for what is not known, — where there is nothing that it could be of."""
    value = number.value
    if value is None:
        return "—" if number.why in NOTHING else words.term("report", "not_known")
    if number.unit == "seconds":
        return lasting(words, value)
    if number.unit == "percent":
        return f"{value:.1f}%"
    if number.unit == "per_10k":
        return f"{value:,.2f}"
    return f"{value:,}"


def lasting(words: Words, seconds: float) -> str:
    """1.5 秒 · 12.0 分钟 · 3.2 小时 · 2.5 天."""
    for least, unit in ((2 * _DAY, "days"), (2 * _HOUR, "hours"), (2 * _MINUTE, "minutes")):
        if seconds >= least:
            size = {"days": _DAY, "hours": _HOUR, "minutes": _MINUTE}[unit]
            return f"{seconds / size:.1f} {words.term('report', unit)}"
    return f"{round(seconds, 1):g} {words.term('report', 'seconds')}"


def day_and_time(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def cells(words: Words, row: AnyRow) -> tuple[str | int | float | None, ...]:
    """A row as it stands in a sheet."""
    found: list[str | int | float | None] = []
    for each in fields(row):
        value = getattr(row, each.name)
        if isinstance(value, datetime):
            found.append(day_and_time(value))
        elif isinstance(value, bool):
            found.append(words.term("report", "yes" if value else "no"))
        elif isinstance(value, int | float) and each.name not in _IDS:
            found.append(value)
        else:
            found.append(None if value is None else str(value))
    return tuple(found)


_IDS: Final = frozenset({"campaign_id", "account_id", "case_id", "task_id", "plan_id", "pause_id"})
