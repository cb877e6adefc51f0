"""What waits for its customer is found by two narrow tables instead of two wide indexes."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import number

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_STEP: Final = 20_000
_ROWS: Final = sa.text(
    "SELECT import_id, row_no, account_id, ref, phone_key FROM import_prospect"
    " WHERE import_id > :import_id OR (import_id = :import_id AND row_no > :row_no) ORDER BY import_id, row_no LIMIT :n"
)


def upgrade() -> None:
    op.drop_index("prospect_by_phone", "import_prospect")
    op.drop_index("prospect_by_ref", "import_prospect")
    keys = {}
    for name in ("waiting_recent", "waiting_key"):
        columns = number("key", key=True), number("import_id", key=True), number("row_no", key=True)
        keys[name] = op.create_table(name, *columns, sqlite_with_rowid=False)
    after = {"import_id": 0, "row_no": 0}
    while rows := op.get_bind().execute(_ROWS, {**after, "n": _STEP}).all():
        found = sorted((key, row[0], row[1]) for row in rows for key in _keys(row.account_id, row.ref, row.phone_key))
        names = ("key", "import_id", "row_no")
        op.bulk_insert(keys["waiting_key"], [dict(zip(names, each, strict=True)) for each in found])
        after = {"import_id": rows[-1][0], "row_no": rows[-1][1]}


def _keys(account_id: int, ref: str | None, phone_key: bytes | None) -> set[int]:
    named = None if ref is None else blake2b(f"{account_id}\0{ref}".encode(), digest_size=8).digest()
    eights = (named, None if phone_key is None else bytes(phone_key)[:8])
    return {int.from_bytes(eight, "big", signed=True) for eight in eights if eight is not None}
