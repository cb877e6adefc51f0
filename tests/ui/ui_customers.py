"""The page of customers, shown and counted, for the tests of what it lists and of its syncs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import Notice
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.widgets.facts import Facts

Show = Callable[[], CustomersPage]


def show_page(desk: Desk, qtbot: QtBot) -> CustomersPage:
    made = CustomersPage(desk)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: None not in {made.model.state.shops, made.model.state.found})
    return made


def texts(widget: QWidget) -> str:
    parts = [each for each in widget.findChildren(QWidget) if isinstance(each, QLabel | Facts) and not each.isHidden()]
    return "\n".join(each.text() if isinstance(each, QLabel) else each.accessibleName() for each in parts)


def read_drawer(page: CustomersPage, qtbot: QtBot) -> str:
    """What it says of the person, once it is whole: the window shows in its next turn what was laid out in this one."""

    def whole() -> bool:
        lists = page.drawer.findChildren(Facts)
        return page.model.state.person is not None and bool(lists) and not any(each.isHidden() for each in lists)

    qtbot.waitUntil(whole)
    return texts(page.drawer)


def notices(desk: Desk) -> list[Notice]:
    found: list[Notice] = []
    desk.kit.messages.told.connect(found.append)
    return found
