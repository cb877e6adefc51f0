"""Times in the store: milliseconds since 1970 UTC, so that they sort, index and mean the same on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, overload

import sqlalchemy as sa

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MS: Final = 86_400_000
_MS: Final = timedelta(milliseconds=1)
# of PostgreSQL, at this very statement
SERVER_NOW: Final = sa.literal_column("CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)", sa.BigInteger())


@overload
def to_ms(moment: datetime) -> int: ...
@overload
def to_ms(moment: None) -> None: ...
@overload
def to_ms(moment: datetime | None) -> int | None: ...
def to_ms(moment: datetime | None) -> int | None:
    """Raises TypeError for a naive time."""
    return None if moment is None else (moment - EPOCH) // _MS


def moment_at(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


def moment_or_none(ms: int | None) -> datetime | None:
    return None if ms is None else EPOCH + timedelta(milliseconds=ms)
