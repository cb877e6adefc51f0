"""What senders push over a connection: durable before it is acknowledged, then read by cursor like any other list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from campaign_app.domain.message import Outcome
from campaign_app.jobs.pushed import Handed, KeptReceipt, KeptReply, PushedReceipt, PushedReply
from campaign_app.storage.engine import Database
from campaign_app.storage.keys import Vault
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.schema_pushed import pushed_part, pushed_receipt, pushed_reply
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import insert, plain_insert

_LATE: Final = timedelta(days=7)
# a receipt may come before the answer to the last part of its message; one from before that is another message's
_EARLY: Final = timedelta(minutes=10)
_SEALED: Final = b"reply"
_part, _receipt, _reply = pushed_part.c, pushed_receipt.c, pushed_reply.c
_SAME_PART: Final = sa.and_(
    _part.account_id == _receipt.account_id,
    _part.provider_id == _receipt.provider_id,
    _receipt.kept_at >= _part.kept_at - _EARLY // timedelta(milliseconds=1),
)
_RECEIPTS: Final = (
    sa.select(pushed_receipt, _part.message_id, _part.number, _part.total)
    .outerjoin(pushed_part, _SAME_PART)
    .where(_receipt.account_id == sa.bindparam("account"), _receipt.id > sa.bindparam("after"))
    .order_by(_receipt.id)
    .limit(sa.bindparam("most"))
)
_REPLIES: Final = (
    sa.select(pushed_reply)
    .where(_reply.account_id == sa.bindparam("account"), _reply.id > sa.bindparam("after"))
    .order_by(_reply.id)
    .limit(sa.bindparam("most"))
)
_HANDED: Final = sa.select(_part.provider_id, _part.message_id, _part.number, _part.total).where(
    _part.account_id == sa.bindparam("account")
)
_OUTCOMES: Final = (
    sa.select(_part.message_id, _part.number, _receipt.id, _receipt.provider_id, _receipt.outcome, _receipt.code)
    .join(pushed_receipt, _SAME_PART)
    .where(_part.account_id == sa.bindparam("account"))
)


@dataclass(frozen=True, slots=True)
class SqlPushed:
    """Implements `jobs.pushed.PushStore`."""

    db: Database
    vault: Vault = field(repr=False)

    def keep(
        self,
        account_id: int,
        at: datetime,
        *,
        handed: Sequence[Handed] = (),
        receipts: Sequence[PushedReceipt] = (),
        replies: Sequence[PushedReply] = (),
    ) -> None:
        shared = {"account_id": account_id, "kept_at": to_ms(at)}
        parts = [{**_part_row(part), **shared} for part in handed]
        came = [{**_receipt_row(receipt), **shared} for receipt in receipts]
        written = [{**self._reply_row(reply), **shared} for reply in replies]
        with self.db.write() as connection:
            write_all(connection, _put_part(connection.dialect.name), parts)
            write_all(connection, plain_insert(pushed_receipt), came)
            write_all(connection, plain_insert(pushed_reply), written)

    def receipts(self, account_id: int, after: int, limit: int) -> tuple[KeptReceipt, ...]:
        with self.db.look() as connection:
            rows = connection.execute(_RECEIPTS, {"account": account_id, "after": after, "most": limit}).all()
        return tuple(
            KeptReceipt(row.id, _receipt_of(row), moment_at(row.kept_at), _handed_of(row) if row.total else None)
            for row in rows
        )

    def replies(self, account_id: int, after: int, limit: int) -> tuple[KeptReply, ...]:
        with self.db.look() as connection:
            rows = connection.execute(_REPLIES, {"account": account_id, "after": after, "most": limit}).all()
        return tuple(KeptReply(row.id, self._reply_of(row), moment_at(row.kept_at)) for row in rows)

    def handed(self, account_id: int, message_ids: Collection[str]) -> tuple[Handed, ...]:
        with self.db.read() as connection:
            rows = list(rows_among(connection, _HANDED, _part.message_id, message_ids, account=account_id))
        return tuple(_handed_of(row) for row in rows)

    def outcomes(self, account_id: int, message_ids: Collection[str]) -> Mapping[str, Mapping[int, PushedReceipt]]:
        with self.db.read() as connection:
            rows = list(rows_among(connection, _OUTCOMES, _part.message_id, message_ids, account=account_id))
        found: dict[str, dict[int, PushedReceipt]] = {}
        for row in sorted(rows, key=lambda each: each.id):
            found.setdefault(row.message_id, {}).setdefault(row.number, _receipt_of(row))
        return found

    def forget(self, account_id: int, stream: str, *, to: int, before: datetime) -> None:
        table = pushed_receipt if stream == "reports" else pushed_reply
        read = (table.c.account_id == account_id, table.c.id <= to, table.c.kept_at < to_ms(before))
        with self.db.write() as connection:
            connection.execute(sa.delete(table).where(*read))
            if stream == "reports":
                late = (_part.account_id == account_id, _part.kept_at < to_ms(before - _LATE))
                connection.execute(sa.delete(pushed_part).where(*late))

    def _reply_row(self, reply: PushedReply) -> dict[str, Any]:
        return {
            "source_sealed": self.vault.seal(reply.source.encode(), _SEALED),
            "text": reply.text,
            "reference": reply.reference,
            "number": reply.number,
            "total": reply.total,
        }

    def _reply_of(self, row: Any) -> PushedReply:
        source = self.vault.open(row.source_sealed, _SEALED).decode()
        return PushedReply(source, row.text, row.reference, row.number, row.total)


@lru_cache
def _put_part(dialect: str) -> UpdateBase:
    """An id is its last message's; named once more, as by each of Kannel's receipts, a part grows no younger."""
    statement = insert(dialect, pushed_part)
    new = statement.excluded
    first = sa.case((_part.message_id == new.message_id, _part.kept_at), else_=new.kept_at)
    return statement.on_conflict_do_update(
        index_elements=["account_id", "provider_id"],
        set_={"message_id": new.message_id, "number": new.number, "total": new.total, "kept_at": first},
    )


def _part_row(part: Handed) -> dict[str, Any]:
    return {
        "provider_id": part.provider_id, "message_id": part.message_id, "number": part.number, "total": part.total,
    }  # fmt: skip


def _receipt_row(receipt: PushedReceipt) -> dict[str, Any]:
    return {"provider_id": receipt.provider_id, "outcome": receipt.outcome.value, "code": receipt.code}


def _receipt_of(row: Any) -> PushedReceipt:
    return PushedReceipt(row.provider_id, Outcome(row.outcome), row.code)


def _handed_of(row: Any) -> Handed:
    return Handed(row.provider_id, row.message_id, row.number, row.total)
