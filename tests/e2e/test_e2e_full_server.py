"""The disk of a team's server is full amid a send: nobody is reached twice, lost or unconfirmed, and it is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic

import psycopg
import pytest

from campaign_app import bootstrap, words
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import WorkspaceError
from tests.helpers.crew import GOOD, Crew, crew_of
from tests.helpers.merchant import open_merchant
from tests.helpers.pg import Cluster
from tests.helpers.pg_disk import POSSIBLE, SmallServer, small_server
from tests.helpers.sandbox import SandboxProcess

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not POSSIBLE, reason="only root on Linux can make a disk"),
]


@pytest.fixture
def server() -> Iterator[SmallServer]:
    with small_server() as made:
        if made is None:
            pytest.skip("this container may not mount a disk")
        yield made


@pytest.fixture
def crew(server: SmallServer, tmp_path: Path) -> Iterator[Crew]:
    def opened(folder: Path, keeper: MemoryKeeper, offset: timedelta) -> bootstrap.App:
        server.make_workspace(folder)
        return bootstrap.open_app(folder, keeper, offset=offset)

    with (
        SandboxProcess(customers=300, seed=3) as sandbox,
        crew_of(open_merchant(tmp_path / "host", sandbox, batch_size=5, opened=opened)) as crew,
    ):
        crew.start_all(1)
        crew.merchant.connect()
        sandbox.faults(fault="slow_body", path="/v1/messages", times=400, seconds=0.1)
        yield crew


def test_nothing_leaves_while_nothing_can_be_written_down_and_all_is_sent_afterwards(
    crew: Crew, server: SmallServer
) -> None:
    merchant, app, campaign_id = crew.merchant, crew.merchant.app, filled_amid_a_sending(crew, server)
    with pytest.raises(WorkspaceError) as caught:
        create_many(crew)
    assert "服务器磁盘已满" in words.load("zh_CN").error(caught.value)
    merchant.until(lambda: settled(crew))
    server.disk.free()
    told = set[str]()

    def done() -> bool:
        told.add(app.campaigns.get(campaign_id).state_note)
        return merchant.go_on(campaign_id) is CampaignState.DONE

    merchant.until(done)
    assert told <= {"", "server_disk_full"}
    assert crew.verdict(campaign_id) == GOOD


def test_a_server_that_gives_up_because_its_log_finds_no_room_costs_nobody_a_message(
    crew: Crew, server: SmallServer
) -> None:
    merchant, app, campaign_id = crew.merchant, crew.merchant.app, filled_amid_a_sending(crew, server)
    break_log(server)
    merchant.until(lambda: server.ended)
    assert "PANIC" in server.said()
    with pytest.raises(WorkspaceError) as caught:
        app.campaigns.pause(campaign_id, actor="test")
    assert caught.value.code == "server_unreachable"
    merchant.until(lambda: settled(crew))
    server.disk.free()
    server.start()
    assert crew.finish(campaign_id) == GOOD


def filled_amid_a_sending(crew: Crew, server: SmallServer) -> int:
    """The campaign."""
    campaign_id: int = crew.merchant.new_campaign().id
    crew.sending(campaign_id)
    server.disk.fill()
    return campaign_id


def create_many(crew: Crew) -> None:
    """More than fits into the pages that are there."""
    shop = crew.merchant.sandbox.shops[0]
    for number in range(300):
        crew.merchant.app.campaigns.create(
            name=f"{number}" * 200, entity_uscc=shop.entity_uscc, purpose="retail", audience=Filter(), actor="test"
        )


def settled(crew: Crew) -> bool:
    """Whether nothing has left for a second."""
    ledger, until = crew.merchant.sandbox.ledger, monotonic() + 1.0
    before = ledger()["accepted"]
    while monotonic() < until:
        if ledger()["accepted"] != before:
            return False
    return True


def break_log(server: SmallServer) -> None:
    """Writes until a new segment of the log is needed."""
    with suppress(psycopg.Error):
        while True:
            with Cluster(server.port).admin() as admin:
                admin.execute(
                    "SELECT pg_logical_emit_message(false, 'x', repeat('x', 8000)) FROM generate_series(1, 1500)"
                )
                admin.execute("SELECT pg_switch_wal()")
