"""What may go another way than straight on, in the real window as the main job is: an import that is taken back, a
campaign that is planned and cancelled, one that is paused and goes on, and one that is cancelled in the midst.

One workspace, worker and platform for all of them; under a watchdog.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from campaign_app.demo import SAMPLE_ROWS
from tests.helpers.journey_on import LongerJourney
from tests.helpers.watchdog import LIMIT_MS, Watched, watchdog

CUSTOMERS = 8_000  # for each of the two sendings more than two batches may be sent to


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_is_begun_can_be_held_stopped_and_taken_back(qapp: QApplication, tmp_path: Path) -> None:
    watched = Watched()
    with ExitStack() as ends:
        with watchdog(watched):
            journey = LongerJourney(qapp, tmp_path, CUSTOMERS, lambda at: setattr(watched, "doing", f"after {at}"))
            ends.callback(journey.end)  # hides the window first: what is closed then keeps nobody waiting
            journey.begin()
            import_and_take_back(journey)
            plan_and_cancel(journey)
            # whom the first reached, the daily cap keeps from the second
            cancel_in_the_midst(journey)
            pause_and_go_on(journey)
        ledger = journey.ledger()
    assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
    assert not watched.slow, f"over {LIMIT_MS:.0f} ms:\n" + "\n".join(map(watched.told, watched.slow))
    assert not watched.asked, "the window's thread asked the store, the network or a process:\n" + watched.asked[0]


def import_and_take_back(journey: LongerJourney) -> None:
    journey.file_to_trial()
    done, undone = journey.import_and_undo()
    assert done == "导入完成。"
    assert undone == f"已撤销：{SAMPLE_ROWS} 位客户的资料恢复原值，0 行等待匹配的记录已删除。"


def plan_and_cancel(journey: LongerJourney) -> None:
    journey.open_draft()
    journey.write()
    journey.screen()
    journey.approve()
    journey.plan()
    headline, hint = journey.cancel()
    assert headline.startswith("已处理 0 / "), "and not that they will get something"
    assert hint == "余下的人没有发送；取消后不能恢复。要改了再发，可以复制一份。"
    assert journey.ledger()["accepted"] == 0


def cancel_in_the_midst(journey: LongerJourney) -> None:
    journey.copy()
    journey.screen()
    journey.approve()
    journey.begin_to_send()
    headline, hint = journey.cancel()
    counts, ready = journey.model.view.counts, journey.model.view.ready
    assert 0 < counts["submitted"] < ready
    assert journey.taken() == counts["accepted"] > 0, "what has left is kept and told"
    fallen = sum(journey.model.view.fallen.values())  # refused right before they would have left
    assert headline == f"已处理 {counts['submitted'] + fallen:,} / {ready + fallen:,}"
    assert hint.startswith("余下的人没有发送；取消后不能恢复。要改了再发，可以复制一份。已收到的人仍在副本的受众里")


def pause_and_go_on(journey: LongerJourney) -> None:
    journey.copy()
    journey.screen()
    journey.approve()
    journey.begin_to_send()
    held = journey.hold()
    assert 0 < held < journey.model.view.ready
    journey.go_on()
    counts = journey.model.view.counts
    assert journey.taken() == counts["accepted"] > held
    assert counts["submitted"] == journey.model.view.ready
