"""A shop whose platform has no consents, together with the endpoint that has: who wins, who is asked, who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.consent import REDACTED, ConsentFact, ConsentStatus, CustomerRef
from campaign_app.domain.customer import Account, PlatformCustomer
from campaign_app.domain.errors import NotAllowed, RemoteRefused, RemoteUnavailable
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConsentAnswers
from campaign_app.domain.signature import FiledTemplate
from campaign_app.platforms import client_of, has_consents
from campaign_app.platforms.endorsed import EndorsedPlatform, UnendorsedPlatform
from campaign_app.platforms.native import NativeNote, unknown
from tests.fakes.remotes import FakeClock, FakePlatform
from tests.helpers.endorsed import NOW, REFS, VETOES, Native, pair
from tests.helpers.registry import ACCOUNT, CLIENT_SEED


def statuses(client: EndorsedPlatform) -> dict[str, ConsentStatus]:
    return {ref.ref: fact.status for ref, fact in client.consents(REFS).facts.items()}


def test_the_endpoint_confirms_and_proves() -> None:
    client, _, _ = pair(truth={"c1": {"status": ConsentStatus.DEFAULT}})
    answers = client.consents(REFS)
    assert answers.facts[REFS[0]].status is ConsentStatus.CONFIRMED
    assert answers.facts[REFS[1]].status is ConsentStatus.DEFAULT
    assert {fact.evidence.receipt_id for fact in answers.facts.values() if fact.evidence} == {
        receipt.receipt_id for receipt in answers.receipts
    }


@pytest.mark.parametrize(
    ("status", "note"),
    [
        (ConsentStatus.WITHDRAWN, NativeNote.BLACKLISTED),
        (ConsentStatus.UNKNOWN, NativeNote.NOT_A_MEMBER),
        (ConsentStatus.UNKNOWN, "missing"),
    ],
)
def test_a_veto_beats_a_confirmation(status: ConsentStatus, note: str) -> None:
    client, _, _ = pair(vetoes={"c2": {"status": status, "note": note}})
    fact = client.consents(REFS).facts[REFS[2]]
    assert (fact.status, fact.note) == (status, note)


@pytest.mark.parametrize("said", [ConsentStatus.CONFIRMED, ConsentStatus.WITHDRAWN, ConsentStatus.NO_RECORD])
def test_whom_the_platform_erased_is_said_to_be_whatever_the_endpoint_says(said: ConsentStatus) -> None:
    gone = {"note": REDACTED}
    client, native, _ = pair(truth={"c2": {"status": said}}, vetoes={"c2": gone})
    native.offers = replace(VETOES, consent_changes=True)
    assert client.consents(REFS).facts[REFS[2]].redacted
    alone = UnendorsedPlatform(native, FakeClock(NOW)).consents(REFS).facts
    assert [ref.ref for ref, fact in alone.items() if fact.redacted] == ["c2"]


def test_only_the_confirmed_ones_are_asked_about() -> None:
    client, native, _ = pair(truth={ref.ref: {"status": ConsentStatus.PENDING} for ref in REFS[1:]})
    client.consents(REFS)
    assert native.asked == ["c0"]


def test_where_nobody_is_confirmed_a_platform_that_answers_one_by_one_is_not_asked() -> None:
    client, native, _ = pair(truth={ref.ref: {"status": ConsentStatus.NO_RECORD} for ref in REFS})
    client.consents(REFS)
    assert native.asked == []


@pytest.mark.parametrize("said", [s for s in ConsentStatus if s is not ConsentStatus.CONFIRMED])
def test_who_left_a_platform_that_lists_them_has_left_whatever_the_endpoint_says(said: ConsentStatus) -> None:
    """Else the entity's other shops would go on writing to them."""
    client, native, _ = pair(
        {ref.ref: {"status": said} for ref in REFS},
        {"c1": {"status": ConsentStatus.WITHDRAWN, "note": "left"}, "c2": {"status": ConsentStatus.NO_RECORD}},
    )
    native.offers = replace(VETOES, consent_changes=True)
    found = statuses(client)
    assert native.asked == [ref.ref for ref in REFS]
    assert found.pop("c1") is ConsentStatus.WITHDRAWN
    assert set(found.values()) == {said}
    native.trouble.append(RemoteUnavailable("timeout", "no answer"))
    with pytest.raises(RemoteUnavailable):
        client.consents(REFS)


@pytest.mark.parametrize("side", [0, 1])
def test_nobody_is_confirmed_where_one_of_the_two_cannot_be_asked(side: int) -> None:
    client, *sides = pair()
    sides[side].trouble.append(RemoteUnavailable("timeout", "no answer"))
    with pytest.raises(RemoteUnavailable):
        client.consents(REFS)


