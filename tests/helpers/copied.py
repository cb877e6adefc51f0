"""A shop whose workspace was copied while it went on, and the copy opened at the same sender."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from campaign_app.credentials import MemoryKeeper
from campaign_app.storage.backup import create_backup
from campaign_app.storage.backup_file import Head
from campaign_app.storage.copies import COPIES, accept, copies_of
from campaign_app.storage.restoring import restore_backup
from campaign_app.storage.seen import Seen
from campaign_app.storage.workspace import open_workspace
from tests.helpers.fresh import KEY
from tests.helpers.shop import Shop, shop_on


def watched(shop: Shop, state: Path, host: str = "here") -> Seen:
    """The shop's batches are put down in `state` before they leave, as a worker's are."""
    seen = Seen(shop.workspace.database, state, host, shop.clock)
    shop.context = replace(shop.context, seen=seen.guard, aside=seen.waits)
    return seen


def copy_of(shop: Shop, folder: Path) -> Path:
    return Path(shutil.copytree(shop.workspace.folder, folder))


@dataclass(frozen=True)
class Unlocked:
    """A backup whose key lies beside it: what opens it is tested elsewhere."""

    carried: bytes = KEY
    opens_by: str = "passphrase"
    key_lives: str = ""
    kept: Mapping[str, str | int] = field(default_factory=dict)

    def seal(self, stream_key: bytes, _backup_id: str) -> Mapping[str, str | int]:
        return {"key": stream_key.hex()}


def backup_of(shop: Shop, file: Path) -> Path:
    return create_backup(shop.workspace, KEY, Unlocked(), file, shop.clock(), lambda _: None).file


def restored(shop: Shop, file: Path, folder: Path) -> Path:
    def unlock(head: Head) -> tuple[bytes, bytes]:
        return bytes.fromhex(str(head.sealed["key"])), b""

    restore_backup(file, unlock, lambda *_: ("memory", {}), folder, shop.clock(), lambda _: None)
    return folder


@contextmanager
def opened(shop: Shop, folder: Path) -> Iterator[Shop]:
    """The copy in this folder, with the same clock, platforms and senders."""
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
        made = shop_on(workspace, shop.clock)
        made.platforms.update(shop.platforms)
        made.gateways.update(shop.gateways)
        made.context = replace(made.context, batch=shop.context.batch)
        renew(made)
        yield made


def renew(shop: Shop) -> None:
    """What `working.as_set` does before every batch."""
    copies = copies_of(shop.workspace.accounts.setting(COPIES, None))
    shop.context = replace(shop.context, copies=copies)


def accepted(shop: Shop, seen: Seen) -> None:
    with shop.workspace.database.write() as connection:
        accept(connection, seen.host, "王", shop.clock())
    assert seen.guard() == ""
    renew(shop)
