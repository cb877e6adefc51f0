"""Whoever saves over what somebody else changed since it was read is told, and chooses."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.errors import NotAllowed

OVERTAKEN: Final = "changed_elsewhere"


def require_as_seen(now: object, seen: object, wanted: object, **facts: str | int) -> None:
    """Raises NotAllowed(OVERTAKEN) where what stands there `now` is neither what was `seen` nor what is `wanted`."""
    if now not in (seen, wanted):
        raise NotAllowed(OVERTAKEN, "Somebody else changed this since it was read", **facts)
