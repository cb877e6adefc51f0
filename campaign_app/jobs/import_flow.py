"""What the durable import flow needs of the importer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class ImportFlow(Protocol):
    def apply_chunk(self, import_id: int, chunk: int) -> Any:
        """Applies one chunk of an import that was begun; applying it twice leaves the same rows."""
        ...

    def leave(self, import_id: int) -> None:
        """Lets its file go, for now or for good; whoever applies another chunk has it opened again."""
        ...

    def finish(self, import_id: int) -> Mapping[str, Any]:
        """Ends the import and returns its counts."""
        ...
