"""The ledger: claimed before it leaves, never twice for one person, settled by what may follow what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import (
    ENTITY,
    ISSUER,
    NOW,
    OTHER_ENTITY,
    Campaigning,
    Fresh,
    account,
    fact,
    minutes,
    number,
    person,
    shop,
)

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.message import DeliveryReport, Outcome, Page, SubmitOutcome
from campaign_app.jobs.ports import Claim
from campaign_app.storage.workspace import Workspace

EXAMPLES = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
FINAL = {Outcome.REJECTED, Outcome.WITHHELD, Outcome.DELIVERED, Outcome.FAILED}


@pytest.fixture
def sending(workspace: Workspace) -> Campaigning:
    return Campaigning(workspace, 6)


def test_a_claim_writes_rows_before_anything_is_submitted(sending: Campaigning) -> None:
    made = sending.claim(0, 1, 2)
    rows = sending.workspace.ledger.rows(made.id)
    assert [(row.seq, row.message_id, row.text) for row in rows] == [
        (seq, f"m-{sending.campaign_id}-{seq}", f"【某店】第{seq}条，退订回T") for seq in (0, 1, 2)
    ]
    assert sending.workspace.ledger.open_rows(made.id) == rows
    assert sending.workspace.ledger.submission_at(sending.campaign_id, 0) == made
    assert sending.workspace.ledger.unsettled(sending.campaign_id) == (made,)
    assert sending.workspace.ledger.undecided(sending.campaign_id) == 3
    assert sending.counts() == {"submitted": 3, "unknown": 3}


def test_the_newest_claim_says_when_something_left_last(sending: Campaigning) -> None:
    assert sending.workspace.ledger.last_claimed() is None
    sending.claim(0)
    assert sending.workspace.ledger.last_claimed() == NOW


def test_a_repeated_claim_is_the_first_one(sending: Campaigning) -> None:
    first = sending.claim(0, 1)
    again = sending.workspace.ledger.claim(
        sending.campaign, sending.account, "another key", [sending.claim_of(0)], {1: ("stale", None)}, (0, 2), NOW
    )
    assert again == first
    assert len(sending.workspace.ledger.rows(first.id)) == 2
    assert sending.workspace.campaigns.funnel(sending.campaign_id) == {"ok": 6}


@pytest.mark.parametrize("state", [state for state in CampaignState if state is not CampaignState.SENDING])
def test_nothing_is_claimed_unless_the_campaign_is_being_sent(workspace: Workspace, state: CampaignState) -> None:
    campaigning = Campaigning(workspace, 2, state=state)
    claims, refusals = [campaigning.claim_of(0)], {1: ("stale", None)}
    made = workspace.ledger.claim(campaigning.campaign, campaigning.account, "k", claims, refusals, (0, 2), NOW)
    assert made is None
    assert workspace.campaigns.funnel(campaigning.campaign_id) == {"ok": 2}
    assert workspace.ledger.submission_at(campaigning.campaign_id, 0) is None


def test_refusals_and_doubles_become_reasons(sending: Campaigning) -> None:
    doubled = replace(sending.claim_of(1), dedupe_key=sending.claim_of(0).dedupe_key)
    sending.workspace.ledger.claim(
        sending.campaign,
        sending.account,
        "k",
        [sending.claim_of(0), doubled],
        {2: ("suppressed_opt_out", None)},
        (0, 3),
        NOW,
    )
    later = replace(sending.claim_of(3), dedupe_key=sending.claim_of(0).dedupe_key)
    claim = sending.workspace.ledger.claim
    assert claim(sending.campaign, sending.account, "k2", [later], {}, (3, 4), NOW) is None
    assert sending.workspace.campaigns.funnel(sending.campaign_id) == {
        "ok": 3,
        "duplicate_number": 2,
        "suppressed_opt_out": 1,
    }
    assert sending.workspace.ledger.undecided(sending.campaign_id) == 2


def test_a_span_with_nobody_left_writes_its_refusals_only(sending: Campaigning) -> None:
    refusals = dict.fromkeys(range(6), ("window", None))
    claim = sending.workspace.ledger.claim
    assert claim(sending.campaign, sending.account, "k", [], refusals, (0, 6), NOW) is None
    assert sending.workspace.campaigns.funnel(sending.campaign_id) == {"window": 6}
    assert sending.workspace.ledger.unsettled(sending.campaign_id) == ()


def test_one_person_is_written_to_in_two_campaigns_but_once_in_each(sending: Campaigning) -> None:
    sending.claim(0)
    other = Campaigning.__new__(Campaigning)
    other.workspace, other.account_id, other.ids = sending.workspace, sending.account_id, sending.ids
    first = sending.workspace.campaigns.campaign(sending.campaign_id)
    other.campaign_id = sending.workspace.campaigns.create(first).id
    sending.workspace.campaigns.snapshot(other.campaign_id, NOW)
    assert other.workspace.ledger.claim(
        other.campaign, other.account, "key-other", [other.claim_of(0)], {}, (0, 1), NOW
    )


def forged(claim: Claim, **changed: Any) -> Claim:
    """A claim as no gate would make it: the database is the last to refuse it."""
    recipient = claim.outgoing.recipient
    for name, value in changed.items():
        object.__setattr__(recipient, name, value)
    return claim


def test_the_database_refuses_a_fact_that_does_not_confirm(sending: Campaigning) -> None:
    who = sending.ids["c0"]
    claim = sending.claim_of(0)
    declined = fact(sending.account_id, "c0", status=ConsentStatus.DECLINED, checked_at=NOW + minutes(1))
    sending.workspace.facts.append([declined], [])
    fact_id = sending.workspace.facts.latest([who])[who][0]
    with pytest.raises(sa.exc.IntegrityError):
        submit(sending, forged(claim, fact_id=fact_id))
    assert sending.workspace.ledger.submission_at(sending.campaign_id, 0) is None


def test_the_database_refuses_somebody_elses_fact(sending: Campaigning) -> None:
    other = sending.workspace.facts.latest([sending.ids["c1"]])[sending.ids["c1"]][0]
    for fact_id in (other, 99_999):
        with pytest.raises(sa.exc.IntegrityError):
            submit(sending, forged(sending.claim_of(0), fact_id=fact_id))
    assert sending.workspace.ledger.unsettled(sending.campaign_id) == ()


def test_the_database_refuses_a_ledger_row_that_says_unconfirmed(sending: Campaigning) -> None:
    sending.claim(0)
    columns = "submission_id, campaign_id, 5, customer_id, fact_id, 'pending', 'm', dedupe_key, ''"
    for change in (
        f"INSERT INTO ledger SELECT 900, {columns} FROM ledger",
        "UPDATE ledger SET text = ''",
        "DELETE FROM ledger",
    ):
        with pytest.raises(sa.exc.IntegrityError), sending.workspace.database.write() as connection:
            connection.exec_driver_sql(change)


def test_a_message_id_is_used_once(sending: Campaigning) -> None:
    claim, second = sending.claim_of(0), sending.claim_of(1)
    submit(sending, claim)
    with pytest.raises(sa.exc.IntegrityError):
        submit(sending, replace(second, outgoing=replace(second.outgoing, message_id=claim.outgoing.message_id)))


def submit(sending: Campaigning, claim: Claim) -> None:
    sending.workspace.ledger.claim(
        sending.campaign, sending.account, f"k{claim.seq}", [claim], {}, (claim.seq, claim.seq + 1), NOW
    )


def test_a_simulated_fact_reaches_no_real_account(sending: Campaigning) -> None:
    real = sending.workspace.accounts.account(shop(sending.workspace, "real", simulated=False))
    with pytest.raises(NotAllowed) as caught:
        sending.workspace.ledger.claim(sending.campaign, real, "k", [sending.claim_of(0)], {}, (0, 1), NOW)
    assert caught.value.code == "simulated_fact"


def test_a_recipient_of_another_campaign_is_refused(sending: Campaigning) -> None:
    with pytest.raises(NotAllowed) as caught:
        submit(sending, forged(sending.claim_of(0), campaign_id=77))
    assert caught.value.code == "other_campaign"


def test_another_entitys_account_cannot_carry_the_campaign(sending: Campaigning) -> None:
    sending.workspace.accounts.add_entity(Entity(OTHER_ENTITY, "别家"))
    other = sending.workspace.accounts.add_account(account("k9", entity_uscc=OTHER_ENTITY, issuer_uscc=ISSUER))
    with pytest.raises(NotFound):
        sending.workspace.ledger.claim(sending.campaign, other, "k", [sending.claim_of(0)], {}, (0, 1), NOW)


def test_settling_twice_is_settling_once(sending: Campaigning) -> None:
    made = sending.claim(0, 1)
    for _ in range(3):
        sending.settle(made, (0, Outcome.ACCEPTED), (1, Outcome.REJECTED))
    assert sending.counts() == {"submitted": 2, "accepted": 1, "rejected": 1}
    assert sending.workspace.ledger.unsettled(sending.campaign_id) == ()
    assert sending.workspace.ledger.open_rows(made.id) == ()
    assert sending.workspace.ledger.settle(made.id, [], NOW)
    assert sending.workspace.ledger.message_ids(made.id) == {
        row.message_id for row in sending.workspace.ledger.rows(made.id)
    }
    with sending.workspace.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM ledger_outcome").scalar() == 2


def test_an_unknown_outcome_keeps_the_submission_open_until_it_is_known(sending: Campaigning) -> None:
    made = sending.claim(0, 1)
    sending.settle(made, (0, Outcome.UNKNOWN), (1, Outcome.ACCEPTED))
    assert [row.seq for row in sending.workspace.ledger.open_rows(made.id)] == [0]
    assert not sending.workspace.ledger.settle(made.id, [], NOW)
    assert [each.settled for each in sending.workspace.ledger.unsettled(sending.campaign_id)] == [False]
    sending.settle(made, (0, Outcome.ACCEPTED), (1, Outcome.UNKNOWN))
    assert sending.counts() == {"submitted": 2, "accepted": 2}
    assert sending.workspace.ledger.unsettled(sending.campaign_id) == ()


def test_sending_goes_on_before_whatever_is_open(sending: Campaigning) -> None:
    ledger, campaign_id = sending.workspace.ledger, sending.campaign_id
    assert ledger.decided_until(campaign_id) == -1
    first = sending.claim(0)
    assert ledger.decided_until(campaign_id) == -1
    sending.settle(first, (0, Outcome.ACCEPTED))
    assert ledger.decided_until(campaign_id) == first.last_seq
    second = sending.claim(2)
    assert ledger.decided_until(campaign_id) == second.first_seq - 1


def test_outcomes_of_messages_that_are_not_here_are_passed_over(sending: Campaigning) -> None:
    made = sending.claim(0)
    assert not sending.workspace.ledger.settle(made.id, [SubmitOutcome("stranger", Outcome.ACCEPTED, "p")], NOW)
    assert sending.counts() == {"submitted": 1, "unknown": 1}


def test_outcomes_are_never_changed(sending: Campaigning) -> None:
    made = sending.claim(0)
    sending.settle(made, (0, Outcome.ACCEPTED))
    for change in ("DELETE FROM ledger_outcome", "UPDATE ledger_outcome SET outcome = 'rejected'"):
        with pytest.raises(sa.exc.IntegrityError), sending.workspace.database.write() as connection:
            connection.exec_driver_sql(change)


def expected_after(latest: Outcome | None, told: Outcome) -> Outcome | None:
    if latest in (Outcome.REJECTED, Outcome.WITHHELD) and told is Outcome.DELIVERED:
        return told
    if latest in FINAL:
        return latest
    if latest is Outcome.ACCEPTED:
        return told if told in (Outcome.DELIVERED, Outcome.FAILED) else latest
    return told


Told = tuple[str, int, Outcome]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["settle", "report", "report again"]), st.integers(0, 2), st.sampled_from([*Outcome])
        ),
        max_size=14,
    )
)
@EXAMPLES
def test_whatever_is_told_in_whatever_order_only_a_delivery_changes_a_final_outcome(
    fresh: Fresh, told: list[Told]
) -> None:
    """The oracle: a row takes what may follow; a report of an unknown provider id waits for the sender's answer."""
    with fresh() as workspace:
        sending = Campaigning(workspace, 3)
        made = sending.claim(0, 1, 2)
        latest: dict[int, Outcome | None] = dict.fromkeys(range(3))
        waiting: dict[int, list[tuple[str, Outcome]]] = {seq: [] for seq in range(3)}
        known: set[int] = set()
        seen: set[str] = set()
        for position, (how, seq, outcome) in enumerate(told):
            if how == "settle":
                sending.settle(made, (seq, outcome))
                before = latest[seq]
                latest[seq] = expected_after(before, outcome)
                known |= {seq} if latest[seq] is not before else set()
                for _, early in sorted(waiting[seq]):
                    latest[seq] = expected_after(latest[seq], early)
                waiting[seq].clear()
                continue
            report_id = f"r-{seq}-{outcome}" if how == "report again" else f"r{position:03d}"
            report = DeliveryReport(report_id, f"p-{seq}", outcome, "", NOW)
            workspace.inbox.store_reports(sending.account_id, Page((report, report), f"{position}", more=False), NOW)
            if report_id in seen:
                continue
            seen.add(report_id)
            if seq in known:
                latest[seq] = expected_after(latest[seq], outcome)
            else:
                waiting[seq].append((report_id, outcome))
        accepted = (Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.FAILED)
        now = list(latest.values())
        counts = workspace.inbox.counts(sending.campaign_id)
        assert {
            word: counts[word] for word in ("accepted", "rejected", "withheld", "delivered", "failed", "unknown")
        } == {
            "accepted": sum(each in accepted for each in now),
            "rejected": now.count(Outcome.REJECTED),
            "withheld": now.count(Outcome.WITHHELD),
            "delivered": now.count(Outcome.DELIVERED),
            "failed": now.count(Outcome.FAILED),
            "unknown": sum(each in (None, Outcome.UNKNOWN) for each in now),
        }
        settled = not workspace.ledger.unsettled(sending.campaign_id)
        assert settled == all(each not in (None, Outcome.UNKNOWN) for each in now)


