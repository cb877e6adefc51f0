"""Every check of a wording by which consent is asked for, with the text itself: appended, never changed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from campaign_app.domain.wording import CheckedWording, Noticed
from campaign_app.storage.audit import acting, append_entry
from campaign_app.storage.engine import Database
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_lookback import consent_wording
from campaign_app.storage.times import moment_at, to_ms

_columns = consent_wording.c


@dataclass(frozen=True, slots=True)
class SqlWordings:
    """Implements `domain.wording.WordingStore`."""

    db: Database

    def add(self, checked: CheckedWording) -> CheckedWording:
        told = [asdict(each) for each in checked.findings]
        values = {
            "entity_uscc": checked.entity_uscc,
            "account_id": checked.account_id,
            "kind": checked.kind,
            "name": checked.name,
            "sha256": checked.sha256,
            "text": checked.text,
            "rule_packs": checked.rule_packs,
            "findings": json.dumps(told, ensure_ascii=False),
            "checked_at": to_ms(checked.checked_at),
        }
        with self.db.write() as connection:
            actor = acting(connection, checked.checked_by)
            made = connection.execute(sa.insert(consent_wording).values(values | {"checked_by": actor}))
            new_id = made.inserted_primary_key
            assert new_id is not None
            append_entry(
                connection, "wording.checked", actor, to_ms(checked.checked_at),
                {
                    "wording": new_id[0], "entity": checked.entity_uscc, "kind": checked.kind,
                    "sha256": checked.sha256, "finding": len(told), "rule_packs": checked.rule_packs,
                },
            )  # fmt: skip
            row = connection.execute(sa.select(consent_wording).where(_columns.id == new_id[0])).one()
        return _wording(row)

    def wordings(
        self, entity_uscc: str | None, since: datetime | None, until: datetime | None, limit: int
    ) -> tuple[CheckedWording, ...]:
        wanted = sa.select(consent_wording).order_by(_columns.id.desc()).limit(limit)
        if entity_uscc is not None:
            wanted = wanted.where(_columns.entity_uscc == entity_uscc)
        if since is not None:
            wanted = wanted.where(_columns.checked_at >= to_ms(since))
        if until is not None:
            wanted = wanted.where(_columns.checked_at < to_ms(until))
        with self.db.look() as connection:
            return tuple(map(_wording, connection.execute(wanted)))


def _wording(row: AnyRow) -> CheckedWording:
    return CheckedWording(
        id=row.id,
        entity_uscc=row.entity_uscc,
        account_id=row.account_id,
        kind=row.kind,
        name=row.name,
        sha256=row.sha256,
        text=row.text,
        rule_packs=row.rule_packs,
        findings=tuple(Noticed(**each) for each in json.loads(row.findings)),
        checked_by=row.checked_by,
        checked_at=moment_at(row.checked_at),
    )
