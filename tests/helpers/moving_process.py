"""Moves a workspace in forked processes, each of which is killed (-9) at another point, and says what became of it.

The points are those at which something becomes lasting: each commit, and each name that changes in a folder. The
process dies before the first of them, before the second, and so on until it lives to the end. After each kill exactly
one workspace may be live, and the move is then done again, or was done.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import copying, moving, team
from campaign_app.storage.header import read_header
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import open_workspace
from campaign_app.wiring import system_clock
from tests.helpers.forking import ended, fork
from tests.helpers.pg import PASSWORD, cluster
from tools.make_workspace_vectors import KEY

_NAMES: Final = frozenset({"os.rename", "os.rmdir"})
PATIENCE: Final = 60.0


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
        return 0

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


def rounds(base: Path, copied: Callable[[Path], Path], *, to_server: bool, step: int) -> Counter[str]:
    """How often each standing was met after a kill; raises AssertionError for one that may not be."""
    met = Counter[str]()
    last, died = step, True
    wanted = held(copied(base / "wanted"))
    while died:
        where = base / str(last)
        where.mkdir()
        server = cluster().server(cluster().new_database()) if to_server else None
        each = Round(copied(where / "from"), where / "to", server)
        status = ended(fork(lambda each=each, last=last: each.die_at(last), base / "errors"), PATIENCE)  # type: ignore[misc]
        died = status == -signal.SIGKILL
        assert died or status == 0, (base / "errors").read_text(encoding="utf-8")
        stands = each.standing()
        assert stands in {("live", "not_a_workspace"), ("live", "move_unfinished"), ("workspace_moved", "live")}, stands
        met[" ".join(stands)] += died
        assert each.go_on() == ("workspace_moved", "live")
        assert held(each.folder) == wanted
        last += step
    return met


def main(base: str, step: str) -> None:
    """`base` holds a closed workspace `made`."""
    root, done = Path(base), {}
    done["to_server"] = rounds(
        _new(root / "out"), lambda to: Path(shutil.copytree(root / "made", to)), to_server=True, step=int(step)
    )
    shutil.copytree(root / "made", root / "again")
    copy = on_a_server(root / "again", root / "aside")
    done["to_folder"] = rounds(_new(root / "back"), copy, to_server=False, step=int(step))
    sys.stdout.write(json.dumps(done) + "\n")


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main(*sys.argv[1:])
