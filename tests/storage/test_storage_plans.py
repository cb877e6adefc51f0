"""No statement of the daily work reads a whole table, however large it has grown: plans are looked at, not timed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from storage_samples import ENTITY, NOW, Campaigning, fact, minutes, number, person, receipt, shop, sync

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import ImportRow
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Outcome, Page
from campaign_app.domain.people import NOT_ASKED, PeopleQuery
from campaign_app.domain.phone import PlatformPhone
from campaign_app.storage.workspace import Workspace

GROWING = (
    "campaign_member|customer|consent_fact|consent_latest|suppression"
    "|ledger|ledger_outcome|ledger_latest|delivery_report|inbound|number_alias|own_alias|other_alias"
)

DIALECTS = ("sqlite",)
# the whole table, or every customer of a shop by way of an index in another order
WHOLE = re.compile(rf"^SCAN ({GROWING})\b|^SEARCH customer USING .*\(account_id=\?\)$")
Plans = dict[str, list[str]]


@pytest.fixture
def plans(workspace: Workspace) -> Iterator[Plans]:
    found: Plans = {}

    def note(_: Any, cursor: Any, statement: str, parameters: Any, __: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")) and statement not in found:
            asked = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters[0] if many else parameters)
            found[statement] = [row[3] for row in asked.fetchall()]

    event.listen(workspace.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(workspace.database.engine, "before_cursor_execute", note)


def whole(plans: Plans) -> dict[str, list[str]]:
    return {statement: plan for statement, plan in plans.items() if any(map(WHOLE.search, plan))}


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
    workspace.campaigns.sent_since(ENTITY, list(sending.ids.values()), NOW)
    workspace.campaigns.ok_members(sending.campaign_id, 0, 2)
    workspace.campaigns.mark_duplicates(sending.campaign_id)
    workspace.campaigns.members_by_reason(sending.campaign_id, "ok", 0, 2)
    workspace.suppressions.of_customers(list(sending.ids.values()))
    draft = workspace.campaigns.create(Campaign(0, "", ENTITY, "retail", Filter()))
    workspace.campaigns.delete(draft.id, {draft.state})
    assert plans
    assert whole(plans) == {}


def test_syncing_and_asking_for_consent(workspace: Workspace, plans: Plans) -> None:
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1", number(1)), person("c2", minor=True))
    sync(workspace, account_id, person("c1", number(2)))
    told = [fact(account_id, "c1"), fact(account_id, "c2", status=ConsentStatus.WITHDRAWN)]
    workspace.facts.append_changes(workspace.accounts.account(account_id), told, [receipt(account_id)], "", "x")
    workspace.facts.latest(list(ids.values()))
    workspace.facts.history(ids["c1"])
    workspace.customers.by_ids(list(ids.values()))
    workspace.suppressions.active(ENTITY, [workspace.phone_keys.of_phone(number(1))])
    assert whole(plans) == {}


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
    assert whole(plans) == {}


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
        workspace.imports.mark_consecutive(import_id, [3])
    sync(workspace, account_id, person("later", number(5)))
    workspace.imports.undo(import_id)
    assert whole(plans) == {}


def test_an_audience_is_read_in_the_order_of_the_table(workspace: Workspace, plans: Plans) -> None:
    """A count over a filter must read every customer, but each page of the table once."""
    shop(workspace)
    audience = Filter((Condition("city", Op.IS, "杭州"),))
    workspace.customers.count(audience, ENTITY, NOW)
    assert list(whole(plans).values()) == [["SCAN customer"]]


def test_a_page_of_the_table_begins_where_it_begins(workspace: Workspace, plans: Plans) -> None:
    """Counting may read a table once; a page never does, and statuses come from the small table and an index."""
    account_id = shop(workspace)
    ids = sync(workspace, account_id, person("c1", number(1), province="浙江"), person("c2"))
    workspace.facts.append([fact(account_id, "c1")], [])
    everything: dict[str, Any] = {"account_id": account_id, "status": "declined", "province": "浙江"}
    asked = [PeopleQuery(), PeopleQuery("王"), PeopleQuery("c1"), PeopleQuery("王", **everything)]
    asked += [PeopleQuery(status=status) for status in ("confirmed", "declined", NOT_ASKED)]
    asked += [PeopleQuery(phone_key=workspace.phone_keys.of_phone(number(1)))]
    plans.clear()
    for query in asked:
        workspace.people.ids(query, ids["c1"], 200)
    assert whole(plans) == {}
    assert not [plan for plan in plans.values() if any("TEMP B-TREE" in step for step in plan)]
    plans.clear()
    workspace.people.anchors(PeopleQuery(status="declined"), 200)
    (first,) = plans.values()
    assert [step for step in first if step.startswith("SCAN c")] == ["SCAN consent_latest"]
    assert not [step for step in first if re.search(r"consent_fact .*INTEGER PRIMARY KEY", step)]
