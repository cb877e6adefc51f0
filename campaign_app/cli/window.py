"""`campaign-app window`: the window on a workspace of one's choice."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import typer

from campaign_app.cli.keys import FolderOption


class Window(Protocol):
    def __call__(self, *, folder: Path | None, demo_customers: int | None, evidence: Path | None = None) -> int:
        """Runs the window to its end and returns the exit status.

        A demo's where `demo_customers` is given, one on a file of `evidence` where that is.
        """
        ...


def window(context: typer.Context, workspace: FolderOption = None) -> None:
    """打开窗口；不带任何参数运行 campaign-app 也一样。"""
    raise SystemExit(context.obj(folder=workspace, demo_customers=None))
