"""Every page, in both languages, for whoever hears it or has no mouse: names, roles, and the way of the Tab key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, pairwise

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLabel, QScrollArea, QWidget

from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.widgets import pill
from campaign_app.ui.widgets.bars import Bars
from campaign_app.ui.widgets.pill import Pill
from campaign_app.ui.widgets.stepper import StepButton
from tests.helpers.windowed import Language, Windowed

NO_ROLE = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Border, QAccessible.Role.Pane)
LANGUAGES = (Language("zh_CN"), Language("en"))


class Watch(QObject):
    """Windows that appear."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(where(watched))
        return False


@dataclass
class Survey:
    """What is wrong, as `view: widget`, of one walk through every view."""

    views: list[str] = field(default_factory=list)
    worded: int = 0
    nameless: set[str] = field(default_factory=set)
    without_role: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    backwards: set[str] = field(default_factory=set)
    coloured: set[str] = field(default_factory=set)
    windows: set[str] = field(default_factory=set)


@pytest.fixture(scope="module", params=LANGUAGES, ids=str)
def survey(window: Windowed, request: pytest.FixtureRequest) -> Iterator[Survey]:
    window.speak(request.param)
    window.activate()
    made, watch, qt = Survey(), Watch(), QApplication.instance()
    assert qt is not None
    qt.installEventFilter(watch)
    for name, shown in chain(window.views(), window.guided()):
        made.views.append(name)
        look_for_names(name, shown, made)
        look_for_colours(name, shown, made)
        if name != "palette":  # every key is its field's
            look_for_the_way(name, shown, made)
    qt.removeEventFilter(watch)
    made.windows = {each for each in watch.seen if not each.startswith("ShortcutSheet")}
    yield made
    window.speak(LANGUAGES[0])


def controls(shown: QWidget) -> list[QWidget]:
    """Whatever can have the keyboard, but what belongs to another: the list in a box, the field in a spin box."""
    every = (each for each in shown.findChildren(QWidget) if each.isVisible() and each.isEnabled())
    return [each for each in every if each.focusPolicy() is not Qt.FocusPolicy.NoFocus and each.focusProxy() is None]


def where(widget: QWidget) -> str:
    above = widget.parentWidget()
    return (
        f"{type(widget).__name__} {widget.objectName()} in {type(above).__name__} {above.objectName() if above else ''}"
    )


