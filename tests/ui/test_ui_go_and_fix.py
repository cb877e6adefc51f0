"""去修改, 去设置, 选时间: every check of the pre-flight leads to the very field that mends it, in the whole window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from campaign_app.services.money import Level
from campaign_app.services.situation import Check
from campaign_app.ui.pages.account_card import AccountCard
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.pages.steps.sending import SendingStep
from campaign_app.ui.pages.steps.sending_checks import PLACES, CheckWords
from campaign_app.ui.viewmodels.amounts import amount
from campaign_app.ui.viewmodels.money import MoneyModel
from campaign_app.ui.viewmodels.preflight import PreflightState
from campaign_app.ui.widgets.checklist import Item
from tests.helpers.driving import pause
from tests.helpers.staged import CLEAN
from tests.helpers.windowed import Windowed

MENDED = {
    "unfinished": "condition_add",
    "unkept_audience": "condition_add",
    "unkept_text": "body",
    "audience": "empty_action",
    "approval": "empty_action",
    "recipients": "condition_add",
    "text": "body",
    "fit": "body",
    "approver": "body",
    "warning:OPT-OUT": "body",
    "signature": "signature",
    "window": "plan_time",
    "cost": "budget",
    "cost_count": "empty_action",
    "cost_price": "money_price",
    "cost_month": "money_month",
    "balance": "card",
    "sender": "card",
    "replies": "card",
    "stuck": "card",
    "authorisation": "card",
    "templates": "card",
}


def sending(window: Windowed) -> SendingStep:
    window.desk.way.to("campaigns", (window.ids["draft"], "sending"))
    window.settle()
    page = window.shell.page("campaigns")
    assert isinstance(page, CampaignsPage)
    assert page.editor is not None
    step = page.editor.step
    assert isinstance(step, SendingStep)
    return step


def test_every_check_has_its_place_here() -> None:
    assert {key.partition(":")[0] for key in MENDED} == set(PLACES) - {"worker"}


@pytest.mark.parametrize(("key", "field"), MENDED.items(), ids=MENDED)
def test_go_and_fix_lands_where_it_is_mended(
    window: Windowed, key: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.activate()
    step = sending(window)
    shop = window.desk.app.accounts.all()[0].label
    check = Check(key, "block", key, {"names": (shop,)})
    real = MoneyModel._read
    priced = (amount("price:1", shop, None),)
    monkeypatch.setattr(MoneyModel, "_read", lambda model: replace(real(model), prices=priced))
    monkeypatch.setattr(PreflightState, "checks", property(lambda _: (check,)))
    step.checks.mended.emit(key)
    window.settle()
    now = window.shell.focusWidget()
    assert now is not None
    assert arrived(now, field), f"{key} landed on {type(now).__name__} {now.objectName()}"


def test_of_many_shops_a_few_are_named_and_more_of_those_that_are_not_in_order(window: Windowed) -> None:
    shops, words = tuple(f"店{number}" for number in range(60)), window.desk.kit.words
    long = tuple("安宁百货官方旗舰店" * 6 + shop for shop in shops)

    def told(level: Level, names: tuple[str, ...] = shops) -> Item:
        check = Check("sender", level, "sender", {"names": names})
        return CheckWords()._item(check, frozenset(), words, ticking=False)

    assert told("ok").text == "真实通道：店0、店1、店2 等 60 个。"
    assert told("block").text.endswith("店6、店7 等 60 个。")
    assert told("block").why.splitlines() == list(shops)
    assert told("ok", long).text == f"真实通道：{long[0]} 等 60 个。"
    assert told("block", long).text == f"真实通道：{'、'.join(long[:3])} 等 60 个。"


def arrived(now: QWidget, field: str) -> bool:
    def inside(kind: type[QWidget]) -> bool:
        at: QWidget | None = now
        while at is not None and not isinstance(at, kind):
            at = at.parentWidget()
        return at is not None

    kinds: dict[str, Callable[[], bool]] = {"card": lambda: inside(AccountCard) and isinstance(now, QPushButton)}
    return kinds[field]() if field in kinds else now.objectName().startswith(field)


def test_the_caret_goes_to_what_the_check_is_about(window: Windowed) -> None:
    window.activate()
    blocked = window.staged.draft("免费领红包，国家级品质" + CLEAN)
    window.desk.way.to("campaigns", (blocked.id, "content"))
    pause(100)  # what is typed is painted before its check begins
    window.settle()
    page: Any = window.shell.page("campaigns")
    content = page.editor.step
    assert isinstance(content, ContentStep)
    content.land("body")
    assert content.edit.hasFocus()
    assert content.edit.caret == 6, "at what blocks it, though a warning stands before it"
    content.land("body:PRZ-002")
    assert content.edit.caret == 0
    content.land("signature")
    assert content.signature.field.hasFocus()
