"""The sender against the real sandbox: its ledger knows who was really taken, how often."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from campaign_app.consent import Outgoing
from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome, Page
from tests.helpers.connected import Connected, clock, connect
from tests.helpers.sandbox import SandboxProcess

MESSAGES = "/v1/messages"
_numbers = count(1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=1_000) as running:
        yield running


@pytest.fixture
def shop(sandbox: SandboxProcess) -> Iterator[Connected]:
    sandbox.faults("none", clear=True)
    connected = connect(sandbox)
    yield connected
    sandbox.faults("none", clear=True)
    connected.close()


@pytest.fixture
def batch(shop: Connected) -> list[Outgoing]:
    """Twenty confirmed people and a message that nobody has sent yet."""
    number = next(_numbers)
    return [Outgoing(o.recipient, f"{number}-{o.message_id}", f"{o.text}{number}") for o in shop.outgoing(20)]


def accepted(sandbox: SandboxProcess, key: str) -> int:
    ledger = sandbox.ledger()
    assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
    return sum(row["key"] == key for row in sandbox.ledger_rows())


def test_everybody_is_taken_once_under_the_key(sandbox: SandboxProcess, shop: Connected, batch: list[Outgoing]) -> None:
    outcomes = shop.gateway.submit("plain", batch)
    assert [o.message_id for o in outcomes] == [m.message_id for m in batch]
    taken = sum(o.outcome is Outcome.ACCEPTED for o in outcomes)
    assert taken == accepted(sandbox, "plain") > 0
    assert shop.gateway.submit("plain", batch) == outcomes
    assert accepted(sandbox, "plain") == taken
    assert shop.gateway.lookup("plain", ()) == outcomes


def test_a_key_with_another_batch_is_refused(shop: Connected, batch: list[Outgoing]) -> None:
    shop.gateway.submit("mixed", batch[:10])
    with pytest.raises(RemoteRefused) as info:
        shop.gateway.submit("mixed", batch[10:])
    assert (info.value.code, info.value.account_wide) == ("idempotency_mismatch", False)


def test_a_key_that_was_never_used(shop: Connected) -> None:
    assert shop.gateway.lookup("never", ()) is None


@pytest.mark.parametrize("fault", ["timeout_after", "error500_after", "cut_body", "truncated_json"])
def test_after_acceptance_the_outcome_is_looked_up(
    fault: str, sandbox: SandboxProcess, shop: Connected, batch: list[Outgoing]
) -> None:
    sandbox.faults(fault=fault, path=MESSAGES, seconds=0.1)
    with pytest.raises(OutcomeUnknown):
        shop.gateway.submit(fault, batch)
    outcomes = shop.gateway.lookup(fault, ())
    assert outcomes is not None
    assert sum(o.outcome is Outcome.ACCEPTED for o in outcomes) == accepted(sandbox, fault)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("throttle", RemoteUnavailable),
        ("error500", OutcomeUnknown),
        ("error503", RemoteUnavailable),
        ("timeout_before", OutcomeUnknown),
    ],
)
def test_before_acceptance_nobody_was_taken(
    fault: str, kind: type, sandbox: SandboxProcess, shop: Connected, batch: list[Outgoing]
) -> None:
    sandbox.faults(fault=fault, path=MESSAGES, seconds=0.1)
    with pytest.raises(kind):
        shop.gateway.submit(fault, batch)
    assert shop.gateway.lookup(fault, ()) is None
    assert accepted(sandbox, fault) == 0


def test_a_clock_that_disagrees_once_costs_nothing(
    sandbox: SandboxProcess, shop: Connected, batch: list[Outgoing]
) -> None:
    sandbox.faults(fault="clock_skew", path=MESSAGES, seconds=600)
    taken = sum(o.outcome is Outcome.ACCEPTED for o in shop.gateway.submit("skewed", batch))
    assert taken == accepted(sandbox, "skewed")


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("half_page", {"", "unmentioned"}),
        ("missing_ref", {"", "unmentioned"}),
        ("unknown_word", {"", "unknown_word"}),
        ("extra_ref", {""}),
        ("reordered_page", {""}),
    ],
)
def test_an_answer_with_holes_leaves_unknowns(
    fault: str, codes: set[str], sandbox: SandboxProcess, shop: Connected, batch: list[Outgoing]
) -> None:
    sandbox.faults(fault=fault, path=MESSAGES)
    outcomes = shop.gateway.submit(fault, batch)
    assert [o.message_id for o in outcomes] == [m.message_id for m in batch]
    assert {o.code for o in outcomes if o.outcome is not Outcome.REJECTED} == codes
    known = {o.message_id: o for o in shop.gateway.lookup(fault, ()) or ()}
    assert all(o.outcome is Outcome.UNKNOWN or o == known[o.message_id] for o in outcomes)
    assert {o.outcome for o in known.values()} <= {Outcome.ACCEPTED, Outcome.REJECTED}


def look_up_until_done(shop: Connected, submission: Future[Any]) -> None:
    while not submission.done():
        shop.gateway.lookup("slow", ())


def test_a_batch_in_progress_is_unknown(sandbox: SandboxProcess, shop: Connected, batch: list[Outgoing]) -> None:
    sandbox.faults(fault="slow_accept", path=MESSAGES, seconds=3)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(shop.gateway.submit, "slow", batch)
        with pytest.raises(RemoteUnavailable) as info:
            look_up_until_done(shop, first)
        outcomes = first.result()
    assert (info.value.code, info.value.retry_after) == ("in_progress", 1.0)
    assert shop.gateway.lookup("slow", ()) == outcomes


def drained(read: Any) -> list[Any]:
    items: list[Any] = []
    cursor, more = "", True
    while more:
        page: Page[Any] = read(cursor)
        items += page.items
        cursor, more = page.next_cursor, page.more
    assert read(cursor).items == ()
    return items


def test_what_comes_back(sandbox: SandboxProcess, shop: Connected, batch: list[Outgoing]) -> None:
    outcomes = shop.gateway.submit("back", batch)
    ref = batch[0].recipient.ref.ref
    sandbox.reply("S1", ref, "ＴＤ")
    sandbox.complain("S1", ref, outcomes[0].provider_id)
    reported = {report.provider_id for report in drained(shop.gateway.reports)}
    assert {o.provider_id for o in outcomes if o.outcome is Outcome.ACCEPTED} <= reported
    assert (ref, "ＴＤ") in {(reply.ref, reply.text) for reply in drained(shop.gateway.inbound)}
    assert (ref, outcomes[0].provider_id) in {(c.ref, c.provider_id) for c in drained(shop.gateway.complaints)}


def test_whoever_opted_out_is_no_recipient_any_more(shop: Connected, batch: list[Outgoing]) -> None:
    ref = batch[0].recipient.ref
    shop.platform.write_opt_out(CustomerRef(ref.account_id, ref.ref), "退订", clock())
    assert ref not in {message.recipient.ref for message in shop.outgoing(1_000)}


def test_a_sender_says_what_it_takes_and_what_it_hands_out(sandbox: SandboxProcess, shop: Connected) -> None:
    every = shop.gateway.capabilities
    assert (every.submits, every.streams) == (True, frozenset({"reports", "inbound", "complaints"}))
    sandbox.withhold("messages", "reports")
    try:
        some = connect(sandbox)
        assert (some.gateway.capabilities.submits, some.gateway.capabilities.streams) == (
            False,
            frozenset({"inbound", "complaints"}),
        )
        some.close()
    finally:
        sandbox.withhold()
