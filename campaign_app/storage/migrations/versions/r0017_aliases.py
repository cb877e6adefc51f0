"""Which keyed numbers are one person's: a plain number, and what a platform made of it by sealing.

The pairs that are stored already can be told only with the workspace's key: `storage.numbers.link_stored` does it
before anybody reads, where the mark in `meta` stands.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import blob

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("number_alias", blob("key", key=True), blob("person"), sqlite_with_rowid=False)
    op.create_index("alias_by_person", "number_alias", ["person"])
    pairs = "SELECT 1 FROM customer WHERE phone_sealed IS NOT NULL AND platform_phone_sealed IS NOT NULL LIMIT 1"
    if op.get_bind().execute(sa.text(pairs)).first() is not None:
        op.execute(sa.text("INSERT INTO meta (name, value) VALUES ('unlinked', '1')"))
