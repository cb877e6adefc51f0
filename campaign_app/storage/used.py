"""A campaign's number is never another one's, not even of a draft that was deleted.

A window, or the entries of the audit, may still speak of the deleted one: what was typed for it must not become
another's text. A file gives the number of the last row anew once that is gone; a server never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from campaign_app.storage.accounts import put_settings
from campaign_app.storage.fetching import fetch_value
from campaign_app.storage.schema import setting
from campaign_app.storage.schema_sending import campaign

USED: Final = "campaigns.used"
_USED: Final = sa.select(setting.c.value).where(setting.c.name == USED)
_LAST: Final = sa.select(sa.func.coalesce(sa.func.max(campaign.c.id), 0))


def keep_id(connection: sa.Connection, campaign_id: int) -> None:
    """In the transaction that deletes the campaign: the highest that ever was."""
    if connection.dialect.name == "sqlite":
        put_settings(connection, {USED: max(campaign_id, used_id(connection))})


def unused_id(connection: sa.Connection) -> Mapping[str, int]:
    """`id` of a new row, or nothing where the database gives one that was never used."""
    used = used_id(connection) if connection.dialect.name == "sqlite" else 0
    return {"id": used + 1} if used > fetch_value(connection, _LAST) else {}


def used_id(connection: sa.Connection) -> int:
    """The highest number of a deleted campaign of a file; 0 where none was deleted."""
    return int(fetch_value(connection, _USED) or 0)
