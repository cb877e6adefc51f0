"""The numbers of the merchant's own people that may get test messages: registered one by one, five at most."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.phone import Phone, parse_phone
from campaign_app.domain.ports import Clock
from campaign_app.domain.staff import StaffNumber
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs

LABEL_MAX: Final = 20


class StaffStore(Protocol):
    """Every method is one transaction, and leaves its entry in the audit there."""

    def numbers(self, entity_uscc: str) -> tuple[StaffNumber, ...]: ...
    def register(self, entity_uscc: str, label: str, phone: Phone, *, actor: str, at: datetime) -> StaffNumber:
        """Raises NotAllowed: staff_full, staff_known, staff_label, staff_customer, staff_suppressed."""
        ...

    def remove(self, staff_id: int, *, actor: str, at: datetime) -> None: ...


class StaffNumbers(Permitted):
    def __init__(self, store: StaffStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def of(self, entity_uscc: str) -> tuple[StaffNumber, ...]:
        return self._store.numbers(entity_uscc)

    @needs(Permission.STAFF)
    def register(self, entity_uscc: str, label: str, written: str, *, vouched: bool, actor: str) -> StaffNumber:
        """`label` says who answers there; whoever registers vouches that it is one of the staff, and that they agree.

        No code is sent to confirm it: that would itself be a message to a number nobody has confirmed. Raises
        SettingsError, or NotAllowed: as the store does, and `staff_unsure`.
        """
        label, phone = " ".join(label.split()), parse_phone(written)
        if not 0 < len(label) <= LABEL_MAX:
            raise SettingsError("staff_label_length", "A note of who it is, not too long", most=LABEL_MAX)
        if phone is None:
            raise SettingsError("staff_number_bad", "No mainland mobile number")
        if not vouched:
            raise NotAllowed("staff_unsure", "Nobody vouched for the number")
        return self._store.register(entity_uscc, label, phone, actor=actor, at=self._clock())

    @needs(Permission.STAFF)
    def remove(self, staff_id: int, *, actor: str) -> None:
        """Raises NotFound."""
        self._store.remove(staff_id, actor=actor, at=self._clock())
