"""File imports, as they first were. Never edited once released."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import blob_or_none, number, own_id, to, word, word_or_none

APPEND_ONLY: Final[tuple[str, ...]] = ()


def create() -> None:
    op.create_table(
        "import_job",
        own_id(),
        word("file_name"),
        word("file_sha256"),
        number("rows_total"),
        word("state"),
        word("counts", "{}"),
        number("started_at"),
        sa.Index("import_by_file", "file_sha256"),
    )

    op.create_table(
        "import_change",
        to("import_job.id", "import_id", key=True),
        number("row_no", key=True),
        to("customer.id", "customer_id", key=True),
        to("account.id", "account_id"),
        word("before"),
        word("after"),
        blob_or_none("phone_sealed"),
        blob_or_none("phone_key"),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "import_prospect",
        to("import_job.id", "import_id", key=True),
        number("row_no", key=True),
        to("account.id", "account_id"),
        word_or_none("ref"),
        blob_or_none("phone_sealed"),
        blob_or_none("phone_key"),
        word("attributes"),
        number("consecutive"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "prospect_by_phone",
        "import_prospect",
        ["phone_key"],
        sqlite_where=sa.text("phone_key IS NOT NULL"),
        postgresql_where=sa.text("phone_key IS NOT NULL"),
    )
    op.create_index(
        "prospect_by_ref",
        "import_prospect",
        ["account_id", "ref"],
        sqlite_where=sa.text("ref IS NOT NULL"),
        postgresql_where=sa.text("ref IS NOT NULL"),
    )

    op.create_table(
        "import_refusal",
        to("import_job.id", "import_id", key=True),
        number("row_no", key=True),
        word("field", key=True),
        word("code"),
        sqlite_with_rowid=False,
    )
