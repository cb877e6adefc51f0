"""Which keys a platform's receipts are believed by, followed when the platform rotates them.

New keys come in by an overlap: the platform's key set still holds a pinned key unchanged, no key has changed under its
name, and issuer, entity and shop are who they were. Anything else is left to a person, and nobody is confirmed by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.ports import Clock, ConnectionReport
from campaign_app.platforms.answers import AnswerReader
from campaign_app.platforms.connection import after_rotation

# a server that signs with keys that it does not publish must not make us ask for them at every page
PAUSE: Final = timedelta(minutes=1)


class Readers:
    """The reader of an account's answers by the keys of now. `pin` keeps new ones before they prove anything."""

    def __init__(
        self,
        account: Account,
        check: Callable[[], ConnectionReport],
        clock: Clock,
        pin: Callable[[str, str], None] | None,
    ) -> None:
        self.current = AnswerReader(account)
        self.account = account
        self._check = check
        self._clock = clock
        self._pin = pin
        self._tried: datetime | None = None
        self._lock = Lock()

    def after(self, used: AnswerReader) -> AnswerReader | None:
        """A reader with other keys than `used`, which met a key it does not know; None where there is none.

        Raises RemoteUnavailable where the platform cannot be asked now.
        """
        with self._lock:
            if self.current is used and self._may_try():
                self._follow()
            return None if self.current is used else self.current

    def _may_try(self) -> bool:
        now = self._clock()
        soon = self._tried is not None and now - self._tried < PAUSE
        return self._pin is not None and bool(self.account.pinned_keys) and not soon

    def _follow(self) -> None:
        try:
            report = self._check()
        except RemoteRefused:
            report = None
        self._tried = self._clock()
        if report is None or not report.ok or self._pin is None:
            return
        keys = after_rotation(self.account.pinned_keys, report.pinned_keys)
        if keys == self.account.pinned_keys:
            return
        self._pin(self.account.pinned_keys, keys)
        self.account = replace(self.account, pinned_keys=keys)
        self.current = AnswerReader(self.account)
