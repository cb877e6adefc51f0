"""Roles of a team's database, tried by logging in as each of them and typing SQL: what a grant or a guard refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from storage_roles import FORBIDDEN, NEVER, OPERATOR, OWNER, REVIEWER, WORKER, Stage, case, refused, staged
from storage_samples import ENTITY, KEY, NOW, fact, minutes, number

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.complaint import CaseState, NewCase, Source, Unmatched, Way
from campaign_app.domain.consent import Suppression, SuppressionKind
from campaign_app.domain.customer import ImportRow
from campaign_app.domain.errors import NotAllowed, NotPermitted, WorkspaceError
from campaign_app.domain.peak import Stop
from campaign_app.domain.team import EVERY_ROLE, Role
from campaign_app.storage import moving
from campaign_app.storage.audit import entry_hash
from campaign_app.storage.columns import metadata
from campaign_app.storage.comparing import compare
from campaign_app.storage.migrate import HEAD
from campaign_app.storage.peaks import stops_written
from campaign_app.storage.roles import grants
from campaign_app.storage.workspace import Workspace
from tests.helpers.account_state import set_account_state
from tests.helpers.crowd import crowd

DIALECTS = ("postgresql",)
PEOPLE: Final = (OPERATOR, REVIEWER, OWNER)
DAY: Final = int(NOW.replace(hour=2).timestamp() * 1000)  # ten in the morning, Beijing time
HOUR: Final = 3_600_000


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with crowd(tmp_path_factory.mktemp("crowd") / "ws", KEY) as here, closing(here.open(here.maker)) as workspace:
        yield staged(here, workspace)


# --- the data ---


def test_every_table_has_a_decision_for_every_role_and_names_real_columns() -> None:
    assert grants.GRANTS.keys() == {*metadata.tables, "alembic_version"}
    for table, by_role in grants.GRANTS.items():
        assert by_role.keys() == EVERY_ROLE, table
        for role in Role:
            for letter, columns in grants.granted(table, role):
                assert letter in grants.PRIVILEGES
                assert set(columns) <= {column.name for column in metadata.tables[table].c} if columns else True
    assert set(grants.POLICED) <= set(grants.GRANTS)


def test_the_catalogue_holds_exactly_what_the_data_says(stage: Stage) -> None:
    prefix = f"{stage.here.database}_team_"
    expected = {
        (table, f"{prefix}{role}", grants.PRIVILEGES[letter], column)
        for table in grants.GRANTS
        for role in Role
        for letter, columns in grants.granted(table, role)
        for column in columns or ("",)
    }
    tables = """
        SELECT c.relname, a.grantee::regrole::text, a.privilege_type, '' FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'campaign_app'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.grantee <> c.relowner
        UNION SELECT c.relname, a.grantee::regrole::text, a.privilege_type, t.attname FROM pg_attribute t
        JOIN pg_class c ON c.oid = t.attrelid, aclexplode(t.attacl) a
        WHERE c.relnamespace = 'campaign_app'::regnamespace"""
    sequences = """
        SELECT c.relname, a.grantee::regrole::text, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'campaign_app'::regnamespace AND c.relkind = 'S' AND a.grantee <> c.relowner"""
    with stage.here.sql(stage.here.maker) as sql:
        assert set(sql.execute(tables).fetchall()) == expected
        told = {(f"{table}_id_seq", who, "USAGE") for table, who, what, _ in expected if what == "INSERT"}
        numbered = {row[0] for row in sql.execute("SELECT relname FROM pg_class WHERE relkind = 'S'").fetchall()}
        assert set(sql.execute(sequences).fetchall()) == {each for each in told if each[0] in numbered}
        policed = "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'campaign_app'::regnamespace"
        assert {row[0] for row in sql.execute(policed).fetchall()} == set(grants.POLICED)
        definers = "SELECT count(*) FROM pg_proc WHERE prosecdef AND pronamespace = 'campaign_app'::regnamespace"
        assert sql.execute(definers).fetchall() == [(0,)]
        owners = """
            SELECT nspowner FROM pg_namespace WHERE nspname = 'dbos'
            UNION ALL SELECT relowner FROM pg_class WHERE relnamespace = 'dbos'::regnamespace
            UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'dbos'::regnamespace"""
        found = sql.execute(f"SELECT DISTINCT owner::regrole::text, count(*) FROM ({owners}) AS x (owner) GROUP BY 1")
        assert found.fetchall() == [(f"{prefix}worker", 7)], "what the flows had before is the workers' as well"


def test_nobody_but_the_owner_of_the_tables_drops_disables_or_truncates(stage: Stage) -> None:
    for who in Role:
        with stage.sql(who) as sql:
            for statement in (
                "ALTER TABLE audit DISABLE TRIGGER audit_append_only",
                "SET session_replication_role = replica",
                "DROP TRIGGER campaign_guarded ON campaign",
                "CREATE OR REPLACE FUNCTION acts(wanted text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
                "TRUNCATE campaign_warning",
                "DROP TABLE setting",
                "ALTER TABLE secret DISABLE ROW LEVEL SECURITY",
                "CREATE TABLE campaign_app.mine (id int)",
                f'SET ROLE "{stage.here.maker}"',
                "UPDATE audit SET actor = 'x'",
                "DELETE FROM consent_fact",
            ):
                assert refused(sql, statement), (who, statement)


# --- what no operator's SQL does, and mostly nobody's but the worker's ---


@pytest.mark.parametrize("who", PEOPLE)
def test_what_nobody_does_by_hand_the_server_refuses(stage: Stage, who: Role) -> None:
    with stage.sql(who) as sql:
        done = [each for each in (*NEVER, *FORBIDDEN[who]) if not refused(sql, each)]
    assert done == []


def test_a_schedule_is_in_the_window_of_the_law_and_of_the_house(stage: Stage) -> None:
    move = "UPDATE campaign SET state = 'scheduled', send_at = %(at)s, window_end = %(ends)s WHERE id = %(id)s"
    with stage.here.sql(stage.here.maker) as maker, stage.sql(OPERATOR) as sql:

        def may(at: int, ends: int, which: int = stage.approved) -> bool:
            return not refused(sql, move, at=at, ends=ends, id=which)

        assert may(DAY, DAY + 12 * HOUR)
        assert not may(DAY, DAY + 12 * HOUR + 60_000), "after ten at night"
        assert not may(DAY, DAY + 24 * HOUR), "another day"
        assert not may(DAY - 3 * HOUR, DAY), "before eight"
        assert not may(DAY, DAY + HOUR, stage.screened), "nobody approved it"
        maker.execute("INSERT INTO setting (name, value) VALUES ('window_closes', '\"20:00\"')")
        maker.commit()
        assert not may(DAY, DAY + 11 * HOUR)
        assert may(DAY, DAY + 10 * HOUR)
        maker.execute("DELETE FROM setting WHERE name = 'window_closes'")


def test_what_a_role_is_for_it_may_do(stage: Stage) -> None:
    lift = (
        "INSERT INTO suppression_lift (entity_uscc, key, kind, granted_at, fact_id, reviewer, at)"
        " VALUES (%(entity)s, %(key)s, %(kind)s, %(granted)s, %(fact)s, %(by)s, %(now)s)"
    )
    granted, now = int((NOW - minutes(1)).timestamp() * 1000), int(NOW.timestamp() * 1000)
    given = {
        "entity": ENTITY,
        "key": stage.key,
        "kind": "opt_out",
        "by": f"{stage.here.people[REVIEWER]}/window",
        "granted": granted,
        "fact": stage.fact_id,
        "now": now,
    }
    approve = (
        "UPDATE campaign SET state = 'approved', approved_hash = 'h', approved_by = session_user || '/window',"
        " approved_at = 1 WHERE id = %(id)s"
    )
    with stage.sql(REVIEWER) as sql:
        assert not refused(sql, approve, id=stage.screened)
        assert not refused(
            sql, "UPDATE campaign_warning SET confirmed_by = session_user || '/window', confirmed_at = 1"
        )
        assert not refused(sql, lift, **given)
        assert refused(sql, lift, **{**given, "granted": granted - 1}), "not the fact's own time"
        assert refused(sql, lift, **{**given, "entity": "x"})
        assert refused(sql, lift, **{**given, "by": ""}), "nobody lifted it"
        assert refused(sql, lift, **{**given, "now": 2**62}), "no calendar has that time"
        assert not refused(sql, "SELECT sealed FROM secret WHERE name = 'account.1.unread.r1'")
        assert not refused(sql, "INSERT INTO setting (name, value) VALUES ('profile:x', '{}')")
        assert not refused(sql, "UPDATE campaign SET state = 'paused' WHERE state = 'sending'")
        assert not refused(sql, "UPDATE complaint_case SET owner = 'r', state = 'unmatched', why = 'not_ours'")
    with stage.sql(OPERATOR) as sql:
        for statement in (
            (
                "UPDATE campaign SET body = 'neu', state = 'draft', approved_hash = '', approved_by = '',"
                " approved_at = NULL, edited_by = session_user WHERE state = 'approved'"
            ),
            "UPDATE campaign SET state = 'screening' WHERE state = 'draft'",
            "UPDATE campaign SET name = 'neu' WHERE state = 'approved'",
            "UPDATE campaign SET state = 'cancelling' WHERE state = 'sending'",
            "UPDATE campaign SET state = 'cancelled' WHERE state = 'approved'",
            f"DELETE FROM campaign WHERE id = {stage.draft}",
            f"DELETE FROM campaign_member WHERE campaign_id = {stage.screened}",
            "UPDATE job SET state = 'cancelled' WHERE kind = 'sync'",
            "UPDATE opt_out_outbox SET since = since + 1",
            """UPDATE customer SET attributes = '{"a": "b", "c": ""}'""",
            "UPDATE customer SET attributes = '{}'",
            """UPDATE peak_plan SET duty = '[["王", "日"], ["李"]]', open_items = '["x"]', changed_by = session_user""",
            "INSERT INTO setting (name, value) SELECT 'import.7', json_build_object('actor', session_user)::text",
            case("form", "open", "session_user"),
        ):
            assert not refused(sql, statement), statement
    with stage.sql(OWNER) as sql:
        assert not refused(sql, "UPDATE account SET state = 'disconnected'")
        assert not refused(sql, "INSERT INTO setting (name, value) VALUES ('max_consent_age_minutes', '60')")
        assert not refused(sql, "SELECT sealed FROM secret WHERE name = 'account.1.key'")


def test_what_the_program_writes_of_a_pause_and_of_a_job_is_taken(stage: Stage) -> None:
    pause = (
        "INSERT INTO peak_pause (plan_id, drill, asked_by, asked_at, in_force_at, stops, resumed_by, resumed)"
        " SELECT id, 1, session_user, 1, 1, %(stops)s, '', '[]' FROM peak_plan"
    )
    job = "INSERT INTO job (kind, args, state, queued_at) VALUES (%(kind)s, %(args)s, 'queued', 1)"
    full = Stop(2**59, "sending", active=True, watched=(7, 8), ended=True, batches=2, messages=9, left=1, last_at=NOW)
    path = "数据/" * 1_000
    with stage.sql(OPERATOR) as sql:
        for stops in ((), (Stop(1, "scheduled", active=False),), (full, full)):
            assert not refused(sql, pause, stops=stops_written(stops))
        for kind, args in (
            ("sync", {"account_id": 2**59, "full": True}),
            ("import", {"import_id": 1, "chunks": 0, "place": path}),
        ):
            assert not refused(sql, job, kind=kind, args=json.dumps(args, ensure_ascii=False))


def test_who_asked_for_a_job_is_the_servers_word(stage: Stage) -> None:
    with stage.sql(OPERATOR) as sql, sql.transaction(force_rollback=True):
        asked = sql.execute(
            "INSERT INTO job (kind, args, state, queued_at, asked_by)"
            """ VALUES ('sync', '{"account_id": 1, "full": true}', 'queued', 1, 'boss')"""
            " RETURNING asked_by"
        )
        assert asked.fetchone() == (stage.here.people[OPERATOR],)


# --- the audit ---


def test_an_entry_names_who_wrote_it_and_fits_the_chain(stage: Stage) -> None:
    with closing(stage.here.open(OPERATOR)) as workspace:
        workspace.audit.record("some.thing", actor="窗口\u007f🎉\n", at=NOW, words="„Ä“")
        newest = workspace.audit.entries(limit=1)[0]
        assert newest.actor == f"{stage.here.people[OPERATOR]}/窗口\u007f🎉\n"
        count = workspace.audit.verify()
    row = (
        "INSERT INTO audit (id, at, action, actor, facts, prev_hash, hash)"
        " SELECT id + %(step)s, at, action, %(actor)s, facts, hash, %(hash)s FROM audit ORDER BY id DESC LIMIT 1"
    )
    mine = f"{stage.here.people[OPERATOR]}/window"
    with stage.sql(OPERATOR) as sql:
        for step, actor in ((1, "boss/window"), (1, stage.here.people[OWNER]), (1, mine), (2, mine)):
            assert refused(sql, row, step=step, actor=actor, hash=b"h" * 32)
    with closing(stage.here.open(OWNER)) as workspace:
        assert workspace.audit.verify() == count


def test_an_entry_that_nobody_could_read_is_refused(stage: Stage) -> None:
    """It would stay for ever, between all the others."""
    whose = f"{stage.here.people[OPERATOR]}/window"
    with stage.sql(OPERATOR) as sql:
        last, before = sql.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchall()[0]
        for at in (1, 2**62, -1):
            entry = (last + 1, at, "some.thing", whose, "{}", before)
            values = dict(zip(("id", "at", "action", "actor", "facts", "before"), entry, strict=True))
            put = (
                "INSERT INTO audit (id, at, action, actor, facts, prev_hash, hash) VALUES"
                " (%(id)s, %(at)s, %(action)s, %(actor)s, %(facts)s, %(before)s, %(hash)s)"
            )
            assert refused(sql, put, **values, hash=entry_hash(*entry)) == (at != 1)


def test_the_worker_too_writes_under_its_own_name(stage: Stage) -> None:
    with closing(stage.here.open(WORKER)) as workspace:
        workspace.audit.record("import.finished", actor="alice/window", at=NOW)
        assert workspace.audit.entries(limit=1)[0].actor == f"{stage.here.people[WORKER]}/alice/window"


def test_what_is_claimed_or_agreed_is_the_workers_to_say_and_what_was_before_nobodys(stage: Stage) -> None:
    claimed = (
        *(("batch.claimed", ""), ("facts.kept", ""), ("some.thing", "messages_root"), ("a", "facts_root")),
        ("customer.erased", ""),
    )
    for who, forged in ((OPERATOR, claimed), (REVIEWER, claimed), (OPERATOR, (("chain.begun", ""),))):
        with closing(stage.here.open(who)) as workspace:
            for action, fact in forged:
                with pytest.raises(NotPermitted):
                    workspace.audit.record(action, actor="window", at=NOW, **{fact or "n": "00"})
    with closing(stage.here.open(WORKER)) as workspace, pytest.raises(NotPermitted):
        workspace.audit.record("chain.begun", actor="worker", at=NOW)
    with closing(stage.here.open(OPERATOR)) as workspace:
        assert compare(workspace.database).roots > 1


# --- the stores, as the program uses them ---


def test_a_refusal_of_the_server_is_the_same_error_as_one_of_the_services(stage: Stage) -> None:
    with closing(stage.here.open(OPERATOR)) as workspace:
        for attempt in _attempts(workspace, stage):
            with pytest.raises(NotPermitted) as caught:
                attempt()
            assert caught.value.code == "not_permitted"
        assert workspace.accounts.accounts()[0].state == "connected"


def _attempts(workspace: Workspace, stage: Stage) -> Iterator[Callable[[], object]]:
    mark = Suppression(ENTITY, stage.key, SuppressionKind.WITHDRAWN, NOW - minutes(60), "reply", "")
    yield lambda: workspace.suppressions.lift([mark], customer_id=1, fact_id=stage.fact_id, reviewer="王", at=NOW)
    yield lambda: set_account_state(workspace.accounts, 1, "disconnected")
    yield lambda: workspace.accounts.set_setting("batch_size", 1)
    yield lambda: workspace.facts.append([fact(1, "c0")], [])
    yield lambda: workspace.secrets.put("account.1.key", "x")


def test_a_reviewer_lifts_by_the_rules(stage: Stage) -> None:
    mark = Suppression(ENTITY, stage.key, SuppressionKind.OPT_OUT, NOW - minutes(60), "reply", "")
    with closing(stage.here.open(REVIEWER)) as workspace:
        complaint = replace(mark, kind=SuppressionKind.COMPLAINT)
        with pytest.raises(NotAllowed, match="never lifted"):
            workspace.suppressions.lift([complaint], customer_id=1, fact_id=stage.fact_id, reviewer="王", at=NOW)
        workspace.suppressions.lift([mark], customer_id=1, fact_id=stage.fact_id, reviewer="王", at=NOW)
        with workspace.database.read() as connection:
            by = connection.execute(sa.text("SELECT reviewer FROM suppression_lift")).scalar_one()
        assert by == f"{stage.here.people[REVIEWER]}/王"
        active = workspace.suppressions.active(ENTITY, [stage.key])[stage.key]
        assert {each.kind for each in active} == {SuppressionKind.COMPLAINT, SuppressionKind.WITHDRAWN}


def test_an_operator_deletes_a_draft_with_its_people(stage: Stage) -> None:
    with closing(stage.here.open(OPERATOR)) as workspace:
        mine = Campaign(0, "x", ENTITY, "retail", Filter(), edited_by=workspace.person.name)
        made = workspace.campaigns.create(mine)
        workspace.money.set_budget(made.id, 5_000)
        workspace.campaigns.delete(made.id, [CampaignState.DRAFT])
        assert made.id not in {each.id for each in workspace.campaigns.campaigns()}


def test_an_operator_begins_an_import_and_undoes_it_and_the_worker_applies_it(stage: Stage) -> None:
    with closing(stage.here.open(OPERATOR)) as operator, closing(stage.here.open(WORKER)) as worker:
        who = operator.customers.ids_of_refs(1, ["c2"])["c2"]
        import_id = operator.imports.begin("a.csv", "a" * 64, 2, NOW)
        rows = [ImportRow(2, 1, "c2", None, {"level": "gold"}), ImportRow(3, 1, "nobody yet", None, {"level": "x"})]
        with pytest.raises(NotPermitted):
            operator.imports.apply_chunk(import_id, rows)
        worker.imports.apply_chunk(import_id, rows)
        worker.imports.finish(import_id, {"changed": 1})
        assert operator.customers.by_ids([who])[who].attributes == {"level": "gold"}
        operator.imports.undo(import_id)
        assert operator.customers.by_ids([who])[who].attributes == {}


def test_an_operator_enters_a_complaint_and_a_number_and_a_reviewer_ends_the_case(stage: Stage) -> None:
    new = NewCase(ENTITY, Source.CARRIER, Way.FORM, NOW, NOW, "A2", number(1))
    refusal = Suppression(ENTITY, b"", SuppressionKind.OPT_OUT, NOW, "by_hand", "来电", "李")
    with closing(stage.here.open(OPERATOR)) as operator, closing(stage.here.open(REVIEWER)) as reviewer:
        added = operator.complaints.add(new, actor="李", at=NOW)
        assert added.entered_by == f"{stage.here.people[OPERATOR]}/李"
        assert operator.opt_outs.add_numbers([number(7)], refusal) == 1
        with pytest.raises(NotPermitted):
            operator.complaints.own(added.id, "李", actor="李", at=NOW)
        reviewer.complaints.own(added.id, "王", actor="王", at=NOW)
        reviewer.complaints.unmatch(added.id, Unmatched.NOT_OURS, note="", actor="王", at=NOW)
        reviewer.complaints.answer(added.id, "已答复", actor="王", at=NOW)
        reviewer.complaints.close(added.id, "", actor="王", at=NOW)
        assert operator.complaints.case(added.id).state is CaseState.CLOSED
        ((mark,),) = reviewer.suppressions.active(ENTITY, [reviewer.phone_keys.of_phone(number(7))]).values()
        assert mark.by == f"{stage.here.people[OPERATOR]}/李"


def test_a_campaign_goes_on_after_a_reviewer_said_that_a_complaint_is_of_others(stage: Stage) -> None:
    new = NewCase(ENTITY, Source.CARRIER, Way.FORM, NOW, NOW, "A3", number(0))
    with closing(stage.here.open(WORKER)) as worker, closing(stage.here.open(REVIEWER)) as reviewer:
        added = worker.complaints.add(new, actor="x", at=NOW)
        assert added.campaign_id == stage.sending
        before = worker.campaigns.campaign(stage.sending)
        seen = worker.inbox.complaints(stage.sending)
        paused = replace(before, state=CampaignState.PAUSED, approved_hash="h", complaints_seen=seen)
        worker.campaigns.update(paused, expected=before.state)
        reviewer.complaints.unmatch(added.id, Unmatched.NOT_OURS, note="", actor="王", at=NOW)
        going = replace(
            reviewer.campaigns.campaign(stage.sending), state=before.state,
            complaints_seen=reviewer.inbox.complaints(stage.sending),
        )  # fmt: skip
        reviewer.campaigns.update(going, expected=CampaignState.PAUSED)
        worker.campaigns.update(before, expected=before.state)


def test_who_does_not_own_the_tables_neither_renews_nor_moves_them(stage: Stage, tmp_path: Path) -> None:
    there = moving.to_folder(tmp_path / "there", KEY)
    with closing(stage.here.open(OWNER)) as workspace, pytest.raises(WorkspaceError) as caught:
        moving.move(workspace, there, actor="cli", clock=lambda: NOW, seen=None, tick=bool)
    assert caught.value.code == "not_schema_owner"
    with stage.here.sql(stage.here.maker) as maker:
        maker.execute("UPDATE alembic_version SET version_num = '0018'")
        maker.commit()
        with pytest.raises(WorkspaceError) as caught:
            stage.here.open(OPERATOR).close()
        assert caught.value.code == "older_workspace"
        maker.execute("UPDATE alembic_version SET version_num = %s", [HEAD])
