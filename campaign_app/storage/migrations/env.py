"""Alembic's environment: it only ever gets a connection that is already open, keyed and in a transaction."""

from __future__ import annotations

from alembic import context

from campaign_app.storage import schema, schema_imports, schema_pushed, schema_sending
from campaign_app.storage.columns import metadata

__all__ = ["schema", "schema_imports", "schema_pushed", "schema_sending"]  # their tables register themselves

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
