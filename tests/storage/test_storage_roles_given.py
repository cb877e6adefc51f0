"""Roles given and taken, and what they are in a database that is moved, put back, or of another version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from storage_roles import OPERATOR, OWNER, REVIEWER, WORKER, Stage, refused, staged
from storage_samples import KEY, NOW

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import NEW_TIME, CampaignState
from campaign_app.domain.errors import NotFound, NotPermitted, WorkspaceError
from campaign_app.domain.peak import Wish
from campaign_app.domain.team import Role
from campaign_app.storage import copies
from campaign_app.storage.postgres import ServerDatabase, open_server
from campaign_app.storage.roles.applying import introduce, making, renew
from campaign_app.storage.roles.members import SqlMembers
from campaign_app.storage.roles.standing import prefix_of
from campaign_app.storage.seen import CLAIMS, LEAVES, Seen, write_mark
from campaign_app.storage.workspace import create_team_workspace
from tests.helpers.crowd import crowd
from tests.helpers.pg import PASSWORD, bare_database, cluster

DIALECTS = ("postgresql",)
PEOPLE: Final = (OPERATOR, REVIEWER, OWNER)
DAY: Final = int(NOW.replace(hour=2).timestamp() * 1000)  # ten in the morning, Beijing time
HOUR: Final = 3_600_000


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with crowd(tmp_path_factory.mktemp("crowd") / "ws", KEY) as here, closing(here.open(here.maker)) as workspace:
        yield staged(here, workspace)


def test_whoever_loses_the_last_role_is_told_so_and_goes_on_once_there_is_one(stage: Stage) -> None:
    """A window that is open meanwhile: tables that it does not see are no fault of the program."""
    somebody = stage.here.new_login()
    role = f'"{stage.here.database}_team_operator"'
    with stage.here.sql(stage.here.maker) as sql:
        sql.execute(f'GRANT {role} TO "{somebody}"')
        sql.commit()
        with closing(stage.here.open(somebody)) as open_still:
            seen = open_still.customers.total()
            sql.execute(f'REVOKE {role} FROM "{somebody}"')
            sql.commit()
            uses = (
                open_still.customers.total,
                lambda: open_still.accounts.set_setting("x", 1),
                lambda: open_still.roles_of(somebody),  # not everything, as where there are no roles
            )
            for use in uses:
                with pytest.raises(WorkspaceError) as caught:
                    use()
                assert (caught.value.code, caught.value.facts) == ("no_role", {"login": somebody})
            sql.execute(f'GRANT {role} TO "{somebody}"')
            sql.commit()
            assert open_still.customers.total() == seen


def test_a_role_is_gone_only_when_nobody_gives_it_any_more(stage: Stage) -> None:
    somebody = stage.here.new_login()
    reviewers = f"{stage.here.database}_team_reviewer"
    with stage.here.sql(stage.here.maker) as sql:
        sql.execute(f'GRANT "{reviewers}" TO "{somebody}"')
    with closing(stage.here.open(OWNER)) as owner, closing(stage.here.open(stage.here.maker)) as maker:
        SqlMembers(owner.database).grant(somebody, REVIEWER, actor="cli", at=NOW)
        before = owner.audit.head()
        with pytest.raises(NotPermitted):
            SqlMembers(owner.database).revoke(somebody, REVIEWER, actor="cli", at=NOW)
        assert (owner.roles_of(somebody), owner.audit.head()) == ({REVIEWER}, before), "nothing is said that is not so"
        SqlMembers(maker.database).revoke(somebody, REVIEWER, actor="cli", at=NOW)
        assert owner.roles_of(somebody) == frozenset()


def test_an_owner_takes_what_whoever_made_the_workspace_gave(stage: Stage) -> None:
    somebody = stage.here.new_login()
    with closing(stage.here.open(OWNER)) as owner, closing(stage.here.open(stage.here.maker)) as maker:
        for role in (OPERATOR, REVIEWER):
            SqlMembers(maker.database).grant(somebody, role, actor="cli", at=NOW)
            SqlMembers(owner.database).revoke(somebody, role, actor="cli", at=NOW)
            assert owner.roles_of(somebody) == frozenset()
        SqlMembers(maker.database).grant(somebody, OWNER, actor="cli", at=NOW)
        with pytest.raises(NotPermitted):
            SqlMembers(owner.database).revoke(somebody, OWNER, actor="cli", at=NOW)
        SqlMembers(maker.database).revoke(somebody, OWNER, actor="cli", at=NOW)


def test_what_an_administrator_gave_is_for_an_administrator_to_take(stage: Stage) -> None:
    somebody = stage.here.new_login()
    with cluster().admin() as admin:
        admin.execute(f'GRANT "{stage.here.database}_team_reviewer" TO {somebody}')
    with closing(stage.here.open(stage.here.maker)) as maker:
        with pytest.raises(NotPermitted) as caught:
            SqlMembers(maker.database).revoke(somebody, REVIEWER, actor="cli", at=NOW)
        assert caught.value.facts["roles"] == "administrator", "not for whoever made it, which is who asks"
        assert maker.roles_of(somebody) == {REVIEWER}


def test_a_login_that_was_made_without_quotes_is_named_as_the_server_has_it(stage: Stage) -> None:
    somebody = stage.here.new_login()
    with closing(stage.here.open(stage.here.maker)) as maker:
        for change in (SqlMembers(maker.database).grant, SqlMembers(maker.database).revoke):
            with pytest.raises(NotFound) as caught:
                change(somebody.upper(), REVIEWER, actor="cli", at=NOW)
            assert (caught.value.code, caught.value.facts["there"]) == ("login_small", somebody)
        assert maker.roles_of(somebody) == frozenset()


def test_a_persons_alarm_stops_the_next_worker(stage: Stage, tmp_path: Path) -> None:
    """The database is older than what an operator's computer has seen of it; no worker's host has seen more."""
    with closing(stage.here.open(OPERATOR)) as mine, closing(stage.here.open(WORKER)) as service:
        desktop = Seen(mine.database, tmp_path / "mine", "", lambda: NOW)
        worker = Seen(service.database, tmp_path / "service", "", lambda: NOW)
        approved = service.campaigns.campaign(stage.approved)
        assert desktop.alarm() == ""
        (file,) = (tmp_path / "mine").glob("*.seen")
        write_mark(file, {CLAIMS: (9_999, "of a batch that nobody here knows"), LEAVES: (0, "")})
        assert desktop.alarm() == "older_copy"
        assert mine.campaigns.campaign(stage.sending).state is CampaignState.SENDING, "that is the worker's to do"
        for nothing in ("", "{}"):
            with pytest.raises(NotPermitted), mine.database.write() as connection:
                copies.put_meta(connection, "copy", nothing)
        with pytest.raises(NotPermitted), mine.database.write() as connection:
            copies.put_meta(connection, "workspace_id", "another")
        assert worker.guard() == "older_copy"
        sent = service.campaigns.campaign(stage.sending)
        assert (sent.state, sent.state_note) == (CampaignState.PAUSED, "older_copy")
        with pytest.raises(NotPermitted), mine.database.write() as connection:
            copies.raise_alarm(connection, "older_copy", NOW)  # as if nothing had been put aside yet
        with service.database.write() as connection:
            copies.accept(connection, "", "test", NOW)
        assert [worker.guard(), desktop.alarm()] == ["", ""]
        again = replace(sent, state=CampaignState.SENDING, state_note="")
        service.campaigns.update(again, expected=CampaignState.PAUSED)
        service.campaigns.update(approved, expected=CampaignState.SCREENED)


def test_nobody_who_goes_on_knew_of_more_complaints_than_there_are(stage: Stage) -> None:
    with closing(stage.here.open(WORKER)) as service:
        sending = service.campaigns.campaign(stage.sending)
        paused = replace(sending, state=CampaignState.PAUSED, approved_hash="h")
        service.campaigns.update(paused, expected=CampaignState.SENDING)
        going = f"UPDATE campaign SET state = 'sending', complaints_seen = %(seen)s WHERE id = {stage.sending}"
        with stage.sql(OPERATOR) as sql:
            assert not refused(sql, going, seen=0)
            assert refused(sql, going, seen=1)
        service.campaigns.update(sending, expected=CampaignState.PAUSED)


def test_whoever_schedules_takes_a_planned_time_back(stage: Stage) -> None:
    with closing(stage.here.open(WORKER)) as service:
        sending = service.campaigns.campaign(stage.sending)
        planned = replace(sending, state=CampaignState.SCHEDULED, approved_hash="h", send_at=NOW, window_end=NOW)
        for role in (OPERATOR, REVIEWER):
            service.campaigns.update(planned, expected=service.campaigns.campaign(stage.sending).state)
            with closing(stage.here.open(role)) as person:
                paused = replace(planned, state=CampaignState.PAUSED, state_note="by_user")
                person.campaigns.update(paused, expected=CampaignState.SCHEDULED)
                person.campaigns.update(
                    replace(paused, state=CampaignState.WAITING, state_note=NEW_TIME), expected=CampaignState.PAUSED
                )
        service.campaigns.update(sending, expected=CampaignState.WAITING)


def test_a_login_without_a_role_is_told_so(stage: Stage) -> None:
    nobody = stage.here.new_login()
    with pytest.raises(WorkspaceError) as caught:
        stage.here.open(nobody).close()
    assert (caught.value.code, caught.value.facts["login"]) == ("no_role", nobody)


def test_an_owner_gives_and_takes_what_is_an_owners_to_give(stage: Stage) -> None:
    somebody = stage.here.new_login()
    with closing(stage.here.open(OWNER)) as workspace:
        members = SqlMembers(workspace.database)
        members.grant(somebody, REVIEWER, actor="cli", at=NOW)
        assert workspace.roles_of(somebody) == {REVIEWER}
        assert {each.login: each.roles for each in members.all()}[somebody] == {REVIEWER}
        for own in (WORKER, OWNER):
            with pytest.raises(NotPermitted):
                members.grant(somebody, own, actor="cli", at=NOW)
        members.revoke(somebody, REVIEWER, actor="cli", at=NOW)
        assert workspace.roles_of(somebody) == frozenset()
        assert workspace.roles_of("nobody at all") == frozenset()
        assert workspace.audit.entries(limit=1)[0].facts == {"login": somebody, "role": "reviewer"}
    with closing(stage.here.open(OPERATOR)) as workspace:
        members = SqlMembers(workspace.database)
        with pytest.raises(NotPermitted):
            members.grant(somebody, REVIEWER, actor="cli", at=NOW)


def test_applying_it_again_changes_nothing_and_mends_what_was_spoiled(stage: Stage) -> None:
    grantees = "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee LIKE %(who)s"
    who = f"{stage.here.database}_team_%"
    with closing(stage.here.open(stage.here.maker)) as workspace, stage.here.sql(stage.here.maker) as sql:
        before = sql.execute(grantees, {"who": who}).fetchone()
        sql.execute(f'GRANT DELETE ON suppression TO "{stage.here.database}_team_operator"')
        sql.execute("COMMENT ON FUNCTION campaign_app.role_prefix() IS 'older'")
        sql.commit()
        renew(workspace.database)
        assert sql.execute(grantees, {"who": who}).fetchone() == before
        introduce(workspace.database)
        assert sql.execute(grantees, {"who": who}).fetchone() == before


def test_whoever_may_make_no_roles_is_shown_what_an_administrator_has_to_run(stage: Stage) -> None:
    with closing(stage.here.open(OPERATOR)) as workspace, pytest.raises(WorkspaceError) as caught:
        introduce(workspace.database)
    assert caught.value.code == "not_schema_owner"
    with cluster().admin(stage.here.database) as admin:
        admin.execute(f'ALTER ROLE "{stage.here.database}_team_operator" CREATEDB')
    with closing(stage.here.open(stage.here.maker)) as workspace:
        with workspace.database.read() as connection, pytest.raises(WorkspaceError) as caught:
            making(connection)
        assert caught.value.code == "role_taken", "it is more than a role of ours"
        with cluster().admin(stage.here.database) as admin:
            admin.execute(f'ALTER ROLE "{stage.here.database}_team_operator" NOCREATEDB')
        with workspace.database.read() as connection:
            assert making(connection) == []


def test_work_that_came_with_a_move_names_nobody_of_here(stage: Stage) -> None:
    """Else no worker would take it: whoever that is has no role."""
    with stage.here.sql(stage.here.maker) as sql:
        assert sql.execute("SELECT asked_by FROM job WHERE queued_at = 1").fetchone() == ("",)


def test_the_plan_of_an_import_is_no_others_to_change(stage: Stage) -> None:
    plan = json.dumps({"actor": f"{stage.here.people[OPERATOR]}/window", "path": "/tmp/x"})
    other = stage.here.new_login()
    with closing(stage.here.open(OWNER)) as workspace:
        SqlMembers(workspace.database).grant(other, OPERATOR, actor="cli", at=NOW)
    with closing(stage.here.open(OPERATOR)) as workspace:
        workspace.accounts.set_settings({"import.70": json.loads(plan)})
    with stage.here.sql(other) as sql:
        theirs = json.dumps({"actor": f"{other}/window"})
        assert refused(sql, "UPDATE setting SET value = %(value)s WHERE name = 'import.70'", value=theirs)


def test_a_role_that_has_members_of_an_earlier_workspace_is_not_taken(stage: Stage) -> None:
    with bare_database() as name, cluster().admin(name) as admin:
        admin.execute(f'CREATE ROLE "{name}_team_reviewer"')
        admin.execute(f'GRANT "{name}_team_reviewer" TO {stage.here.people[OPERATOR]}')
        database = ServerDatabase(open_server(cluster().server(name), PASSWORD))
        with database.read() as connection, pytest.raises(WorkspaceError) as caught:
            making(connection)
        assert caught.value.facts["name"] == f"{name}_team_reviewer"
        database.engine.dispose()
        admin.execute(f'DROP ROLE "{name}_team_reviewer"')


def test_an_owner_pauses_everything_of_an_operators_plan_and_is_named(stage: Stage) -> None:
    wish = Wish("双十一", NOW.date(), NOW.date())
    with closing(stage.here.open(OPERATOR)) as mine, closing(stage.here.open(OWNER)) as owner:
        plan = mine.peaks.add(wish, actor="cli", at=NOW)
        with pytest.raises(NotPermitted):
            owner.peaks.add(wish, actor="cli", at=NOW)
        press = owner.peaks.press()
        made = owner.peaks.pause_all(plan, press, (), drill=False, actor="cli", asked_at=NOW, clock=lambda: NOW)
        assert stage.sending in {stop.campaign_id for stop in made.stops}
        assert mine.campaigns.campaign(stage.sending).state is CampaignState.PAUSED
        assert made.asked_by == f"{owner.person.login}/cli"
        kept = mine.peaks.keep(replace(made, measured_at=NOW), actor="cli", at=NOW)
        assert kept.measured_at == NOW
        with stage.sql(OPERATOR) as sql:
            assert refused(sql, f"UPDATE peak_pause SET resumed_by = 'somebody' WHERE id = {made.id}")
            assert refused(sql, f"UPDATE peak_pause SET asked_at = 0 WHERE id = {made.id}")
        assert owner.audit.entries(limit=1)[0].action == "peak.measured"
        for who in Role:
            with stage.sql(who) as sql:
                assert refused(sql, f"UPDATE peak_pause SET stops = '[]' WHERE id = {made.id}"), who
                again = f"UPDATE peak_pause SET stops = '[]', measured_at = 2 WHERE id = {made.id}"
                assert refused(sql, again), f"{who}: what came of it is said once"
                on = "UPDATE peak_pause SET resumed = '[1]', resumed_by = session_user, resumed_at = 1 WHERE id = "
                assert refused(sql, f"{on}{made.id}"), f"{who}: nobody without its entry"
        gone = replace(kept, resumed_by=f"{owner.person.login}/cli", resumed_at=NOW, resumed=(stage.sending,))
        with pytest.raises(NotPermitted):
            owner.peaks.keep(gone, actor="cli", at=NOW)
        on_again = replace(gone, resumed_by=f"{mine.person.login}/cli")
        assert mine.peaks.keep(on_again, actor="cli", at=NOW).resumed == (stage.sending,)
        assert mine.audit.entries(limit=1)[0].action == "peak.resumed"
    with closing(stage.here.open(WORKER)) as service:
        for stop in made.stops:
            paused = service.campaigns.campaign(stop.campaign_id)
            before = replace(paused, state=CampaignState(stop.was), state_note="")
            service.campaigns.update(before, expected=CampaignState.PAUSED)


def test_a_long_chinese_name_of_a_database_leaves_each_role_a_name_of_its_own(tmp_path: Path) -> None:
    """A name has 63 bytes, and such a letter three of them: what the server cuts off would be all that differs."""
    name = "安宁百货有限公司会员短信营销团队工作区二"
    with cluster().admin() as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        server = cluster().server(name)
        with closing(create_team_workspace(tmp_path / "ws", MemoryKeeper(KEY), server, PASSWORD)) as made:
            introduce(made.database)
            introduce(made.database)
            with made.database.read() as connection:
                prefix = prefix_of(connection)
                roles = connection.exec_driver_sql("SELECT rolname::text FROM pg_roles").scalars().all()
    finally:
        with cluster().admin() as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    assert name.startswith(prefix.removesuffix("_team_"))
    assert {f"{prefix}{role}" for role in Role} <= set(roles)
    with cluster().admin() as admin:
        for role in Role:
            admin.execute(f'DROP ROLE "{prefix}{role}"')
