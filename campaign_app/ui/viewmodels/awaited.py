"""The import whose end this user was not told yet, so that the next window tells it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from campaign_app.services.import_plan import Begun

if TYPE_CHECKING:
    from campaign_app.domain.ports import Job
    from campaign_app.ui.prefs import Prefs

_ARGS: Final = frozenset({"import_id", "chunks", "place"})


class Awaited:
    """`mark` tells this workspace from others; "" where nothing is to be remembered."""

    def __init__(self, prefs: Prefs, mark: str) -> None:
        self._prefs, self._mark = prefs, mark

    def put(self, begun: Begun) -> None:
        if self._mark:
            self._prefs.await_import(self._mark, json.dumps(begun.args))

    def forget(self) -> None:
        if self._mark:
            self._prefs.await_import(self._mark, "")

    def args(self) -> dict[str, int | str]:
        """Of its job; empty where none is awaited, or what was kept cannot be read."""
        kept = self._prefs.awaited_import(self._mark) if self._mark else ""
        try:
            found = json.loads(kept) if kept else {}
        except ValueError:
            return {}
        known = isinstance(found, dict) and all(isinstance(each, int | str) for each in found.values())
        return found if known and {"import_id", "chunks"} <= set(found) <= _ARGS else {}


def begun_of(job: Job) -> Begun:
    """As the window had it that began this import; `rows` are the report's to say."""
    args = job.args
    return Begun(int(args["import_id"]), int(args["chunks"]), 0, str(args.get("place", "")))
