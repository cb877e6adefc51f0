"""Each page that the navigation offers can be built on an empty workspace and shown twice."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.inbox import InboxPage
from campaign_app.ui.pages.records import RecordsPage
from campaign_app.ui.pages.shell import Shell
from campaign_app.ui.pages.signatures import SignaturesPage

PAGES = ("overview", "customers", "campaigns", "settings")


@pytest.mark.parametrize("key", PAGES)
def test_a_page_is_built_once_and_shown_again(key: str, desk: Desk, qtbot: QtBot) -> None:
    shell = Shell(desk.kit, desk.session)
    qtbot.addWidget(shell)
    shell.attach(desk)
    shell.show()
    first = shell.page(key)
    shell.go("overview")
    assert shell.page(key) is first
    assert first.isVisible()
    assert shell.current == key


def test_what_the_worker_does_all_day_is_no_news(desk: Desk, qtbot: QtBot) -> None:
    shell = Shell(desk.kit, desk.session)
    qtbot.addWidget(shell)
    shell.attach(desk)
    shell.show()
    desk.jobs.enqueue("tell", account_id=1)
    qtbot.waitUntil(lambda: desk.jobs.of("tell", account_id=1) is not None)
    assert not shell.progress.isVisible()
    desk.jobs.enqueue("sync", account_id=1)
    qtbot.waitUntil(shell.progress.isVisible)
    assert shell.work.text() == "同步客户"


def test_of_an_empty_workspace_every_page_says_what_comes_first(inline_desk: Desk, qtbot: QtBot) -> None:
    """No button is off without a word."""
    inbox, signatures, records = InboxPage(inline_desk), SignaturesPage(inline_desk), RecordsPage(inline_desk)
    for page in (inbox, signatures, records):
        qtbot.addWidget(page)
        page.shown()
    assert not signatures.state_one.isEnabled()
    assert "先连接" in signatures.state_one.toolTip()
    assert not records.export.isEnabled()
    assert "批准之后" in records.subtitle.text()
    went = list[tuple[str, object]]()
    inline_desk.way.went.connect(lambda *where: went.append(where))
    inbox.refusals.shown()
    assert not inbox.refusals.to_accounts.isHidden()
    inbox.refusals.to_accounts.click()
    assert went == [("settings", "accounts")]
