"""What a model is that dialogs ask for something: each answer comes back with the token of the dialog that asked."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Answering(QObject):
    """`kept`: what was asked for was done. `refused` has the error besides."""

    kept = Signal(object)
    refused = Signal(object, object)
