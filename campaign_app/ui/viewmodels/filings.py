"""The register of signatures as its page shows it: which are there, the one that is open, and what is noted of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import AppError
from campaign_app.domain.filing import OwnFiling
from campaign_app.domain.signature import SignatureRecord
from campaign_app.services.filings import Filing, Rendering
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.ui.viewmodels.seen import Seen

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

ACTOR: Final = "window"
Key = tuple[str, str]  # entity, text


@dataclass(frozen=True, slots=True)
class FilingsState:
    """`filings` is None until they were read. `typed` is the record as it stands in the form, None where it is what

    is stored; `wrong` why it was not kept. `provider` is whose rendering is shown.
    """

    filings: tuple[Filing, ...] | None = None
    entities: tuple[Entity, ...] = ()
    opened: Key | None = None
    typed: SignatureRecord | None = None
    wrong: AppError | None = None
    provider: str = ""
    renderings: tuple[Rendering, ...] = ()

    @property
    def filing(self) -> Filing | None:
        return next((each for each in self.filings or () if key_of(each) == self.opened), None)

    @property
    def rendering(self) -> Rendering | None:
        """The chosen one, else the first."""
        return next((each for each in self.renderings if each.key == self.provider), next(iter(self.renderings), None))


class FilingsModel(QObject):
    """`kept`: anything was. `stated`, `refused`: what became of a statement, by its token; who made it may be gone."""

    changed = Signal(object)  # FilingsState
    kept = Signal()
    stated = Signal(object)
    refused = Signal(object, object)  # token, AppError

    def __init__(
        self, app: App, tasks: Tasks, messages: Messages, language: Callable[[], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("filings_model")
        self._app, self._tasks, self._messages, self._language = app, tasks, messages, language
        self.state = FilingsState()
        self._seen: Seen[SignatureRecord] | None = None  # what stood in the form before anything was typed
        # of the page, kept through a change of language: signatures or templates, and what is looked for in them
        self.panel, self.sought = 0, ""

    def load(self) -> None:
        app = self._app
        self._tasks.run(
            lambda _: (app.filings.register(), app.accounts.entities()),
            self._loaded,
            failed=self._messages.error,
            owner=self,
            key="load",
        )

    def now(self) -> datetime:
        return self._app.clock()

    def state_own(self, own: OwnFiling, port: str | None, token: object, seen: OwnFiling | None = None) -> None:
        """`seen` is what was stated before, None where nothing was; a `port` of None stays as it is."""
        known = {} if seen is None else {seen.text: seen}
        self._change(lambda: self._app.filings.state(own, port, seen=known), token)

    def take_back(self, of: Filing, token: object) -> None:
        uscc, text = key_of(of)
        self._change(lambda: self._app.filings.take_back(uscc, text, actor=ACTOR), token)

    def _change(self, change: Callable[[], None], token: object) -> None:
        def done(_: None) -> None:
            self.stated.emit(token)
            self.kept.emit()
            self.load()

        def failed(error: AppError) -> None:
            self.refused.emit(token, error)
            if error.code == OVERTAKEN:
                self.load()

        self._tasks.write(lambda _: change(), done, failed=failed, owner=self)

    def filing(self, key: Key) -> Filing | None:
        """As it was last read."""
        return next((each for each in self.state.filings or () if key_of(each) == key), None)

    def open(self, key: Key) -> None:
        """What was typed of another one is kept first."""
        if key == self.state.opened:
            return
        self.save()
        self._become(replace(self.state, opened=key, typed=None, wrong=None, renderings=()))
        self._render()

    def close(self) -> None:
        self.save()
        self._become(replace(self.state, opened=None, typed=None, wrong=None, renderings=()))

    def show_provider(self, provider: str) -> None:
        self._become(replace(self.state, provider=provider))

    def type(
        self, *, port: str, letter_from: str, letter_until: date | None, note: str, scopes: tuple[str, ...],
        owner_confirmed: bool,
    ) -> None:  # fmt: skip
        filing = self.state.filing
        if filing is None:
            return
        if self.state.typed is None:
            self._seen = Seen(filing.record)
        typed = replace(
            filing.record, port=port.strip(), letter_from=letter_from.strip(), letter_until=letter_until, note=note,
            scopes=scopes, owner_confirmed=owner_confirmed,
        )  # fmt: skip
        self._become(replace(self.state, typed=None if typed == filing.record else typed, wrong=None))

    def save(self) -> None:
        """Keeps what is typed, if anything is; what cannot be kept stays in the form with the reason."""
        record = self.state.typed
        if record is not None:
            self._save(record, self._seen)

    def _save(self, record: SignatureRecord, seen: Seen[SignatureRecord] | None) -> None:
        def write(over: SignatureRecord | None) -> None:
            self._app.filings.save(record, actor=ACTOR, seen=over)

        if isValid(self):  # a notice may outlive it
            self._tasks.write(
                lambda _: write(None) if seen is None else seen.save(write, record),
                lambda _: self._kept(record),
                failed=lambda error: self._not_kept(record, error),
                owner=self,
            )

    def undo(self) -> None:
        self._become(replace(self.state, typed=None, wrong=None))

    def _kept(self, record: SignatureRecord) -> None:
        of = record.entity_uscc, record.text
        filings = self.state.filings or ()
        kept = tuple(replace(each, record=record) if key_of(each) == of else each for each in filings)
        self._become(replace(self.state, filings=kept))  # until it is read, the form would show what was there before
        if self.state.typed == record:
            self._become(replace(self.state, typed=None, wrong=None))
        self.kept.emit()
        self.load()

    def _not_kept(self, record: SignatureRecord, error: AppError) -> None:
        if error.code == OVERTAKEN:
            if self.state.typed == record:
                self.undo()
            self._messages.overtaken(error, lambda: self._save(record, None), f"【{record.text}】")
            self.load()
        elif self.state.typed == record:
            self._become(replace(self.state, wrong=error))
        else:
            self._messages.error(error)

    def _loaded(self, found: tuple[tuple[Filing, ...], tuple[Entity, ...]]) -> None:
        former = self.state.filing
        self._become(replace(self.state, filings=found[0], entities=found[1]))
        now = self.state.filing
        if self.state.opened is not None and now is None:
            self.close()
        elif now is not None and (former is None or former.signature != now.signature):
            self._render()

    def _render(self) -> None:
        filing = self.state.filing
        if filing is None:
            return
        language = self._language()
        self._tasks.run(
            lambda _: (key_of(filing), self._app.filings.renderings(filing, language)),
            self._rendered,
            failed=self._messages.error,
            owner=self,
            key="render",
        )

    def _rendered(self, found: tuple[Key, tuple[Rendering, ...]]) -> None:
        key, renderings = found
        if key == self.state.opened:
            self._become(replace(self.state, renderings=renderings))

    def _become(self, state: FilingsState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def key_of(filing: Filing) -> Key:
    return filing.entity.uscc, filing.signature.text
