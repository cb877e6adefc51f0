"""Tables of file imports: what they changed, what waits for a customer, what was refused."""

from __future__ import annotations

import sqlalchemy as sa

from campaign_app.storage.columns import (
    blob_or_none,
    metadata,
    number,
    own_id,
    to,
    word,
    word_or_none,
)

import_job = sa.Table(
    "import_job",
    metadata,
    own_id(),
    word("file_name"),
    word("file_sha256"),
    number("rows_total"),
    word("state"),
    word("counts", "{}"),
    number("started_at"),
    sa.Index("import_by_file", "file_sha256"),
)

# a row that met its customer; `before` and `after` hold the attributes it changed, null where there was none
import_change = sa.Table(
    "import_change",
    metadata,
    to("import_job.id", "import_id", key=True),
    number("row_no", key=True),
    to("customer.id", "customer_id", key=True),
    to("account.id", "account_id"),
    word("before"),
    word("after"),
    blob_or_none("phone_sealed"),
    blob_or_none("phone_key"),
    sa.Index("change_by_customer", "customer_id"),  # whoever is erased
    sqlite_with_rowid=False,
)

# a row without a customer: unsendable until a synced customer has its ref or number
import_prospect = sa.Table(
    "import_prospect",
    metadata,
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


# by what a waiting row is found: 64 bits that stand for its ref or its number (`storage.prospects`)
waiting_key = sa.Table(
    "waiting_key",
    metadata,
    number("key", key=True),
    number("import_id", key=True),
    number("row_no", key=True),
    sqlite_with_rowid=False,
)

# the same of rows that came a moment ago, each `run` of them in its own order
waiting_recent = sa.Table(
    "waiting_recent",
    metadata,
    number("import_id", key=True),
    number("run", key=True),
    number("key", key=True),
    number("row_no", key=True),
    sqlite_with_rowid=False,
)

import_refusal = sa.Table(
    "import_refusal",
    metadata,
    to("import_job.id", "import_id", key=True),
    number("row_no", key=True),
    word("field", key=True),
    word("code"),
    sqlite_with_rowid=False,
)
