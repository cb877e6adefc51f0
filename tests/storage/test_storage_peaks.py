"""Plans for peaks on files and on a server: everything is paused as one, and the ledger says what was under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from storage_plans import Plans, grown
from storage_samples import NOW, Campaigning, minutes

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.message import Outcome
from campaign_app.domain.peak import Duty, PauseAll, Plan, PlanState, Result, Stop, Wish
from campaign_app.storage.workspace import Workspace

WISH = Wish("双十一", date(2026, 11, 10), date(2026, 11, 11), (), (Duty("王丽", "总值班"),))


@pytest.fixture
def plans(workspace: Workspace) -> Iterator[Plans]:
    with grown(workspace) as found:
        yield found


def pause(workspace: Workspace, plan: Plan, *active: int) -> PauseAll:
    store, clock = workspace.peaks, lambda: NOW + timedelta(milliseconds=5)
    return store.pause_all(plan, store.press(), active, drill=True, actor="王", asked_at=NOW, clock=clock)


def test_plans_and_words_are_kept_as_they_were_said(workspace: Workspace) -> None:
    store = workspace.peaks
    made = store.add(WISH, actor="王", at=NOW)
    assert (store.plan(made.id), store.plans()) == (made, (made,))
    assert (made.wish, made.state) == (WISH, PlanState.DRAFT)
    store.say(made.id, "support", "asked", holds=True, name="李", note="", actor="李", at=NOW)
    store.say(made.id, "support", "asked", holds=False, name="李", note="撤回", actor="李", at=NOW)
    assert not store.words(made.id)["support"].holds
    over = store.change(made.id, replace(WISH, entities=("x",)), PlanState.OVER, actor="李", at=NOW)
    assert (over.wish.entities, over.state) == (("x",), PlanState.OVER)
    for refused in (
        lambda: store.say(made.id, "support", "asked", holds=True, name="李", note="", actor="李", at=NOW),
        lambda: store.change(made.id, WISH, PlanState.DRAFT, actor="李", at=NOW),
    ):
        with pytest.raises(NotAllowed):
            refused()
    with pytest.raises(NotFound):
        store.plan(99)
    with pytest.raises(NotFound):
        store.pause(99)


def test_what_was_open_at_the_command_is_watched_until_it_is_answered(workspace: Workspace) -> None:
    sending = Campaigning(workspace, 4)
    before = sending.claim(0)
    sending.settle(before, (0, Outcome.ACCEPTED))
    under_way = sending.claim(1, 2)
    store = workspace.peaks
    made = pause(workspace, store.add(WISH, actor="王", at=NOW), sending.campaign_id)
    (stop,) = made.stops
    assert (stop.watched, stop.was, stop.active) == ((under_way.id,), "sending", True)
    campaign = workspace.campaigns.campaign(sending.campaign_id)
    assert (campaign.state, campaign.state_note) == (CampaignState.PAUSED, "paused_all")
    (open_,) = store.answers(made)
    assert (open_.answered, open_.unanswered, open_.last_at) == (0, 2, None)
    sending.settle(under_way, (1, Outcome.ACCEPTED), (2, Outcome.WITHHELD))
    (batch,) = store.answers(made)
    assert (batch.answered, batch.unanswered) == (1, 0), "what was withheld never left"
    assert batch.last_at is not None
    ended = replace(stop, ended=True, batches=1, messages=1, last_at=batch.last_at)
    kept = store.keep(replace(made, stops=(ended,), measured_at=NOW), actor="王", at=NOW)
    assert (kept.result, kept.stops, store.pauses(made.plan_id)) == (Result.STOPPED, (ended,), (kept,))
    gone = replace(kept, resumed_by="王", resumed_at=NOW, resumed=(sending.campaign_id,))
    assert store.keep(gone, actor="王", at=NOW).resumed == (sending.campaign_id,)
    actions = [entry.action for entry in workspace.audit.entries(limit=4)]
    assert actions == ["peak.resumed", "peak.measured", "peak.paused_all", "campaign.paused"]
    assert store.pauses(99) == ()


def test_who_looked_before_others_takes_nothing_of_theirs_back(workspace: Workspace) -> None:
    sending, store = Campaigning(workspace, 1), workspace.peaks
    made = pause(workspace, store.add(WISH, actor="王", at=NOW), sending.campaign_id)
    gone = store.keep(replace(made, resumed_by="李", resumed_at=NOW, resumed=(1,)), actor="李", at=NOW)
    ended = replace(made.stops[0], ended=True)
    seen = store.keep(replace(made, stops=(ended,), measured_at=NOW + minutes(1)), actor="王", at=NOW + minutes(1))
    assert (seen.resumed_by, seen.resumed_at, seen.resumed) == (gone.resumed_by, NOW, (1,))
    assert (seen.stops, seen.measured_at) == ((ended,), NOW + minutes(1))
    again = replace(made, resumed_by="王", resumed_at=NOW + minutes(2), resumed=(2,))
    assert store.keep(again, actor="王", at=NOW + minutes(2)) == replace(seen, resumed=(1, 2))
    actions = [entry.action for entry in workspace.audit.entries(limit=3)]
    assert actions == ["peak.resumed", "peak.measured", "peak.resumed"], "whatever is another by then has its entry"


def test_what_was_claimed_between_the_command_and_the_pause_is_watched_too(workspace: Workspace) -> None:
    sending, store = Campaigning(workspace, 4), workspace.peaks
    plan, press = store.add(WISH, actor="王", at=NOW), store.press()
    meanwhile = sending.claim(0)
    made = store.pause_all(plan, press, (), drill=False, actor="王", asked_at=NOW, clock=lambda: NOW)
    assert [(stop.watched, stop.active) for stop in made.stops] == [((meanwhile.id,), True)]
    assert store.press().newest == meanwhile.id


def test_only_the_campaigns_of_its_entities_are_paused(workspace: Workspace) -> None:
    sending = Campaigning(workspace, 1)
    plan = workspace.peaks.add(replace(WISH, entities=("91440300MA5D00002Y",)), actor="王", at=NOW)
    assert pause(workspace, plan).stops == ()
    assert workspace.campaigns.campaign(sending.campaign_id).state is CampaignState.SENDING


def test_no_statement_reads_a_grown_table_whole(workspace: Workspace, plans: Plans) -> None:
    store = workspace.peaks
    plan = store.add(WISH, actor="王", at=NOW)
    plans.clear()
    made = pause(workspace, plan)
    store.answers(replace(made, stops=(Stop(1, "sending", active=True, watched=(1, 2)),)))
    assert plans.steps
    assert plans.whole == {}
