"""The audit chain page by page, whether it holds, and proof that is exported from it or handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.ports_evidence import DECISIONS, AuditLine, AuditQuery
from campaign_app.ui.viewmodels.backups import ACTOR, Work
from campaign_app.ui.viewmodels.stamps import StampsModel

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.domain.ports_evidence import Compared
    from campaign_app.evidence.desk import Exported, Head, Verified
    from campaign_app.ui.tasks import Tasks

NAME: Final = "records_model"
PAGE_ROWS: Final = 50
# what is shown at first: of a large campaign there are thousands of batches
FIRST: Final = AuditQuery(kind=DECISIONS)
# what the actions of the audit begin with; "" for all of them
KINDS: Final = (
    DECISIONS, "", "campaign", "batch", "facts", "complaint", "suppression", "evidence", "report", "lookback",
    "wording", "peak", "segment", "account", "signature", "customer", "retention", "settings", "workspace",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CampaignChoice:
    """A campaign by which entries can be found; `provable` once it was approved."""

    id: int
    name: str
    provable: bool


@dataclass(frozen=True, slots=True)
class RecordsState:
    """`total` entries were found, None while nobody knows. `head` is of a chain that was gone through and holds.

    `compared`: what was found to be as the chain says, None where only the chain was gone through.
    """

    query: AuditQuery = FIRST
    total: int | None = None
    campaigns: tuple[CampaignChoice, ...] = ()
    accounts: Mapping[int, str] = field(default_factory=dict)
    head: Head | None = None
    compared: Compared | None = None

    @property
    def filtered(self) -> bool:
        return self.query != FIRST

    @property
    def provable(self) -> bool:
        """Whether there is anything yet whose proof can be exported."""
        return any(each.provable for each in self.campaigns)

    def name_of(self, campaign_id: object) -> str:
        return next((each.name for each in self.campaigns if each.id == campaign_id), "")

    def account_of(self, number: object) -> str:
        """By its label of today, "" for one that nobody knows any more."""
        return self.accounts.get(number, "") if isinstance(number, int) else ""


class EntrySource:
    """Fits `itemmodels.paged.Source`: what is written after it was counted waits for the next count."""

    page_rows = PAGE_ROWS

    def __init__(self, app: App, query: AuditQuery) -> None:
        self._app, self._query = app, query
        self._newest = 0

    def count(self) -> int:
        count, self._newest = self._app.evidence.count(self._query)
        return count

    def page(self, number: int) -> Sequence[AuditLine]:
        return self._app.evidence.page(self._query, self._newest, number * PAGE_ROWS, PAGE_ROWS)


class CheckModel(QObject):
    """Whether a file of proof holds; no workspace is needed for that. `work.ended` carries the Verdict."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.work = Work(tasks, self)

    def check(self, file: Path, head: str) -> None:
        """`head` is one that was noted before, or ""."""
        from campaign_app.evidence.checking import verify_file

        self.work.begin(lambda tick: verify_file(file, head=head, tick=tick))


class RecordsModel(QObject):
    """`other`: other entries are wanted; `exported`: a file of proof was written."""

    changed = Signal(object)  # RecordsState
    other = Signal(object)  # EntrySource
    exported = Signal(object)  # Exported

    def __init__(self, app: App, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(NAME)
        self._app, self._tasks = app, tasks
        self.state = RecordsState()
        self.chain, self.export_work = Work(tasks, self), Work(tasks, self)
        self.checking, self.stamps = CheckModel(tasks, self), StampsModel(app, tasks, self)
        self.chain.ended.connect(self._verified)
        self.export_work.ended.connect(self._exported)

    def source(self) -> EntrySource:
        return EntrySource(self._app, self.state.query)

    def load(self) -> None:
        """The campaigns to choose from, and what the accounts are called."""
        self._tasks.run(lambda _: self._known(), self._loaded, owner=self, key="load")

    def show_kind(self, kind: str) -> None:
        self._look_at(replace(self.state.query, kind=kind))

    def show_campaign(self, campaign_id: int | None) -> None:
        self._look_at(replace(self.state.query, campaign_id=campaign_id))

    def search(self, text: str, actions: frozenset[str] = frozenset(), parts: frozenset[str] = frozenset()) -> None:
        """`actions` and `parts` are called so in the window (`AuditQuery`)."""
        self._look_at(replace(self.state.query, text=text, actions=actions, parts=parts))

    def counted(self, total: int) -> None:
        self._become(replace(self.state, total=total))

    def verify(self) -> None:
        self._become(replace(self.state, head=None, compared=None))
        self.chain.begin(self._app.evidence.verified)

    def export(self, campaign_id: int, target: Path, person: str) -> None:
        """All of a campaign, or only one person by their reference."""
        whom = person.strip() or None
        self.export_work.begin(
            lambda tick: self._app.evidence.export(campaign_id, target, actor=ACTOR, person=whom, tick=tick)
        )

    def _verified(self, found: Verified) -> None:
        self._become(replace(self.state, head=found.head, compared=found.compared))

    def _exported(self, made: Exported) -> None:
        self._become(replace(self.state, head=made.head, compared=None))
        self.exported.emit(made)

    def _known(self) -> tuple[tuple[CampaignChoice, ...], dict[int, str]]:
        campaigns = self._app.campaigns.all()
        choices = tuple(CampaignChoice(each.id, each.name, each.approved_at is not None) for each in campaigns)
        return choices, {each.id: each.label for each in self._app.accounts.all()}

    def _loaded(self, known: tuple[tuple[CampaignChoice, ...], dict[int, str]]) -> None:
        campaigns, accounts = known
        self._become(replace(self.state, campaigns=campaigns, accounts=accounts))

    def _look_at(self, query: AuditQuery) -> None:
        if query != self.state.query:
            self._become(replace(self.state, query=query, total=None))
            self.other.emit(self.source())

    def _become(self, state: RecordsState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
