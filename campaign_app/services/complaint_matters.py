"""What of the complaint cases needs a person today: those whose time is over, and those whose time ends today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from campaign_app.domain.complaint import Case, Deadline
from campaign_app.services.matters import Level, Matter

PAGE: Final = "inbox"
FEW: Final = 3
WARN: Final[Level] = "warn"
BLOCK: Final[Level] = "block"
CODES: Final = frozenset({"complaints_overdue", "complaints_due", "complaint_overdue", "complaint_due"})


def of_complaints(pressing: Sequence[tuple[Case, Deadline]]) -> Iterable[Matter]:
    """One for each of a few, else one for all that are overdue and one for all that end today.

    `subject`: whom it is of, `note`: the timer's id, `number`: days that it is over, or how many there are.
    """
    for late in (True, False):
        some = [(case, due) for case, due in pressing if (due.left < 0) == late]
        code, level = ("overdue", BLOCK) if late else ("due", WARN)
        if len(some) > FEW:
            yield Matter(f"complaints_{code}", level, "", number=len(some), page=PAGE, what="cases")
            continue
        for case, due in some:
            yield Matter(
                f"complaint_{code}", level, case.who or case.number, due.timer.id,
                case.received_at, -due.left, page=PAGE, what=("case", case.id),
            )  # fmt: skip
