"""What the worker and the services of the window and the command line are both made of.

Heavy libraries are imported when a part is made, never when this module is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign_app.compliance import Engine
    from campaign_app.domain.ports import Clock
    from campaign_app.services.import_parts import Beside
    from campaign_app.services.imports import Imports
    from campaign_app.services.profiles import Profiles
    from campaign_app.services.rules import Rules
    from campaign_app.services.texts import Texts
    from campaign_app.services.unread_replies import UnreadReplies
    from campaign_app.settings import Settings
    from campaign_app.storage.workspace import Workspace


def imports_of(workspace: Workspace, clock: Clock, beside: Beside | None = None) -> Imports:
    from campaign_app.jobs.tabular import open_table
    from campaign_app.services.import_parts import nobody
    from campaign_app.services.imports import Imports
    from campaign_app.storage.host import place_id

    def seen() -> bool:
        takers = workspace.home.takers()
        return takers is None or takers.see(place_id())

    return Imports(
        store=workspace.imports,
        settings=workspace.accounts,
        open_table=open_table,
        clock=clock,
        place=place_id() if workspace.shared else "",
        seen=seen,
        beside=beside or nobody,
    )


def rules_of(workspace: Workspace, clock: Clock, language: str = "zh_CN") -> Rules:
    """The rules in force, speaking a language."""
    from campaign_app import assets
    from campaign_app.services.rules import Rules

    return Rules(
        shipped=assets.path("rules"),
        own=workspace.folder / "rules",
        settings=workspace.accounts,
        clock=clock,
        language=language,
    ).used_by(workspace.person)


def profiles_of(workspace: Workspace, clock: Clock) -> Profiles:
    from campaign_app.services.profiles import Profiles

    return Profiles(settings=workspace.accounts, clock=clock)


def unread_of(workspace: Workspace, clock: Clock) -> UnreadReplies:
    from campaign_app.services.unread_replies import UnreadReplies

    return UnreadReplies(workspace.accounts, workspace.secrets, clock)


def texts_of(workspace: Workspace, engine: Callable[[], Engine], profiles: Profiles) -> Texts:
    from campaign_app.services.texts import Texts

    return Texts(
        engine=engine,
        profile=profiles.of,
        accounts=workspace.accounts,
        campaigns=workspace.campaigns,
        customers=workspace.customers,
    )


def load_settings(workspace: Workspace) -> Settings:
    """The workspace's settings; raises SettingsError if a stored one is out of its limits."""
    from campaign_app import settings

    return settings.load(workspace.accounts.settings(settings.NAMES).get)
