"""Replies that stay in a provider's queue because nobody can read them, and the way out: a person looks and clears.

As long as one is there nothing leaves (`jobs.unread`). What was cleared is deleted by the worker the next time it meets
the row, once whoever can be told from it is suppressed. The row itself stays in the workspace, sealed.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from campaign_app.domain.campaign import Noted
from campaign_app.domain.errors import NotFound
from campaign_app.domain.phone import Phone, parse_phone
from campaign_app.domain.ports import AccountStore, Clock, Secrets
from campaign_app.domain.team import Permission
from campaign_app.logs import mask
from campaign_app.services.permitted import Permitted, needs

Rows = dict[str, dict[str, Any]]
SHOWN: Final = 200
RAW_MAX: Final = 65_536
_NUMBER: Final = re.compile(r"(?<![0-9])(?:\+?86|0086)?(1[3-9][0-9]{9})(?![0-9])", re.ASCII)


@dataclass(frozen=True, slots=True)
class UnreadReply:
    """`said`: what can be shown, numbers masked. `numbers`: how many people can be told from it."""

    name: str
    said: str
    numbers: int
    at: datetime


class UnreadReplies(Permitted):
    """Fits `transport.kept.Unread`."""

    def __init__(self, settings: AccountStore, secrets: Secrets, clock: Clock) -> None:
        self._settings, self._secrets, self._clock = settings, secrets, clock

    def met(self, account_id: int, raw: str, at: datetime) -> bool:
        """Keeps a row that could not be read; whether a person has said that it is to go.

        That is said of what lies in the queue by then: the very same words are shown anew if they come again.
        """
        name, first = sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:16], {"at": at.isoformat(), "by": ""}
        known = self._rows(account_id).get(name)
        if known is None:
            self._secrets.put(_sealed(account_id, name), raw[:RAW_MAX])
        elif not known["by"]:
            return False
        goes = False

        def change(stored: Rows | None) -> Rows:
            nonlocal goes
            rows = stored or {}
            goes = bool(rows.get(name, first)["by"])
            left = {key: row for key, row in rows.items() if key != name}
            return left if goes else {name: first, **rows}

        self._settings.change_setting(_rows(account_id), change)
        return goes

    def waiting(self, account_id: int) -> tuple[UnreadReply, ...]:
        """Those that nobody has cleared, the oldest first."""
        open_rows = {name: row for name, row in self._rows(account_id).items() if not row["by"]}
        found = [self._shown(account_id, name, row) for name, row in open_rows.items()]
        return tuple(sorted(found, key=lambda reply: reply.at))

    @needs(Permission.CLEAR)
    def clear(self, account_id: int, name: str, *, actor: str) -> None:
        """The worker deletes it when it meets it next. Raises NotFound."""
        numbers, at = 0, self._clock()

        def change(stored: Mapping[str, Rows]) -> tuple[dict[str, Rows], Sequence[Noted]]:
            rows = stored.get(_rows(account_id), {})
            if name not in rows:
                raise NotFound("unread_reply", "There is no such row", account=account_id)
            noted = Noted("account.reply_cleared", actor, at, {"account": account_id, "row": name, "numbers": numbers})
            return {_rows(account_id): {**rows, name: {**rows[name], "by": actor}}}, [noted]

        if (row := self._rows(account_id).get(name)) is not None:
            numbers = self._shown(account_id, name, row).numbers
        self._settings.change_settings([_rows(account_id)], change)

    def _shown(self, account_id: int, name: str, row: dict[str, Any]) -> UnreadReply:
        raw = self._secrets.get(_sealed(account_id, name)) or ""
        at = datetime.fromisoformat(row["at"])
        return UnreadReply(name, mask(_decoded(raw))[:SHOWN], len(numbers_in(raw)), at)

    def _rows(self, account_id: int) -> Rows:
        found: Rows = self._settings.setting(_rows(account_id), {})
        return found


def has_waiting(settings: AccountStore, account_id: int) -> bool:
    """Whether one lies there that nobody has cleared."""
    rows: Rows = settings.setting(_rows(account_id), {})
    return any(not row["by"] for row in rows.values())


def numbers_in(raw: str) -> tuple[Phone, ...]:
    """Every mainland mobile number in it: whoever of them wrote it, a refusal is none too many."""
    found = (parse_phone(digits) for digits in _NUMBER.findall(_decoded(raw)))
    return tuple(dict.fromkeys(phone for phone in found if phone is not None))


def _decoded(raw: str) -> str:
    """A queue's messages are base64; one that is none is shown as it is."""
    try:
        return b64decode(raw, validate=True).decode("utf-8", "replace")
    except ValueError:
        return raw


def _rows(account_id: int) -> str:
    return f"account.{account_id}.unread_replies"


def _sealed(account_id: int, name: str) -> str:
    return f"account.{account_id}.unread.{name}"
