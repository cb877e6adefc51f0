"""Who did something, in the window's words, told from what was put down (`domain.team.signed`)."""

from __future__ import annotations

from typing import Final

from campaign_app.ui.messages import QT_TRANSLATE_NOOP, translate

WINDOW: Final = "window"
_PARTS: Final = {
    WINDOW: QT_TRANSLATE_NOOP("Actors", "本机操作人"),
    "cli": QT_TRANSLATE_NOOP("Actors", "命令行"),
    "worker": QT_TRANSLATE_NOOP("Actors", "后台进程"),
    "platform": QT_TRANSLATE_NOOP("Actors", "平台"),
    "program": QT_TRANSLATE_NOOP("Actors", "本程序"),
    "": QT_TRANSLATE_NOOP("Actors", "本程序"),
}


def who(actor: str) -> str:
    """A person by their login, beside what acted for them unless that is their own window; else what acted."""
    person, named, part = actor.rpartition("/")
    if named and part == WINDOW:
        return person
    known = translate("Actors", _PARTS[part]) if part in _PARTS else part
    return f"{person} · {known}" if named and part in _PARTS else actor if named else known


def parts_called(text: str) -> frozenset[str]:
    """What is kept of those whose words hold this text."""
    sought = text.strip().casefold()
    return frozenset(part for part, said in _PARTS.items() if part and sought in translate("Actors", said).casefold())
