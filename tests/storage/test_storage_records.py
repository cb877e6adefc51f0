"""Accounts, settings, signatures, secrets, jobs and the audit chain."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from storage_samples import ENTITY, ISSUER, NOW, OTHER_ENTITY, account, minutes, pass_triggers, shop

from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import NotAllowed, NotFound, WorkspaceError
from campaign_app.domain.ports_evidence import AuditQuery
from campaign_app.domain.signature import Signature
from campaign_app.services.accounts import secret_name
from campaign_app.storage.audit import entry_hash
from campaign_app.storage.secrets import LEASE, AccountSecrets
from campaign_app.storage.workspace import Workspace
from tests.helpers.account_state import set_account_state
from tests.helpers.connect_again import connect_again

SIGNATURE = Signature("某店", ENTITY, "trademark", "approved", True, ("retail", "会员"), date(2027, 1, 31))


def test_entities_are_kept_as_last_written(workspace: Workspace) -> None:
    entity = Entity(ENTITY, "杭州某店", "individual_business", ("增值电信",))
    workspace.accounts.add_entity(Entity(ENTITY, "旧名"))
    workspace.accounts.add_entity(entity)
    assert workspace.accounts.entity(ENTITY) == entity
    assert workspace.accounts.entities() == (entity,)
    with pytest.raises(NotFound):
        workspace.accounts.entity(OTHER_ENTITY)


def test_an_account_is_connected_once(workspace: Workspace) -> None:
    first = shop(workspace)
    assert workspace.accounts.account(first) == replace(account(), id=first)
    with pytest.raises(NotAllowed) as caught:
        workspace.accounts.add_account(account())
    assert (caught.value.code, caught.value.facts) == ("account_exists", {"account": first})
    second = shop(workspace, "k2")
    assert [each.id for each in workspace.accounts.accounts()] == [first, second]
    set_account_state(workspace.accounts, second, "refused")
    assert workspace.accounts.account(second).state == "refused"
    for act in (lambda: workspace.accounts.account(99), lambda: set_account_state(workspace.accounts, 99, "x")):
        with pytest.raises(NotFound):
            act()


def test_an_entity_cannot_confirm_its_own_list(workspace: Workspace) -> None:
    with pytest.raises(NotAllowed) as caught:
        shop(workspace, issuer_uscc=ENTITY)
    assert caught.value.code == "own_issuer"
    shop(workspace)
    with pytest.raises(sa.exc.IntegrityError), workspace.database.write() as connection:
        connection.exec_driver_sql("UPDATE account SET issuer_uscc = entity_uscc")


def test_settings_are_any_json(workspace: Workspace) -> None:
    assert workspace.accounts.setting("hours", {"from": 9}) == {"from": 9}
    workspace.accounts.set_setting("hours", {"from": 8, "days": [1, 2], "名": None})
    workspace.accounts.set_setting("hours", {"from": 10})
    assert workspace.accounts.setting("hours", None) == {"from": 10}


def test_one_at_a_time_may_change_a_secret_that_they_have_seen(workspace: Workspace) -> None:
    account_id, kept, now = shop(workspace), AccountSecrets(workspace.secrets), [NOW]
    workspace.secrets.put(secret_name(account_id), "甲")

    def may(seen: str) -> bool:
        with kept.claim(account_id, seen, lambda: now[0]) as ours:
            return ours

    with kept.claim(account_id, "甲", lambda: NOW) as ours:
        assert (ours, may("甲")) == (True, False)
        assert kept.replace(account_id, "甲", "乙")
        assert [may("甲"), may("乙")] == [False, True], "of what is new nothing is claimed yet"
    assert may("乙")


def test_a_claim_whose_process_ended_ends_by_the_clock_whichever_way_it_is_set(workspace: Workspace) -> None:
    account_id, kept, now = shop(workspace), AccountSecrets(workspace.secrets), [NOW]
    workspace.secrets.put(secret_name(account_id), "甲")

    def may() -> bool:
        with kept.claim(account_id, "甲", lambda: now[0]) as ours:
            return ours

    found = []
    for moved in (LEASE - minutes(1), LEASE, -minutes(2)):
        now[0] = NOW + moved
        with kept.claim(account_id, "甲", lambda: NOW):
            found.append(may())
    assert found == [False, True, True]


def test_a_claim_holds_against_whoever_read_the_clock_a_little_earlier(workspace: Workspace) -> None:
    """Two processes, of which one waited for the database: by its clock the other's claim is one of the future."""
    account_id, kept = shop(workspace), AccountSecrets(workspace.secrets)
    workspace.secrets.put(secret_name(account_id), "甲")
    early = NOW - timedelta(milliseconds=5)
    with kept.claim(account_id, "甲", lambda: NOW) as ours, kept.claim(account_id, "甲", lambda: early) as theirs:
        assert (ours, theirs) == (True, False)


