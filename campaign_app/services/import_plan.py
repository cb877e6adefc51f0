"""What a person settles about an import, and what they are shown before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from campaign_app.domain.customer import ChunkCounts
from campaign_app.domain.errors import SettingsError
from campaign_app.services.import_columns import Column
from campaign_app.services.tables import ReadOptions, TableInfo


@dataclass(frozen=True, slots=True)
class Source:
    """A file for a shop, and how to read it. `columns`: column name → ref, phone, ignore or an attribute's key."""

    path: str
    account_id: int
    options: ReadOptions = field(default_factory=ReadOptions)
    columns: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """Numbers are masked. `code` says why the row would be refused, in column `where`; `repaired` is no error."""

    number: int
    cells: tuple[str, ...]
    code: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """`problem`: what has to be settled about the columns before anything can be imported by them."""

    info: TableInfo
    columns: tuple[Column, ...]
    rows: tuple[PreviewRow, ...]
    problem: SettingsError | None = None


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would do; `rows` is the sum of `counts` and `refused`. The examples are the first ones.

    `sha256` names the file as it was read: hand it to `begin`, which refuses another one.
    """

    sha256: str
    info: TableInfo
    columns: tuple[Column, ...]
    rows: int
    counts: ChunkCounts
    refused: Mapping[str, int]
    repaired: int
    refusals: tuple[tuple[int, str, str], ...]
    repaired_rows: tuple[int, ...]
    consecutive_rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """An import to be applied in chunks 0 … chunks-1. `place`: whose worker sees the file, if not anybody's."""

    import_id: int
    chunks: int
    rows: int
    place: str = ""

    @property
    def args(self) -> dict[str, int | str]:
        """Of its job."""
        given: dict[str, int | str] = {"import_id": self.import_id, "chunks": self.chunks}
        return given | ({"place": self.place} if self.place else {})


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Kept with the import, so that a worker can do it, and do it again after a crash, in exactly the same way.

    `paths`: where each computer of a team has the file, by its place; one login may begin it on several.
    `scan`: what the first reading of the file found (`import_scan.Scan`), while the import lasts, unless it is long.
    """

    path: str
    account_id: int
    sha256: str
    options: ReadOptions
    columns: tuple[Column, ...]
    rows: int
    repaired: int
    chunks: int
    actor: str
    scan: Mapping[str, Any] | None = field(default=None, repr=False)
    paths: Mapping[str, str] = field(default_factory=dict, repr=False)

    def reads_like(self, other: ImportPlan) -> bool:
        """Whether the same rows come out of both."""
        return (self.account_id, self.options, self.columns) == (other.account_id, other.options, other.columns)

    def at(self, place: str) -> Self:
        """As it is there."""
        return replace(self, path=self.paths.get(place, self.path))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        columns = tuple(Column(**column) for column in data["columns"])
        return cls(**{**data, "options": ReadOptions(**data["options"]), "columns": columns})
