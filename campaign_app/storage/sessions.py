"""What a connection to a server is held to before its first use: its settings, and a session that is nobody else's.

A pooler in between may drop what is asked for as a connection begins, so settings are put in force behind that. One
that lends a session for a transaction at a time would lose them again, with locks, role and whatever was prepared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Engine

from campaign_app.domain.errors import WorkspaceError

POOLED: Final = "pooled"  # among what is known of a connection
OLDEST: Final = 13  # of PostgreSQL: an older one cannot say by which transaction a row was written (`storage.placed`)
# a server's own limits, with the version that brought them: what has stopped is ended by our own (`postgres`). A move
# of millions lasts longer than these allow, and its lock lies unused meanwhile
_UNLIMITED: Final = {"idle_session_timeout": 14_00_00, "transaction_timeout": 17_00_00}
_ASKS: Final = 3  # of two connections in turn: others may use the same pooler
_WHO: Final = "SELECT pg_backend_pid()"
# a commit that the server may forget is none: a claimed batch must not be. What waits for a standby may stay so
_DURABLE: Final = (
    "set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), false)"
)


def settle(connection: Any, settings: Mapping[str, str]) -> bool:
    """Puts the settings of a driver's new connection in force, and says whether there is a pooler in between.

    In one wait. With a pooler it is not the process which answers that said its number as the connection began: by that
    one a statement is ended, which a pooler has to pass on. Raises WorkspaceError `server_old`.
    """
    require_release(connection.info.server_version // 10_000, OLDEST)
    known = [name for name, since in _UNLIMITED.items() if connection.info.server_version >= since]
    wanted = {**dict.fromkeys(known, "0"), **settings}
    each = "".join(", set_config(%s, %s, false)" for _ in wanted)
    connection.autocommit = True  # not one wait more for each end of a transaction
    said = [word for pair in wanted.items() for word in pair]
    found = connection.execute(f"{_WHO}, {_DURABLE}{each}", said).fetchone()
    connection.autocommit = False
    return bool(found[0] != connection.info.backend_pid)


def require_release(there: int, least: int) -> None:
    """Of the server. Raises WorkspaceError `server_old`."""
    if there < least:
        raise WorkspaceError("server_old", "The server's PostgreSQL is too old for this", there=there, least=least)


def be_patient(connection: Connection, *, waits: bool = True) -> None:
    """The server ends no statement here over millions of rows, nor one that `waits` for another database.

    Whoever holds the lock and does nothing, as a process that was stopped, is ended as ever where it does not wait.
    """
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout")[: 1 + waits]:
            connection.exec_driver_sql(f"SET LOCAL {limit} = 0")


def require_session(engine: Engine) -> None:
    """Connects. Raises WorkspaceError `server_pooled` where a pooler lends one session to several connections."""
    alone = engine.execution_options(isolation_level="AUTOCOMMIT")
    with alone.connect() as one:
        if not one.info.get(POOLED):
            return
        with alone.connect() as other:
            seen = [(_who(one), _who(other)) for _ in range(_ASKS)]
    if len(set(seen)) > 1 or seen[0][0] == seen[0][1]:
        raise WorkspaceError("server_pooled", "A pooler lends the server's sessions by transactions")


def _who(connection: Connection) -> Any:
    return connection.exec_driver_sql(_WHO).scalar_one()
