"""The templates of the sender accounts as their list shows them: read when somebody looks, kept until read again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import AppError
from campaign_app.domain.signature import FiledTemplate
from campaign_app.services.templates import AccountTemplates

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Row:
    account: Account
    template: FiledTemplate


@dataclass(frozen=True, slots=True)
class TemplatesState:
    """`rows` is None until they were read. `silent`: accounts that did not list theirs, and why."""

    rows: tuple[Row, ...] | None = None
    silent: tuple[tuple[str, AppError], ...] = ()
    reading: bool = False
    opened: Row | None = None

    @property
    def approved(self) -> int:
        return sum(row.template.status == "approved" for row in self.rows or ())


class TemplatesModel(QObject):
    changed = Signal(object)  # TemplatesState

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("templates_model")
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = TemplatesState()

    def load(self) -> None:
        """Asks every provider."""
        self._become(replace(self.state, reading=True))
        self._tasks.run(
            lambda _: self._app.templates.read(), self._loaded, failed=self._failed, owner=self, key="templates"
        )

    def open(self, row: Row | None) -> None:
        self._become(replace(self.state, opened=row))

    def _loaded(self, found: tuple[AccountTemplates, ...]) -> None:
        rows = tuple(Row(each.account, template) for each in found for template in each.templates)
        silent = tuple((each.account.label, each.error) for each in found if each.error is not None)
        opened = self.state.opened if self.state.opened in rows else None
        self._become(TemplatesState(rows, silent, opened=opened))

    def _failed(self, error: AppError) -> None:
        self._become(replace(self.state, reading=False))
        self._messages.error(error)

    def _become(self, state: TemplatesState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
