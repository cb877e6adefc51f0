"""Alembic's environment: it only ever gets a connection that is already open, keyed and in a transaction."""

from __future__ import annotations

from alembic import context

from campaign_app.storage import (
    schema,
    schema_imports,
    schema_lookback,
    schema_numbers,
    schema_pushed,
    schema_sending,
    schema_signatures,
    schema_staff,
)
from campaign_app.storage.columns import metadata

# their tables register themselves
__all__ = [
    "schema",
    "schema_imports",
    "schema_lookback",
    "schema_numbers",
    "schema_pushed",
    "schema_sending",
    "schema_signatures",
    "schema_staff",
]

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