def test_a_platform_that_leaves_somebody_out_says_nothing_for_them() -> None:
    client, native, _ = pair()
    native.consents = lambda refs: ConsentAnswers(unknown(refs[1:], NativeNote.NO_CONSENT_API, NOW), ())
    assert (statuses(client)["c0"], statuses(client)["c1"]) == (ConsentStatus.UNKNOWN, ConsentStatus.CONFIRMED)


@pytest.mark.parametrize("simulated", [(True, False), (False, True)])
def test_simulated_and_real_are_not_mixed(simulated: tuple[bool, bool]) -> None:
    client, _, _ = pair(simulated=simulated)
    assert {(f.status, f.note) for f in client.consents(REFS).facts.values()} == {(ConsentStatus.UNKNOWN, "simulation")}


WORDS = st.sampled_from(list(ConsentStatus))


@given(st.lists(WORDS, min_size=6, max_size=6), st.lists(WORDS, min_size=6, max_size=6))
def test_the_platform_never_lets_in_whom_the_endpoint_keeps_out(
    said: list[ConsentStatus], vetoed: list[ConsentStatus]
) -> None:
    client, _, _ = pair(
        {ref.ref: {"status": status} for ref, status in zip(REFS, said, strict=True)},
        {ref.ref: {"status": status, "note": "x"} for ref, status in zip(REFS, vetoed, strict=True)},
    )
    confirmed = {ref for ref, status in statuses(client).items() if status is ConsentStatus.CONFIRMED}
    for ref, theirs, ours in zip(REFS, said, vetoed, strict=True):
        both = theirs is ConsentStatus.CONFIRMED and ours is ConsentStatus.CONFIRMED
        assert (ref.ref in confirmed) is both


def test_people_and_signatures_are_the_platforms_and_changes_the_endpoints_where_it_has_none() -> None:
    client, native, endpoint = pair()
    native.people, endpoint.people = [], []
    endpoint.changes = ["c1"]
    assert client.consent_changes("").items == ("c1",)
    assert client.customers("", None).items == ()
    assert client.signatures() == native.own_signatures
    offers = client.capabilities()
    assert (offers.customers, offers.vetoes, offers.consent_lookup, offers.consent_changes) == (True,) * 4


def test_who_the_customers_are_is_the_endpoints_where_the_platform_lists_none() -> None:
    """Else a shop at Pinduoduo or Meituan would have nobody to confirm."""
    client, native, endpoint = pair()
    endpoint.people = [PlatformCustomer("c1", "王", None, NOW)]
    native.offers = Capabilities(vetoes=True)
    assert (client.capabilities().customers, client.capabilities().phones) == (True, endpoint.offers.phones)
    assert [one.ref for one in client.customers("", None).items] == ["c1"]
    assert client.customers("", NOW.replace(month=12)).items == ()
    for native.offers in (VETOES, Capabilities(messages=True)):
        native.people = []
        assert client.customers("", None).items == ()
        assert client.capabilities().customers is native.offers.customers


def test_simulated_people_are_never_listed_for_a_real_shop() -> None:
    client, native, endpoint = pair(simulated=(False, True))
    native.offers, native.people = Capabilities(), []
    endpoint.people = [PlatformCustomer("c1", "王", None, NOW)]
    assert not client.capabilities().customers
    assert client.customers("", None).items == ()


Spoil = Callable[[Native, FakePlatform], None]


def _native_refuses(native: Native, _: FakePlatform) -> None:
    native.report = replace(native.check_connection(), ok=False, problem="clock_skew")


def _endpoint_refuses(_: Native, endpoint: FakePlatform) -> None:
    endpoint.report = replace(endpoint.check_connection(), ok=False, problem="keys_changed")


def _real_endpoint(_: Native, endpoint: FakePlatform) -> None:
    endpoint.report = replace(endpoint.check_connection(), simulated=False)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [(_native_refuses, "clock_skew"), (_endpoint_refuses, "keys_changed"), (_real_endpoint, "simulation")],
)
def test_the_check_names_the_side_that_speaks_against_it(spoil: Spoil, problem: str) -> None:
    client, native, endpoint = pair()
    assert client.check_connection().ok
    spoil(native, endpoint)
    report = client.check_connection()
    assert (report.ok, report.problem) == (False, problem)


@dataclass
class Kept:
    """Secrets of accounts in memory."""

    known: dict[int, str]

    def get(self, account_id: int) -> str:
        if account_id not in self.known:
            raise NotAllowed("account_disconnected", "gone", account=account_id)
        return self.known[account_id]

    def replace(self, account_id: int, seen: str, secret: str) -> bool:
        if self.get(account_id) != seen:
            return False
        self.known[account_id] = secret
        return True

    @contextmanager
    def claim(self, account_id: int, seen: str, clock: Clock) -> Iterator[bool]:
        yield self.get(account_id) == seen


