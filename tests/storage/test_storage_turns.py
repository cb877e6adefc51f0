"""Transactions of one process take turns where that is quick, and never wait for one that takes long."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from campaign_app.storage import turns
from campaign_app.storage.workspace import Workspace

DIALECTS = ("sqlite",)  # a server keeps what was read for all its connections
LONG = 600.0  # so that whoever had to wait would be noticed


def beside(work: Callable[[], object]) -> bool:
    """Whether it comes to its end beside what is open here."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(30)
    return not thread.is_alive()


def test_threads_that_take_turns_find_the_pages_of_each_other(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", LONG)
    used, together = set[int](), threading.Barrier(4)
    sa.event.listen(workspace.database.engine, "checkout", lambda driver, *_: used.add(id(driver)))

    def work() -> None:
        together.wait()
        for number in range(20):
            with workspace.database.read() as connection:
                connection.execute(sa.text("SELECT count(*) FROM account")).scalar()
            workspace.accounts.set_setting(threading.current_thread().name, number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(used) == 1


def test_nobody_waits_for_one_that_takes_long(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.0)
    with workspace.database.read() as connection:
        connection.execute(sa.text("SELECT count(*) FROM account")).scalar()
        assert beside(lambda: workspace.accounts.set_setting("beside", 1))


def test_nobody_waits_for_itself(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", LONG)

    def within() -> None:
        with workspace.database.read():
            workspace.accounts.set_setting("within", 1)
            assert workspace.accounts.setting("within", 0) == 1

    assert beside(within)
    assert workspace.accounts.setting("within", 0) == 1


def test_an_error_gives_the_turn_back(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", LONG)
    with pytest.raises(sa.exc.OperationalError), workspace.database.read() as connection:
        connection.execute(sa.text("SELECT nothing"))
    assert beside(lambda: workspace.accounts.set_setting("then", 1))
