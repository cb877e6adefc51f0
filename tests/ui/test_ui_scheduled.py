"""发送 while a campaign waits for its time: what was changed since and would stop it then is said now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from ui_sending import Open, Opened, app, open_step, staged

from campaign_app.domain.campaign import CampaignState
from campaign_app.services.preflight import HEARTBEAT
from campaign_app.ui.viewmodels.preflight import READ_AGAIN
from tests.helpers.staged import FILED, Staged

__all__ = ["app", "open_step", "staged"]  # fixtures

Change = Callable[[Staged], object]


def without_signature(staged: Staged) -> None:
    staged.app.workspace.accounts.put_signatures(staged.account, [], staged.app.clock())


def without_shop(staged: Staged) -> None:
    staged.app.accounts.disconnect(staged.account, actor="王")


def with_shorter_hours(staged: Staged) -> None:
    staged.app.policies.save({"window_closes": "10:30"}, actor="王")


def without_worker(staged: Staged) -> None:
    staged.app.workspace.accounts.set_setting(HEARTBEAT, None)


def planned(staged: Staged, open_step: Open) -> Opened:
    made = staged.approved()
    at = staged.app.clock() + timedelta(hours=1)
    return open_step(staged.app.campaigns.schedule(made.id, send_at=at, actor="李"))


def note_of(opened: Opened) -> str:
    """As the clock lets it look again."""
    opened.step._look_again()
    shown = opened.step.run.view.note
    return shown.text() if shown.isVisible() else ""


def test_what_stands_well_waits_for_its_time_without_a_word(staged: Staged, open_step: Open) -> None:
    assert note_of(planned(staged, open_step)) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_signature, "签名：发送通道没有报告过签名【安宁百货】"),
        (without_shop, "发送通道：本主体没有已连接的"),
        (with_shorter_hours, "发送时段：所选时间不在发送时段（08:00–10:30）"),
        (without_worker, "后台进程：没有响应"),
    ],
)
def test_what_was_changed_since_is_said_before_its_time(
    staged: Staged, open_step: Open, change: Change, said: str
) -> None:
    opened = planned(staged, open_step)
    change(staged)
    first, *rest = note_of(opened).split("\n")
    assert first == "照现在的情况，到时不会发出，会停下等您处理；余下的人和批准都保留。"
    assert any(line.startswith(said) for line in rest), rest


def test_what_was_put_right_is_not_said_any_more(staged: Staged, open_step: Open) -> None:
    opened = planned(staged, open_step)
    without_signature(staged)
    assert note_of(opened)
    staged.app.workspace.accounts.put_signatures(staged.account, [FILED], staged.app.clock())
    assert note_of(opened) == ""


def test_while_it_is_looked_at_old_reports_of_signatures_are_read_again(staged: Staged, open_step: Open) -> None:
    opened, app = planned(staged, open_step), staged.app
    old = app.clock() - timedelta(hours=1, minutes=1)
    app.workspace.accounts.put_signatures(staged.account, [FILED], old)
    opened.step._look_again()
    assert syncs(staged) == [], "a moment ago it was looked whether any is old"
    opened.step.preflight._read_at -= READ_AGAIN
    opened.step._look_again()
    assert syncs(staged) == [staged.account]


def syncs(staged: Staged) -> list[object]:
    return [job.args["account_id"] for job in staged.app.jobs.open_jobs() if job.kind == "sync"]


def test_of_what_is_under_way_its_own_state_speaks(staged: Staged, open_step: Open) -> None:
    opened = planned(staged, open_step)
    without_signature(staged)
    staged.put_state(opened.model.id, CampaignState.SENDING)
    opened.model.load()
    assert note_of(opened) == ""