SHOP = replace(ACCOUNT, id=9, key_id="shop-2", consent_account_id=7)


def made(account: Account, endpoint: Account = ACCOUNT, known: dict[int, str] | None = None) -> Any:
    secrets = Kept({7: CLIENT_SEED, 9: CLIENT_SEED} if known is None else known)
    return client_of(account, CLIENT_SEED, lambda: NOW, secrets=secrets, account_of={7: endpoint}.__getitem__)


def test_an_account_with_an_endpoint_is_answered_for_by_both() -> None:
    client = made(SHOP)
    assert isinstance(client, EndorsedPlatform)
    client.close()
    made(replace(SHOP, consent_account_id=None)).close()


def test_without_an_endpoint_nobody_is_asked_about_and_nobody_confirmed() -> None:
    native = Native(7, FakeClock(NOW), vetoes={"c1": {"status": ConsentStatus.WITHDRAWN}})
    client = UnendorsedPlatform(native, native.clock)
    found = client.consents(REFS).facts
    assert {(fact.status, fact.note) for fact in found.values()} == {(ConsentStatus.UNKNOWN, "no_consent_api")}
    assert (native.asked, len(found)) == ([], len(REFS))
    assert client.check_connection() == native.check_connection()
    client.write_opt_out(REFS[0], "退订", NOW)
    assert native.opt_outs == ["c0"]
    assert client.consent_changes("").items == ()
    client.close()


def test_without_an_endpoint_who_left_the_platform_is_known_where_it_lists_them() -> None:
    vetoes = {"c1": {"status": ConsentStatus.WITHDRAWN}, "c2": {"status": ConsentStatus.CONFIRMED}}
    native = Native(7, FakeClock(NOW), vetoes=vetoes | {"c3": {"note": "broken_row"}})
    native.offers = replace(VETOES, consent_changes=True)
    client = UnendorsedPlatform(native, native.clock)
    found = client.consents(REFS).facts
    assert {ref.ref for ref, fact in found.items() if fact.status is ConsentStatus.WITHDRAWN} == {"c1"}
    assert {(f.status, f.note) for ref, f in found.items() if ref.ref != "c1"} == {
        (ConsentStatus.UNKNOWN, "no_consent_api")
    }
    assert client.consents([]).facts == {}
    native.trouble.append(RemoteUnavailable("timeout", "no answer"))
    with pytest.raises(RemoteUnavailable):
        client.consents(REFS)


@pytest.mark.parametrize("endorsed", [True, False])
def test_a_template_is_the_platforms_where_it_has_one(endorsed: bool) -> None:
    class Filing(Native):
        def template(self, code: str) -> FiledTemplate:
            return FiledTemplate(code, "promotion", "approved")

    clock = FakeClock(NOW)
    for native, offered in ((Native(7, clock), False), (Filing(7, clock), True)):
        plain = UnendorsedPlatform(native, clock)
        client = EndorsedPlatform(native, FakePlatform(7, clock), clock, (True, True)) if endorsed else plain
        if offered:
            assert client.template("SMS_1").usable
            continue
        with pytest.raises(RemoteRefused) as refused:
            client.template("SMS_1")
        assert refused.value.code == "not_offered"


def test_a_platform_without_consents_and_without_an_endpoint_is_unendorsed() -> None:
    options = {"app_key": "1"}
    account = replace(SHOP, platform="top", consent_account_id=None, options=options)
    secrets = Kept({9: '{"app_secret": "a", "session": "b"}'})
    client = client_of(account, secrets.get(9), lambda: NOW, secrets=secrets, account_of=lambda _: account)
    assert type(client) is UnendorsedPlatform
    client.close()


@pytest.mark.parametrize(
    ("endpoint", "known", "code"),
    [
        (replace(ACCOUNT, platform="taobao"), None, "consent_source"),
        (replace(ACCOUNT, entity_uscc="91330100MA0MN00036"), None, "consent_source"),
        (ACCOUNT, {9: CLIENT_SEED}, "account_disconnected"),
    ],
)
def test_an_endpoint_that_cannot_answer_is_refused(endpoint: Account, known: dict[int, str] | None, code: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        made(SHOP, endpoint, known)
    assert refused.value.code == code


def test_a_fact_of_the_endpoint_is_the_shops_own() -> None:
    client, _, _ = pair()
    facts: dict[CustomerRef, ConsentFact] = dict(client.consents(REFS).facts)
    assert {ref.account_id for ref in facts} == {7}


@pytest.mark.parametrize(
    ("platform", "endpoint", "confirms"),
    [("consent_api", None, True), ("top", None, False), ("top", 7, True), ("gone", None, False)],
)
def test_who_confirms_an_accounts_customers(platform: str, endpoint: int | None, confirms: bool) -> None:
    assert has_consents(replace(SHOP, platform=platform, consent_account_id=endpoint)) is confirms
