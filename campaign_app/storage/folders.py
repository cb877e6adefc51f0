"""Folders of workspaces, before one is opened. It loads no database: the window paints before that."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path

from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import header
from campaign_app.storage.drives import is_remote


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


def require_free(folder: Path) -> None:
    """Raises WorkspaceError: `workspace_there`, `folder_in_use`."""
    if is_free(folder):
        return
    if is_workspace(folder):
        raise WorkspaceError("workspace_there", "The folder has a workspace already", folder=str(folder))
    raise WorkspaceError("folder_in_use", "The folder is not empty", folder=str(folder))


def require_place(folder: Path) -> None:
    """For a workspace with a database of its own: raises WorkspaceError as above, and `network_folder`."""
    require_free(folder)
    if is_remote(folder):
        raise WorkspaceError("network_folder", "The folder lies on a network drive", folder=str(folder))


def is_misplaced(folder: Path) -> bool:
    """Whether the database of this workspace, or of one that would be made there, lies on a network drive."""
    return (not is_workspace(folder) or (folder / header.DATABASE).is_file()) and is_remote(folder)


def key_lives(folder: Path) -> str:
    """`keychain`, `passphrase` or `memory`: which keeper opens this workspace. Raises WorkspaceError."""
    return header.read_header(folder).key_lives
