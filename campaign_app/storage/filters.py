"""Audience filters as SQL with bound parameters. What is not known of a customer never matches a condition."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from campaign_app.domain.audience import Condition, Filter, Op, named_accounts
from campaign_app.domain.errors import SettingsError
from campaign_app.storage.schema import customer
from campaign_app.storage.times import DAY_MS, to_ms

TAG_MARK: Final = "\x1f"  # stands before and after every tag, so that a tag is found whole
MAX_DEPTH: Final = 20
MAX_PARTS: Final = 200
MAX_WORDS: Final = 5_000
# no account has that number
NOBODY: Final = Filter((Condition("account", Op.IS, 0),))
Clause = sa.ColumnElement[bool]
_TEXTS: Final = {"province": customer.c.province, "city": customer.c.city, "name": customer.c.name}
_NUMBERS: Final = {
    # as a sum: kept from indexes that begin with the shop, in which a page of ids would have to be sorted first
    "account": customer.c.account_id + 0,
    "spend_cents": customer.c.spend_cents,
    "order_count": customer.c.order_count,
}


def joined_tags(tags: tuple[str, ...]) -> str:
    """Tags as they are stored, "" for none."""
    clean = [tag.replace(TAG_MARK, " ") for tag in tags]
    return TAG_MARK + TAG_MARK.join(clean) + TAG_MARK if clean else ""


def split_tags(stored: str) -> tuple[str, ...]:
    return tuple(stored[1:-1].split(TAG_MARK)) if stored else ()


def clause(audience: Filter, now: datetime) -> Clause:
    """The condition on table `customer`; raises SettingsError for what no audience can mean."""
    return _filter(audience, now, 0)


def _filter(audience: Filter, now: datetime, depth: int) -> Clause:
    if depth > MAX_DEPTH or len(audience.parts) > MAX_PARTS:
        raise SettingsError("audience_filter", "The audience filter is too large")
    if not audience.parts:
        return sa.true()
    parts = [
        _filter(part, now, depth + 1) if isinstance(part, Filter) else _condition(part, now)
        for part in sorted(audience.parts, key=_cost)
    ]
    return sa.and_(*parts) if audience.every else sa.or_(*parts)


def stored(text: str) -> Filter:
    """Of a campaign's row. What cannot be read, as a person's own SQL may have written it, is an audience of nobody:

    whoever reads all campaigns, such as a worker at each look, goes on with the others.
    """
    try:
        found = Filter.from_json(json.loads(text))
        named_accounts(found)  # carriers ask it of every campaign
    except (ValueError, RecursionError, SettingsError):
        return NOBODY
    return found if _is_flat(found) else NOBODY


def _is_flat(audience: Filter, depth: int = 0) -> bool:
    """Whoever reads one that is deeper may have less of the stack left than was needed here."""
    inner = (part for part in audience.parts if isinstance(part, Filter))
    return depth <= MAX_DEPTH and all(_is_flat(part, depth + 1) for part in inner)


def kept_provinces(audience: Filter) -> frozenset[str] | None:
    """Provinces of which everybody is whom it matches; None where that may be any, or they are very many."""
    each = [kept_provinces(part) if isinstance(part, Filter) else _provinces(part) for part in audience.parts]
    known = [provinces for provinces in each if provinces is not None]
    if not known or (len(known) < len(each) and not audience.every):
        return None
    kept = frozenset.intersection(*known) if audience.every else frozenset.union(*known)
    return kept if len(kept) <= MAX_WORDS else None


def _provinces(condition: Condition) -> frozenset[str] | None:
    if condition.field != "province" or condition.op not in (Op.IS, Op.IN):
        return None
    return frozenset(condition.value if isinstance(condition.value, tuple) else (str(condition.value),))


def _cost(part: Condition | Filter) -> int:
    """Of one customer: SQLite asks from left to right, and mostly ends at the first answer that decides."""
    if isinstance(part, Filter):
        return sum(map(_cost, part.parts))
    many = len(part.value) if part.op is Op.IN and isinstance(part.value, tuple) else 1
    if part.field == "tag":
        return 4 * max(1, many)
    return 1 if part.field in _NUMBERS or part.field == "days_since_order" else min(2 * max(1, many), 4)


def _condition(condition: Condition, now: datetime) -> Clause:
    if condition.field in _TEXTS:
        return _text(condition)
    if condition.field in _NUMBERS:
        return _number(condition)
    if condition.field == "tag":
        return _tag(condition)
    if condition.field == "days_since_order":
        return _days(condition, to_ms(now))
    raise _senseless(condition)


def _text(condition: Condition) -> Clause:
    column = _TEXTS[condition.field]
    if condition.op is Op.IN:
        return column.in_(_words(condition))
    if condition.op is Op.IS:
        return column == _word(condition)
    if condition.op is Op.IS_NOT:
        return sa.and_(column != _word(condition), column != "")
    raise _senseless(condition)


def _tag(condition: Condition) -> Clause:
    if condition.op is Op.IN:
        words = _words(condition)
        if len(words) > MAX_PARTS:
            raise SettingsError("audience_filter", "The audience filter is too large")
        return sa.or_(sa.false(), *(_has_tag(tag) for tag in words))
    if condition.op is Op.IS:
        return _has_tag(_word(condition))
    if condition.op is Op.IS_NOT:
        return sa.not_(_has_tag(_word(condition)))
    raise _senseless(condition)


class _Place(FunctionElement[int]):
    """Where the second text begins in the first, 0 for nowhere. LIKE ignores case on one of the databases."""

    name = "place"
    inherit_cache = True
    type = sa.Integer()


@compiles(_Place, "sqlite")
def _place_on_sqlite(element: _Place, compiler: SQLCompiler, **more: object) -> str:
    return f"instr({compiler.process(element.clauses, **more)})"


@compiles(_Place, "postgresql")
def _place_on_postgresql(element: _Place, compiler: SQLCompiler, **more: object) -> str:
    return f"strpos({compiler.process(element.clauses, **more)})"


def _has_tag(tag: str) -> Clause:
    return _Place(customer.c.tags, TAG_MARK + tag + TAG_MARK) > 0


_COMPARE: Final[dict[Op, Callable[[sa.ColumnElement[int], int], Clause]]] = {
    Op.IS: lambda column, value: column == value,
    Op.IS_NOT: lambda column, value: column != value,
    Op.AT_LEAST: lambda column, value: column >= value,
    Op.AT_MOST: lambda column, value: column <= value,
}


def _number(condition: Condition) -> Clause:
    column = _NUMBERS[condition.field]
    if condition.op is Op.IN:
        return column.in_([_whole(condition, word) for word in _words(condition)])
    return _COMPARE[condition.op](column, _whole(condition, condition.value))


def _days(condition: Condition, now: int) -> Clause:
    """Whole days since the last order; nobody without an order matches."""
    if condition.op is Op.IN:
        raise _senseless(condition)
    last, days = customer.c.last_order_at, _whole(condition, condition.value)
    at_least, at_most = last <= now - days * DAY_MS, last > now - (days + 1) * DAY_MS
    return {
        Op.AT_LEAST: at_least,
        Op.AT_MOST: at_most,
        Op.IS: sa.and_(at_least, at_most),
        Op.IS_NOT: sa.or_(last > now - days * DAY_MS, last <= now - (days + 1) * DAY_MS),
    }[condition.op]


def _word(condition: Condition) -> str:
    if not isinstance(condition.value, str):
        raise _senseless(condition)
    return condition.value


def _words(condition: Condition) -> tuple[str, ...]:
    if not isinstance(condition.value, tuple):
        raise _senseless(condition)
    if len(condition.value) > MAX_WORDS:
        raise SettingsError("audience_filter", "The audience filter is too large")
    return condition.value


def _whole(condition: Condition, value: object) -> int:
    try:
        number = int(value) if isinstance(value, int | str) else None
    except ValueError:
        number = None
    if number is None or abs(number) > 2**53:
        raise _senseless(condition)
    return number


def _senseless(condition: Condition) -> SettingsError:
    return SettingsError(
        "audience_filter",
        "The audience filter has a condition that makes no sense",
        field=condition.field,
        op=str(condition.op),
    )
