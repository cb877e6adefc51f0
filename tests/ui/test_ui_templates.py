"""签名与模板 → 模板: each with its state, and all of the one that is open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from campaign_app.domain.customer import Entity
from campaign_app.services.accounts import secret_name
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.signatures import SignaturesPage
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import account_of

MS = 30_000


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=20) as running:
        yield running


def opened(desk: Desk, qtbot: QtBot) -> SignaturesPage:
    page = SignaturesPage(desk)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.shown()
    page.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: page.templates.model.state.rows is not None, timeout=MS)
    return page


def join(desk: Desk, sandbox: SandboxProcess, *, key: bool = True) -> None:
    account, secret = account_of(sandbox, "tencent")
    store = desk.app.workspace.accounts
    store.add_entity(Entity(account.entity_uscc, "安宁百货"))
    stored = store.add_account(account)
    if key:
        desk.app.workspace.secrets.put(secret_name(stored.id), secret)


def test_templates_are_listed_and_a_refused_one_says_why(desk: Desk, sandbox: SandboxProcess, qtbot: QtBot) -> None:
    join(desk, sandbox)
    page = opened(desk, qtbot)
    panel = page.templates
    rows = panel.model.state.rows or ()
    assert f"共 {len(rows)} 个模板" in page.subtitle.text()
    assert panel.stack.currentWidget() is panel.table
    at = next(n for n, each in enumerate(rows) if each.template.status == "rejected")
    assert panel.rows.index(at, 1).data() == "未通过"
    assert panel.drawer.isHidden()
    panel.table.opened.emit(at)
    assert panel.drawer.isVisible()
    assert panel.drawer.title.text() == rows[at].template.code
    assert rows[at].template.reason == "内容含违规用语，请修改后重新提交"
    panel.drawer.closed.emit()
    assert panel.drawer.isHidden()


def test_an_account_that_cannot_be_asked_is_named(desk: Desk, sandbox: SandboxProcess, qtbot: QtBot) -> None:
    join(desk, sandbox, key=False)
    panel = opened(desk, qtbot).templates
    assert "没有读到" in panel.silent.text()


def test_without_such_an_account_the_list_says_where_templates_come_from(desk: Desk, qtbot: QtBot) -> None:
    page = opened(desk, qtbot)
    assert page.templates.stack.currentWidget() is page.templates.empty
    assert page.subtitle.text() == "按模板发送的通道，正文必须与一个已通过的模板逐字相符，否则不会发出。"
    with qtbot.waitSignal(desk.way.went) as went:
        page.templates.empty.button.click()
    assert went.args == ["settings", "accounts"]


def test_among_many_a_template_is_found_by_what_it_says(desk: Desk, sandbox: SandboxProcess, qtbot: QtBot) -> None:
    join(desk, sandbox)
    page = opened(desk, qtbot)
    panel, rows = page.templates, page.templates.model.state.rows or ()
    page.search.setText(rows[-1].template.code)
    assert panel.rows.row(0) == rows[-1]
    assert panel.rows.rowCount() < len(rows)
    page.search.setText("nothing of this")
    assert panel.stack.currentWidget() is panel.no_match
    panel.no_match.button.click()
    assert panel.rows.rowCount() == len(rows)
