"""Reads that go straight to the driver say what SQLAlchemy would have said of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from storage_samples import ENTITY, NOW, number, person, shop, sync

from campaign_app.domain.customer import ImportRow
from campaign_app.storage import fetching, lists, schema
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import _direct, fetch, fetch_first, fetch_value, read_first, read_rows, read_value
from campaign_app.storage.workspace import Workspace

TIMES = 3  # a statement goes the short way from its second time on
_SETTING = schema.setting.c
ONE = sa.select(schema.setting).where(_SETTING.name == sa.bindparam("which"))
FIRST = sa.select(_SETTING.value, _SETTING.name, sa.literal(7).label("seven")).order_by(_SETTING.name).limit(1)
SOME = sa.select(_SETTING.name).where(_SETTING.name.in_([sa.literal("a"), sa.literal("b")])).order_by(_SETTING.name)
LISTED = sa.select(_SETTING.name).where(_SETTING.name.in_(("a", "b"))).order_by(_SETTING.name)
FLAG = sa.select((_SETTING.name == "a").label("flag"), _SETTING.name).order_by(_SETTING.name)
BYTES = sa.select(sa.literal(b"\x00\xff", sa.LargeBinary).label("blob"), schema.account.c.id)
COUNT = sa.select(sa.func.count()).select_from(schema.setting)


@contextmanager
def listening(db: Database) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("statement", [ONE, FIRST, SOME, LISTED, FLAG, BYTES, COUNT])
def test_rows_are_those_of_any_other_read(workspace: Workspace, statement: sa.Select[tuple[object, ...]]) -> None:
    shop(workspace)
    workspace.accounts.set_settings({"a": "甲", "b": 2})
    given = {"which": "a"} if statement is ONE else {}
    with workspace.database.read() as connection:
        expected = connection.execute(statement, given).all()
    assert expected
    for _ in range(TIMES):
        found = read_rows(workspace.database, statement, **given)
        assert found == expected
        assert [row._asdict() for row in found] == [row._asdict() for row in expected]
        with workspace.database.read() as connection:
            assert fetch(connection, statement, **given) == expected


def test_one_row_one_value_or_none(workspace: Workspace) -> None:
    db = workspace.database
    workspace.accounts.set_setting("a", 1)
    for _ in range(TIMES):
        found = read_first(db, ONE, which="a")
        assert found is not None
        assert (found.name, found.value) == ("a", "1")
        assert read_first(db, ONE, which="nothing") is None
        assert (read_value(db, ONE, which="a"), read_value(db, ONE, which="nothing")) == ("a", None)
        with db.read() as connection:
            assert fetch_first(connection, ONE, which="nothing") is None
            assert fetch_value(connection, ONE, which="nothing") is None


def test_reads_of_one_transaction_see_one_moment(workspace: Workspace) -> None:
    db = workspace.database
    workspace.accounts.set_setting("a", 1)
    for _ in range(TIMES):  # the first to ask of the transaction goes the short way too
        read_value(db, COUNT)
    with db.read() as connection:
        if connection.dialect.name == "sqlite":
            assert _direct(connection, COUNT) is not None
        for n in range(TIMES):
            assert fetch_value(connection, COUNT) == 1
            workspace.accounts.set_setting(f"b{n}", 1)
    assert read_value(db, COUNT) == 1 + TIMES


def test_a_write_reads_what_it_wrote_and_forgets_it_with_its_error(workspace: Workspace) -> None:
    db = workspace.database

    def fail_after_a_write() -> None:
        with db.write() as connection:
            connection.execute(sa.insert(schema.setting).values(name="x", value="1"))
            assert fetch_value(connection, COUNT) == 1
            raise ZeroDivisionError

    for _ in range(TIMES):
        with pytest.raises(ZeroDivisionError):
            fail_after_a_write()
        assert read_value(db, COUNT) == 0


def test_whoever_listens_hears_of_every_read(workspace: Workspace) -> None:
    db = workspace.database
    for _ in range(TIMES):
        read_value(db, COUNT)
    with listening(db) as said:
        read_value(db, COUNT)
        with db.read() as connection:
            fetch(connection, COUNT)
    assert sum("count(*)" in statement for statement in said) == 2


def test_a_value_that_is_not_given_is_missed(workspace: Workspace) -> None:
    for _ in range(TIMES):
        with pytest.raises((KeyError, sa.exc.StatementError)):
            read_rows(workspace.database, ONE)


def test_a_table_that_is_gone_is_a_bug_and_not_a_users_trouble(workspace: Workspace) -> None:
    gone = sa.select(sa.Table("gone", sa.MetaData(), sa.Column("id", sa.Integer)))
    driver = workspace.database.engine.dialect.loaded_dbapi.Error
    for _ in range(TIMES):
        with pytest.raises((driver, sa.exc.DBAPIError), match="gone"):
            read_rows(workspace.database, gone)


def test_what_every_page_part_and_batch_asks_is_made_once(workspace: Workspace) -> None:
    """A statement that is made anew each time pushes those that are kept out of their place, and takes up much room."""
    account_id = shop(workspace)
    import_id = workspace.imports.begin("a.csv", "a" * 64, 10, NOW)

    def once_more(n: int) -> None:
        sync(workspace, account_id, person(f"c{n}", number(n)))
        ids = list(workspace.customers.ids_of_refs(account_id, [f"c{n}"]).values())
        workspace.suppressions.of_customers(ids)
        workspace.campaigns.sent_since(ENTITY, ids, NOW)
        met, waiting = ImportRow(2 * n, account_id, f"c{n}", None, {"茶": str(n)}), 2 * n + 1
        by_number = ImportRow(waiting, account_id, None, number(n), {"茶": "绿"})
        workspace.imports.apply_chunk(import_id, [met, by_number])

    def made() -> list[int]:
        kept = (fetching._kept, lists._in_json, lists._in_array)
        return [each.cache_info().misses for each in kept]

    once_more(1)
    once_more(2)
    before = made()
    once_more(3)
    assert made() == before
