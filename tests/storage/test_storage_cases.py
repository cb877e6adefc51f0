"""A complaint suppresses its person at once and for good, finds the message it is about, and keeps its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from storage_plans import grown
from storage_samples import ENTITY, NOW, OTHER_ENTITY, Campaigning, fact, minutes, number, person, receipt, shop, sync

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.complaint import Action, Case, CaseQuery, CaseState, NewCase, Source, Unmatched, Way
from campaign_app.domain.consent import CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.message import ComplaintClue, InboundMessage, Outcome, Page
from campaign_app.storage.workspace import Workspace

LATER = NOW + minutes(30)


def new(**changed: Any) -> NewCase:
    made = NewCase(ENTITY, Source.R12321, Way.FORM, LATER, LATER, "A1", number(0), text="一直收到短信")
    return replace(made, **changed)


@pytest.fixture
def sending(workspace: Workspace) -> Campaigning:
    made = Campaigning(workspace, 4)
    made.settle(made.claim(0, 1, 2), (0, Outcome.ACCEPTED), (1, Outcome.ACCEPTED), (2, Outcome.REJECTED))
    return made


class Again(Campaigning):
    """Another campaign of the same shop, to the same people."""

    def __init__(self, first: Campaigning, seq: int = 0, key: bytes | None = None) -> None:
        self.workspace, self.account_id, self.ids = first.workspace, first.account_id, first.ids
        campaigns = first.workspace.campaigns
        state = CampaignState.SENDING
        made = campaigns.create(Campaign(0, "双12", ENTITY, "retail", Filter(), state=state))
        self.campaign_id = made.id
        campaigns.snapshot(made.id, NOW)
        latest = first.workspace.facts.latest(list(self.ids.values()))
        members = campaigns.members(made.id, 0, len(self.ids))
        campaigns.set_reasons(made.id, {seq: ("ok", latest[who][0]) for seq, who in members})
        claimed = first.workspace.ledger.claim(
            made, self.account, "again", [self.claim_of(seq, key)], {}, (seq, seq + 1), NOW
        )  # fmt: skip
        assert claimed is not None
        self.settle(claimed, (seq, Outcome.DELIVERED))


def put(sending: Campaigning, **changed: Any) -> Case:
    return sending.workspace.complaints.add(new(**changed), actor="李", at=LATER)


def kinds(workspace: Workspace, key: bytes, entity: str = ENTITY) -> set[SuppressionKind]:
    return {mark.kind for mark in workspace.suppressions.active(entity, [key]).get(key, frozenset())}


def test_a_case_by_hand_matches_the_one_message_that_its_number_got(sending: Campaigning) -> None:
    case = put(sending)
    assert (case.state, case.campaign_id, case.campaign) == (CaseState.MATCHED, sending.campaign_id, "双11")
    assert (case.who, case.entered_by.rpartition("/")[2], case.way) == ("138****0000", "李", Way.FORM)
    assert [each.action for each in sending.workspace.complaints.history(case.id)] == [Action.ENTERED, Action.MATCHED]
    assert sending.counts()["complaints"] == 1
    assert sending.workspace.inbox.complaints(sending.campaign_id) == 1


def test_its_person_is_suppressed_at_once_by_number_and_told_to_every_shop(sending: Campaigning) -> None:
    workspace, second = sending.workspace, shop(sending.workspace, "k2")
    sync(workspace, second, person("twin", number(0)))
    case = put(sending)
    key = workspace.phone_keys.of_phone(number(0))
    ((mark,),) = workspace.suppressions.active(ENTITY, [key]).values()
    assert (mark.kind, mark.since, mark.by) == (SuppressionKind.COMPLAINT, LATER, case.entered_by)
    assert kinds(workspace, key, OTHER_ENTITY) == set()
    told = [workspace.opt_outs.waiting(each, 9)[0] for each in (sending.account_id, second)]
    assert [(each.ref.ref, each.since) for each in told] == [("c0", LATER), ("twin", LATER)]


@pytest.mark.parametrize("later", ["same", "number_lost", "other_number", "grant"])
def test_no_sync_no_import_and_no_grant_undoes_it(sending: Campaigning, later: str) -> None:
    workspace, second = sending.workspace, shop(sending.workspace, "k2")
    put(sending)
    sync(workspace, second, person("twin", number(0)))
    after = {
        "same": person("c0", number(0), updated_at=LATER),
        "number_lost": person("c0", None, updated_at=LATER),
        "other_number": person("c0", number(77), updated_at=LATER),
        "grant": person("c0", number(0), updated_at=LATER),
    }[later]
    sync(workspace, sending.account_id, after)
    if later == "grant":
        told = fact(sending.account_id, "c0", obtained_at=LATER, checked_at=LATER + minutes(1))
        workspace.facts.append([told], [receipt(sending.account_id)])
    ids = [sending.ids["c0"], *workspace.customers.ids_of_refs(second, ["twin"]).values()]
    marks = workspace.suppressions.of_customers(ids)
    assert [{mark.kind for mark in marks[each]} for each in ids] == [{SuppressionKind.COMPLAINT}] * 2
    fact_id = workspace.facts.latest([ids[0]])[ids[0]][0]
    for mark in marks[ids[0]]:  # another number has one of its own
        with pytest.raises(NotAllowed) as caught:
            workspace.suppressions.lift([mark], customer_id=ids[0], fact_id=fact_id, reviewer="王", at=LATER)
        assert caught.value.code == "lift_kind"


def test_nobody_changes_or_deletes_a_suppression(sending: Campaigning) -> None:
    put(sending)
    for statement in ("DELETE FROM suppression", "UPDATE suppression SET kind = 'withdrawn'"):
        with pytest.raises(sa.exc.IntegrityError), sending.workspace.database.write() as connection:
            connection.execute(sa.text(statement))


def test_a_number_alone_is_also_whoevers_that_was_written_to_under_it(sending: Campaigning) -> None:
    workspace = sending.workspace
    ref_keys = [workspace.phone_keys.of_ref(CustomerRef(sending.account_id, f"c{n}")) for n in range(3)]
    for ref, theirs in (("c0", 50), ("c3", 0)):
        sync(workspace, sending.account_id, person(ref, number(theirs), updated_at=NOW + minutes(9)))
    Again(sending, 3, workspace.phone_keys.of_phone(number(0)))
    workspace.subjects.erase(sending.ids["c1"], actor="王", at=NOW)
    reply = InboundMessage("i", "", number(0), "TD", LATER)
    workspace.inbox.store_inbound(sending.account_id, Page((reply,), "x", more=False), ["i"], LATER)
    assert kinds(workspace, ref_keys[0]) == {SuppressionKind.OPT_OUT}
    assert put(sending).state is CaseState.OPEN
    for key in (ref_keys[0], workspace.phone_keys.of_phone(number(50))):
        assert kinds(workspace, key) == {SuppressionKind.COMPLAINT, SuppressionKind.OPT_OUT}
    said = Suppression(ENTITY, b"", SuppressionKind.OPT_OUT, LATER, "by_hand", "来电", "李")
    assert workspace.opt_outs.add_numbers([number(1), number(2)], said) == 2
    assert kinds(workspace, ref_keys[1]) == {SuppressionKind.OPT_OUT, SuppressionKind.WITHDRAWN}
    assert kinds(workspace, ref_keys[2]) == set(), "whoever has the number is stopped by it"
    told = [(each.ref.ref, each.reason) for each in workspace.opt_outs.waiting(sending.account_id, 9)]
    assert sorted(told) == [("c0", "reply"), ("c1", "by_hand"), ("c2", "by_hand"), ("c3", "reply")]


def test_several_messages_wait_for_a_person(sending: Campaigning) -> None:
    workspace = sending.workspace
    again = Again(sending)
    case = put(sending)
    assert (case.state, case.ledger_id, case.campaign_id) == (CaseState.OPEN, None, again.campaign_id)
    found = workspace.complaints.found(case.id).candidates
    assert [each.campaign_id for each in found] == [again.campaign_id, sending.campaign_id]
    workspace.complaints.match(case.id, found[1].ledger_id, actor="王", at=LATER)
    case = workspace.complaints.case(case.id)
    assert (case.state, case.campaign_id, case.ledger_id) == (
        CaseState.MATCHED, sending.campaign_id, found[1].ledger_id,
    )  # fmt: skip
    with pytest.raises(NotAllowed) as caught:
        workspace.complaints.match(case.id, found[0].ledger_id + 99, actor="王", at=LATER)
    assert caught.value.code == "complaint_match"


def test_another_signature_than_was_sent_is_for_a_person_to_judge(sending: Campaigning) -> None:
    with sending.workspace.database.write() as connection:
        connection.execute(sa.text("UPDATE campaign SET signature = '某店'"))
    assert put(sending, signature="【某店】").state is CaseState.MATCHED
    case = put(sending, number="A2", signature="【别家】")
    assert case.state is CaseState.OPEN
    (candidate,) = sending.workspace.complaints.found(case.id).candidates
    assert candidate.differs


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"phone": number(77)}, Unmatched.NEVER_SENT),
        ({"phone": number(2)}, Unmatched.NEVER_SENT),  # rejected: it got nothing
        ({"made_at": NOW - minutes(1), "received_at": NOW}, Unmatched.NOT_THEN),  # before it was sent
        ({"made_at": NOW + timedelta(days=31), "received_at": NOW + timedelta(days=31)}, Unmatched.NOT_THEN),
    ],
)
def test_no_message_is_a_state_with_a_reason(sending: Campaigning, changed: dict[str, Any], why: Unmatched) -> None:
    case = put(sending, **changed)
    assert (case.state, case.why, case.campaign_id) == (CaseState.UNMATCHED, why, None)
    key = sending.workspace.phone_keys.of_phone(changed.get("phone", number(0)))
    assert kinds(sending.workspace, key) == {SuppressionKind.COMPLAINT}


def test_a_reference_alone_matches_by_the_shops_customer(sending: Campaigning) -> None:
    case = put(sending, phone=None, ref="c1")
    assert (case.state, case.who, case.account_id) == (CaseState.MATCHED, "c1", sending.account_id)
    # the platform had this person erased meanwhile: what was sent is still found
    sending.workspace.customers.upsert_page(sending.account_id, [], "x", LATER, redacted=["c1"])
    assert len(sending.workspace.complaints.found(case.id).candidates) == 1


def test_a_reference_that_two_shops_know_needs_the_shop(sending: Campaigning) -> None:
    second = shop(sending.workspace, "k2")
    sync(sending.workspace, second, person("c1", number(9)))
    with pytest.raises(NotAllowed) as caught:
        put(sending, phone=None, ref="c1")
    assert caught.value.code == "complaint_two_shops"
    assert put(sending, phone=None, ref="c1", account_id=sending.account_id).state is CaseState.MATCHED
    with pytest.raises(NotAllowed) as caught:
        put(sending, number="A9", phone=None, ref="c1", account_id=99)
    assert caught.value.code == "complaint_shop"


def test_a_reference_that_nobody_knows_yet_is_suppressed_for_when_they_come(sending: Campaigning) -> None:
    put(sending, phone=None, ref="future")
    key = sending.workspace.phone_keys.of_ref(CustomerRef(sending.account_id, "future"))
    assert kinds(sending.workspace, key) == {SuppressionKind.COMPLAINT}


def test_the_same_complaint_is_kept_once(sending: Campaigning) -> None:
    workspace, feed = sending.workspace, Page((ComplaintClue("F1", "c1", None, "p-1", LATER),), "x", more=False)
    workspace.inbox.store_complaints(sending.account_id, feed, LATER)
    put(sending)
    put(sending, number="")
    again = [new(), new(number="F1", phone=number(1)), new(number=""), new(number="A2"), new(source=Source.CARRIER)]
    assert workspace.complaints.duplicates(again) == {0, 1, 2}
    with pytest.raises(NotAllowed) as caught:
        put(sending)
    assert caught.value.code == "complaint_known"
    assert workspace.complaints.count(CaseQuery())[0] == 3


def test_whom_a_known_complaint_names_anew_is_suppressed_all_the_same(sending: Campaigning) -> None:
    workspace, before = sending.workspace, put(sending)
    other, ref = number(1), CustomerRef(sending.account_id, "c1")
    for _ in range(2):
        with pytest.raises(NotAllowed, match="There is a case"):
            put(sending, phone=other)
    assert kinds(workspace, workspace.phone_keys.of_phone(other)) == {SuppressionKind.COMPLAINT}
    assert [each.ref for each in workspace.opt_outs.waiting(sending.account_id, 9)] == [
        CustomerRef(sending.account_id, "c0"), ref,
    ]  # fmt: skip
    assert workspace.complaints.count(CaseQuery()) == (1, before.id)
    (entry,) = [each for each in workspace.audit.entries(limit=9) if each.action == "suppression.added"]
    said = {"entity": ENTITY, "source": "complaint", "numbers": 1, "new": 1, "marks": 1}
    assert {name: entry.facts[name] for name in said} == said


def test_the_feed_makes_cases_and_a_later_answer_matches_them(sending: Campaigning) -> None:
    workspace = sending.workspace
    made = sending.claim(3)
    clues = (
        ComplaintClue("F0", "c0", number(0), "", LATER),
        ComplaintClue("F3", "", None, "p-3", LATER),
        ComplaintClue("F9", "nobody", None, "", LATER),
    )
    for _ in range(2):
        workspace.inbox.store_complaints(sending.account_id, Page(clues, "x", more=False), LATER)
    named = {case.number: case for case in workspace.complaints.page(CaseQuery(), 99, 0, 99)}
    assert {name: (case.state, case.why) for name, case in named.items()} == {
        "F0": (CaseState.MATCHED, None),
        "F3": (CaseState.UNMATCHED, Unmatched.NEVER_SENT),
        "F9": (CaseState.UNMATCHED, Unmatched.NEVER_SENT),
    }
    sending.settle(made, (3, Outcome.ACCEPTED))
    case = workspace.complaints.case(named["F3"].id)
    assert (case.state, case.campaign_id, case.why) == (CaseState.MATCHED, sending.campaign_id, None)
    assert sending.counts()["complaints"] == 2


def test_what_a_person_said_of_a_clue_stands(sending: Campaigning) -> None:
    workspace, made = sending.workspace, sending.claim(3)
    clue = Page((ComplaintClue("F3", "", None, "p-3", LATER),), "x", more=False)
    workspace.inbox.store_complaints(sending.account_id, clue, LATER)
    workspace.complaints.unmatch(1, Unmatched.NOT_OURS, note="不是我们", actor="王", at=LATER)
    sending.settle(made, (3, Outcome.ACCEPTED))
    assert workspace.complaints.case(1).why is Unmatched.NOT_OURS


def test_a_case_goes_its_way_step_by_step(sending: Campaigning) -> None:
    store, words = sending.workspace.complaints, {"actor": "王", "at": LATER}
    Again(sending)
    case_id = put(sending).id
    with pytest.raises(NotAllowed) as caught:
        store.answer(case_id, "已答复", **words)  # type: ignore[arg-type]
    assert caught.value.code == "complaint_unmatched_yet"
    store.own(case_id, "王", **words)  # type: ignore[arg-type]
    store.unmatch(case_id, Unmatched.NOT_OURS, note="", **words)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed) as caught:
        store.close(case_id, "", **words)  # type: ignore[arg-type]
    assert caught.value.code == "complaint_unanswered"
    store.answer(case_id, "已答复", **words)  # type: ignore[arg-type]
    assert store.unanswered(LATER + minutes(1), 9) == ()
    for refused in (lambda: store.own(case_id, "李", **words), lambda: store.answer(case_id, "x", **words)):  # type: ignore[arg-type]
        with pytest.raises(NotAllowed) as caught:
            refused()
        assert caught.value.code == "complaint_answered"
    store.close(case_id, "", **words)  # type: ignore[arg-type]
    store.note(case_id, "用户来电致谢", **words)  # type: ignore[arg-type]
    assert store.case(case_id).state is CaseState.CLOSED
    store.reopen(case_id, "用户再次投诉", **words)  # type: ignore[arg-type]
    case = store.case(case_id)
    assert (case.state, case.owner, case.answered_at, case.closed_at) == (CaseState.UNMATCHED, "王", None, None)
    with pytest.raises(NotAllowed) as caught:
        store.reopen(case_id, "x", **words)  # type: ignore[arg-type]
    assert caught.value.code == "complaint_open"
    store.packed(case_id, "00", **words)  # type: ignore[arg-type]
    assert [each.action for each in store.history(case_id)] == [
        Action.ENTERED, Action.OWNED, Action.UNMATCHED, Action.ANSWERED, Action.CLOSED, Action.NOTED, Action.REOPENED,
        Action.PACKED,
    ]  # fmt: skip
    said = "".join(str(entry) for entry in sending.workspace.audit.entries(limit=50))
    assert "complaint.closed" in said
    assert "致谢" not in said, "the audit keeps what was done, not what was said"


def test_numbers_in_the_words_of_a_case_are_masked_wherever_it_is_read(sending: Campaigning) -> None:
    complaints, mine = sending.workspace.complaints, number(0)
    case = put(sending, text=f"我是{mine.digits}，别再发了")
    complaints.note(case.id, f"回电 {mine.digits}", actor="李", at=LATER)
    complaints.packed(case.id, "A" * 64, actor="李", at=LATER)
    (paged,) = complaints.page(CaseQuery(), case.id, 0, 9)
    for read in (case, paged, complaints.case(case.id)):
        assert read.text == f"我是{mine.masked}，别再发了"
    assert [each.text for each in complaints.history(case.id)] == [
        "form", str(case.ledger_id), f"回电 {mine.masked}", "A" * 64,
    ]  # fmt: skip


def test_of_a_case_that_is_not_there_nothing_is_done(workspace: Workspace) -> None:
    for ask in (workspace.complaints.case, workspace.complaints.found):
        with pytest.raises(NotFound):
            ask(7)


def test_cases_are_found_by_number_by_reference_and_by_state(sending: Campaigning) -> None:
    workspace = sending.workspace
    put(sending)
    put(sending, number="A2", phone=None, ref="c1", source=Source.PLATFORM)
    put(sending, number="A3", phone=number(77))
    key = workspace.phone_keys.of_phone

    def numbers(query: CaseQuery) -> list[str]:
        count, newest = workspace.complaints.count(query)
        found = [case.number for case in workspace.complaints.page(query, newest, 0, 9)]
        assert len(found) == count
        return found

    assert numbers(CaseQuery()) == ["A3", "A2", "A1"]
    assert numbers(CaseQuery(frozenset(CaseState))) == ["A3", "A2", "A1"]
    assert numbers(CaseQuery(phone_key=key(number(1)))) == ["A2"]
    assert numbers(CaseQuery(phone_key=key(number(77)))) == ["A3"]
    assert numbers(CaseQuery(text="A1")) == ["A1"]
    assert numbers(CaseQuery(text="一直收到")) == ["A3", "A2", "A1"]
    assert numbers(CaseQuery(frozenset({CaseState.UNMATCHED}))) == ["A3"]
    assert [case.number for case in workspace.complaints.unanswered(LATER + minutes(1), 2)] == ["A1", "A2"]
    assert workspace.complaints.unanswered(LATER, 2) == ()


def test_an_erased_customers_number_is_no_case_any_more(sending: Campaigning) -> None:
    case = put(sending)
    sending.workspace.customers.upsert_page(sending.account_id, [], "x", LATER, redacted=["c0"])
    case = sending.workspace.complaints.case(case.id)
    assert (case.who, case.ledger_id is not None) == ("", True)
    assert kinds(sending.workspace, sending.workspace.phone_keys.of_phone(number(0))) >= {SuppressionKind.COMPLAINT}


def test_a_number_that_the_feed_gave_goes_with_its_customer(sending: Campaigning) -> None:
    workspace, clue = sending.workspace, ComplaintClue("F0", "", number(0), "", LATER)
    workspace.inbox.store_complaints(sending.account_id, Page((clue,), "x", more=False), LATER)
    workspace.customers.upsert_page(sending.account_id, [], "x", LATER, redacted=["c0"])
    with workspace.database.read() as connection:
        kept = connection.execute(sa.text("SELECT phone_sealed FROM complaint")).scalars().all()
        keyed = connection.execute(sa.text("SELECT phone_sealed, phone_key FROM complaint_case")).all()
    assert (kept, [tuple(row) for row in keyed]) == ([None], [(None, None)])


def test_what_was_sent_and_who_complained_is_counted_by_campaign(sending: Campaigning) -> None:
    put(sending)
    put(sending, number="A3", phone=number(77))
    counted = sending.workspace.trends.counted([sending.account_id], NOW, LATER + minutes(1))
    assert (counted.sent, counted.complaints) == ({sending.campaign_id: 2}, {sending.campaign_id: 1})
    assert (counted.unchecked, counted.unmatched) == ({sending.campaign_id: 0}, 1)
    assert sending.workspace.trends.counted([sending.account_id], NOW - minutes(9), NOW).sent == {}
    assert sending.workspace.trends.counted([99], NOW, LATER).sent == {}


def test_no_work_on_a_case_reads_a_whole_table(workspace: Workspace) -> None:
    sending = Campaigning(workspace, 2)
    sending.settle(sending.claim(0, 1), (0, Outcome.ACCEPTED), (1, Outcome.ACCEPTED))
    with grown(workspace) as plans:
        case = put(sending)
        put(sending, number="", phone=None, ref="c1")
        workspace.complaints.found(case.id)
        workspace.complaints.own(case.id, "王", actor="王", at=LATER)
        workspace.complaints.page(CaseQuery(), 9, 0, 9)
        workspace.complaints.count(CaseQuery(phone_key=workspace.phone_keys.of_phone(number(0))))
        workspace.complaints.unanswered(LATER, 9)
        workspace.inbox.complaints(sending.campaign_id)
        workspace.trends.counted([sending.account_id], NOW, LATER)
        # one number, as it is looked up at the till
        workspace.suppressions.active(ENTITY, [workspace.phone_keys.of_phone(number(0))])
    assert plans.whole == {}
