"""Moves a workspace in forked processes, each of which is killed (-9) at another point, and says what became of it.

The points are those at which something becomes lasting: each commit, and each name that changes in a folder. The
process lives to the end once, and then dies before the first of them, before the second, and so on to the last. After
each kill exactly one workspace may be live, and the move is then done again, or was done.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from campaign_app.clocks import system_clock
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import copying, moving, team
from campaign_app.storage.header import read_header
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import open_workspace
from tests.helpers.forking import ended, fork
from tests.helpers.pg import PASSWORD, cluster
from tools.make_workspace_vectors import KEY

_NAMES: Final = frozenset({"os.rename", "os.rmdir"})
PATIENCE: Final = 60.0
ALLOWED: Final = {("live", "not_a_workspace"), ("live", "move_unfinished"), ("workspace_moved", "live")}


@dataclass(slots=True)
class Points:
    """Counts them, and ends the process before the last that it may see."""

    last: int
    seen: int = 0

    def meet(self, *_: Any) -> None:
        self.seen += 1
        if self.seen == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, name: str, _: Any) -> None:
        if name in _NAMES:
            self.meet()


@dataclass(frozen=True, slots=True)
class Round:
    """A workspace that is to be moved, and where to: into the database of a server, or nowhere but the folder."""

    source: Path
    folder: Path
    server: Server | None

    def move(self) -> None:
        to = moving.to_folder(self.folder, KEY)
        if self.server is not None:
            to = moving.to_server(self.folder, KEY, self.server, PASSWORD)
        with closing(open_workspace(self.source, MemoryKeeper(KEY))) as workspace:
            moving.move(workspace, to, actor="test", clock=system_clock, seen=None, tick=lambda _: None)

    def die_at(self, last: int) -> int:
        points = Points(last)
        event.listen(Engine, "commit", points.meet)
        sys.addaudithook(points.audit)
        self.move()
        return points.seen

    def standing(self) -> tuple[str, str]:
        return _standing(self.source), _standing(self.folder)

    def go_on(self) -> tuple[str, str]:
        """The server may take a moment to notice that somebody died."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                if self.standing()[0] == "live":
                    self.move()
                return self.standing()
            except WorkspaceError as error:
                if error.code not in ("in_use", "busy") or time.monotonic() > until:
                    raise
                time.sleep(0.02)


def _standing(folder: Path) -> str:
    try:
        open_workspace(folder, MemoryKeeper(KEY)).close()
    except WorkspaceError as error:
        return error.code
    return "live"


def held(folder: Path) -> dict[str, str]:
    """What every table holds, but for the audit, which tells of each try."""
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace, workspace.database.read() as connection:
        found = copying.sums(connection, lambda _: None)
    return {name: each.sha256 for name, each in found.items() if name != "audit"}


def on_a_server(made: Path, aside: Path) -> Callable[[Path], Path]:
    """Copies of the workspace as it is on a server, each in a database of its own."""
    template = cluster().new_database()
    Round(made, aside, cluster().server(template)).move()

    def copy(folder: Path) -> Path:
        shutil.copytree(aside, folder)
        header = replace(read_header(folder), password="")
        team.with_server(header, KEY, cluster().server(cluster().new_database(template)), PASSWORD).write(folder)
        return folder

    return copy


def rounds(base: Path, copied: Callable[[Path], Path], *, to_server: bool, sample: bool) -> dict[str, list[int]]:
    """Before which points what was met, the last one alive; raises AssertionError for a standing that may not be."""
    met: dict[str, list[int]] = {}
    wanted = held(copied(_new(base) / "wanted"))

    def killed_at(last: int) -> int:
        where = _new(base / str(last))
        server = cluster().server(cluster().new_database()) if to_server else None
        each = Round(copied(where / "from"), where / "to", server)
        status = ended(fork(lambda: each.die_at(last), base / "errors"), PATIENCE)
        assert status == -signal.SIGKILL or status in range(1, 64), (base / "errors").read_text(encoding="utf-8")
        stands = each.standing()
        assert stands in ALLOWED, stands
        met.setdefault(" ".join(stands), []).append(last)
        assert each.go_on() == ("workspace_moved", "live")
        assert held(each.folder) == wanted
        return status

    points = killed_at(0)
    # the mark's commit is the last but two, then the end is put down in the database and in the folder
    for last in range(points - 2 if sample else 1, points if sample else points + 1):
        assert killed_at(last) == -signal.SIGKILL
    return met


def main(base: str, much: str) -> None:
    """`base` holds a closed workspace `made`."""
    root, sample = Path(base), much == "sample"
    done = {}

    def copy(folder: Path) -> Path:
        return Path(shutil.copytree(root / "made", folder))

    done["to_server"] = rounds(root / "out", copy, to_server=True, sample=sample)
    if not sample:
        there = on_a_server(copy(root / "again"), root / "aside")
        done["to_folder"] = rounds(root / "back", there, to_server=False, sample=False)
    sys.stdout.write(json.dumps(done) + "\n")


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main(*sys.argv[1:])