def test_sent_messages_are_counted_by_person_and_entity(sending: Campaigning) -> None:
    made = sending.claim(0, 1, 2, 3)
    sending.settle(made, (0, Outcome.ACCEPTED), (1, Outcome.REJECTED), (2, Outcome.UNKNOWN), (3, Outcome.WITHHELD))
    second_shop = shop(sending.workspace, "k2")
    sending.workspace.customers.upsert_page(
        second_shop, [person("twin", number(0)), person("new", number(5))], "x", NOW
    )
    twins = sending.workspace.customers.ids_of_refs(second_shop, ["twin", "new"])
    ids = [*sending.ids.values(), *twins.values()]
    sent = sending.workspace.campaigns.sent_since(ENTITY, ids, NOW - minutes(1))
    assert sent == {sending.ids["c0"]: 1, sending.ids["c2"]: 1, twins["twin"]: 1}
    keys = {each.id: each.phone_key for each in sending.workspace.customers.by_ids(ids).values() if each.phone_key}
    assert len(keys) == len(ids)
    assert sending.workspace.campaigns.sent_since(ENTITY, ids, NOW - minutes(1), keys=keys) == sent
    assert sending.workspace.campaigns.sent_since(ENTITY, ids, NOW + minutes(1)) == {}
    assert sending.workspace.campaigns.sent_since(OTHER_ENTITY, ids, NOW - minutes(1)) == {}
