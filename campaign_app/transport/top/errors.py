"""TOP's error families and what each means for us.

Seen in TOP's documents or their copies: 7, 10, 11, 12, 13, 15, 21, 22. The others are known from public tables only
(3P, *unverified*): 4, 5, 6 and 8, the limits of calls of a user, a session, a partner and an app; 23 to 34, what is
wrong with a request itself. After 31 (invalid timestamp) the clock is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.top.signing import BEIJING

LIMITED: Final = frozenset({4, 5, 6, 7, 8})
UNAVAILABLE: Final = 10
REMOTE: Final = 15
# codes below are the gateway's own, given before anything is carried out (3P)
_OWN: Final = 100
SESSION: Final = frozenset({26, 27})
DAY_QUOTA: Final = "accesscontrol.limited-by-app-access-count"
# a limit without a time: as long as TOP's own examples of a short ban
_SHORT_BAN: Final = 1.0
_BAN: Final = re.compile(r"ban will last (?:for )?(\d{1,6})(?:\.\d+)? (?:more )?second", re.ASCII | re.IGNORECASE)
_ISV: Final = re.compile(r"isv\.[a-z0-9._-]{1,60}", re.ASCII | re.IGNORECASE)
# the request is made wrongly, whoever it is for: what is wrong is the program or how it was connected
_MADE: Final = ("bad_request", "the request itself is refused")
# of the whole account
_WIDE: Final[Mapping[int, tuple[str, str]]] = {
    11: ("permission", "the app lacks a permission"),
    12: ("permission", "the shop did not grant the permission"),
    13: ("permission", "the partner lacks a permission"),
    **dict.fromkeys((21, 22, 23, 24, 28, 30, 32, 33, 34), _MADE),
    25: ("bad_signature", "the signature is refused"),
    26: ("reauthorise", "the session is missing"),
    27: ("reauthorise", "the session is over"),
    29: ("unknown_key", "the app key is refused"),
    31: ("clock_skew", "the time of the request is refused"),
}


def error_of(said: Mapping[str, Any], what: str, now: datetime, *, changes: bool = False) -> RemoteError:
    """The error for an `error_response`. Raises ContractBroken where it has no code.

    `changes`: the request would have done something if carried out. Then what failed behind the gateway (10, 15
    without `isv.`), and every code that is not a gateway's own, leaves its outcome open.
    """
    code = _number(said.get("code"))
    sub = said.get("sub_code")
    sub_code = sub if isinstance(sub, str) else ""
    if code in LIMITED:
        wait = _until_midnight(now) if sub_code == DAY_QUOTA else _ban(said)
        quota = "day_quota" if sub_code == DAY_QUOTA else "throttled"
        return RemoteUnavailable(quota, f"{what}: asks to slow down", retry_after=wait, what=what)
    if code == UNAVAILABLE or (code == REMOTE and sub_code.startswith("isp.")):
        return _failed(what, changes=changes)
    if code in _WIDE:
        ours, words = _WIDE[code]
        return RemoteRefused(ours, f"{what}: {words}", account_wide=True, what=what, vendor_code=code)
    detail = sub_code if _ISV.fullmatch(sub_code) else ""
    if changes and not (detail or (0 < code < _OWN and code != REMOTE)):
        return _failed(what, changes=changes)
    return RemoteRefused("refused", f"{what}: refused", what=what, vendor_code=code, vendor_sub_code=detail)


def _failed(what: str, *, changes: bool) -> RemoteError:
    kind = OutcomeUnknown if changes else RemoteUnavailable
    return kind("server_error", f"{what}: not available now", what=what)


def is_session_over(error: RemoteError) -> bool:
    return error.facts.get("vendor_code") in SESSION


def _number(code: object) -> int:
    """XML has it as text."""
    if isinstance(code, int) and not isinstance(code, bool):
        return code
    if isinstance(code, str) and re.fullmatch(r"[0-9]{1,6}", code, re.ASCII):
        return int(code)
    raise ContractBroken


def _ban(said: Mapping[str, Any]) -> float:
    """One second more than TOP says."""
    found = next((m for name in ("sub_msg", "msg") if (m := _BAN.search(str(said.get(name, ""))))), None)
    return float(found[1]) + 1 if found else _SHORT_BAN + 1


def _until_midnight(now: datetime) -> float:
    """The day's quota begins anew at 00:00 in Beijing."""
    local = now.astimezone(BEIJING)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), BEIJING)
    return (midnight - local).total_seconds()
