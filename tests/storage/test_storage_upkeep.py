"""What is deleted is given back a little at a time, while the workspace is used."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from storage_samples import NOW, Campaigning, number, refuse_writes

from campaign_app.domain.customer import ImportRow
from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.message import Outcome
from campaign_app.storage.upkeep import STEP_PAGES, give_back
from campaign_app.storage.workspace import Workspace

DIALECTS = ("sqlite",)
SPARE = 64


def pragma(workspace: Workspace, name: str) -> int:
    with workspace.database.read() as connection:
        return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())


def leave_gaps(workspace: Workspace, account_id: int, pages: int) -> None:
    """An import that is undone, of rows of half a page, with something behind it."""
    import_id = workspace.imports.begin("f.csv", "a", pages, NOW)
    rows = [ImportRow(n, account_id, f"r{n}", number(n), {"备注": "x" * 2_500}) for n in range(pages)]
    workspace.imports.apply_chunk(import_id, rows)
    workspace.jobs.enqueue("sync", {"note": "x" * 9_000}, NOW)
    workspace.imports.undo(import_id)


def shrink(workspace: Workspace, pages: int = STEP_PAGES) -> int:
    return give_back(workspace.database.engine, workspace.folder, pages, SPARE)


def test_a_file_ends_earlier_step_by_step_and_keeps_all_that_is_in_it(workspace: Workspace) -> None:
    made = Campaigning(workspace, 3)
    leave_gaps(workspace, made.account_id, 1_500)
    before, file = pragma(workspace, "page_count"), workspace.folder / "workspace.db"
    gone: list[int] = []
    while step := shrink(workspace):
        gone.append(step)
    assert len(gone) > 2
    assert max(gone) <= STEP_PAGES + 1  # and one of the map of pages
    assert pragma(workspace, "page_count") == before - sum(gone)
    assert pragma(workspace, "freelist_count") <= max(SPARE, pragma(workspace, "page_count") // 8)
    assert file.stat().st_size == pragma(workspace, "page_count") * 4_096
    assert set(made.ids) == {"c0", "c1", "c2"}
    with workspace.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_campaign_is_sent_meanwhile(workspace: Workspace) -> None:
    sending = Campaigning(workspace, 40)
    leave_gaps(workspace, sending.account_id, 1_500)
    sent = Event()

    def tidy() -> int:
        steps = 0
        while not sent.is_set():
            steps += shrink(workspace, pages=8) > 0
        return steps

    with ThreadPoolExecutor(1) as beside:
        tidied = beside.submit(tidy)
        for seq in range(0, 40, 2):
            made = sending.claim(seq, seq + 1)
            sending.settle(made, (seq, Outcome.ACCEPTED), (seq + 1, Outcome.ACCEPTED))
        sent.set()
        assert tidied.result() > 0
    assert sending.counts() == {"submitted": 40, "accepted": 40}


def test_whoever_writes_is_not_waited_for(workspace: Workspace) -> None:
    leave_gaps(workspace, Campaigning(workspace, 1).account_id, 200)
    with workspace.database.write():
        assert shrink(workspace) == 0
    assert shrink(workspace) > 0


def test_a_few_free_pages_are_left_for_what_comes(workspace: Workspace) -> None:
    leave_gaps(workspace, Campaigning(workspace, 1).account_id, 200)
    free = pragma(workspace, "freelist_count")
    assert free > SPARE
    assert workspace.keep_small() == 0
    assert pragma(workspace, "freelist_count") == free


def test_a_file_that_was_made_before_keeps_its_size(workspace: Workspace) -> None:
    with workspace.database.engine.connect() as pooled:
        driver = pooled.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA auto_vacuum = NONE")
        driver.execute("VACUUM")
    leave_gaps(workspace, Campaigning(workspace, 1).account_id, 200)
    assert pragma(workspace, "freelist_count") > SPARE
    assert shrink(workspace) == 0


def test_trouble_is_told_as_with_any_change(workspace: Workspace) -> None:
    leave_gaps(workspace, Campaigning(workspace, 1).account_id, 200)
    with workspace.database.engine.connect() as pooled:
        driver = pooled.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA query_only = ON")
    with pytest.raises(WorkspaceError) as caught:  # by the connection that was used last
        shrink(workspace)
    assert caught.value.code == "read_only"


@pytest.mark.parametrize(("number", "code"), [(errno.EDQUOT, "disk_full"), (errno.EIO, "disk_error")])
def test_a_quota_that_is_used_up_is_waited_for_as_with_any_change(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    leave_gaps(workspace, Campaigning(workspace, 1).account_id, 200)
    refuse_writes(workspace, monkeypatch, number)
    with pytest.raises(WorkspaceError) as caught:
        shrink(workspace)
    assert caught.value.code == code
