"""A campaign that a rule stopped for everybody goes on once a person dealt with the rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import NotAllowed
from campaign_app.jobs import dispatch
from tests.fakes.remotes import ENTITY
from tests.helpers.desk import Desk, open_desk
from tests.helpers.shop import NOW


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


def test_a_warning_that_everybody_meets_while_sending_is_confirmed_with_a_new_time(desk: Desk) -> None:
    """Such as of a carrier that took its filing back."""
    approved = desk.approved()
    desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    desk.shop.set_state(approved.id, CampaignState.SENDING)
    desk.shop.context = replace(desk.shop.context, batch=2)
    dispatch.run_batch(desk.shop.context, approved.id, -1)
    workspace = desk.shop.workspace
    (account,) = workspace.accounts.accounts()
    (filed,) = workspace.accounts.register(ENTITY).all(NOW)
    workspace.accounts.put_signatures(account.id, [replace(filed, carriers=(("mobile", False),))], NOW)
    desk.shop.run(approved.id)
    stopped = desk.campaigns.get(approved.id)
    assert (stopped.state, stopped.state_note) == (CampaignState.WAITING, "rule:SIG-014")
    with pytest.raises(NotAllowed) as refused:
        desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    assert refused.value.code == "warnings_unconfirmed"
    desk.campaigns.schedule(approved.id, send_at=None, confirmed_warnings=["SIG-014"], actor="李")
    desk.shop.set_state(approved.id, CampaignState.SENDING)
    desk.shop.run(approved.id)
    assert len(desk.shop.reached()) == 5


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"valid_until": NOW.date() - timedelta(days=1)}, "SIG-006"),
        ({"status": "cancelled"}, "SIG-006"),
        ({"carrier_filed": False, "carriers": ()}, "SIG-006"),
        ({"owner_uscc": "91440300MA5D00002Y"}, "SIG-007"),
        ({"scopes": ("finance",)}, "SIG-008"),
    ],
)
@pytest.mark.parametrize("begun", [False, True])
def test_a_signature_that_ceased_to_hold_after_the_approval_lets_nobody_more_be_written_to(
    desk: Desk, changes: dict[str, Any], rule: str, begun: bool
) -> None:
    approved = desk.approved()
    desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    desk.shop.set_state(approved.id, CampaignState.SENDING)
    if begun:
        desk.shop.context = replace(desk.shop.context, batch=2)
        dispatch.run_batch(desk.shop.context, approved.id, -1)
    workspace = desk.shop.workspace
    (account,) = workspace.accounts.accounts()
    (filed,) = workspace.accounts.register(ENTITY).all(NOW)
    workspace.accounts.put_signatures(account.id, [replace(filed, **changes)], NOW)
    desk.shop.run(approved.id)
    stopped = desk.campaigns.get(approved.id)
    assert (stopped.state, stopped.state_note) == (CampaignState.WAITING, f"rule:{rule}")
    assert len(desk.shop.reached()) == (2 if begun else 0)
    with pytest.raises(NotAllowed) as refused:
        desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    assert refused.value.code == "block_findings"
