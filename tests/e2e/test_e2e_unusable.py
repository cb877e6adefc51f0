"""A provider that names no signature, or no template, stops a campaign; nobody's message is refused for good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from campaign_app.conformance.adapters.tampering import Seen, Tampering, tampering
from campaign_app.domain.campaign import CampaignState
from campaign_app.jobs import sync
from tests.helpers.aliyun_shop import BODY, aliyun_shop
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import trouble


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=60, seed=5) as running:
        yield running


@pytest.fixture
def proxy(sandbox: SandboxProcess) -> Iterator[Tampering]:
    with tampering(sandbox.url) as running:
        yield running


def without(name: str, seen: Seen) -> Seen:
    """The answer with null in place of a list."""
    return seen.edited(lambda said: said.update({name: None})) if f'"{name}"'.encode() in seen.body else seen


@pytest.mark.parametrize(
    ("name", "code"), [("SmsSignList", "signature_unusable"), ("SmsTemplateList", "templates_unusable")]
)
def test_a_list_that_came_empty_costs_nobody_their_message(
    sandbox: SandboxProcess, proxy: Tampering, tmp_path: Path, name: str, code: str
) -> None:
    with aliyun_shop(tmp_path / "ws", sandbox, base_url=proxy.url) as shop:
        campaigns, made = shop.app.workspace.campaigns, shop.campaign(f"{{name}}{BODY}")
        proxy.spoil = lambda seen: without(name, seen)
        shop.run(made.id)
        stopped = campaigns.campaign(made.id)
        assert (stopped.state, stopped.state_note) == (CampaignState.PAUSED, f"account_refused:{code}")
        assert shop.counts(made.id)["rejected"] == 0
        proxy.spoil = lambda seen: seen
        campaigns.update(replace(stopped, state=CampaignState.SENDING, state_note=""), expected=CampaignState.PAUSED)
        shop.run(made.id)
        counts = shop.counts(made.id)
    assert 0 < counts["submitted"] == counts["accepted"]
    ledger = sandbox.ledger()
    assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)


def test_a_text_that_no_template_gives_waits_for_one(sandbox: SandboxProcess, tmp_path: Path) -> None:
    spring = BODY.replace("冬装", "春装")
    with aliyun_shop(tmp_path / "ws", sandbox) as shop:
        campaigns, made = shop.app.workspace.campaigns, shop.campaign(f"{{name}}{spring}")
        sync.sync_signatures(shop.context, shop.sender.id)
        told = {each.key: each for each in shop.app.preflights.look(made.id).checks}
        assert (told["fit"].level, told["fit"].code) == ("block", "template_none")
        shop.run(made.id)
        stopped = campaigns.campaign(made.id)
        assert (stopped.state, stopped.state_note) == (CampaignState.PAUSED, "account_refused:template_unfit")
        assert shop.counts(made.id)["rejected"] == 0
        trouble(sandbox, "aliyun", template=f"${{name}}{spring}")
        sync.sync_signatures(shop.context, shop.sender.id)
        assert "fit" not in {each.key for each in shop.app.preflights.look(made.id).checks}
        campaigns.update(replace(stopped, state=CampaignState.SENDING, state_note=""), expected=CampaignState.PAUSED)
        shop.run(made.id)
        counts = shop.counts(made.id)
    assert 0 < counts["submitted"] == counts["accepted"]
    ledger = sandbox.ledger()
    assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
