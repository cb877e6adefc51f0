"""设置 → 主体资料: what an entity tells of itself, and that its texts are held to that at once."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from campaign_app.compliance.message import Good
from campaign_app.domain.errors import AppError
from campaign_app.services.profiles import INDUSTRIES, PROVIDERS, Profile
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings import SettingsPage
from campaign_app.ui.pages.settings_entities import EntitiesSection, EntityCard
from campaign_app.ui.pages.settings_staff import StaffCard
from campaign_app.ui.viewmodels.profile_fields import Reading, domains_in, read_goods
from tests.helpers.writing import ENTITY, campaign_of, made_step, stock

LINK = "{name}您好，满300元减50元，看款 shop.anning.example/a，11月30日前有效，详询4000001234。拒收请回复R"


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> SettingsPage:
    stock(desk.app)
    made = SettingsPage(desk)
    qtbot.addWidget(made)
    made.resize(1_000, 760)
    made.open("entities")
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: ENTITY in made.profiles.state.told and bool(made.accounts.state.entities))
    return made


@pytest.fixture
def card(page: SettingsPage) -> EntityCard:
    section = page.section("entities")
    assert isinstance(section, EntitiesSection)
    return section.cards[ENTITY]


def pick(combo: QComboBox, value: str) -> None:
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def retype(card: EntityCard, text: str) -> None:
    card.lines["domains"].setText(text)
    card.lines["domains"].textEdited.emit(text)


def test_the_longest_name_of_an_entity_leaves_its_fields_in_sight(page: SettingsPage, desk: Desk, qtbot: QtBot) -> None:
    entity = desk.app.accounts.entities()[0]
    long = replace(entity, name="电子商务有限责任公司西湖分公司" * 4)
    kinds = (partial(EntityCard, desk, page.accounts, page.profiles), partial(StaffCard, desk, page.staff))
    for make in kinds:
        cards = [make(each) for each in (entity, long)]
        for each in cards:
            qtbot.addWidget(each)
        short, wide = (each.minimumSizeHint().width() for each in cards)
        assert wide <= short + 40


def test_every_trade_and_provider_has_its_word(card: EntityCard, desk: Desk) -> None:
    for combo, codes in ((card.industry, INDUSTRIES), (card.provider, PROVIDERS)):
        assert [combo.itemData(at) for at in range(combo.count())] == list(codes)
        assert all(combo.itemText(at) != combo.itemData(at) for at in range(combo.count()))
    assert card.industry.currentData() == "general"
    assert card.provider.currentData() == "generic"


def test_a_choice_is_kept_and_audited(card: EntityCard, page: SettingsPage, desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.profiles.saved):
        pick(card.industry, "food")
    with qtbot.waitSignal(page.profiles.saved):
        pick(card.provider, "aliyun")
    assert desk.app.profiles.of(ENTITY) == Profile("food", "aliyun")
    assert desk.app.workspace.audit.entries()[0].action == "profile_changed"
    assert card.industry.currentData() == "food"


def test_domains_are_taken_as_people_write_them(card: EntityCard, page: SettingsPage, desk: Desk, qtbot: QtBot) -> None:
    retype(card, "https://Shop.Anning.example/a?b、 m.anning.example，m.anning.example")
    assert not card.lines["domains"].wrong.isVisible()
    with qtbot.waitSignal(page.profiles.saved):
        qtbot.keyClick(card.lines["domains"], Qt.Key.Key_Return)
    assert desk.app.profiles.of(ENTITY).domains == ("shop.anning.example", "m.anning.example")
    assert card.lines["domains"].text() == "shop.anning.example m.anning.example"


@pytest.mark.parametrize(
    ("typed", "domains"),
    [
        ("", ()),
        ("  ", ()),
        ("a.cn b.cn", ("a.cn", "b.cn")),
        ("http://user@a.cn:80/x#y", ("a.cn",)),
        ("a.cn;b.cn；a.cn", ("a.cn", "b.cn")),
    ],
)
def test_what_is_typed_is_read_as_domains(typed: str, domains: tuple[str, ...]) -> None:
    assert domains_in(typed) == domains


def test_goods_are_read_as_people_write_them() -> None:
    goods = (Good("羽绒被 冬款", 59_900), Good("面霜", 12_950))
    assert read_goods("羽绒被 冬款 599元；面霜：129.5；") == Reading(goods)
    assert read_goods("面霜 129.5；羽绒被") == Reading(goods[1:], "羽绒被")
    assert read_goods("被 10").wrong == "被 10"
    assert read_goods("面霜 0").wrong == "面霜 0"
    assert read_goods(" ； ") == Reading(())


def test_registered_goods_are_kept_beside_domains_that_are_half_typed(
    card: EntityCard, page: SettingsPage, desk: Desk, qtbot: QtBot
) -> None:
    for field, text in (("domains", "安宁"), ("goods", "羽绒被 599；面霜 129.50元")):
        card.lines[field].setText(text)
        card.lines[field].textEdited.emit(text)
    assert "安宁" in card.lines["domains"].wrong.text()
    with qtbot.waitSignal(page.profiles.saved):
        qtbot.keyClick(card.lines["goods"], Qt.Key.Key_Return)
    assert desk.app.profiles.of(ENTITY) == Profile(goods=(Good("羽绒被", 59_900), Good("面霜", 12_950)))
    assert card.lines["goods"].text() == "羽绒被 599; 面霜 129.50"
    assert card.lines["domains"].text() == "安宁"


def test_what_is_no_domain_is_said_while_it_is_typed_and_not_kept(
    card: EntityCard, page: SettingsPage, desk: Desk, qtbot: QtBot
) -> None:
    retype(card, "anning.example 安宁")
    assert "“安宁”不是域名" in card.lines["domains"].wrong.text()
    assert card.lines["domains"].wrong.isVisible()
    qtbot.keyClick(card.lines["domains"], Qt.Key.Key_Return)
    page.profiles.load()
    assert desk.kit.tasks.finish()
    assert desk.app.profiles.of(ENTITY) == Profile()
    assert card.lines["domains"].text() == "anning.example 安宁", "what was typed stays"
    again = SettingsPage(desk)
    qtbot.addWidget(again)
    section = again.section("entities")
    assert isinstance(section, EntitiesSection)
    assert section.cards[ENTITY].lines["domains"].text() == "anning.example 安宁"
    retype(card, "anning.example")
    assert not card.lines["domains"].wrong.isVisible()
    with qtbot.waitSignal(page.profiles.saved):
        qtbot.keyClick(card.lines["domains"], Qt.Key.Key_Return)


def test_what_cannot_be_kept_is_told_and_the_field_shows_what_is_stored(
    card: EntityCard, page: SettingsPage, desk: Desk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    told: list[AppError] = []
    monkeypatch.setattr(page.profiles._messages, "error", told.append)
    page.profiles.choose_industry(ENTITY, "unheard of")
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].code == "profile"
    assert desk.app.profiles.of(ENTITY) == Profile()


def test_licences_change_without_losing_what_is_typed_beside_them(
    card: EntityCard, page: SettingsPage, desk: Desk, qtbot: QtBot
) -> None:
    retype(card, "half.typed")
    card.boxes["finance"].click()
    qtbot.waitUntil(lambda: desk.app.accounts.entities()[0].licences == ("finance",))
    qtbot.waitUntil(lambda: page.accounts.state.entities[0].licences == ("finance",))
    section = page.section("entities")
    assert isinstance(section, EntitiesSection)
    assert section.cards[ENTITY] is card
    assert card.lines["domains"].text() == "half.typed"


def test_the_text_that_is_being_written_is_judged_by_it_at_once(desk: Desk, page: SettingsPage, qtbot: QtBot) -> None:
    with contextmanager(made_step)(desk, campaign_of(desk.app, LINK), qtbot) as step:

        def found() -> set[str]:
            return {problem.finding.rule_id for problem in step.composer.state.problems}

        assert "LNK-002" in found()
        page.profiles.type(ENTITY, "domains", "anning.example")
        with qtbot.waitSignal(page.profiles.saved):
            page.profiles.save(ENTITY, "domains")
        step.shown()  # the user comes back from the settings
        qtbot.waitUntil(lambda: "LNK-002" not in found())
