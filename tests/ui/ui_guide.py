"""The window on a workspace, and what the guide of the first campaign says there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.guide_card import GuideCard
from campaign_app.ui.pages.guide_strip import GuideStrip
from campaign_app.ui.pages.guide_words import guide_of
from campaign_app.ui.pages.shell import Shell
from tests.helpers.driving import pause


class Guided:
    """The window on a workspace, and what its guide says."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.guide = desk, guide_of(desk)
        self.shell = Shell(desk.kit, desk.session)
        self.shell.attach(desk)
        self.shell.show()
        self.shell.activateWindow()

    def overview(self) -> GuideCard:
        self.desk.way.to("overview")
        self.guide.load()
        return self.find(GuideCard, "guide_card")

    def find(self, kind: type[Any], name: str) -> Any:
        found = self.shell.findChild(kind, name)
        assert found is not None, name
        return found

    def said(self) -> tuple[str, str, int]:
        """The step that is next, what the guide says of it, and how many are done; as the card shows them."""
        card = self.overview()
        (now,) = (line for line in card.lines.values() if line.state.text() == "下一步")
        ticked = [line for line in card.lines.values() if line.state.text() == "已完成"]
        assert card.tally.text() == f"已完成 {len(ticked)} / 6"
        assert [line for line in card.lines.values() if line.act.isVisible()] == [now]
        return now.title.text(), now.text.text(), len(ticked)

    def press(self) -> str:
        """Presses the card's one button; the name of what has the keyboard then."""
        card = self.overview()
        (act,) = (line.act for line in card.lines.values() if line.act.isVisible())
        QTest.mouseClick(act, Qt.MouseButton.LeftButton)
        return self.focused()

    def focused(self) -> str:
        pause(60)
        now = self.shell.focusWidget()
        return "" if now is None else now.objectName()

    def strip(self, campaign_id: int, step: str) -> GuideStrip:
        self.desk.way.to("campaigns", (campaign_id, step))
        editor: Any = self.shell.page("campaigns")
        made = editor.editor.guide
        assert isinstance(made, GuideStrip)
        return made

    def close(self) -> None:
        page: Any = self.shell._pages.get("campaigns")
        if page is not None and page.model.current is not None:
            page.model.close()
        self.shell.hide()
        self.shell.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@contextmanager
def window_of(desk: Desk) -> Iterator[Guided]:
    made = Guided(desk)
    yield made
    made.close()


@pytest.fixture
def guided(inline_desk: Desk) -> Iterator[Guided]:
    with window_of(inline_desk) as made:
        yield made
