"""Tabs as the pages have them: as wide as their words, and without a line below."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from campaign_app.ui.widgets.basics import column


def tab_bar(name: str, spoken: str, titles: Iterable[str], *, at: int = 0) -> QTabBar:
    made = QTabBar()
    made.setObjectName(name)
    made.setAccessibleName(spoken)
    made.setDrawBase(False)
    made.setExpanding(False)
    for title in titles:
        made.addTab(title)
    made.setCurrentIndex(at)
    return made


def over_panels(tabs: QTabBar, *panels: QWidget) -> QWidget:
    """The tabs, and below them the panel of the chosen one."""
    stack, made = QStackedWidget(), QWidget()
    for panel in panels:
        stack.addWidget(panel)
    stack.setCurrentIndex(tabs.currentIndex())
    tabs.currentChanged.connect(stack.setCurrentIndex)
    made.setLayout(column(tabs, stack, space=2, stretch=1))
    return made
