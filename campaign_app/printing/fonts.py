"""Which fonts Qt finds, asked without a display, and those that documents are set in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import current_thread, main_thread
from typing import Final

from campaign_app.domain.errors import SettingsError

# in the order of preference: Debian and Ubuntu, Windows (which may say them in Chinese), macOS
_TEXT: Final = ("Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "宋体", "Songti SC", "STSong")
_HEADS: Final = (
    *("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "微软雅黑", "SimHei", "黑体"),
    *("PingFang SC", "Heiti SC"),
)


@dataclass(frozen=True, slots=True)
class Families:
    """Of a document in Chinese: one with feet for text, one without for headings and tables."""

    text: str
    heads: str


@contextmanager
def drawing() -> Iterator[None]:
    """Qt ready to draw text.

    Without an application there are no fonts: a process that has none gets one for as long as this takes, off screen;
    that has to be on the main thread. Where there is one, any thread will do: layouts and painting onto a PDF are
    reentrant in Qt.
    """
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is not None:
        yield
        return
    if current_thread() is not main_thread():
        raise RuntimeError("Qt's application belongs to the main thread")
    # Windows draws without a window as well; off screen Qt looks for fonts beside itself there, and finds none
    platform = "windows" if sys.platform == "win32" else "offscreen"
    made = QGuiApplication(["campaign-app", "-platform", platform])
    try:
        yield
    finally:
        made.shutdown()  # PySide keeps it otherwise, and a window could not have one of its own


def chinese_families() -> tuple[str, ...]:
    """Families that have simplified Chinese, as Qt knows them; empty where Chinese would come out as boxes."""
    from PySide6.QtGui import QFontDatabase

    with drawing():
        return tuple(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))


def document_families() -> Families:
    """Raises SettingsError("no_chinese_font"): a document of boxes is none."""
    there = chinese_families()
    if not there:
        raise SettingsError("no_chinese_font", "No font has Chinese characters")
    text = next((name for name in _TEXT if name in there), None)
    heads = next((name for name in _HEADS if name in there), None)
    return Families(text or heads or there[0], heads or text or there[0])
