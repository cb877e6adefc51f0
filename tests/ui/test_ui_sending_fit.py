"""发送 of a text that no template of its sender gives: it says so before anybody approves."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_sending import Open, app, open_step, staged

from campaign_app.domain.signature import FiledTemplate
from campaign_app.services.fitting import note_templates
from campaign_app.ui.desk import Desk
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.preflight import PreflightModel
from tests.helpers.staged import Staged
from tests.helpers.writing import HeldTasks, discard

__all__ = ["app", "open_step", "staged"]  # fixtures


def note(staged: Staged, text: str) -> None:
    template = FiledTemplate("T1", "promotion", "approved", text=text, sends="${name}")
    note_templates(staged.app.workspace.accounts, staged.account, [template], staged.app.clock())


def test_a_text_that_no_template_gives_is_led_back_to_the_text_and_the_templates_are_read_anew(
    staged: Staged, open_step: Open, qtbot: QtBot
) -> None:
    note(staged, "另一段文案")
    made = open_step(staged.screened())
    assert made.levels()["fit"] == "block"
    assert "没有一个已通过的模板" in made.step.checks.rows["fit"].item.text
    qtbot.mouseClick(made.step.checks.rows["fit"].mend, Qt.MouseButton.LeftButton)
    assert made.wanted == [("content", "body")]
    (sync,) = [job for job in staged.app.jobs.open_jobs() if job.kind == "sync"]
    assert sync.args["account_id"] == staged.account


def test_what_is_scheduled_and_would_stop_for_its_templates_says_so(staged: Staged, open_step: Open) -> None:
    campaign = staged.approved()
    staged.app.campaigns.schedule(campaign.id, send_at=None, actor="李")
    note(staged, "另一段文案")
    made = open_step(staged.app.campaigns.get(campaign.id))
    assert "没有一个已通过的模板" in made.step.run.view.note.text()


def test_the_templates_are_read_anew_when_the_checks_are_first_opened_and_not_at_every_key(
    staged: Staged, qapp: QApplication, desk: Desk
) -> None:
    note(staged, "另一段文案")
    app, tasks, campaign = staged.app, HeldTasks(), staged.draft()
    model = CampaignModel(app, tasks, desk.kit.messages, campaign)
    checks = PreflightModel(app, tasks, model, lambda: "zh_CN")

    def settle() -> list[object]:
        while tasks.held:
            tasks.release()
            qapp.processEvents()
        syncs = [job for job in app.jobs.open_jobs() if job.kind == "sync"]
        for job in syncs:
            app.jobs.set_state(job.id, "done")
        return [job.args["account_id"] for job in syncs]

    checks.load()
    assert settle() == [staged.account], "what the first look finds"
    model.changed.emit(replace(model.view, campaign=replace(campaign, body="又一段文案")))
    assert settle() == []
    checks.load()
    assert settle() == [staged.account]
    discard(model)
