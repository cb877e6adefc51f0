"""Who was erased: whom no file brings back, and whom no sync does while their platform goes on listing them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.ports import PhoneKeys
from campaign_app.storage import schema
from campaign_app.storage.lists import rows_among, write_all

# and the keyed hash of the reference: by their own wish, and by their platform's word, until it lists them again
ERASED_HERE: Final = "subject.erased."
ERASED_THERE: Final = "subject.gone."
_setting: Final = schema.setting.c
_SOME: Final = (
    sa.select(_setting.name).where(_setting.name >= sa.bindparam("first"), _setting.name < sa.bindparam("behind"))
).limit(1)
_NAMES: Final = sa.select(_setting.name)
_FORGET: Final = sa.delete(schema.setting).where(_setting.name == sa.bindparam("which"))


def erased_here(connection: sa.Connection, hashes: PhoneKeys, account_id: int, refs: Iterable[str]) -> frozenset[str]:
    """Of these people those who had themselves erased here. Costs nothing where nobody had."""
    return frozenset(_named(connection, hashes, account_id, refs, ERASED_HERE).values())


def erased(connection: sa.Connection, hashes: PhoneKeys, account_id: int, refs: Iterable[str]) -> frozenset[str]:
    """Of these people all who were erased, whoever asked for it."""
    asked, kinds = list(refs), (ERASED_HERE, ERASED_THERE)
    return frozenset(ref for kind in kinds for ref in _named(connection, hashes, account_id, asked, kind).values())


def listed_again(connection: sa.Connection, hashes: PhoneKeys, account_id: int, refs: Iterable[str]) -> None:
    """Their platform has them as customers: whom it had erased is one like others again."""
    back = _named(connection, hashes, account_id, refs, ERASED_THERE)
    write_all(connection, _FORGET, [{"which": name} for name in back])


def _named(
    connection: sa.Connection, hashes: PhoneKeys, account_id: int, refs: Iterable[str], kind: str
) -> dict[str, str]:
    """Name of the setting → reference."""
    if connection.execute(_SOME, {"first": kind, "behind": f"{kind[:-1]}/"}).first() is None:
        return {}
    names = {kind + hashes.of_ref(CustomerRef(account_id, ref)).hex(): ref for ref in refs}
    return {row.name: names[row.name] for row in rows_among(connection, _NAMES, _setting.name, names)}
