"""Campaigns: a frozen audience without gaps, reasons that always add up, states that nobody writes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from storage_samples import (
    ENTITY,
    NOW,
    OTHER_ENTITY,
    Campaigning,
    Fresh,
    fact,
    minutes,
    number,
    person,
    receipt,
    shop,
    sync,
)

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign, CampaignState, Noted, Stopped
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.message import Outcome
from campaign_app.services.campaigns import adds_up
from campaign_app.storage import campaigns
from campaign_app.storage.doubles import mark_doubles, parts_of_keys
from campaign_app.storage.engine import Database
from campaign_app.storage.freezing import forget_some, freeze
from campaign_app.storage.workspace import Workspace

EXAMPLES = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def campaign(**changed: object) -> Campaign:
    return replace(Campaign(0, "双11", ENTITY, "retail", Filter()), **changed)


def test_a_campaign_comes_back_as_written(workspace: Workspace) -> None:
    shop(workspace)
    full = campaign(
        audience=Filter((Condition("tag", Op.IS, "会员"),)),
        signature="某店",
        body="{name}，全场满减，退订回T",
        state=CampaignState.APPROVED,
        state_note="note",
        send_at=NOW,
        window_end=NOW + minutes(60),
        approved_hash="h",
        approved_by="审核员",
        approved_at=NOW - minutes(1),
        rule_packs="law@1",
    )
    made = workspace.campaigns.create(full)
    assert made == replace(full, id=made.id)
    assert workspace.campaigns.campaigns() == (made,)
    with pytest.raises(NotFound):
        workspace.campaigns.campaign(made.id + 1)


def test_an_update_needs_the_state_it_expects(workspace: Workspace) -> None:
    shop(workspace)
    made = workspace.campaigns.create(campaign())
    screened = replace(made, state=CampaignState.SCREENED, name="改名")
    workspace.campaigns.update(screened, expected=CampaignState.DRAFT)
    with pytest.raises(NotAllowed) as caught:
        workspace.campaigns.update(replace(screened, name="再改"), expected=CampaignState.DRAFT)
    assert caught.value.code == "campaign_state"
    assert workspace.campaigns.campaign(made.id) == screened
    with pytest.raises(NotFound):
        workspace.campaigns.update(replace(screened, id=99), expected=CampaignState.DRAFT)


def test_a_snapshot_is_ordered_by_account_and_customer_without_gaps(workspace: Workspace) -> None:
    first, other, second = shop(workspace), shop(workspace, "k9", entity_uscc=OTHER_ENTITY), shop(workspace, "k2")
    late = sync(workspace, second, person("b"), person("a"))
    sync(workspace, other, person("x"))
    early = sync(workspace, first, person("b", city="x"), person("a"))
    made = workspace.campaigns.create(campaign())
    assert workspace.campaigns.snapshot(made.id, NOW) == 4
    assert workspace.campaigns.campaign(made.id).snapshot_size == 4
    expected = [*sorted(early.values()), *sorted(late.values())]
    assert workspace.campaigns.members(made.id, 0, 99) == tuple(enumerate(expected))
    assert workspace.campaigns.members(made.id, 1, 3) == tuple(enumerate(expected))[1:3]


def test_a_new_snapshot_replaces_the_old_one_and_its_reasons(workspace: Workspace) -> None:
    account_id = shop(workspace)
    sync(workspace, account_id, *(person(f"c{n}", spend_cents=n) for n in range(10)))
    made = workspace.campaigns.create(campaign())
    workspace.campaigns.snapshot(made.id, NOW)
    workspace.campaigns.set_reasons(made.id, {0: ("stale", None)})
    narrower = replace(made, audience=Filter((Condition("spend_cents", Op.AT_LEAST, 7),)))
    workspace.campaigns.update(narrower, expected=CampaignState.DRAFT)
    assert workspace.campaigns.snapshot(made.id, NOW) == 3
    assert workspace.campaigns.funnel(made.id) == {"unscreened": 3}


def test_a_snapshot_is_taken_in_steps_between_which_others_write(workspace: Workspace) -> None:
    first, second = shop(workspace), shop(workspace, "k2")
    early = sync(workspace, first, *(person(f"a{n}") for n in range(3)))
    late = sync(workspace, second, *(person(f"b{n}") for n in range(4)))
    more = sync(workspace, first, *(person(f"c{n}") for n in range(2)))
    made, written = workspace.campaigns.create(campaign()), list[int]()

    def note(connection: sa.Connection, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT INTO campaign_member", "DELETE FROM campaign_member")):
            written.append(cursor.rowcount)

    event.listen(workspace.database.engine, "after_cursor_execute", note)
    everybody = tuple(enumerate([*early.values(), *more.values(), *late.values()]))
    for _ in range(2):
        assert freeze(workspace.database, made.id, NOW, step=2) == 9
        assert workspace.campaigns.members(made.id, 0, 99) == everybody
        assert workspace.campaigns.campaign(made.id).snapshot_size == 9
    event.remove(workspace.database.engine, "after_cursor_execute", note)
    assert max(written) == 2
    assert sum(written) == 9 * 3


class Between:
    """The database, with something that happens after so many changes."""

    def __init__(self, database: Database, after: int, deed: Callable[[], object]) -> None:
        self.database, self.left, self.deed = database, after, deed

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        with self.database.write() as connection:
            yield connection
        self.left -= 1
        if self.left == 0:
            self.deed()


def test_two_snapshots_of_one_campaign_do_not_mix(workspace: Workspace) -> None:
    account_id = shop(workspace)
    sync(workspace, account_id, *(person(f"c{n}") for n in range(6)))
    made = workspace.campaigns.create(campaign())
    other = Between(workspace.database, 2, lambda: workspace.campaigns.snapshot(made.id, NOW))
    with pytest.raises(NotAllowed) as caught:
        freeze(other, made.id, NOW, step=4)
    assert caught.value.code == "campaign_state"
    assert workspace.campaigns.funnel(made.id) == {"unscreened": 6}
    assert workspace.campaigns.campaign(made.id).snapshot_size == 6


def test_a_campaign_is_sent_and_customers_come_in_while_another_is_frozen(workspace: Workspace) -> None:
    sending = Campaigning(workspace, 6)
    made = workspace.campaigns.create(campaign())

    def meanwhile() -> None:
        sending.settle(sending.claim(0, 1), (0, Outcome.ACCEPTED), (1, Outcome.ACCEPTED))
        sync(workspace, sending.account_id, person("later", number(77)))

    assert freeze(Between(workspace.database, 2, meanwhile), made.id, NOW, step=4) == 6
    assert sending.counts() == {"submitted": 2, "accepted": 2}
    assert [who for _, who in workspace.campaigns.members(made.id, 0, 9)] == list(sending.ids.values())


@pytest.mark.parametrize(("state", "note"), [(CampaignState.SCREENING, "stopping"), (CampaignState.CANCELLED, "")])
def test_a_snapshot_ends_where_somebody_stops_it(workspace: Workspace, state: CampaignState, note: str) -> None:
    Campaigning(workspace, 6)
    made = workspace.campaigns.create(replace(campaign(), state=CampaignState.SCREENING))

    def stopped() -> None:
        workspace.campaigns.update(replace(made, state=state, state_note=note), expected=CampaignState.SCREENING)

    assert freeze(Between(workspace.database, 2, stopped), made.id, NOW, step=4) == 3
    assert workspace.campaigns.campaign(made.id).state is state


def test_a_snapshot_that_was_interrupted_begins_anew(workspace: Workspace) -> None:
    sending = Campaigning(workspace, 6)
    made = workspace.campaigns.create(campaign())

    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        freeze(Between(workspace.database, 2, killed), made.id, NOW, step=4)
    assert workspace.campaigns.funnel(made.id) == {"unscreened": 3}
    assert workspace.campaigns.campaign(made.id).snapshot_size == 0
    assert workspace.campaigns.snapshot(made.id, NOW) == 6
    assert [who for _, who in workspace.campaigns.members(made.id, 0, 9)] == list(sending.ids.values())


def test_no_new_snapshot_once_something_left(workspace: Workspace) -> None:
    sending = Campaigning(workspace, 2)
    sending.claim(0)
    with pytest.raises(NotAllowed) as caught:
        workspace.campaigns.snapshot(sending.campaign_id, NOW)
    assert caught.value.code == "already_submitted"
    assert workspace.campaigns.funnel(sending.campaign_id) == {"ok": 2}


def test_one_number_is_one_message_across_shops(workspace: Workspace) -> None:
    first, second = shop(workspace), shop(workspace, "k2")
    sync(workspace, first, person("a", number(1)), person("b", number(2)), person("c"), person("d"))
    sync(workspace, second, person("e", number(2)), person("f", number(1)), person("g", number(3)))
    made = workspace.campaigns.create(campaign())
    workspace.campaigns.snapshot(made.id, NOW)
    workspace.campaigns.set_reasons(made.id, {seq: ("ok", None) for seq in range(7) if seq != 1})
    assert workspace.campaigns.mark_duplicates(made.id) == 1
    assert workspace.campaigns.mark_duplicates(made.id) == 0
    assert workspace.campaigns.funnel(made.id) == {"ok": 5, "duplicate_number": 1, "unscreened": 1}
    assert [seq for seq, _ in workspace.campaigns.ok_members(made.id, -1, 99)] == [0, 2, 3, 4, 6]


reasons = st.sampled_from(["ok", "ok", "stale", "withdrawn", "minor", "unknown"])


@given(st.lists(st.integers(0, 4) | st.none(), max_size=12), st.data())
@EXAMPLES
def test_the_funnel_always_adds_up(fresh: Fresh, numbers: list[int | None], data: st.DataObject) -> None:
    with fresh() as workspace:
        account_id = shop(workspace)
        sync(
            workspace,
            account_id,
            *(person(f"c{n:02}", None if p is None else number(p)) for n, p in enumerate(numbers)),
        )
        made = workspace.campaigns.create(campaign())
        size = workspace.campaigns.snapshot(made.id, NOW)
        said = data.draw(st.dictionaries(st.integers(0, max(size - 1, 0)), reasons, max_size=size))
        workspace.campaigns.set_reasons(made.id, {seq: (word, None) for seq, word in said.items()})
        before = workspace.campaigns.funnel(made.id)
        doubled = mark_doubles(workspace.database, made.id, at_once=data.draw(st.sampled_from((1, 3, 100))))
        funnel = workspace.campaigns.funnel(made.id)
        assert size == len(numbers) == sum(before.values()) == sum(funnel.values())
        phones = [numbers[seq] for seq, word in sorted(said.items()) if word == "ok" and numbers[seq] is not None]
        assert doubled == funnel.get("duplicate_number", 0) == len(phones) - len(set(phones))
        ok = workspace.campaigns.ok_members(made.id, -1, 100)
        assert len(ok) == funnel.get("ok", 0) == workspace.ledger.undecided(made.id)
        pages, after = [], -1
        while page := workspace.campaigns.ok_members(made.id, after, 2):
            pages += page
            after = page[-1][0]
        assert tuple(pages) == ok


def test_members_are_listed_by_reason_a_page_at_a_time(workspace: Workspace) -> None:
    made = Campaigning(workspace, 6)
    campaigns, facts = workspace.campaigns, workspace.facts.latest(list(made.ids.values()))
    campaigns.set_reasons(made.campaign_id, {2: ("no_record", None), 4: ("stale", facts[made.ids["c4"]][0])})
    ok = [(seq, made.ids[f"c{seq}"], facts[made.ids[f"c{seq}"]][0]) for seq in (0, 1, 3, 5)]
    assert campaigns.members_by_reason(made.campaign_id, "ok", -1, 3) == tuple(ok[:3])
    assert campaigns.members_by_reason(made.campaign_id, "ok", 3, 3) == tuple(ok[3:])
    assert campaigns.members_by_reason(made.campaign_id, "ok", 5, 3) == ()
    assert campaigns.members_by_reason(made.campaign_id, "no_record", -1, 9) == ((2, made.ids["c2"], None),)
    assert campaigns.members_by_reason(made.campaign_id, "stale", -1, 9) == (
        (4, made.ids["c4"], facts[made.ids["c4"]][0]),
    )
    campaigns.snapshot(made.campaign_id, NOW)
    unscreened = campaigns.members_by_reason(made.campaign_id, "unscreened", 3, 9)
    assert unscreened == ((4, made.ids["c4"], None), (5, made.ids["c5"], None))


def test_the_rules_that_stopped_a_text_are_kept_until_its_member_is_judged_anew(workspace: Workspace) -> None:
    made = Campaigning(workspace, 6)
    campaigns, which = workspace.campaigns, made.campaign_id
    first, other = Stopped(("ABS-001", "LNK-001"), "v1"), Stopped(("URG-001",), "v2")
    campaigns.set_reasons(which, {2: ("content", None), 4: ("content", None)}, {}, {2: first, 4: first})
    campaigns.keep_stopped(which, {4: other, 5: other})
    campaigns.keep_stopped(which, {})
    assert campaigns.stopped(which, range(6)) == {2: first, 4: other, 5: other}
    assert campaigns.stopped(which, [5, 3]) == {5: other}
    campaigns.set_reasons(which, dict.fromkeys(range(3), ("ok", None)))
    campaigns.set_reasons(which, {})
    assert campaigns.stopped(which, range(6)) == {4: other, 5: other}
    campaigns.snapshot(which, NOW)
    assert campaigns.stopped(which, range(6)) == {}


@given(st.integers(1, 1_000), st.binary(min_size=32, max_size=32) | st.sampled_from((b"\0" * 32, b"\xff" * 32)))
def test_every_hashed_number_is_in_one_part(count: int, key: bytes) -> None:
    assert len([1 for first, end in parts_of_keys(count) if first <= key < end]) == 1


def test_one_of_millions_goes_step_by_step_and_cannot_be_approved_meanwhile(workspace: Workspace) -> None:
    made, steps = Campaigning(workspace, 5, state=CampaignState.SCREENED), []

    @event.listens_for(workspace.database.engine, "commit")
    def _(_connection: sa.Connection) -> None:
        steps.append(1)

    with workspace.database.write() as connection:
        assert forget_some(connection, made.campaign_id, 2)
    left = workspace.campaigns.funnel(made.campaign_id)
    assert not adds_up(left, workspace.campaigns.campaign(made.campaign_id).snapshot_size)
    steps.clear()
    workspace.campaigns.delete(made.campaign_id, {CampaignState.SCREENED}, step=1)
    assert (sum(left.values()), len(steps)) == (3, 3)
    assert workspace.campaigns.campaigns() == ()


def test_what_is_half_deleted_is_a_draft_that_nobody_can_approve(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, calls = Campaigning(workspace, 5, state=CampaignState.SCREENED), []
    shown = workspace.campaigns.campaign(made.campaign_id)

    def once(*given: Any) -> bool:
        calls.append(given)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return forget_some(*given)

    monkeypatch.setattr(campaigns, "forget_some", once)
    with pytest.raises(KeyboardInterrupt):
        workspace.campaigns.delete(made.campaign_id, {CampaignState.SCREENED}, step=2)
    assert workspace.campaigns.campaign(made.campaign_id).state is CampaignState.DRAFT
    noted, approved = Noted("campaign.approved", "王", NOW), replace(shown, state=CampaignState.APPROVED)
    with pytest.raises(NotAllowed) as caught:
        workspace.campaigns.update_confirmed(approved, [], expected=CampaignState.SCREENED, noted=noted)
    assert caught.value.code == "campaign_state"
    monkeypatch.undo()
    workspace.campaigns.delete(made.campaign_id, {CampaignState.DRAFT})
    assert workspace.campaigns.campaigns() == ()


def test_only_what_never_left_is_deleted_and_only_in_the_states_named(workspace: Workspace) -> None:
    made = Campaigning(workspace, 3)
    states, delete = {CampaignState.SENDING}, workspace.campaigns.delete
    with pytest.raises(NotAllowed) as caught:
        delete(made.campaign_id, {CampaignState.DRAFT})
    assert caught.value.code == "campaign_state"
    other = workspace.campaigns.create(workspace.campaigns.campaign(made.campaign_id))
    workspace.campaigns.snapshot(other.id, NOW)
    made.claim(0)
    with pytest.raises(NotAllowed) as caught:
        delete(made.campaign_id, states)
    assert caught.value.code == "already_submitted"
    delete(other.id, states)
    assert [each.id for each in workspace.campaigns.campaigns()] == [made.campaign_id]
    assert workspace.campaigns.members(other.id, 0, 9) == ()
    assert len(workspace.campaigns.members(made.campaign_id, 0, 9)) == 3
    with pytest.raises(NotFound):
        delete(other.id, states)


def test_pages_of_a_reason_begin_where_they_say(workspace: Workspace) -> None:
    account = shop(workspace)
    sync(workspace, account, *(person(f"c{i}", number(i)) for i in range(7)))
    made = workspace.campaigns.create(campaign())
    workspace.campaigns.snapshot(made.id, NOW)
    workspace.campaigns.set_reasons(made.id, dict.fromkeys((0, 2, 3, 6), ("pending", None)))
    assert workspace.campaigns.member_pages(made.id, "pending", 2) == (4, (-1, 2))
    assert workspace.campaigns.member_pages(made.id, "unscreened", 10) == (3, (0,))
    assert workspace.campaigns.member_pages(made.id, "ok", 10) == (0, ())
    assert workspace.campaigns.fact_ages(made.id) is None


def test_the_ages_are_those_of_the_facts_that_let_people_in(workspace: Workspace) -> None:
    account = shop(workspace)
    refs = [f"c{n}" for n in range(3)]
    ids = sync(workspace, account, *(person(ref, number(n)) for n, ref in enumerate(refs)))
    ages = dict(zip(refs, (10, 300, 9_000), strict=True))
    told = [
        fact(account, ref, checked_at=NOW - minutes(age), observed_at=NOW - minutes(5)) for ref, age in ages.items()
    ]
    workspace.facts.append(told, [receipt(account)])
    made = workspace.campaigns.create(campaign())
    workspace.campaigns.snapshot(made.id, NOW)
    latest = workspace.facts.latest(list(ids.values()))
    reasons = {
        seq: ("stale" if seq == 2 else "ok", latest[who][0]) for seq, who in workspace.campaigns.members(made.id, 0, 3)
    }
    workspace.campaigns.set_reasons(made.id, reasons)
    assert workspace.campaigns.fact_ages(made.id) == (NOW - minutes(300), NOW - minutes(5))
    assert {found.ref.ref for found in workspace.facts.facts([latest[ids["c1"]][0], 999]).values()} == {"c1"}
