"""Where files are offered to be written first, and showing where they are in the system's own window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

from campaign_app.ui.messages import Messages, translate


def documents() -> Path:
    """A computer may have no such folder, and Qt names it all the same: nothing could be written there."""
    named = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return named if named.is_dir() else Path.home()


def tell_written(messages: Messages, said: Callable[[], str], file: Path) -> None:
    """Tells that a file was made, and leads to where it is."""
    messages.done(
        said,
        label=lambda: translate("Folders", "打开文件夹"),
        action=lambda: show_folder(messages, file.parent),
        about=file.name,
    )


def show_folder(messages: Messages, folder: Path) -> None:
    """Where the system has nothing to show it with, it is named."""
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        messages.info(lambda: translate("Folders", "系统没能打开文件夹，它在：{}").format(folder))
