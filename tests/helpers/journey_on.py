"""What else a user does in the demo's window: a file imported and taken back, a campaign planned, held and stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTableView, QWidget

from campaign_app.demo import SAMPLE
from campaign_app.domain.campaign import CampaignState
from campaign_app.ui.itemmodels.campaigns import ROW
from tests.helpers.answering import answer
from tests.helpers.driving import apart, pause, wait_for
from tests.helpers.journey import Journey

NO_KEY = Qt.KeyboardModifier.NoModifier
SLOW_SECONDS = 5.0  # for each batch after the first: the next gesture comes before the last of them
QUIET_MS = 1_000  # in which a batch would leave if one still could


class LongerJourney(Journey):
    def file_to_trial(self) -> None:
        """The demo's own file is dropped on the wizard, which shows what is in it, and tried out."""
        self.driver.click("nav_customers")
        self._listed("customers_table")
        self.driver.click("customers_import")
        area = self.driver.wait(QWidget, "import_drop")
        pause(0)  # the file is dropped in a turn of its own
        self._at("import_file")
        _drop(area, self.application.session.plan.folder / SAMPLE)
        self._listed("import_preview")
        self._at("import_preview")
        self.driver.click("import_next")
        self._listed("import_trial_sums")
        self._at("import_trial")

    def import_and_undo(self) -> tuple[str, str]:
        """Returns what the report said, and what was said once it was taken back."""
        self.driver.click("import_next")
        self._listed("import_report_sums")
        done = self._said("import_done")
        self._at("import_done")
        self._surely("import_undo")
        wait_for(lambda: self._said("import_done") not in {done, "正在撤销…"}, "the import to be taken back")
        undone = self._said("import_done")
        self._at("import_undone")
        self.driver.click("import_next")
        wait_for(lambda: QApplication.activeModalWidget() is None, "the wizard to be closed")
        return done, undone

    def plan(self) -> None:
        """For later: the time that is suggested."""
        self.driver.click("plan_later")
        wait_for(self._may_leave, "the campaign to be ready to be planned")
        self._surely("sending_primary")
        wait_for(lambda: self.state is CampaignState.SCHEDULED, "the plan")
        self._at("planned")

    def cancel(self) -> tuple[str, str]:
        """Returns the headline and the hint under the numbers."""
        self._surely("run_cancel")
        wait_for(lambda: self.state is CampaignState.CANCELLED, "the campaign to be cancelled")
        wait_for(self._settled, "the batch at hand to be settled")
        self._at("cancelled")
        return self._said("run_headline"), self._said("run_hint")

    def copy(self) -> None:
        """A new draft like the newest campaign, opened at its screening."""
        self.driver.click("nav_campaigns")
        table = self._back_to_list()
        before = table.model().rowCount()
        self.application.shell.activateWindow()  # off screen no window manager does it when a dialog is closed
        first = table.visualRect(table.model().index(0, 0))
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=first.center())
        wait_for(table.hasFocus, "the keyboard to be the table's")
        self.driver.press("campaign_table", Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        wait_for(lambda: table.model().rowCount() == before + 1, "the copy")
        wait_for(lambda: (of := table.currentIndex().data(ROW)) and of.campaign.state is CampaignState.DRAFT, "its row")
        self.driver.press("campaign_table", Qt.Key.Key_Return)
        self.driver.wait(QWidget, "campaign_editor")
        assert self.state is CampaignState.DRAFT

    def begin_to_send(self) -> None:
        """One batch is settled, and the platform has the next, for which it is slow to answer."""
        self._fault(fault="slow_body", path="/v1/messages", times=1_000, after=1, seconds=SLOW_SECONDS)
        wait_for(self._may_leave, "the campaign to be ready to leave")
        self._surely("sending_primary")
        wait_for(lambda: self.taken() > self._counted() > 0, "a batch to be at hand")

    def hold(self) -> int:
        """Paused; returns how many the platform has by then, which stay as many while it is."""
        self.driver.click("run_pause")
        wait_for(lambda: self.state is CampaignState.PAUSED, "the pause")
        wait_for(self._settled, "the batch at hand to be settled")
        held = self.taken()
        pause(QUIET_MS)
        assert self.taken() == held
        self._at("held")
        return held

    def go_on(self) -> None:
        """At full speed."""
        self._fault()
        self.driver.click("run_resume")
        wait_for(lambda: self.state is CampaignState.DONE, "the sending to end")

    def _back_to_list(self) -> QTableView:
        self.driver.click("editor_close")
        return self._listed("campaign_table")

    def ledger(self) -> dict[str, Any]:
        return apart(super().ledger)

    def taken(self) -> int:
        """How many messages of the campaign that is open the platform accepted."""
        each = self.ledger()["by_campaign"].items()
        return sum(found["accepted"] for key, found in each if key.endswith(f"-{self.model.id}"))

    def _counted(self) -> int:
        return self.model.view.counts.get("accepted", 0)

    def _settled(self) -> bool:
        """The window counts what the platform does."""
        return self.taken() == self._counted()

    def _fault(self, **rule: object) -> None:
        """What befalls the platform from now on instead of what did."""
        desk = self.application.desk
        assert desk is not None
        accounts, body = desk.app.accounts, {"clear": True, "next": [rule] if rule else []}

        def order() -> None:
            url = f"{accounts.all()[0].base_url}/sandbox/faults"
            requests.post(url, json=body, timeout=30).raise_for_status()

        apart(order)

    def _surely(self, name: str) -> None:
        """Presses what asks whether it is meant, and says yes."""
        self.driver.wait(QWidget, name)
        answer("confirm_yes")
        self.driver.click(name)

    def _said(self, name: str) -> str:
        return self.driver.wait(QLabel, name).text()


def _drop(area: QWidget, file: Path) -> None:
    """As a file manager does."""
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(file))])
    at, copy, left, none = area.rect().center(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, NO_KEY
    for event in (
        QDragEnterEvent(at, copy, carried, left, none),
        QDropEvent(QPointF(at), copy, carried, left, none),
    ):
        QApplication.sendEvent(area, event)
