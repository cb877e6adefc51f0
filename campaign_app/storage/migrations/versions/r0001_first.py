"""The first schema."""

from __future__ import annotations

from alembic import op

from campaign_app.storage import schema, schema_imports, schema_sending
from campaign_app.storage.columns import metadata
from campaign_app.storage.migrations.append_only import make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    for table in (*schema.APPEND_ONLY, *schema_sending.APPEND_ONLY):
        make_append_only(table)


_ = schema_imports
