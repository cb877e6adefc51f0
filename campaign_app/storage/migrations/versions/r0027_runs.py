"""Keys of rows that came a moment ago stand run by run: one that is full is never met again until it is merged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import number

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_MERGE = sa.text(
    "INSERT INTO waiting_key (key, import_id, row_no) SELECT key, import_id, row_no FROM waiting_recent"
    " WHERE true ORDER BY key, import_id, row_no ON CONFLICT DO NOTHING"
)


def upgrade() -> None:
    op.get_bind().execute(_MERGE)
    op.drop_table("waiting_recent")
    columns = [number(name, key=True) for name in ("import_id", "run", "key", "row_no")]
    op.create_table("waiting_recent", *columns, sqlite_with_rowid=False)