def test_signatures_are_what_the_entitys_accounts_last_reported(workspace: Workspace) -> None:
    first, second = shop(workspace), shop(workspace, "k2")
    older, plain = replace(SIGNATURE, status="expired"), Signature("无", OTHER_ENTITY)
    workspace.accounts.put_signatures(first, [SIGNATURE, plain], NOW)
    workspace.accounts.put_signatures(second, [older], NOW - minutes(5))
    assert workspace.accounts.register(ENTITY).signature("某店", NOW) == SIGNATURE
    assert workspace.accounts.register(ENTITY).signature("无", NOW) == plain
    assert workspace.accounts.register(OTHER_ENTITY).signature("某店", NOW) is None
    workspace.accounts.put_signatures(first, [], NOW)
    assert workspace.accounts.register(ENTITY).signature("某店", NOW) == older


def test_cursors_begin_empty(workspace: Workspace) -> None:
    assert workspace.accounts.cursor(shop(workspace), "reports") == ""


def test_a_secret_of_an_account_is_handed_out_while_it_is_connected(workspace: Workspace) -> None:
    account_id = shop(workspace)
    workspace.secrets.put("key", "甲")
    told = [workspace.secrets.get_of_connected(account_id, name) for name in ("key", "other")]
    set_account_state(workspace.accounts, account_id, "disconnected")
    assert [*told, workspace.secrets.get_of_connected(account_id, "key")] == ["甲", None, None]
    assert workspace.secrets.get_of_connected(99, "key") is None


def test_secrets_are_sealed_under_their_names(workspace: Workspace) -> None:
    workspace.secrets.put("a", "token 甲")
    workspace.secrets.put("b", "token 乙")
    workspace.secrets.put("b", "token 丙")
    assert [workspace.secrets.get(name) for name in ("a", "b", "c")] == ["token 甲", "token 丙", None]
    with workspace.database.write() as connection:
        sealed = connection.exec_driver_sql("SELECT sealed FROM secret WHERE name = 'b'").scalar_one()
        assert b"token" not in sealed
        connection.exec_driver_sql("UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE name = 'a')")
    with pytest.raises(WorkspaceError) as caught:
        workspace.secrets.get("b")
    assert caught.value.code == "damaged"
    workspace.secrets.delete("b")
    workspace.secrets.delete("b")
    assert workspace.secrets.get("b") is None


def test_jobs_go_their_way_and_end_once(workspace: Workspace) -> None:
    first = workspace.jobs.enqueue("sync", {"account": 1}, NOW)
    second = workspace.jobs.enqueue("screen", {"campaign": 2}, NOW)
    assert (first.kind, first.args, first.state) == ("sync", {"account": 1}, "queued")
    workspace.jobs.set_state(first.id, "running")
    workspace.jobs.set_progress(first.id, 3, 10)
    assert [job.id for job in workspace.jobs.open_jobs()] == [first.id, second.id]
    workspace.jobs.set_state(first.id, "done", result={"new": 7})
    workspace.jobs.set_state(second.id, "failed", error="account_refused")
    done = workspace.jobs.job(first.id)
    assert (done.state, done.progress, done.total, done.result) == ("done", 3, 10, {"new": 7})
    assert workspace.jobs.job(second.id).error == "account_refused"
    assert workspace.jobs.open_jobs() == ()


def test_a_cancelled_job_stays_cancelled(workspace: Workspace) -> None:
    job = workspace.jobs.enqueue("sync", {}, NOW)
    workspace.jobs.set_state(job.id, "cancelled")
    workspace.jobs.set_state(job.id, "running")
    workspace.jobs.set_state(job.id, "done", result={})
    workspace.jobs.set_progress(job.id, 5, 5)
    assert workspace.jobs.job(job.id) == replace(job, state="cancelled")
    with pytest.raises(NotFound):
        workspace.jobs.set_state(99, "running")


def filled_chain(workspace: Workspace) -> None:
    for n in range(5):
        workspace.audit.record("campaign_approved", actor="审核员", at=NOW, campaign=n, late=None, ok=True, why="x")


