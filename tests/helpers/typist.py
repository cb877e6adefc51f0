"""`python -m tests.helpers.typist FOLDER PASSPHRASE CAMPAIGN DEED`: the real window, somebody who types, and kill -9.

What the window shows of the campaign at the start is printed as a line of JSON. Then the deed is done, and what was
typed by the time of the kill is the last line. Deeds: `end` ends in order; `fill` fills in everything and is killed a
second after the last key (where the machine is too slow for that, once what was begun is stored); `on` types on and
is killed at the last key; `write` is killed while the text is being written; `hurry` types without any pause.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from campaign_app.domain.audience import Op
from campaign_app.services.campaigns import Campaigns
from campaign_app.ui import app
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.steps.content_signature import TEXT
from campaign_app.ui.viewmodels.audience import AudienceModel
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.composer import LATEST_MS, SAVE_MS, Composer
from campaign_app.ui.viewmodels.session import SessionState
from campaign_app.ui.widgets.message_edit import MessageEdit
from tests.helpers.driving import Driver, pause, wait_for

SECOND: Final = 1_000
BETWEEN: Final = 40  # milliseconds between two keys: no pause that saves
AMIDST: Final = 0.004  # seconds after a writing began
FILLED: Final = "双十一会员专享：店内冬装满300元减50元，详询4000001234。拒收请回复R"
ON: Final = " and more"
SPENT: Final = "100"
SIGNATURE: Final = "安宁折扣"


class Typist:
    def __init__(self, window: app.Application, campaign: int) -> None:
        self._window, self._campaign = window, campaign
        self._driver = Driver(lambda: window.shell)

    def do(self, deed: str) -> None:
        self._look()
        getattr(self, f"_{deed}")()

    def _look(self) -> None:
        self._go("audience")
        audience = self._model.findChild(AudienceModel)
        assert audience is not None
        wait_for(lambda: audience.state.total is not None and not audience.state.counting, "the conditions")
        fields = self._window.shell.findChildren(QLineEdit)
        values = [each.text() for each in fields if each.objectName().startswith("condition_value_")]
        self._go("content")
        wait_for(lambda: self._composer.state.setting is not None, "the signatures")
        signature = self._driver.wait(QComboBox, "signature").currentData(TEXT)
        _say(conditions=values, signature=signature, text=self._edit.text)

    def _fill(self) -> None:
        """The text last: whoever leaves a step has it saved by that."""
        self._go("audience")
        audience = self._model.findChild(AudienceModel)
        assert audience is not None
        audience.add(0, "spend_cents", Op.AT_LEAST)
        fields = self._window.shell.findChildren(QLineEdit)
        (value,) = [each for each in fields if each.objectName().startswith("condition_value_")]
        value.setFocus()
        QTest.keyClicks(value, SPENT)
        self._go("content")
        field = self._driver.find(QComboBox, "signature")
        at = field.findData(SIGNATURE, TEXT)
        field.setCurrentIndex(at)
        field.activated.emit(at)
        self._edit.selectAll()
        self._driver.type("body", FILLED)
        pause(SECOND)
        wait_for(lambda: not self._model.view.unsaved, "what was begun to be stored")
        _kill()

    def _on(self) -> None:
        self._type(ON)
        _kill()

    def _write(self) -> None:
        edit = Campaigns.edit

        def killed(*given: Any, **named: Any) -> object:
            threading.Timer(AMIDST, _kill).start()
            return edit(*given, **named)

        Campaigns.edit = killed  # type: ignore[method-assign, assignment]
        self._type(ON)
        pause(60 * SECOND)

    def _hurry(self) -> None:
        for _ in range((LATEST_MS + 2 * SAVE_MS) // BETWEEN):
            self._type("x")
            pause(BETWEEN)
        _kill()

    def _end(self) -> None:
        QCoreApplication.exit(0)

    def _type(self, keys: str) -> None:
        self._edit.go_to(len(self._edit.text))
        QTest.keyClicks(self._edit, keys)
        _say(typed=self._edit.text)

    def _go(self, step: str) -> None:
        desk = self._window.desk
        assert desk is not None
        desk.way.to("campaigns", (self._campaign, step))
        self._driver.wait(QWidget, {"audience": "audience_step", "content": "step_content"}[step])

    @property
    def _edit(self) -> MessageEdit:
        return self._driver.wait(MessageEdit, "body")

    @property
    def _model(self) -> CampaignModel:
        page = self._window.shell.findChild(CampaignsPage)
        assert page is not None
        assert page.model.current is not None
        return page.model.current

    @property
    def _composer(self) -> Composer:
        found = self._model.findChild(Composer)
        assert found is not None
        return found


def _say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: str, phrase: str, campaign: str, deed: str) -> int:
    start = app.Application.start

    def started(window: app.Application) -> None:
        def follow(state: SessionState) -> None:
            if state.phase == "passphrase":
                QTimer.singleShot(0, lambda: window.session.open(phrase))
            elif state.phase == "open" and not begun:
                begun.append(deed)
                QTimer.singleShot(0, lambda: Typist(window, int(campaign)).do(deed))

        begun: list[str] = []
        window.session.changed.connect(follow)
        start(window)

    app.Application.start = started  # type: ignore[method-assign]
    return app.main(Path(folder), None)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
