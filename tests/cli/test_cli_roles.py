"""`workspace roles`, `invite` and `login`: a team's people get their roles, and each a folder of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from typer.main import get_command

from campaign_app import bootstrap, membership
from campaign_app.cli.main import app as commands
from campaign_app.cli.words import say
from campaign_app.credentials import MemoryKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import AppError, NotPermitted, SettingsError, WorkspaceError
from campaign_app.domain.team import Role
from tests.helpers.crowd import WORD, Crowd, crowd
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.pg import cluster
from tests.helpers.sandbox import SandboxProcess

PHRASE = "只有安娜知道的口令"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    with crowd(tmp_path_factory.mktemp("roles") / "ws", KEY, makes_roles=False) as made:
        yield made


def kept(folder: Path, name: str, secret: str) -> str:
    (folder / name).write_text(secret + "\n", encoding="utf-8")
    (folder / name).chmod(0o600)
    return str(folder / name)


def run(*arguments: str) -> None:
    get_command(commands)(list(arguments), standalone_mode=False)


def invited(here: Crowd, tmp_path: Path, login: str) -> Path:
    """As `campaign-app workspace invite` does it; the maker's key is in no keychain here."""
    own, to = PassphraseKeeper(PHRASE, Scrypt(n=2**10)), tmp_path / login
    membership.invite(here.folder, MemoryKeeper(KEY), to, own, login, WORD)
    return to


