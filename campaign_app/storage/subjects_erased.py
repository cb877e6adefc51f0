"""Whom a sync passes over: people who had themselves erased here, and whom their platform goes on listing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.ports import PhoneKeys
from campaign_app.storage import schema
from campaign_app.storage.lists import rows_among

ERASED_HERE: Final = "subject.erased."  # and the keyed hash of the reference
_NEXT: Final = "subject.erased/"  # the first name behind all of them
_setting: Final = schema.setting.c
_SOME: Final = sa.select(_setting.name).where(_setting.name >= ERASED_HERE, _setting.name < _NEXT).limit(1)
_NAMES: Final = sa.select(_setting.name)


def erased_here(connection: sa.Connection, hashes: PhoneKeys, account_id: int, refs: Iterable[str]) -> frozenset[str]:
    """Of these people those who had themselves erased here. Costs nothing where nobody had."""
    if connection.execute(_SOME).first() is None:
        return frozenset()
    names = {ERASED_HERE + hashes.of_ref(CustomerRef(account_id, ref)).hex(): ref for ref in refs}
    known = rows_among(connection, _NAMES, _setting.name, names)
    return frozenset(names[row.name] for row in known)
