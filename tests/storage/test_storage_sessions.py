"""A team's server behind a pooler: in force is what was asked for, and no session is shared; else nothing is opened."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import sessions
from campaign_app.storage.postgres import open_beats, open_server, open_server_flows
from campaign_app.storage.roles import applying
from tests.helpers.pg import PASSWORD, bare_database, cluster


def in_force(engine: sa.Engine, *names: str) -> list[str]:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        # which poolers refuse, or are told to pass over in silence
        assert "options" not in driver.info.get_parameters()
        found = [str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in names]
        connection.rollback()
        assert [str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in names] == found
    engine.dispose()
    return found


def test_settings_are_in_force_whatever_a_pooler_leaves_out_as_a_connection_begins() -> None:
    names = ("search_path", "lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "role")
    with bare_database() as name:
        there = cluster().server(name), PASSWORD
        assert in_force(open_server(*there), *names) == ["campaign_app", "30s", "10min", "1min", "none"]
        assert in_force(open_beats(*there), *names) == ["campaign_app", "10s", "10s", "1min", "none"]
        flows = in_force(open_server_flows(*there, "pg_monitor"), *names)
        assert flows == ['"$user", public', "30s", "10min", "1min", "pg_monitor"]


def test_a_server_that_is_too_old_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with bare_database() as name:
        there, later = cluster().server(name), 1_000
        engine = open_server(there, PASSWORD)
        monkeypatch.setattr(applying, "OLDEST_WITH_ROLES", later)
        with engine.connect() as connection, pytest.raises(WorkspaceError) as caught:
            applying.making(connection)
        engine.dispose()
        monkeypatch.setattr(sessions, "OLDEST", later)
        with pytest.raises(WorkspaceError) as refused:
            open_server(there, PASSWORD)
    for each in (caught.value, refused.value):
        assert (each.code, each.facts) == ("server_old", {"there": 18, "least": later})


@pytest.mark.parametrize(
    "answers",
    [
        "SELECT 1",  # the session that another connection was lent a moment ago
        "SELECT (random() * 1e9)::int",  # whichever is free
    ],
)
def test_a_pooler_that_lends_sessions_by_transactions_is_refused(monkeypatch: pytest.MonkeyPatch, answers: str) -> None:
    monkeypatch.setattr(sessions, "_WHO", answers)
    with bare_database() as name:
        with pytest.raises(WorkspaceError) as caught:
            open_server(cluster().server(name), PASSWORD)
        assert caught.value.code == "server_pooled"


def test_a_pooler_that_lends_each_connection_a_session_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_WHO", "SELECT pg_backend_pid() + 10000000")
    with bare_database() as name:
        engine = open_server(cluster().server(name), PASSWORD)
        with engine.connect() as connection:
            assert connection.info[sessions.POOLED]
        engine.dispose()
