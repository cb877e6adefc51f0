"""合规 → 大促预案: an empty state that teaches, a list that leads to where things are mended, everything paused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.peak import Duty, PlanState, Result
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages import peaks
from campaign_app.ui.pages.compliance import CompliancePage
from campaign_app.ui.pages.peak_dialogs import PauseDialog, WordDialog
from campaign_app.ui.pages.peaks import PAUSES, PeaksSection
from campaign_app.ui.widgets.name_list import NameList
from tests.helpers.peaking import at_work, plan, send_until
from tests.helpers.staged import Staged, open_by_day, stage


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


@pytest.fixture
def section(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> Iterator[PeaksSection]:
    made = CompliancePage(inline_desk)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.open("peaks")
    made.shown()
    assert made.place() == "compliance.peaks"
    found = made.sections["peaks"]
    assert isinstance(found, PeaksSection)
    yield found
    made.hide()


@pytest.fixture
def yes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question is answered with its deed; what was asked is kept."""
    asked: list[str] = []

    def answer(*said: object, **_: object) -> bool:
        asked.append(str(said[2]))
        return True

    monkeypatch.setattr(peaks, "confirm", answer)
    return asked


def dialog(section: PeaksSection, kind: type[PauseDialog] | type[WordDialog]) -> PauseDialog | WordDialog:
    return next(each for each in section.findChildren(kind) if each.isVisible())


def test_a_plan_is_written_changed_called_ready_and_ended(
    section: PeaksSection, staged: Staged, yes: list[str]
) -> None:
    assert section.stack.currentWidget() is section.empty
    section.empty.button.click()
    made = section.plan_dialog(None)
    made.save.click()
    assert "名称" in made.wrong.text()
    made.name.setText("双十一")
    made.last.setDate(QDate(2026, 11, 30))
    made.duty.setPlainText("王丽，总值班 09:00–22:00\n\n李强")
    made.save.click()
    assert not made.isVisible()
    (kept,) = staged.app.peaks.plans()
    assert kept.wish.duty == (Duty("王丽", "总值班 09:00–22:00"), Duty("李强"))
    assert "要处理" in section.summary.text()
    assert "王丽 总值班 09:00–22:00" in section.facts.text()
    changed = section.plan_dialog(kept)
    changed.duty.setPlainText("王丽：13800000000")
    changed.save.click()
    assert "电话" in changed.wrong.text()
    changed.reject()
    section.ready.click()
    assert "暂停演练" in yes[0]
    assert staged.app.peaks.plans()[0].state is PlanState.READY
    assert "标记时未办好：" in section.facts.text()
    section.over.click()
    assert staged.app.peaks.plans()[0].state is PlanState.OVER
    assert not section.edit.isVisible()


def test_the_state_of_what_is_paused_is_in_sight_whatever_it_is_called(qtbot: QtBot) -> None:
    names = NameList("names")
    qtbot.addWidget(names)
    for at in range(2):
        names.add(f"{'双十一会员日冬装上新老客复购召回' * 4}{at} · 发送中")
    names.resize(300, 100)
    names.show()
    first, second = (names.viewport().grab(names.visualItemRect(names.item(at))).toImage() for at in range(2))
    assert first != second
    assert names.item(0).toolTip() == names.item(0).text()


def test_over_a_plan_that_another_window_changed_one_saves_at_a_second_word(
    section: PeaksSection, staged: Staged
) -> None:
    made = plan(staged)
    section.shown()
    asked = section.plan_dialog(made)
    staged.app.peaks.change(made.id, replace(made.wish, name="双十二"), actor="乙", seen=made.wish)
    asked.name.setText("年货节")
    asked.save.click()
    assert "刚在另一个窗口改过" in asked.wrong.text()
    assert asked.save.text() == "仍用我的"
    assert staged.app.peaks.plans()[0].wish.name == "双十二"
    asked.save.click()
    assert not asked.isVisible()
    assert staged.app.peaks.plans()[0].wish.name == "年货节"


def test_a_person_gives_their_word_and_takes_it_back(section: PeaksSection, staged: Staged) -> None:
    plan(staged)
    section.shown()
    row = section.list.rows["support"]
    row.tick.click()
    word = dialog(section, WordDialog)
    word.reject()
    assert not row.tick.isChecked(), "nobody gave their word"
    row.tick.click()
    word = dialog(section, WordDialog)
    assert isinstance(word, WordDialog)
    word.name.setText("李强")
    word.note.setText("值班表已发")
    word.save.click()
    assert row.tick.isChecked()
    assert "李强 于 " in row.text.text()
    assert "值班表已发" in row.text.text()
    row.tick.click()
    assert (row.item.level, row.tick.isChecked()) == ("warn", False)


def test_each_item_leads_to_where_it_is_mended(section: PeaksSection, staged: Staged, inline_desk: Desk) -> None:
    plan(staged)
    section.shown()
    went: list[tuple[str, object]] = []
    inline_desk.way.went.connect(lambda page, what: went.append((page, what)))
    for key in ("backup", "budget"):
        section.list.rows[key].mend.click()
    assert went == [("settings", "workspace"), ("settings", "money")]
    section.list.rows["drill"].mend.click()
    asked = dialog(section, PauseDialog)
    assert isinstance(asked, PauseDialog)
    assert asked.drill.isChecked()
    assert any("量不出什么" in each.text() for each in asked.findChildren(QLabel))
    asked.reject()


def test_a_drill_is_measured_shown_and_what_it_paused_goes_on(
    section: PeaksSection, staged: Staged, yes: list[str]
) -> None:
    plan(staged)
    campaign = at_work(staged)
    section.shown()

    def press() -> None:
        section.stop.click()
        asked = dialog(section, PauseDialog)
        assert isinstance(asked, PauseDialog)
        assert asked.leave.isDefault()
        asked.drill.setChecked(True)
        asked.save.click()

    send_until(staged, campaign, press, batch=2)
    assert section.tabs.currentIndex() == PAUSES
    pause = section.pauses.row(0)
    assert pause is not None
    assert pause.result is Result.WATCHING
    section.model._follow()
    pause = section.pauses.row(0)
    assert pause is not None
    assert (pause.result, pause.messages) == (Result.STOPPED, 2)
    assert "下令之后得到答复的 2 条" in section.why.text()
    assert section.stops.row(0) == pause.stops[0]
    section.resume.click()
    assert "双十一" in yes[0]
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.SENDING
    assert not section.resume.isVisible()
