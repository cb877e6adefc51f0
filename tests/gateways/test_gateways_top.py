"""The sender of a Taobao shop against its simulator: what leaves, what is refused, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.consent import Outgoing
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome
from campaign_app.gateways.planning import Request
from campaign_app.gateways.top import sending
from campaign_app.gateways.top.gateway import TopGateway
from campaign_app.gateways.top.planning import allowed
from campaign_app.gateways.top.sending import SIGN_MAX, task_sign
from campaign_app.jobs.notes import note_of
from campaign_app.platforms import adapter_for
from campaign_app.transport.top.limits import Turn
from tests.helpers.connected import clock
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.staff import PLAIN, STRANGER, staff_message
from tests.helpers.tencent import People, sent_of
from tests.helpers.top import connect_top
from tests.helpers.top_sdk import call
from tests.helpers.top_sender import order, shown, top

_numbers = count(1)
SEND = "taobao.jst.sms.message.direct.batchsend"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=1_500, calm=True) as running:
        yield running


@pytest.fixture(scope="module")
def people(sandbox: SandboxProcess) -> People:
    return People.of(sandbox)


@pytest.fixture
def gateway(sandbox: SandboxProcess) -> Iterator[TopGateway]:
    sandbox.faults("none", clear=True)
    order(sandbox, clear=True)
    with top(sandbox) as made:
        yield made


@pytest.fixture
def key() -> str:
    return f"ws1-{next(_numbers)}-0"


def sent(sandbox: SandboxProcess, batch: list[Outgoing]) -> list[str]:
    """What reached the people of a batch."""
    numbers = {m.recipient.phone.e164 for m in batch if m.recipient.phone}
    return [row["text"] for row in shown(sandbox)["sent"] if row["phone"] in numbers]


def outcomes(gateway: TopGateway, key: str, batch: list[Outgoing]) -> list[tuple[Outcome, str]]:
    found = {o.message_id: (o.outcome, o.code) for o in gateway.submit(key, batch)}
    return [found[m.message_id] for m in batch]


@pytest.mark.parametrize("size", [1, 2, 101])
def test_everybody_reads_the_very_text_that_was_checked(
    sandbox: SandboxProcess, people: People, gateway: TopGateway, key: str, size: int
) -> None:
    batch = people.messages(size, lambda n: f"【安宁百货】顾客{n}您好，拒收请回复R")
    before, asked = sandbox.ledger(), shown(sandbox)["batches"]
    found = gateway.submit(key, batch)
    assert [(o.message_id, o.outcome) for o in found] == [(m.message_id, Outcome.ACCEPTED) for m in batch]
    assert len({o.provider_id for o in found}) == size
    assert sorted(sent(sandbox, batch)) == sorted(m.text for m in batch)
    after = sandbox.ledger()
    assert [after[word] - before[word] for word in ("doubled", "unconfirmed")] == [0, 0]
    assert shown(sandbox)["batches"] - asked == -(-size // 100)


def test_it_says_what_it_cannot_tell(gateway: TopGateway, people: People) -> None:
    offers = gateway.capabilities
    assert (offers.idempotent, offers.lookup, offers.hears, offers.follow) == (False,) * 4
    assert (offers.needs_phone, offers.submits, offers.streams) == (True, True, frozenset())
    assert gateway.lookup("k", sent_of(people.messages(1))) == ()
    for page in (gateway.reports("x"), gateway.inbound("x"), gateway.complaints("x")):
        assert (page.items, page.next_cursor, page.more) == ((), "x", False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("【安宁百货】没有这个模板，退订回T", "no_template"),
        ("【安宁百货】您的订单已发货，拒收请回复R", "no_template"),  # a notice is no promotion
        ("【安宁百货】会员日双倍积分，拒收请回复R", "no_template"),  # under review
        ("【安宁百货】${url}您好，拒收请回复R", "no_template"),  # TOP may replace it
        ("【安宁折扣】上新，退订回T", "no_signature"),
        ("【别人家】上新，退订回T", "no_signature"),
        ("上新，退订回T", "no_signature"),
    ],
)
def test_what_top_did_not_approve_for_promotion_never_leaves(
    sandbox: SandboxProcess, people: People, gateway: TopGateway, key: str, text: str, code: str
) -> None:
    batch = [*people.messages(1), *people.messages(1, text)]
    assert outcomes(gateway, key, batch) == [(Outcome.ACCEPTED, ""), (Outcome.REJECTED, code)]
    assert sent(sandbox, batch) == [PLAIN]


def test_what_the_account_does_not_name_is_not_used(sandbox: SandboxProcess, people: People, key: str) -> None:
    with top(sandbox, templates="SMS_5") as gateway:
        assert outcomes(gateway, key, people.messages(1)) == [(Outcome.REJECTED, "no_template")]
    for missing, code in (("templates", "templates_unusable"), ("signatures", "signature_unusable")):
        with top(sandbox, **{missing: ""}) as gateway, pytest.raises(RemoteRefused) as refused:
            gateway.submit(key, people.messages(1))
        assert (refused.value.code, refused.value.account_wide) == (code, True)


def test_where_top_does_not_say_what_may_be_used_nobody_is_rejected(
    sandbox: SandboxProcess, people: People, gateway: TopGateway, key: str
) -> None:
    connect_top(sandbox).order(fail=[{"code": 22}])
    with pytest.raises(RemoteRefused):
        gateway.submit(key, people.messages(2))


def test_a_name_that_top_refuses_to_tell_of_stops_nobody_who_needs_another(
    sandbox: SandboxProcess, people: People, gateway: TopGateway, key: str
) -> None:
    shop, known = connect_top(sandbox), sandbox.ready["vendors"]["top"]
    unknown = {"code": 15, "msg": "Remote service error", "sub_code": "isv.NOT_FOUND"}
    with top(sandbox, signatures=f"打错，{known['signatures']}") as mistyped:
        shop.order(fail=[unknown])
        assert outcomes(mistyped, key, people.messages(2)) == [(Outcome.ACCEPTED, "")] * 2
    with top(sandbox, signatures="", templates=f"SMS_0，{known['templates']}") as mistyped:
        shop.order(fail=[unknown])
        found = allowed(mistyped._calls, mistyped._account)
    assert found.templates.fill(PLAIN.partition("】")[2]) is not None


@pytest.mark.parametrize("fault", ["timeout_after", "error500_after", "cut_body", "truncated_json"])
def test_a_lost_answer_leaves_everybody_unknown(
    sandbox: SandboxProcess, people: People, gateway: TopGateway, key: str, fault: str
) -> None:
    gateway.submit(f"{key}-warm", people.messages(1))  # signatures and templates are known by now
    batch = people.messages(20)
    sandbox.faults(fault=fault, path="/router/rest", seconds=0.1)
    assert {outcome for outcome, _ in outcomes(gateway, key, batch)} == {Outcome.UNKNOWN}
    assert len(sent(sandbox, batch)) == 20
    assert gateway.lookup(key, sent_of(batch)) == ()


@pytest.mark.parametrize(
    ("ordered", "size", "expected"),
    [
        (("isp.remote-service-timeout", True), 3, (Outcome.UNKNOWN, "server_error")),
        (("isv.BUSINESS_LIMIT_CONTROL", False), 1, (Outcome.WITHHELD, "provider_cap")),
        (("isv.BUSINESS_LIMIT_CONTROL", True), 3, (Outcome.UNKNOWN, "isv.BUSINESS_LIMIT_CONTROL")),
        (("isv.NEW_CODE", False), 1, (Outcome.REJECTED, "isv.NEW_CODE")),
        (("isv.NEW_CODE", True), 3, (Outcome.UNKNOWN, "isv.NEW_CODE")),
        (("isv.OUT_OF_SERVICE", True), 3, (Outcome.UNKNOWN, "isv.OUT_OF_SERVICE")),
        (("isv.DAY_LIMIT_CONTROL", True), 3, (Outcome.UNKNOWN, "isv.DAY_LIMIT_CONTROL")),
        (("isv.SMS_TEMPLATE_ILLEGAL", False), 3, (Outcome.REJECTED, "isv.SMS_TEMPLATE_ILLEGAL")),
    ],
)
def test_what_a_code_says_of_whom(
    sandbox: SandboxProcess,
    people: People,
    gateway: TopGateway,
    key: str,
    ordered: tuple[str, bool],
    size: int,
    expected: tuple[Outcome, str],
) -> None:
    gateway.submit(f"{key}-warm", people.messages(1))
    batch, (code, taken) = people.messages(size), ordered
    order(sandbox, refuse=code, taken=taken)
    assert outcomes(gateway, key, batch) == [expected] * size
    assert len(sent(sandbox, batch)) == (size if taken else 0)


@pytest.mark.parametrize("code", ["isv.SMS_SIGNATURE_ILLEGAL", "isv.OUT_OF_SERVICE", "isv.DAY_LIMIT_CONTROL"])
def test_what_concerns_the_account_stops_it_with_nobody_taken(
    sandbox: SandboxProcess, people: People, gateway: TopGateway, key: str, code: str
) -> None:
    order(sandbox, refuse=code)
    batch = people.messages(1)
    with pytest.raises(RemoteRefused) as refused:
        gateway.submit(key, batch)
    assert refused.value.account_wide
    assert sent(sandbox, batch) == []


def test_a_refusal_without_a_word_is_told_by_its_number() -> None:
    refused = RemoteRefused("refused", "refused", vendor_code=41, vendor_sub_code="")
    trouble, _ = sending._meant(refused, Request(()))
    assert note_of(trouble) == "platform_refused=41"


def test_what_concerns_the_account_leaves_many_unknown_and_stops_it(
    sandbox: SandboxProcess, people: People, gateway: TopGateway, key: str
) -> None:
    """TOP may have handed a first part on, and been refused the second."""
    code = "isv.AMOUNT_NOT_ENOUGH"
    order(sandbox, refuse=code, taken=True)
    batch = people.messages(102)
    found = gateway.submit(key, batch)
    assert {(o.outcome, o.code) for o in found} == {(Outcome.UNKNOWN, code)}
    unknown = {o.message_id for o in found}
    left = [m for m in batch if m.message_id not in unknown]
    assert (len(unknown), len(left)) == (100, 2)
    assert sent(sandbox, left) == []
    with pytest.raises(RemoteRefused) as refused:
        gateway.submit(key, left)
    assert refused.value.account_wide
    assert sent(sandbox, left) == []
    assert {outcome for outcome, _ in outcomes(gateway, key, left)} == {Outcome.ACCEPTED}, "a person went on"


def test_a_ban_is_told_with_its_time_and_nobody_is_taken(
    sandbox: SandboxProcess, people: People, gateway: TopGateway, key: str
) -> None:
    gateway.submit(f"{key}-warm", people.messages(1))
    batch, limited = people.messages(2), "accesscontrol.limited-by-app-api-access-count"
    failure = {"code": 7, "sub_code": limited, "sub_msg": "This ban will last for 2 more seconds"}
    connect_top(sandbox).order(fail=[failure])
    with pytest.raises(RemoteUnavailable) as busy:
        gateway.submit(key, batch)
    assert (busy.value.code, busy.value.retry_after, isinstance(busy.value, OutcomeUnknown)) == (
        "throttled",
        3.0,
        False,
    )
    with pytest.raises(RemoteUnavailable):  # not asked before the ban is over, and not taken either
        gateway.submit(key, batch)
    assert sent(sandbox, batch) == []


def test_an_answer_without_a_receipt_says_nothing(
    sandbox: SandboxProcess, people: People, gateway: TopGateway, key: str
) -> None:
    order(sandbox, no_receipt=1)
    batch = people.messages(2)
    assert outcomes(gateway, key, batch) == [(Outcome.UNKNOWN, "unmentioned")] * 2
    assert len(sent(sandbox, batch)) == 2


def test_a_session_that_is_over_is_renewed_and_the_gate_asked_again_before_the_batch_leaves(
    sandbox: SandboxProcess, people: People, gateway: TopGateway, key: str
) -> None:
    shop = connect_top(sandbox)
    with top(sandbox, kept=shop) as renewing:
        renewing.submit(f"{key}-warm", people.messages(1))
        shop.order(expire=True)
        batch = people.messages(2)
        with pytest.raises(RemoteUnavailable) as renewed:
            renewing.submit(key, batch)
        assert (renewed.value.code, isinstance(renewed.value, OutcomeUnknown)) == ("renewing", False)
        assert (shop.stored, len(sent(sandbox, batch))) == (1, 0)
        assert outcomes(renewing, key, batch) == [(Outcome.ACCEPTED, "")] * 2
        assert (shop.stored, len(sent(sandbox, batch))) == (1, 2)
    with pytest.raises(RemoteRefused) as refused:  # this one has the old session, and nothing that could store another
        gateway.submit(key, people.messages(1))
    assert refused.value.code == "reauthorise"
    sandbox.ready["vendors"]["top"] |= shop.kept


def test_whose_turn_comes_when_the_gates_word_is_too_old_does_not_leave(
    sandbox: SandboxProcess, people: People, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead, enter = [timedelta(0)], Turn.__enter__

    def late(turn: Turn) -> None:
        enter(turn)
        ahead[0] += timedelta(seconds=61)

    with top(sandbox, now=lambda: clock() + ahead[0]) as gateway:
        gateway.submit(f"{key}-warm", people.messages(1))
        batch = people.messages(2)
        monkeypatch.setattr(Turn, "__enter__", late)
        with pytest.raises(RemoteUnavailable) as refused:
            gateway.submit(key, batch)
    assert (refused.value.code, sent(sandbox, batch)) == ("batch_late", [])


def test_a_test_message_is_one_for_the_simulator_too(sandbox: SandboxProcess, gateway: TopGateway) -> None:
    name, entity, before = "ws1-test-1", sandbox.shops[0].entity_uscc, sandbox.ledger()
    outcome = gateway.submit_test(name, staff_message(entity, clock(), name=name))
    assert (outcome.message_id, outcome.outcome) == (name, Outcome.ACCEPTED)
    after = sandbox.ledger()
    assert [(row["phone"], row["text"]) for row in after["tests"]] == [(STRANGER.e164, PLAIN)]
    assert [after[word] for word in ("accepted", "unconfirmed")] == [
        before[word] for word in ("accepted", "unconfirmed")
    ]


def test_nobody_without_a_number_leaves(people: People, gateway: TopGateway, key: str) -> None:
    with pytest.raises(RemoteRefused) as refused:
        gateway.submit(key, [Outgoing(people.numberless(), "m-1", PLAIN)])
    assert refused.value.code == "no_phone"


def test_another_clients_batch_is_taken_once_under_one_task_sign(sandbox: SandboxProcess, people: People) -> None:
    """py-taobao-open, which others wrote, signs with md5 and puts the public parameters into the address."""
    known, at = sandbox.ready["vendors"]["top"], urlsplit(sandbox.url)
    batch = people.messages(2)
    phones = [m.recipient.phone.digits for m in batch if m.recipient.phone]
    asked = {
        "sign_name": "安宁百货", "sms_template_code": "SMS_5", "rec_num": str(phones).replace("'", '"'),
        "sms_content": '[{"name": "甲"}, {"name": "乙"}]', "task_sign": "once",
    }  # fmt: skip
    app = known["app_key"], known["app_secret"]
    method = SEND.removeprefix("taobao.")
    answers = call(at.hostname or "", at.port or 0, app, known["session"], [(method, asked), (method, asked)])
    receipts = {answer["jst_sms_message_direct_batchsend_response"]["module"] for answer in answers}
    assert len(receipts) == 1
    assert sent(sandbox, batch) == ["【安宁百货】甲您好，拒收请回复R", "【安宁百货】乙您好，拒收请回复R"]
    (refused,) = call(at.hostname or "", at.port or 0, (app[0], "another"), known["session"], [(method, asked)])
    assert str(refused["refused"]) == "25"


@given(st.text("ab-0", min_size=1, max_size=60), st.lists(st.text("mn-1", max_size=9), min_size=1, max_size=5))
def test_a_task_sign_is_of_these_messages_alone(key: str, ids: list[str]) -> None:
    found = task_sign(key, ids)
    assert found == task_sign(key, ids)
    assert 0 < len(found) <= SIGN_MAX
    assert found not in (task_sign(key, [*ids, "x"]), task_sign(f"{key}0", ids))


def test_it_is_a_shops_own_sender_by_choice_only() -> None:
    from campaign_app.gateways.providers import BY_CHOICE, PROVIDERS
    from campaign_app.platforms.adapter import OWN

    assert {name for name in OWN if adapter_for(name).capabilities.by_choice} == BY_CHOICE
    assert PROVIDERS.keys() >= BY_CHOICE
