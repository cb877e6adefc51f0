"""Shops whose messages another account carries: what it tells is theirs, and it stays while a batch is open."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from storage_samples import ENTITY, NOW, OTHER_ENTITY, Campaigning, account, number, shop

from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.message import DeliveryReport, Outcome, Page
from campaign_app.domain.signature import SignatureRecord
from campaign_app.storage.schema_sending import campaign
from campaign_app.storage.workspace import Workspace
from tests.helpers.account_state import set_account_state
from tests.helpers.connect_again import connect_again


@pytest.fixture
def sending(workspace: Workspace) -> Campaigning:
    return Campaigning(workspace, 4)


@pytest.fixture
def sender(workspace: Workspace, sending: Campaigning) -> int:
    made = shop(workspace, "provider", platform="aliyun")
    workspace.accounts.set_sender(sending.account_id, made)
    return made


def report(report_id: str, provider_id: str) -> Page[DeliveryReport]:
    return Page((DeliveryReport(report_id, provider_id, Outcome.DELIVERED, "", NOW),), "x", more=False)


def test_an_account_says_who_carries_its_messages(workspace: Workspace, sending: Campaigning, sender: int) -> None:
    assert workspace.accounts.account(sending.account_id).sender_account_id == sender
    assert workspace.accounts.account(sender).sender_account_id is None
    connect_again(workspace.accounts, workspace.accounts.account(sending.account_id))
    assert workspace.accounts.account(sending.account_id).sender_account_id == sender
    workspace.accounts.set_sender(sending.account_id, None)
    assert {one.sender_account_id for one in workspace.accounts.accounts()} == {None}
    with pytest.raises(NotFound):
        workspace.accounts.set_sender(99, sender)


def test_an_account_can_be_added_with_its_sender(workspace: Workspace, sender: int) -> None:
    made = workspace.accounts.add_account(account("k2", sender_account_id=sender))
    assert workspace.accounts.account(made.id).sender_account_id == sender


def test_what_the_sender_reports_is_the_shops(workspace: Workspace, sending: Campaigning, sender: int) -> None:
    made = sending.claim(0, 1)
    sending.settle(made, (0, Outcome.ACCEPTED))
    assert workspace.inbox.store_reports(sender, report("r0", "p-0"), NOW) == 1
    early = report("r1", "p-1")
    assert workspace.inbox.store_reports(sender, early, NOW) == 0
    sending.settle(made, (1, Outcome.ACCEPTED))
    assert workspace.inbox.counts(sending.campaign_id)["delivered"] == 2


def test_what_a_former_sender_took_is_told_by_it_still(workspace: Workspace, sending: Campaigning, sender: int) -> None:
    """By our own names of it: whose its own ids are nobody can tell once another one gives ids as well."""
    made = sending.claim(0, 1)
    sending.settle(made, (0, Outcome.ACCEPTED), (1, Outcome.ACCEPTED))
    workspace.accounts.set_sender(sending.account_id, None)
    by_message = replace(report("r0", "").items[0], message_id=f"m-{sending.campaign_id}-0")
    by_number = replace(report("r1", "").items[0], key=made.key, phone=number(1))
    assert workspace.inbox.store_reports(sender, Page((by_message, by_number), "x", more=False), NOW) == 2
    assert workspace.inbox.written_to(sender, NOW, 0) is None, "nobody's number is told to whom it may not have carried"
    assert workspace.inbox.store_reports(sender, report("r2", "p-2"), NOW) == 0
    of_others = shop(workspace, "others", platform="aliyun", entity_uscc=OTHER_ENTITY)
    assert workspace.inbox.written_to(of_others, NOW, 0) is None


def test_of_another_accounts_messages_a_sender_tells_nothing(workspace: Workspace, sending: Campaigning) -> None:
    stranger = shop(workspace, "stranger", platform="aliyun")
    made = sending.claim(0)
    sending.settle(made, (0, Outcome.ACCEPTED))
    assert workspace.inbox.store_reports(stranger, report("r0", "p-0"), NOW) == 0


def test_a_sender_stays_while_a_batch_is_open(workspace: Workspace, sending: Campaigning, sender: int) -> None:
    made = sending.claim(0)
    workspace.accounts.set_sender(sending.account_id, sender)
    with pytest.raises(NotAllowed) as refused:
        workspace.accounts.set_sender(sending.account_id, None)
    assert refused.value.code == "sender_in_use"
    sending.settle(made, (0, Outcome.REJECTED))
    workspace.accounts.set_sender(sending.account_id, None)


def test_the_endpoint_that_sends_for_a_shop_stays_while_a_batch_is_open(
    workspace: Workspace, sending: Campaigning
) -> None:
    """Where nobody carries its messages, who says who agreed sends them: another one would take the batch again."""
    endpoint, carrier = shop(workspace, "endpoint"), shop(workspace, "provider", platform="aliyun")
    workspace.accounts.take_consents_from(sending.account_id, endpoint)
    sending.believe()
    made = sending.claim(0)
    known = workspace.accounts.account(sending.account_id)
    for other in (None, carrier):
        with pytest.raises(NotAllowed) as refused:
            workspace.accounts.take_consents_from(sending.account_id, other)
        assert refused.value.code == "sender_in_use"
        set_account_state(workspace.accounts, known.id, "disconnected")
        with pytest.raises(NotAllowed):
            connect_again(workspace.accounts, replace(known, consent_account_id=other))
        connect_again(workspace.accounts, known)
    sending.settle(made, (0, Outcome.ACCEPTED))
    workspace.accounts.take_consents_from(sending.account_id, None)
    workspace.accounts.set_sender(sending.account_id, carrier)
    sending.believe()
    sending.claim(2)
    workspace.accounts.take_consents_from(sending.account_id, endpoint)
    assert workspace.accounts.account(sending.account_id).consent_account_id == endpoint


def test_a_real_sender_takes_nobody_whom_a_simulated_fact_confirmed(workspace: Workspace, sending: Campaigning) -> None:
    real = shop(workspace, "real", platform="aliyun", simulated=False)
    workspace.accounts.set_sender(sending.account_id, real)
    with pytest.raises(NotAllowed) as refused:
        sending.claim(0)
    assert refused.value.code == "simulated_fact"
    assert workspace.ledger.unsettled(sending.campaign_id) == ()


def test_a_port_keeps_the_signature_that_first_left_over_it(workspace: Workspace, sending: Campaigning) -> None:
    centre = shop(workspace, "c", platform="smpp", options={"source": "+1069000"})
    workspace.accounts.set_sender(sending.account_id, centre)
    sending.claim(0)
    first = workspace.campaigns.campaign(sending.campaign_id)
    with workspace.database.write() as connection:
        connection.execute(sa.update(campaign).values(signature="另一家"))
    with pytest.raises(NotAllowed) as refused:
        sending.claim(1)
    taken = {"port": "1069000", "text": first.signature}
    assert (refused.value.code, refused.value.facts) == ("port_taken", taken)
    assert workspace.accounts.register(ENTITY).held("另一家") == {"1069000": first.signature}
    assert workspace.accounts.register(ENTITY).held(first.signature) == {}
    workspace.filings.put_record(SignatureRecord(ENTITY, "另一家", "1069000"))
    sending.claim(1)


def test_a_port_that_is_registered_for_a_signature_carries_no_other(workspace: Workspace, sending: Campaigning) -> None:
    centre = shop(workspace, "c", platform="smpp", options={"source": "1069000"})
    workspace.accounts.set_sender(sending.account_id, centre)
    workspace.filings.put_record(SignatureRecord(ENTITY, "另一家", "1069000"))
    with pytest.raises(NotAllowed) as refused:
        sending.claim(0)
    assert refused.value.code == "port_taken"


def test_messages_without_an_end_are_found_in_turn(workspace: Workspace, sending: Campaigning) -> None:
    made = sending.claim(0, 1, 2, 3)
    sending.settle(made, (0, Outcome.REJECTED), (1, Outcome.UNKNOWN), (2, Outcome.ACCEPTED))
    first = workspace.ledger.awaiting(sending.account_id, 0, NOW, 2)
    assert [row.message_id for row in first] == [f"m-{sending.campaign_id}-{seq}" for seq in (1, 2)]
    assert {(row.submission_id, row.key, row.claimed_at) for row in first} == {(made.id, made.key, made.claimed_at)}
    (last,) = workspace.ledger.awaiting(sending.account_id, first[-1].id, NOW, 2)
    assert last.message_id == f"m-{sending.campaign_id}-3"
    assert workspace.ledger.awaiting(sending.account_id, last.id, NOW, 2) == ()
    assert workspace.ledger.awaiting(shop(workspace, "k9", entity_uscc=ENTITY), 0, NOW, 2) == ()
