"""Keys that a platform has rotated to, kept with its account and named in the audit."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from campaign_app.domain.campaign import Noted
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.ports import AccountStore, Clock

_NAMES_MAX: Final = 400


def pin_for(account_id: int, *, store: AccountStore, clock: Clock) -> Callable[[str, str], None]:
    """What `client_for` takes as `pin`: keeps a key set (JWKS as JSON) as the account's, and says so in the audit.

    It raises RemoteUnavailable where a person connected anew and others are pinned by now: they hold.
    """

    def pin(seen: str, keys: str) -> None:
        before, now = _kids(seen), _kids(keys)
        noted = Noted("account.keys_rotated", "platform", clock(), {
            "account": account_id, "added": _named(now - before), "retired": _named(before - now),
        })  # fmt: skip
        if store.pin_keys(account_id, seen, keys, noted):
            return
        if store.account(account_id).pinned_keys != keys:
            raise RemoteUnavailable("connected_anew", "The account was connected anew meanwhile", account=account_id)

    return pin


def pinned_anew(former: str, now: str) -> str:
    """The keys that a person connected again with; the others are kept as retired: they prove what they signed."""
    old, new = (json.loads(text) if text else {} for text in (former, now))
    there = {key["kid"] for key in new.get("keys", ())}
    gone = {key["kid"]: key for key in (*old.get("retired", ()), *old.get("keys", ())) if key["kid"] not in there}
    if not gone:
        return now
    return json.dumps({**new, "retired": [gone[kid] for kid in sorted(gone)]}, sort_keys=True, separators=(",", ":"))


def _kids(pinned: str) -> set[str]:
    return {str(key["kid"]) for key in json.loads(pinned).get("keys", ())}


def _named(kids: set[str]) -> str:
    return ",".join(sorted(kids))[:_NAMES_MAX]
