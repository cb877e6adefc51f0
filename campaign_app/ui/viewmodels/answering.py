"""What a model is that dialogs ask for something: each answer comes back with the token of the dialog that asked."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.errors import AppError


class Answering(QObject):
    """`kept`: what was asked for was done. `refused` has the error besides; a dialog that shows it sets `heard`."""

    kept = Signal(object)
    refused = Signal(object, object)
    heard = False

    def refuse(self, token: object, error: AppError) -> bool:
        """Whether the dialog that asked still stood there, and said it."""
        self.heard = False
        self.refused.emit(token, error)
        return self.heard
