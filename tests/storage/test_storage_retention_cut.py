"""A purge that is cut anywhere goes on where it was: nothing goes that was to stay, and a receipt is told once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from storage_samples import ENTITY, NOW, number, person, shop, sync

from campaign_app.domain.customer import ImportRow
from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.lookback import Found, RunState, Scope
from campaign_app.domain.message import InboundMessage, Page
from campaign_app.domain.staff import Wish
from campaign_app.storage import retention
from campaign_app.storage.columns import metadata
from campaign_app.storage.retention import SETTINGS, Retention
from campaign_app.storage.workspace import Workspace

DAYS = dict.fromkeys(SETTINGS, 365)
OLD, YOUNG = NOW - timedelta(days=400), NOW - timedelta(days=300)
LEFT = {"inbound": 7, "import_change": 0, "import_refusal": 0, "staff_trial": 1, "lookback_found": 3, "suppression": 2}
TOLD = [("replies", 5), ("imports", 8), ("tests", 3), ("lookbacks", 6)]


class Cut(BaseException):
    """As a process that is killed: nobody catches it, and an open transaction is rolled back."""


@pytest.fixture
def aged(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Of every record type some that are old and some that are not, and steps of two rows."""
    monkeypatch.setattr(retention, "ROWS", 2)
    account = shop(workspace)
    sync(workspace, account, *(person(f"c{n}", number(n)) for n in range(3)))
    said = [InboundMessage(f"i{n}", "c1", number(1), "退订", OLD if n < 5 else YOUNG) for n in range(7)]
    workspace.inbox.store_inbound(account, Page(tuple(said), "x", more=False), ["i0"], NOW)
    for name in ("a", "b"):
        which = workspace.imports.begin(f"{name}.csv", name, 3, OLD)
        workspace.imports.apply_chunk(which, [ImportRow(n, account, f"c{n}", None, {name: "金"}) for n in range(3)])
        workspace.imports.finish(which, {})
    staff = workspace.staff.register(ENTITY, "员工", number(5), actor="王", at=OLD)
    for press, at in enumerate((OLD, OLD, OLD, YOUNG)):
        workspace.staff.wish(Wish(str(press), 1, None, staff.id, "文", "王"), ENTITY, at)
    for at in (OLD, OLD, YOUNG):
        look_back(workspace, at)
    workspace.audit.record("account.connected", actor="王", at=NOW - timedelta(days=1))  # a computer that is in use
    return workspace


def look_back(workspace: Workspace, at: datetime) -> None:
    store = workspace.lookbacks
    run = store.begin(Scope(OLD, NOW), asked_by="王", at=at)
    found = [Found(n, 1, n, "rule", "since", "A", "", 0, None, OLD) for n in (1, 2, 3)]
    store.keep(run.id, 0, 1, found, 3, "v")
    store.set_state(run.id, RunState.DONE, among=[RunState.RUNNING], actor="王", at=at)


def purge(workspace: Workspace, hours: int = 0) -> None:
    going = Retention(workspace.database)
    while going.step(lambda: DAYS, NOW + timedelta(hours=hours)):
        pass


def told(workspace: Workspace) -> list[tuple[object, object]]:
    entries = [entry.facts for entry in workspace.audit.entries(limit=99) if entry.action == "retention.purged"]
    return [(facts["records"], facts["rows"]) for facts in reversed(entries)]


def left(workspace: Workspace) -> dict[str, int]:
    with workspace.database.read() as connection:
        counts = {name: sa.select(sa.func.count()).select_from(metadata.tables[name]) for name in LEFT}
        return {name: connection.execute(count).scalar_one() for name, count in counts.items()}


def at_the(nth: int) -> Callable[..., None]:
    """Cuts the `nth` call, and none after it."""
    calls = iter(range(1, 1_000_000))

    def meet(*_: object) -> None:
        if next(calls) == nth:
            raise Cut

    return meet


def test_what_went_is_told_once_and_not_every_hour_anew(aged: Workspace) -> None:
    for hours in range(3):
        purge(aged, hours)
    assert told(aged) == TOLD
    assert left(aged) == LEFT


@pytest.mark.parametrize("border", ["before_cursor_execute", "commit"])
def test_one_that_is_cut_at_every_border_ends_as_one_that_is_not(aged: Workspace, border: str) -> None:
    engine, cuts = aged.database.engine, 0
    while True:
        meet = at_the(cuts + 1)
        event.listen(engine, border, meet)
        try:
            purge(aged)
            break
        except (Cut, WorkspaceError):  # of a server it is told where its connection is gone
            cuts += 1
        finally:
            event.remove(engine, border, meet)
    assert cuts > 4
    purge(aged, 1)
    assert sorted(told(aged)) == sorted(TOLD)
    assert left(aged) == LEFT
