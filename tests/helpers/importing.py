"""A whole import in one go; the durable flow calls the same steps one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from campaign_app.services.import_plan import Source
from campaign_app.services.imports import Imports


class Imported(NamedTuple):
    import_id: int
    counts: Mapping[str, int]


def import_file(imports: Imports, source: Source, *, actor: str, sha256: str = "") -> Imported:
    begun = imports.begin(source=source, actor=actor, sha256=sha256)
    for chunk in range(begun.chunks):
        imports.apply_chunk(begun.import_id, chunk)
    return Imported(begun.import_id, imports.finish(begun.import_id))
