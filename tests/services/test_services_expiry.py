"""Until when an authorisation holds: what a person typed, or what the platform gives at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.platforms import adapter_for
from campaign_app.services.expiry import TOLD_END, Expiry, ends, has_end, is_near, told_in, with_end

NOW = datetime(2026, 11, 26, 20, tzinfo=UTC)  # the 27th in Beijing


def account(account_id: int, until: str = "", **changed: str) -> Account:
    options = {"authorised_until": until} if until else {}
    made = Account(account_id, "top", "", "", "", "", "", "", simulated=False, pinned_keys="", options=options)
    return replace(made, **changed)


def test_a_typed_day_ends_at_midnight_in_beijing() -> None:
    assert ends([account(1, "2026-12-01")]) == (Expiry(1, "authorisation", datetime(2026, 12, 1, 16, tzinfo=UTC)),)


def test_the_soonest_comes_first_and_what_is_unknown_or_disconnected_not_at_all() -> None:
    known = (
        account(1, "2026-12-03"),
        account(2, "2026-12-01"),
        account(3),
        account(4, "2026-11-01", state="disconnected"),
    )
    assert [expiry.account_id for expiry in ends(known)] == [2, 1]


def test_two_weeks_ahead_and_whatever_is_over_is_warned_of() -> None:
    known = account(1, "2026-12-10"), account(2, "2026-12-11"), account(3, "2026-01-01")
    assert [expiry.account_id for expiry in ends(known) if is_near(expiry, NOW)] == [3, 1]


def test_what_the_platform_said_counts_before_what_was_typed() -> None:
    said = NOW + timedelta(days=3)
    (found,) = ends([account(1, "2027-12-10")], lambda _: said)
    assert found.at == said
    assert ends([account(1, state="disconnected")], lambda _: said) == ()


@pytest.mark.parametrize("secret", [None, "", "A" * 43, "12", "[]", "{}", f'{{"{TOLD_END}": "soon"}}'])
def test_secrets_that_say_nothing_of_an_end_have_none(secret: str | None) -> None:
    assert told_in(secret) is None


def test_an_end_among_the_secrets_is_read() -> None:
    assert told_in(f'{{"session": "s", "{TOLD_END}": "{NOW.isoformat()}"}}') == NOW


@pytest.mark.parametrize(("name", "known"), [("top", True), ("meituan", True), ("consent_api", False)])
def test_some_platforms_authorisations_end(name: str, known: bool) -> None:
    assert has_end(adapter_for(name)) is known


def test_meituan_gives_thirty_days_at_most_unless_a_person_knows_better() -> None:
    offer = adapter_for("meituan")
    assert with_end({"business_id": "2"}, offer, NOW) == {"business_id": "2", "authorised_until": "2026-12-27"}
    assert with_end({"authorised_until": "2026-12-01"}, offer, NOW) == {"authorised_until": "2026-12-01"}
    assert ends([account(1, "2026-12-27")])[0].at - NOW < timedelta(days=31)


def test_a_token_of_shopline_ends_three_years_from_now_at_the_latest() -> None:
    (end,) = ends([account(1, with_end({}, adapter_for("shopline"), NOW)["authorised_until"])])
    assert timedelta(days=3 * 365 - 1) < end.at - NOW < timedelta(days=3 * 365 + 2)


def test_a_platform_whose_authorisations_are_unknown_claims_no_end() -> None:
    assert with_end({"app_key": "1"}, adapter_for("top"), NOW) == {"app_key": "1"}


@pytest.mark.parametrize("written", ["31.12.2026", "2026-02-30", "0001-01-01", "9999-12-31", "morgen"])
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(SettingsError) as refused:
        with_end({"authorised_until": written}, adapter_for("top"), NOW)
    assert (refused.value.code, refused.value.facts) == ("bad_date", {"field": "authorised_until"})
