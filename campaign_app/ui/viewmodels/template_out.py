"""A campaign's text on its way to a provider: written its way, and what that provider will not take of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from campaign_app.compliance.providers import Provider
from campaign_app.domain.errors import AppError
from campaign_app.services.composing import Setting
from campaign_app.services.provider_templates import Exported, Refusals, notation_of, save_text, write

if TYPE_CHECKING:
    from campaign_app.services.composing import Composing
    from campaign_app.ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class TemplateOutState:
    """`notation` "" : the provider's own. `refusals` is None until the provider's rules have answered."""

    body: str
    signature: str
    setting: Setting
    provider: str
    notation: str = ""
    providers: Mapping[str, Provider] = field(default_factory=dict)
    exported: Exported | None = None
    error: AppError | None = None
    refusals: Refusals | None = None
    unchecked: AppError | None = None

    @property
    def own_notation(self) -> str:
        known = self.providers.get(self.provider)
        return notation_of(known) if known is not None else ""


class TemplateOut(QObject):
    """`changed` carries a TemplateOutState, `saved` the name of a file that was written, `failed` why it was not."""

    changed = Signal(object)
    saved = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        composing: Composing,
        tasks: Tasks,
        setting: Setting,
        *,
        body: str,
        signature: str,
        language: str,
    ) -> None:
        super().__init__()
        self._composing, self._tasks, self._language = composing, tasks, language
        self.state = TemplateOutState(body, signature, setting, setting.base.provider)

    def load(self) -> None:
        self._tasks.run(lambda _: self._composing.providers(self._language), self._known, owner=self, key="providers")

    def choose(self, provider: str) -> None:
        """With its own notation, whatever was chosen for another."""
        self._write(replace(self.state, provider=provider, notation=""))
        self._check()

    def set_notation(self, notation: str) -> None:
        self._write(replace(self.state, notation=notation))

    def save(self, file: Path) -> None:
        exported = self.state.exported
        if exported is not None:
            self._tasks.write(
                lambda _: save_text(exported.text, file),
                lambda _: self.saved.emit(file.name),
                failed=self.failed.emit,
                owner=self,
            )

    def _known(self, providers: Mapping[str, Provider]) -> None:
        provider = self.state.provider if self.state.provider in providers else "generic"
        self._write(replace(self.state, providers=providers, provider=provider))
        self._check()

    def _write(self, state: TemplateOutState) -> None:
        exported, error = None, None
        try:
            exported = write(state.body, state.notation or state.own_notation)
        except AppError as refused:
            error = refused
        self._become(replace(state, exported=exported, error=error))

    def _check(self) -> None:
        state, language = self.state, self._language
        self._become(replace(state, refusals=None, unchecked=None))
        self._tasks.run(
            lambda _: self._composing.refused_by(state.provider, state.setting, state.body, state.signature, language),
            lambda found: self._become(replace(self.state, refusals=found)),
            failed=lambda error: self._become(replace(self.state, unchecked=error)),
            owner=self,
            key="check",
        )

    def _become(self, state: TemplateOutState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
