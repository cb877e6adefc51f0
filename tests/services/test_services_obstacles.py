"""What is known to stop every batch is said before it is approved, and of what is scheduled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.services.expiry import Expiry
from campaign_app.services.obstacles import asked_of, check_authorisation, ending
from campaign_app.services.preflight import Preflight
from campaign_app.services.preflight_checks import check
from tests.helpers.staged import KEY, Staged, open_by_day, stage


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Staged]:
    bootstrap.create_app(tmp_path / "made", MemoryKeeper(KEY)).close()
    for app in open_by_day(tmp_path / "made", tmp_path / "ws"):
        yield stage(app)


def test_a_reply_that_nobody_can_read_is_told_of_until_it_is_cleared(staged: Staged) -> None:
    campaign, unread = staged.screened(), staged.app.unread
    assert staged.app.preflights.look(campaign.id).may_approve
    unread.met(staged.account, "?", staged.app.clock())
    looked = staged.app.preflights.look(campaign.id)
    assert [each.code for each in looked.checks if each.level == "block"] == ["replies_stuck"]
    assert not looked.may_approve
    (lying,) = unread.waiting(staged.account)
    unread.clear(staged.account, lying.name, actor="李")
    assert staged.app.preflights.look(campaign.id).may_approve


def test_each_check_has_a_row_of_its_own(staged: Staged) -> None:
    seen = staged.app.preflights.look(staged.screened().id).seen
    both = check(replace(seen, stuck=("阿里云",), elsewhere={"乙店": "控制台，王丽每天看"}))
    assert {"replies_stuck", "replies_elsewhere"} <= {each.code for each in both}
    assert len({each.key for each in both}) == len(both)


def test_those_are_asked_who_are_connected_and_who_sends_for_them(staged: Staged) -> None:
    shop = staged.app.workspace.accounts.account(staged.account)
    sender, gone = replace(shop, id=98, label="通道"), replace(shop, id=99, state="disconnected")
    assert asked_of([shop, gone], {shop.id: sender, gone.id: shop}) == (shop, sender)


def test_an_authorisation_that_ends_before_the_chosen_time_is_foreseen_and_blocks_nothing(staged: Staged) -> None:
    seen = staged.app.preflights.look(staged.screened().id).seen
    shop, ends = staged.app.workspace.accounts.account(staged.account), seen.now + timedelta(hours=3)
    known = ending([shop], [Expiry(shop.id, "authorisation", ends), Expiry(99, "authorisation", ends)])
    assert check_authorisation(replace(seen, ends=known)) == (), "now it still holds"
    later = replace(seen, ends=known, send_at=seen.now + timedelta(days=1))
    (told,) = check_authorisation(later)
    (name,) = told.facts["names"]  # type: ignore[misc]
    assert str(name).startswith(f"{shop.label}（")
    whole = Preflight(later, check(later))
    assert told in whole.stops
    assert told.level == "warn"
