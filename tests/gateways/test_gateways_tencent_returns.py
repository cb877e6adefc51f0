"""What comes back from the simulated Tencent: every status and reply once, whatever order they come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.conformance.adapters.tampering import Seen, edit, tampering
from campaign_app.domain.errors import OutcomeUnknown
from campaign_app.domain.message import InboundMessage, Outcome
from campaign_app.gateways.tencent.gateway import TencentGateway
from campaign_app.gateways.tencent.returning import reply_of, report_of
from campaign_app.jobs.opt_out import is_opt_out
from campaign_app.sandbox.words import OPT_OUT_REPLIES, ORDINARY_REPLIES
from tests.helpers.connected import clock
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.tencent import People, drained, order, tencent

_keys = count(1)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
STATUS = {
    "UserReceiveTime": 1_795_000_000, "PhoneNumber": "+8613800000000", "SerialNo": "2028:1",
    "ReportStatus": "SUCCESS", "Description": "DELIVRD", "SessionContext": "k:w-1-1",
}  # fmt: skip
REPLY = {
    "PhoneNumber": "+8613800000000", "SignName": "安宁", "ReplyContent": "ＴＤ", "ReplyTime": 1_795_000_000,
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=3_000, calm=True) as running:
        yield running


@pytest.fixture(scope="module")
def people(sandbox: SandboxProcess) -> People:
    return People.of(sandbox)


@pytest.fixture
def gateway(sandbox: SandboxProcess) -> Iterator[TencentGateway]:
    with tencent(sandbox) as made:
        drained(made.reports)
        drained(made.inbound)
        yield made
    sandbox.faults("none", clear=True)
    order(sandbox, disorder=False)


def taken(gateway: TencentGateway, people: People, number: int) -> dict[str, str]:
    """Provider id → ref of as many people as were taken."""
    batch = people.messages(number)
    refs = {m.message_id: m.recipient.ref.ref for m in batch}
    outcomes = gateway.submit(f"w-2-{next(_keys)}", batch)
    return {o.provider_id: refs[o.message_id] for o in outcomes if o.outcome is Outcome.ACCEPTED}


@pytest.mark.parametrize("disorder", [False, True])
def test_every_status_comes_in_whatever_their_order(
    disorder: bool, sandbox: SandboxProcess, people: People, gateway: TencentGateway
) -> None:
    order(sandbox, disorder=disorder)
    sent = taken(gateway, people, 150)
    reports, _ = drained(gateway.reports, "5")
    assert {report.provider_id for report in reports} == set(sent)
    assert len({report.report_id for report in reports}) == len(sent)
    assert (len(reports) > len(sent)) is disorder
    assert all(report.code for report in reports if report.outcome is Outcome.FAILED)


@pytest.mark.parametrize("stream", ["reports", "inbound"])
def test_an_answer_that_is_cut_off_is_named_as_lost(
    stream: str, sandbox: SandboxProcess, people: People, gateway: TencentGateway
) -> None:
    sent = taken(gateway, people, 5)
    sandbox.reply("S1", next(iter(sent.values())), "好的")
    page_of = getattr(gateway, stream)
    opened = page_of("9").next_cursor
    sandbox.faults(fault="cut_body", path="/")
    with pytest.raises(OutcomeUnknown):
        page_of(opened)
    assert page_of(opened).lost


def test_a_reply_in_every_spelling_comes_in_with_its_number(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway
) -> None:
    words = [*dict.fromkeys(OPT_OUT_REPLIES), *ORDINARY_REPLIES]
    refs = list(taken(gateway, people, len(words) + 10).values())[: len(words)]
    drained(gateway.inbound, "20")
    for ref, text in zip(refs, words, strict=True):
        sandbox.reply("S1", ref, text)
    replies, _ = drained(gateway.inbound, "30")
    numbers = {c.phone: c.ref for c in people.customers}
    came = {numbers[reply.phone]: reply.text for reply in replies}
    assert came == dict(zip(refs, words, strict=True))
    refused = {reply.text for reply in replies if is_opt_out(reply.text)}
    assert {"R", "ＴＤ", "退订", "T D", "QX"} - {text.upper() for text in refused} == set()
    assert refused.isdisjoint(ORDINARY_REPLIES)
    assert all(abs((clock() - reply.received_at).total_seconds()) < 60 for reply in replies)


def test_a_reply_is_found_by_its_number_as_it_was_in_the_queue(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway
) -> None:
    sent = taken(gateway, people, 3)
    ref = next(iter(sent.values()))
    sandbox.reply("S1", ref, "退订")
    queued, _ = drained(gateway.inbound, "40")
    phone = next(c.phone for c in people.customers if c.ref == ref)
    assert phone is not None
    assert set(gateway.look_back("inbound", phone, datetime.fromtimestamp(0, UTC))) >= set(queued)
    reports, _ = drained(gateway.reports, "40")
    found = gateway.look_back("reports", phone, datetime.fromtimestamp(0, UTC))
    assert {r.report_id for r in found} <= {r.report_id for r in reports}


def test_the_same_status_and_the_same_reply_have_one_name() -> None:
    assert report_of(STATUS) == report_of(dict(reversed(STATUS.items())))
    assert reply_of(REPLY, NOW) == reply_of({**REPLY, "ExtendCode": "1"}, NOW)
    others = [{**REPLY, "ReplyContent": "T"}, {**REPLY, "ReplyTime": 1_795_000_001}]
    assert len({found.inbound_id for row in [REPLY, *others] if (found := reply_of(row, NOW))}) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"ReportStatus": "SENT"},
        {"ReportStatus": None},
        {"UserReceiveTime": "soon"},
        {"SerialNo": "", "SessionContext": ""},
    ],
)
def test_a_status_that_says_nothing_is_left_out(changed: dict[str, Any]) -> None:
    assert report_of({**STATUS, **changed}) is None


def test_a_status_names_its_message_as_far_as_its_session_does() -> None:
    several, alone = report_of(STATUS), report_of({**STATUS, "SessionContext": "m:w-1-7"})
    assert several is not None
    assert alone is not None
    assert (several.key, several.message_id, several.phone and several.phone.digits) == ("w-1-1", "", "13800000000")
    assert (alone.key, alone.message_id) == ("", "w-1-7")


def test_a_reply_is_not_lost_to_a_detail() -> None:
    found = reply_of({**REPLY, "ReplyTime": None, "PhoneNumber": "?", "SubscriberNumber": "13800000000"}, NOW)
    assert found is not None
    assert (found.text, found.received_at, found.phone and found.phone.e164) == ("ＴＤ", NOW, "+8613800000000")


@pytest.mark.parametrize("said", [None, 7, ["TD"], {"text": "TD"}])
def test_whoever_wrote_what_cannot_be_read_counts_as_having_refused(said: object) -> None:
    """Tencent hands a reply out once: nobody could look it up any more."""
    found = reply_of({**REPLY, "ReplyContent": said}, NOW)
    assert found is not None
    assert is_opt_out(found.text)
    blank = reply_of({**REPLY, "ReplyContent": ""}, NOW)
    assert blank is not None
    assert not is_opt_out(blank.text)


def test_half_an_emoji_in_one_reply_costs_nobody_theirs(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway
) -> None:
    first, second = list(taken(gateway, people, 10).values())[:2]
    sandbox.reply("S1", first, "退订")
    sandbox.reply("S1", second, "哈哈")

    def halved(seen: Seen) -> Seen:
        return replace(seen, body=seen.body.replace("哈哈".encode(), rb"TD\ud83d"))

    with tampering(sandbox.url) as proxy, tencent(sandbox, base_url=proxy.url) as behind:
        proxy.spoil = halved
        replies, _ = drained(behind.inbound, "60")
    assert sorted(reply.text for reply in replies) == ["TD\ufffd", "退订"]
    assert all(is_opt_out(reply.text) for reply in replies)


@pytest.mark.parametrize("number", [None, "", "+86138****0000", 13800000000])
def test_a_reply_that_was_asked_for_by_its_number_is_of_that_number(
    sandbox: SandboxProcess, people: People, gateway: TencentGateway, number: object
) -> None:
    ref = next(iter(taken(gateway, people, 3).values()))
    sandbox.reply("S1", ref, "退订")
    phone = next(c.phone for c in people.customers if c.ref == ref)
    assert phone is not None

    def nameless(answer: Any) -> None:
        for row in answer["Response"].get("PullSmsReplyStatusSet", ()):
            row.update(PhoneNumber=number, SubscriberNumber=number)

    with tampering(sandbox.url) as proxy, tencent(sandbox, base_url=proxy.url) as behind:
        proxy.spoil = edit("/", nameless)
        found = behind.look_back("inbound", phone, datetime.fromtimestamp(0, UTC))
    assert {(reply.text, reply.phone) for reply in found if isinstance(reply, InboundMessage)} == {("退订", phone)}


@given(
    st.dictionaries(
        st.sampled_from([*STATUS, *REPLY]), st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers())
    )
)
def test_no_row_is_an_error(row: dict[str, Any]) -> None:
    report_of({**STATUS, **row})
    reply_of({**REPLY, **row}, NOW)
    assert report_of(list(row)) is reply_of(list(row), NOW) is None
