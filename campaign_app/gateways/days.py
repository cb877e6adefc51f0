"""Days of a provider's calendar, for look-ups that go by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Final

_BEIJING: Final = timezone(timedelta(hours=8))


def days_since(claimed_at: datetime, now: datetime, kept: int) -> Iterator[date]:
    """From now back to the claim: a batch may have waited before it left. `kept`: how many days the provider keeps."""
    first, last = claimed_at.astimezone(_BEIJING).date(), now.astimezone(_BEIJING).date()
    for back in range((last - max(first, last - timedelta(days=kept))).days + 1):
        yield last - timedelta(days=back)
