"""The suppression list by hand: numbers that a person adds or a list brings, and what is known of one number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from campaign_app.domain.consent import Suppression, SuppressionKind
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.phone import Phone, parse_phone
from campaign_app.domain.ports import AccountStore, Clock, PhoneKeys
from campaign_app.domain.ports_people import OptOutStore, SuppressionStore
from campaign_app.domain.team import Permission
from campaign_app.services.import_columns import PHONE, PHONE_NAMES, Column
from campaign_app.services.import_phones import read_phone
from campaign_app.services.import_plan import PreviewRow
from campaign_app.services.opt_outs import BY_HAND
from campaign_app.services.permitted import Permitted, needs
from campaign_app.services.sheets import Line, Sheet, SheetSource, read_sheet
from campaign_app.services.tables import OpenTable

BY_LIST: Final = "list"
REASON_MAX: Final = 200
EXAMPLES: Final = 1_000
PREVIEW_ROWS: Final = 20
_AT_ONCE: Final = 2_000
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {PHONE: PHONE_NAMES}
Tick = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class ListTrial:
    """`rows` = `new` + `known` + repeated + refused; `known` are suppressed as opted out already."""

    rows: int
    new: int
    known: int
    repeated: int
    refused: Mapping[str, int] = field(default_factory=dict)
    refusals: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListPreview:
    columns: tuple[Column, ...]
    rows: tuple[PreviewRow, ...]


class Suppressing(Permitted):
    def __init__(
        self,
        store: OptOutStore,
        suppressions: SuppressionStore,
        accounts: AccountStore,
        keys: PhoneKeys,
        open_table: OpenTable,
        clock: Clock,
    ) -> None:
        self._store, self._suppressions, self._accounts = store, suppressions, accounts
        self._keys, self._open_table, self._clock = keys, open_table, clock

    def look(self, entity_uscc: str, written: str) -> tuple[Suppression, ...]:
        """The marks in force of a number, the newest first. Raises SettingsError `phone`, NotFound."""
        self._accounts.entity(entity_uscc)
        key = self._keys.of_phone(_phone(written))
        marks = self._suppressions.active(entity_uscc, [key]).get(key, frozenset())
        return tuple(sorted(marks, key=lambda mark: mark.since, reverse=True))

    @needs(Permission.SUPPRESS)
    def add(self, entity_uscc: str, written: str, *, reason: str, actor: str) -> bool:
        """Whether the number was not on the list before. Raises SettingsError `phone`, `reason_needed`; NotFound."""
        new, _ = self._put(entity_uscc, [_phone(written)], BY_HAND, reason, actor, lambda _: None)
        return bool(new)

    def preview(self, file: SheetSource) -> ListPreview:
        """The first rows with their errors in place. Raises SettingsError."""
        sheet = read_sheet(self._open_table, file, _NAMES)
        rows = [PreviewRow(bad.number, (), bad.code) for bad in sheet.bad[:PREVIEW_ROWS]]
        for line in sheet.lines[:PREVIEW_ROWS]:
            _, code = _number(line, _phones(sheet))
            rows.append(PreviewRow(line.number, sheet.shown(line), code, _phones(sheet).name if code else ""))
        return ListPreview(sheet.columns, tuple(sorted(rows, key=lambda row: row.number)[:PREVIEW_ROWS]))

    def trial(self, entity_uscc: str, file: SheetSource, tick: Tick = lambda _: None) -> ListTrial:
        """What the list would add; nothing is changed. Raises SettingsError, NotFound; `tick` may raise to stop."""
        trial, phones = self._read(file, tick)
        self._accounts.entity(entity_uscc)
        keys = [self._keys.of_phone(phone) for phone in phones]
        marks = self._suppressions.active(entity_uscc, keys)
        known = sum(any(mark.kind is SuppressionKind.OPT_OUT for mark in marks.get(key, ())) for key in keys)
        return _with(trial, len(keys) - known, known)

    @needs(Permission.SUPPRESS)
    def apply(
        self, entity_uscc: str, file: SheetSource, *, reason: str, actor: str, tick: Tick = lambda _: None
    ) -> ListTrial:
        """Every number of the list, some thousands at a time: whoever is stopped does it again, and nothing doubles."""
        trial, phones = self._read(file, lambda done: tick(done / 2))
        new, known = self._put(entity_uscc, phones, BY_LIST, reason, actor, lambda done: tick(0.5 + done / 2))
        return _with(trial, new, known)

    def _put(
        self, entity_uscc: str, phones: Sequence[Phone], source: str, reason: str, actor: str, tick: Tick
    ) -> tuple[int, int]:
        self._accounts.entity(entity_uscc)
        why = reason.strip()
        if not why or len(why) > REASON_MAX:
            raise SettingsError("reason_needed", "Say why, in not too many words", most=REASON_MAX)
        now, new = self._clock(), 0
        said = Suppression(entity_uscc, b"", SuppressionKind.OPT_OUT, now, source, why, actor)
        for first in range(0, len(phones), _AT_ONCE):
            new += self._store.add_numbers(phones[first : first + _AT_ONCE], said)
            tick(min(1.0, (first + _AT_ONCE) / len(phones)))
        return new, len(phones) - new

    def _read(self, file: SheetSource, tick: Tick) -> tuple[ListTrial, list[Phone]]:
        sheet = read_sheet(self._open_table, file, _NAMES, tick)
        column = _phones(sheet)
        phones: dict[Phone, int] = {}
        refusals = [(bad.number, bad.code, "") for bad in sheet.bad]
        repeated = 0
        for line in sheet.lines:
            phone, code = _number(line, column)
            if phone is None:
                refusals.append((line.number, code, column.name))
            elif phones.setdefault(phone, line.number) != line.number:
                repeated += 1
        counts = Counter(code for _, code, _ in refusals)
        total = len(sheet.lines) + len(sheet.bad)
        return ListTrial(total, 0, 0, repeated, dict(counts), tuple(sorted(refusals)[:EXAMPLES])), list(phones)


def _phones(sheet: Sheet) -> Column:
    column = next((each for each in sheet.columns if each.target == PHONE), None)
    if column is None:
        raise SettingsError("no_phone_column", "No column holds phone numbers")
    return column


def _number(line: Line, column: Column) -> tuple[Phone | None, str]:
    """The number, or why there is none."""
    phone, code = read_phone(line.cells[column.target])
    return (phone, "") if phone is not None else (None, code or "phone_missing")


def _with(trial: ListTrial, new: int, known: int) -> ListTrial:
    return replace(trial, new=new, known=known)


def _phone(written: str) -> Phone:
    phone = parse_phone(written)
    if phone is None:
        raise SettingsError("phone", "This is no mainland mobile number")
    return phone
