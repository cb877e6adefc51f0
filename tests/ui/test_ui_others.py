"""What others do shows in the page that is open, without anybody pressing anything: another desktop, a worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from pytestqt.qtbot import QtBot
from ui_sending import app, staged

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.domain.consent import Suppression, SuppressionKind
from campaign_app.domain.ports import Job
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.compliance import CompliancePage
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.pages.inbox import InboxPage
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.pages.settings_policies import PoliciesSection
from campaign_app.ui.pages.shell import Shell
from campaign_app.ui.pages.signatures import SignaturesPage
from campaign_app.ui.pages.steps.audience import AudienceStep
from campaign_app.ui.viewmodels.jobs import NEWS_EVERY
from campaign_app.ui.widgets.page import Page
from tests.helpers.shop import ENTITY, person
from tests.helpers.staged import Staged

__all__ = ["app", "staged"]  # fixtures
P = TypeVar("P", bound=Page)
OTHER = "乙"
SEGMENT = Filter((Condition("order_count", Op.AT_LEAST, 2),))


@pytest.fixture
def shell(desk: Desk, staged: Staged, qtbot: QtBot) -> Iterator[Shell]:
    made = Shell(desk.kit, desk.session)
    qtbot.addWidget(made)
    made.attach(desk)
    made.show()
    qtbot.waitUntil(lambda: desk.jobs._mark is not None)
    yield made
    desk.jobs.stop()
    campaigns = made._pages.get("campaigns")
    if isinstance(campaigns, CampaignsPage):
        campaigns.model.close()


def opened(shell: Shell, key: str, kind: type[P]) -> P:
    page = shell.page(key)
    assert isinstance(page, kind)
    return page


def test_refusals_that_a_sending_brings_show_once_for_all_of_a_while(
    shell: Shell, staged: Staged, qtbot: QtBot
) -> None:
    """Each by itself would count a long list again and again."""
    page, store = opened(shell, "customers", CustomersPage), staged.app.workspace.suppressions
    qtbot.waitUntil(lambda: len(page.model.state.connected) == 1)
    renewed: list[bool] = []
    page.model.again.connect(lambda: renewed.append(True))
    for at in range(2):
        with qtbot.waitSignal(shell._desk.jobs.news):
            store.add([Suppression(ENTITY, bytes([at]) * 32, SuppressionKind.OPT_OUT, staged.app.clock(), "reply")])
    assert not renewed
    page.model._marks.timeout.emit()
    assert page.model._marks.isActive()
    assert renewed == [True]


def test_an_account_that_the_owner_connects_shows_at_the_operator(shell: Shell, staged: Staged, qtbot: QtBot) -> None:
    page = opened(shell, "customers", CustomersPage)
    qtbot.waitUntil(lambda: len(page.model.state.connected) == 1)
    staged.app.accounts.disconnect(staged.account, actor=OTHER)
    qtbot.waitUntil(lambda: page.model.state.connected == ())


def test_what_was_done_while_the_window_was_in_the_tray_shows_once_it_is_back(
    shell: Shell, desk: Desk, staged: Staged, qtbot: QtBot
) -> None:
    page = opened(shell, "customers", CustomersPage)
    qtbot.waitUntil(lambda: len(page.model.state.connected) == 1)
    shell.hide()
    staged.app.accounts.disconnect(staged.account, actor=OTHER)
    with qtbot.waitSignal(desk.jobs.news):
        pass
    shell.show()
    qtbot.waitUntil(lambda: page.model.state.connected == ())


def test_settings_of_others_show_beside_what_is_being_typed(shell: Shell, staged: Staged, qtbot: QtBot) -> None:
    page = opened(shell, "settings", SettingsPage)
    page.open("policies")
    section = page.section("policies")
    assert isinstance(section, PoliciesSection)
    qtbot.waitUntil(lambda: page.policies.state.stored is not None)
    page.policies.type("house_cap_per_week", "9")
    staged.app.policies.save({"batch_size": "123"}, actor=OTHER)
    qtbot.waitUntil(lambda: section.fields["batch_size"].edit.text() == "123")
    assert page.policies.state.changed == {"house_cap_per_week": "9"}


def test_a_segment_that_a_colleague_saves_can_be_chosen_at_once(shell: Shell, staged: Staged, qtbot: QtBot) -> None:
    campaign = staged.draft()
    page = opened(shell, "campaigns", CampaignsPage)
    page.open((campaign.id, "audience"))
    qtbot.waitUntil(lambda: page.findChild(AudienceStep) is not None)
    step = page.findChild(AudienceStep)
    assert step is not None
    qtbot.waitUntil(lambda: step.audience.state.draft is not None)
    staged.app.audiences.save("老客", SEGMENT, actor=OTHER)
    qtbot.waitUntil(lambda: "老客" in step.audience.state.saved)


def test_a_signature_that_a_reviewer_vouches_for_shows(shell: Shell, staged: Staged, qtbot: QtBot) -> None:
    page = opened(shell, "signatures", SignaturesPage)
    qtbot.waitUntil(lambda: bool(page.model.state.filings))
    (known,) = page.model.state.filings or ()
    staged.app.filings.save(replace(known.record, note="备案件在法务"), actor=OTHER)
    qtbot.waitUntil(lambda: [each.record.note for each in page.model.state.filings or ()] == ["备案件在法务"])


def test_a_complaint_that_a_colleague_enters_shows(shell: Shell, staged: Staged, qtbot: QtBot) -> None:
    page = opened(shell, "inbox", InboxPage)
    page.open("cases")
    qtbot.waitUntil(lambda: page.cases.rows.source is not None)
    assert page.cases.rows.rowCount() == 0
    now = staged.app.clock()
    case = NewCase(ENTITY, Source.R12321, Way.FORM, now, now, "GD2026-1", person("c", 4).phone)
    staged.app.complaints.add(case, actor=OTHER)
    qtbot.waitUntil(lambda: page.cases.rows.rowCount() == 1)


def test_a_wording_that_was_checked_elsewhere_shows(shell: Shell, staged: Staged, qtbot: QtBot) -> None:
    page = opened(shell, "compliance", CompliancePage)
    page.open("wordings")
    model = page.sections["wordings"].model  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: model.state.history == ())
    staged.app.wordings.check("注册即视为同意接收短信。", "agreement", entity_uscc=ENTITY, actor=OTHER)
    qtbot.waitUntil(lambda: len(model.state.history) == 1)


def test_a_job_that_lasted_less_than_a_look_is_told_once(
    shell: Shell, desk: Desk, staged: Staged, qtbot: QtBot
) -> None:
    ended: list[Job] = []
    desk.jobs.ended.connect(ended.append)
    store, looks = staged.app.jobs, desk.jobs._looks
    quick = store.enqueue("sync", {"account_id": staged.account}, staged.app.clock())
    store.set_state(quick.id, "done")
    qtbot.waitUntil(lambda: [job.id for job in ended] == [quick.id])
    longer = store.enqueue("sync", {"account_id": staged.account}, staged.app.clock())
    qtbot.waitUntil(lambda: longer.id in desk.jobs._known)
    store.set_state(longer.id, "done")
    qtbot.waitUntil(lambda: desk.jobs._looks > looks + 3 * NEWS_EVERY)
    assert [job.id for job in ended] == [quick.id, longer.id]
