"""Two windows on one workspace: whatever one of them does may come between any two looks of the other."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Barrier, Thread
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event

from campaign_app import bootstrap, clocks, wiring
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import AppError
from campaign_app.services.preflight import HEARTBEAT
from campaign_app.storage import team
from campaign_app.storage.columns import metadata
from campaign_app.storage.header import read_header
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import open_workspace
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.shop import NOW
from tests.helpers.staged import Staged, stage

Act = Callable[[bootstrap.App], object]
# behind all that led to it
PRESSED: Final = NOW + timedelta(minutes=5)
# of the machine
_LEFT_OUT: Final = ("alembic_version", "meta", "worker")
# moments, what is made of them, and what is sealed anew each time; whether they are there at all counts
_MOMENTS: Final = ("at", "_at", "since", "hash", "sealed")


@dataclass(frozen=True)
class Came:
    """How each act ended ("" for well, else the code of the refusal), and all that stands in the workspace then."""

    ends: tuple[str, str]
    stands: str


@dataclass
class Situation:
    """A closed workspace as it stood before anybody pressed anything; every try has a copy of it."""

    base: Path
    copies: Iterator[int]

    def in_turn(self, first: Act, second: Act) -> Came:
        with self._windows() as (one, other):
            return Came((_end_of(first, one), _end_of(second, other)), _stands(one))

    def alone(self, act: Act) -> str:
        with self._windows() as (one, _):
            _end_of(act, one)
            return _stands(one)

    def between(self, act: Act, other_act: Act, nth: int, look: Act | None = None) -> Came | None:
        """`other_act` happens whole right before the `nth` look or change of `act`; None where it has no so many.

        `look` is called on what came of it.
        """
        with self._windows() as (one, other):
            seen, ends = count(1), list[str]()

            def cut(*_: object) -> None:
                if next(seen) == nth:
                    ends.append(_end_of(other_act, other))

            engine = one.workspace.database.engine
            event.listen(engine, "checkout", cut)
            first = _end_of(act, one)
            event.remove(engine, "checkout", cut)
            if ends and look is not None:
                look(one)
            return Came((first, ends[0]), _stands(one)) if ends else None

    def at_once(self, first: Act, second: Act) -> Came:
        with self._windows() as (one, other):
            ends, gate = ["", ""], Barrier(2)

            def run(number: int, app: bootstrap.App, act: Act) -> None:
                gate.wait()
                ends[number] = _end_of(act, app)

            threads = [Thread(target=run, args=given) for given in ((0, one, first), (1, other, second))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return Came((ends[0], ends[1]), _stands(one))

    @contextmanager
    def _windows(self) -> Iterator[tuple[bootstrap.App, bootstrap.App]]:
        copy = Path(shutil.copytree(self.base, self.base.with_name(f"{self.base.name}-{next(self.copies)}")))
        server = read_header(copy).server
        place = _database_of(copy, server) if server else _folder_of(copy)
        with place, _opened(copy, PRESSED) as one, _opened(copy, PRESSED) as other:
            yield one, other


@contextmanager
def situation(folder: Path, dialect: str, build: Callable[[Staged], object]) -> Iterator[Situation]:
    """`build` is given the shop of ten people, of whom three may not be reached."""
    with _base(folder, dialect) as base:
        with _opened(base) as app:
            build(stage(app))
        yield Situation(base, count())


@contextmanager
def _base(folder: Path, dialect: str) -> Iterator[Path]:
    if dialect == "sqlite":
        yield fresh_folder(folder)
        return
    from tests.helpers.pg import team_folder

    with team_folder(folder, KEY) as base:
        yield base


@contextmanager
def _folder_of(copy: Path) -> Iterator[None]:
    yield
    shutil.rmtree(copy)


@contextmanager
def _database_of(copy: Path, address: str) -> Iterator[None]:
    from tests.helpers.pg import PASSWORD, cluster

    server = Server.parse(address)
    name = cluster().new_database(server.database)
    found = replace(read_header(copy), password="")
    team.with_server(found, KEY, replace(server, database=name), PASSWORD).write(copy)
    yield
    shutil.rmtree(copy)
    with cluster().admin() as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _opened(folder: Path, now: datetime = NOW) -> Iterator[bootstrap.App]:
    keeper = MemoryKeeper(KEY)
    with wiring.wire(open_workspace(folder, keeper), keeper, now - clocks.system_clock()) as app:
        yield app


def _end_of(act: Act, app: bootstrap.App) -> str:
    try:
        act(app)
    except AppError as refused:
        return refused.code
    return ""


def _stands(app: bootstrap.App) -> str:
    """Every row of every table, but for moments and hashes, in an order of its own."""
    lines = list[str]()
    with app.workspace.database.read() as connection:
        for table in metadata.sorted_tables:
            if table.name not in _LEFT_OUT:
                rows = [row._asdict() for row in connection.execute(sa.select(table))]
                lines += sorted(f"{table.name} {_plain(table.name, row)}" for row in rows)
    return "\n".join(lines)


def _plain(table: str, row: dict[str, Any]) -> str:
    """Nor which number an import or an entry of the audit has: that is the order in which they were asked for."""
    plain = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
    plain |= {name: row[name] is not None for name in row if name.endswith(_MOMENTS)}
    plain.pop("import_id", None)
    if table in ("audit", "import_job"):
        del plain["id"]
    if table == "audit":
        plain["facts"] = {
            k: v for k, v in json.loads(row["facts"]).items() if k != "import_id" and not k.endswith("root")
        }
    if table == "setting":
        plain["name"] = re.sub(r"\.\d+", "", row["name"])
        plain["value"] = "" if row["name"] == HEARTBEAT else row["value"]
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str)
