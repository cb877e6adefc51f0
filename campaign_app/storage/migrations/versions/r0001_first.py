"""The first schema."""

from __future__ import annotations

from campaign_app.storage.migrations.append_only import make_append_only
from campaign_app.storage.migrations.first import imports, people, sending

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for part in (people, sending, imports):
        part.create()
        for table in part.APPEND_ONLY:
            make_append_only(table)
