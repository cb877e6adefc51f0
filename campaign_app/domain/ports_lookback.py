"""What a look-back asks of the store: rows of its own beside what was sent, which it only reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from campaign_app.domain.lookback import Difference, Found, Run, RunState, Scope, Task, Window, Wish


class LookBackStore(Protocol):
    """Every method is one transaction."""

    def begin(self, scope: Scope, *, asked_by: str, at: datetime, by_clock: bool = False) -> Run:
        """A run that is `running` and has looked at nothing yet, with an entry in the audit.

        Raises NotAllowed("lookback_running") while another one is running.
        """
        ...

    def run(self, run_id: int) -> Run:
        """Raises NotFound."""
        ...

    def runs(self, limit: int) -> tuple[Run, ...]:
        """The newest first."""
        ...

    def running(self) -> tuple[int, ...]:
        """Those that are to go on."""
        ...

    def last_asked(self) -> datetime | None:
        """When the newest was put down, else when the first message ever was claimed; None where there is none."""
        ...

    def first_sent(self) -> datetime | None:
        """When the first message ever was claimed."""
        ...

    def window(self, run_id: int, batches: int) -> Window:
        """The messages of the next `batches` behind the run's place that the sender took, or may have taken."""
        ...

    def refused_before(self, person: bytes, moment: datetime) -> tuple[int, ...]:
        """The campaigns of which this person had been sent a message by that time."""
        ...

    def count(self, run_id: int) -> int:
        """Puts down how many messages lie in the scope, and gives it."""
        ...

    def keep(self, run_id: int, stands: int, after: int, found: Sequence[Found], ok: int, rule_packs: str) -> bool:
        """Adds what was found and moves the run's place from `stands` to `after`.

        False, and nothing is kept, where the run is not `running` or stands elsewhere by now.
        """
        ...

    def set_state(
        self, run_id: int, state: RunState, *, among: Collection[RunState], actor: str, at: datetime, note: str = ""
    ) -> bool:
        """With its counts in the audit; False, and nothing is done, where its state is none of `among` by now.

        Raises NotAllowed("lookback_running") for one that is to go on while another one, or it, is running.
        """
        ...

    def found(self, run_id: int, group: tuple[str, str, int, str] | None, after: int, limit: int) -> tuple[Found, ...]:
        """The next rows by ledger id; of (reason, era, campaign, rules) where a `group` is given."""
        ...

    def sent(self, ledger_ids: Sequence[int]) -> Mapping[int, tuple[str, int, int]]:
        """By ledger id the text as it was sent, the fact that it rested on, and its account."""
        ...

    def difference(self, older: int, newer: int) -> Difference: ...

    def add_task(self, run_id: int, wish: Wish, *, actor: str, at: datetime) -> Task:
        """Raises NotFound."""
        ...

    def change_task(
        self, task_id: int, *, owner: str, due: date | None, done: bool, note: str, actor: str, at: datetime
    ) -> Task:
        """Raises NotFound."""
        ...

    def task(self, task_id: int) -> Task:
        """Raises NotFound."""
        ...

    def tasks(self, run_id: int | None = None) -> tuple[Task, ...]:
        """The open ones first, the one that is due first before the others; of one run, or of all."""
        ...
