"""An approval is of what its reviewer was shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.services.texts import Texts
from tests.helpers.desk import CLEAN, Desk, code_of, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


@pytest.mark.parametrize("changes", [{"body": CLEAN.replace("50元", "80元")}, {"purpose": "membership"}])
def test_an_approval_is_of_what_was_shown(desk: Desk, changes: dict[str, str]) -> None:
    """A colleague changes the text and has it screened while the reviewer still looks at the former one."""
    shown = desk.screened()
    assert desk.campaigns.edit(shown.id, actor="王", **changes) != shown
    store = desk.shop.workspace.campaigns
    edited = store.campaign(shown.id)
    store.update(replace(edited, state=CampaignState.SCREENED), expected=edited.state)
    assert code_of(lambda: desk.campaigns.approve(shown, recipients=5, actor="李")) == "other_than_shown"
    assert desk.campaigns.get(shown.id).state is CampaignState.SCREENED


def test_what_is_changed_while_it_is_being_approved_is_not_approved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at what was shown and the approval the rules are asked."""
    shown, store = desk.screened(), desk.shop.workspace.campaigns
    survey = Texts.survey

    def meanwhile(texts: Texts, *asked: Any) -> object:
        edited = replace(store.campaign(shown.id), body=CLEAN.replace("50元", "80元"))
        store.update(edited, expected=CampaignState.SCREENED)
        return survey(texts, *asked)

    monkeypatch.setattr(Texts, "survey", meanwhile)
    assert code_of(lambda: desk.campaigns.approve(shown, recipients=5, actor="李")) == "other_than_shown"
    now = store.campaign(shown.id)
    assert (now.state, "80元" in now.body, now.approved_hash) == (CampaignState.SCREENED, True, "")


def test_another_name_is_no_other_campaign(desk: Desk) -> None:
    shown = desk.screened()
    desk.campaigns.edit(shown.id, actor="王", name="新名字")
    approved = desk.campaigns.approve(shown, recipients=5, actor="李")
    assert (approved.state, approved.name) == (CampaignState.APPROVED, "新名字")
