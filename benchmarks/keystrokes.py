"""Keystroke → repaint in the composer, with every rule on; one JSON line per figure.

A real encrypted workspace with an audience, the whole step 内容 off screen. Characters are committed as an input method
commits them, in bursts with pauses, so that checks and the trying out of fixes go on beside the typing as they do for
a person. `painted` is from the key to the end of the first paint of the field that shows it, `marked` to the end of the
paint that shows the findings of the new text. The floor in the same run is a bare QPlainTextEdit with the same text.
With `--beside` 各通道预览 stays open meanwhile, with every known provider.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from campaign_app import bootstrap, words
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.customer import Account, Entity, PlatformCustomer
from campaign_app.domain.signature import Signature
from campaign_app.ui.app import SWITCH_SECONDS
from campaign_app.ui.desk import Desk, Way
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Messages
from campaign_app.ui.pages.steps.beside import BesideDialog
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.jobs import Jobs
from campaign_app.ui.viewmodels.session import Plan, Session

USCC, ISSUER = "91330100MA0000001X", "91110000MA0000009X"
PEOPLE = 500
SIZES = (100, 500, 1_300)
HEAD = "{name}您好，双十一会员专享：全网最低价，"
SENTENCES = (
    "一楼美妆护肤满300减40，二楼女装两件8折，三楼男装满600减100，四楼童装玩具三件75折，五楼家纺床品满399减80。",
    "各楼层优惠可与会员积分同时使用，积分每100分抵1元，单笔抵扣不超过实付金额的10%，特价商品除外。",
    "最好吃的汤圆到店，国家级品质，加微信领券，原价268元现198元，今晚截止。",
    "停车权益：单笔消费满100元停2小时，满300元停4小时，请在离场前到服务台登记车牌。",
)
TYPED = "店内新款羽绒被上架欢迎选购"
BURST, KEY_MS, PAUSE_MS = 10, 60, 500


class Paints(QObject):
    """Counts the paints of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        self.count += event.type() is QEvent.Type.Paint
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=200, help="keystrokes at each size")
    parser.add_argument("--beside", action="store_true", help="with every sender's preview open")
    options = parser.parse_args()
    sys.setswitchinterval(SWITCH_SECONDS)
    qt = QApplication([])
    with tempfile.TemporaryDirectory() as folder, step_in(qt, Path(folder)) as step:
        if options.beside:
            step.compare()
            beside = step.findChild(BesideDialog)
            assert beside is not None
            beside.everybody.setChecked(True)
        for size in SIZES:
            text = (HEAD + "".join(SENTENCES) * 9)[:size]
            floor(qt, text, options.keys, step.edit.width(), step.edit.height())
            composer(qt, step, text, options.keys)


def floor(qt: QApplication, text: str, keys: int, width: int, height: int) -> None:
    field = QPlainTextEdit()
    field.resize(width, height)
    field.show()
    paints = Paints(field.viewport())
    times = []
    for number in start(field, text, keys):
        began, before = time.perf_counter(), paints.count
        commit(qt, field, TYPED[number % len(TYPED)])
        until(lambda: paints.count > before)  # noqa: B023 called before the next round
        times.append(time.perf_counter() - began)
        rest(number)
    say("floor_painted", len(text), times)
    field.deleteLater()


def composer(qt: QApplication, step: ContentStep, text: str, keys: int) -> None:
    field, paints = step.edit, Paints(step.edit.viewport())
    painted, marked = [], []
    for number in start(field, text, keys):
        began, before = time.perf_counter(), paints.count
        commit(qt, field, TYPED[number % len(TYPED)])
        until(lambda: paints.count > before)  # noqa: B023
        painted.append(time.perf_counter() - began)
        until(lambda: step.composer.state.fresh)
        qt.processEvents()  # marks that are where they were are not painted again
        marked.append(time.perf_counter() - began)
        rest(number)
    say("composer_painted", len(text), painted)
    say("composer_marked", len(text), marked)


def start(field: QPlainTextEdit, text: str, keys: int) -> Iterator[int]:
    """The text with the caret in its middle, as many characters before as will be typed."""
    field.selectAll()
    field.insertPlainText(text)
    cursor = field.textCursor()
    cursor.setPosition(len(text) // 2, QTextCursor.MoveMode.MoveAnchor)
    field.setTextCursor(cursor)
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    turn(2_000)
    for number in range(keys):
        yield number
        if number % BURST == BURST - 1:  # the size stays what it is said to be
            for _ in range(BURST):
                field.textCursor().deletePreviousChar()
            turn(PAUSE_MS)


def rest(_number: int) -> None:
    turn(KEY_MS)


def commit(qt: QApplication, field: QWidget, char: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(char)
    qt.sendEvent(field, event)


def until(done: Callable[[], bool]) -> None:
    """Sleeps between events, as a program does: a loop that asks again and again would keep the interpreter."""
    loop = QEventLoop()
    while not done():
        loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def turn(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def say(name: str, size: int, times: list[float]) -> None:
    ordered = sorted(seconds * 1_000 for seconds in times)
    for part, value in (("p50", statistics.median(ordered)), ("p99", ordered[int(len(ordered) * 0.99)])):
        figure = f"{name}_{size}_characters_{part}"
        print(json.dumps({"benchmark": "keystrokes", "figure": figure, "value": round(value, 2), "unit": "ms"}))


@contextmanager
def step_in(qt: QApplication, folder: Path) -> Iterator[ContentStep]:
    with bootstrap.create_app(folder / "workspace", MemoryKeeper(bytes(range(32)))) as app:
        campaign = app.campaigns.create(
            name="双十一", entity_uscc=stock(app), purpose="retail", audience=Filter(), actor="benchmark"
        )
        campaign = app.campaigns.edit(campaign.id, signature="安宁百货", body=HEAD, actor="benchmark")
        tasks, prefs = Tasks(), Prefs(folder)
        prefs.language = "zh_CN"
        kit = Kit(Theme(qt, "light"), tasks, Messages(lambda: words.load("zh_CN")), prefs)
        jobs, session = Jobs(app, tasks), Session(Plan(folder), tasks)
        model = CampaignModel(app, tasks, kit.messages, campaign)
        step = ContentStep(Desk(kit, app, jobs, session, Way()), model)
        kit.theme.dress(step)
        step.resize(1_040, 560)
        step.show()
        step.shown()
        until(lambda: step.composer.state.fresh)
        yield step
        step.hide()
        model.stop()
        jobs.stop()
        tasks.finish()


def stock(app: bootstrap.App) -> str:
    """A shop with a signature and people; returns its entity."""
    store, now = app.workspace, datetime(2026, 11, 10, 2, tzinfo=UTC)
    store.accounts.add_entity(Entity(USCC, "安宁百货有限公司"))
    shop = Account(0, "fake", "店", "http://127.0.0.1/", USCC, ISSUER, "登记处", "k", simulated=True, pinned_keys="{}")
    account = store.accounts.add_account(shop)
    signature = Signature("安宁百货", USCC, "company", "approved", carrier_filed=True, scopes=("retail",))
    store.accounts.put_signatures(account.id, [signature], now)
    people = [
        PlatformCustomer(f"c{n}", f"顾客{n:03}"[: 2 + n % 4], None, now - timedelta(days=1), "浙江", "杭州")
        for n in range(PEOPLE)
    ]
    store.customers.upsert_page(account.id, people, "", now)
    return USCC


if __name__ == "__main__":
    main()
