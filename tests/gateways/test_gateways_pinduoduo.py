"""The sender of a Pinduoduo shop against its simulator: to sealed numbers alone, as templates that were typed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.consent import Outgoing
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.domain.message import Outcome
from campaign_app.gateways.pinduoduo.gateway import PinduoduoGateway
from campaign_app.gateways.pinduoduo.looking import PAGE
from campaign_app.jobs.notes import note_of
from campaign_app.transport.errors import ContractBroken
from campaign_app.transport.pinduoduo.calls import error_of
from campaign_app.transport.pinduoduo.stated import templates
from tests.helpers.connected import clock
from tests.helpers.pinduoduo_sender import SealedPeople, asked_of, order, pinduoduo, shown
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.tencent import PLAIN, People
from tests.helpers.top import TopShop
from tests.helpers.vendors import account_of, trouble

_numbers = count(1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=600, calm=True) as running:
        yield running


@pytest.fixture(scope="module")
def people(sandbox: SandboxProcess) -> SealedPeople:
    found = SealedPeople.of(sandbox)
    assert isinstance(found, SealedPeople)
    return found


@pytest.fixture
def gateway(sandbox: SandboxProcess) -> Iterator[PinduoduoGateway]:
    sandbox.faults("none", clear=True)
    order(sandbox, clear=True)
    with pinduoduo(sandbox) as made:
        yield made


@pytest.fixture
def key() -> str:
    return f"ws1-{next(_numbers)}-0"


def texts(sandbox: SandboxProcess, batch: list[Outgoing]) -> list[str]:
    """What reached the people of a batch."""
    ids = {m.message_id for m in batch}
    return [row["text"] for row in shown(sandbox)["sent"] if row["out_id"] in ids]


def outcomes(gateway: PinduoduoGateway, key: str, batch: list[Outgoing]) -> list[tuple[Outcome, str]]:
    found = {o.message_id: (o.outcome, o.code) for o in gateway.submit(key, batch)}
    return [found[m.message_id] for m in batch]


def test_everybody_reads_the_very_text_that_was_checked(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str
) -> None:
    batch = people.messages(12, lambda n: PLAIN if n % 2 else f"【安宁会员】顾客{n}您好，拒收请回复R")
    before = sandbox.ledger()
    found = gateway.submit(key, batch)
    assert [(o.message_id, o.outcome) for o in found] == [(m.message_id, Outcome.ACCEPTED) for m in batch]
    assert all(o.provider_id for o in found)
    assert sorted(texts(sandbox, batch)) == sorted(m.text for m in batch)
    after = sandbox.ledger()
    assert [after[word] - before[word] for word in ("accepted", "doubled", "unconfirmed")] == [12, 0, 0]
    reached = {row["sealed"] for row in shown(sandbox)["sent"]}
    assert {m.recipient.platform_phone.sealed for m in batch if m.recipient.platform_phone} <= reached


def test_it_says_what_it_cannot_tell(gateway: PinduoduoGateway) -> None:
    offers = gateway.capabilities
    assert (offers.idempotent, offers.hears, offers.follow, offers.test_messages) == (False,) * 4
    assert (offers.needs_phone, offers.needs_platform_phone, offers.lookup, offers.stated) == (False, True, True, True)
    assert offers.streams == frozenset()
    for page in (gateway.reports("x"), gateway.inbound("x"), gateway.complaints("x")):
        assert (page.items, page.next_cursor, page.more) == ((), "x", False)


def test_a_plain_number_never_leaves_for_pinduoduo(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str
) -> None:
    asked = shown(sandbox)["requests"]
    plain = People(sandbox, people.customers, people.facts).messages(2)
    nobodys = Outgoing(people.numberless(), "m-1", PLAIN)
    for batch in (plain, [nobodys], [*people.messages(1), nobodys]):
        with pytest.raises(RemoteRefused) as refused:
            gateway.submit(key, batch)
        assert refused.value.code == "no_phone"
    assert shown(sandbox)["requests"] == asked


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("【安宁百货】没有这个模板，退订回T", "no_template"),
        ("【安宁百货】上新，退订回T ", "no_template"),
        ("【安宁百货】${name}您好，拒收请回复R", "no_template"),  # it may be replaced
        ("【别人家】上新，退订回T", "no_signature"),
        ("上新，退订回T", "no_signature"),
    ],
)
def test_what_no_stated_template_gives_never_leaves(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str, text: str, code: str
) -> None:
    batch = [*people.messages(1), *people.messages(1, text)]
    assert outcomes(gateway, key, batch) == [(Outcome.ACCEPTED, ""), (Outcome.REJECTED, code)]
    assert texts(sandbox, batch) == [PLAIN]


def test_without_stated_templates_nothing_leaves(sandbox: SandboxProcess, people: SealedPeople, key: str) -> None:
    for empty, code in (("templates", "templates_unusable"), ("signatures", "signature_unusable")):
        with pinduoduo(sandbox, **{empty: ""}) as bare, pytest.raises(RemoteRefused) as refused:
            outcomes(bare, key, people.messages(1))
        assert (refused.value.code, refused.value.account_wide) == (code, True)


@pytest.mark.parametrize("fault", ["timeout_after", "error500_after", "cut_body"])
def test_a_lost_answer_is_unknown_and_found_by_its_own_id(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str, fault: str
) -> None:
    batch = people.messages(2)
    sandbox.faults(fault=fault, path="/api/router", seconds=0.1)
    assert (outcomes(gateway, key, batch)[0][0], len(texts(sandbox, batch))) == (Outcome.UNKNOWN, 2)
    sandbox.faults("none", clear=True)
    found = gateway.lookup(key, asked_of(batch))
    assert [(o.message_id, o.outcome) for o in found] == [(m.message_id, Outcome.ACCEPTED) for m in batch]
    assert len(texts(sandbox, batch)) == 2, "a look-up sends nothing"


def test_what_is_found_nowhere_stays_unknown(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str
) -> None:
    batch, never = people.messages(1), people.messages(1)
    gateway.submit(key, batch)
    assert gateway.lookup(key, asked_of(never)) == ()
    order(sandbox, hidden=True)
    assert gateway.lookup(key, asked_of(batch)) == ()
    order(sandbox, hidden=False)
    assert len(gateway.lookup(key, asked_of(batch, clock() - timedelta(days=40)))) == 1
    (unsealed,) = asked_of(batch)
    assert gateway.lookup(key, [type(unsealed)(unsealed.message_id, None, unsealed.claimed_at)]) == ()


def test_a_look_up_reads_every_page(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str
) -> None:
    (first,) = people.messages(1)
    for at in range(PAGE + 1):
        gateway.submit(key, [Outgoing(first.recipient, f"{first.message_id}-{at}", PLAIN)])
    last = Outgoing(first.recipient, f"{first.message_id}-{PAGE}", PLAIN)
    assert len(gateway.lookup(key, asked_of([last]))) == 1


def test_trouble_with_a_look_up_says_nothing_or_is_raised(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str
) -> None:
    batch = people.messages(2)
    gateway.submit(key, batch)
    trouble(sandbox, "pinduoduo", error="50001")  # a number in another form than it wants
    assert len(gateway.lookup(key, asked_of(batch))) == 1
    trouble(sandbox, "pinduoduo", error="52101", times=3)
    with pytest.raises(RemoteUnavailable):
        gateway.lookup(key, asked_of(batch))
    trouble(sandbox, "pinduoduo", error="20005")
    with pytest.raises(RemoteRefused) as refused:
        gateway.lookup(key, asked_of(batch))
    assert refused.value.account_wide


@pytest.mark.parametrize("code", [52101, 70031])
def test_a_limit_takes_nobody_and_is_no_refusal(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str, code: int
) -> None:
    order(sandbox, refuse=code)
    batch = people.messages(2)
    with pytest.raises(RemoteUnavailable) as busy:
        gateway.submit(key, batch)
    assert (busy.value.code, isinstance(busy.value, OutcomeUnknown)) == ("throttled", False)
    assert texts(sandbox, batch) == []


@pytest.mark.parametrize(
    ("code", "ours"), [(20004, "bad_signature"), (20005, "ip_not_allowed"), (30001, "one_refused")]
)
def test_a_code_stops_the_account_with_nobody_rejected(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str, code: int, ours: str
) -> None:
    """No document says that a code is about one person: it would end everybody of the campaign."""
    order(sandbox, refuse=code)
    batch = people.messages(2)
    with pytest.raises(RemoteRefused) as refused:
        gateway.submit(key, batch)
    assert (refused.value.code, refused.value.account_wide, texts(sandbox, batch)) == (ours, True, [])


def test_whoever_is_refused_again_by_the_same_code_keeps_nobody_waiting(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str
) -> None:
    batch = people.messages(3)
    for times, code in ((1, 30001), (1, 30002), (2, 30002)):  # another code, then another person
        order(sandbox, refuse=code, times=times)
        with pytest.raises(RemoteRefused) as refused:
            gateway.submit(key, batch[:2])
        assert note_of(refused.value) == f"one_refused={code}"
    order(sandbox, refuse=30002, times=2)
    assert outcomes(gateway, key, batch[:2]) == [(Outcome.REJECTED, "pdd.30002")] * 2
    assert outcomes(gateway, key, batch[2:]) == [(Outcome.ACCEPTED, "")]


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("code", [50000, 52102, 52103, 99999])
def test_a_code_that_may_follow_the_sending_leaves_one_unknown_and_stops(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str, code: int, taken: bool
) -> None:
    order(sandbox, refuse=code, taken=taken)
    batch = people.messages(3)
    found = gateway.submit(key, batch)
    assert [(o.message_id, o.outcome, o.code) for o in found] == [(batch[0].message_id, Outcome.UNKNOWN, f"pdd.{code}")]
    with pytest.raises(RemoteRefused) as refused:
        gateway.submit(key, batch[1:])
    assert (refused.value.code, refused.value.account_wide) == ("unclear_answer", True)
    assert len(gateway.lookup(key, asked_of(batch))) == taken
    assert outcomes(gateway, key, batch[1:]) == [(Outcome.ACCEPTED, "")] * 2, "a person went on"
    assert len(texts(sandbox, batch)) == 2 + taken


def test_an_answer_without_a_receipt_says_nothing_and_stops(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str
) -> None:
    batch = people.messages(2)
    order(sandbox, no_receipt=1)
    assert [(o.outcome, o.code) for o in gateway.submit(key, batch)] == [(Outcome.UNKNOWN, "no_receipt")]
    with pytest.raises(RemoteRefused):
        gateway.submit(key, batch[1:])
    with pinduoduo(sandbox, templates="1001=会员上新，退订回T") as mistyped:  # the console has another text
        found = mistyped.submit(key, people.messages(1, "【安宁百货】会员上新，退订回T"))
    assert [o.outcome for o in found] == [Outcome.ACCEPTED], "nobody but a person can see that it is another"


def test_a_token_that_is_over_is_renewed_and_the_gate_asked_again_before_the_batch_leaves(
    sandbox: SandboxProcess, people: SealedPeople, gateway: PinduoduoGateway, key: str
) -> None:
    account, _ = account_of(sandbox, "pinduoduo")
    known = sandbox.ready["vendors"]["pinduoduo"]
    kept = {name: known[name] for name in ("client_secret", "access_token", "refresh_token")}
    shop = TopShop(sandbox, account, kept)
    with pinduoduo(sandbox, kept=shop) as renewing:
        trouble(sandbox, "pinduoduo", expire=True)
        batch = people.messages(2)
        with pytest.raises(RemoteUnavailable) as renewed:
            renewing.submit(key, batch)
        assert (renewed.value.code, isinstance(renewed.value, OutcomeUnknown)) == ("renewing", False)
        assert (shop.stored, texts(sandbox, batch)) == (1, [])
        assert outcomes(renewing, key, batch) == [(Outcome.ACCEPTED, "")] * 2
    with pytest.raises(RemoteRefused):  # this one has the old token, and nothing that could store another
        gateway.submit(key, people.messages(1))
    known |= shop.kept


def test_a_batch_that_waited_too_long_does_not_leave(sandbox: SandboxProcess, people: SealedPeople, key: str) -> None:
    batch = people.messages(2)
    with (
        pinduoduo(sandbox, now=lambda: clock() + timedelta(seconds=61)) as late,
        pytest.raises(RemoteUnavailable) as out,
    ):
        late.submit(key, batch)
    assert (out.value.code, texts(sandbox, batch)) == ("batch_late", [])


@given(st.integers(0, 10**6))
def test_only_a_limit_or_what_is_wrong_with_the_request_says_that_nothing_was_sent(code: int) -> None:
    error = error_of(code, changes=True)
    assert isinstance(error, OutcomeUnknown) is (code >= 40_000 and code not in (52101, 70031))
    assert isinstance(error, RemoteUnavailable) is (code >= 40_000)
    with pytest.raises(ContractBroken):
        error_of(str(code), changes=True)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ()),
        ("12=上新，退订回T", (("12", "上新，退订回T"),)),
        (" 12＝${name}您好 ｜ 13=满300|减50 ", (("12", "${name}您好"), ("13", "满300|减50"))),
        ("12=甲\n13=乙=丙", (("12", "甲"), ("13", "乙=丙"))),
    ],
)
def test_templates_are_read_as_they_are_typed(sandbox: SandboxProcess, typed: str, found: tuple[object, ...]) -> None:
    assert templates(account_of(sandbox, "pinduoduo", templates=typed)[0]) == found


@pytest.mark.parametrize("typed", ["上新", "A1=上新", "12=", "12=【店】上新", "12=甲|12=乙", "x 12=甲", "12=${a}{b}"])
def test_what_cannot_be_a_template_is_told_when_it_is_connected(sandbox: SandboxProcess, typed: str) -> None:
    from campaign_app.platforms import client_for

    account, secret = account_of(sandbox, "pinduoduo", templates=typed)
    with pytest.raises(SettingsError):
        client_for(account, secret, clock)