def test_what_was_touched_last_is_known_by_its_id(workspace: Workspace) -> None:
    later = NOW + minutes(5)
    workspace.audit.record("campaign.created", actor="a", at=NOW, campaign=1)
    workspace.audit.record("campaign.edited", actor="a", at=later, campaign=1)
    workspace.audit.record("campaign.created", actor="a", at=NOW, campaign=2)
    workspace.audit.record("campaign.all", actor="a", at=NOW)
    workspace.audit.record("account.connected", actor="a", at=later, account=2)
    assert workspace.audit.touched("campaign") == {1: later, 2: NOW}


def test_what_was_done_since_is_known_by_its_kind(workspace: Workspace) -> None:
    """Windows ask it now and again: the first time only how far it goes."""
    audit, jobs = workspace.audit, workspace.jobs
    assert audit.kinds_since(None) == (0, frozenset())
    assert jobs.newest() == 0
    for action in ("account.connected", "account.priced", "profile_changed"):
        audit.record(action, actor="王", at=NOW)
    assert audit.kinds_since(None) == (3, frozenset())
    assert audit.kinds_since(1) == (3, {"account", "profile_changed"})
    assert audit.kinds_since(3) == (3, frozenset())
    first, second, third = (jobs.enqueue("sync", {"account_id": number}, NOW) for number in (1, 2, 3))
    jobs.set_state(second.id, "done")
    assert jobs.newest() == third.id
    assert [(job.id, job.state) for job in jobs.put_down_since(first.id)] == [(second.id, "done"), (third.id, "queued")]


def test_the_chain_holds(workspace: Workspace) -> None:
    assert workspace.audit.verify() == 0
    assert workspace.audit.head() == (0, bytes(32))
    filled_chain(workspace)
    assert workspace.audit.verify() == 5
    newest = workspace.audit.entries(limit=2)
    assert [entry.id for entry in newest] == [5, 4]
    assert [entry.id for entry in workspace.audit.entries(before=4)] == [3, 2, 1]
    assert workspace.audit.head() == (5, newest[0].hash)
    assert newest[0].prev_hash == newest[1].hash
    assert newest[0].facts == {"campaign": 4, "late": None, "ok": True, "why": "x"}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor = 'somebody else' WHERE id = 3",
        "UPDATE audit SET facts = '{}' WHERE id = 1",
        "DELETE FROM audit WHERE id = 2",
        "UPDATE audit SET at = at + 1 WHERE id = 5",
        "UPDATE audit SET id = 9 WHERE id = 5",
    ],
)
def test_the_chain_shows_what_was_changed_behind_the_triggers(workspace: Workspace, change: str) -> None:
    filled_chain(workspace)
    with pytest.raises(sa.exc.IntegrityError), workspace.database.write() as connection:
        connection.exec_driver_sql(change)
    with workspace.database.write() as connection:
        pass_triggers(connection, "audit")
        connection.exec_driver_sql(change)
    with pytest.raises(WorkspaceError) as caught:
        workspace.audit.verify()
    assert caught.value.code == "damaged"


def test_accounts_know_their_issuer_by_name(workspace: Workspace) -> None:
    (known,) = [workspace.accounts.account(shop(workspace))]
    assert (known.issuer_uscc, known.issuer_name, known.simulated) == (ISSUER, "登记处", True)


def test_jobs_that_ended_long_ago_are_listed_and_removed(workspace: Workspace) -> None:
    jobs = workspace.jobs
    asked = (("poll", 9), ("sync", 8), ("poll", 1), ("poll", 99))
    *ids, newest = (jobs.enqueue(kind, {"age": age}, NOW - minutes(age)).id for kind, age in asked)
    assert jobs.ended(NOW, 9) == ()
    for job_id in (*ids, newest):
        jobs.set_state(job_id, "done")
    assert jobs.ended(NOW, 9) == tuple(ids)
    assert jobs.ended(NOW, 1) == (ids[0],)
    assert jobs.ended(NOW - minutes(5), 9, kind="poll") == (ids[0],)
    still_open = jobs.enqueue("sync", {}, NOW).id
    jobs.forget([ids[0], still_open])
    assert [job.id for job in jobs.open_jobs()] == [still_open]
    assert jobs.ended(NOW, 9) == (*ids[1:], newest)


