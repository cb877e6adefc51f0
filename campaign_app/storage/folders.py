"""Folders of workspaces, before one is opened. It loads no database: the window paints before that."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path

from campaign_app.storage import header


def default_folder() -> Path:
    """Where the workspace lives unless another folder is named."""
    return user_data_path("campaign_app", appauthor=False) / "workspace"


def is_workspace(folder: Path) -> bool:
    """Also a damaged one, or where nobody can look: opening it says so, and nothing else is made there."""
    try:
        return any((folder / name).is_file() for name in (header.FILE, header.DATABASE))
    except OSError:
        return True


def is_free(folder: Path) -> bool:
    """Whether a new workspace may be made there: nothing, or an empty folder. A folder that cannot be read is not."""
    try:
        return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    except OSError:
        return False


def key_lives(folder: Path) -> str:
    """`keychain`, `passphrase` or `memory`: which keeper opens this workspace. Raises WorkspaceError."""
    return header.read_header(folder).key_lives
