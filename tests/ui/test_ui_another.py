"""Policy asks for a second person: the step 发送 says so beforehand, and lets another one approve."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_sending import Open, Opened, app, open_step, staged

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.team import EVERY_ROLE, Person
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings_policies import PoliciesSection, PolicySwitch
from campaign_app.ui.viewmodels.settings import PoliciesModel
from campaign_app.wiring import wire
from tests.helpers.account_state import set_account_state
from tests.helpers.staged import Staged

__all__ = ["app", "open_step", "staged"]  # fixtures
POLICY = "approval_by_another"


def seen_by(desk: Desk, person: Person) -> Desk:
    app = desk.app
    return replace(desk, app=wire(replace(app.workspace, person=person), app.keeper, app.offset))


@pytest.fixture
def asked(staged: Staged) -> Staged:
    staged.app.policies.save({POLICY: "1"}, actor="window")
    return staged


def test_who_changed_it_last_reads_why_another_has_to_approve_it(asked: Staged, open_step: Open) -> None:
    me = asked.app.person.user
    draft = open_step(asked.draft())
    assert draft.levels()["approver"] == "warn"
    assert me in draft.step.checks.rows["approver"].item.text
    draft.close()
    step = open_step(asked.screened()).step
    row = step.checks.rows["approver"]
    assert (row.item.level, row.item.mend) == ("block", "")
    assert me in row.item.text
    assert (step.primary.text(), step.primary.isEnabled()) == ("批准发送", False)
    assert step.primary.toolTip() == step.primary.accessibleDescription() == row.item.text
    assert step.approval.ask.text() == row.item.text
    assert not step.approval.field.isVisible()


def test_another_person_approves_it_in_the_same_step(asked: Staged, inline_desk: Desk, qtbot: QtBot) -> None:
    screened = asked.screened()
    opened = Opened(qtbot, seen_by(inline_desk, Person(user="another")), screened)
    assert opened.levels()["approver"] == "ok"
    assert asked.app.person.user in opened.step.checks.rows["approver"].item.text
    assert opened.step.primary.toolTip() == ""
    opened.type_count(str(asked.app.campaigns.funnel(screened.id)["ok"]))
    qtbot.waitUntil(opened.step.primary.isEnabled)
    opened.press_primary()
    qtbot.waitUntil(lambda: asked.app.campaigns.get(screened.id).state is CampaignState.APPROVED)
    assert "approver" not in opened.levels(), "what another has approved asks for nobody else"
    opened.close()


def test_what_else_is_wrong_is_mended_first_by_whoever_may_not_approve(asked: Staged, open_step: Open) -> None:
    screened = asked.screened()
    set_account_state(asked.app.workspace.accounts, asked.account, "disconnected")
    assert open_step(screened).step.primary.text() == "去处理：发送通道"


def test_without_a_known_editor_one_is_led_to_change_it_once(asked: Staged, open_step: Open) -> None:
    screened = asked.screened()
    asked.put_state(screened.id, CampaignState.SCREENED, edited_by="")
    made = open_step(asked.app.campaigns.get(screened.id))
    assert made.step.primary.text() == "去处理：批准人"
    made.press_primary()
    assert made.wanted == [("content", "body")]


def test_the_policy_is_a_box_that_says_by_what_people_are_told(inline_desk: Desk, qtbot: QtBot) -> None:
    for person, said in ((inline_desk.app.person, "不要打开"), (Person("anna", EVERY_ROLE), "团队里建议打开")):
        desk = seen_by(inline_desk, person)
        kit = desk.kit
        model = PoliciesModel(desk.app, kit.tasks, kit.messages)
        section = PoliciesSection(desk, model)
        qtbot.addWidget(section)
        model.load()
        switch = section.fields[POLICY]
        assert isinstance(switch, PolicySwitch)
        assert said in switch.limits.text()
        before = switch.edit.isChecked()
        qtbot.keyClick(switch.edit, Qt.Key.Key_Space)
        assert "未保存" in switch.limits.text()
        with qtbot.waitSignal(model.saved):
            section.save.click()
        assert bool(desk.app.policies.current().approval_by_another) is not before
        assert switch.edit.isChecked() is not before