def test_what_is_open_is_not_put_down_once_more(workspace: Workspace) -> None:
    jobs, asked = workspace.jobs, {"import_id": 1, "chunks": 3}
    first = jobs.enqueue("import", asked, NOW)
    jobs.set_state(first.id, "running")
    assert jobs.enqueue("import", dict(reversed(asked.items())), NOW + minutes(1)).id == first.id
    others = (jobs.enqueue("import", {**asked, "chunks": 4}, NOW), jobs.enqueue("sync", asked, NOW))
    assert {job.id for job in jobs.open_jobs()} == {first.id, *(job.id for job in others)}
    jobs.set_state(first.id, "done")
    assert jobs.enqueue("import", asked, NOW).id not in {first.id, *(job.id for job in others)}


def test_what_an_account_is_connected_with_can_change_but_not_whose_it_is(workspace: Workspace) -> None:
    consents = shop(workspace)
    first = workspace.accounts.add_account(replace(account("k2"), options={"shop": "anning"}, consent_account_id=None))
    assert workspace.accounts.account(first.id).options == {"shop": "anning"}
    changed = replace(first, label="新名", options={"shop": "安宁"}, consent_account_id=consents, pinned_keys="{}")
    set_account_state(workspace.accounts, first.id, "disconnected")
    connect_again(workspace.accounts, replace(changed, entity_uscc=OTHER_ENTITY, base_url="https://else.example"))
    assert workspace.accounts.account(first.id) == changed
    assert workspace.accounts.accounts()[1] == changed
    with pytest.raises(NotFound):
        connect_again(workspace.accounts, replace(changed, id=99))


def test_the_secret_of_an_account_is_replaced_but_never_brought_back(workspace: Workspace) -> None:
    account_id, kept = shop(workspace), AccountSecrets(workspace.secrets)
    with pytest.raises(NotAllowed):
        kept.replace(account_id, "", "token")
    workspace.secrets.put(secret_name(account_id), "甲")
    assert kept.replace(account_id, "甲", "乙")
    assert not kept.replace(account_id, "甲", "丁"), "somebody was faster"
    assert kept.get(account_id) == "乙"
    workspace.secrets.delete(secret_name(account_id))
    for act in (lambda: kept.replace(account_id, "乙", "丙"), lambda: kept.get(account_id)):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert (refused.value.code, refused.value.facts) == ("account_disconnected", {"account": account_id})


def test_entries_are_found_by_kind_campaign_and_word_and_stand_still(workspace: Workspace) -> None:
    audit = workspace.audit
    for n in (1, 12, 1):
        audit.record("campaign.edited", actor="审核员", at=NOW, campaign=n, why="50% _off_")
    audit.record("campaigns", actor="李", at=NOW)
    audit.record("settings.changed", actor="李", at=NOW, campaigns=1)

    def numbers(**wanted: Any) -> list[int]:
        query = AuditQuery(**wanted)
        count, newest = audit.count(query)
        found = [each.number for each in audit.find(query, newest, 0, 10)]
        assert len(found) == count
        return found

    assert numbers() == [5, 4, 3, 2, 1]
    assert numbers(kind="campaign") == [3, 2, 1]
    assert numbers(campaign_id=1) == [3, 1]
    assert numbers(campaign_id=2) == []
    assert numbers(text="审核") == numbers(text="50% _off") == [3, 2, 1]
    assert numbers(text="50_") == []
    assert numbers(kind="settings", text=" 李 ") == [5]
    assert numbers(text="改活动", actions=frozenset({"campaign.edited"})) == [3, 2, 1], "as it is called"
    assert numbers(text="审阅", parts=frozenset({"审核员"})) == [3, 2, 1], "and who did it"
    assert numbers(text="审阅", parts=frozenset({"核员"})) == [], "that whole part"
    assert numbers(actions=frozenset({"campaign.edited"})) == [5, 4, 3, 2, 1], "nothing is looked for"
    audit.record("campaign.edited", actor="x", at=NOW, campaign=1)
    assert [each.number for each in audit.find(AuditQuery(), 5, 1, 2)] == [4, 3]


def test_an_entry_is_hashed_as_json_writes_it() -> None:
    for words in ("plain", '引\u2028"\\\n\x00\x7f', "😀"):
        facts = json.dumps({"a": words}, sort_keys=True, separators=(",", ":"))
        written = json.dumps([7, 8, words, words, facts, bytes(32).hex()], separators=(",", ":"))
        assert entry_hash(7, 8, words, words, facts, bytes(32)) == hashlib.sha256(written.encode()).digest()
