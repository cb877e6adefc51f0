"""Replies to what Aliyun carried come in by its queue: one poll suppresses every refusal, and a kill loses none."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import requests
import sqlalchemy as sa

from campaign_app import working
from campaign_app.domain.consent import SuppressionKind
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.phone import Phone
from campaign_app.gateways.leasing import HIDDEN
from campaign_app.jobs import dispatch, poll, telling
from campaign_app.jobs.opt_out import is_opt_out
from campaign_app.jobs.stores import Context
from campaign_app.sandbox.words import OPT_OUT_REPLIES, ORDINARY_REPLIES
from campaign_app.storage.schema_sending import inbound
from tests.helpers.aliyun_shop import BODY, Workspace, aliyun_shop
from tests.helpers.sandbox import ANSWER_SECONDS, SandboxProcess
from tests.helpers.vendors import trouble

WORDS = [*dict.fromkeys((*OPT_OUT_REPLIES, "回复TD", "请勿再发", "推订", *ORDINARY_REPLIES, "怎么退货？", "N95有吗"))]
REPORTED_AFTER = 600


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    """Nobody answers of their own accord."""
    with (
        SandboxProcess(customers=600, seed=5, delay=REPORTED_AFTER) as sandbox,
        aliyun_shop(tmp_path / "ws", sandbox) as made,
    ):
        yield made


def sent(shop: Workspace) -> tuple[int, dict[str, Phone]]:
    """A campaign that was sent, and whom it reached, by their references."""
    campaign = shop.campaign(f"{{name}}{BODY}")
    assert shop.run(campaign.id).step is dispatch.Step.END  # nobody had to say where replies are read
    ids = [who for _, who, _ in shop.app.workspace.campaigns.members_by_reason(campaign.id, "ok", -1, 1_000)]
    reached = {row["ref"] for row in shop.sandbox.ledger_rows()}
    people = shop.app.workspace.customers.by_ids(ids).values()
    return campaign.id, {who.ref: who.phone for who in people if who.ref in reached and who.phone}


def suppressed(shop: Workspace, people: dict[str, Phone]) -> set[str]:
    stores = shop.app.workspace
    keys = {ref: stores.phone_keys.of_phone(phone) for ref, phone in people.items()}
    marks = stores.suppressions.active(shop.shop.entity_uscc, list(keys.values()))
    return {ref for ref, key in keys.items() if any(m.kind is SuppressionKind.OPT_OUT for m in marks.get(key, ()))}


def replies(shop: Workspace) -> list[str]:
    with shop.app.workspace.database.read() as connection:
        return sorted(connection.execute(sa.select(inbound.c.text)).scalars())


def waiting(shop: Workspace) -> int:
    answer = requests.get(f"{shop.sandbox.url}/sandbox/vendors/aliyun", timeout=ANSWER_SECONDS)
    return int(answer.json()["queues"]["SmsUp"])


def later(shop: Workspace) -> Context:
    """The next process, once every lease of the last one is over."""
    return working.worker_context(shop.app.workspace, lambda: shop.app.clock() + HIDDEN)


def test_one_poll_suppresses_every_refusal_and_no_other_and_the_shop_is_told(shop: Workspace) -> None:
    campaign, reached = sent(shop)
    texts = dict(zip(reached, WORDS, strict=False))
    assert len(texts) == len(WORDS)
    trouble(shop.sandbox, "aliyun", twice=True)
    for ref, text in texts.items():
        shop.sandbox.reply("S1", ref, text)
    assert poll.poll_inbound(shop.context, shop.sender.id) == len(WORDS)
    refused = {ref for ref, text in texts.items() if is_opt_out(text)}
    assert suppressed(shop, reached) == refused
    assert shop.counts(campaign)["replies"] == len(WORDS)
    assert shop.counts(campaign)["opt_outs"] == len(refused)
    assert poll.poll_inbound(shop.context, shop.sender.id) == 0
    assert telling.tell_opt_outs(shop.context, shop.shop.id) == len(refused)
    assert shop.app.opt_outs.untold() == {}
    again = shop.campaign(f"{{name}}{BODY}")
    assert shop.app.workspace.campaigns.funnel(again.id)["suppressed_opt_out"] >= len(refused)


def test_reports_of_the_queue_end_what_nobody_looked_up(shop: Workspace) -> None:
    campaign, _ = sent(shop)
    assert shop.counts(campaign)["delivered"] == 0
    shop.sandbox.skew_clock(REPORTED_AFTER + 10)
    gateway = shop.context.remotes.gateway(shop.sender.id, "")
    more = True
    while more:
        page = gateway.reports(shop.context.stores.accounts.cursor(shop.sender.id, "reports"))
        shop.context.stores.inbox.store_reports(shop.sender.id, page, shop.app.clock())
        more = page.more
    shop.sandbox.skew_clock(0)
    counts = shop.counts(campaign)
    assert counts["delivered"] + counts["failed"] == counts["accepted"] > 100


@pytest.mark.parametrize("when", ["received", "stored"])
def test_a_kill_between_receiving_and_deleting_loses_no_refusal_and_doubles_none(shop: Workspace, when: str) -> None:
    _, reached = sent(shop)
    refused, pleased, *_ = reached
    trouble(shop.sandbox, "aliyun", lease=0.2)
    shop.sandbox.reply("S1", refused, "退订")
    shop.sandbox.reply("S1", pleased, "好的")
    folder = str(shop.app.workspace.folder)
    command = [sys.executable, "-m", "tests.helpers.dying", folder, str(shop.sender.id), when]
    assert subprocess.run(command, timeout=60, check=False).returncode == -signal.SIGKILL
    assert replies(shop) == ([] if when == "received" else ["好的", "退订"])

    # until every lease of the dead process is over nobody gets another message: a refusal may be out of sight
    with pytest.raises(RemoteUnavailable) as hidden:
        poll.read_refusals(shop.context, shop.sender.id, "inbound")
    assert hidden.value.code == "replies_hidden"

    context, end = later(shop), time.monotonic() + 30
    while waiting(shop):
        poll.poll_inbound(context, shop.sender.id)
        assert time.monotonic() < end
    assert replies(shop) == ["好的", "退订"]
    assert suppressed(shop, reached) == {refused}
    context.remotes.gateway(shop.sender.id, "").close()


def test_a_sender_has_one_client_though_its_lists_are_read_at_the_same_time(shop: Workspace) -> None:
    """Two would each hold a part of what the queue handed out, and take each other for other processes."""
    context = working.worker_context(shop.app.workspace, shop.app.clock)
    meet = Barrier(8, timeout=30)

    def asked(_: int) -> int:
        meet.wait()
        return id(context.remotes.gateway(shop.sender.id, ""))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(asked, range(8)))) == 1
