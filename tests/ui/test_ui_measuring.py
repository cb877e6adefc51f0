"""What a text measures for a whole audience: counted after a pause, beside the window, and never for a former text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.phone import Phone
from campaign_app.services import composing as composing_module
from campaign_app.services.composing import Whole
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.viewmodels import measuring
from campaign_app.ui.viewmodels.measuring import Measuring
from campaign_app.ui.widgets.parts_bar import Parts, PartsBar
from tests.helpers.writing import CLEAN, HeldTasks, campaign_of, made_step, stock, write

NOW = datetime(2026, 11, 10, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "PAUSE_MS", 0)
    monkeypatch.setattr(composing_module, "PAGE", 100)


def six_hundred(app: bootstrap.App) -> None:
    """Beside the four of the stock; the longest name is the 555th."""
    account = stock(app)
    names = ["张伟"] * 596
    names[551] = "长" * 70
    people = [
        PlatformCustomer(f"d{n}", name, Phone(f"139{n:08}"), NOW - timedelta(days=1), "浙江", "杭州")
        for n, name in enumerate(names)
    ]
    app.workspace.customers.upsert_page(account, people, "", NOW)


@pytest.fixture
def step(desk: Desk, app: bootstrap.App, qtbot: QtBot) -> Iterator[ContentStep]:
    six_hundred(app)
    yield from made_step(desk, campaign_of(app), qtbot)


def test_everybody_is_counted_and_the_longest_of_all_is_shown(step: ContentStep, qtbot: QtBot) -> None:
    reader = step.reader
    qtbot.waitUntil(lambda: reader.parts.spread.text() == "全部 600 人：1 条 599 人 · 2 条 1 人")
    qtbot.waitUntil(lambda: reader.who.text().startswith("全部人中最长：" + "长" * 70))
    assert "长" * 70 in reader.phone.accessibleDescription()
    qtbot.mouseClick(reader.shortest, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: reader.who.text().startswith("全部人中最短：王芳"))
    reader.parts.price.setValue(0.1)
    qtbot.waitUntil(lambda: reader.parts.cost.text() == "约 ¥60.10")
    write(step, qtbot, CLEAN.replace("{name}", ""))
    qtbot.waitUntil(lambda: reader.parts.spread.text() == "全部 600 人：1 条 600 人")


def test_until_it_is_done_a_sample_speaks_and_says_how_far_the_count_is(desk: Desk, qtbot: QtBot) -> None:
    bar = PartsBar(desk.kit.theme)
    qtbot.addWidget(bar)
    bar.show_parts(Parts(1, 40, ((1, 500),), 1_000_000))
    assert bar.spread.text() == "样本 500 人：1 条 500 人"
    bar.show_parts(Parts(1, 40, ((1, 500),), 1_000_000, counted=370_000))
    assert bar.spread.text() == "样本 500 人：1 条 500 人（正在统计全部：37%）"
    bar.show_parts(Parts(1, 40, ((1, 999_000), (2, 1_000)), 1_000_000, whole=True))
    assert bar.spread.text() == "全部 1,000,000 人：1 条 999,000 人 · 2 条 1,000 人"
    bar.show_parts(Parts(15, 1_003, ((15, 500),), 1_725))
    assert bar.head.text() == "15 条 · 1,003 字"


def test_before_anything_is_written_nothing_is_counted_or_charged(desk: Desk, qtbot: QtBot) -> None:
    bar = PartsBar(desk.kit.theme)
    qtbot.addWidget(bar)
    empty = Parts(0, 0, ((1, 500),), 1_725, price=450)
    bar.show_parts(replace(empty, price=0))
    assert (bar.head.text(), bar.spread.text(), bar.sum.text()) == ("0 条 · 0 字", "", "")
    bar.show_parts(empty)
    assert bar.cost.text() == "约 ¥0.00"
    bar.show_parts(Parts(1, 8, ((1, 500),), 1_725))
    assert (bar.spread.text(), bar.sum.text()) == ("样本 500 人：1 条 500 人", "估算：1 条 × 受众 1,725 人")


@dataclass
class Counting:
    """Stands where `Composing` does: a count of three pages."""

    done: list[str] = field(default_factory=list)

    def measured(self, campaign: Campaign, body: str, signature: str, tick: Callable[[int], None]) -> Whole:
        for people in (1, 2):
            tick(people)
        self.done.append(body)
        return Whole(body, signature, ((1, 3),), None, None)


def test_a_newer_text_stops_the_count_of_the_older(app: bootstrap.App, qtbot: QtBot) -> None:
    stock(app)
    campaign, tasks, counting, owner = campaign_of(app), HeldTasks(), Counting(), QObject()
    measure = Measuring(counting, tasks, owner)
    found: list[str] = []
    measure.measured.connect(lambda whole: found.append(whole.body))
    measure.ask(campaign, "a", "店")
    qtbot.waitUntil(lambda: len(tasks.held) == 1)
    measure.ask(replace(campaign, body="saved meanwhile"), "a", "店")
    assert len(tasks.held) == 1, "the same people and the same text: it goes on"
    measure.ask(campaign, "b", "店")
    qtbot.waitUntil(lambda: len(tasks.held) == 2)
    tasks.release()
    tasks.release()
    qtbot.waitUntil(lambda: bool(found))
    assert (found, counting.done) == (["b"], ["b"])
    measure.ask(campaign, "c", "店")
    qtbot.waitUntil(lambda: len(tasks.held) == 1)
    measure.stop()
    tasks.release()
    assert counting.done == ["b"]
