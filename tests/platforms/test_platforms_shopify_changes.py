"""Shopify's changes and the clocks: no date moves the place in the list beyond what was listed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaign_app.domain.errors import RemoteRefused
from campaign_app.sandbox.vendors.shopify.shelf import Consent, Shelf
from tests.helpers.shopify import Inside, inside

FAR = datetime(2999, 1, 1, tzinfo=UTC)


def shelf_of(world: Inside) -> Shelf:
    return next(iter(world.service.shops.values())).shelf


def pulled(world: Inside, cursor: str) -> tuple[set[str], str]:
    found, more = set[str](), True
    while more:
        page = world.client.consent_changes(cursor)
        found, cursor, more = found | set(page.items), page.next_cursor, page.more
    return found, cursor


def opts_out(world: Inside, index: int) -> None:
    shelf = shelf_of(world)
    shelf.overrides[index] = Consent("UNSUBSCRIBED", None, world.time[0].isoformat())
    shelf.touch(index, world.time[0])


def test_a_customer_dated_in_the_future_hides_nobody_who_opts_out_later() -> None:
    world = inside(customers=40)
    _, cursor = pulled(world, "")
    shelf_of(world).touch(3, FAR)
    (odd,), cursor = pulled(world, cursor)
    world.time[0] += timedelta(hours=2)
    opts_out(world, 5)
    world.time[0] += timedelta(minutes=1)
    found, cursor = pulled(world, cursor)
    assert (odd in found, len(found)) == (True, 2)
    world.time[0] += timedelta(hours=2)
    assert odd in pulled(world, cursor)[0], "looked up every time"


@pytest.mark.parametrize(
    "place", ["u:2998-12-31T23:50:00Z|2999-01-01T00:00:00Z|", "u:2026-11-01T02:00:01Z|2026-11-01T02:10:01Z|"]
)
def test_a_stored_place_in_the_future_is_begun_anew(place: str) -> None:
    with pytest.raises(RemoteRefused) as refused:
        inside(customers=40).client.consent_changes(place)
    assert refused.value.code == "bad_cursor"
