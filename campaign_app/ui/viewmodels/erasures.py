"""The receipts of people of one account who were erased, by their platform's word or by their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.erasure import ErasureReceipt

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks


class ErasuresModel(QObject):
    changed = Signal(object)  # tuple[ErasureReceipt, ...], newest first

    def __init__(self, app: App, tasks: Tasks, messages: Messages, account_id: int) -> None:
        super().__init__()
        self._app, self._tasks, self._messages = app, tasks, messages
        self._account_id = account_id

    def load(self) -> None:
        self._tasks.run(
            lambda _: self._app.following.erasures(self._account_id),
            self._loaded,
            failed=self._messages.error,
            owner=self,
            key="load",
        )

    def _loaded(self, receipts: tuple[ErasureReceipt, ...]) -> None:
        self.changed.emit(receipts)
