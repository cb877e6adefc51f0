"""Plans for peaks: a list that is looked up, words that only people can give, and everything paused at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.domain.errors import NotFound, RemoteUnavailable
from campaign_app.domain.peak import PAUSED_ALL, Duty, PauseAll, PlanState, Result, Wish
from campaign_app.domain.ports_evidence import DECISIONS, AuditQuery
from campaign_app.jobs.fuse import is_blown
from tests.helpers.desk import code_of
from tests.helpers.fresh import fresh_folder
from tests.helpers.peaking import at_work, plan, send_until, state_of
from tests.helpers.shop import ENTITY, person
from tests.helpers.staged import Staged, open_by_day, stage

DAY = date(2026, 11, 11)


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    for app in open_by_day(fresh_folder(tmp_path / "made"), tmp_path / "workspace"):
        yield stage(app)


@pytest.fixture
def app(staged: Staged) -> bootstrap.App:
    return staged.app


def actions(app: bootstrap.App, count: int) -> list[str]:
    """The newest that people decide on."""
    found = app.workspace.audit.find(AuditQuery(kind=DECISIONS), app.workspace.audit.head()[0], 0, count)
    return [entry.action for entry in reversed(found)]


def pressing(staged: Staged, plan_id: int) -> tuple[list[PauseAll], Callable[[], object]]:
    found: list[PauseAll] = []
    return found, lambda: found.append(staged.app.peaks.pause_all(plan_id, drill=True, actor="王"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "peak_name"),
        ({"last": DAY - timedelta(days=1)}, "peak_days"),
        ({"duty": (Duty(" "),)}, "peak_duty"),
        ({"duty": (Duty("王", "长" * 201),)}, "peak_duty"),
        ({"duty": tuple(Duty(f"王{n}") for n in range(51))}, "peak_duty"),
        ({"duty": (Duty("王丽", "138 0000 0000"),)}, "peak_number"),
        ({"duty": (Duty("王丽 ８６-１３８００００００００"),)}, "peak_number"),
        ({"duty": (Duty("客服", "0571-87654321"),)}, "peak_number"),
        ({"duty": (Duty("客服", "400-800-1234"),)}, "peak_number"),
    ],
)
def test_what_is_no_plan_is_refused(changes: dict[str, Any], code: str) -> None:
    good = Wish("双十一", DAY, DAY, (), (Duty("王丽", "总值班 11-10 11-11 09:00–22:00"),))
    good.require()
    assert code_of(replace(good, **changes).require) == code


def test_a_plan_is_kept_changed_and_ends(staged: Staged, app: bootstrap.App) -> None:
    made = plan(staged)
    assert code_of(lambda: app.peaks.add(replace(made.wish, name=" "), actor="王")) == "peak_name"
    with pytest.raises(NotFound):
        app.peaks.add(replace(made.wish, entities=("91330100MA0000009X",)), actor="王")
    assert code_of(lambda: app.peaks.declare(made.id, PlanState.READY, actor="王")) == "peak_open"
    ready = app.peaks.declare(made.id, PlanState.READY, actor="王", knowing=True)
    assert "drill" in ready.open_items
    renamed = app.peaks.change(made.id, replace(made.wish, name="双11"), actor="李")
    assert (renamed.state, renamed.open_items) == (PlanState.READY, ready.open_items)
    longer = replace(renamed.wish, last=renamed.wish.last + timedelta(days=1))
    assert app.peaks.change(made.id, longer, actor="李").state is PlanState.DRAFT, "other days are another plan"
    again = app.peaks.declare(made.id, PlanState.READY, actor="李", knowing=True)
    over = app.peaks.declare(made.id, PlanState.OVER, actor="李")
    assert over.open_items == again.open_items != (), "what was open stays known"
    assert code_of(lambda: app.peaks.change(made.id, longer, actor="李")) == "peak_over"
    assert code_of(lambda: app.peaks.confirm(made.id, "support", name="李", actor="李")) == "peak_over"
    wanted = ["peak.planned", "peak.ready", "peak.changed", "peak.draft", "peak.ready", "peak.over"]
    assert actions(app, 6) == wanted
    never = plan(staged)
    assert app.peaks.declare(never.id, PlanState.OVER, actor="李").open_items == app.peaks.look(never.id).open_items
    with pytest.raises(NotFound):
        app.peaks.look(99)


def test_only_people_answer_for_what_cannot_be_looked_up(staged: Staged, app: bootstrap.App) -> None:
    made = plan(staged)
    for key in ("drill", "caps", "nonsense"):
        assert code_of(lambda key=key: app.peaks.confirm(made.id, key, name="李", actor="李")) == "peak_not_asked"
    for wrong in ({"name": " "}, {"name": "李", "note": "长" * 201}):
        assert code_of(lambda wrong=wrong: app.peaks.confirm(made.id, "support", actor="李", **wrong)) == "peak_word"
    assert code_of(lambda: app.peaks.confirm(made.id, "support", name="13800000000", actor="李")) == "peak_number"
    looked = app.peaks.confirm(made.id, "support", name="李强", note="值班表已发", actor="李")
    assert state_of(looked, "support") == ("ok", "asked")
    word = next(item for item in looked.items if item.key == "support").word
    assert word is not None
    assert (word.name, word.said_by, word.note) == ("李强", "李", "值班表已发")
    back = app.peaks.confirm(made.id, "support", name="", holds=False, actor="李")
    assert state_of(back, "support") == ("todo", "asked")
    assert actions(app, 2) == ["peak.confirmed", "peak.taken_back"]


def test_the_list_says_what_the_workspace_says(staged: Staged, app: bootstrap.App) -> None:
    made = plan(staged)
    before = app.peaks.look(made.id)
    assert state_of(before, "audiences") == ("unknown", "no_campaigns")
    assert state_of(before, "budget") == ("todo", "month_none")
    campaign = staged.approved()
    app.money.set_price(staged.account, 50, actor="王")
    app.money.set_budget(campaign.id, 1_000_000, actor="王")
    app.campaigns.schedule(campaign.id, send_at=app.clock() + timedelta(hours=1), actor="李")
    app.workspace.accounts.set_setting("backup.last", {"at": app.clock().isoformat(), "file": "a"})
    looked = app.peaks.look(made.id)
    found = {item.key: (item.state, item.code) for item in looked.items}
    assert found == {
        "audiences": ("ok", "audiences"), "caps": ("ok", "caps"), "fuse": ("ok", "fuse"), "budget": ("ok", "budget"),
        "signatures": ("unknown", "signatures_open"), "authorisations": ("unknown", "authorisations_open"),
        "opt_outs": ("ok", "opt_outs"), "hours": ("ok", "hours"), "backup": ("ok", "backup"), "duty": ("ok", "duty"),
        "drill": ("todo", "drill_none"), "senders_told": ("todo", "asked"), "support": ("todo", "asked"),
        "instructed": ("todo", "asked"),
    }  # fmt: skip
    app.policies.save({"house_cap_per_week": "0", "window_closes": "09:00"}, actor="王")
    app.peaks.change(made.id, replace(made.wish, duty=()), actor="王")
    worse = app.peaks.look(made.id)
    assert state_of(worse, "caps") == ("todo", "caps_off")
    assert state_of(worse, "hours") == ("todo", "hours_outside")
    assert state_of(worse, "duty") == ("todo", "duty_none")


def test_a_drill_stops_a_running_campaign_within_a_batch_and_says_how_long_it_took(staged: Staged) -> None:
    app, made = staged.app, plan(staged)
    campaign = at_work(staged)
    assert [each.id for each in app.peaks.would_pause(made.id)] == [campaign.id]
    found, press = pressing(staged, made.id)
    send_until(staged, campaign, press, batch=2, nth=2)
    (pause,) = found
    assert app.campaigns.get(campaign.id).state_note == PAUSED_ALL
    assert len(staged.shop.gateways[staged.account].submits) == 2, "nothing was handed over after the batch under way"
    seen = app.peaks.follow(pause.id, actor="王")
    assert (seen.result, seen.messages, seen.left) == (Result.STOPPED, 2, 0)
    (stop,) = seen.stops
    assert (stop.campaign_id, stop.was, stop.active, stop.batches) == (campaign.id, "sending", True, 1)
    assert seen.seconds is not None
    assert 0 <= seen.seconds < 60
    assert app.peaks.follow(pause.id, actor="王") == seen, "measured once"
    assert state_of(app.peaks.look(made.id), "drill") == ("ok", "drill")
    done = app.peaks.resume(pause.id, actor="王")
    assert (done.pause.resumed, done.late, done.changed) == ((campaign.id,), (), ())
    assert app.campaigns.get(campaign.id).state is CampaignState.SENDING
    assert code_of(lambda: app.peaks.resume(pause.id, actor="王")) == "peak_resumed"
    staged.shop.run(campaign.id)
    counts = app.workspace.inbox.counts(campaign.id)
    assert counts["submitted"] == 7, "everybody gets it once, in the end"
    assert actions(app, 5) == [
        "campaign.paused", "peak.paused_all", "peak.measured", "campaign.sending", "peak.resumed",
    ]  # fmt: skip


def test_the_end_of_a_drill_makes_nobody_know_of_complaints(staged: Staged) -> None:
    app, made = staged.app, plan(staged)
    campaign = at_work(staged)
    found, press = pressing(staged, made.id)
    send_until(staged, campaign, press, batch=20)
    for who in range(10):
        now = app.clock()
        told = NewCase(ENTITY, Source.R12321, Way.FORM, now, now, f"A{who}", person("c", who).phone)
        app.complaints.add(told, actor="李")
    assert app.workspace.inbox.complaints(campaign.id) == 7
    assert app.peaks.resume(found[0].id, actor="王").pause.resumed == (campaign.id,)
    assert is_blown(staged.shop.context, app.campaigns.get(campaign.id)), "it stops before its next batch"
    app.campaigns.pause(campaign.id, actor="王")
    app.campaigns.resume(campaign.id, actor="王")
    assert not is_blown(staged.shop.context, app.campaigns.get(campaign.id)), "whoever looks at it knows of them"


def test_a_batch_that_is_under_way_is_waited_for(staged: Staged) -> None:
    app, made = staged.app, plan(staged)
    campaign = at_work(staged)
    seen: list[PauseAll] = []

    def press() -> None:
        pause = app.peaks.pause_all(made.id, drill=True, actor="王")
        seen.append(app.peaks.follow(pause.id, actor="王"))

    send_until(staged, campaign, press, batch=2)
    assert (seen[0].result, seen[0].seconds, seen[0].left) == (Result.WATCHING, None, 2)
    assert app.peaks.pauses()[0].measured_at is None
    assert app.peaks.follow(seen[0].id, actor="王").result is Result.STOPPED


def test_an_answer_that_was_lost_counts_as_a_batch_that_may_have_left(staged: Staged) -> None:
    app, made = staged.app, plan(staged)
    campaign = at_work(staged)
    found, press = pressing(staged, made.id)
    staged.shop.gateways[staged.account].fail_after = [RemoteUnavailable("timeout", "gone")]
    send_until(staged, campaign, press, batch=2)
    seen = app.peaks.follow(found[0].id, actor="王")
    assert (seen.result, seen.messages, seen.left, seen.stops[0].batches) == (Result.STOPPED, 0, 2, 1)


def test_where_nothing_is_sent_nothing_was_measured(staged: Staged) -> None:
    app, made = staged.app, plan(staged)
    planned = staged.approved()
    later = app.clock() + timedelta(hours=2)
    app.campaigns.schedule(planned.id, send_at=later, actor="李")
    seen = app.peaks.follow(app.peaks.pause_all(made.id, drill=True, actor="王").id, actor="王")
    assert (seen.result, seen.seconds, [stop.was for stop in seen.stops]) == (Result.NOTHING, None, ["scheduled"])
    assert state_of(app.peaks.look(made.id), "drill") == ("todo", "drill_nothing")
    assert app.peaks.resume(seen.id, actor="王").pause.resumed == (planned.id,)
    assert app.campaigns.get(planned.id).state is CampaignState.SCHEDULED


def test_without_a_worker_alive_nothing_is_called_measured(staged: Staged) -> None:
    app, made = staged.app, plan(staged)
    at_work(staged)
    app.workspace.accounts.set_setting("worker.heartbeat", (app.clock() - timedelta(minutes=1)).isoformat())
    pause = app.peaks.pause_all(made.id, drill=True, actor="王")
    assert app.peaks.follow(pause.id, actor="王").result is Result.NOTHING


def test_only_what_the_command_paused_goes_on(staged: Staged) -> None:
    app, made = staged.app, plan(staged)
    by_hand, late = at_work(staged), staged.draft()
    send_at, end = app.clock() - timedelta(hours=3), app.clock() - timedelta(seconds=1)
    staged.put_state(late.id, CampaignState.SCHEDULED, send_at=send_at, window_end=end)
    pause = app.peaks.pause_all(made.id, drill=False, actor="王")
    app.campaigns.resume(by_hand.id, actor="李")
    app.campaigns.pause(by_hand.id, actor="李")
    done = app.peaks.resume(pause.id, actor="王")
    assert [each.id for each in done.changed] == [by_hand.id]
    assert [each.id for each in done.late] == [late.id]
    assert done.pause.resumed == ()
    assert (done.pause.result, done.pause.messages) == (Result.STOPPED, 0), "no batch was under way"


def test_a_drill_that_ends_lets_nothing_go_on_that_a_later_command_holds(staged: Staged) -> None:
    app, made = staged.app, plan(staged)
    campaign, later = at_work(staged), staged.approved()
    app.campaigns.schedule(later.id, send_at=app.clock() + timedelta(hours=1), actor="李")
    drill = app.peaks.pause_all(made.id, drill=True, actor="王")
    app.campaigns.resume(campaign.id, actor="李")
    real = app.peaks.pause_all(made.id, drill=False, actor="王")
    assert [(stop.campaign_id, stop.was) for stop in real.stops] == [(campaign.id, "sending"), (later.id, "paused")]
    done = app.peaks.resume(drill.id, actor="李")
    assert (done.pause.resumed, [each.id for each in done.changed]) == ((), [campaign.id, later.id])
    assert {app.campaigns.get(each.id).state for each in (campaign, later)} == {CampaignState.PAUSED}
    assert app.peaks.resume(real.id, actor="李").pause.resumed == (campaign.id, later.id)


def test_a_command_that_comes_while_others_go_on_holds_the_rest(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, made = staged.app, plan(staged)
    first, second = at_work(staged), staged.approved()
    app.campaigns.schedule(second.id, send_at=app.clock() + timedelta(hours=1), actor="李")
    drill = app.peaks.pause_all(made.id, drill=True, actor="王")
    resume = app.campaigns.resume

    def pressed(campaign_id: int, **said: Any) -> object:
        went = resume(campaign_id, **said)
        app.peaks.pause_all(made.id, drill=False, actor="李")
        return went

    monkeypatch.setattr(app.campaigns, "resume", pressed)
    done = app.peaks.resume(drill.id, actor="王")
    assert (done.pause.resumed, [each.id for each in done.changed]) == ((first.id,), [second.id])
    assert {app.campaigns.get(each.id).state for each in (first, second)} == {CampaignState.PAUSED}
    monkeypatch.undo()
    assert app.peaks.resume(app.peaks.pauses()[0].id, actor="李").pause.resumed == (first.id, second.id)


def test_going_on_before_the_result_leaves_it_open_for_ever(staged: Staged) -> None:
    app, made = staged.app, plan(staged)
    campaign = at_work(staged)
    ended: list[PauseAll] = []

    def press() -> None:
        pause = app.peaks.pause_all(made.id, drill=True, actor="王")
        ended.append(app.peaks.resume(pause.id, actor="王").pause)

    send_until(staged, campaign, press, batch=20)
    assert (ended[0].result, ended[0].seconds) == (Result.UNFINISHED, None)
    assert app.peaks.follow(ended[0].id, actor="王").result is Result.UNFINISHED


def test_a_line_of_duty_is_read_as_people_write_it() -> None:
    assert [Duty.read(line) for line in ("王丽", "王丽，总值班", "王丽: a，b")] == [
        Duty("王丽"), Duty("王丽", "总值班"), Duty("王丽", "a，b"),
    ]  # fmt: skip
