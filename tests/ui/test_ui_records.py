"""记录: the chain page by page, found by kind, campaign and word, verified; proof exported and verified in dialogs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA256
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap, words
from campaign_app.domain.team import Person, Role
from campaign_app.evidence.stamps import roots_in
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.records import RecordsPage
from campaign_app.ui.viewmodels.records import PAGE_ROWS
from campaign_app.wiring import wire
from tests.helpers.authority import authority, needs_openssl
from tests.helpers.proofs import parsed
from tests.helpers.staged import Staged, open_by_day, stage

CODE = Path(bootstrap.__file__).parent
WRITERS = {"append_entry", "record", "Noted", "_noted"}


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    """Its platform signs nothing, as Shopify does not."""
    made = stage(app)
    made.shop.platforms[made.account].signs = False
    return made


@pytest.fixture
def page(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> Iterator[RecordsPage]:
    made = RecordsPage(inline_desk)
    qtbot.addWidget(made)
    made.resize(1100, 760)
    made.show()
    made.shown()
    yield made
    made.hide()
    made.model.deleteLater()


def listed(page: RecordsPage, qtbot: QtBot, column: int = 3) -> list[str]:
    page.shown()
    rows = page.rows

    def whole() -> bool:
        return None not in [rows.cell(at, 0) for at in range(rows.rowCount())] and not rows._former

    qtbot.waitUntil(whole)
    return [cell.text for at in range(rows.rowCount()) if (cell := rows.cell(at, column)) is not None]


def test_entries_are_listed_in_words_and_found_by_kind_campaign_and_word(
    staged: Staged, page: RecordsPage, qtbot: QtBot
) -> None:
    first, second = staged.approved(), staged.draft()
    staged.app.workspace.audit.record("settings.changed", actor="李", at=staged.app.clock(), setting="cap", value=3)
    assert listed(page, qtbot)[:3] == ["修改策略", "修改活动", "新建活动"]
    assert listed(page, qtbot, 2)[:2] == ["李", "王"]
    assert "不含逐批记录，序号因此不相连" in page.subtitle.text()
    page.kinds.setCurrentIndex(page.kinds.findData("settings"))
    page.kinds.activated.emit(0)
    assert listed(page, qtbot) == ["修改策略"]
    page._reset()
    page.campaigns.setCurrentIndex(page.campaigns.findData(second.id))
    page.campaigns.activated.emit(0)
    assert listed(page, qtbot) == ["修改活动", "新建活动"]
    page._reset()
    page.search.setText("批准活动")
    assert listed(page, qtbot) == ["批准活动"], "as it is called, whatever is kept"
    page.search.setText("approved")
    assert listed(page, qtbot) == ["批准活动"]
    page.table.selectRow(0)
    assert f"批准哈希：{first.approved_hash}" in page.detail.text()
    assert page.subtitle.text().startswith("找到 1 条")


def test_where_nothing_was_put_down_yet_it_says_what_will_be(page: RecordsPage) -> None:
    assert page.stack.currentWidget() is page.nothing
    page.search.setText("批准")
    assert page.stack.currentWidget() is page.no_match


def test_what_an_entry_says_of_suppressions_is_said_in_words(staged: Staged, page: RecordsPage, qtbot: QtBot) -> None:
    said = {"source": "list", "kind": "opt_out,withdrawn"}
    staged.app.workspace.audit.record("suppression.added", actor="李", at=staged.app.clock(), **said)
    assert listed(page, qtbot, 5)[0] == "种类 退订、撤回同意 · 来源 导入名单"


def test_a_shop_of_an_entry_is_called_by_its_name(staged: Staged, page: RecordsPage, qtbot: QtBot) -> None:
    record, at = staged.app.workspace.audit.record, staged.app.clock()
    label = staged.app.workspace.accounts.account(staged.account).label
    record("account.sends_through", actor="李", at=at, account=staged.account, sender=999)
    record("account.disconnected", actor="李", at=at, account=staged.account)
    assert listed(page, qtbot, 5)[:2] == [
        f"账户 {label} #{staged.account}",
        f"账户 {label} #{staged.account} · 发送通道 999",
    ]


def test_codes_and_moments_of_an_entry_are_said_in_words(staged: Staged, page: RecordsPage, qtbot: QtBot) -> None:
    record, at = staged.app.workspace.audit.record, staged.app.clock()
    record("complaint.entered", actor="李", at=at, source="r12321", way="form", state="unmatched", marks=1)
    record("lookback.started", actor="王", at=at, **{"from": "2026-08-12T02:00:01.003613+00:00"})
    record("import.finished", actor="王", at=at, left=0, refused_phone_letters=2)
    assert listed(page, qtbot, 5)[:3] == [
        "未处理的行 0 · 手机号里有字母或文字 2",
        "起 2026-08-12 10:00:01",
        "拒收标记 1 · 来源 12321 举报 · 状态 没有对应短信 · 登记方式 手工登记",
    ]


def test_every_fact_that_the_code_puts_down_has_a_word() -> None:
    """Names of facts are written at the call, or in a mapping within it."""
    known = words.load("zh_CN")
    asked = {name for file in CODE.rglob("*.py") for name in facts_in(ast.parse(file.read_text("utf-8")))}
    assert {"letter_until", "copy_of", "lookback"} <= asked
    assert [name for name in sorted(asked) if known.term("audit_fact", name) == name] == []


def facts_in(code: ast.Module) -> Iterator[str]:
    for call in ast.walk(code):
        named = call.func if isinstance(call, ast.Call) else None
        name = named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else ""
        if isinstance(call, ast.Call) and name in WRITERS:
            yield from (each.arg for each in call.keywords if each.arg and each.arg not in {"actor", "at"})
            for part in ast.walk(call):
                keys = part.keys if isinstance(part, ast.Dict) else []
                yield from (str(each.value) for each in keys if isinstance(each, ast.Constant))


def test_yes_and_no_are_words_of_the_window(staged: Staged, page: RecordsPage) -> None:
    staged.app.workspace.audit.record("peak.paused_all", actor="王", at=staged.app.clock(), drill=True, peak=1)
    page.model.load()
    entry = next(each for each in staged.app.workspace.audit.entries() if each.action == "peak.paused_all")
    told = [page._written(entry, name, value) for name, value in (*entry.facts.items(), ("drill", False))]
    assert told == ["是", "1", "否"]


def test_a_price_is_money_also_where_it_was_put_down_as_a_number_of_thousandths(
    staged: Staged, page: RecordsPage
) -> None:
    audit = staged.app.workspace.audit
    audit.record("account.priced", actor="王", at=staged.app.clock(), price=45)
    staged.app.money.set_price(staged.account, 325, actor="王")
    page.model.load()
    priced = [each for each in audit.entries() if each.action == "account.priced"]
    assert [page._written(each, "price", each.facts["price"]) for each in priced] == ["¥0.0325", "¥0.045"]


def test_pages_stand_still_while_more_is_written(staged: Staged, page: RecordsPage, qtbot: QtBot) -> None:
    audit, now = staged.app.workspace.audit, staged.app.clock()
    for number in range(PAGE_ROWS + 3):
        audit.record("import.begun", actor="李", at=now, import_id=number)
    source = page.model.source()
    count = source.count()
    newest = source.page(0)[0].number
    audit.record("import.undone", actor="李", at=now, import_id=1)
    assert source.page(0)[0].number == newest == count
    assert source.page(1)[-1].number == 1


def test_the_chain_is_verified_and_its_head_copied(staged: Staged, page: RecordsPage) -> None:
    staged.approved()
    page.verify.setFocus()
    page.verify.click()
    assert page.focusWidget() is page.verify, "not the request of a stamp, which is next to it"
    head = staged.app.evidence.head()
    assert page.shown_head.text() == str(head)
    assert f"共 {head.number} 条" in page.said.text()
    page.copy.click()
    assert QGuiApplication.clipboard().text() == str(head)


def test_a_broken_chain_names_the_entry(staged: Staged, page: RecordsPage) -> None:
    staged.approved()
    with staged.app.workspace.database.write() as connection:
        connection.execute(sa.text("DROP TRIGGER audit_no_update"))
        connection.execute(sa.text("UPDATE audit SET actor = 'x' WHERE id = 2"))
    page.verify.click()
    assert page.said.text().startswith("审计链不成立：第 2 条")
    assert page.copy.isHidden()


def test_rows_that_were_changed_past_the_chain_are_said_with_the_entry_and_its_campaign(
    staged: Staged, page: RecordsPage
) -> None:
    campaign = staged.sent()
    page.verify.click()
    assert "行（批次、同意、拒收）与表中一致" in page.said.text()
    with staged.app.workspace.database.write() as connection:
        connection.execute(sa.text("DROP TRIGGER ledger_no_update"))
        connection.execute(sa.text("UPDATE ledger SET text = 'x' WHERE seq = 0"))
    page.verify.click()
    said = page.said.text()
    assert said.startswith("审计记录第 ")
    assert f"活动 {campaign.id}）说到的短信与表里不符" in said
    assert page.copy.isHidden()


def test_batches_and_pages_are_shown_to_whoever_asks_for_them(staged: Staged, page: RecordsPage, qtbot: QtBot) -> None:
    staged.sent()
    assert not {"一批交给通道", "记下一页同意"} & set(listed(page, qtbot))
    for kind, what in (("batch", "一批交给通道"), ("facts", "记下一页同意")):
        page.kinds.setCurrentIndex(page.kinds.findData(kind))
        page.kinds.activated.emit(0)
        assert set(listed(page, qtbot)) == {what}
    page.kinds.setCurrentIndex(page.kinds.findData(""))
    page.kinds.activated.emit(0)
    assert {"一批交给通道", "记下一页同意", "批准活动"} <= set(listed(page, qtbot))
    page._reset()
    assert not page.model.state.filtered


def test_a_campaigns_proof_is_exported_and_verified(
    staged: Staged, page: RecordsPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not page.export.isEnabled()
    campaign = staged.sent()
    page.shown()
    assert page.export.isEnabled()
    target = tmp_path / "证据.yunfa"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target.with_suffix("")), ""))
    dialog = page.export_dialog()
    dialog._choose()
    dialog.go.click()
    assert parsed(target, "people")[0]["count"] == 7
    assert listed(page, qtbot)[0] == "导出证据"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(target), ""))
    checking = page.check_dialog()
    checking._choose()
    assert checking.verdict.text().startswith("成立")
    assert "共发给 7 人；文件里有 0 人的同意由平台签名，7 人的没有签名" in checking.told.text()
    assert campaign.name in checking.told.text()
    checking.head.setText("3:00")
    checking.go.click()
    assert checking.verdict.text().startswith("不成立。审计链里没有给出的链头")
    checking.reject()
    data = target.read_bytes()
    target.write_bytes(data[:-9])
    dropped(page, target)
    assert page.findChild(type(checking), "evidence_check_dialog") is not None


def dropped(page: RecordsPage, file: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    where, action = QPointF(5, 5), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where.toPoint(), action, mime, buttons, keys)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    page.dropEvent(QDropEvent(where, action, mime, buttons, keys))


def test_one_persons_proof_asks_who_and_refuses_a_stranger(
    staged: Staged, page: RecordsPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged.sent()
    page.shown()
    target = tmp_path / "one.yunfa"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    dialog = page.export_dialog()
    dialog._choose()
    dialog.one.setChecked(True)
    assert not dialog.go.isEnabled()
    dialog.person.setText("nobody")
    dialog.go.click()
    assert "没有给这个客户标识发过短信" in dialog.reason.text()
    dialog.person.setText("c00004")
    dialog.go.click()
    assert len(parsed(target, "person")) == 1
    assert not parsed(target)[0]["whole"]
    checking = page.check_dialog(target)
    entry = next(line["number"] for line in parsed(target, "entry") if line["action"] == "batch.claimed")
    assert f"写下的第 {entry} 条审计记录相符。同意没有平台的签名。" in checking.told.text()
    checking.reject()


def test_a_head_from_before_the_sending_is_told_to_cover_nothing(
    staged: Staged, page: RecordsPage, tmp_path: Path
) -> None:
    campaign, evidence = staged.approved(), staged.app.evidence
    heads = [str(evidence.head())]
    staged.let_go(campaign)
    heads.append(str(evidence.head()))
    made = evidence.export(campaign.id, tmp_path / "a.yunfa", actor="王", person="c00004").file
    checking, said = page.check_dialog(made), list[bool]()
    for head in heads:
        checking.head.setText(head)
        checking.begin()
        assert "没有与先前抄录的链头核对" not in checking.told.text()
        said.append("原文、接收人和时间可能是后来编的" in checking.told.text())
    assert said == [True, False]
    checking.reject()


def test_an_operator_reads_why_stamps_are_the_reviewers(staged: Staged, inline_desk: Desk, qtbot: QtBot) -> None:
    workspace = replace(staged.app.workspace, person=Person("anna", frozenset({Role.OPERATOR})))
    page = RecordsPage(replace(inline_desk, app=wire(workspace, staged.app.keeper, staged.app.offset)))
    qtbot.addWidget(page)
    for part in (page.stamps.ask, page.stamps.read):
        assert (part.isEnabled(), "审核" in part.toolTip()) == (False, True)
    page.model.deleteLater()


@needs_openssl
def test_a_head_is_stamped_by_an_authority_of_ones_choice(
    staged: Staged, page: RecordsPage, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, files = authority(tmp_path / "tsa"), list[str]()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (files.pop(0), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (files.pop(0), ""))
    assert page.stamps.said.text().startswith("还没有机构")
    files[:] = [""]
    page.stamps.ask.click()  # nothing chosen
    files[:] = [str(tmp_path / "head")]
    page.stamps.ask.click()
    request = tmp_path / "head.tsq"
    assert listed(page, qtbot)[0] == "生成时间戳请求"
    reply = theirs.reply(request)
    for chosen in ([""], [str(reply), ""], [str(request), str(theirs.root)]):
        files[:] = chosen
        page.stamps.read.click()
        assert page.stamps.said.text().startswith("还没有机构")
    files[:] = [str(reply), str(theirs.root)]
    page.stamps.read.click()
    assert listed(page, qtbot)[0] == "链头盖了时间戳"
    said = page.stamps.said.text()
    assert said.startswith("最近的时间戳：到第")
    (root,) = roots_in(theirs.root)
    whole = root.fingerprint(SHA256()).hex()
    assert (said.endswith(f"CN=signer，根证书指纹 {whole[:16]}…。"), page.stamps.said.toolTip()) == (True, whole)
    page.table.selectRow(0)
    assert "时间戳答复：" in page.detail.text()
    assert max(map(len, page.detail.text().split("\n"))) < 100  # no line makes the page wider
    staged.app.workspace.audit.record("evidence.stamped", actor="王", at=staged.app.clock(), head="9:00")
    page.model.stamps.load()
    assert page.stamps.said.text() == said + "另有 1 条记录写着盖过时间戳，却不成立，没有算进去。"
    proof, campaign = tmp_path / "a.yunfa", staged.sent()
    page.model.stamps.ask(tmp_path / "later.tsq")
    page.model.stamps.read(theirs.reply(tmp_path / "later.tsq"), theirs.root)
    staged.app.evidence.export(campaign.id, proof, actor="王")
    checking = page.check_dialog(proof)
    assert "含 1 个时间戳" in checking.told.text()
    assert f"CN=signer，根证书指纹 {whole[:16]}…。" in checking.told.text()
    checking.reject()


def test_who_did_it_is_a_person_or_what_acted_for_nobody(staged: Staged, page: RecordsPage, qtbot: QtBot) -> None:
    acted = {
        "window": "本机操作人", "cli": "命令行", "worker": "后台进程", "wang/window": "wang", "wang": "wang",
        "wang/cli": "wang · 命令行", "yunfa/wang/window": "yunfa/wang", "a/b": "a/b",
    }  # fmt: skip
    for actor in reversed(acted):
        staged.app.workspace.audit.record("settings.changed", actor=actor, at=staged.app.clock())
    assert listed(page, qtbot, 2)[: len(acted)] == list(acted.values())
    page.search.setText("命令行")
    assert listed(page, qtbot, 2) == ["命令行", "wang · 命令行"]
