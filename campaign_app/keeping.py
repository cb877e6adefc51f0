"""Workspaces on this computer, before one is opened: which folder, and where its key lives.

`campaign_app.bootstrap` hands these on; nothing else imports this module.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_app.credentials import KeyKeeper


def is_workspace(folder: Path) -> bool:
    from campaign_app.storage import workspace

    return workspace.is_workspace(folder)


def is_free(folder: Path) -> bool:
    """Whether a new workspace may be made there: nothing, or an empty folder."""
    from campaign_app.storage import workspace

    return workspace.is_free(folder)


def key_lives(folder: Path) -> str:
    """`keychain`, `passphrase` or `memory`. Raises WorkspaceError."""
    from campaign_app.storage import workspace

    return workspace.key_lives(folder)


def default_folder() -> Path:
    from campaign_app.storage import workspace

    return workspace.default_folder()


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
