"""A whole import in one process, chunk by chunk; the durable flow calls the same steps one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from campaign_app.services.import_plan import Source
from campaign_app.services.imports import Imports


@dataclass(frozen=True, slots=True)
class Imported:
    """`stopped`: somebody ended it between two chunks; `counts["left"]` rows were not reached."""

    import_id: int
    counts: Mapping[str, int]
    stopped: bool = False


def _never() -> bool:
    return False


def _no_progress(_done: int, _chunks: int) -> None: ...


def import_file(
    imports: Imports,
    source: Source,
    *,
    actor: str,
    sha256: str = "",
    progress: Callable[[int, int], None] = _no_progress,
    stopped: Callable[[], bool] = _never,
) -> Imported:
    """Applies a file to its end, or to where `stopped` says so; what was applied stays and can be undone.

    Raises SettingsError for a file that cannot be read, and then nothing was changed.
    """
    begun = imports.begin(source=source, actor=actor, sha256=sha256)
    for chunk in range(begun.chunks):
        if stopped():
            return Imported(begun.import_id, imports.finish(begun.import_id), stopped=True)
        imports.apply_chunk(begun.import_id, chunk)
        progress(chunk + 1, begun.chunks)
    return Imported(begun.import_id, imports.finish(begun.import_id))
