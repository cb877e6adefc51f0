"""The TOP client on its simulator: people by pages and by changes, vetoes, signatures, sessions, bans."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.platforms import adapter_for, client_for
from campaign_app.platforms.native import NativeNote
from campaign_app.platforms.top.client import TopPlatform
from campaign_app.platforms.top.paging import Place
from tests.helpers.connected import clock
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.top import ID, TopShop, connect_top, everybody, facts, truth

PEOPLE, SEED = 750, 6
MINE = 600  # of the first shop


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=PEOPLE, seed=SEED) as running:
        yield running


@pytest.fixture(scope="module")
def shop(sandbox: SandboxProcess) -> TopShop:
    return connect_top(sandbox)


@pytest.fixture
def client(shop: TopShop) -> Iterator[TopPlatform]:
    yield shop.client()
    shop.close()
    shop.order(lift=True)
    shop.ahead = timedelta(0)


@pytest.fixture(scope="module")
def refs(shop: TopShop) -> list[str]:
    found, _ = everybody(shop.client())
    shop.close()
    return [customer.ref for customer in found]


# --- people ---


def test_everybody_comes_once(shop: TopShop, refs: list[str]) -> None:
    contract = [row["ref"] for row in shop.sandbox.client("S1").pages("/v1/customers", "customers")]
    assert sorted(refs) == sorted(contract)
    assert len(set(refs)) == len(refs) == MINE


def test_the_next_sync_brings_what_changed_since(shop: TopShop, client: TopPlatform, refs: list[str]) -> None:
    _, cursor = everybody(client)
    shop.member(refs[3], grade=4)
    shop.ahead += timedelta(seconds=2)
    changed, later = everybody(client, cursor)
    assert refs[3] in {customer.ref for customer in changed}
    assert len(changed) < MINE / 4
    assert later != cursor


def test_changes_since_a_moment_come_without_a_cursor(shop: TopShop, client: TopPlatform, refs: list[str]) -> None:
    since = clock() - timedelta(seconds=5)
    shop.member(refs[7], grade=3)
    page = client.customers("", since)
    assert refs[7] in {customer.ref for customer in page.items}


def test_a_sync_goes_on_from_any_page_in_another_process(shop: TopShop, client: TopPlatform, refs: list[str]) -> None:
    found, cursor, more = [], "", True
    while more:
        page = shop.client().customers(cursor, None)
        found += [customer.ref for customer in page.items]
        cursor, more = page.next_cursor, page.more
    assert sorted(found) == sorted(refs)
    assert isinstance(client, TopPlatform)


def test_a_shop_with_more_members_than_a_query_reaches_is_read_by_windows(shop: TopShop, refs: list[str]) -> None:
    """The limit is 100,000 members at TOP; here it is 200."""
    small = shop.client(pages=2)
    found, cursor = everybody(small)
    assert {customer.ref for customer in found} == set(refs)
    assert Place.at(cursor, None, clock()).stage == "i"
    shop.close()


def test_many_who_never_traded_are_read_by_grades() -> None:
    """Past 100 a query; TOP's own limit is 100,000."""
    with SandboxProcess(customers=4_000) as large:
        shop = connect_top(large)
        small = shop.client(pages=1)
        found, cursor, more, unreachable = set[str](), "", True, 0
        graded = False
        while more:
            page = small.customers(cursor, None)
            found |= {customer.ref for customer in page.items}
            cursor, more, unreachable = page.next_cursor, page.more, unreachable + page.unreachable
            graded |= cursor.count("|") == 6
        assert (len(found) + unreachable, graded) == (3_200, True)
        assert 0 < unreachable < 100, "of one grade there are more than a query brings, and they are counted"
        shop.close()


@pytest.mark.parametrize(
    "cursor",
    ["x", "s|1|1||", "s|x|1|||", "q|1|1||", "s|1|x||", "n|1|1|||x|1", "n|1|1|||1", f"s|{10**30}|1||", "s||1||"],
)
def test_a_cursor_that_nobody_handed_out_is_refused(client: TopPlatform, cursor: str) -> None:
    if cursor == "s|1|1||":
        assert client.customers(cursor, None).items
        return
    with pytest.raises(RemoteRefused) as refused:
        client.customers(cursor, None)
    assert refused.value.code == "bad_cursor"


