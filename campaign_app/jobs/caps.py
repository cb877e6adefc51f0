"""How often one person may be written to: the promise of their consent, and the merchant's own caps (rule FRQ-003)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from campaign_app.domain.consent import Reason

WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)


def over_cap(in_a_week: int, in_a_month: int, promised: int | None, house_caps: tuple[int, int]) -> Reason | None:
    """Why somebody whom the entity sent so many messages gets no more; None while they may.

    `promised` is the most in a month that the person agreed to; `house_caps` are the merchant's own, 0 for none.
    """
    if promised is not None and in_a_month >= promised:
        return Reason.FREQUENCY_CAP
    per_week, per_month = house_caps
    over = (per_week and in_a_week >= per_week) or (per_month and in_a_month >= per_month)
    return Reason.HOUSE_CAP if over else None
