"""Why a rule file cannot be used, and in which line: codes, whose words a front end owns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from campaign_app.domain.errors import SettingsError

_CASE: Final = re.compile(r"\s*\[\[\s*case\s*\]\]")
# of a pattern in a message: lists stand in it word by word
_SHOWN: Final = 40


class Wrong(StrEnum):
    """What is wrong with a rule file."""

    UNREADABLE = "unreadable"
    TOML = "toml"
    MISPLACED = "misplaced"
    FILE_NAME = "file_name"
    OTHER_NAME = "other_name"
    SECOND_FILE = "second_file"
    ID_TAKEN = "id_taken"
    NO_CITATION = "no_citation"
    NO_DEFAULT = "no_default"
    LIST_OF_ONE = "list_of_one"
    UNKNOWN_LIST = "unknown_list"
    UNKNOWN_KIND = "unknown_kind"
    NO_GROUP = "no_group"
    BAD_PATTERN = "bad_pattern"
    SLOW_PATTERN = "slow_pattern"
    NO_ANCHOR = "no_anchor"
    NO_WORDS = "no_words"
    NO_LETTERS = "no_letters"
    NO_CHECKS = "no_checks"
    SYLLABLES = "syllables"
    CASE = "case"
    MISSING = "missing"
    UNKNOWN = "unknown"
    EMPTY = "empty"
    ONE_OF = "one_of"
    TEXT = "text"
    FLAG = "flag"
    LIST = "list"
    TABLE = "table"
    NUMBER = "number"
    DAY = "day"
    TIME = "time"
    VALUE = "value"


# pydantic's types of errors by how they begin
_OF_FIELDS: Final[Mapping[str, Wrong]] = {
    "missing": Wrong.MISSING,
    "extra_forbidden": Wrong.UNKNOWN,
    "string_too_short": Wrong.EMPTY,
    "literal_error": Wrong.ONE_OF,
    "string_": Wrong.TEXT,
    "bool_": Wrong.FLAG,
    "list_": Wrong.LIST,
    "tuple_": Wrong.LIST,
    "set_": Wrong.LIST,
    "frozen_set_": Wrong.LIST,
    "dict_": Wrong.TABLE,
    "model_": Wrong.TABLE,
    "int_": Wrong.NUMBER,
    "greater_": Wrong.NUMBER,
    "less_": Wrong.NUMBER,
    "date_": Wrong.DAY,
    "time_": Wrong.TIME,
}


class BadPattern(ValueError):
    """The pattern, or what else tells a check what to look for, cannot be used in a rule."""

    def __init__(self, reason: str, source: str = "", wrong: Wrong = Wrong.BAD_PATTERN) -> None:
        super().__init__(f"{source!r}: {reason}" if source else reason)
        self.source = source
        self.wrong = wrong

    @property
    def shown(self) -> str:
        return self.source if len(self.source) <= _SHOWN else f"{self.source[:_SHOWN]}…"


class PackError(SettingsError):
    """A rule file cannot be used; the message names file, line and reason.

    What is missing has no line: then it is that of what it belongs to, at least the first. `facts` are for the words of
    `wrong`.
    """

    def __init__(self, path: Path, wrong: Wrong, reason: str, line: int = 0, **facts: str) -> None:
        line = max(line, 1)
        where = f"{path}:{line}"
        named: dict[str, Any] = {**facts, "where": where, "file": str(path), "line": line, "reason": reason}
        super().__init__("rule_pack", f"{where}: {reason}", **named, wrong=wrong.value)


def refused_field(path: Path, error: ValidationError, line: int, of: str = "") -> PackError:
    """For the first of the fields that are wrong; `of` is the rule's id, where it is known."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    wrong = next((found for begin, found in _OF_FIELDS.items() if first["type"].startswith(begin)), Wrong.VALUE)
    allowed = str(first.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
    reason = f"{of}: {field}: {first['msg']}" if of else f"{field}: {first['msg']}"
    return PackError(path, wrong, reason, line, field=field, allowed=allowed)


def line_at(source: str, loc: tuple[int | str, ...]) -> int:
    """The line that pydantic's `loc` means: in the n-th of several tables, if it says so."""
    keys = [part for part in loc if isinstance(part, str)]
    if loc[:1] == ("case",) and len(loc) > 2:
        start = line_of_case(source, int(loc[1]))
        return line_of(source, keys[-1], start) or start
    return line_of(source, keys[0]) if keys else 0


def line_of(source: str, key: str, start: int = 0) -> int:
    """The first line after `start` that sets `key` or opens its table; 0 if none does."""
    wanted = re.compile(rf"\s*\[*\s*{re.escape(key)}\b")
    lines = enumerate(source.splitlines(), 1)
    return next((number for number, line in lines if number > start and wanted.match(line)), 0)


def line_of_case(source: str, place: int) -> int:
    """Where the case begins, the first one at place 0; 0 if it has no [[case]] of its own."""
    heads = [number for number, line in enumerate(source.splitlines(), 1) if _CASE.match(line)]
    return heads[place] if place < len(heads) else 0