# --- vetoes ---


def test_nobody_is_confirmed_and_vetoes_are_the_simulators(shop: TopShop, client: TopPlatform, refs: list[str]) -> None:
    vetoed = truth(shop, SEED, PEOPLE)
    some = refs[20:220]
    found = facts(client, some)
    assert {ref for ref, fact in found.items() if fact.note != NativeNote.NO_CONSENT_API} == {
        ref for ref in some if vetoed(ref)
    }
    assert not any(fact.status is ConsentStatus.CONFIRMED for fact in found.values())
    assert Counter(fact.note for fact in found.values()).keys() == {"no_consent_api", "not_a_member", "blacklisted"}


def test_the_blacklist_is_a_refusal_with_the_platforms_own_words(
    shop: TopShop, client: TopPlatform, refs: list[str]
) -> None:
    shop.member(refs[0], status="blacklist")
    fact = facts(client, refs[:1])[refs[0]]
    assert (fact.status, fact.note) == (ConsentStatus.WITHDRAWN, "blacklisted")
    assert fact.evidence is not None
    assert (fact.evidence.issuer_uscc, fact.evidence.simulated, fact.checked_at) == (
        "taobao.com", True, fact.observed_at,
    )  # fmt: skip
    assert json.loads(fact.evidence.leaf)["status"] == "blacklist"
    assert fact.evidence.api_method == "taobao.crm.members.get.privy"


@pytest.mark.parametrize(
    ("member", "note"),
    [
        ({"grade": 0}, "not_a_member"), ({"bound": 0}, "not_a_member"), ({"bound": 9}, "unknown_word"),
        ({"status": "frozen"}, "unknown_word"), ({"bound": 1}, "no_consent_api"),
    ],
)  # fmt: skip
def test_each_state_has_its_reason(
    shop: TopShop, client: TopPlatform, refs: list[str], member: dict[str, Any], note: str
) -> None:
    shop.member(refs[1], **member)
    fact = facts(client, [refs[1]])[refs[1]]
    assert (fact.status, fact.note) == (ConsentStatus.UNKNOWN, note)
    assert fact.evidence is not None
    assert fact.evidence.leaf != "{}"
    assert (fact.checked_at is not None) is (note == "not_a_member"), "what says nothing plainly is asked again"


def test_ids_of_nobody_or_of_others_are_answered_too(client: TopPlatform) -> None:
    asked = [CustomerRef(ID, "ou1ffffffff"), CustomerRef(ID, "a\nb"), CustomerRef(ID + 1, "ou100000000")]
    found = client.consents(asked).facts
    assert [found[ref].note for ref in asked] == ["not_a_member", "bad_ref", "other_account"]
    assert [found[ref].evidence is not None for ref in asked] == [True, False, False], "two were never asked about"


def test_somebody_who_cannot_be_looked_up_spoils_no_other(shop: TopShop, client: TopPlatform, refs: list[str]) -> None:
    shop.order(fail=[{"code": 15, "sub_code": "isv.invalid-ouid"}])
    found = facts(client, refs[30:33])
    assert found[refs[30]].note == "refused"
    kept = found[refs[30]].evidence
    assert kept is not None
    assert json.loads(kept.leaf) == {"vendor_code": 15, "vendor_sub_code": "isv.invalid-ouid"}
    assert re.fullmatch("sha256:[0-9a-f]{64}", kept.receipt_id)
    assert all(found[ref].note != "refused" for ref in refs[31:33])


@pytest.mark.parametrize("code", [11, 12, 13, 25])
def test_what_the_whole_account_is_refused_confirms_nobody(
    shop: TopShop, client: TopPlatform, refs: list[str], code: int
) -> None:
    shop.order(fail=[{"code": code}])
    with pytest.raises(RemoteRefused) as refused:
        client.consents([CustomerRef(ID, refs[0])])
    assert refused.value.account_wide


@pytest.mark.parametrize("failure", [{"code": 10}, {"code": 15, "sub_code": "isp.timeout"}])
def test_what_passes_is_tried_again(
    shop: TopShop, client: TopPlatform, refs: list[str], failure: dict[str, Any]
) -> None:
    shop.order(fail=[failure])
    assert facts(client, refs[:1])
    shop.order(fail=[failure] * 3)
    with pytest.raises(RemoteUnavailable):
        client.consents([CustomerRef(ID, refs[0])])


