"""Which fonts Qt finds, asked without a display."""

from __future__ import annotations


def chinese_families() -> tuple[str, ...]:
    """Families that have simplified Chinese, as Qt knows them; empty where Chinese would come out as boxes.

    A process without a `QGuiApplication` gets one for as long as this takes, off screen.
    """
    from PySide6.QtGui import QFontDatabase, QGuiApplication

    # the name keeps it alive: without an application there are no fonts
    asked = QGuiApplication.instance() or QGuiApplication(["campaign-app", "-platform", "offscreen"])
    families = tuple(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
    del asked
    return families
