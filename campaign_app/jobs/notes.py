"""The notes that say why a campaign waits: stable codes, with what a person has to know of the case."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from campaign_app.domain.errors import AppError, RemoteRefused
from campaign_app.services.window import BEIJING, Until, next_opening

ALIKE: Final = "batch_refused"  # everybody of it, for one reason
# whose sentence names the provider's own code, which a person has to look up
_TELLING: Final = frozenset({ALIKE, "one_refused", "platform_refused", "provider_refused", "unclear_answer"})
# nothing in which a person's number might stand
_CODE: Final = re.compile(r"(?!.*[0-9]{7})[A-Za-z0-9._-]{1,64}", re.ASCII)
# nobody waits for it: a person has to come again
_LONG: Final = timedelta(minutes=10)


def cause_of(trouble: AppError) -> str:
    """Its code, with the provider's own (`provider_refused=isv.…`) where the sentence asks for that."""
    said = str(trouble.facts.get("said") or trouble.facts.get("number") or "")
    return f"{trouble.code}={said}" if trouble.code in _TELLING and _CODE.fullmatch(said) else trouble.code


def away_note(trouble: AppError, now: datetime, otherwise: str = "platform_unavailable") -> str:
    """The note for who could not be asked: at which shop, or until when a sender wants to be left alone for long."""
    wait = timedelta(seconds=getattr(trouble, "retry_after", None) or 0)
    if wait < _LONG or "shop" in trouble.facts:
        return shop_note(trouble, "platform_unavailable") or otherwise
    moment = (now + wait + timedelta(seconds=59)).astimezone(BEIJING)
    return f"later:{cause_of(trouble)}:{moment:%Y-%m-%d %H:%M}"


def note_of(trouble: AppError) -> str:
    """The note for what went wrong: its code, with the shop where that is known."""
    return shop_note(trouble) or cause_of(trouble)


def shop_note(trouble: AppError, code: str = "") -> str:
    """The note that names the shop which could not be asked; "" where the trouble lies elsewhere."""
    shop = trouble.facts.get("shop", "")
    return f"at_shop:{code or cause_of(trouble)}:{shop}" if shop else ""


def why_refused(refusal: RemoteRefused, now: datetime) -> str:
    """Of an account that is refused; names the moment from which the sender takes messages again, where it is known."""
    if shop := shop_note(refusal):
        return shop
    if until := refusal.facts.get("until"):
        return f"later:{refusal.code}:{next_opening(now, Until(str(until))):%Y-%m-%d %H:%M}"
    return f"{'refused' if refusal.code == ALIKE else 'account_refused'}:{cause_of(refusal)}"