def test_it_offers_what_it_says_and_nothing_else(client: TopPlatform, refs: list[str]) -> None:
    offers = client.capabilities()
    assert offers == adapter_for("top").capabilities
    assert (offers.consent_lookup, offers.consent_changes, offers.opt_out_write) == (False,) * 3
    assert (offers.messages, offers.by_choice, offers.no_replies, offers.no_reports) == (True,) * 4
    acts: tuple[Callable[[], object], ...] = (
        lambda: client.consent_changes(""),
        lambda: client.write_opt_out(CustomerRef(ID, refs[0]), "退订", clock()),
    )
    for act in acts:
        with pytest.raises(RemoteRefused) as refused:
            act()
        assert refused.value.code == "not_offered"


def test_signatures_are_those_that_were_named(shop: TopShop) -> None:
    found = shop.client(signatures="安宁百货, 安宁折扣；安宁金融、没有这个\n安宁百货").signatures()
    assert [(s.text, s.status) for s in found] == [
        ("安宁百货", "approved"), ("安宁折扣", "pending"), ("安宁金融", "rejected"), ("没有这个", "unknown"),
    ]  # fmt: skip
    assert {s.carrier_filed for s in found} == {None}
    shop.order(fail=[{"code": 15, "sub_code": "isv.x"}])
    assert [s.status for s in shop.client(signatures="安宁百货").signatures()] == ["unknown"]
    shop.order(fail=[{"code": 11}])
    with pytest.raises(RemoteRefused):
        shop.client(signatures="安宁百货").signatures()
    shop.close()


def test_only_a_promotion_that_passed_is_a_template_for_marketing(shop: TopShop) -> None:
    listed = shop.client(templates="SMS_1，SMS_2, SMS_3 ; SMS_4、SMS_5\nSMS_7").templates()
    found = {each.code: each for each in listed}
    assert found["SMS_4"] == shop.client().template("SMS_4")
    shop.close()
    assert [code for code, each in found.items() if each.usable] == ["SMS_1", "SMS_5"]
    assert (found["SMS_2"].kind, found["SMS_4"].status, found["SMS_7"].status) == ("notice", "rejected", "unknown")
    assert (found["SMS_5"].text, found["SMS_5"].variables) == ("${name}您好，拒收请回复R", ("name",))
    assert (found["SMS_1"].reason, found["SMS_4"].reason) == ("", "内容含违规用语")


def test_a_template_that_top_refuses_alone_hides_no_other(shop: TopShop) -> None:
    shop.order(fail=[{"code": 15, "sub_code": "isv.x"}])
    listed = shop.client(templates="SMS_0, SMS_1").templates()
    assert [(each.code, each.status, each.usable) for each in listed] == [
        ("SMS_0", "unknown", False),
        ("SMS_1", "approved", True),
    ]
    shop.order(fail=[{"code": 11}])
    with pytest.raises(RemoteRefused):
        shop.client(templates="SMS_0, SMS_1").templates()
    shop.close()


# --- connecting ---


@pytest.mark.parametrize(
    ("options", "secrets", "code"),
    [
        ({"app_key": ""}, {}, "bad_credentials"), ({}, {"app_secret": ""}, "bad_credentials"),
        ({}, {"session": ""}, "bad_credentials"), ({"calls_per_second": "x"}, {}, "bad_rate"),
        ({"calls_per_second": "0"}, {}, "bad_rate"), ({"calls_per_second": "nan"}, {}, "bad_rate"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_before_anything_is_asked(
    shop: TopShop, options: dict[str, str], secrets: dict[str, str], code: str
) -> None:
    account = replace(shop.account, options={**shop.account.options, **options})
    with pytest.raises(SettingsError) as refused:
        client_for(account, json.dumps({**shop.kept, **secrets}), clock)
    assert refused.value.code == code


def test_the_fields_are_what_the_client_needs(shop: TopShop) -> None:
    fields = {field.name: field for field in adapter_for("top").fields}
    assert {name for name, field in fields.items() if field.secret} == {"app_secret", "session", "refresh_token"}
    assert set(shop.account.options) | set(shop.kept) | {"base_url", "key_id", "authorised_until"} == set(fields)
