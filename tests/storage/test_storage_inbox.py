"""What comes back is stored once, with its cursor, and whoever said no is suppressed at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from storage_samples import ENTITY, NOW, Campaigning, number, person, shop, sync

from campaign_app.domain.consent import CustomerRef, SuppressionKind
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Outcome, Page, SubmitOutcome
from campaign_app.domain.phone import Phone
from campaign_app.storage.copies import put_aside
from campaign_app.storage.schema_sending import campaign, ledger_outcome
from campaign_app.storage.workspace import Workspace


@pytest.fixture
def sending(workspace: Workspace) -> Campaigning:
    made = Campaigning(workspace, 4)
    made.settle(made.claim(0, 1, 2), *((seq, Outcome.ACCEPTED) for seq in (0, 1, 2)))
    return made


def reports(*items: DeliveryReport, cursor: str = "r") -> Page[DeliveryReport]:
    return Page(items, cursor, more=False)


def delivered(seq: int, report_id: str = "", outcome: Outcome = Outcome.DELIVERED) -> DeliveryReport:
    return DeliveryReport(report_id or f"r{seq}", f"p-{seq}", outcome, "DELIVRD", NOW)


def reply(inbound_id: str, ref: str, phone: Phone | None = None, text: str = "T") -> InboundMessage:
    return InboundMessage(inbound_id, ref, phone, text, NOW)


def kinds(workspace: Workspace, *keys: bytes) -> list[set[SuppressionKind]]:
    active = workspace.suppressions.active(ENTITY, keys)
    return [{mark.kind for mark in active.get(key, frozenset())} for key in keys]


def keys_of(sending: Campaigning, n: int) -> tuple[bytes, bytes]:
    keys = sending.workspace.phone_keys
    return keys.of_ref(CustomerRef(sending.account_id, f"c{n}")), keys.of_phone(number(n))


def test_whom_the_sender_has_on_its_blacklist_is_suppressed_and_told_to_the_shop(workspace: Workspace) -> None:
    made = Campaigning(workspace, 3)
    batch = made.claim(0, 1)
    told = [
        SubmitOutcome(f"m-{made.campaign_id}-0", Outcome.REJECTED, "", "blacklist", opted_out=True),
        SubmitOutcome(f"m-{made.campaign_id}-1", Outcome.ACCEPTED, "p-1"),
        SubmitOutcome("of-another-batch", Outcome.REJECTED, "", "blacklist", opted_out=True),
    ]
    workspace.ledger.settle(batch.id, told, NOW)
    workspace.ledger.settle(batch.id, told, NOW + timedelta(hours=1))
    assert kinds(workspace, *keys_of(made, 0), *keys_of(made, 1)) == [{SuppressionKind.OPT_OUT}] * 2 + [set()] * 2
    key = keys_of(made, 0)[1]
    ((mark,),) = workspace.suppressions.active(ENTITY, [key]).values()
    assert (mark.source, mark.since) == ("sender", NOW)
    (waiting,) = workspace.opt_outs.waiting(made.account_id, 10)
    assert (waiting.ref.ref, waiting.reason) == ("c0", "sender")


def test_a_report_counts_once(sending: Campaigning) -> None:
    store = sending.workspace.inbox.store_reports
    page = reports(delivered(0), delivered(0), delivered(1, outcome=Outcome.FAILED), delivered(99))
    assert store(sending.account_id, page, NOW) == 2
    assert store(sending.account_id, page, NOW) == 0
    assert store(sending.account_id, reports(delivered(0, "other", Outcome.FAILED), cursor="r2"), NOW) == 0
    assert sending.counts() == {"submitted": 3, "accepted": 3, "delivered": 1, "failed": 1}
    assert sending.workspace.accounts.cursor(sending.account_id, "reports") == "r2"


@pytest.mark.parametrize("said", [Outcome.REJECTED, Outcome.WITHHELD])
@pytest.mark.parametrize("early", [True, False])
def test_what_was_delivered_after_all_counts_as_sent(workspace: Workspace, said: Outcome, early: bool) -> None:
    """In the counts, for the caps and for a complaint about it; what was said before stays in the history."""
    made = Campaigning(workspace, 3)
    person_id, now = made.ids["c0"], reports(delivered(0))
    batch = made.claim(0, 1)
    store = workspace.inbox.store_reports
    if early:
        assert store(made.account_id, now, NOW) == 0
    made.settle(batch, (0, said), (1, Outcome.REJECTED))
    if not early:
        assert workspace.campaigns.sent_since(ENTITY, [person_id], NOW - timedelta(days=1)) == {}
        assert store(made.account_id, now, NOW) == 1
    assert made.counts() == {"submitted": 2, "accepted": 1, "rejected": 1, "delivered": 1}
    assert workspace.campaigns.sent_since(ENTITY, [person_id], NOW - timedelta(days=1)) == {person_id: 1}
    history = sa.select(ledger_outcome.c.outcome).order_by(ledger_outcome.c.ledger_id, ledger_outcome.c.n)
    with workspace.database.read() as connection:
        assert list(connection.execute(history).scalars()) == [said, "delivered", "rejected"]
    assert store(made.account_id, reports(delivered(1, "r1", Outcome.FAILED)), NOW) == 0, "it reached nobody either way"
    assert store(made.account_id, reports(delivered(0, "r2", Outcome.FAILED)), NOW) == 0


def test_whether_a_sender_took_any_message_of_a_campaign(workspace: Workspace) -> None:
    assert not workspace.customers.anybody()
    made = Campaigning(workspace, 3)
    assert workspace.customers.anybody()
    asked = workspace.inbox.any_accepted
    batch = made.claim(0, 1, 2)
    assert not asked(made.campaign_id), "claimed is not accepted"
    made.settle(batch, (0, Outcome.REJECTED), (1, Outcome.UNKNOWN))
    assert not asked(made.campaign_id)
    made.settle(batch, (2, Outcome.ACCEPTED))
    assert asked(made.campaign_id)
    assert not asked(made.campaign_id + 1)
    workspace.inbox.store_reports(made.account_id, reports(delivered(2, outcome=Outcome.FAILED)), NOW)
    assert asked(made.campaign_id), "whatever became of it"


def test_a_report_that_comes_before_the_senders_answer_is_applied_after_it(sending: Campaigning) -> None:
    made = sending.claim(3)
    assert sending.workspace.inbox.store_reports(sending.account_id, reports(delivered(3)), NOW) == 0
    sending.settle(made, (3, Outcome.ACCEPTED))
    assert sending.counts() == {"submitted": 4, "accepted": 4, "delivered": 1}


@pytest.mark.parametrize(("before", "delivered_to"), [(timedelta(minutes=2), 0), (timedelta(seconds=30), 1)])
def test_a_report_from_before_the_claim_is_of_another_message_with_the_same_id(
    sending: Campaigning, before: timedelta, delivered_to: int
) -> None:
    """A sender that was started anew counts from one again; by how much a clock is set at most it may be ours."""
    sending.workspace.inbox.store_reports(sending.account_id, reports(delivered(3)), NOW - before)
    made = sending.claim(3)
    sending.settle(made, (3, Outcome.ACCEPTED))
    assert sending.counts().get("delivered", 0) == delivered_to
    own = reports(delivered(3, "r9"))
    assert sending.workspace.inbox.store_reports(sending.account_id, own, NOW) == 1 - delivered_to
    assert sending.counts()["delivered"] == 1


def test_a_copy_claims_anew_what_was_reported_before(sending: Campaigning) -> None:
    """What it is a copy of had handed the batch over, and the reports were read once more before the claim."""
    sending.workspace.inbox.store_reports(sending.account_id, reports(delivered(3)), NOW - timedelta(hours=1))
    with sending.workspace.database.write() as connection:
        put_aside(connection, "restored", NOW - timedelta(days=1), NOW, accepted=True)
        connection.execute(sa.update(campaign).values(state="sending"))
    sending.settle(sending.claim(3), (3, Outcome.ACCEPTED))
    assert sending.counts()["delivered"] == 1


def test_another_accounts_report_says_nothing_of_our_messages(sending: Campaigning) -> None:
    other = shop(sending.workspace, "k2")
    assert sending.workspace.inbox.store_reports(other, reports(delivered(0)), NOW) == 0
    assert sending.counts() == {"submitted": 3, "accepted": 3}


def test_a_report_finds_a_message_whose_answer_was_lost_by_our_own_id(sending: Campaigning) -> None:
    made = sending.claim(3)
    (row,) = sending.workspace.ledger.rows(made.id)
    report = replace(delivered(3), message_id=row.message_id)
    other = shop(sending.workspace, "k2")
    assert sending.workspace.inbox.store_reports(other, reports(report), NOW) == 0, "another shop's word"
    assert sending.workspace.inbox.store_reports(sending.account_id, reports(report), NOW) == 1
    assert sending.counts() == {"submitted": 4, "accepted": 4, "delivered": 1}
    assert sending.workspace.ledger.unsettled(made.campaign_id) == (), "its batch has its outcome"
    assert sending.workspace.ledger.answered(made.id)
    sending.settle(made, (3, Outcome.ACCEPTED))
    assert sending.counts() == {"submitted": 4, "accepted": 4, "delivered": 1}


def test_a_report_goes_by_the_senders_id_before_our_own(sending: Campaigning) -> None:
    (_, second, _) = sending.workspace.ledger.rows(1)
    report = replace(delivered(0), message_id=second.message_id)
    clueless = replace(report, report_id="r9", provider_id="", message_id="of another workspace")
    assert sending.workspace.inbox.store_reports(sending.account_id, reports(report, clueless), NOW) == 1
    assert sending.workspace.inbox.store_reports(sending.account_id, reports(delivered(1), cursor="r2"), NOW) == 1


def test_a_reply_is_stored_once_and_an_opt_out_holds_by_ref_and_number(sending: Campaigning) -> None:
    page = Page((reply("i1", "c0"), reply("i2", "c1", text="谢谢"), reply("i1", "c0")), "i", more=False)
    store = sending.workspace.inbox.store_inbound
    assert store(sending.account_id, page, ["i1"], NOW) == 2
    assert store(sending.account_id, page, ["i1"], NOW) == 0
    assert kinds(sending.workspace, *keys_of(sending, 0)) == [{SuppressionKind.OPT_OUT}] * 2
    assert kinds(sending.workspace, *keys_of(sending, 1)) == [set(), set()]
    assert sending.counts() == {"submitted": 3, "accepted": 3, "replies": 2, "opt_outs": 1}
    assert sending.workspace.accounts.cursor(sending.account_id, "inbound") == "i"


def test_an_opt_out_of_somebody_we_do_not_know_holds_too(sending: Campaigning) -> None:
    page = Page((reply("i1", "stranger", number(77)), reply("i2", "", number(78))), "i", more=False)
    sending.workspace.inbox.store_inbound(sending.account_id, page, ["i1", "i2"], NOW)
    keys = sending.workspace.phone_keys
    stranger = keys.of_ref(CustomerRef(sending.account_id, "stranger"))
    held = kinds(sending.workspace, stranger, keys.of_phone(number(77)), keys.of_phone(number(78)))
    assert held == [{SuppressionKind.OPT_OUT}] * 3
    assert sending.counts() == {"submitted": 3, "accepted": 3}


def test_an_opt_out_by_number_counts_at_every_shop_of_the_entity(sending: Campaigning) -> None:
    second = shop(sending.workspace, "k2")
    sync(sending.workspace, second, person("twin", number(0)))
    page = Page((reply("i1", "twin"),), "i", more=False)
    sending.workspace.inbox.store_inbound(second, page, ["i1"], NOW)
    assert kinds(sending.workspace, keys_of(sending, 0)[1]) == [{SuppressionKind.OPT_OUT}]
    assert sending.counts()["opt_outs"] == 1


def complaint(complaint_id: str, ref: str = "", provider_id: str = "", phone: Phone | None = None) -> ComplaintClue:
    return ComplaintClue(complaint_id, ref, phone, provider_id, NOW)


@pytest.mark.parametrize(
    "clue", [complaint("x", "c1"), complaint("x", provider_id="p-1"), complaint("x", phone=number(1))]
)
def test_a_complaint_suppresses_its_person_however_they_are_named(sending: Campaigning, clue: ComplaintClue) -> None:
    page = Page((clue, clue), "c", more=False)
    assert sending.workspace.inbox.store_complaints(sending.account_id, page, NOW) == 1
    assert sending.workspace.inbox.store_complaints(sending.account_id, page, NOW) == 0
    assert kinds(sending.workspace, keys_of(sending, 1)[1]) == [{SuppressionKind.COMPLAINT}]
    assert sending.counts() == {"submitted": 3, "accepted": 3, "complaints": 1}
    assert sending.workspace.accounts.cursor(sending.account_id, "complaints") == "c"


def test_a_complaint_about_a_message_whose_answer_is_not_stored_yet_finds_its_person_later(
    sending: Campaigning,
) -> None:
    made = sending.claim(3)
    page = Page((complaint("x", provider_id="p-3"),), "c", more=False)
    sending.workspace.inbox.store_complaints(sending.account_id, page, NOW)
    assert kinds(sending.workspace, *keys_of(sending, 3)) == [set(), set()]
    sending.settle(made, (3, Outcome.ACCEPTED))
    assert kinds(sending.workspace, *keys_of(sending, 3)) == [{SuppressionKind.COMPLAINT}] * 2
    assert sending.counts()["complaints"] == 1


def test_numbers_of_those_who_wrote_are_sealed(sending: Campaigning) -> None:
    page = Page((reply("i1", "c0", number(0)),), "i", more=False)
    sending.workspace.inbox.store_inbound(sending.account_id, page, [], NOW)
    with sending.workspace.database.read() as connection:
        sealed = connection.execute(sa.text("SELECT phone_sealed FROM inbound")).scalar_one()
    assert number(0).digits.encode() not in sealed


def test_a_report_finds_a_message_by_its_batch_and_number(sending: Campaigning) -> None:
    sending.settle(sending.claim(3), (3, Outcome.UNKNOWN))
    lost = replace(delivered(3), provider_id="never told", key="key-3", phone=number(3))
    store = sending.workspace.inbox.store_reports
    for strange in ({"key": "key-0"}, {"phone": number(2)}, {"key": ""}, {"phone": None}):
        assert store(sending.account_id, reports(replace(lost, report_id=str(strange), **strange)), NOW) == 0
    assert store(sending.account_id, reports(lost), NOW) == 1
    assert sending.counts() == {"submitted": 4, "accepted": 4, "delivered": 1}


def test_batches_of_a_week_are_walked_with_their_numbers(sending: Campaigning) -> None:
    inbox, account = sending.workspace.inbox, sending.account_id
    second = sending.claim(3)
    first, numbers = inbox.written_to(account, NOW, 0) or (0, ())
    assert numbers == (number(0), number(1), number(2))
    assert inbox.written_to(account, NOW, first) == (second.id, (number(3),))
    assert inbox.written_to(account, NOW, second.id) is None
    assert inbox.written_to(account, NOW + timedelta(seconds=1), 0) is None
    assert inbox.written_to(account + 1, NOW, 0) is None


def test_parts_that_a_provider_bills_are_kept_beside_our_own_count(sending: Campaigning) -> None:
    money = sending.workspace.money
    assert (money.bill(sending.campaign_id).told, money.bill(sending.campaign_id).told_counted) == (0, 0)
    batch = sending.claim(3)
    told = SubmitOutcome(f"m-{sending.campaign_id}-3", Outcome.ACCEPTED, "p-3", billed=2)
    sending.workspace.ledger.settle(batch.id, [told], NOW)
    bill = money.bill(sending.campaign_id)
    assert (bill.told, bill.told_counted, bill.parts) == (2, 1, 4)
    late = [replace(delivered(0), billed=1), replace(delivered(3), billed=3), replace(delivered(99), billed=9)]
    sending.workspace.inbox.store_reports(sending.account_id, reports(*late), NOW)
    bill = money.bill(sending.campaign_id)
    assert (bill.told, bill.told_counted) == (4, 2)
