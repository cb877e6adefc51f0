"""同意文案 as the window shows it: a text that is typed or read from a file, what the rules say, and what was kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.errors import AppError
from campaign_app.domain.finding import Finding
from campaign_app.domain.wording import CheckedWording

if TYPE_CHECKING:
    from collections.abc import Callable

    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

NAME: Final = "wordings_model"
ACTOR: Final = "window"
PAUSE_MS: Final = 250  # an agreement is pasted, or typed in a paragraph at a time


@dataclass(frozen=True, slots=True)
class WordingsState:
    """`findings` is None while nobody knows. `owners`: (USCC, name); `shops`: (account id, label, USCC)."""

    text: str = ""
    name: str = ""
    kind: str = "agreement"
    findings: tuple[Finding, ...] | None = None
    history: tuple[CheckedWording, ...] | None = None
    owners: tuple[tuple[str, str], ...] = ()
    shops: tuple[tuple[int, str, str], ...] = ()
    keeping: bool = False

    def owner_of(self, uscc: str) -> str:
        return next((name for each, name in self.owners if each == uscc), uscc)


_Read = tuple[tuple[CheckedWording, ...], tuple[tuple[str, str], ...], tuple[tuple[int, str, str], ...]]


class WordingsModel(QObject):
    """`opened`: a text came from a file; `kept`: a check was kept."""

    changed = Signal(object)  # WordingsState
    opened = Signal(str)
    kept = Signal(object)  # CheckedWording

    def __init__(
        self, app: App, tasks: Tasks, messages: Messages, language: Callable[[], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(NAME)
        self._app, self._tasks, self._messages, self._language = app, tasks, messages, language
        self.state = WordingsState()
        self._spoken = language()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.look)

    def speak(self) -> None:
        """What the rules say is said anew in another language; until then nothing is said in the former one."""
        spoken = self._language()
        if spoken != self._spoken:
            self._spoken = spoken
            self._become(replace(self.state, findings=None))
            self.look()

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._messages.error, owner=self, key="load")

    def type(self, text: str) -> None:
        if text != self.state.text:
            self._become(replace(self.state, text=text, findings=None))
            self._pause.start()

    def choose(self, kind: str) -> None:
        self._become(replace(self.state, kind=kind, findings=None))
        self.look()

    def open(self, file: Path) -> None:
        from campaign_app.services.wording_files import text_of

        self._tasks.run(
            lambda _: text_of(file),
            lambda text: self._read_file(file.name, text),
            failed=self._messages.error, owner=self, key="file",
        )  # fmt: skip

    def look(self) -> None:
        """What the rules say of the text as it is now."""
        self._pause.stop()
        text, kind, language = self.state.text, self.state.kind, self._language()
        if not text.strip():
            self._become(replace(self.state, findings=()))
            return
        self._tasks.run(
            lambda _: self._app.wordings.look(text, kind, language),
            lambda found: self._looked(text, kind, found),
            failed=self._messages.error, owner=self, key="look",
        )  # fmt: skip

    def keep(self, entity_uscc: str, account_id: int) -> None:
        state = self.state
        self._become(replace(state, keeping=True))
        self._tasks.write(
            lambda _: self._app.wordings.check(
                state.text, state.kind, entity_uscc=entity_uscc, account_id=account_id, name=state.name, actor=ACTOR
            ),
            self._kept, failed=self._failed, owner=self,
        )  # fmt: skip

    def show(self, checked: CheckedWording) -> None:
        """The text of an earlier check, to be looked at again."""
        self._become(replace(self.state, kind=checked.kind))
        self._read_file(checked.name, checked.text)

    def _read_file(self, name: str, text: str) -> None:
        self._become(replace(self.state, text=text, name=name, findings=None))
        self.opened.emit(text)
        self.look()

    def _looked(self, text: str, kind: str, found: tuple[Finding, ...]) -> None:
        if (text, kind) == (self.state.text, self.state.kind):  # else the user typed on
            self._become(replace(self.state, findings=found))

    def _kept(self, checked: CheckedWording) -> None:
        history = (checked, *(self.state.history or ()))
        self._become(replace(self.state, keeping=False, history=history))
        self.kept.emit(checked)

    def _failed(self, error: AppError) -> None:
        self._become(replace(self.state, keeping=False))
        self._messages.error(error)

    def _read(self) -> _Read:
        owners = tuple((each.uscc, each.name) for each in self._app.workspace.accounts.entities())
        accounts = self._app.workspace.accounts.accounts()
        return self._app.wordings.history(), owners, tuple((a.id, a.label, a.entity_uscc) for a in accounts)

    def _loaded(self, read: _Read) -> None:
        history, owners, shops = read
        self._become(replace(self.state, history=history, owners=owners, shops=shops))

    def _become(self, state: WordingsState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
