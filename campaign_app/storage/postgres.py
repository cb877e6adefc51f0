"""A team's database: SQLAlchemy on PostgreSQL, one writer at a time, errors that a user may meet.

The password is given to each connection as it is made: it is in no URL, repr, log or error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from traceback import clear_frames
from typing import Any, Final

import certifi
from sqlalchemy import URL, Connection, Dialect, Engine, Table, create_engine, event, literal, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import ConnectionPoolEntry

from campaign_app.domain.errors import AppError, NotPermitted, WorkspaceError
from campaign_app.storage.columns import metadata
from campaign_app.storage.engine import BUSY_SECONDS, Database
from campaign_app.storage.schema_workers import is_mine
from campaign_app.storage.server import SYSTEM, VERIFIED, Server
from campaign_app.storage.server_trouble import BUSY, NO_ROLE, NOT_PERMITTED, takes_no_changes, word_of
from campaign_app.storage.sessions import POOLED, require_session, settle
from campaign_app.storage.whole import require_whole

SCHEMA: Final = "campaign_app"
CONNECT_SECONDS: Final = 10
# of one statement, above all the snapshot of millions; a read that a person waits for ends long before
STATEMENT_SECONDS: Final = 600
# a process that is stopped in the middle of a transaction would keep everybody from writing
IDLE_SECONDS: Final = 60
# for one sign of life of a worker
BEAT_SECONDS: Final = 10
_LOCKS: Final = 0x59554E46  # the class of our advisory locks; they belong to one database, and so to one workspace
_WRITER, _MOVE = 1, 3
WRITE_LOCK: Final = f"pg_advisory_xact_lock({_LOCKS}, {_WRITER})"
_MOVE_LOCK: Final = f"SELECT pg_try_advisory_lock({_LOCKS}, {_MOVE})"
# as what the server knows a connection by which a worker, whose number follows, is changing something
CHANGING: Final = "campaign-app worker "
_FENCED_LOCK: Final = (
    "SELECT set_config('application_name', '{name}', true),"
    " set_config('idle_in_transaction_session_timeout', '{milliseconds}', true),"
    f" pg_advisory_xact_lock({_LOCKS}, {_WRITER})"
)
_SETTINGS: Final = {
    "search_path": SCHEMA,
    "lock_timeout": f"{BUSY_SECONDS}s",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
    # the server notices a desktop that was switched off, and drops its locks
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
    # nor does it wait a quarter of an hour for one that has not heard its answer
    "tcp_user_timeout": "40000",
}
_KEEPALIVES: Final = {
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    # of what was said and not heard, for which the system would try for a quarter of an hour
    "tcp_user_timeout": 40_000,
}
_SYSTEM_CERTIFICATES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)


@dataclass(frozen=True, slots=True)
class ServerDatabase(Database):
    """`write` waits for every other writer of the workspace, in whatever process, before its first look.

    It sees what they committed: each of its statements looks anew, and nobody else changes anything meanwhile.
    """

    _reader: Engine = field(init=False, repr=False)
    _looker: Engine = field(init=False, repr=False)

    def __post_init__(self) -> None:
        Database.__post_init__(self)
        moment = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        object.__setattr__(self, "_reader", moment)
        object.__setattr__(self, "_looker", self.engine.execution_options(isolation_level="AUTOCOMMIT"))

    def look(self) -> AbstractContextManager[Connection]:
        """Without a transaction's beginning and end, for each of which the server would have to be waited for."""
        return _taken(self._looker)

    def read(self) -> AbstractContextManager[Connection]:
        return _taken(self._reader)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with _taken(self._writer) as connection, connection.begin():
            yield connection

    @contextmanager
    def write_much(self, _cache_kib: int = 0) -> Iterator[Connection]:
        """Like `write`: the server's memory is its own."""
        with self.write() as connection:
            yield connection


def open_server(server: Server, password: str) -> Engine:
    """The engine of the workspace's own tables; raises WorkspaceError where it cannot connect."""
    engine = _engine(server, password, _SETTINGS)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _translate)
    try:
        require_session(engine)
    except AppError:
        engine.dispose()
        raise
    return engine


