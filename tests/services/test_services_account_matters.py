"""What of the accounts needs a person: said once it has waited too long, and where it is put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_app.domain.consent import Backlog
from campaign_app.services.account_matters import SHARED, lateness, of_expiries, of_opt_outs, of_shared
from campaign_app.services.expiry import Expiry
from campaign_app.services.opt_outs import Untold
from tests.helpers.mattering import NOW, SHOP


@pytest.mark.parametrize(
    ("waited", "level"),
    [
        (timedelta(minutes=59), None),
        (timedelta(hours=1), "warn"),
        (timedelta(hours=23, minutes=59), "warn"),
        (timedelta(days=1), "block"),
    ],
)
def test_an_opt_out_that_waits_is_a_matter_after_an_hour_and_grave_after_a_day(
    waited: timedelta, level: str | None
) -> None:
    untold = Untold(Backlog(3, NOW - waited, refused=2), "timeout")
    assert lateness(untold, NOW) == level
    found = [*of_opt_outs([SHOP], {SHOP.id: untold}, NOW)]
    assert [(m.code, m.level, m.subject, m.note, m.number, m.at) for m in found] == (
        [("untold", level, SHOP.label, "timeout", 3, NOW - waited)] if level else []
    )


def test_what_no_platform_takes_is_no_matter_of_today() -> None:
    assert [*of_opt_outs([SHOP], {SHOP.id: Untold(Backlog(refused=2, untellable=3))}, NOW)] == []
    assert [*of_opt_outs([SHOP], {}, NOW)] == []


def test_it_leads_to_the_account_and_to_its_connection_where_that_is_cut() -> None:
    untold = {SHOP.id: Untold(Backlog(1, NOW - timedelta(days=2)))}
    gone = replace(SHOP, state="disconnected")
    ways = [matter.what for shop in (SHOP, gone) for matter in of_opt_outs([shop], untold, NOW)]
    assert ways == [("account", SHOP.id), ("renew", SHOP.id)]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=5, hours=1), ("expires", "warn", 5)),
        (timedelta(hours=2), ("expires", "warn", 0)),
        (timedelta(0), ("expired", "block", 0)),
        (timedelta(days=-3), ("expired", "block", 3)),
    ],
)
def test_an_authorisation_that_ends_leads_to_its_renewal(left: timedelta, said: tuple[str, str, int]) -> None:
    (matter,) = of_expiries([SHOP], [Expiry(SHOP.id, "authorisation", NOW + left)], NOW)
    assert (matter.code, matter.level, matter.number) == said
    assert (matter.subject, matter.page, matter.what) == (SHOP.label, "settings", ("renew", SHOP.id))


def test_an_account_through_which_another_workspace_sends_is_a_matter_for_a_week() -> None:
    def told(ago: timedelta, state: str = "connected") -> list[str]:
        return [each.code for each in of_shared([replace(SHOP, state=state)], {SHOP.id: NOW - ago}, NOW)]

    assert [told(SHARED), told(SHARED + timedelta(seconds=1)), told(timedelta(0), "disconnected")] == [
        ["shared"],
        [],
        [],
    ]
    assert [*of_shared([SHOP], {}, NOW)] == []
