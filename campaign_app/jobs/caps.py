"""How often one person may be written to: the promise of their consent, the merchant's own caps (rule FRQ-003) and the
SMS provider's (FRQ-002).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from campaign_app.compliance.providers import Cap
from campaign_app.domain.consent import Reason

WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)


class Caps(NamedTuple):
    """`house` is messages in 7 and in 30 days, 0 for no cap; `provider` the SMS provider's for one number."""

    house: tuple[int, int] = (0, 0)
    provider: tuple[Cap, ...] = ()


NO_CAPS: Final = Caps()


def over_cap(in_a_week: int, in_a_month: int, promised: int | None, house_caps: tuple[int, int]) -> Reason | None:
    """Why somebody whom the entity sent so many messages gets no more; None while they may.

    `promised` is the most in a month that the person agreed to; `house_caps` are the merchant's own, 0 for none.
    """
    if promised is not None and in_a_month >= promised:
        return Reason.FREQUENCY_CAP
    per_week, per_month = house_caps
    over = (per_week and in_a_week >= per_week) or (per_month and in_a_month >= per_month)
    return Reason.HOUSE_CAP if over else None


def over_provider_cap(ages: Iterable[timedelta], caps: Sequence[Cap]) -> bool:
    """Whether one more message than those of such ages would be one too many for the provider."""
    known = list(ages)
    return any(sum(age <= cap.span for age in known) >= cap.most for cap in caps)
