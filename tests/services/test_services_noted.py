"""What is done with a campaign, an account, a signature or a file is in the audit, or was not done: one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.errors import NotFound
from campaign_app.domain.filing import OwnFiling
from campaign_app.jobs.stopping import put_aside
from campaign_app.jobs.worker import Worker
from campaign_app.services.import_plan import Source
from campaign_app.services.pinning import pin_for
from campaign_app.storage.workspace import Workspace
from tests.fakes.remotes import ENTITY
from tests.helpers.connect_again import connect_again
from tests.helpers.desk import Desk, open_desk
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.importing import import_file
from tests.helpers.shop import NOW
from tests.helpers.staged import Staged, stage


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


def refuse_audit(workspace: Workspace, action: str = "%") -> None:
    """From now on the database takes no entry (of an action), as a disk does that fails at this very write."""
    with workspace.database.write() as connection:
        connection.exec_driver_sql(
            f"CREATE TRIGGER no_room BEFORE INSERT ON audit WHEN NEW.action LIKE '{action}'"
            " BEGIN SELECT RAISE(FAIL, 'full'); END"
        )


def scheduled(desk: Desk) -> Campaign:
    return desk.campaigns.schedule(desk.approved().id, send_at=None, actor="李")


def paused(desk: Desk) -> Campaign:
    return desk.campaigns.pause(scheduled(desk).id, actor="李")


@pytest.mark.parametrize(
    ("begin", "act"),
    [
        (Desk.made, lambda desk, one: desk.campaigns.edit(one.id, name="双十二", actor="李")),
        (Desk.made, lambda desk, one: desk.campaigns.screen(one.id, actor="李")),
        (Desk.made, lambda desk, one: desk.campaigns.delete_draft(one.id, actor="李")),
        (Desk.screened, lambda desk, one: desk.campaigns.approve(one, recipients=5, actor="李")),
        (Desk.approved, lambda desk, one: desk.campaigns.schedule(one.id, send_at=None, actor="李")),
        (scheduled, lambda desk, one: desk.campaigns.pause(one.id, actor="李")),
        (paused, lambda desk, one: desk.campaigns.resume(one.id, actor="李")),
        (paused, lambda desk, one: desk.campaigns.cancel(one.id, actor="李")),
    ],
    ids=("edit", "screen", "delete", "approve", "schedule", "pause", "resume", "cancel"),
)
def test_what_cannot_be_noted_is_not_done(
    desk: Desk, begin: Callable[[Desk], Campaign], act: Callable[[Desk, Campaign], object]
) -> None:
    before = begin(desk)
    entries = desk.shop.workspace.audit.head()
    refuse_audit(desk.shop.workspace)
    with pytest.raises(sa.exc.IntegrityError):
        act(desk, before)
    assert desk.campaigns.get(before.id) == before
    assert desk.shop.workspace.audit.head() == entries


def test_a_campaign_is_not_made_unnoted(desk: Desk) -> None:
    refuse_audit(desk.shop.workspace)
    with pytest.raises(sa.exc.IntegrityError):
        desk.made()
    with pytest.raises(NotFound):
        desk.campaigns.get(1)


def test_a_campaign_is_not_stopped_unnoted(desk: Desk) -> None:
    campaign = scheduled(desk)
    desk.shop.set_state(campaign.id, CampaignState.SENDING)
    sending = desk.campaigns.get(campaign.id)
    refuse_audit(desk.shop.workspace)
    with pytest.raises(sa.exc.IntegrityError):
        put_aside(desk.shop.context, sending, CampaignState.PAUSED, "disk_error")
    assert desk.campaigns.get(campaign.id) == sending


@pytest.mark.parametrize("late", [True, False], ids=("window", "budget"))
def test_a_schedule_does_not_wait_for_a_person_unnoted(desk: Desk, late: bool) -> None:
    campaign = scheduled(desk)
    if late:
        desk.shop.clock.advance(86_400)
    else:
        desk.shop.workspace.money.set_budget(campaign.id, 0)
    refuse_audit(desk.shop.workspace)
    with pytest.raises(sa.exc.IntegrityError):
        Worker(desk.shop.context, lambda _: None).tick()
    assert desk.campaigns.get(campaign.id) == campaign


STATED = OwnFiling(ENTITY, "安宁到家", ("retail",), ("mobile",), NOW, "李")
KEYS = json.dumps({"keys": [{"kid": "k2"}]})
Act = Callable[[bootstrap.App, int], object]


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    """A shop with another sender, another source of consents, templates that were typed in and a stated signature."""
    with bootstrap.open_app(fresh_folder(tmp_path / "ws"), MemoryKeeper(KEY)) as app:
        made = stage(app)
        other, store = made.shop.add_account(0, prefix="d"), app.workspace.accounts
        store.set_sender(made.account, other)
        typed = {"signatures": "安宁百货", "templates": "12=上新，退订回T"}
        store.take_consents_from(made.account, other)
        connect_again(store, replace(store.account(made.account), options=typed))
        app.filings.state(STATED, "1069000")
        yield made


def stands(staged: Staged) -> tuple[object, ...]:
    app = staged.app
    accounts, register = app.workspace.accounts.accounts(), app.workspace.accounts.register(ENTITY)
    said = app.replies.read_at(staged.account), app.stated.is_checked(staged.account)
    return accounts, register, said, app.workspace.audit.head()


def rotate(app: bootstrap.App, account: int) -> None:
    pin_for(account, store=app.workspace.accounts, clock=app.clock)("{}", KEYS)


def state(app: bootstrap.App, _account: int) -> None:
    app.filings.state(replace(STATED, scopes=("membership",)), "1069001")


ACTS: dict[str, Act] = {
    "account.consents_from": lambda app, one: app.accounts.take_consents_from(one, None, actor="李"),
    "account.sends_through": lambda app, one: app.accounts.send_through(one, None, actor="李"),
    "account.keys_rotated": rotate,
    "account.replies_read": lambda app, one: app.replies.record(one, "控制台", actor="李"),
    "account.templates_checked": lambda app, one: app.stated.record(one, actor="李"),
    "signature.taken_back": lambda app, _: app.filings.take_back(ENTITY, "安宁到家", actor="李"),
    "signature.recorded": state,
    "signature.stated": state,
}


@pytest.mark.parametrize("action", ACTS)
def test_what_cannot_be_noted_of_an_account_or_a_signature_is_not_done(staged: Staged, action: str) -> None:
    before = stands(staged)
    refuse_audit(staged.app.workspace, action)
    with pytest.raises(sa.exc.IntegrityError):
        ACTS[action](staged.app, staged.account)
    assert stands(staged) == before


def test_an_import_is_not_begun_unnoted(staged: Staged, tmp_path: Path) -> None:
    """Whoever begins it anew is noted, and the worker finds nothing to do until then."""
    source = a_file(tmp_path, staged.account)
    refuse_audit(staged.app.workspace)
    with pytest.raises(sa.exc.IntegrityError):
        staged.app.imports.begin(source=source, actor="李")
    (begun,) = staged.app.imports.all()
    with pytest.raises(NotFound):
        staged.app.imports.apply_chunk(begun.id, 0)


def test_an_import_is_not_undone_unnoted(staged: Staged, tmp_path: Path) -> None:
    """It is still to be undone, and is noted by whoever does that."""
    imports, workspace = staged.app.imports, staged.app.workspace
    done = import_file(imports, a_file(tmp_path, staged.account), actor="李")
    refuse_audit(workspace)
    with pytest.raises(sa.exc.IntegrityError):
        imports.undo(import_id=done.import_id, actor="李")
    assert [each.state for each in imports.all()] == ["undoing"]
    with workspace.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER no_room")
    for _ in range(2):
        imports.undo(import_id=done.import_id, actor="李")
    assert [each.action for each in workspace.audit.entries(limit=2)] == ["import.undone", "import.finished"]


def a_file(folder: Path, account: int) -> Source:
    made = folder / "会员.csv"
    made.write_text("客户标识,会员等级\nc00004,金\n", "utf-8")
    return Source(str(made), account)
