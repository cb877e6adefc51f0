"""What one person may ask of whoever keeps data about them: a copy, erasure, or that nothing but storing is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class SubjectStore(Protocol):
    def gathered(self, customer_id: int) -> Mapping[str, Any]:
        """All that is kept of a person, as JSON, with numbers masked. Raises NotFound."""
        ...

    def erase(self, customer_id: int, *, actor: str, at: datetime) -> int:
        """Erases as if the platform had asked (`storage.erasure`), and keeps later syncs from bringing them back.

        Returns how many receipts were written: 0 where there was nothing left to erase. Raises NotFound.
        """
        ...

    def restrict(self, customer_id: int, *, actor: str, at: datetime, note: str) -> None:
        """Marks the person by reference and number for their entity, with an entry in the audit. Raises NotFound."""
        ...

    def restricted_since(self, customer_id: int) -> datetime | None:
        """Since when nothing but storing may be done, also where the platform said a withdrawal later; None where it
        was never asked for or was lifted. Raises NotFound.
        """
        ...
