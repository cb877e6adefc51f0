"""A backup with a passphrase of its own brings the key along, whatever became of the keychain's entry."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import keyring
import keyring.backend
import pytest

from campaign_app import backups, bootstrap
from campaign_app.credentials import KeychainKeeper, PassphraseKeeper
from campaign_app.domain.errors import WorkspaceError

OWN = "ein langer Satz 甲乙"
AT = datetime(2026, 11, 1, tzinfo=UTC)


class Ring(keyring.backend.KeyringBackend):
    """A keychain that works."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring() -> Ring:
    made = Ring()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def backup(ring: Ring, tmp_path: Path) -> Path:
    """Of the workspace `w`, whose key the keychain has."""
    app = bootstrap.create_app(tmp_path / "w", KeychainKeeper())
    file = tmp_path / f"w{backups.SUFFIX}"
    backups.back_up(app, file, passphrase=OWN, actor="wang", tick=lambda _: None)
    app.close()
    return file


def restore(backup: Path) -> Path:
    backups.restore(backup, backup.parent / "again", OWN, at=AT, tick=lambda _: None)
    return backup.parent / "again"


def test_a_key_that_the_keychain_lost_comes_back_for_the_old_folder_too(ring: Ring, backup: Path) -> None:
    ring.kept.clear()
    again = restore(backup)
    assert bootstrap.key_lives(again) == "keychain"
    for folder in (again, backup.parent / "w"):
        bootstrap.open_app(folder, KeychainKeeper()).close()


@pytest.mark.parametrize("other", ["00" * 32, "no hex at all", ""])
def test_an_entry_that_is_another_stays_and_the_passphrase_keeps_what_is_restored(
    ring: Ring, backup: Path, other: str
) -> None:
    (entry,) = ring.kept
    ring.kept[entry] = other
    again = restore(backup)
    assert ring.kept == {entry: other}
    assert bootstrap.key_lives(again) == "passphrase"
    bootstrap.open_app(again, PassphraseKeeper(OWN)).close()
    with pytest.raises(WorkspaceError) as caught:
        bootstrap.open_app(backup.parent / "w", KeychainKeeper())
    assert caught.value.code == "wrong_key"
