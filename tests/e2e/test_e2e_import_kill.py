"""A worker that is killed, or cut off, amid a large file: every row is in once, and no reader stays behind."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.ports import Job
from campaign_app.processes import READ_ROWS, start_worker
from campaign_app.reading import FEWEST
from campaign_app.services.import_plan import Begun, Source
from campaign_app.storage.schema_imports import import_prospect, waiting_key, waiting_recent
from tests.fakes.remotes import ENTITY, ISSUER
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.pg import cut_connections, team_folder
from tests.helpers.waiting import until

ROWS = FEWEST + 20_000
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no /proc to find a worker's children in"),
]
TABLES = (import_prospect, waiting_key, waiting_recent)


def readers(worker: int) -> set[int]:
    """Process numbers of the worker's readers (Linux); a thread of it is their parent."""
    threads = Path(f"/proc/{worker}/task").glob("*/children")
    children = {int(child) for file in threads for child in said(file).split()}
    return {child for child in children if READ_ROWS in said(Path(f"/proc/{child}/cmdline"))}


def said(about: Path) -> str:
    """Nothing of a thread or a process that has just ended."""
    with suppress(OSError):
        return about.read_text()
    return ""


def lives(process: int) -> bool:
    about = said(Path(f"/proc/{process}/stat"))
    return about.rpartition(") ")[2][:1] not in ("", "Z")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "会员.csv"
    lines = (f"x{n:06d},137{n * 7919 % 10**8:08d},级{n % 9}\n" for n in range(ROWS))
    made.write_text("客户标识,手机号,会员等级\n" + "".join(lines), encoding="utf-8")
    return made


def begin(app: bootstrap.App, file: Path) -> tuple[Begun, Job]:
    accounts = app.workspace.accounts
    accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
    shop = accounts.add_account(
        Account(0, "fake", "店", "http://127.0.0.1/", ENTITY, ISSUER, "登记处", "k", True, "{}")
    )
    begun = app.imports.begin(source=Source(str(file), shop.id), actor="王")
    return begun, app.jobs.enqueue("import", begun.args, app.clock())


def all_in(app: bootstrap.App, begun: Begun) -> bool:
    counts = app.imports.report(import_id=begun.import_id).counts
    assert (counts["waiting"], counts["refused"], counts["left"]) == (ROWS, 0, 0)
    with app.workspace.database.read() as connection:
        held = [connection.execute(sa.select(sa.func.count()).select_from(each)).scalar_one() for each in TABLES]
    return held == [ROWS, 2 * ROWS, 0]


def test_a_large_import_survives_kills(file: Path, tmp_path: Path) -> None:
    folder, gone = fresh_folder(tmp_path / "ws"), set[int]()
    with bootstrap.open_app(folder, MemoryKeeper(KEY)) as app:
        begun, job = begin(app, file)
        for chunks in (1, 3, begun.chunks):
            with start_worker(folder, KEY, timedelta(0)) as worker:

                def stored(chunks: int = chunks, worker: int = worker.pid) -> bool:
                    gone.update(readers(worker))
                    return app.jobs.job(job.id).progress >= chunks

                until(stored)
                if chunks < begun.chunks:
                    worker.kill()
                else:
                    until(lambda: app.jobs.job(job.id).state == "done")
        until(lambda: not any(map(lives, gone)))
        assert all_in(app, begun)
    assert len(gone) >= 2, "each worker had the file read beside it"


@pytest.mark.slow
@pytest.mark.long
def test_a_large_import_goes_on_where_its_server_cuts_every_connection(file: Path, tmp_path: Path) -> None:
    gone = set[int]()
    with (
        team_folder(tmp_path / "ws", KEY) as folder,
        bootstrap.open_app(folder, MemoryKeeper(KEY)) as app,
        start_worker(folder, KEY, timedelta(0)) as worker,
    ):
        begun, job = begin(app, file)

        def stored(chunks: int) -> bool:
            gone.update(readers(worker.pid))
            return app.jobs.job(job.id).progress >= chunks

        for chunks in (1, 3):
            until(lambda chunks=chunks: stored(chunks))
            cut_connections(app.workspace)
        until(lambda: stored(begun.chunks) and app.jobs.job(job.id).state == "done")
        until(lambda: not any(map(lives, gone)))
        assert all_in(app, begun)
    assert len(gone) >= 2, "who reads the file ends with the trouble, and is there again afterwards"
