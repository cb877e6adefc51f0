"""A file that is being imported, part by part: read in this process, or made ready by one beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from campaign_app.domain.customer import ReadyRows
from campaign_app.services.import_plan import ImportPlan

if TYPE_CHECKING:
    from campaign_app.services.import_rows import Checked, Refusal

CHUNK: Final = 20_000  # row numbers of a step that is remembered as done
PART: Final = 5_000  # of those that are in memory at once, and in one transaction


class ReaderEnded(Exception):
    """The process that made rows ready is there no more, or never was: they have to be read here."""


@dataclass(frozen=True, slots=True)
class ReadyPart:
    """What another process made of a part."""

    rows: ReadyRows
    refusals: Sequence[Refusal]


class Parts(Protocol):
    def chunk(self, chunk: int) -> Iterator[Checked | ReadyPart]:
        """The parts of a chunk, one after the other. Raises ReaderEnded, and SettingsError `file_changed`."""
        ...

    def close(self) -> None: ...


# who reads the file of a plan, if anybody
Beside = Callable[[ImportPlan], Parts | None]


def nobody(_plan: ImportPlan) -> None: ...


def parts_of(chunk: int, parts: int) -> range:
    """The numbers of a chunk's parts, of a file that has so many."""
    first = chunk * CHUNK // PART
    return range(first, min(parts, first + CHUNK // PART))
