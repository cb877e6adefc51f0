"""The sender of Aliyun against its simulator: what leaves, what became of it, and what never leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from campaign_app.consent import ConfirmedRecipient, Outgoing
from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Outcome
from campaign_app.gateways.aliyun.gateway import AliyunGateway
from campaign_app.jobs.ports import Sent
from tests.helpers.aliyun import TEXT, Carried, asked_for, carried
from tests.helpers.connected import clock
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import trouble

_numbers = count(1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=600) as running:
        yield running


@pytest.fixture
def shop(sandbox: SandboxProcess) -> Carried:
    """Everybody is confirmed just now."""
    sandbox.faults("none", clear=True)
    trouble(sandbox, "aliyun", clear=True)
    return carried(sandbox)


@pytest.fixture
def gateway(shop: Carried) -> Iterator[AliyunGateway]:
    made = shop.gateway()
    yield made
    made.close()


@pytest.fixture
def key() -> str:
    return f"ws1-{next(_numbers)}-0"


def outcomes(gateway: AliyunGateway, key: str, batch: list[Outgoing]) -> dict[str, tuple[Outcome, str]]:
    return {o.message_id: (o.outcome, o.code) for o in gateway.submit(key, batch)}


def named(shop: Carried, size: int, key: str) -> list[Outgoing]:
    texts = [f"【安宁百货】{key}顾客{n}您好，拒收请回复R" for n in range(size)]
    return [Outgoing(m.recipient, m.message_id, texts[n]) for n, m in enumerate(shop.batch(size, prefix=key))]


@pytest.mark.parametrize("size", [1, 2, 100, 101])
def test_everybody_reads_the_very_text_that_was_checked(
    shop: Carried, gateway: AliyunGateway, key: str, size: int
) -> None:
    batch, before = named(shop, size, key), shop.sandbox.ledger()
    found = gateway.submit(key, batch)
    assert [(o.message_id, o.outcome) for o in found] == [(m.message_id, Outcome.ACCEPTED) for m in batch]
    expected = {m.recipient.phone.e164: m.text for m in batch if m.recipient.phone}
    assert {row["phone"]: row["text"] for row in shop.sent(key)} == expected
    assert len({o.provider_id for o in found}) == size
    after = shop.sandbox.ledger()
    assert [after[word] - before[word] for word in ("doubled", "unconfirmed")] == [0, 0]


def test_texts_of_several_templates_leave_in_a_request_each(shop: Carried, gateway: AliyunGateway, key: str) -> None:
    batch = [*named(shop, 4, key)[:2], *shop.batch(4, f"{TEXT}", prefix=key)[2:]]
    before = shop.shown()["requests"]
    assert {o.outcome for o in gateway.submit(key, batch)} == {Outcome.ACCEPTED}
    assert [row["text"] for row in shop.sent(key)] == [m.text for m in batch]
    assert shop.shown()["requests"] - before == 2 + 2  # signatures, templates


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("【安宁百货】没有这个模板，退订回T", "no_template"),
        ("【安宁百货】您的订单已发货，拒收请回复R", "no_template"),  # a notice is no promotion
        ("【安宁百货】会员日双倍积分，拒收请回复R", "no_template"),  # under review
        ("【安宁验证】上新，退订回T", "no_signature"),  # for verification codes only
        ("【安宁折扣】上新，退订回T", "no_signature"),
        ("【别人家】上新，退订回T", "no_signature"),
        ("上新，退订回T", "no_signature"),
    ],
)
def test_what_aliyun_did_not_approve_for_promotion_never_leaves(
    shop: Carried, gateway: AliyunGateway, key: str, text: str, code: str
) -> None:
    batch = [*shop.batch(2, prefix=key)[:1], Outgoing(shop.people[1], f"{key}-x", text)]
    assert outcomes(gateway, key, batch) == {
        batch[0].message_id: (Outcome.ACCEPTED, ""), f"{key}-x": (Outcome.REJECTED, code),
    }  # fmt: skip
    assert len(shop.sent(key)) == 1


def test_a_template_that_was_approved_a_moment_ago_is_found(shop: Carried, key: str) -> None:
    later = [clock()]
    gateway = shop.gateway(lambda: later[0])
    text = f"【安宁百货】{key}专享，拒收请回复R"
    batch = [*shop.batch(2, prefix=key)[:1], Outgoing(shop.people[1], f"{key}-x", text)]
    assert outcomes(gateway, key, batch)[f"{key}-x"] == (Outcome.REJECTED, "no_template")
    trouble(shop.sandbox, "aliyun", template=f"{key}专享，拒收请回复R")
    assert outcomes(gateway, key, batch[1:])[f"{key}-x"][0] is Outcome.REJECTED
    # nothing of that batch could leave: whoever lets it go on is not told what was known before
    assert outcomes(gateway, key, batch[1:])[f"{key}-x"][0] is Outcome.ACCEPTED
    gateway.close()


def test_a_template_that_is_approved_while_others_leave_is_found_within_the_minute(shop: Carried, key: str) -> None:
    later = [clock()]
    gateway = shop.gateway(lambda: later[0])
    text = f"【安宁百货】{key}，拒收请回复R"

    def mixed(people: Sequence[ConfirmedRecipient]) -> list[Outgoing]:
        return [Outgoing(people[0], f"{key}-0", TEXT), Outgoing(people[1], f"{key}-x", text)]

    assert outcomes(gateway, key, mixed(shop.people))[f"{key}-x"] == (Outcome.REJECTED, "no_template")
    trouble(shop.sandbox, "aliyun", template=text.removeprefix("【安宁百货】"))
    assert outcomes(gateway, key, mixed(shop.people))[f"{key}-x"][0] is Outcome.REJECTED
    later[0] += timedelta(seconds=59)
    people = carried(shop.sandbox, at=later[0]).people
    later[0] += timedelta(seconds=2)
    assert outcomes(gateway, key, mixed(people))[f"{key}-x"][0] is Outcome.ACCEPTED
    gateway.close()


@pytest.mark.parametrize("fault", ["timeout_after", "error500_after", "cut_body", "truncated_json"])
def test_a_lost_answer_leaves_the_request_unknown_and_the_look_up_finds_everybody(
    shop: Carried, gateway: AliyunGateway, key: str, fault: str
) -> None:
    batch = shop.batch(30, prefix=key)
    gateway.submit(f"{key}-warm", shop.batch(1, prefix=f"{key}w"))  # signatures and templates are known by now
    shop.sandbox.faults(fault=fault, path="/", seconds=0.1)
    assert {o.outcome for o in gateway.submit(key, batch)} == {Outcome.UNKNOWN}
    found = gateway.lookup(key, asked_for(batch))
    assert {o.message_id for o in found} == {m.message_id for m in batch}
    assert {o.outcome for o in found} <= {Outcome.DELIVERED, Outcome.FAILED}
    assert len(shop.sent(key)) == 30


def test_before_anybody_was_taken_a_throttle_is_told_and_nobody_is_lost(
    shop: Carried, gateway: AliyunGateway, key: str
) -> None:
    batch = shop.batch(150, prefix=key)
    gateway.submit(f"{key}-warm", shop.batch(1, prefix=f"{key}w"))
    trouble(shop.sandbox, "aliyun", error="Throttling.User", http=400, action="SendBatchSms")
    with pytest.raises(RemoteUnavailable) as busy:
        gateway.submit(key, batch)
    assert (busy.value.code, isinstance(busy.value, OutcomeUnknown)) == ("throttled", False)
    assert shop.sent(key) == []


def test_in_the_middle_of_a_batch_those_who_were_not_taken_are_left_out(
    shop: Carried, gateway: AliyunGateway, key: str
) -> None:
    batch = shop.batch(150, prefix=key)
    gateway.submit(f"{key}-warm", shop.batch(1, prefix=f"{key}w"))
    shop.sandbox.faults(fault="error500_after", path="/")
    trouble(shop.sandbox, "aliyun", error="isv.AMOUNT_NOT_ENOUGH", action="SendBatchSms")
    # the first request meets the lack of money, behind a lost answer: whether it was taken nobody knows
    first = gateway.submit(key, batch)
    assert {o.outcome for o in first[:100]} == {Outcome.UNKNOWN}
    assert {o.outcome for o in first[100:]} == {Outcome.ACCEPTED}
    trouble(shop.sandbox, "aliyun", error="isv.AMOUNT_NOT_ENOUGH", action="SendBatchSms")
    with pytest.raises(RemoteRefused) as broke:
        gateway.submit(f"{key}-b", batch)
    assert (broke.value.code, broke.value.account_wide) == ("balance", True)


@pytest.mark.parametrize("code", ["isv.BUSINESS_LIMIT_CONTROL", "isv.MOBILE_NUMBER_ILLEGAL", "isv.UNSUPPORTED_CONTENT"])
@pytest.mark.parametrize("taken", [False, True])
def test_a_number_that_spoils_a_request_leaves_the_others_unknown_until_they_are_looked_up(
    shop: Carried, gateway: AliyunGateway, key: str, code: str, taken: bool
) -> None:
    batch = shop.batch(10, prefix=key)
    trouble(shop.sandbox, "aliyun", number_error=code, taken=taken)
    assert set(outcomes(gateway, key, batch).values()) == {(Outcome.UNKNOWN, code)}
    found = {o.message_id for o in gateway.lookup(key, asked_for(batch))}
    assert found == ({m.message_id for m in batch[1:]} if taken else set())


@pytest.mark.parametrize("name", ["小王🎉", "𠮷田", "陳小姐"])
def test_a_name_that_aliyun_refuses_costs_nobody_else_their_message(
    shop: Carried, gateway: AliyunGateway, key: str, name: str
) -> None:
    odd, *others = named(shop, 4, key)
    odd = Outgoing(odd.recipient, odd.message_id, odd.text.replace("顾客0", name))
    trouble(shop.sandbox, "aliyun", number_error="isv.UNSUPPORTED_CONTENT")
    found = outcomes(gateway, key, [odd, *others])
    assert found.pop(odd.message_id) == (Outcome.REJECTED, "isv.UNSUPPORTED_CONTENT")
    assert {outcome for outcome, _ in found.values()} == {Outcome.ACCEPTED}
    assert sorted(row["text"] for row in shop.sent(key)) == sorted(m.text for m in others)


def test_a_number_that_was_alone_in_its_request_is_refused(shop: Carried, gateway: AliyunGateway, key: str) -> None:
    batch = shop.batch(1, prefix=key)
    trouble(shop.sandbox, "aliyun", number_error="isv.BUSINESS_LIMIT_CONTROL")
    assert list(outcomes(gateway, key, batch).values()) == [(Outcome.WITHHELD, "provider_cap")]
    trouble(shop.sandbox, "aliyun", number_error="isv.MOBILE_NUMBER_ILLEGAL")
    assert list(outcomes(gateway, f"{key}-b", batch).values()) == [(Outcome.REJECTED, "isv.MOBILE_NUMBER_ILLEGAL")]


@pytest.mark.parametrize(
    ("code", "ours", "wide"),
    [
        ("isv.DAY_LIMIT_CONTROL", "sender_quota", True),
        ("isv.MONTH_LIMIT_CONTROL", "sender_month", True),
        ("isv.EXTEND_CODE_ERROR", "port_shared", True),
        ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", "signature_scene", True),
        ("isv.SIGN_STATE_ILLEGAL", "signature_unusable", True),
        ("isp.RAM_PERMISSION_DENY", "permission", True),
    ],
)
def test_what_is_said_of_the_whole_account_stops_it(
    shop: Carried, gateway: AliyunGateway, key: str, code: str, ours: str, wide: bool
) -> None:
    trouble(shop.sandbox, "aliyun", error=code, action="SendBatchSms")
    with pytest.raises(RemoteRefused) as refused:
        gateway.submit(key, shop.batch(3, prefix=key))
    assert (refused.value.code, refused.value.account_wide) == (ours, wide)
    assert shop.sent(key) == []


@pytest.mark.parametrize("code", ["isp.SYSTEM_ERROR", "isp.NEVER_HEARD_OF", "Neither.This"])
def test_of_a_code_that_says_nothing_the_outcome_is_unknown(
    shop: Carried, gateway: AliyunGateway, key: str, code: str
) -> None:
    trouble(shop.sandbox, "aliyun", error=code, action="SendBatchSms")
    found = outcomes(gateway, key, shop.batch(3, prefix=key))
    assert {outcome for outcome, _ in found.values()} == {Outcome.UNKNOWN}
    assert shop.sent(key) == []


def test_a_new_code_of_a_plain_refusal_is_a_refusal(shop: Carried, gateway: AliyunGateway, key: str) -> None:
    trouble(shop.sandbox, "aliyun", error="isv.BRAND_NEW", action="SendBatchSms")
    assert {o.outcome for o in gateway.submit(key, shop.batch(3, prefix=key))} == {Outcome.REJECTED}


def test_what_may_be_used_is_asked_anew_behind_a_template_that_is_refused(
    shop: Carried, gateway: AliyunGateway, key: str
) -> None:
    gateway.submit(f"{key}-warm", shop.batch(1, prefix=f"{key}w"))
    trouble(shop.sandbox, "aliyun", error="isv.SMS_TEMPLATE_ILLEGAL", action="SendBatchSms")
    assert {o.outcome for o in gateway.submit(key, shop.batch(2, prefix=key))} == {Outcome.REJECTED}
    before = shop.shown()["requests"]
    gateway.submit(f"{key}-b", shop.batch(2, prefix=f"{key}b"))
    assert shop.shown()["requests"] - before == 1 + 2  # signatures, templates


def test_what_must_not_leave_is_refused_before_anything_does(shop: Carried, key: str) -> None:
    before = shop.shown()["requests"]
    batch, twin = shop.batch(2, prefix=key), Outgoing(shop.people[0], f"{key}-twin", TEXT)
    for code, made, messages in (
        ("simulated_fact", shop.gateway(simulated=False), batch),
        ("other_account", shop.gateway(id=99), batch),
        ("no_purpose", shop.gateway(purpose=""), batch),
        ("duplicate_phone", shop.gateway(), [*batch, twin]),
        ("batch_size", shop.gateway(), []),
    ):
        with pytest.raises(RemoteRefused) as refused:
            made.submit(key, messages)
        assert refused.value.code == code
        made.close()
    assert shop.shown()["requests"] == before


def test_nothing_leaves_on_a_word_of_the_gate_that_is_older_than_a_minute(shop: Carried, key: str) -> None:
    gateway = shop.gateway(lambda: clock() + timedelta(seconds=61))
    with pytest.raises(RemoteUnavailable) as trouble_:
        gateway.submit(key, shop.batch(2, prefix=key))
    assert trouble_.value.code == "batch_late"
    assert shop.sent(key) == []
    gateway.close()


def test_a_message_is_found_on_every_day_since_its_claim_and_on_every_page(
    shop: Carried, gateway: AliyunGateway, key: str
) -> None:
    (one,) = shop.batch(1, prefix=key)
    trouble(shop.sandbox, "aliyun", template=f"{key}第${{number}}次退订回T")
    gateway = shop.gateway()
    for n in range(55):  # more than a page of messages to one number; ours is the last
        gateway.submit(f"{key}-{n}", [Outgoing(one.recipient, f"{key}-{n}", f"【安宁百货】{key}第{n}次退订回T")])
    gateway.submit(key, [one])
    yesterday = clock() - timedelta(days=1)
    (found,) = gateway.lookup(key, asked_for([one], yesterday))
    assert (found.message_id, found.outcome in (Outcome.DELIVERED, Outcome.FAILED)) == (one.message_id, True)
    assert gateway.lookup("another-key", asked_for([one], yesterday)) == ()
    assert gateway.lookup(key, [Sent(one.message_id, None, clock())]) == ()
    assert gateway.lookup(key, asked_for([one], clock() + timedelta(days=2))) == ()
    gateway.close()


def test_a_message_that_waits_for_its_receipt_counts_as_accepted(key: str) -> None:
    with SandboxProcess(customers=100, delay=3_600) as slow:
        waiting = carried(slow)
        gateway = waiting.gateway()
        batch = waiting.batch(5, prefix=key)
        gateway.submit(key, batch)
        assert {o.outcome for o in gateway.lookup(key, asked_for(batch))} == {Outcome.ACCEPTED}
        gateway.close()


def test_a_look_up_that_is_cut_short_keeps_what_it_found(shop: Carried, gateway: AliyunGateway, key: str) -> None:
    batch = shop.batch(6, prefix=key)[1:]  # the first one may have more than a page of messages by now
    gateway.submit(key, batch)
    trouble(shop.sandbox, "aliyun", error="Throttling", http=400, action="QuerySendDetails", times=3)
    with pytest.raises(RemoteError):
        gateway.lookup(key, asked_for(batch))
    shop.sandbox.faults(fault="error503", path="/", after=2, times=3)
    assert len(gateway.lookup(key, asked_for(batch))) == 2


def test_a_number_that_aliyun_refuses_keeps_nobody_elses_outcome_from_being_found(
    shop: Carried, gateway: AliyunGateway, key: str
) -> None:
    batch = shop.batch(4, prefix=key)[1:]
    gateway.submit(key, batch)
    trouble(shop.sandbox, "aliyun", error="isv.MOBILE_NUMBER_ILLEGAL", action="QuerySendDetails")
    assert [o.message_id for o in gateway.lookup(key, asked_for(batch))] == [m.message_id for m in batch[1:]]
    for whole in ("isv.AMOUNT_NOT_ENOUGH", "isv.PRODUCT_UN_SUBSCRIPT"):
        trouble(shop.sandbox, "aliyun", error=whole, action="QuerySendDetails")
        with pytest.raises(RemoteRefused):
            gateway.lookup(key, asked_for(batch))


def test_it_says_plainly_that_nothing_comes_back_by_itself(gateway: AliyunGateway) -> None:
    offers = gateway.capabilities
    assert (offers.idempotent, offers.lookup, offers.needs_phone, offers.streams) == (False, True, True, frozenset())
    for page in (gateway.reports("c"), gateway.inbound("c"), gateway.complaints("c")):
        assert (page.items, page.next_cursor, page.more) == ((), "c", False)


def test_a_wrong_clock_and_a_wrong_key_are_told_apart(shop: Carried, key: str) -> None:
    off = shop.gateway(lambda: datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(RemoteRefused) as skewed:
        off.submit(key, shop.batch(1, prefix=key))
    shop.secret = "wrong"
    bad = shop.gateway()
    with pytest.raises(RemoteRefused) as forged:
        bad.submit(key, shop.batch(1, prefix=key))
    assert [(r.value.code, r.value.account_wide) for r in (skewed, forged)] == [
        ("clock_skew", True), ("bad_signature", True),
    ]  # fmt: skip
    off.close()
    bad.close()