def test_a_colleague_gets_a_folder_and_a_role(here: Crowd, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = invited(here, tmp_path, here.people[Role.OWNER])
    where = ("--workspace", str(folder), "--passphrase-file", kept(tmp_path, "phrase", PHRASE))
    anna = here.new_login()
    run("workspace", "roles", "grant", anna, "operator", *where, "--json")
    assert json.loads(capsys.readouterr().out) == {"login": anna, "granted": "operator"}
    run("workspace", "roles", "list", *where)
    assert f"{anna}：运营" in capsys.readouterr().out
    run("workspace", "roles", "list", *where, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["me"] == here.people[Role.OWNER]
    assert told["members"][anna] == ["operator"]
    with pytest.raises(NotPermitted) as refused:
        run("workspace", "roles", "grant", anna, "worker", *where)
    assert "建立这个工作区的数据库用户" in say(refused.value)

    own = kept(tmp_path, "own", "ein ganz anderer Satz")
    password = kept(tmp_path, "password", WORD)
    new = ("--user", anna, "--server-password-file", password, "--new-passphrase-file", own)
    with pytest.raises(SystemExit):  # nobody is there to type a passphrase
        run("workspace", "invite", str(tmp_path / "anna"), *new[:4], *where)
    assert "--new-passphrase-file" in capsys.readouterr().err
    run("workspace", "invite", str(tmp_path / "anna"), *new, *where)
    with bootstrap.open_app(tmp_path / "anna", PassphraseKeeper("ein ganz anderer Satz")) as app:
        assert (app.person.login, app.person.roles) == (anna, {Role.OPERATOR})
        with pytest.raises(NotPermitted):
            membership.grant(app, anna, Role.OWNER, actor="cli")
    assert WORD not in (tmp_path / "anna" / "workspace.json").read_text(encoding="utf-8")

    with closing(here.open(here.maker)) as made:
        made.accounts.add_entity(Entity("91330100MA0000001X", "安宁百货"))
        for name, who in (("双十一", anna), ("会员日", f"{anna}2")):
            draft = Campaign(0, name, "91330100MA0000001X", "retail", Filter())
            made.campaigns.create(replace(draft, state=CampaignState.SCHEDULED, approved_by=f"{who}/window"))
    run("workspace", "roles", "grant", anna, "reviewer", *where)
    capsys.readouterr()
    run("workspace", "roles", "revoke", anna, "reviewer", *where)
    told = capsys.readouterr().err
    assert ("双十一。批准仍然有效" in told, "会员日" in told) == (True, False)

    run("workspace", "roles", "revoke", anna, "operator", *where)
    with pytest.raises(WorkspaceError) as caught:
        bootstrap.open_app(tmp_path / "anna", PassphraseKeeper("ein ganz anderer Satz"))
    assert caught.value.code == "no_role"


def test_a_changed_password_is_sealed_anew_once_it_connects(here: Crowd, tmp_path: Path) -> None:
    login = here.people[Role.REVIEWER]
    folder = invited(here, tmp_path, login)
    where = ("--workspace", str(folder), "--passphrase-file", kept(tmp_path, "phrase", PHRASE))
    before = (folder / "workspace.json").read_bytes()
    with pytest.raises(WorkspaceError) as caught:
        run("workspace", "login", "--server-password-file", kept(tmp_path, "wrong", "falsch"), *where)
    assert caught.value.code == "server_login"
    assert "--server-password-file" in say(caught.value)
    assert (folder / "workspace.json").read_bytes() == before
    with cluster().admin() as admin:
        admin.execute(f"ALTER ROLE {login} PASSWORD 'neu gewählt'")
    run("workspace", "login", "--server-password-file", kept(tmp_path, "new", "neu gewählt"), *where)
    with bootstrap.open_app(folder, PassphraseKeeper(PHRASE)) as app:
        assert app.person.login == login
    other = here.people[Role.OPERATOR]
    run("workspace", "login", "--user", other, "--server-password-file", kept(tmp_path, "other", WORD), *where)
    with bootstrap.open_app(folder, PassphraseKeeper(PHRASE)) as app:
        assert app.person.login == other


def test_an_owner_connects_a_shop_while_no_worker_is_at_work(
    here: Crowd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its customers come in with the team's next worker, at once: nobody can connect it again for that."""
    owner = here.people[Role.OWNER]
    folder = invited(here, tmp_path, owner)
    where = ("--workspace", str(folder), "--passphrase-file", kept(tmp_path, "phrase", PHRASE))
    with SandboxProcess(customers=5) as sandbox:
        shop = sandbox.shops[0]
        key = ("--key-id", shop.key_id, "--key-file", kept(tmp_path, "key", shop.private_key))
        run("connect", sandbox.url, *key, *where, "--json")
    said = capsys.readouterr()
    account = json.loads(said.out)["account"]
    assert "没有后台进程在工作" in said.err
    with bootstrap.open_app(folder, PassphraseKeeper(PHRASE)) as app:
        waiting = [(job.kind, job.args, job.asked_by) for job in app.jobs.open_jobs()]
    assert waiting == [("sync", {"account_id": account}, owner)]


def test_whoever_made_the_workspace_sets_the_roles_up(
    here: Crowd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = invited(here, tmp_path, here.maker)
    where = ("--workspace", str(folder), "--passphrase-file", kept(tmp_path, "phrase", PHRASE))
    run("workspace", "roles", "setup", "--print", *where)
    assert capsys.readouterr().out == "", "they are there"
    run("workspace", "roles", "setup", "--print", "--json", *where)
    assert json.loads(capsys.readouterr().out) == {"statements": []}
    run("workspace", "roles", "setup", *where)
    assert "运营" in capsys.readouterr().out


def test_a_workspace_of_one_computer_has_no_logins(tmp_path: Path) -> None:
    folder = fresh_folder(tmp_path / "workspace")
    with bootstrap.open_app(folder, MemoryKeeper(KEY)) as app:
        for attempt in (membership.set_up, membership.statements, membership.members):
            with pytest.raises(SettingsError) as caught:
                attempt(app)
            assert caught.value.code == "no_logins"
    with pytest.raises(AppError, match="logins"):
        membership.log_in(folder, MemoryKeeper(KEY), "anna", "x")


def test_nothing_is_made_over_what_is_there(here: Crowd, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "file").touch()
    with pytest.raises(WorkspaceError) as caught:
        membership.invite(here.folder, MemoryKeeper(KEY), tmp_path / "x", PassphraseKeeper(PHRASE), here.maker, WORD)
    assert caught.value.code == "folder_in_use"


def test_whoever_may_make_no_roles_is_shown_what_to_have_run(
    here: Crowd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, role = invited(here, tmp_path, here.maker), f'"{here.database}_team_operator"'
    where = ("--workspace", str(folder), "--passphrase-file", kept(tmp_path, "phrase", PHRASE))
    with cluster().admin() as admin:
        admin.execute(f'REVOKE ADMIN OPTION FOR {role} FROM "{here.database}_team_owner"')
        with pytest.raises(WorkspaceError) as caught:
            run("workspace", "roles", "setup", *where)
        assert caught.value.code == "roles_missing"
        capsys.readouterr()
        run("workspace", "roles", "setup", "--print", *where)
        for statement in capsys.readouterr().out.split(";\n"):
            if statement.strip():
                admin.execute(statement)
    run("workspace", "roles", "setup", *where)
