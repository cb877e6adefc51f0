"""A team's workspace on a real PostgreSQL: who opens it, what it says if it cannot, and what the server sees."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from storage_samples import ENTITY, KEY, NOW, Campaigning, number, person, shop, sync

from campaign_app import membership
from campaign_app.credentials import MemoryKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.customer import ImportRow
from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.message import ComplaintClue, InboundMessage, Page
from campaign_app.jobs.pushed import PushedReply
from campaign_app.storage import team
from campaign_app.storage.header import read_header
from campaign_app.storage.postgres import SCHEMA, WRITE_LOCK
from campaign_app.storage.workspace import Workspace, create_team_workspace, open_workspace
from tests.helpers.pg import PASSWORD, bare_database, cluster, seen_by_server, team_folder
from tests.helpers.smpp_desk import until

DIALECTS = ("postgresql",)
CHEAP = Scrypt(n=2**10)
TOKEN = "a-token-in-the-clear"
GUEST = "somebody_else"
WAITING = (
    "SELECT count(*) FROM pg_locks JOIN pg_database each ON each.oid = database"
    " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
)


@pytest.fixture
def empty() -> Iterator[str]:
    with bare_database() as name:
        yield name


def code_of(folder: Path, key: bytes = KEY) -> str:
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(folder, MemoryKeeper(key)).close()
    return caught.value.code


def moved(folder: Path, **changed: object) -> Path:
    """The folder, pointing elsewhere; its password is sealed anew."""
    server = replace(cluster().server("x"), database=read_header(folder).server.rpartition("/")[2])
    header = replace(read_header(folder), password="")
    password = str(changed.pop("password", PASSWORD))
    team.with_server(header, KEY, replace(server, **changed), password).write(folder)
    return folder


def test_what_was_stored_is_there_again_and_for_a_second_desktop(empty: str, tmp_path: Path) -> None:
    keeper = PassphraseKeeper("ein langer Satz", CHEAP)
    with closing(create_team_workspace(tmp_path / "a", keeper, cluster().server(empty), PASSWORD)) as made:
        sync(made, shop(made), person("c1", number(1)))
        made.secrets.put("token", "sehr geheim")
        shutil.copytree(tmp_path / "a", tmp_path / "b")
    with closing(open_workspace(tmp_path / "b", keeper)) as other:
        assert other.id == made.id
        assert other.customers.total() == 1
        assert other.secrets.get("token") == "sehr geheim"
        assert other.customers.by_ids([1])[1].phone == number(1)


def test_the_folder_holds_no_password(empty: str, tmp_path: Path) -> None:
    made = create_team_workspace(tmp_path / "a", MemoryKeeper(KEY), cluster().server(empty), PASSWORD)
    made.close()
    shown = f"{made!r} {made.database!r} {made.database.engine.url} {made.flows!r} {made.flows.url}"
    written = (tmp_path / "a" / "workspace.json").read_text(encoding="utf-8")
    assert json.loads(written)["server"] == cluster().server(empty).address
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"workspace.json"}
    assert PASSWORD not in shown + written + repr(read_header(tmp_path / "a"))
    assert (tmp_path / "a" / "workspace.json").stat().st_mode & 0o077 == 0


def test_a_wrong_key_opens_nothing(tmp_path: Path) -> None:
    with team_folder(tmp_path / "a", KEY) as folder:
        assert code_of(folder, bytes(32)) == "wrong_key"


def test_another_workspaces_database_opens_nothing(empty: str, tmp_path: Path) -> None:
    create_team_workspace(tmp_path / "other", MemoryKeeper(KEY), cluster().server(empty), PASSWORD).close()
    with team_folder(tmp_path / "a", KEY) as folder:
        assert code_of(moved(folder, database=empty)) == "server_other"
    with closing(cluster().admin(empty)) as admin:
        admin.execute(f"UPDATE {SCHEMA}.meta SET value = 'f00' WHERE name = 'key_check'")
    assert code_of(tmp_path / "other") == "server_other"


def test_a_database_without_a_workspace_is_not_filled_when_opened(empty: str, tmp_path: Path) -> None:
    with team_folder(tmp_path / "a", KEY) as folder:
        assert code_of(moved(folder, database=empty)) == "server_other"
    assert tables_of(empty) == []


def test_whoever_changes_the_address_is_not_sent_the_password(tmp_path: Path) -> None:
    with team_folder(tmp_path / "a", KEY) as folder:
        found = read_header(folder)
        replace(found, server=found.server.replace("127.0.0.1", "localhost")).write(folder)
        assert code_of(folder) == "server_changed"


def test_a_server_that_has_another_address_is_opened_with_the_password_typed_again(tmp_path: Path) -> None:
    with team_folder(tmp_path / "a", KEY) as folder:
        found = read_header(folder)
        elsewhere = found.server.replace("127.0.0.1", "localhost")
        replace(found, server=elsewhere).write(folder)
        with pytest.raises(WorkspaceError) as caught:
            open_workspace(folder, MemoryKeeper(KEY))
        assert (caught.value.code, caught.value.facts) == ("server_changed", {"address": elsewhere})
        membership.log_in(folder, MemoryKeeper(KEY), "", PASSWORD)
        open_workspace(folder, MemoryKeeper(KEY)).close()


def test_a_workspace_is_never_made_over_another(tmp_path: Path) -> None:
    with team_folder(tmp_path / "a", KEY) as folder:
        server = team.Server.parse(read_header(folder).server)
        with pytest.raises(WorkspaceError) as caught:
            create_team_workspace(tmp_path / "new", MemoryKeeper(KEY), server, PASSWORD)
        assert caught.value.code == "server_in_use"
        assert not (tmp_path / "new").exists()
        open_workspace(folder, MemoryKeeper(KEY)).close()


@pytest.mark.parametrize("names", ["ab", "aa"], ids=["each in a folder", "both in one"])
def test_of_two_that_make_a_workspace_at_once_one_is_told_that_it_is_there(
    empty: str, tmp_path: Path, names: str
) -> None:
    """Both have seen an empty database before either begins to write: they are held there by its lock."""

    def made(name: str) -> str:
        try:
            create_team_workspace(tmp_path / name, MemoryKeeper(KEY), cluster().server(empty), PASSWORD).close()
        except WorkspaceError as error:
            return error.code
        return ""

    with closing(cluster().admin(empty)) as admin, ThreadPoolExecutor(2) as pool:
        with admin.transaction():
            admin.execute(f"SELECT {WRITE_LOCK}")
            both = [pool.submit(made, name) for name in names]
            until(lambda: admin.execute(WAITING).fetchone() == (2,), "both wait for the lock")
        codes = [each.result() for each in both]
    assert sorted(codes) == ["", "server_in_use"]
    winner = names[codes.index("")]
    open_workspace(tmp_path / winner, MemoryKeeper(KEY)).close()
    assert [each.name for each in tmp_path.iterdir()] == [winner]


def test_a_workspace_that_is_there_is_said_before_what_the_user_may_do(tmp_path: Path) -> None:
    with team_folder(tmp_path / "a", KEY) as folder:
        server = team.Server.parse(read_header(folder).server)
        with closing(cluster().admin()) as admin:
            admin.execute(f"DROP ROLE IF EXISTS {GUEST}")
            admin.execute(f"CREATE ROLE {GUEST} LOGIN PASSWORD '{PASSWORD}'")
            try:
                with pytest.raises(WorkspaceError) as caught:
                    team.begin(replace(server, user=GUEST), PASSWORD)
            finally:
                admin.execute(f"DROP ROLE {GUEST}")
        assert caught.value.code == "server_in_use"


def test_a_failed_creation_leaves_nothing_behind(empty: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place, code in ((tmp_path / "file" / "below", "cannot_create"), (tmp_path, "folder_in_use")):
        with pytest.raises(WorkspaceError) as caught:
            create_team_workspace(place, MemoryKeeper(KEY), cluster().server(empty), PASSWORD)
        assert caught.value.code == code
    assert tables_of(empty) == []
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def tables_of(database: str) -> list[str]:
    with closing(cluster().admin(database)) as admin:
        return [str(row[0]) for row in admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"port": 1}, "server_unreachable"),
        ({"password": "wrong"}, "server_login"),
        ({"password": ""}, "server_login"),
        ({"user": "nobody_known"}, "server_login"),
        ({"database": "none"}, "server_no_database"),
        ({"verified": True}, "server_no_tls"),
    ],
)
def test_what_keeps_it_from_opening_is_said_by_its_code(tmp_path: Path, changed: dict[str, object], code: str) -> None:
    with team_folder(tmp_path / "a", KEY) as folder:
        assert code_of(moved(folder, **changed)) == code


def test_without_the_driver_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with team_folder(tmp_path / "a", KEY) as folder, monkeypatch.context() as without:
        without.setitem(sys.modules, "psycopg", None)
        assert code_of(folder) == "server_driver"


def fill(workspace: Workspace) -> None:
    """Something in every table that knows a number or a token."""
    made = Campaigning(workspace, 3)
    account = made.account_id
    made.claim(0)
    workspace.secrets.put("token", TOKEN)
    workspace.staff.register(ENTITY, "店长", number(77), actor="test", at=NOW)
    reply = InboundMessage("i1", "", number(0), "退订", NOW)
    workspace.inbox.store_inbound(account, Page((reply,), "n", more=False), ["i1"], NOW)
    clue = ComplaintClue("k1", "c1", number(1), "", NOW)
    workspace.inbox.store_complaints(account, Page((clue,), "n", more=False), NOW)
    workspace.pushed.keep(account, NOW, replies=[PushedReply(number(2).e164, "退订", 7, 1, 1)])
    began = workspace.imports.begin("a.csv", "hash", 2, NOW)
    rows = [ImportRow(0, account, "c2", number(2), {"级": "金"}), ImportRow(1, account, "", number(99), {})]
    workspace.imports.apply_chunk(began, rows)


def test_the_server_sees_no_number_and_no_token(workspace: Workspace) -> None:
    fill(workspace)
    hidden = [TOKEN, PASSWORD, *(number(n).digits[-11:] for n in (0, 1, 2, 77, 99))]
    seen = seen_by_server(workspace)
    for table, text in seen.items():
        assert not [word for word in hidden if word in text or word.encode().hex() in text], table
        assert KEY.hex() not in text
    sealed = ("customer", "secret", "staff_number", "inbound", "complaint", "pushed_reply", "import_prospect")
    assert all("\\x" in seen[f"campaign_app.{table}"] for table in sealed)
