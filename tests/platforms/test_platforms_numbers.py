"""Numbers of people whom a platform lists without them, and whether such a platform sends: only where it was chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from campaign_app.domain.customer import PlatformCustomer, Told
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.phone import Phone
from campaign_app.domain.platform import Capabilities
from campaign_app.platforms.abilities import abilities_of
from campaign_app.platforms.endorsed import EndorsedPlatform
from tests.fakes.remotes import FakeClock, FakePlatform
from tests.helpers.registry import ACCOUNT

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
VETOES = Capabilities(customers=True, vetoes=True, signatures=True)


def pair(*, simulated: tuple[bool, bool] = (True, True)) -> tuple[EndorsedPlatform, FakePlatform, FakePlatform]:
    clock = FakeClock(NOW)
    native, endpoint = FakePlatform(7, clock, offers=VETOES), FakePlatform(7, clock)
    return EndorsedPlatform(native, endpoint, clock, simulated), native, endpoint


def walked(client: EndorsedPlatform, since: datetime | None = None) -> tuple[list[tuple[str, Phone | None, Told]], str]:
    found, cursor, more = list[tuple[str, Phone | None, Told]](), "", True
    while more:
        page = client.customers(cursor, since)
        found += [(one.ref, one.phone, one.told) for one in page.items]
        cursor, more = page.next_cursor, page.more
    return found, cursor


def test_the_numbers_of_those_whom_the_platform_lists_are_the_endpoints() -> None:
    client, native, endpoint = pair()
    native.people = [PlatformCustomer(f"c{n}", "", None, NOW) for n in range(3)]
    endpoint.people = [PlatformCustomer(f"c{n}", "王", Phone(f"1380000000{n}"), NOW) for n in range(1, 5)]
    native.page_size = endpoint.page_size = 2
    assert client.capabilities().phones
    found, end = walked(client)
    assert found[:3] == [(f"c{n}", None, Told.BUT_NUMBER) for n in range(3)]
    assert found[3:] == [(f"c{n}", Phone(f"1380000000{n}"), Told.NUMBER) for n in range(1, 5)]
    assert not end.startswith("numbers:")
    # whoever is a member only now may have had a number for long
    found, _ = walked(client, NOW.replace(month=12))
    assert [told for _, _, told in found] == [Told.NUMBER] * 4


def test_whoever_the_endpoint_forgot_has_no_number_any_more() -> None:
    client, native, endpoint = pair()
    native.people, endpoint.people, endpoint.redacted = [PlatformCustomer("c1", "", None, NOW)], [], ("c1",)
    assert walked(client)[0] == [("c1", None, Told.BUT_NUMBER), ("c1", None, Told.NUMBER)]


def test_a_platforms_own_numbers_stay_and_those_of_a_simulation_do_not_mix() -> None:
    client, native, endpoint = pair()
    native.offers = replace(VETOES, phones=True)
    native.people = endpoint.people = [PlatformCustomer("c1", "", Phone("13800000001"), NOW)]
    assert walked(client)[0] == [("c1", Phone("13800000001"), Told.ALL)]
    native.offers = VETOES
    endpoint.offers = replace(endpoint.offers, phones=False)
    assert walked(client)[0] == [("c1", Phone("13800000001"), Told.ALL)]
    client, native, endpoint = pair(simulated=(False, True))
    native.people, endpoint.people = [], [PlatformCustomer("c1", "", Phone("13800000001"), NOW)]
    assert (walked(client)[0], client.capabilities().phones) == ([], False)


def test_a_place_in_the_numbers_that_cannot_be_read_begins_anew() -> None:
    client, _, _ = pair()
    with pytest.raises(RemoteRefused) as refused:
        client.customers("numbers:[1]", None)
    assert refused.value.code == "bad_cursor"


@pytest.mark.parametrize(
    ("consent", "chosen", "sends", "replies"),
    [(None, False, False, True), (5, False, True, True), (5, True, True, False), (None, True, True, False)],
)
def test_a_platform_by_choice_sends_and_is_deaf_only_where_it_was_chosen(
    consent: int | None, chosen: bool, sends: bool, replies: bool
) -> None:
    account = replace(
        ACCOUNT, platform="top", consent_account_id=consent, sender_account_id=ACCOUNT.id if chosen else None
    )
    found = abilities_of(account)
    assert (found.sends, found.replies, found.carrier) == (sends, replies, False)


@pytest.mark.parametrize(("typed", "pace"), [("", 0), ("100", 93), ("nothing", 0)])
def test_how_fast_an_account_hands_over_is_known_before_anything_is_sent(typed: str, pace: float) -> None:
    carrier = replace(ACCOUNT, platform="aliyun", options={"rate": typed} if typed else {})
    assert abilities_of(carrier).pace == pytest.approx(pace)
