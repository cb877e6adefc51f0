"""What one and the same window saves in a row is its own: nobody is told that another window changed it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.signature import SignatureRecord
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import Notice
from campaign_app.ui.viewmodels.filings import FilingsModel
from campaign_app.ui.viewmodels.money import MoneyModel
from campaign_app.ui.viewmodels.profiles import ProfilesModel
from tests.helpers.writing import ENTITY, campaign_of, stock

BUDGET = f"month:{ENTITY}"


class Quiet:
    """Waits until nothing is being read or saved; before that nothing here has heard of what was saved."""

    def __init__(self, qtbot: QtBot, desk: Desk) -> None:
        self._qtbot, self._busy = qtbot, list[int]()
        desk.kit.tasks.busy.connect(self._busy.append)

    def __call__(self) -> None:
        self._qtbot.waitUntil(lambda: self._busy[-1] == 0)


@pytest.fixture
def quiet(qtbot: QtBot, desk: Desk) -> Quiet:
    return Quiet(qtbot, desk)


@pytest.fixture
def told(app: bootstrap.App, desk: Desk) -> list[Notice]:
    stock(app)
    campaign_of(app)
    heard: list[Notice] = []
    desk.kit.messages.told.connect(heard.append)
    return heard


@pytest.fixture
def filings(desk: Desk, told: list[Notice], quiet: Quiet) -> FilingsModel:
    made = FilingsModel(desk.app, desk.kit.tasks, desk.kit.messages, lambda: "zh_CN")
    made.load()
    quiet()
    made.open((ENTITY, "安宁百货"))
    quiet()
    return made


@pytest.fixture
def money(desk: Desk, told: list[Notice], quiet: Quiet) -> MoneyModel:
    made = MoneyModel(desk.app, desk.kit.tasks, desk.kit.messages)
    made.load()
    quiet()
    return made


def note(model: FilingsModel, text: str, port: str = "") -> None:
    model.type(port=port, letter_from="", letter_until=None, note=text, scopes=(), owner_confirmed=False)


def notes(desk: Desk) -> dict[str, str]:
    return {each.signature.text: each.record.note for each in desk.app.filings.register() if each.record.note}


def test_the_record_of_one_signature_is_kept_while_the_next_is_typed(
    filings: FilingsModel, desk: Desk, told: list[Notice], quiet: Quiet
) -> None:
    note(filings, "甲")
    filings.open((ENTITY, "安宁折扣"))
    note(filings, "乙")
    quiet()
    filings.save()
    quiet()
    assert (notes(desk), told) == ({"安宁百货": "甲", "安宁折扣": "乙"}, [])


def test_a_record_that_is_saved_twice_before_the_first_is_heard_of(
    filings: FilingsModel, desk: Desk, told: list[Notice], quiet: Quiet
) -> None:
    note(filings, "甲")
    filings.save()
    note(filings, "甲乙")
    filings.save()
    quiet()
    assert (notes(desk), told) == ({"安宁百货": "甲乙"}, [])


def test_what_cannot_be_kept_is_said_the_same_however_often_it_is_saved(
    filings: FilingsModel, told: list[Notice], quiet: Quiet
) -> None:
    note(filings, "甲", port="x")
    filings.save()
    filings.save()
    quiet()
    assert filings.state.wrong is not None
    assert (filings.state.wrong.code, told) == ("port_digits", [])


def test_the_form_never_shows_what_stood_there_before_it_was_saved(filings: FilingsModel, quiet: Quiet) -> None:
    shown: list[str] = []
    note(filings, "甲")
    filings.changed.connect(
        lambda state: shown.append((state.typed or state.filing.record).note) if state.filing is not None else None
    )
    filings.save()
    quiet()
    assert set(shown) == {"甲"}


def test_a_budget_that_is_set_twice_before_the_first_is_heard_of(
    money: MoneyModel, desk: Desk, told: list[Notice], quiet: Quiet
) -> None:
    for yuan in ("10", "20"):
        money.type(BUDGET, yuan)
        money.save(BUDGET)
    quiet()
    assert (desk.app.money.month(ENTITY).budget, told) == (200_000, [])
    money.type(BUDGET, "30")
    money.save(BUDGET)
    quiet()
    assert (desk.app.money.month(ENTITY).budget, told) == (300_000, [])


def test_a_budget_that_was_read_again_while_another_was_typed_is_not_written_over_unseen(
    money: MoneyModel, desk: Desk, told: list[Notice], quiet: Quiet
) -> None:
    money.type(BUDGET, "10")
    desk.app.money.set_month_budget(ENTITY, 450_000, actor="乙")
    money.load()
    quiet()
    money.save(BUDGET)
    quiet()
    assert (desk.app.money.month(ENTITY).budget, [each.code for each in told]) == (450_000, [OVERTAKEN])
    assert [each.typed for each in money.state.months if each.key == BUDGET] == ["45.00"]


def test_a_profile_that_is_saved_twice_before_the_first_is_heard_of(
    desk: Desk, told: list[Notice], quiet: Quiet
) -> None:
    model = ProfilesModel(desk.app, desk.kit.tasks, desk.kit.messages)
    model.load()
    quiet()
    for written in ("A.example.com", "b.example.com"):
        model.type(ENTITY, "domains", written)
        model.save(ENTITY, "domains")
    quiet()
    assert (desk.app.profiles.of(ENTITY).domains, told) == (("b.example.com",), [])


def test_what_another_window_wrote_meanwhile_is_still_seen(
    filings: FilingsModel, desk: Desk, told: list[Notice], quiet: Quiet
) -> None:
    note(filings, "甲")
    filings.save()
    quiet()
    note(filings, "甲乙")
    desk.app.filings.save(SignatureRecord(ENTITY, "安宁百货", note="丙"), actor="丙")
    filings.save()
    quiet()
    assert (notes(desk), [each.code for each in told]) == ({"安宁百货": "丙"}, [OVERTAKEN])
