"""Rows of a file as what the store takes: keys read, values cleaned, or refused with a code and a field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from campaign_app.domain.customer import ImportRow
from campaign_app.domain.phone import MAINLAND_MOBILE, Phone
from campaign_app.services.import_columns import PHONE, REF, Column
from campaign_app.services.import_phones import read_phone
from campaign_app.services.tables import Block

REF_MAX: Final = 255
VALUE_MAX: Final = 500
Refusal = tuple[int, str, str]  # row, code, field: the column's name, or the first row of a duplicate
# row number, its cells, ref, phone, why it is refused ("" if not) and in which field
Read = tuple[int, Sequence[str], str, Phone | None, str, str]

_ROUNDED: Final = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_MOBILES: Final = re.compile(rf"^(?:{MAINLAND_MOBILE.pattern})$", re.ASCII | re.MULTILINE)
_BREAKS: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# control, bidirectional and zero-width characters: nobody sees them, and they would end up in a message
_UNSEEN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]+"
)


@dataclass(frozen=True, slots=True)
class RowMarks:
    """What only the whole file tells of some rows: row → the first one of the same customer; rows in a run."""

    duplicates: Mapping[int, int] = field(default_factory=dict)
    consecutive: frozenset[int] = frozenset()


@dataclass(slots=True)
class Checked:
    """A block after the check. `repaired`: rows whose number was not plainly written; `consecutive` are in `rows`."""

    rows: list[ImportRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    repaired: list[int] = field(default_factory=list)


class RowChecker:
    """Reads rows by the meaning of their columns."""

    def __init__(self, columns: Sequence[Column], account_id: int) -> None:
        self._account_id = account_id
        self._names = tuple(column.name for column in columns)
        self._ref = next((column.index for column in columns if column.target == REF), -1)
        self._phone = next((column.index for column in columns if column.target == PHONE), -1)
        self._attributes = tuple((column.target, column.index) for column in columns if column.is_attribute)

    def check(self, block: Block, marks: RowMarks, *, plain: bool = False) -> Checked:
        """The rows that may be stored, and the others with their reasons. `plain`: as `plain_keys` has found."""
        out = Checked(refusals=[(bad.number, bad.code, "") for bad in block.bad])
        keys = self._written(block) if plain else self.plain_keys(block)
        if keys is None:
            self._check_each(block, marks, out)
            return out
        account, consecutive, wanted = self._account_id, marks.consecutive, self._attributes
        repeats = marks.duplicates
        out.rows = [
            ImportRow(
                number,
                account,
                ref or None,
                Phone(phone) if phone else None,
                {key: value for key, i in wanted if (value := cells[i].strip())},
                number in consecutive,
            )
            for number, cells, ref, phone in zip(block.numbers, block.rows, *keys, strict=True)
            if number not in repeats
        ]
        out.refusals += [(n, "duplicate_in_file", str(repeats[n])) for n in block.numbers if n in repeats]
        return out

    def plain_keys(self, block: Block) -> tuple[Sequence[str], Sequence[str]] | None:
        """Refs and numbers of a block in which every row is plainly good, as most are; else None: look at each row."""
        rows = block.rows
        if not is_plain(rows):
            return None
        refs, phones = self._written(block)
        written = [phone for phone in phones if phone]
        if len(_MOBILES.findall("\n".join(written))) != len(written):
            return None
        if any("+" in ref for ref in refs) or not all(map(max, refs, phones)):
            return None
        return refs, phones

    def _written(self, block: Block) -> tuple[Sequence[str], Sequence[str]]:
        rows = block.rows
        refs = [row[self._ref].strip() for row in rows] if self._ref >= 0 else [""] * len(rows)
        phones = [row[self._phone] for row in rows] if self._phone >= 0 else [""] * len(rows)
        return refs, phones

    def _check_each(self, block: Block, marks: RowMarks, out: Checked) -> None:
        for number, cells, ref, phone, code, where in self.read(block):
            if code == "repaired":
                out.repaired.append(number)
            elif code:
                out.refusals.append((number, code, where))
                continue
            if number in marks.duplicates:
                out.refusals.append((number, "duplicate_in_file", str(marks.duplicates[number])))
                continue
            attributes = {key: value for key, i in self._attributes if (value := cells[i].strip())}
            consecutive = number in marks.consecutive
            out.rows.append(ImportRow(number, self._account_id, ref or None, phone, attributes, consecutive))

    def read(self, block: Block) -> Iterator[Read]:
        """Every row but blank ones. The code `repaired` is no refusal."""
        plain = is_plain(block.rows)
        for number, cells in zip(block.numbers, block.rows, strict=True):
            read = self._keys(number, cells) if plain else self._cleaned(number, cells)
            if read[4] != "no_key" or any(cell.strip() for cell in read[1]):
                yield read

    def _cleaned(self, number: int, cells: Sequence[str]) -> Read:
        cleaned = [cell if i == self._phone else clean(cell) for i, cell in enumerate(cells)]
        return self._too_long(number, cleaned) or self._keys(number, cleaned)

    def _keys(self, number: int, cells: Sequence[str]) -> Read:
        ref = cells[self._ref].strip() if self._ref >= 0 else ""
        if ref and "+" in ref and _ROUNDED.fullmatch(ref):
            return number, cells, ref, None, "ref_rounded", self._names[self._ref]
        if self._phone < 0:
            phone, code = None, ""
        else:
            written = cells[self._phone]
            try:
                phone, code = Phone(written), ""
            except ValueError:
                phone, code = read_phone(written)
        if code and code != "repaired":
            return number, cells, ref, None, code, self._names[self._phone]
        if not ref and phone is None:
            return number, cells, ref, None, "no_key", ""
        return number, cells, ref, phone, code, ""

    def _too_long(self, number: int, cells: Sequence[str]) -> Read | None:
        if self._ref >= 0 and len(cells[self._ref]) > REF_MAX:
            return number, cells, "", None, "ref_too_long", self._names[self._ref]
        for _, i in self._attributes:
            if len(cells[i]) > VALUE_MAX:
                return number, cells, "", None, "value_too_long", self._names[i]
        return None


def is_plain(rows: Sequence[Sequence[str]]) -> bool:
    """Nothing in these rows needs cleaning or is long: asked of a whole block, since that is nearly always so."""
    lines = list(map("".join, rows))
    return max(map(len, lines), default=0) <= REF_MAX and "".join(lines).isprintable()


def clean(cell: str) -> str:
    return _UNSEEN.sub("", _BREAKS.sub(" ", cell)).strip()
