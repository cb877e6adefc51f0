"""Requests of single people: a copy without a number in the clear, erasure that a later sync respects, restriction."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from storage_samples import ENTITY, NOW, OTHER_ENTITY, Campaigning, fact, minutes, number, person, receipt, shop, sync

from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.domain.consent import CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.customer import ImportRow
from campaign_app.domain.errors import NotFound
from campaign_app.domain.message import InboundMessage, Outcome, Page
from campaign_app.services.lifting import Lifting
from campaign_app.storage import schema
from campaign_app.storage.schema_imports import import_change, import_prospect
from campaign_app.storage.schema_sending import inbound
from campaign_app.storage.subjects_erased import ERASED_THERE
from campaign_app.storage.workspace import Workspace


def filled(workspace: Workspace) -> tuple[Campaigning, int]:
    """Somebody of whom there is something in every table."""
    sending = Campaigning(workspace, 2)
    sending.settle(sending.claim(0), (0, Outcome.DELIVERED))
    rows = [ImportRow(1, sending.account_id, "c0", number(0), {"级别": "金卡"})]
    which = workspace.imports.begin("会员.csv", "a", 1, NOW)
    workspace.imports.apply_chunk(which, rows)
    workspace.imports.finish(which, {})
    said = InboundMessage("i1", "c0", number(0), "谢谢", NOW)
    workspace.inbox.store_inbound(sending.account_id, Page((said,), "x", more=False), [], NOW)
    return sending, sending.ids["c0"]


def test_a_copy_has_all_that_is_kept_and_no_number(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    told = workspace.subjects.gathered(customer)
    assert told["customer"]["ref"] == "c0"
    assert told["customer"]["attributes"] == {"级别": "金卡"}
    assert told["consents"][0]["status"] == "confirmed"
    assert told["messages"][0]["outcome"] == "delivered"
    assert told["replies"][0]["text"] == "谢谢"
    assert told["files"][0]["file_name"] == "会员.csv"
    written = json.dumps(told, ensure_ascii=False)
    assert number(0).masked in written
    assert number(0).digits not in written
    with pytest.raises(NotFound):
        workspace.subjects.gathered(99_999)
    assert sending.ids["c1"] != customer


def test_what_they_said_under_their_number_is_in_the_copy(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    sms, elsewhere = shop(workspace, "k2"), shop(workspace, "k3", entity_uscc=OTHER_ENTITY)
    for account_id, text in ((sms, f"别发了，{number(0).digits}"), (elsewhere, "与此无关")):
        said = InboundMessage(f"by number {account_id}", "", number(0), text, NOW)
        workspace.inbox.store_inbound(account_id, Page((said,), "x", more=False), [], NOW)
    new = NewCase(ENTITY, Source.R12321, Way.FORM, NOW, NOW, "A1", number(0), text=f"{number(0).digits}一直收到短信")
    workspace.complaints.add(new, actor="王", at=NOW)
    told = workspace.subjects.gathered(customer)
    assert [each["text"] for each in told["replies"]] == ["谢谢", f"别发了，{number(0).masked}"]
    assert [(each["number"], each["source"]) for each in told["complaints"]] == [("A1", "r12321")]
    assert number(0).digits not in json.dumps(told, ensure_ascii=False)
    others = workspace.subjects.gathered(sending.ids["c1"])
    assert (others["replies"], others["complaints"]) == ([], [])


def test_a_number_that_a_file_holds_in_another_column_is_masked_in_the_copy(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    other = number(7)
    told = {"备用电话": other.digits, "备注": f"请打{other.digits}"}
    which = workspace.imports.begin(f"{other.digits}.csv", "b", 1, NOW)
    workspace.imports.apply_chunk(which, [ImportRow(1, sending.account_id, "c0", number(0), told)])
    workspace.imports.finish(which, {})
    copy = workspace.subjects.gathered(customer)
    assert copy["customer"]["attributes"]["备用电话"] == other.masked
    assert copy["customer"]["ref"] == "c0"
    assert [json.loads(each["after"]).get("备注") for each in copy["files"]][1] == f"请打{other.masked}"
    assert other.digits not in json.dumps(copy, ensure_ascii=False)


def test_an_erased_person_stays_erased_while_their_platform_goes_on_listing_them(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    before = workspace.facts.history(customer)
    assert workspace.subjects.erase(customer, actor="王", at=NOW) == 1
    assert workspace.subjects.erase(customer, actor="王", at=NOW) == 0
    later = [person(ref, number(n), updated_at=NOW + timedelta(days=1)) for n, ref in enumerate(("c0", "c1"))]
    sync(workspace, sending.account_id, *later)
    people = workspace.customers.by_ids([customer, sending.ids["c1"]])
    assert (people[customer].name, people[customer].phone, people[customer].attributes) == ("", None, {})
    assert people[sending.ids["c1"]].phone == number(1)
    assert workspace.facts.history(customer) == before, "what proves the consent stays"
    assert workspace.subjects.gathered(customer)["messages"], "and what was sent"
    key = workspace.phone_keys.of_ref(CustomerRef(sending.account_id, "c0"))
    assert workspace.suppressions.active(ENTITY, [key])
    (entry,) = [each for each in workspace.audit.entries(limit=9) if each.action == "customer.erased"]
    assert entry.actor.endswith("王")


def test_whoever_asks_after_their_platform_did_leaves_a_receipt_as_well(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    workspace.customers.upsert_page(sending.account_id, [], "x", NOW, redacted=["c0"])
    assert workspace.subjects.erase(customer, actor="王", at=NOW + minutes(1)) == 1
    assert workspace.subjects.erase(customer, actor="王", at=NOW + minutes(2)) == 0
    found = [each for each in workspace.audit.entries(limit=9) if each.action == "customer.erased"]
    assert [each.actor.rpartition("/")[2] for each in found] == ["王", "platform"]
    who = ("account", "customer", "ref_hmac")
    assert [found[0].facts[name] for name in who] == [found[1].facts[name] for name in who]
    assert found[0].facts["file_rows"] == 0


def test_whom_their_platform_names_as_erased_once_more_no_file_brings_back(workspace: Workspace) -> None:
    """They may have been erased by a version that did not put it down."""
    sending = Campaigning(workspace, 1)
    workspace.customers.upsert_page(sending.account_id, [], "x", NOW, redacted=["c0"])
    with workspace.database.write() as connection:
        connection.execute(sa.delete(schema.setting).where(schema.setting.c.name.startswith(ERASED_THERE)))
    workspace.customers.upsert_page(sending.account_id, [], "y", NOW + minutes(1), redacted=["c0"])
    rows = [ImportRow(1, sending.account_id, "c0", number(0), {"级别": "金卡"})]
    counts = workspace.imports.apply_chunk(workspace.imports.begin("会员.csv", "b", 1, NOW), rows)
    assert (counts.changed, counts.unchanged) == (0, 1)


def test_no_file_brings_back_what_was_said_of_an_erased_person(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    workspace.subjects.erase(customer, actor="王", at=NOW)
    rows = [ImportRow(n, sending.account_id, f"c{n}", number(n), {"级别": "金卡"}) for n in range(2)]
    which = workspace.imports.begin("会员.csv", "b", 2, NOW)
    for _ in range(2):
        counts = workspace.imports.apply_chunk(which, rows)
        assert (counts.changed, counts.unchanged, counts.waiting) == (1, 1, 0)
    # nor one whom their platform erased, until it lists them again, which an older page does not
    workspace.customers.upsert_page(sending.account_id, [], "x", NOW, redacted=["c1"])
    sync(workspace, sending.account_id, person("c1", number(1), updated_at=NOW - minutes(5)))
    again = [ImportRow(1, sending.account_id, "c1", number(1), {"备注": "老客户"})]
    for later, counted in ((0, (0, 1)), (1, (1, 0))):
        if later:
            sync(workspace, sending.account_id, person("c1", number(1), updated_at=NOW + minutes(1)))
        counts = workspace.imports.apply_chunk(workspace.imports.begin("会员.csv", f"d{later}", 1, NOW), again)
        assert (counts.changed, counts.unchanged) == counted
    people = workspace.customers.by_ids([customer, sending.ids["c1"]])
    assert [people[each].attributes for each in (customer, sending.ids["c1"])] == [{}, {"备注": "老客户"}]
    with workspace.database.read() as connection:
        assert connection.execute(sa.select(import_prospect)).all() == []
        kept = connection.execute(sa.select(import_change.c.row_no).where(import_change.c.import_id == which))
        assert kept.scalars().all() == [1]


def test_a_restricted_person_is_reached_by_nobody_and_it_is_in_the_audit(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    workspace.subjects.restrict(customer, actor="王", at=NOW + minutes(1), note="来函 7 号")
    (marks,) = workspace.suppressions.of_customers([customer]).values()
    assert {(mark.kind, mark.source, mark.note, mark.by.rpartition("/")[2]) for mark in marks} == {
        (SuppressionKind.WITHDRAWN, "restricted", "来函 7 号", "王")
    }  # fmt: skip
    assert workspace.audit.entries(limit=1)[0].action == "customer.restricted"
    assert sending.account_id


def test_a_restriction_lasts_until_it_is_lifted_whatever_the_platform_says_meanwhile(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    since = NOW + minutes(1)
    assert workspace.subjects.restricted_since(customer) is None
    workspace.subjects.restrict(customer, actor="王", at=since, note="")
    key = workspace.phone_keys.of_ref(CustomerRef(sending.account_id, "c0"))
    withdrawn = Suppression(ENTITY, key, SuppressionKind.WITHDRAWN, NOW + minutes(2), "platform")
    workspace.suppressions.add([withdrawn])
    assert workspace.subjects.restricted_since(customer) == since
    other = sending.ids["c1"]
    key = workspace.phone_keys.of_ref(CustomerRef(sending.account_id, "c1"))
    numbers = key, workspace.phone_keys.of_phone(number(1))
    workspace.suppressions.add([replace(withdrawn, key=each) for each in numbers])
    assert workspace.subjects.restricted_since(other) is None
    workspace.subjects.restrict(other, actor="王", at=since, note="")
    assert workspace.subjects.restricted_since(other) == since, "also where the platform's clock is ahead"
    at = NOW + minutes(3)
    told = fact(sending.account_id, "c0", obtained_at=at, checked_at=at)
    workspace.facts.append([told], [receipt(sending.account_id)])
    grant = workspace.facts.latest([customer])[customer][0]
    for mark in next(iter(workspace.suppressions.of_customers([customer]).values())):
        assert workspace.subjects.restricted_since(customer) == since, "by reference or by number it is in force"
        workspace.suppressions.lift([mark], customer_id=customer, fact_id=grant, reviewer="审核员", at=NOW + minutes(9))
    assert workspace.subjects.restricted_since(customer) is None
    with pytest.raises(NotFound):
        workspace.subjects.restricted_since(99_999)


def kinds(workspace: Workspace, *keys: bytes) -> list[set[SuppressionKind]]:
    found = workspace.suppressions.active(ENTITY, keys)
    return [{mark.kind for mark in found.get(key, ())} for key in keys]


def test_what_a_platform_says_of_an_erased_person_still_stops_messages_to_them(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    ref = workspace.phone_keys.of_ref(CustomerRef(sending.account_id, "c0"))
    workspace.subjects.erase(customer, actor="王", at=NOW)
    later = person("c0", number(0), updated_at=NOW + minutes(5), minor=True)
    sync(workspace, sending.account_id, later)
    wanted = {SuppressionKind.MINOR, SuppressionKind.WITHDRAWN}
    assert kinds(workspace, ref, workspace.phone_keys.of_phone(number(0))) == [wanted, wanted]
    assert workspace.customers.by_ids([customer])[customer].name == "", "and nothing else is kept"


def test_a_number_that_an_erased_person_is_listed_with_later_is_as_suppressed_as_they_are(workspace: Workspace) -> None:
    here, there = shop(workspace), shop(workspace, "k2")
    customer = sync(workspace, here, person("c1"))["c1"]
    twin = sync(workspace, there, person("t1", number(1)))["t1"]
    workspace.subjects.erase(customer, actor="王", at=NOW)
    assert workspace.suppressions.of_customers([twin]) == {}, "without a number nobody can tell"
    for _ in range(2):
        sync(workspace, here, person("c1", number(1), updated_at=NOW + minutes(5)))
    (marks,) = workspace.suppressions.of_customers([twin]).values()
    assert {mark.kind for mark in marks} == {SuppressionKind.WITHDRAWN}
    assert workspace.customers.by_ids([customer])[customer].phone is None


def test_whoever_agreed_again_after_an_erasure_is_let_alone_by_the_next_one(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    key = workspace.phone_keys.of_ref(CustomerRef(sending.account_id, "c0"))
    workspace.subjects.erase(customer, actor="王", at=NOW)
    at = NOW + minutes(3)
    workspace.facts.append(
        [fact(sending.account_id, "c0", obtained_at=at, checked_at=at)], [receipt(sending.account_id)]
    )
    grant = workspace.facts.latest([customer])[customer][0]
    (mark,) = workspace.suppressions.active(ENTITY, [key])[key]
    workspace.suppressions.lift([mark], customer_id=customer, fact_id=grant, reviewer="审核员", at=NOW + minutes(9))
    assert kinds(workspace, key) == [set()]
    assert workspace.subjects.erase(customer, actor="王", at=NOW + minutes(20)) == 1
    assert kinds(workspace, key) == [{SuppressionKind.WITHDRAWN}]


def test_a_complaint_under_the_number_alone_outlasts_the_erasure_and_every_lift(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    key = workspace.phone_keys.of_ref(CustomerRef(sending.account_id, "c0"))
    new = NewCase(ENTITY, Source.R12321, Way.FORM, NOW, NOW, "A1", number(0))
    workspace.complaints.add(new, actor="王", at=NOW)
    assert kinds(workspace, key) == [set()], "the number is theirs, and known"
    workspace.subjects.erase(customer, actor="王", at=NOW)
    assert kinds(workspace, key) == [{SuppressionKind.WITHDRAWN, SuppressionKind.COMPLAINT}]
    at = NOW + minutes(3)
    workspace.facts.append(
        [fact(sending.account_id, "c0", obtained_at=at, checked_at=at)], [receipt(sending.account_id)]
    )
    stays = Lifting(workspace.suppressions, workspace.facts, lambda: NOW + minutes(9)).lift(customer, actor="审核员")
    assert (stays, kinds(workspace, key)) == ({SuppressionKind.COMPLAINT}, [{SuppressionKind.COMPLAINT}])


def test_no_number_is_kept_of_what_they_wrote_under_a_former_one_or_since_they_asked(workspace: Workspace) -> None:
    sending, customer = filled(workspace)
    sync(workspace, sending.account_id, person("c0", number(50), updated_at=NOW + minutes(9)))
    provider, in_order = shop(workspace, "k2"), sa.select(inbound.c.phone_key).order_by(inbound.c.id)

    def numbers() -> list[bool]:
        with workspace.database.read() as connection:
            return [key is not None for key in connection.execute(in_order).scalars()]

    for count, (ref, phone) in enumerate((("", number(0)), ("", number(1)), ("c0", number(50)))):
        said = InboundMessage(f"r{count}", ref, phone, "好的", NOW)
        account = sending.account_id if ref else provider
        workspace.inbox.store_inbound(account, Page((said,), f"{count}", more=False), [], NOW)
        workspace.subjects.erase(customer, actor="王", at=NOW)
    assert numbers() == [False, False, True, False], "that of another customer stays"
