"""Somebody saves over what another window changed meanwhile: it is said, nothing is lost, and a person chooses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.compliance.message import Good
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.signature import SignatureRecord
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.services.profiles import Profile
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import Notice
from campaign_app.ui.pages.settings_policies import PoliciesSection, PolicyField
from campaign_app.ui.pages.steps.audience import AudienceStep
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.conditions import ConditionsModel, ConditionsState
from campaign_app.ui.viewmodels.filings import FilingsModel
from campaign_app.ui.viewmodels.profiles import ProfilesModel
from campaign_app.ui.viewmodels.settings import PoliciesModel
from tests.helpers.writing import ENTITY, campaign_of, discard, stock

THEIRS, FORMER = (Filter((Condition("province", Op.IS, name),)) for name in ("江苏", "上海"))
QUILT, CREAM = Good("羽绒被", 59_900), Good("面霜", 12_950)


@pytest.fixture
def campaign(app: bootstrap.App) -> Campaign:
    stock(app)
    return campaign_of(app)


@pytest.fixture
def told(inline_desk: Desk) -> list[Notice]:
    heard: list[Notice] = []
    inline_desk.kit.messages.told.connect(heard.append)
    return heard


@pytest.fixture
def model(inline_desk: Desk, campaign: Campaign) -> Iterator[CampaignModel]:
    made = CampaignModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages, campaign)
    yield made
    discard(made)


def note(model: FilingsModel, text: str, port: str = "") -> None:
    model.type(port=port, letter_from="", letter_until=None, note=text, scopes=(), owner_confirmed=False)


def choose_mine(told: list[Notice], of: str = "") -> None:
    (notice,) = told
    assert (notice.code, notice.label) == (OVERTAKEN, "仍用我的")
    assert notice.text == f"{of}这一项刚在另一个窗口改过，没有覆盖。请看过最新内容再保存。"
    assert notice.action is not None
    notice.action()


@pytest.mark.parametrize("looked", [False, True], ids=["unseen", "beside what is typed"])
def test_a_policy_is_saved_over_another_ones_only_at_a_second_word(
    looked: bool, inline_desk: Desk, told: list[Notice], qtbot: QtBot
) -> None:
    policies = inline_desk.app.policies
    model = PoliciesModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages)
    section = PoliciesSection(inline_desk, model)
    qtbot.addWidget(section)
    section.resize(700, 300)
    section.show()
    model.load()
    model.type("batch_size", "200")
    policies.save({"batch_size": "300"}, actor="乙")
    if looked:  # as the page does by itself
        model.load()
    section.save.click()
    field = section.fields["batch_size"]
    assert isinstance(field, PolicyField)
    assert (policies.current().batch_size, field.edit.text()) == (300, "200")
    assert field.limits.text().endswith(" · 未保存，现在是 300")
    assert section.focusWidget() is field.edit
    assert section.area.viewport().rect().contains(field.edit.mapTo(section.area.viewport(), QPoint()))
    assert [each.code for each in told] == [OVERTAKEN]
    section.save.click()
    assert policies.current().batch_size == 200


def refused(desk: Desk) -> PoliciesModel:
    """It would have written 200 over what another window had made 300 of meanwhile."""
    model = PoliciesModel(desk.app, desk.kit.tasks, desk.kit.messages)
    model.load()
    model.type("batch_size", "200")
    desk.app.policies.save({"batch_size": "300"}, actor="乙")
    model.save()
    return model


def test_a_policy_is_saved_over_another_ones_by_the_notice_as_well(inline_desk: Desk, told: list[Notice]) -> None:
    model = refused(inline_desk)
    choose_mine(told)
    assert inline_desk.app.policies.current().batch_size == 200
    assert not model.state.changed


def test_what_was_dropped_after_all_is_what_the_other_one_saved(inline_desk: Desk, told: list[Notice]) -> None:
    model = refused(inline_desk)
    model.undo()
    assert model.state.typed["batch_size"] == "300"
    assert told


@pytest.mark.parametrize("looked", [False, True], ids=["unseen", "beside what is typed"])
def test_goods_of_another_window_take_the_place_of_what_was_typed_until_a_person_chooses(
    looked: bool, inline_desk: Desk, told: list[Notice], campaign: Campaign
) -> None:
    profiles = inline_desk.app.profiles
    model = ProfilesModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages)
    model.load()
    model.type(ENTITY, "goods", "面霜 129.5")
    profiles.put(ENTITY, Profile("food", goods=(QUILT,)), actor="乙")
    if looked:
        model.load()
    model.save(ENTITY, "goods")
    assert model.state.told[ENTITY].typed["goods"].text == "羽绒被 599"
    assert profiles.of(ENTITY) == Profile("food", goods=(QUILT,))
    choose_mine(told)
    assert profiles.of(ENTITY) == Profile("food", goods=(CREAM,)), "of the trade nobody here said anything"


def test_two_choices_in_a_row_are_ones_own(inline_desk: Desk, told: list[Notice], campaign: Campaign) -> None:
    model = ProfilesModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages)
    model.load()
    model.choose_industry(ENTITY, "food")
    model.choose_industry(ENTITY, "cosmetics")
    model.choose_provider(ENTITY, "huawei")
    assert inline_desk.app.profiles.of(ENTITY) == Profile("cosmetics", "huawei")
    assert told == []


def test_a_record_of_a_signature_is_shown_as_the_other_one_left_it(
    inline_desk: Desk, told: list[Notice], campaign: Campaign
) -> None:
    filings, key = inline_desk.app.filings, (ENTITY, "安宁百货")
    model = FilingsModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages, lambda: "zh_CN")
    model.load()
    model.open(key)
    note(model, "甲一")
    model.save()
    note(model, "甲二")
    filings.save(SignatureRecord(*key, note="乙"), actor="乙")
    model.save()
    assert model.state.filing is not None
    assert (model.state.typed, model.state.filing.record.note) == (None, "乙")
    choose_mine(told, "【安宁百货】：")
    assert model.state.filing.record.note == "甲二"


@pytest.mark.parametrize("looked", [False, True], ids=["unseen", "beside what is typed"])
def test_a_segment_of_another_window_is_replaced_only_at_a_second_word(
    looked: bool, inline_desk: Desk, told: list[Notice], campaign: Campaign
) -> None:
    audiences, kept = inline_desk.app.audiences, list[Filter | None]()
    audiences.save("常客", FORMER, actor="甲")
    model = ConditionsModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages, ConditionsState())
    model.load()
    audiences.save("常客", THEIRS, actor="乙")
    if looked:
        model.renew()
    model.keep("常客", kept.append)
    assert (audiences.saved(), model.state.saved, kept) == ({"常客": THEIRS}, {"常客": THEIRS}, [])
    choose_mine(told, "常客：")
    assert (audiences.saved()["常客"], kept) == (Filter(), [THEIRS]), "which can be undone"


@pytest.mark.parametrize("looked", [False, True], ids=["unseen", "beside what is typed"])
def test_a_segment_that_another_window_changed_is_not_deleted_unseen(
    looked: bool, inline_desk: Desk, told: list[Notice], campaign: Campaign
) -> None:
    audiences, gone = inline_desk.app.audiences, list[Filter]()
    audiences.save("常客", FORMER, actor="甲")
    model = ConditionsModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages, ConditionsState())
    model.load()
    audiences.save("常客", THEIRS, actor="乙")
    if looked:
        model.renew()
        audiences.save("新的", THEIRS, actor="乙")
        model.renew()
        model.forget("新的", gone.append)
        assert gone == [THEIRS], "one that was never anything else"
        gone.clear()
    model.forget("常客", gone.append)
    assert (audiences.saved(), [each.code for each in told], gone) == ({"常客": THEIRS}, [OVERTAKEN], [])
    model.forget("常客", gone.append)
    assert (audiences.saved(), gone) == ({}, [THEIRS])


def test_an_audience_of_another_window_can_be_had_back(
    inline_desk: Desk, model: CampaignModel, told: list[Notice], qtbot: QtBot
) -> None:
    campaigns = inline_desk.app.campaigns
    step = AudienceStep(inline_desk, model)
    qtbot.addWidget(step)
    step.shown()
    step.audience.add(0, "city", Op.IN, "杭州")
    campaigns.edit(model.id, actor="乙", audience=THEIRS)
    step.audience.save()
    mine = campaigns.get(model.id).audience
    assert mine not in (THEIRS, Filter())
    (notice,) = told
    assert notice.text == "受众刚在另一个窗口改过，现在存下的是这里的条件。"
    assert notice.action is not None
    notice.action()
    assert campaigns.get(model.id).audience == step.audience._meant() == THEIRS
    step.audience.add(0, "city", Op.IN, "南京")
    step.audience.save()
    assert len(told) == 1, "of one's own nothing is said"


def test_a_signature_of_another_window_can_be_had_back(
    inline_desk: Desk, model: CampaignModel, told: list[Notice], qtbot: QtBot
) -> None:
    campaigns = inline_desk.app.campaigns
    step = ContentStep(inline_desk, model)
    qtbot.addWidget(step)
    campaigns.edit(model.id, actor="乙", signature="安宁折扣")
    step.composer.set_signature("安宁会员")
    (notice,) = told
    assert notice.text == "签名刚在另一个窗口换成【安宁折扣】，现在存下的是这里选的。"
    assert notice.action is not None
    notice.action()
    assert campaigns.get(model.id).signature == "安宁折扣"
    assert len(told) == 1


def test_of_a_signature_that_both_windows_chose_nothing_is_said(
    inline_desk: Desk, model: CampaignModel, told: list[Notice], qtbot: QtBot
) -> None:
    step = ContentStep(inline_desk, model)
    qtbot.addWidget(step)
    inline_desk.app.campaigns.edit(model.id, actor="乙", signature="安宁会员")
    step.composer.set_signature("安宁会员")
    assert told == []
