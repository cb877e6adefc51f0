"""Moves a workspace to a team's server and back, for the command line.

Heavy libraries are imported when something is done, never when this module is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_app.app import App
    from campaign_app.credentials import KeyKeeper
    from campaign_app.storage.moved import Moved
    from campaign_app.storage.moving import Report

Tick = Callable[[float], object]


def to_folder(app: App, folder: Path, *, actor: str, tick: Tick) -> Report:
    """The workspace lives in the new folder from then on; the one that is open is closed for good.

    `tick` is told how far it is, and may raise to cancel. Raises WorkspaceError, and then nothing was moved.
    """
    from campaign_app.storage import moving
    from campaign_app.storage.seen import seen_of

    there = moving.to_folder(folder, _key(app))
    seen = seen_of(app.workspace, app.clock)
    return moving.move(app.workspace, there, actor=actor, clock=app.clock, seen=seen, tick=tick)


def to_server(app: App, folder: Path, address: str, password: str, *, actor: str, tick: Tick) -> Report:
    """The same, into an empty database on a server, which the new folder names. Raises SettingsError too."""
    from campaign_app.storage import moving
    from campaign_app.storage.seen import seen_of
    from campaign_app.storage.server import Server

    there = moving.to_server(folder, _key(app), Server.parse(address), password)
    seen = seen_of(app.workspace, app.clock)
    return moving.move(app.workspace, there, actor=actor, clock=app.clock, seen=seen, tick=tick)


def take_back(folder: Path, keeper: KeyKeeper, *, actor: str, at: datetime) -> Moved:
    """Uses again what was moved away, with everything put aside: a person knows that the other one is out of use."""
    from campaign_app.storage import moving
    from campaign_app.storage.workspace import key_of

    return moving.take_back(folder, key_of(folder, keeper), actor=actor, at=at)


def _key(app: App) -> bytes:
    from campaign_app.storage.workspace import key_of

    return key_of(app.workspace.folder, app.keeper)
