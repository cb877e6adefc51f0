"""The durable flows on a server: their state in a schema of its own, and a server that goes away under them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from campaign_app.jobs import flows
from tests.helpers.flowing import Running, stop
from tests.helpers.pg import cluster
from tests.helpers.shop import Shop

DIALECTS = ("postgresql",)


@pytest.fixture
def running(shop: Shop) -> Iterator[Running]:
    running = Running(shop)
    yield running
    stop(1)


@pytest.mark.expects_logs("dbos", "psycopg")
def test_connections_that_are_cut_under_a_sending_lose_and_double_nobody(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "BATCHES_A_STEP", 1)
    shop = running.shop
    account = shop.add_account(40)
    campaign = shop.campaign()
    cuts = ["INSERT INTO ledger_outcome", "INSERT INTO ledger "]

    def cut(connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        if cuts and statement.startswith(cuts[-1]):
            cuts.pop()
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            with closing(cluster().admin()) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [driver.info.backend_pid])

    event.listen(shop.workspace.database.engine, "before_cursor_execute", cut)
    sent = running.run("dispatch", campaign_id=campaign.id)
    assert (sent.state, sent.result) == ("done", {"ended": "end"})
    assert len(shop.reached()) == len(set(shop.reached())) == 40
    assert not cuts
    assert len(shop.gateways[account].submits) == 1, "what was submitted before the cut is looked up, not repeated"
    with shop.workspace.database.read() as connection:
        schemas = connection.exec_driver_sql("SELECT DISTINCT schemaname FROM pg_tables").scalars()
        assert {"campaign_app", "dbos"} <= set(schemas)
