"""The guide of the first campaign: who may do a step, its words in the smallest window, and the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from ui_guide import Guided, guided, window_of
from ui_sending import app

from campaign_app import assets, bootstrap
from campaign_app.domain.team import Person, Role
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.guide_card import GuideCard
from campaign_app.ui.pages.guide_words import ELSEWHERE, FIELDS, NEEDED, GuideWords
from campaign_app.ui.pages.shell import LEAST
from campaign_app.ui.viewmodels.guide import WAYMARKS, Lead
from campaign_app.ui.widgets.basics import lay_out
from campaign_app.wiring import wire
from tests.helpers.staged import stage

__all__ = ["app", "guided"]  # fixtures


@pytest.fixture
def desk_as(inline_desk: Desk) -> Callable[..., Desk]:
    def made(*roles: Role) -> Desk:
        app = inline_desk.app
        theirs = replace(app.workspace, person=Person("anna", frozenset(roles)))
        return replace(inline_desk, app=wire(theirs, app.keeper, app.offset))

    return made


@pytest.mark.parametrize(
    ("role", "code", "who"),
    [
        (Role.OPERATOR, "connect", "负责人"),
        (Role.OPERATOR, "no_text", ""),
        (Role.OPERATOR, "approve", "审核"),
        (Role.OPERATOR, "schedule", ""),
        (Role.REVIEWER, "no_text", "运营"),
        (Role.REVIEWER, "approve", ""),
        (Role.OWNER, "schedule", "运营、审核"),
        (Role.OWNER, "sync", ""),
    ],
)
def test_who_may_not_do_a_step_reads_who_can(
    desk_as: Callable[..., Desk], role: Role, code: str, who: str, qtbot: QtBot
) -> None:
    said = GuideWords(desk_as(role)).said(Lead(step="connect", code=code))
    assert said.own is not bool(who)
    assert (f"这一步要由{who}来做" in said.text) is bool(who)
    assert said.action, "there is still something to look at"


def test_the_button_stands_out_for_whoever_may_press_it(desk_as: Callable[..., Desk], qtbot: QtBot) -> None:
    for role, kind in ((Role.OWNER, "primary"), (Role.OPERATOR, "")):
        card = GuideCard(desk_as(role))
        qtbot.addWidget(card)
        card.guide.load()
        assert card.lines["connect"].act.property("kind") == kind


def test_every_code_has_words_and_a_place(inline_desk: Desk) -> None:
    words = GuideWords(inline_desk)
    codes = set(words._words())
    assert set(FIELDS) | set(ELSEWHERE) == codes
    assert set(NEEDED) < codes
    assert set(words.titles()) == set(WAYMARKS)


def test_the_keyboard_reaches_it_and_presses_it(guided: Guided, app: bootstrap.App) -> None:
    made = stage(app).draft("")
    card = guided.overview()
    act = card.lines["content"].act
    card.hide_button.setFocus()
    QTest.keyClick(card.hide_button, Qt.Key.Key_Tab)
    assert guided.shell.focusWidget() is act, "the next thing on the way of the Tab key"
    assert act.accessibleName() == "写内容：去写正文"
    QTest.keyClick(act, Qt.Key.Key_Space)
    assert guided.focused() == "body"
    strip = guided.strip(made.id, "content")
    for part in strip.findChildren(QPushButton):
        assert part.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert part.accessibleName()


def test_on_threads_the_button_lands_as_soon_as_what_it_is_about_is_read(
    desk: Desk, app: bootstrap.App, qtbot: QtBot
) -> None:
    staged = stage(app)
    screened = staged.screened()
    draft = staged.draft()
    with window_of(desk) as made:
        for page, what, name in (
            ("campaigns", (screened.id, "sending", "next"), "approval_count"),
            ("campaigns", (draft.id, "audience", "filter"), "condition_add"),
            ("campaigns", (draft.id, "screening", "start"), "empty_action"),
            ("customers", "sync", "customers_sync"),
            ("settings", ("field", "accounts", ()), "account_connect"),
        ):
            desk.way.to(page, what)
            qtbot.waitUntil(
                lambda name=name: getattr(made.shell.focusWidget(), "objectName", str)() == name, timeout=9_000
            )


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_sentence_is_cut_in_the_smallest_window(guided: Guided, app: bootstrap.App, language: str) -> None:
    made, speaks = stage(app).draft(), QTranslator()
    if language == "en":
        assert speaks.load(str(assets.path("i18n", "en.qm")))
        QCoreApplication.installTranslator(speaks)
    guided.shell.resize(LEAST)
    strip, cut = guided.strip(made.id, "audience"), dict[str, int]()
    for code, (step, _) in FIELDS.items():
        strip._say(Lead(step=step, code=code))
        lay_out()
        missing = strip.text.fontMetrics().horizontalAdvance(strip.text.text()) - strip.text.width()
        if missing > 0:
            cut[code] = missing
    QCoreApplication.removeTranslator(speaks)
    assert not cut
