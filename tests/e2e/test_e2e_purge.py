"""What was kept long enough goes while a campaign is being sent: that waits for none of it, and misses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign_app import bootstrap
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.customer import ImportRow
from campaign_app.storage.schema_imports import import_change
from campaign_app.storage.schema_sending import inbound
from campaign_app.storage.times import to_ms
from tests.helpers.crew import GOOD, Crew
from tests.helpers.merchant import KEY, Merchant, open_merchant
from tests.helpers.pg import team_folder
from tests.helpers.sandbox import SandboxProcess

pytestmark = pytest.mark.slow
OLD_REPLIES = 1_200  # three steps


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def merchant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Merchant]:
    with ExitStack() as stack:
        sandbox, folder = stack.enter_context(SandboxProcess(customers=500, seed=3)), tmp_path / "host"
        if request.param == "postgresql":
            stack.enter_context(team_folder(folder, KEY))
        opened = bootstrap.open_app if request.param == "postgresql" else bootstrap.create_app
        made = open_merchant(folder, sandbox, batch_size=5, opened=opened)
        made.start_worker()
        yield made
        made.stop_worker()
        made.app.close()


def put_old_records(app: bootstrap.App, account_id: int) -> None:
    """Replies, and what a file said of the people whom the campaign is about to reach."""
    workspace, at = app.workspace, app.clock() - timedelta(days=1_500)
    reply = {"account_id": account_id, "ref": "", "text": "多谢", "received_at": to_ms(at), "stored_at": to_ms(at)}
    with workspace.database.write() as connection:
        refs = connection.exec_driver_sql(f"SELECT ref FROM customer WHERE account_id = {account_id}").scalars().all()
        rows = [{**reply, "inbound_id": f"old{n}", "opt_out": 0} for n in range(OLD_REPLIES)]
        connection.execute(sa.insert(inbound), rows)
    which = workspace.imports.begin("会员.csv", "a" * 64, len(refs), at)
    workspace.imports.apply_chunk(
        which, [ImportRow(n, account_id, ref, None, {"等级": "金"}) for n, ref in enumerate(refs)]
    )
    workspace.imports.finish(which, {})


def old_records(app: bootstrap.App) -> tuple[int, int]:
    replies = sa.select(sa.func.count()).where(inbound.c.text != "", inbound.c.inbound_id.like("old%"))
    changes = sa.select(sa.func.count()).select_from(import_change)
    with app.workspace.database.read() as connection:
        return connection.execute(replies).scalar_one(), connection.execute(changes).scalar_one()


def test_old_records_go_beside_a_sending(merchant: Merchant) -> None:
    app = merchant.app
    merchant.connect()
    campaign_id = merchant.new_campaign().id
    merchant.until(lambda: app.campaigns.get(campaign_id).state is CampaignState.SCREENED)
    merchant.stop_worker()
    put_old_records(app, app.accounts.all()[0].id)
    merchant.sandbox.faults(fault="slow_body", path="/v1/messages", times=400, seconds=0.1)
    merchant.start_worker()
    went = set[bool]()

    def done() -> bool:
        state = merchant.go_on(campaign_id)
        if state is CampaignState.SENDING:
            went.add(old_records(app)[0] < OLD_REPLIES)
        return state is CampaignState.DONE

    merchant.until(done)
    assert any(went), "neither waits for the end of the other"
    merchant.until(lambda: old_records(app) == (0, 0))
    assert Crew(merchant).verdict(campaign_id) == GOOD
    assert not [each for each in app.workspace.audit.entries(limit=200) if each.action == "campaign.stopped"]
    first = app.workspace.campaigns.members(campaign_id, 0, 1)[0][1]
    assert app.workspace.customers.by_ids([first])[first].attributes["等级"] == "金", "but for its undoing"
