"""No statement of the daily work reads a whole table, however large it has grown: plans are looked at, not timed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from storage_plans import Plans, grown
from storage_samples import ENTITY, NOW, Campaigning, fact, minutes, number, person, receipt, shop, sync

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import ImportRow
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Outcome, Page
from campaign_app.domain.people import NOT_ASKED, ORDERS, PeopleQuery
from campaign_app.domain.phone import PlatformPhone
from campaign_app.storage.workspace import Workspace


@pytest.fixture
def plans(workspace: Workspace) -> Iterator[Plans]:
    with grown(workspace) as found:
        yield found


def test_sending_and_what_comes_back(workspace: Workspace, plans: Plans) -> None:
    sending = Campaigning(workspace, 5)
    plans.clear()
    made = sending.claim(0, 1, 2)
    sending.settle(made, (0, Outcome.ACCEPTED), (1, Outcome.UNKNOWN))
    workspace.ledger.open_rows(made.id)
    workspace.ledger.unsettled(sending.campaign_id)
    workspace.ledger.undecided(sending.campaign_id)
    early = [DeliveryReport(f"r{n}", f"p-{n}", Outcome.DELIVERED, "", NOW) for n in (0, 3)]
    workspace.inbox.store_reports(sending.account_id, Page(tuple(early), "x", more=False), NOW)
    reply = InboundMessage("i", "c0", number(0), "T", NOW)
    workspace.inbox.store_inbound(sending.account_id, Page((reply,), "x", more=False), ["i"], NOW)
    clues = (ComplaintClue("a", "c0", number(0), "p-0", NOW), ComplaintClue("b", "", None, "p-3", NOW))
    workspace.inbox.store_complaints(sending.account_id, Page(clues, "x", more=False), NOW)
    sending.settle(sending.claim(3), (3, Outcome.ACCEPTED))
    workspace.inbox.counts(sending.campaign_id)
    assert workspace.inbox.any_accepted(sending.campaign_id)
    assert workspace.customers.anybody()
    workspace.course.course(sending.campaign_id)
    workspace.campaigns.sent_since(ENTITY, list(sending.ids.values()), NOW)
    workspace.campaigns.ok_members(sending.campaign_id, 0, 2)
    workspace.campaigns.mark_duplicates(sending.campaign_id)
    workspace.campaigns.members_by_reason(sending.campaign_id, "ok", 0, 2)
    workspace.suppressions.of_customers(list(sending.ids.values()))
    draft = workspace.campaigns.create(Campaign(0, "", ENTITY, "retail", Filter()))
    workspace.campaigns.delete(draft.id, {draft.state})
    assert plans.steps
    assert plans.whole == {}


def test_one_person_is_proven_without_the_campaign_being_read(workspace: Workspace, plans: Plans) -> None:
    sending = Campaigning(workspace, 5)
    sending.claim(0, 1, 2)
    plans.clear()
    assert workspace.evidence.places(sending.campaign_id, "c1") == ((sending.account_id, 1),)
    assert [step for steps in plans.steps.values() for step in steps if "ledger_by_customer" in step]
    _, claimed = workspace.evidence.sent_one(sending.campaign_id, 1)
    assert claimed is not None
    assert plans.whole == {}


def test_syncing_and_asking_for_consent(workspace: Workspace, plans: Plans) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1", number(1)), person("c2", minor=True))
    sync(workspace, account_id, person("c1", number(2)))
    told = [fact(account_id, "c1"), fact(account_id, "c2", status=ConsentStatus.WITHDRAWN)]
    workspace.facts.append_changes(workspace.accounts.account(account_id), told, [receipt(account_id)], "", "x")
    latest = workspace.facts.latest(list(ids.values()))
    workspace.facts.append([fact(account_id, "c1", checked_at=NOW + minutes(1))], [])
    assert workspace.facts.confirmed({each: known[0] for each, known in latest.items()}) == set(latest)
    workspace.facts.history(ids["c1"])
    workspace.customers.by_ids(list(ids.values()))
    workspace.suppressions.active(ENTITY, [workspace.phone_keys.of_phone(number(1))])
    assert plans.whole == {}


def test_whom_both_numbers_are_of(workspace: Workspace, plans: Plans) -> None:
    sending, theirs = Campaigning(workspace, 3), PlatformPhone("~AgAAAAexample0sealed~1~")
    ids, keys = list(sending.ids.values()), [workspace.phone_keys.of_phone(number(n)) for n in (0, 1)]
    for n in (0, 1):
        later = person(f"c{n}", number(n), updated_at=NOW + minutes(1), platform_phone=theirs)
        sync(workspace, sending.account_id, later)
    plans.clear()
    made = sending.claim(0, 1)
    assert len(workspace.ledger.rows(made.id)) == 1
    workspace.ledger.doubled(made.id)
    workspace.campaigns.mark_duplicates(sending.campaign_id)
    workspace.campaigns.sent_since(ENTITY, ids, NOW)
    workspace.suppressions.of_customers(ids)
    workspace.customers.ids_of_numbers(sending.account_id, keys)
    workspace.people.ids(PeopleQuery(phone_key=keys[0]), 0, 200)
    reply = InboundMessage("i", "", number(0), "T", NOW)
    workspace.inbox.store_inbound(sending.account_id, Page((reply,), "x", more=False), ["i"], NOW)
    sync(workspace, sending.account_id, person("c2", number(2), updated_at=NOW + minutes(1), platform_phone=theirs))
    workspace.customers.upsert_page(sending.account_id, [], "x", NOW + minutes(2), ["c2"])
    assert plans.whole == {}


def test_importing(workspace: Workspace, plans: Plans) -> None:
    account_id = shop(workspace)
    sync(workspace, account_id, person("c1", number(1)))
    for digest in "ab":
        import_id = workspace.imports.begin("f.csv", digest, 3, NOW)
        rows = [
            ImportRow(1, account_id, "c1", None, {"a": digest}),
            ImportRow(2, account_id, "later", number(5), {"a": digest}),
            ImportRow(3, account_id, None, number(1), {"b": digest}),
        ]
        workspace.imports.apply_chunk(import_id, rows)
    sync(workspace, account_id, person("later", number(5)))
    workspace.imports.undo(import_id)
    assert plans.whole == {}


def test_screening_a_page_and_the_funnel(workspace: Workspace, plans: Plans) -> None:
    made = Campaigning(workspace, 5)
    campaign_id, ids = made.campaign_id, list(made.ids.values())
    plans.clear()
    workspace.campaigns.members(campaign_id, 0, 1_000)
    workspace.customers.by_ids(ids)
    workspace.facts.latest(ids, checked_since=NOW)
    told = [fact(made.account_id, ref) for ref in made.ids]
    workspace.facts.append(told, [receipt(made.account_id, "receipt-2")])
    workspace.facts.facts([fact_id for fact_id, _ in workspace.facts.latest(ids).values()])
    workspace.campaigns.set_reasons(campaign_id, {0: ("declined", None), 1: ("ok", None)}, {1: 1})
    workspace.campaigns.funnel(campaign_id)
    workspace.campaigns.fallen(campaign_id)
    workspace.campaigns.member_pages(campaign_id, "declined", 200)
    workspace.campaigns.members_by_reason(campaign_id, "declined", 2, 200)
    workspace.campaigns.fact_ages(campaign_id)
    workspace.readings.of_members(campaign_id, 2, 200)
    assert plans.sorted == {}
    workspace.money.to_leave(campaign_id)  # sorts a hundred thousand at once
    assert plans.whole == {}


def test_what_the_worker_asks_by_the_clock(workspace: Workspace, plans: Plans) -> None:
    sending = Campaigning(workspace, 3)
    sending.settle(sending.claim(0, 1, 2), (0, Outcome.ACCEPTED))
    workspace.opt_outs.add(sending.ids["c0"], NOW, "manual", "")
    told = workspace.opt_outs.waiting(sending.account_id, 500)
    plans.clear()
    workspace.opt_outs.accounts_waiting()
    workspace.opt_outs.waiting(sending.account_id, 500)
    workspace.opt_outs.settle(told, "told", NOW)
    workspace.opt_outs.backlog()
    workspace.opt_outs.took(sending.account_id, 1_000)
    workspace.ledger.awaiting(sending.account_id, 0, NOW - minutes(60), 500)
    workspace.ledger.furthest_claim(sending.campaign_id)
    workspace.ledger.decided_until(sending.campaign_id)
    workspace.inbox.written_to(sending.account_id, NOW - minutes(60), 0)
    workspace.inbox.counts(sending.campaign_id)
    workspace.money.bill(sending.campaign_id)
    workspace.jobs.open_jobs()
    assert plans.whole == {}
    assert plans.sorted == {}


def test_an_audience_is_counted_without_the_table(workspace: Workspace, plans: Plans) -> None:
    """A server reads the table with several processes; of files the index says it, for the snapshot as well."""
    made = Campaigning(workspace, 2, state=CampaignState.DRAFT)
    city, days = Condition("city", Op.IS, "杭州"), Condition("days_since_order", Op.AT_MOST, 90)
    asked = Filter((city, Filter((days, Condition("tag", Op.IN, ("会员",))), every=False)))
    plans.clear()
    workspace.customers.count(asked, ENTITY, NOW)
    if plans.dialect == "sqlite":
        workspace.campaigns.snapshot(made.campaign_id, NOW)
        read = [step for steps in plans.steps.values() for step in steps if " customer " in step]
        asked = ("(account_id=? AND province=?)", "(account_id=? AND province=? AND id>? AND id<?)")
        assert set(read) == {f"SEARCH customer USING COVERING INDEX customer_counted {which}" for which in asked}
    # ids of one step of a snapshot
    assert [text for text in plans.sorted if not text.startswith("INSERT INTO campaign_member")] == []


def test_an_audience_of_names_is_counted_in_the_order_of_the_table(workspace: Workspace, plans: Plans) -> None:
    """Of those the index says nothing: each page of the table is read once, and not in the order of refs."""
    shop(workspace)
    plans.clear()
    workspace.customers.count(Filter((Condition("name", Op.IS, "王芳"),)), ENTITY, NOW)
    if plans.dialect == "sqlite":
        assert list(plans.whole.values()) == [["SCAN customer"]]
    assert plans.sorted == {}


def test_a_page_of_the_table_begins_where_it_begins(workspace: Workspace, plans: Plans) -> None:
    """Counting may read a table once; a page never does, and statuses come from the small table and an index."""
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1", number(1), province="浙江"), person("c2"))
    workspace.facts.append([fact(account_id, "c1")], [])
    asked = [PeopleQuery(), PeopleQuery("王"), PeopleQuery("c1"), PeopleQuery(province="浙江")]
    asked += [PeopleQuery(status=status) for status in ("confirmed", "declined", NOT_ASKED)]
    asked += [PeopleQuery(phone_key=workspace.phone_keys.of_phone(number(1)))]
    one, rich = Condition("account", Op.IN, (str(account_id),)), Condition("spend_cents", Op.AT_LEAST, 1)
    near = Condition("province", Op.IN, ("浙江", "江苏"))
    asked += [PeopleQuery(audience=Filter(parts), now=NOW) for parts in ((one,), (one, rich), (one, near), (near,))]
    plans.clear()
    for query in asked:
        workspace.people.ids(query, ids["c1"], 200)
        if query.audience is not None:
            workspace.readings.of_audience(query.audience, ENTITY, NOW, ids["c1"], 200)
    assert plans.whole == {}
    assert plans.sorted == {}


def test_the_table_is_opened_by_a_small_table_and_an_index(workspace: Workspace, plans: Plans) -> None:
    shop(workspace)
    plans.clear()
    workspace.people.anchors(PeopleQuery(status="declined"), 200)
    if plans.dialect == "sqlite":
        (first,) = plans.steps.values()
        assert [step for step in first if step.startswith("SCAN c")] == ["SCAN consent_latest"]
        assert not [step for step in first if re.search(r"consent_fact .*INTEGER PRIMARY KEY", step)]
    assert plans.sorted == {}


def test_the_table_is_sorted_by_the_index_that_holds_what_it_is_sorted_by(workspace: Workspace, plans: Plans) -> None:
    """One pass, of which no more is kept than is shown; the table itself is not read."""
    shop(workspace)
    plans.clear()
    for order in ORDERS:
        workspace.people.ordered(PeopleQuery(), order, 200, descending=True)
    if plans.dialect == "sqlite":
        read = [step for steps in plans.steps.values() for step in steps if " customer " in step]
        assert read
        assert [step for step in read if not step.startswith("SCAN customer USING COVERING INDEX ")] == []
