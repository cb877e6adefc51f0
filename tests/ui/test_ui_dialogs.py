"""Every dialog for whoever hears it or has no mouse: names, the way of the Tab key, F1, and boxes to toggle."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMetaMethod, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot
from test_ui_accessible import Survey, above, controls, corner, look_for_names, tabs, walk, where
from test_ui_questions import focus

from campaign_app.logins import AtLogin
from campaign_app.services.people import Person
from campaign_app.ui.pages.closing_dialog import ClosingDialog
from campaign_app.ui.pages.crash_dialog import CrashDialog
from campaign_app.ui.pages.lift_dialog import LiftQuestion
from campaign_app.ui.pages.new_campaign import NewCampaign
from campaign_app.ui.pages.person_requests import EraseQuestion, RestrictQuestion, requests_of
from campaign_app.ui.pages.steps.sending_plan import PlanCard
from campaign_app.ui.viewmodels.closing import OnItsWay
from campaign_app.ui.viewmodels.person import PersonModel
from campaign_app.ui.widgets.ask import Question
from campaign_app.ui.widgets.checklist import CheckRow, Item
from campaign_app.ui.widgets.dialog import Dialog
from tests.helpers.windowed import Windowed

Open = Callable[[Windowed], object]


def page(window: Windowed, key: str, what: object = None) -> Any:
    window.desk.way.to(key, what)
    window.settle()
    return window.shell.page(key)


def section(window: Windowed, key: str) -> Any:
    return page(window, "settings", key).section(key)


def peaks(window: Windowed) -> Any:
    return page(window, "compliance", "peaks").sections["peaks"]


def content(window: Windowed) -> Any:
    return page(window, "campaigns", (window.ids["draft"], "content")).editor.step


def closing(w: Windowed) -> Dialog:
    names = [OnItsWay("双十一", None), OnItsWay("双十二", w.desk.app.clock())]
    why_not = w.desk.kit.words.error
    login = AtLogin()
    return ClosingDialog(names, tray=True, demo=False, own_worker=True, login=login, why_not=why_not, parent=w.shell)


def person_drawer(w: Windowed) -> Any:
    return page(w, "customers", 1).drawer


def opened_person(w: Windowed) -> tuple[PersonModel, Person]:
    drawer = person_drawer(w)
    return requests_of(w.desk, drawer._model), drawer._model.state.person


DIALOGS: dict[str, Open] = {
    "new campaign": lambda w: page(w, "campaigns", "new"),
    "columns": lambda w: page(w, "customers").columns.click(),
    "imports": lambda w: page(w, "customers")._show_imports(),
    "import": lambda w: page(w, "customers")._import(),
    "person requests": lambda w: person_drawer(w).ask(),
    "person erase": lambda w: EraseQuestion(w.desk.kit, *opened_person(w), w.shell).open(),
    "person lift": lambda w: LiftQuestion(w.desk.kit, *opened_person(w), w.shell).open(),
    "person restrict": lambda w: RestrictQuestion(w.desk.kit, *opened_person(w), w.shell).open(),
    "own signature": lambda w: page(w, "signatures").state_one.click(),
    "shortcuts": lambda w: w.shell.show_shortcuts(),
    "evidence": lambda w: page(w, "records").export_dialog(),
    "verify": lambda w: page(w, "records").check_dialog(Path("a.zip")),
    "peak plan": lambda w: peaks(w).plan_dialog(None),
    "peak word": lambda w: peaks(w).list.rows["support"].tick.click(),
    "peak pause": lambda w: peaks(w).ask_pause(drill=True),
    "backup": lambda w: section(w, "workspace")._back_up(),
    "restore": lambda w: section(w, "workspace")._restore(),
    "passphrase": lambda w: section(w, "workspace")._change(),
    "connect": lambda w: section(w, "accounts").connect_account(),
    "template in": lambda w: content(w).templates.bring(),
    "template out": lambda w: content(w).templates.give(),
    "beside": lambda w: content(w).compare(),
    "closing": lambda w: closing(w).open(),
    "crash": lambda w: CrashDialog("Traceback", w.shell).open(),
    "question": lambda w: Question(w.shell, "删除？", "不能恢复。", yes="删除", no="保留", danger=True).open(),
}


@pytest.fixture
def dialog(window: Windowed, request: pytest.FixtureRequest) -> Any:
    window.activate()
    DIALOGS[request.param](window)
    window.settle()
    found = [each for each in window.shell.findChildren(Dialog) if each.isVisible()]
    assert len(found) == 1, "it opens"
    found[0].activateWindow()
    window.settle()
    yield found[0]
    found[0].reject()
    found[0].deleteLater()
    window.settle()


@pytest.mark.parametrize("dialog", DIALOGS, indirect=True)
def test_a_dialog_is_operated_and_heard_without_a_mouse(dialog: Dialog, window: Windowed) -> None:
    survey = Survey()
    look_for_names("", dialog, survey)
    assert (survey.nameless, survey.without_role) == (set(), set())
    wanted = {each for each in controls(dialog) if tabs(each) and not beside_a_checked_one(each)}
    way = walk(dialog, Qt.Key.Key_Tab, len(wanted) + 20)
    assert wanted - set(way) == set()
    top = min(way, key=lambda each: (corner(each, dialog).y(), corner(each, dialog).x()))
    turned = way[way.index(top) :] + way[: way.index(top)]
    assert [where(after) for before, after in pairwise(turned) if above(after, before, dialog)] == []
    assert deaf(dialog) == []
    assert [each.data() for each in dialog.findChildren(QAction)].count("window.help") == 1
    QTest.keyClick(dialog, Qt.Key.Key_F1)
    assert window.shell.help is not None
    assert window.shell.help.isVisible()
    window.shell.close_help()


def test_enter_on_cancel_makes_nothing(window: Windowed, qtbot: QtBot) -> None:
    campaigns = page(window, "campaigns", "new")
    window.settle()
    dialog = window.shell.findChild(NewCampaign)
    cancel, before = dialog.findChild(QPushButton, "new_cancel"), window.desk.app.campaigns.all()
    focus(cancel, qtbot)
    QTest.keyClick(cancel, Qt.Key.Key_Return)
    window.settle()
    assert window.shell.findChild(NewCampaign) is None, "it is closed"
    assert window.desk.app.campaigns.all() == before
    assert campaigns.isVisible()


def test_enter_presses_a_button_of_a_page(window: Windowed, qtbot: QtBot) -> None:
    page(window, "overview")
    button = window.shell.navigation.buttons["customers"]
    focus(button, qtbot)
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert window.shell.current == "customers"


def beside_a_checked_one(widget: QWidget) -> bool:
    """Arrows go from the one of several that is chosen to the others."""
    if not isinstance(widget, QRadioButton) or widget.isChecked():
        return False
    above_it = widget.parentWidget()
    return above_it is not None and any(each.isChecked() for each in above_it.findChildren(QRadioButton))


def deaf(shown: QWidget) -> list[str]:
    """Boxes and buttons that hear a click alone: a screen reader toggles them, and nothing would come of it."""
    boxes = [each for each in shown.findChildren(QWidget) if isinstance(each, QCheckBox | QRadioButton)]
    clicked, toggled = (QMetaMethod.fromSignal(each) for each in (QCheckBox().clicked, QCheckBox().toggled))
    return [b.objectName() for b in boxes if b.isSignalConnected(clicked) and not b.isSignalConnected(toggled)]


def test_no_box_of_any_page_is_deaf(window: Windowed) -> None:
    found = {f"{name}: {each}" for name, shown in window.views() for each in deaf(shown)}
    assert found == set()


def toggle(box: QWidget) -> None:
    """As assistive technology does it."""
    heard = QAccessible.queryAccessibleInterface(box).actionInterface()
    assert heard is not None
    heard.doAction(heard.toggleAction())


def test_a_warning_is_confirmed_and_a_time_is_chosen_by_a_screen_reader(window: Windowed) -> None:
    theme, told = window.desk.kit.theme, []
    row = CheckRow(theme, Item("warning:X", "warn", "请看", "提醒", "…", ticked=False, confirm="我已确认"))
    row.ticked.connect(lambda key, on: told.append((key, on)))
    toggle(row.tick)
    row.show_item(Item("warning:X", "warn", "请看", "提醒", "…", ticked=False, confirm="我已确认"))
    plan = PlanCard(theme)
    plan.later.connect(told.append)
    toggle(plan.at_time)
    assert told == [("warning:X", True), True], "what is drawn is told to nobody"