def beside_a_chosen_one(widget: QWidget) -> bool:
    """Of such a group the Tab key stops at the one that is chosen; arrows go from it to the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    chosen = group.checkedButton() if group is not None and group.exclusive() else None
    return chosen is not None and chosen is not widget


def look_for_names(name: str, shown: QWidget, survey: Survey) -> None:
    painted = [each for each in shown.findChildren(QWidget) if each.isVisible() and paints(each)]
    for each in {*controls(shown), *painted}:
        heard = QAccessible.queryAccessibleInterface(each)
        assert heard is not None, where(each)
        if not heard.text(QAccessible.Text.Name).strip():
            survey.nameless.add(f"{name}: {where(each)}")
        if each not in painted and not isinstance(each, QAbstractScrollArea) and heard.role() in NO_ROLE:
            survey.without_role.add(f"{name}: {where(each)}: {heard.role().name}")


def paints(widget: QWidget) -> bool:
    """A widget of ours that draws itself, which nobody can read who does not see it."""
    return type(widget).__module__.startswith("campaign_app") and "paintEvent" in vars(type(widget))


def look_for_the_way(name: str, shown: QWidget, survey: Survey) -> None:
    wanted = [each for each in controls(shown) if not beside_a_chosen_one(each)]
    way = walk(shown, Qt.Key.Key_Tab, len(wanted) + 20)
    survey.missed |= {f"{name}: {where(each)}" for each in wanted if each not in way and tabs(each)}
    for before, after in pairwise(way):
        if above(after, before, shown) and after is not way[0]:
            survey.backwards.add(f"{name}: {where(before)} → {where(after)}")


def look_for_colours(name: str, shown: QWidget, survey: Survey) -> None:
    """Pills, steps and bars have words; so has whatever the sheet colours by its level, or a picture."""
    for each in (widget for widget in shown.findChildren(QWidget) if widget.isVisible()):
        bare = False
        if isinstance(each, Pill):
            survey.worded += 1
            bare = not each.text.strip()
        elif isinstance(each, QLabel) and each.property("role") in ("block", "warn", "ok"):
            bare = not each.text().strip() and each.pixmap().isNull()
        elif isinstance(each, Bars):
            bare = not all(row.accessibleName().strip() for row in each.rows.values())
        elif isinstance(each, StepButton):
            bare = not each.note
        if bare:
            survey.coloured.add(f"{name}: {where(each)}")


def tabs(widget: QWidget) -> bool:
    """Where everything is seen nothing is scrolled, and nothing would show that it has the keyboard."""
    if isinstance(widget, QScrollArea) and not (
        widget.verticalScrollBar().maximum() or widget.horizontalScrollBar().maximum()
    ):
        return False
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def walk(shown: QWidget, key: Qt.Key, most: int) -> list[QWidget]:
    """Where each press goes, until it comes round to where it began; within a date it goes from part to part."""
    found: list[QWidget] = []
    for _ in range(most):
        QTest.keyClick(shown.focusWidget() or shown, key)
        now = shown.focusWidget()
        if now is None or (len(set(found)) > 1 and now is found[0]):
            break
        found.append(now)

    def first(index: int) -> tuple[bool, int]:
        at = corner(found[index], shown)  # of the navigation the uppermost, wherever in it the walk began
        return at.x() > 188, index if at.x() > 188 else at.y()

    top = min(range(len(found)), key=first, default=0)
    return found[top:] + found[:top]


def above(after: QWidget, before: QWidget, shown: QWidget) -> bool:
    """`after` ends above where `before` begins, and is not in a column to the right of it."""
    first, second = corner(before, shown), corner(after, shown)
    if before.isAncestorOf(after) or scrolled(after) is not scrolled(before):
        return False
    return second.y() + after.height() <= first.y() and second.x() < first.x() + before.width()


def corner(widget: QWidget, shown: QWidget) -> QPoint:
    return widget.mapTo(shown, QPoint(0, 0))


def scrolled(widget: QWidget) -> QWidget | None:
    """What scrolls away while the Tab key goes through it is not compared with what stands still."""
    part = widget.parentWidget()
    while part is not None and not isinstance(part, QAbstractScrollArea):
        part = part.parentWidget()
    return part


def test_every_control_has_a_name_and_a_role_and_every_picture_a_name(survey: Survey) -> None:
    assert len(survey.views) > 20
    assert survey.nameless == set()
    assert survey.without_role == set()


def test_the_tab_key_reaches_everything_in_the_order_of_reading(survey: Survey) -> None:
    assert survey.missed == set()
    assert survey.backwards == set()


def test_what_is_grave_is_never_said_by_colour_alone(survey: Survey) -> None:
    assert survey.worded > 10
    assert survey.coloured == set()
    assert len({pill.ICONS[level] for level in ("ok", "warn", "block", "info")} - {""}) == 4


def test_no_part_of_a_page_is_ever_a_window_of_its_own(survey: Survey) -> None:
    """A part that is shown before it has a place flashes, and takes the keyboard along."""
    assert survey.windows == set()


def test_the_way_back_is_the_same(window: Windowed) -> None:
    window.activate()
    window.desk.way.to("campaigns")
    window.settle()
    there = walk(window.shell, Qt.Key.Key_Tab, 40)
    back = walk(window.shell, Qt.Key.Key_Backtab, 40)
    assert len(there) > 4
    assert set(there) == set(back)
    turned = [*reversed(back)]
    at = turned.index(there[0])
    assert turned[at:] + turned[:at] == there


def test_a_screen_reader_toggles_where_others_click(window: Windowed) -> None:
    """Qt's interfaces call `toggle`, after which nothing is `clicked`."""
    window.desk.way.to("overview")
    window.shell.navigation.buttons["campaigns"].toggle()
    assert window.shell.current == "campaigns"
    window.desk.way.to("campaigns", (window.ids["screened"], "content"))
    step = window.shell.findChild(StepButton, "step_sending")
    assert step is not None
    step.toggle()
    page = window.shell.page("campaigns")
    assert isinstance(page, CampaignsPage)
    assert page.model.step == "sending"
    page.model.close()
