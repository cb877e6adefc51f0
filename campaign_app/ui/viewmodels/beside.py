"""The message that is shown on the telephone, as each sender would carry it, while somebody looks.

It follows what was checked last and never what is being typed: a keystroke waits for nothing here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import is_
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.errors import AppError
from campaign_app.services.beside import Channel, Side, channels_of, others, sides
from campaign_app.services.composing import Composed, Setting
from campaign_app.services.readers import Reader
from campaign_app.ui.viewmodels.composer import Composer, ComposerState

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.tasks import Task, Tasks

PAUSE_MS: Final = 200
Answer = tuple[tuple[Channel, ...], tuple[Side, ...]]


@dataclass(frozen=True, slots=True)
class BesideState:
    """`sides` is None until they are known; `fresh`: they are of the text that is there now. `composed`: its check.

    `everybody`: those too that no account is connected of.
    """

    sides: tuple[Side, ...] | None = None
    composed: Composed | None = None
    fresh: bool = False
    everybody: bool = False
    error: AppError | None = None

    @property
    def reader(self) -> Reader | None:
        return None if self.composed is None else self.composed.reader

    @property
    def unwritten(self) -> bool:
        return self.composed is not None and not self.composed.body.strip()


class Beside(QObject):
    """`changed` carries a BesideState. Nothing is asked before `begin` and after `end`."""

    changed = Signal(object)

    def __init__(
        self, app: App, tasks: Tasks, composer: Composer, language: Callable[[], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._composer, self._language = app, tasks, composer, language
        self._known: tuple[Setting, tuple[Channel, ...]] | None = None
        self._wanted: tuple[Setting | None, Composed | None] | None = None
        self._task: Task | None = None
        self._following = False
        self.state = BesideState()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._ask)
        composer.changed.connect(self._follow)  # a method, which is let go with its dialog

    def begin(self) -> None:
        self._following, self._known = True, None
        self._ask_soon(0)

    def end(self) -> None:
        self._following = False
        self._soon.stop()

    def show_everybody(self, *, on: bool) -> None:
        self._become(replace(self.state, everybody=on))
        self._ask_soon(0)

    def _follow(self, state: ComposerState) -> None:
        """Comes with every keystroke, and with all that is counted and tried out after it, which changes nothing."""
        if not self._following:
            return
        if not state.fresh:
            self._wanted = None
            self._soon.stop()
            if self._task is not None:
                self._task.cancel()  # it would take the interpreter from who is typing
            self._become(replace(self.state, fresh=False))
        elif self._wanted is None or not all(map(is_, self._wanted, (state.setting, state.composed))):
            self._ask_soon(PAUSE_MS)

    def _ask_soon(self, wait: int) -> None:
        now = self._composer.state
        self._wanted = now.setting, now.composed
        self._become(replace(self.state, fresh=False))
        self._soon.start(wait)

    def _ask(self) -> None:
        now, language, everybody = self._composer.state, self._language(), self.state.everybody
        setting, composed = now.setting, now.composed
        if not self._following or setting is None or composed is None or not now.fresh:
            return  # its check is under way, and is told when it ends
        known = self._known[1] if self._known is not None and self._known[0] is setting else None
        self._task = self._tasks.run(
            lambda task: self._sides(setting, composed, known, language, lambda: task.tick(0), everybody=everybody),
            lambda found: self._found(setting, composed, found, everybody=everybody),
            failed=self._failed,
            owner=self,
            key="beside",
        )

    def _sides(
        self,
        setting: Setting,
        of: Composed,
        known: tuple[Channel, ...] | None,
        language: str,
        tick: Callable[[], object],
        *,
        everybody: bool,
    ) -> Answer:
        app, uscc = self._app, setting.register.entity_uscc
        told = app.profiles.of(uscc).provider
        channels = channels_of(app.accounts, told, setting.register) if known is None else known
        shown = (*channels, *(others(channels, told) if everybody else ()))
        engine = app.composing.engine(language)
        return channels, sides(engine, setting, shown, of.body, of.signature, of.reader, tick)

    def _found(self, setting: Setting, composed: Composed, found: Answer, *, everybody: bool) -> None:
        channels, shown = found
        self._known = setting, channels
        now = self._composer.state
        if now.composed is composed and now.fresh and everybody == self.state.everybody:
            self._become(replace(self.state, sides=shown, composed=composed, fresh=True, error=None))

    def _failed(self, error: AppError) -> None:
        self._become(replace(self.state, error=error, sides=None, fresh=True))

    def _become(self, state: BesideState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
