"""What the window tells its user: one bridge for notices of all pages, so that an error is never lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QObject, Signal

from campaign_app.domain.errors import AppError
from campaign_app.words import Words

# a function says it in the language of the moment; it must not need its page, which is built anew for another language:
# `translate("TheClass", "…")` where a page itself says `self.tr("…")`
Text = str | Callable[[], str]
translate = QCoreApplication.translate


def QT_TRANSLATE_NOOP(_context: str, source: str) -> str:  # noqa: N802 lupdate knows it by this name
    """Marks words that `translate` is given later, with the same context. PySide types its own as giving any object."""
    return source


class Level(StrEnum):
    INFO = "info"
    OK = "ok"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Notice:
    """`action` with its `label` is offered as a button (undo, try again, go and fix). `about`: the file it speaks of,

    of which good news puts an end to bad.
    """

    level: Level
    said: Text
    code: str = ""
    named: Text = ""
    action: Callable[[], None] | None = field(default=None, repr=False)
    about: str = ""

    @property
    def text(self) -> str:
        return _now(self.said)

    @property
    def label(self) -> str:
        return _now(self.named)


class Messages(QObject):
    """`told` carries notices for the bar above the page; the last one is kept for whoever comes later."""

    told = Signal(object)

    def __init__(self, words: Callable[[], Words], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.last: Notice | None = None

    @property
    def words(self) -> Words:
        """In the language that is in force."""
        return self._words()

    def error(self, error: AppError, *, label: Text = "", action: Callable[[], None] | None = None) -> None:
        """An expected error, in the user's words."""
        about = str(error.facts.get("file", ""))
        self._tell(Notice(Level.BLOCK, lambda: self.words.error(error), error.code, label, action, about))

    def failed(self, text: Text, code: str, *, label: Text = "", action: Callable[[], None] | None = None) -> None:
        """An expected error in words of the page, which knows what was kept."""
        self._tell(Notice(Level.BLOCK, text, code, label, action))

    def overtaken(self, error: AppError, mine: Callable[[], None], of: str = "") -> None:
        """Somebody else changed it meanwhile, and what they wrote is shown now; `mine` writes over it all the same.

        `of` names it where whoever is told may have left it already.
        """

        def said() -> str:
            told = self.words.error(error)
            return translate("Messages", "{}：{}").format(of, told) if of else told

        self.failed(said, error.code, label=use_mine, action=mine)

    def done(self, text: Text, *, label: Text = "", action: Callable[[], None] | None = None, about: str = "") -> None:
        self._tell(Notice(Level.OK, text, "", label, action, about))

    def info(self, text: Text) -> None:
        self._tell(Notice(Level.INFO, text))

    def warn(self, text: Text, *, label: Text = "", action: Callable[[], None] | None = None, code: str = "") -> None:
        """`code` is that of what it warns of, by which it can be withdrawn."""
        self._tell(Notice(Level.WARN, text, code, label, action))

    def _tell(self, notice: Notice) -> None:
        self.last = notice
        self.told.emit(notice)


def use_mine() -> str:
    """What writes over another window's all the same."""
    return translate("Messages", "仍用我的")


def _now(text: Text) -> str:
    return text if isinstance(text, str) else text()
