"""The page of signatures: what each may carry, what is noted of it, and what may not be noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
import shiboken6
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from ui_people import ENTITY, add_shop

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.filing import OwnFiling
from campaign_app.domain.signature import Signature, SignatureRecord
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import Notice
from campaign_app.ui.pages.own_signature import OwnSignatureDialog
from campaign_app.ui.pages.signatures import SignaturesPage
from campaign_app.ui.widgets.facts import Facts
from campaign_app.ui.widgets.pill import Pill
from tests.helpers.answering import answer

FILED = Signature("安宁百货", ENTITY, "company", "approved", True, ("retail",), date(2030, 12, 31))
Show = Callable[..., SignaturesPage]


@pytest.fixture
def page(inline_desk: Desk, qtbot: QtBot) -> Show:
    def make(*signatures: Signature) -> SignaturesPage:
        if signatures:
            shop = add_shop(inline_desk.app)
            inline_desk.app.workspace.accounts.put_signatures(shop, signatures, inline_desk.app.clock())
        made = SignaturesPage(inline_desk)
        qtbot.addWidget(made)
        made.resize(1092, 740)
        made.show()
        made.shown()
        qtbot.waitUntil(lambda: made.model.state.filings is not None)
        return made

    return make


def said(widget: QWidget) -> str:
    found = []
    for each in widget.findChildren(QWidget):
        if not each.isVisibleTo(widget):
            continue
        if isinstance(each, QLabel | QPushButton | Pill):
            found.append(each.text if isinstance(each, Pill) else each.text())
        elif isinstance(each, Facts):
            found.append(each.accessibleName())
    return "\n".join(found)


def cells(page: SignaturesPage, number: int) -> list[str]:
    return [page.rows.index(number, column).data() for column in range(page.rows.columnCount())]


def test_each_signature_says_whether_and_for_what_it_may_be_used(page: Show) -> None:
    shown = page(FILED, replace(FILED, text="安宁到家", carrier_filed=False, scopes=()))
    assert cells(shown, 0)[:4] == ["【安宁到家】", "运营商未报备", "–", "2030-12-31"]
    assert cells(shown, 1)[:4] == ["【安宁百货】", "可用", "零售", "2030-12-31"]
    assert shown.subtitle.text().startswith("共 2 个签名，1 个可用")
    assert shown.drawer.isHidden()


def test_without_signatures_the_page_says_where_they_come_from(page: Show, inline_desk: Desk, qtbot: QtBot) -> None:
    shown = page()
    assert shown.stack.currentWidget() is shown.empty
    with qtbot.waitSignal(inline_desk.way.went) as went:
        shown.empty.button.click()
    assert went.args == ["settings", "accounts"]


def test_an_open_signature_tells_its_scope_its_history_and_its_campaigns(
    page: Show, inline_desk: Desk, qtbot: QtBot
) -> None:
    shown = page(FILED)
    inline_desk.app.workspace.campaigns.create(Campaign(0, "双十一", ENTITY, "retail", Filter(), "安宁百货", "x"))
    shown.shown()
    shown.table.opened.emit(0)
    qtbot.waitUntil(lambda: "变更记录" in said(shown.drawer))
    told = said(shown.drawer)
    assert "用于会员、金融、服务通知，或换一个主体使用，就是扩大使用" in told
    assert told.count("可以使用") == 1
    assert told.count("未报备此用途") == 3
    assert "已通过，运营商已报备，零售，至 2030-12-31" in told
    with qtbot.waitSignal(inline_desk.way.went) as went:
        next(each for each in shown.drawer.findChildren(QPushButton) if each.text() == "双十一").click()
    assert went.args[0] == "campaigns"


def test_what_providers_refuse_is_said_beside_their_rendering(page: Show) -> None:
    shown = page(replace(FILED, text="一个很长很长的签名名字啊呀"))
    shown.table.opened.emit(0)
    preview = shown.drawer.preview
    preview.provider.setCurrentIndex(preview.provider.findData("aliyun"))
    preview.provider.activated.emit(preview.provider.currentIndex())
    assert (
        preview.bubble.accessibleName() == "【一个很长很长的签名名字啊呀】您好，店内新品已上架，欢迎选购。拒收请回复R"
    )
    assert "12" in preview.problems.text()
    preview.provider.setCurrentIndex(preview.provider.findData("huawei"))
    preview.provider.activated.emit(preview.provider.currentIndex())
    assert preview.problems.text() == "签名的写法符合要求。"


def test_a_port_and_a_letter_are_noted_and_a_port_of_another_is_refused(
    page: Show, inline_desk: Desk, qtbot: QtBot
) -> None:
    shown = page(FILED, replace(FILED, text="安宁会员"))
    form, model = shown.drawer.form, shown.model
    model.open((ENTITY, "安宁百货"))
    assert not form.save.isEnabled()
    qtbot.keyClicks(form.port, "106900012345")
    qtbot.mouseClick(form.save, Qt.MouseButton.LeftButton)
    assert model.state.typed is None
    model.open((ENTITY, "安宁会员"))
    assert form.port.text() == ""
    qtbot.keyClicks(form.port, "106900012345")
    qtbot.mouseClick(form.save, Qt.MouseButton.LeftButton)
    assert "已登记给签名【安宁百货】" in form.wrong.text()
    assert shown.unkept()
    form.undo.click()
    assert (form.port.text(), form.wrong.isVisibleTo(form), shown.unkept()) == ("", False, False)
    form.has_letter.click()
    assert form.letter.isVisibleTo(form)
    qtbot.mouseClick(form.save, Qt.MouseButton.LeftButton)
    assert "一起填写" in form.wrong.text()
    form.letter_from.setText("安宁集团")
    form.letter_until.setDate(QDate(2029, 1, 31))
    shown.flush()
    stored = inline_desk.app.workspace.filings.register(ENTITY).records
    assert stored["安宁会员"] == SignatureRecord(ENTITY, "安宁会员", "", "安宁集团", date(2029, 1, 31))
    assert not shown.unkept()


def test_a_letter_is_not_taken_to_have_ended_before_its_date_is_set(page: Show, inline_desk: Desk) -> None:
    shown = page(FILED)
    shown.model.open((ENTITY, "安宁百货"))
    shown.drawer.form.has_letter.click()
    typed = shown.model.state.typed
    assert typed is not None
    assert typed.letter_until is not None
    assert typed.letter_until > inline_desk.app.clock().date()


def test_what_was_typed_is_kept_when_another_signature_is_opened(page: Show, inline_desk: Desk, qtbot: QtBot) -> None:
    shown = page(FILED, replace(FILED, text="安宁会员"))
    shown.model.open((ENTITY, "安宁百货"))
    qtbot.keyClicks(shown.drawer.form.port, "1069")
    shown.table.selectRow(0)
    assert shown.model.state.opened == (ENTITY, "安宁会员")
    records = inline_desk.app.workspace.filings.register(ENTITY).records
    assert [each.port for each in records.values()] == ["1069"]


def test_what_no_account_tells_is_recorded_on_the_page(page: Show, inline_desk: Desk, qtbot: QtBot) -> None:
    shown = page(FILED, replace(FILED, text="安宁到家", scopes=()))
    form, model = shown.drawer.form, shown.model
    model.open((ENTITY, "安宁百货"))
    assert not form.filed.isVisibleTo(form), "its account tells what it may carry"
    model.open((ENTITY, "安宁到家"))
    assert form.filed.isVisibleTo(form)
    qtbot.waitUntil(lambda: "登记前不能使用" in said(shown.drawer))
    form.scopes["retail"].click()
    qtbot.mouseClick(form.save, Qt.MouseButton.LeftButton)
    resolved = inline_desk.app.workspace.accounts.register(ENTITY).signature("安宁到家", inline_desk.app.clock())
    assert resolved is not None
    assert resolved.scopes == ("retail",)
    qtbot.waitUntil(lambda: "登记前不能使用" not in said(shown.drawer))
    form.scopes["retail"].click()
    form.undo.click()
    assert form.scopes["retail"].isChecked()


def test_a_page_that_is_gone_is_told_nothing_more(page: Show, inline_desk: Desk) -> None:
    former = SignaturesPage(inline_desk)
    now = page(FILED)
    told: list[object] = []
    inline_desk.kit.messages.told.connect(told.append)
    shiboken6.delete(former)
    now.templates.model.changed.emit(now.templates.model.state)
    now.model.kept.emit()
    assert len(told) == 1


def stating(page: Show, desk: Desk, qtbot: QtBot) -> tuple[SignaturesPage, OwnSignatureDialog]:
    """Of a shop whose sender cannot tell how its signatures stand."""
    shop = add_shop(desk.app)
    desk.app.workspace.accounts.put_signatures(shop, None, desk.app.clock())
    shown = page()
    qtbot.mouseClick(shown.state_one, Qt.MouseButton.LeftButton)
    assert shown.dialog is not None
    return shown, shown.dialog


def test_a_signature_of_a_sender_that_cannot_tell_is_stated_in_the_window(
    page: Show, inline_desk: Desk, qtbot: QtBot
) -> None:
    shown, dialog = stating(page, inline_desk, qtbot)
    dialog.text.setText("【安宁到家】")
    qtbot.keyClicks(dialog.port, "106900012345")
    dialog.scopes["retail"].click()
    dialog.save.click()
    assert "至少勾选一家" in dialog.wrong.text()
    assert dialog.isVisible()
    for carrier in ("mobile", "unicom", "telecom"):
        dialog.carriers[carrier].click()
    dialog.save.click()
    assert not dialog.isVisible()
    assert cells(shown, 0)[:3] == ["【安宁到家】", "自行登记", "零售"]
    shown.model.open((ENTITY, "安宁到家"))
    qtbot.waitUntil(lambda: "自行登记于" in said(shown.drawer))
    told = said(shown.drawer)
    assert ENTITY in told
    assert "未报备，其用户收不到" in told
    shown.drawer.restated.emit(shown.model.state.filing)
    again = shown.dialog
    assert again is not None
    assert (again.text.text(), again.port.text(), again.text.isEnabled()) == ("安宁到家", "106900012345", False)
    assert [name for name, box in again.carriers.items() if box.isChecked()] == ["mobile", "unicom", "telecom"]
    made = inline_desk.app.campaigns.create(
        name="双十二", entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="王"
    )
    inline_desk.app.campaigns.edit(made.id, actor="王", signature="安宁到家")
    shown.model.load()
    again.leave.click()
    shown.drawer.restated.emit(shown.model.state.filing)
    last = shown.dialog
    assert last is not None
    kept = answer("confirm_no")
    last.forget.click()
    assert kept.asked == ["撤销签名【安宁到家】的登记？"]
    assert "用到它的活动会停下：双十二" in kept.text
    assert len(inline_desk.app.filings.register()) == 1
    answer("confirm_yes")
    last.forget.click()
    assert inline_desk.app.filings.register() == ()


def test_over_what_another_window_stated_one_states_at_a_second_word(
    page: Show, inline_desk: Desk, qtbot: QtBot
) -> None:
    shown, first = stating(page, inline_desk, qtbot)
    filings = inline_desk.app.filings
    first.leave.click()
    own = OwnFiling(ENTITY, "安宁到家", ("retail",), ("mobile",), inline_desk.app.clock(), "甲")
    filings.state(own, "106900012345")
    shown.model.load()
    shown.model.open((ENTITY, "安宁到家"))
    shown.drawer.restated.emit(shown.model.state.filing)
    dialog = shown.dialog
    assert dialog is not None
    filings.state(replace(own, carriers=("unicom",), stated_by="乙"), "106900054321")
    dialog.scopes["membership"].click()
    dialog.save.click()
    assert "刚在另一个窗口改过" in dialog.wrong.text()
    assert dialog.save.text() == "仍用我的"
    assert dialog.height() >= dialog.heightForWidth(dialog.width()), "nothing is cut off"
    assert cells(shown, 0)[2] == "零售"
    dialog.save.click()
    assert not dialog.isVisible()
    (now,) = filings.register()
    assert now.own is not None
    assert (now.own.scopes, now.own.carriers) == (("retail", "membership"), ("mobile",))
    assert now.record.port == "106900054321", "of the port nobody here said anything"


def test_an_answer_to_a_dialog_that_was_left_is_no_answer_to_the_next(
    page: Show, inline_desk: Desk, qtbot: QtBot
) -> None:
    shown, former = stating(page, inline_desk, qtbot)
    token = former.token
    former.leave.click()
    qtbot.mouseClick(shown.state_one, Qt.MouseButton.LeftButton)
    dialog = shown.dialog
    assert dialog is not None
    assert dialog is not former
    shown.model.stated.emit(token)
    shown.model.refused.emit(token, SettingsError("own_carriers", "?"))
    assert dialog.isVisible()
    assert not dialog.wrong.isVisible()
    assert inline_desk.kit.messages.last is not None
    dialog.leave.click()


def test_an_owner_that_a_provider_leaves_open_is_confirmed_in_the_drawer(
    page: Show, inline_desk: Desk, qtbot: QtBot
) -> None:
    shown = page(FILED, replace(FILED, text="安宁到家", owner_uscc="", owner_open=True, owner_name="安宁数科有限公司"))
    form, model = shown.drawer.form, shown.model
    model.open((ENTITY, "安宁百货"))
    assert not form.owner.isVisibleTo(form), "its account tells whose it is"
    model.open((ENTITY, "安宁到家"))
    assert form.owner.isVisibleTo(form)
    qtbot.waitUntil(lambda: "安宁数科有限公司" in said(shown.drawer))
    assert cells(shown, 0)[1] == "归属待确认"
    form.owner.click()
    qtbot.mouseClick(form.save, Qt.MouseButton.LeftButton)
    assert cells(shown, 0)[1] == "可用"


def test_the_entitys_own_senders_are_previewed_first_with_their_parts(page: Show) -> None:
    shown = page(FILED)
    shown.table.opened.emit(0)
    preview = shown.drawer.preview
    first = preview.provider.itemText(0)
    assert (first.endswith("（已连接）"), preview.provider.currentIndex()) == (True, 0)
    assert preview.parts.text().startswith("编码 UCS-2，")


def test_a_dialog_that_was_closed_is_gone_and_its_answer_comes_all_the_same(
    page: Show, inline_desk: Desk, qtbot: QtBot
) -> None:
    add_shop(inline_desk.app)
    shown = page()
    qtbot.mouseClick(shown.state_one, Qt.MouseButton.LeftButton)
    dialog = shown.dialog
    assert dialog is not None
    dialog.leave.click()
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    assert shown.dialog is None
    told: list[Notice] = []
    inline_desk.kit.messages.told.connect(told.append)
    wrong = OwnFiling(ENTITY, "", ("retail",), ("mobile",), inline_desk.app.clock(), "王")
    shown.model.state_own(wrong, "", dialog.token)
    assert [each.code for each in told] == ["own_signature"]


def test_of_several_entities_a_signature_is_stated_for_the_one_that_was_chosen(
    page: Show, inline_desk: Desk, qtbot: QtBot
) -> None:
    inline_desk.app.workspace.accounts.add_entity(Entity("91330100MA0000002X", "宜居百货有限公司"))
    _, dialog = stating(page, inline_desk, qtbot)
    assert not dialog.save.isEnabled()
    dialog.entity.setCurrentIndex(dialog.entity.findData(ENTITY))
    assert dialog.save.isEnabled()
    dialog.leave.click()


def test_among_many_a_signature_is_found_by_its_words_its_entity_or_its_port(page: Show) -> None:
    shown = page(FILED, replace(FILED, text="宜居家纺"))
    shown.search.setText("家纺】")
    assert [row[0] for row in (cells(shown, at) for at in range(shown.rows.rowCount()))] == ["【宜居家纺】"]
    shown.search.setText(ENTITY[-6:].lower())
    assert shown.rows.rowCount() == 2
    shown.search.setText("没有的")
    assert shown.stack.currentWidget() is shown.no_match
    shown.no_match.button.click()
    assert (shown.search.text(), shown.rows.rowCount()) == ("", 2)
    shown.search.setText("宜居")
    shown.open((ENTITY, "安宁百货"))
    assert shown.rows.rowCount() == 2, "what another page sends to is seen"
