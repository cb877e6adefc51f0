"""Another passphrase holds only together with its entry in the audit: who is told of a failure keeps the old one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import pytest
from storage_samples import KEY, NOW

from campaign_app.credentials import MemoryKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import header
from campaign_app.storage.engine import open_engine
from campaign_app.storage.header import read_header
from campaign_app.storage.homes import DATABASE
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import Workspace, rewrap
from tests.helpers.moved import cut

CHANGED = "workspace.passphrase_changed"
NEW = PassphraseKeeper("ein neuer Satz", Scrypt(n=2**10))


@contextmanager
def noted(workspace: Workspace, then: Callable[[], object] = lambda: None) -> Iterator[None]:
    """`then` happens between what is done and its commit."""
    with workspace.audit.recording(CHANGED, actor="window", at=NOW):
        yield
        then()


def refused(workspace: Workspace, then: Callable[[], object] = lambda: None) -> str:
    """The code; the file is as it was, and the audit says nothing of it."""
    before = (workspace.folder / header.FILE).read_bytes()
    with pytest.raises(WorkspaceError) as caught:
        rewrap(workspace.folder, MemoryKeeper(KEY), NEW, noted(workspace, then))
    assert (workspace.folder / header.FILE).read_bytes() == before
    return caught.value.code


def told(workspace: Workspace) -> int:
    return sum(entry.action == CHANGED for entry in workspace.audit.entries())


def test_the_new_way_and_its_entry_hold_together(workspace: Workspace) -> None:
    rewrap(workspace.folder, MemoryKeeper(KEY), NEW, noted(workspace))
    assert NEW.key(workspace.id, read_header(workspace.folder).kept) == KEY
    assert told(workspace) == 1


def test_an_entry_that_is_lost_at_its_end_leaves_the_old_way(workspace: Workspace) -> None:
    def fail() -> None:
        assert NEW.key(workspace.id, read_header(workspace.folder).kept) == KEY
        raise WorkspaceError("disk_full", "The disk is full; nothing was changed")

    assert refused(workspace, fail) == "disk_full"
    assert told(workspace) == 0


def test_a_database_that_is_busy_or_away_leaves_the_old_way(workspace: Workspace) -> None:
    if workspace.shared:
        server = Server.parse(read_header(workspace.folder).server)
        assert refused(workspace, lambda: cut(server)) == "server_unreachable"
    else:
        other = open_engine(workspace.folder / DATABASE, KEY)
        with other.execution_options(immediate=True).begin():
            assert refused(workspace) == "busy"
        other.dispose()
    assert told(workspace) == 0


def test_a_login_that_was_changed_meanwhile_stays_changed(workspace: Workspace) -> None:
    class Slow:
        def wrap(self, key: bytes, workspace_id: str) -> Mapping[str, str | int]:
            replace(read_header(workspace.folder), password="another").write(workspace.folder)
            return NEW.wrap(key, workspace_id)

    rewrap(workspace.folder, MemoryKeeper(KEY), Slow())
    found = read_header(workspace.folder)
    assert (found.password, NEW.key(workspace.id, found.kept)) == ("another", KEY)
