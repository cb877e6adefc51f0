"""The notes that say why a campaign waits: stable codes, with what a person has to know of the case."""

from __future__ import annotations

from datetime import datetime

from campaign_app.domain.errors import AppError, RemoteRefused
from campaign_app.services.window import Until, next_opening


def note_of(trouble: AppError, code: str = "") -> str:
    """The note for what went wrong: its code (or another one), with the shop where that is known."""
    return shop_note(trouble, code) or code or trouble.code


def shop_note(trouble: AppError, code: str = "") -> str:
    """The note that names the shop which could not be asked; "" where the trouble lies elsewhere."""
    shop = trouble.facts.get("shop", "")
    return f"at_shop:{code or trouble.code}:{shop}" if shop else ""


def why_refused(refusal: RemoteRefused, now: datetime) -> str:
    """Of an account that is refused; names the moment from which the sender takes messages again, where it is known."""
    if shop := shop_note(refusal):
        return shop
    if until := refusal.facts.get("until"):
        return f"later:{refusal.code}:{next_opening(now, Until(str(until))):%Y-%m-%d %H:%M}"
    return f"account_refused:{refusal.code}"
