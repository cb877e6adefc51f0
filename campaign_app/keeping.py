"""Workspaces on this computer, before one is opened: which folder, and where its key lives.

`campaign_app.bootstrap` hands these on; only what comes before the first paint imports this light module itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_app.storage.folders import default_folder, is_free, is_misplaced, is_workspace, key_lives

if TYPE_CHECKING:
    from campaign_app.credentials import KeyKeeper

__all__ = [
    "default_folder",
    "handed_keeper",
    "is_free",
    "is_misplaced",
    "is_workspace",
    "keeper_of",
    "key_lives",
    "new_keeper",
    "passphrase_in",
]


def keeper_of(folder: Path, passphrase: Callable[[], str]) -> KeyKeeper:
    """The keeper that an existing workspace asks for; `passphrase` is called only if it is kept by one."""
    from campaign_app.credentials import KeychainKeeper, PassphraseKeeper

    return PassphraseKeeper(passphrase()) if key_lives(folder) == "passphrase" else KeychainKeeper()


def new_keeper(passphrase: str | None) -> KeyKeeper:
    """For a new workspace: the passphrase where one is given, else the system's keychain."""
    from campaign_app.credentials import KeychainKeeper, PassphraseKeeper

    return KeychainKeeper() if passphrase is None else PassphraseKeeper(passphrase)


def handed_keeper(folder: Path, key: bytes) -> KeyKeeper:
    """A key that the parent process handed over, for whatever keeper the workspace was made with."""
    from campaign_app.credentials import HandedKeeper

    return HandedKeeper(key, key_lives(folder))


def passphrase_in(file: Path) -> str:
    """The passphrase in a file that only its owner may read; raises SettingsError."""
    from campaign_app.credentials import read_passphrase_file

    return read_passphrase_file(file)
