"""合规 → 同意文案: what is pasted is looked at as it stands, shown with its place and law, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.customer import Entity
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.compliance import CompliancePage
from campaign_app.ui.pages.consent_wordings import WordingsSection
from tests.fakes.remotes import ENTITY
from tests.helpers.staged import Staged, open_by_day, stage

BAD = "第一条😀 用户完成注册即视为同意接收营销短信。"


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    return stage(app)


@pytest.fixture
def section(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> Iterator[WordingsSection]:
    page = CompliancePage(inline_desk)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.open("wordings")
    found = page.sections["wordings"]
    assert isinstance(found, WordingsSection)
    found.shown()
    yield found
    page.hide()


def test_a_finding_is_marked_in_the_text_with_law_and_better_wording(section: WordingsSection) -> None:
    assert "粘贴或导入" in section.detail.text()
    section.edit.setPlainText(BAD)
    section.model.look()
    assert "共 1 处" in section.detail.text()
    section._open(0)
    assert section.edit.textCursor().selectedText() == "完成注册即视为同意接收营销短信"
    said = section.detail.text()
    assert "消费者权益保护法实施条例 第二十三条（未核实）；中华人民共和国个人信息保护法 第十四条\n" in said
    assert "改为：改为默认不勾选" in said


def test_another_language_says_what_was_found_anew(section: WordingsSection, inline_desk: Desk, qtbot: QtBot) -> None:
    section.edit.setPlainText(BAD)
    section.model.look()
    before = [each.message for each in section.model.state.findings or ()]
    section.model._language = lambda: "en"
    again = WordingsSection(inline_desk)
    qtbot.addWidget(again)
    after = [each.message for each in again.model.state.findings or ()]
    assert (again.model, len(after)) == (section.model, len(before))
    assert before != after


def test_another_kind_asks_for_more(section: WordingsSection) -> None:
    section.edit.setPlainText("我同意接收短信")
    section.model.look()
    assert section.model.state.findings == ()
    section.kind.setCurrentIndex(1)
    section.kind.activated.emit(1)
    assert [each.message for each in section.model.state.findings or ()] == [
        "没有写明短信类型", "没有写明频次", "没有写明期限"
    ]  # fmt: skip


def test_what_was_checked_is_kept_and_can_be_looked_at_again(section: WordingsSection, staged: Staged) -> None:
    section.edit.setPlainText(BAD)
    section.model.look()
    section.shop.setCurrentIndex(1)
    section.keep.click()
    (kept,) = staged.app.wordings.history()
    assert (kept.entity_uscc, kept.account_id, kept.verdict) == (ENTITY, staged.account, "block")
    assert section.history.row(0) == kept
    section.edit.setPlainText("")
    assert not section.keep.isEnabled()
    section._again(0)
    assert section.edit.toPlainText() == BAD
    assert section.tabs.currentIndex() == 0


def test_a_file_is_read(section: WordingsSection, tmp_path: Path) -> None:
    file = tmp_path / "协议.txt"
    file.write_bytes("已为您默认勾选".encode("gb18030"))
    section.model.open(file)
    assert section.edit.toPlainText() == "已为您默认勾选"
    assert section.model.state.name == "协议.txt"
    section.keep.click()
    assert section.model.state.history is not None
    assert section.model.state.history[0].name == "协议.txt"


def test_of_several_entities_a_wording_is_kept_for_the_one_that_was_chosen(
    section: WordingsSection, staged: Staged
) -> None:
    staged.app.workspace.accounts.add_entity(Entity("91330100MA0000002X", "宜居百货有限公司"))
    staged.app.workspace.accounts.add_account(
        replace(staged.app.accounts.all()[0], id=0, base_url="http://127.0.0.1/b", entity_uscc="91330100MA0000002X")
    )
    again = WordingsSection(section._desk)
    again.shown()
    again.edit.setPlainText(BAD)
    assert (again.entity.count(), again.entity.uscc, again.keep.isEnabled()) == (2, "", False)
    again.entity.setCurrentIndex(again.entity.findData(ENTITY))
    assert again.keep.isEnabled()
    assert [again.shop.itemText(at) for at in range(again.shop.count())] == ["主体自己的", "店c"]
