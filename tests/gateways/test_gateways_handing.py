"""The requests of one batch side by side, and an account's rate: nobody's outcome gets lost, nobody goes too fast."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Event

import pytest

from campaign_app.compliance.filed import Filled
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.gateways import Means, gateway_for
from campaign_app.gateways.handing import AT_ONCE, Tried, carry_out, met
from campaign_app.gateways.planning import Request, plan
from campaign_app.gateways.rates import batch_of, rate_of, request_of, spacing
from campaign_app.gateways.wordings import Wording
from campaign_app.jobs.ports import Rate
from campaign_app.platforms import adapter_for, write_credentials
from campaign_app.transport.rates import lowered
from tests.helpers.smpp_desk import NOW, account, messages

BUSY = RemoteUnavailable("throttled", "429")
BROKE = RemoteRefused("balance", "no money", account_wide=True)
REFUSED = RemoteRefused("provider_refused", "no", said="isv.NO")


def requests(count: int) -> tuple[Request, ...]:
    """Each for one message."""
    batch = messages(count)
    wordings = {message.text: Wording("店", Filled("T", ())) for message in batch}
    return plan(batch, wordings, lambda wording: wording, 1).requests


def taken(request: Request) -> Tried:
    return Tried(tuple(SubmitOutcome(message_id, Outcome.ACCEPTED) for message_id in request.message_ids))


def number(request: Request) -> int:
    return int(request.message_ids[0].removeprefix("m"))


def test_behind_the_first_they_are_under_way_together() -> None:
    together, alone = Barrier(AT_ONCE, timeout=10), list[int]()

    def attempt(request: Request) -> Tried:
        if number(request):
            assert alone == [0]
            together.wait()
        else:
            alone.append(0)
        return taken(request)

    assert len(carry_out(requests(1 + AT_ONCE), lambda: NOW, bool, attempt)) == 1 + AT_ONCE


def test_after_an_accounts_trouble_nothing_is_begun_and_what_was_under_way_counts() -> None:
    under_way, tried = Event(), list[int]()

    def attempt(request: Request) -> Tried:
        tried.append(number(request))
        if number(request) == 1:
            assert under_way.wait(10)
            return Tried(trouble=BROKE)
        if number(request) == 2:
            under_way.set()
        return taken(request)

    found = carry_out(requests(200), lambda: NOW, bool, attempt)
    assert "m2" in found
    assert "m1" not in found
    assert set(found) == {f"m{n}" for n in tried if n != 1}


def test_what_the_first_is_refused_is_asked_once() -> None:
    tried = list[int]()

    def attempt(request: Request) -> Tried:
        tried.append(number(request))
        return met(BROKE, request)

    with pytest.raises(RemoteRefused) as raised:
        carry_out(requests(50), lambda: NOW, bool, attempt)
    assert (raised.value, tried) == (BROKE, [0])


def test_of_several_troubles_the_one_that_needs_a_person_is_told() -> None:
    together = Barrier(2, timeout=10)

    def attempt(request: Request) -> Tried:
        if number(request) == 0:
            return met(REFUSED, request)
        together.wait()
        return met(BUSY if number(request) == 1 else BROKE, request)

    with pytest.raises(RemoteRefused) as raised:
        carry_out(requests(3), lambda: NOW, bool, attempt)
    assert raised.value is BROKE


def test_a_fault_of_the_program_ends_the_batch_and_comes_out() -> None:
    tried = list[int]()

    def attempt(request: Request) -> Tried:
        tried.append(number(request))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        carry_out(requests(50), lambda: NOW, bool, attempt)
    assert tried == [0]


def test_a_lost_answer_is_unknown_for_everybody_in_it_and_the_others_go_on() -> None:
    def attempt(request: Request) -> Tried:
        return met(OutcomeUnknown("timeout", "no answer"), request) if number(request) == 3 else taken(request)

    found = carry_out(requests(6), lambda: NOW, bool, attempt)
    assert [found[f"m{n}"].outcome for n in range(6)].count(Outcome.UNKNOWN) == 1
    assert found["m3"].code == "timeout"


def test_only_who_was_alone_in_a_request_is_named_by_its_refusal_as_opted_out() -> None:
    alone, *_ = requests(1)
    assert [outcome.opted_out for outcome in met(REFUSED, alone, opted_out=True).outcomes] == [True]
    assert [outcome.opted_out for outcome in met(REFUSED, alone).outcomes] == [False]
    both = Request(tuple(entry for request in requests(2) for entry in request.entries))
    assert [outcome.opted_out for outcome in met(REFUSED, both, opted_out=True).outcomes] == [False, False]


def test_a_refusal_that_is_not_the_providers_own_ends_nobodys_message_and_waits_for_a_person() -> None:
    """Such as the 404 of whatever stands before it: tried again by itself it might leave more than once."""
    page = RemoteRefused("not_found", "POST /: the server does not know this", status=404)
    with pytest.raises(RemoteRefused) as raised:
        carry_out(requests(3), lambda: NOW, bool, lambda request: met(page, request))
    assert (raised.value.code, raised.value.account_wide) == ("not_found", True)


def test_a_no_that_the_sender_tells_of_counts_though_the_account_is_refused_behind_it() -> None:
    def attempt(request: Request) -> Tried:
        return met(BROKE, request) if number(request) else met(REFUSED, request, opted_out=True)

    found = carry_out(requests(3), lambda: NOW, bool, attempt)
    assert {name: outcome.opted_out for name, outcome in found.items()} == {"m0": True}


def test_every_request_waits_for_as_many_as_it_holds() -> None:
    spaced = list[int]()
    carry_out(requests(3), lambda: NOW, spaced.append, taken)
    assert spaced == [1, 1, 1]


@pytest.mark.parametrize(
    ("limit", "typed", "rate"),
    [(3_000, "", 3_000), (3_000, "20", 20), (3_000, "9000", 3_000), (0, "20", 20), (0, "", 0)],
)
def test_a_setting_lowers_the_providers_limit_and_never_raises_it(limit: int, typed: str, rate: int) -> None:
    assert lowered(replace(account("http://127.0.0.1"), options={"rate": typed} if typed else {}), limit) == rate


@pytest.mark.parametrize("typed", ["0", "-1", "fast", "１０", "10001", "1.5", "100000"])
def test_a_rate_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(SettingsError) as refused:
        lowered(replace(account("http://127.0.0.1"), options={"rate": typed}), 0)
    assert refused.value.facts["field"] == "rate"


def test_a_slow_account_has_small_batches_and_smaller_requests() -> None:
    slow = rate_of(1, 20)
    assert (batch_of(slow), request_of(slow, 200)) == (40, 1)
    assert (batch_of(Rate(1, 1)), request_of(Rate(1, 1), 200)) == (2, 1)
    assert (batch_of(rate_of(1, 10_000), 200), request_of(rate_of(1, 10_000), 200)) == (200, 200)
    assert rate_of(1, 0) is None
    assert (batch_of(None), request_of(None, 200)) == (500, 200)
    spacing(None)(500)


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
@pytest.mark.parametrize(("limit", "typed", "rate"), [(0, "", None), (0, "20", 20), (40, "", 40), (40, "20", 20)])
def test_a_gateway_keeps_to_its_accounts_rate_and_to_a_limit_that_is_known(
    name: str, limit: int, typed: str, rate: int | None
) -> None:
    offer = adapter_for(name)
    secret = write_credentials({field.name: "k" * 20 for field in offer.fields if field.secret})
    options = {"secret_id": "k" * 20, "rate": typed}
    base = replace(account("https://sms.example.cn"), platform=name, options=options)
    made = gateway_for(base, secret, "retail", lambda: NOW, Means(limit_of={name: limit}.__getitem__), sender_id=9)
    known = made.capabilities
    assert known.rate == (None if rate is None else Rate(9, rate))
    assert rate is None or known.batch_max == 2 * rate
    made.close()