def open_beats(server: Server, password: str) -> Engine:
    """The engine by which a lease is renewed. It keeps a connection of its own: whoever has used up all others, or

    holds them for long, costs no worker its lease. It connects when it is first used, and asks for no long patience.
    """
    settings = {**_SETTINGS, "statement_timeout": f"{BEAT_SECONDS}s", "lock_timeout": f"{BEAT_SECONDS}s"}
    engine = _engine(server, password, settings, pool_size=1, max_overflow=-1)
    event.listen(engine, "handle_error", _translate)
    return engine


def open_server_flows(server: Server, password: str, role: str = "") -> Engine:
    """The engine for the durable flows, which keep a schema of their own in the same database.

    `role`: whose that schema is, where several logins work.
    """
    settings = {name: value for name, value in _SETTINGS.items() if name != "search_path"}
    engine = _engine(server, password, {**settings, "role": role} if role else settings)
    event.listen(engine, "handle_error", _look_elsewhere)  # and DBOS tries again, as behind any connection that is lost
    return engine


@contextmanager
def beginning(flows: Engine) -> Iterator[None]:
    """Around what DBOS does as it begins, which is told the driver's errors: a person is told ours.

    For connections that it cannot have it would wait in silence, and for ever.
    """
    try:
        with flows.connect(), flows.connect():
            pass
        yield
    except DBAPIError as error:
        word = word_of(error.orig, lost=error.connection_invalidated) if error.orig is not None else None
        if word is None:
            raise
        raise WorkspaceError(*word) from error


def fence(engine: Engine, worker_id: int, seconds: float, lost: Callable[[], object]) -> None:
    """From now on every change asks in its own transaction whether this worker has its lease; else `lost` is called.

    It stays so until the process ends, also once the lease was given back: a thread may still be at something. A
    process that is stopped in the middle of a change keeps the others from writing for as long as a lease at most.
    """
    lock = _FENCED_LOCK.format(name=f"{CHANGING}{worker_id}", milliseconds=int(seconds * 1000))
    mine = select(literal(1)).where(is_mine(worker_id))

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("immediate", False):
            connection.exec_driver_sql(lock)
            if connection.execute(mine).first() is None:
                lost()
                raise WorkspaceError("lease_lost", "Another worker has taken over")

    event.remove(engine, "begin", _begin)
    event.listen(engine, "begin", begin)


@contextmanager
def hold_move(engine: Engine) -> Iterator[Connection]:
    """As long as this connection lives nobody else moves a workspace into the database; WorkspaceError `in_use`."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.exec_driver_sql(_MOVE_LOCK).scalar_one():
            raise WorkspaceError("in_use", "Another program moves a workspace to here", lock="move", pid=0)
        try:
            yield connection
        finally:
            connection.invalidate()


def copy_in(connection: Connection, table: Table, pages: Iterable[Sequence[tuple[Any, ...]]]) -> None:
    """Rows of millions, by COPY: several times as fast as INSERT."""
    from psycopg import Error

    driver: Any = connection.connection.driver_connection
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    try:
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for page in pages:
                for row in page:
                    copy.write_row(row)
    except Error as error:
        # what the server tells of a refused row stands in it
        word = word_of(error, lost=driver.closed) or ("move_differs", "The server refuses a row of the workspace")
        raise WorkspaceError(*word, table=table.name) from None


def _taken(engine: Engine) -> Connection:
    """A connection, or WorkspaceError `busy` where all of this process are in use for as long as anybody waits."""
    try:
        return engine.connect()
    except PoolExhausted as error:
        raise WorkspaceError(*BUSY) from error


def _engine(
    server: Server, password: str, settings: dict[str, str], pool_size: int = 4, max_overflow: int = 12
) -> Engine:
    server.require_root_cert()
    url = URL.create("postgresql+psycopg", server.user, None, server.host, server.port, server.database)
    try:
        engine = create_engine(
            url,
            connect_args=_connect_args(server),
            isolation_level="READ COMMITTED",
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_use_lifo=True,
            hide_parameters=True,
        )
    except ImportError as error:
        raise WorkspaceError("server_driver", "campaign-app[team] is not installed") from error

    def connect(dialect: Dialect, _record: object, given: Sequence[Any], arguments: dict[str, Any]) -> Any:
        try:
            return dialect.connect(*given, **arguments, **({"password": password} if password else {}))
        except Exception as error:
            # psycopg's own frames keep the socket of a try that timed out: a worker whose server is away for half an
            # hour, and which hardly looks for cycles, would have no file descriptors left
            clear_frames(error.__traceback__)
            raise

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", partial(_prepare, settings))
    event.listen(engine, "checkout", require_whole)
    return engine


def _connect_args(server: Server) -> dict[str, Any]:
    tls: dict[str, Any] = {"sslmode": "prefer"}
    if server.verified:
        tls = {"sslmode": VERIFIED, "sslrootcert": server.root_cert or _certificates()}
    return {
        **tls,
        **_KEEPALIVES,
        # by which libpq would pass over `sslmode`
        "gssencmode": "disable",
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "campaign-app",
        "client_encoding": "UTF8",
    }


def trusted(server: Server) -> str:
    """The file of certificates by which the server has to prove who it is."""
    return server.root_cert if server.root_cert not in ("", SYSTEM) else _certificates()


def _certificates() -> str:
    """The system's certificates: the driver's own OpenSSL looks for them where its builders had them."""
    named = os.environ.get("SSL_CERT_FILE")
    places = (named, *_SYSTEM_CERTIFICATES) if named else _SYSTEM_CERTIFICATES
    return next((place for place in places if Path(place).is_file()), certifi.where())


def _prepare(settings: dict[str, str], connection: Any, record: ConnectionPoolEntry) -> None:
    from psycopg.types.array import ListBinaryDumper

    for dumper in _without_nul():
        connection.adapters.register_dumper(str, dumper)
    # the driver's own choice is text, which takes either side three times as long
    connection.adapters.register_dumper(list, ListBinaryDumper)
    record.info[POOLED] = settle(connection, settings)


@cache
def _without_nul() -> tuple[Any, ...]:
    """PostgreSQL keeps no NUL in a text: one name with it would stop a platform's whole list.

    For texts in lists, and for single ones, whose type the server finds out.
    """
    from psycopg.types.string import StrBinaryDumper, StrDumperUnknown

    class Listed(StrBinaryDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    class Single(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    return Listed, Single


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("immediate", False):
        connection.exec_driver_sql(f"SELECT {WRITE_LOCK}")


def _look_elsewhere(context: ExceptionContext) -> None:
    if takes_no_changes(context.original_exception):
        context.is_disconnect = True


def _translate(context: ExceptionContext) -> BaseException | None:
    _leave_out_values(context)
    _look_elsewhere(context)
    word = word_of(context.original_exception, lost=context.is_disconnect)
    if word is NOT_PERMITTED:
        return NotPermitted(*word, roles="other")
    if word is NO_ROLE and _is_of_others(context.original_exception):
        return None  # a fault of the program
    if word is NO_ROLE:
        login = context.engine.url.username if context.engine is not None else None
        return WorkspaceError(*word, login=login or "")
    return None if word is None else WorkspaceError(*word)


def _is_of_others(error: BaseException) -> bool:
    """Whether the table that is missing is none of a workspace's; its name stands in quotes in every language."""
    return not any(
        name.rpartition(".")[2] in metadata.tables for name in re.findall('"([^"]+)"', str(error).partition("\n")[0])
    )


def _leave_out_values(context: ExceptionContext) -> None:
    """PostgreSQL tells of a refused row what stands in it: names and texts that no log may hold."""
    said = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
    if said is not None:
        for error in filter(None, (context.original_exception, context.sqlalchemy_exception)):
            error.args = (said,)
