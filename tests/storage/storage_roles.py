"""A workspace with roles and something in it, and what no person's SQL may do there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import psycopg
from psycopg import errors
from storage_samples import ENTITY, NOW, Campaigning, fact, minutes

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.domain.consent import CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.peak import Duty, Wish
from campaign_app.domain.team import Role
from campaign_app.storage.workspace import Workspace
from tests.helpers.crowd import Crowd

OPERATOR, REVIEWER, OWNER, WORKER = Role.OPERATOR, Role.REVIEWER, Role.OWNER, Role.WORKER
Sql = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Stage:
    """What is in the workspace: a campaign in each of some states, a suppressed customer with a grant that is newer."""

    here: Crowd
    sending: int
    draft: int
    screened: int
    approved: int
    fact_id: int
    key: bytes

    def sql(self, who: Role) -> Sql:
        return self.here.sql(self.here.people[who])


def staged(here: Crowd, workspace: Workspace) -> Stage:
    sending = Campaigning(workspace, 3)
    sending.claim(0)
    newer = fact(sending.account_id, "c1", obtained_at=NOW - minutes(1), checked_at=NOW + minutes(1))
    workspace.facts.append([newer], [])
    fact_id = workspace.facts.latest([sending.ids["c1"]])[sending.ids["c1"]][0]
    key = workspace.phone_keys.of_ref(CustomerRef(sending.account_id, "c1"))
    mark = Suppression(ENTITY, key, SuppressionKind.OPT_OUT, NOW - minutes(60), "reply", "")
    others = (SuppressionKind.COMPLAINT, SuppressionKind.WITHDRAWN)
    workspace.suppressions.add([mark, *(replace(mark, kind=kind) for kind in others)])
    workspace.secrets.put("account.1.key", "geheim")
    workspace.secrets.put("account.1.unread.r1", "退订")
    new = Campaign(0, "冬装", ENTITY, "retail", Filter(), signature="安宁", body="上新")
    ids = [workspace.campaigns.create(new).id for _ in range(3)]
    for which in ids[1:]:
        workspace.campaigns.snapshot(which, NOW)
        members = workspace.campaigns.members(which, 0, 9)
        workspace.campaigns.set_reasons(which, {seq: ("ok", fact_id) for seq, _ in members})
        screened = replace(workspace.campaigns.campaign(which), state=CampaignState.SCREENED)
        workspace.campaigns.update(screened, expected=CampaignState.DRAFT)
    word = {"approved_hash": "h", "approved_by": "r/window", "approved_at": NOW}
    approved = replace(workspace.campaigns.campaign(ids[2]), state=CampaignState.APPROVED, **word)
    workspace.campaigns.update(approved, expected=CampaignState.SCREENED)
    workspace.campaigns.add_warnings(ids[1], {"EVA-002": 1})
    told = NewCase(ENTITY, Source.R12321, Way.FORM, NOW - minutes(9), NOW, "A1", ref="c0")
    workspace.complaints.add(told, actor="r/window", at=NOW)
    workspace.jobs.enqueue("sync", {"account_id": 1}, NOW)
    wish = Wish("双11", NOW.date(), NOW.date(), (ENTITY,), (Duty("王", "全天"),))
    workspace.peaks.add(wish, actor="r/window", at=NOW)
    return Stage(here, sending.campaign_id, *ids, fact_id, key)


def refused(connection: Sql, statement: str, **given: Any) -> bool:
    """Whether the server does not permit it. Whatever it does is undone."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement, given).rowcount == 0
    except errors.InsufficientPrivilege:
        return True


_LONG: Final = "1" * 5_000  # digits; Python reads no number of more than 4,300
# each in one thing not as the program writes what a pause stopped
_STOPS: Final = (
    "[1]",
    '["x"]',
    "[null]",
    "[{}]",
    "[[1,2,3,[],5,6,7,8,9],1]",
    *(
        f"[[{each}]]"
        for each in (
            f'{_LONG}, "sending", true, [], true, 0, 0, 0, null',
            'null, "sending", true, [], true, 0, 0, 0, null',
            '1, "else", true, [], true, 0, 0, 0, null',
            '1, "sending", {}, [], true, 0, 0, 0, null',
            '1, "sending", true, [1.5], true, 0, 0, 0, null',
            f'1, "sending", true, [{"[" * 4_000}{"]" * 4_000}], true, 0, 0, 0, null',
            '1, "sending", true, [], 1, 0, 0, 0, null',
            '1, "sending", true, [], true, "0", 0, 0, null',
            '1, "sending", true, [], true, 0, 1e5000, 0, null',
            f'1, "sending", true, [], true, 0, 0, {2**63}, null',
            '1, "sending", true, [], true, 0, 0, 0, "x"',
            '1, "sending", true, [], true, 0, 0, 0',
        )
    ),
)
NEVER: Final = (
    (
        "INSERT INTO consent_fact (id, customer_id, status, method, channel, purposes, entity_uscc, observed_at, note)"
        " VALUES (999, 1, 'confirmed', 'explicit_toggle', 'sms', 'retail', 'x', 1, '')"
    ),
    "UPDATE consent_latest SET refused = 0",
    "INSERT INTO consent_latest (customer_id, fact_id, judged_at, refused) VALUES (3, 1, 1, 0)",
    "INSERT INTO consent_receipt (account_id, receipt_id, jws, leaf_hashes, received_at) VALUES (1, 'r', 'j', '', 1)",
    "DELETE FROM suppression",
    "UPDATE suppression SET kind = 'withdrawn'",
    (
        "INSERT INTO ledger (submission_id, campaign_id, seq, customer_id, fact_id, message_id, dedupe_key, text)"
        " VALUES (1, 1, 1, 1, 1, 'm', '', 't')"
    ),
    "INSERT INTO ledger_outcome (ledger_id, n, outcome, provider_id, code, at) VALUES (1, 9, 'delivered', '', '', 1)",
    "UPDATE ledger_latest SET outcome = 'delivered'",
    "UPDATE submission SET settled = 1",
    "UPDATE customer SET phone_key = ''",
    "UPDATE customer SET account_id = 1",
    *(f"UPDATE customer SET attributes = '{value}'" for value in ("", "no", "[]", "null", '{"a": 1}', '{"a": {}}')),
    "UPDATE campaign_member SET reason = 'ok'",
    "UPDATE meta SET value = 'x'",
    *(
        f"INSERT INTO meta (name, value) VALUES ('copy', '{value}')"
        for value in (
            "x",
            "{}",
            '["alarm"]',
            '{"alarm": "yes"}',
            '{"why": "older_copy", "made_at": "2026-11-10T02:00:00+00:00"}',
            '{"alarm": "yes", "why": "older_copy", "made_at": "soon"}',
            '{"alarm": "yes", "why": "else", "made_at": "2026-11-10T02:00:00+00:00"}',
            '{"alarm": "yes", "why": "older_copy", "made_at": "2026-11-10T24:00:00+00:00"}',
            f'{{"alarm": {_LONG}, "alarm": "yes", "why": "older_copy", "made_at": "2026-11-10T02:00:00+00:00"}}',
        )
    ),
    "UPDATE stream_cursor SET cursor = 'x'",
    "UPDATE worker SET version = 'x'",
    "INSERT INTO number_alias (key, person) VALUES ('a', 'b')",
    "SELECT * FROM dbos.workflow_status",
    "CREATE TABLE dbos.mine (id int)",
    "INSERT INTO job (kind, args, state, queued_at) VALUES ('dispatch', '{}', 'queued', 1)",
    "INSERT INTO job (kind, args, state, queued_at) VALUES ('screen', '{}', 'queued', 1)",
    "INSERT INTO job (kind, args, state, queued_at) VALUES ('reconcile', '{}', 'queued', 1)",
    "INSERT INTO job (kind, args, state, queued_at) VALUES ('sync', '{}', 'done', 1)",
    *(
        f"INSERT INTO job (kind, args, state, queued_at) VALUES ('sync', '{args}', 'queued', 1)"
        for args in (
            "no",
            "[]",
            "{}",
            '{"account_id": []}',
            '{"account_id": 1, "campaign_id": 1}',
            '{"account_id": 1, "place": "x"}',
            '{"account_id": 1, "full": []}',
            f'{{"account_id": {_LONG}}}',
            f'{{"account_id": {_LONG}, "account_id": 1}}',
            f'{{"account_id": {"[" * 4_000}{"]" * 4_000}, "account_id": 1}}',
            '{"account_id": 1.5}',
            '{"account_id": 1e5000}',
            f'{{"account_id": {2**63}}}',
            f'{{{" " * 9_999}"account_id": 1}}',
        )
    ),
    f"INSERT INTO job (kind, args, state, queued_at) VALUES ('poll', '{{\"account_id\": 1}}', 'queued', {2**62})",
    *(
        "INSERT INTO suppression (entity_uscc, key, kind, since, source, note, said_by)"
        f" VALUES ('{ENTITY}', 'k', {mark})"
        for mark in (
            "'opt_out', 1, 's', 'n', ''",
            "'other', 1, 's', 'n', session_user",
            f"'opt_out', {2**62}, 's', 'n', session_user",
        )
    ),
    "UPDATE opt_out_outbox SET ref = ref || 'x'",
    "UPDATE opt_out_outbox SET since = since - 1",
    f"UPDATE opt_out_outbox SET since = {2**62}",
    *(
        f"UPDATE peak_plan SET {spoilt}, changed_by = session_user"
        for spoilt in (
            "duty = 'no'",
            "duty = '{}'",
            """duty = '["x"]'""",
            "entities = '[1]'",
            "first_day = 'soon'",
            "state = 'x'",
            "open_items = '0'",
            f"changed_at = {2**62}",
        )
    ),
    *(
        f"INSERT INTO peak_pause (plan_id, drill, asked_by, asked_at, in_force_at, stops, resumed_by, resumed)"
        f" SELECT id, 1, session_user, 1, {at}, '{stops}', '', '[]' FROM peak_plan"
        for at, stops in (
            (1, "no"),
            (1, "{}"),
            (1, "[[1]]"),
            (2**62, "[]"),
            (1, f'[[1, "sending", true, [], true, 0, 0, 0, {2**62}]]'),
            *((1, stops) for stops in _STOPS),
        )
    ),
    "UPDATE job SET state = 'done'",
    "UPDATE job SET asked_by = 'boss'",
    "UPDATE job SET kind = 'dispatch'",
    "INSERT INTO setting (name, value) VALUES ('worker.heartbeat', '\"x\"')",
    "INSERT INTO setting (name, value) VALUES ('copies', '[]')",
    "INSERT INTO setting (name, value) VALUES ('account.1.synced', '\"x\"')",
    (
        "INSERT INTO campaign (name, entity_uscc, purpose, audience, signature, body, state, state_note, approved_hash,"
        f" approved_by, rule_packs, snapshot_size) VALUES"
        f" ('n', '{ENTITY}', 'retail', '[]', '', '', 'sending', '', '', '', '', 0)"
    ),
    "UPDATE campaign SET snapshot_size = 999 WHERE state = 'screened'",
    "UPDATE campaign SET state = 'sending' WHERE state IN ('draft', 'screened', 'approved')",
    "UPDATE campaign SET state = 'screened' WHERE state = 'draft'",
    "UPDATE campaign SET state = 'done' WHERE state = 'sending'",
    "UPDATE campaign SET state = 'cancelled' WHERE state = 'sending'",
    "UPDATE campaign SET body = 'other' WHERE state IN ('approved', 'sending')",
    "UPDATE campaign SET approved_hash = 'h2' WHERE state = 'approved'",
)
_CASES: Final = (("feed", "open", "session_user"), ("form", "closed", "session_user"), ("form", "open", "'boss'"))


def case(way: str, state: str, by: str) -> str:
    return (
        "INSERT INTO complaint_case (entity_uscc, source, way, number, ref, text, port, signature, made_at,"
        f" received_at, entered_at, entered_by, state) VALUES ('{ENTITY}', 'r12321', '{way}', 'n', 'r',"
        f" '', '', '', 1, 1, 1, {by}, '{state}')"
    )


# beyond that, by role
FORBIDDEN: Final = {
    OPERATOR: (
        "UPDATE complaint_case SET state = 'closed'",
        *(case(way, state, by) for way, state, by in _CASES),
        (
            "INSERT INTO complaint_note (case_id, at, said_by, action, text) SELECT id, 1, 'boss', 'noted', ''"
            " FROM complaint_case"
        ),
        (
            "INSERT INTO suppression (entity_uscc, key, kind, since, source, note, said_by)"
            f" VALUES ('{ENTITY}', 'k', 'complaint', 1, 's', 'n', 'boss')"
        ),
        (
            "UPDATE campaign SET state = 'approved', approved_hash = 'h', approved_by = session_user, approved_at = 1"
            " WHERE state = 'screened'"
        ),
        "UPDATE campaign_warning SET confirmed_by = session_user",
        "INSERT INTO campaign_warning (campaign_id, rule_id, confirmed_by) VALUES (1, 'X', session_user)",
        "DELETE FROM campaign WHERE state = 'sending'",
        "DELETE FROM campaign_member USING campaign c WHERE c.id = campaign_id AND c.state IN ('approved', 'sending')",
        (
            "INSERT INTO suppression_lift (entity_uscc, key, kind, granted_at, fact_id, reviewer, at)"
            " VALUES ('x', '', 'opt_out', 1, 1, session_user, 2)"
        ),
        "INSERT INTO secret (name, sealed) VALUES ('account.1.key', '')",
        "DELETE FROM secret",
        "SELECT sealed FROM secret WHERE name = 'account.1.key'",
        (
            "INSERT INTO staff_number (entity_uscc, slot, label, phone_sealed, phone_key, added_at, added_by)"
            f" VALUES ('{ENTITY}', 1, 'x', '', '', 1, session_user)"
        ),
        "UPDATE account SET state = 'connected'",
        "UPDATE account SET pinned_keys = 'x', entity_uscc = 'y'",
        "INSERT INTO setting (name, value) VALUES ('max_consent_age_minutes', '999999')",
        "INSERT INTO setting (name, value) VALUES ('rules_off', '{}')",
        "INSERT INTO setting (name, value) VALUES ('rules_last_good', '[]')",
        "INSERT INTO setting (name, value) VALUES ('profile:x', '{}')",
        "INSERT INTO setting (name, value) VALUES ('account.1.replies_read', '\"x\"')",
        "INSERT INTO setting (name, value) VALUES ('import.7', '{\"actor\": \"boss/window\"}')",
        (
            "INSERT INTO signature_own (entity_uscc, text, scopes, carriers, stated_at, stated_by)"
            f" VALUES ('{ENTITY}', 't', '[]', '[]', 1, session_user)"
        ),
        "INSERT INTO entity_budget (entity_uscc, month) VALUES ('x', 1)",
        "UPDATE opt_out_outbox SET state = 'told'",
        (
            "INSERT INTO staff_trial (press, job_id, campaign_id, entity_uscc, staff_id, label, masked, text, actor,"
            " asked_at, state) VALUES ('p', 0, 1, 'x', 1, 'l', '', 't', 'boss', 1, 'queued')"
        ),
        (
            "INSERT INTO staff_trial (press, job_id, campaign_id, entity_uscc, staff_id, label, masked, text, actor,"
            " asked_at, state) VALUES ('p', 0, 1, 'x', 1, 'l', '', 't', session_user, 1, 'accepted')"
        ),
    ),
    REVIEWER: (
        "UPDATE complaint_case SET state = 'closed'",
        "UPDATE complaint_case SET entered_by = session_user",
        "DELETE FROM complaint_case",
        "SELECT sealed FROM secret WHERE name = 'account.1.key'",
        (
            "INSERT INTO account (platform, label, base_url, entity_uscc, issuer_uscc, issuer_name, key_id, simulated,"
            f" pinned_keys, state) VALUES ('p', 'l', 'u', '{ENTITY}', 'i', 'n', 'k', 0, '', 'connected')"
        ),
        "INSERT INTO setting (name, value) VALUES ('max_consent_age_minutes', '999999')",
        (
            "INSERT INTO staff_number (entity_uscc, slot, label, phone_sealed, phone_key, added_at, added_by)"
            f" VALUES ('{ENTITY}', 1, 'x', '', '', 1, session_user)"
        ),
        "INSERT INTO job (kind, args, state, queued_at) VALUES ('import', '{}', 'queued', 1)",
        (
            "UPDATE campaign SET state = 'approved', approved_hash = 'h', approved_by = 'boss/window',"
            " approved_at = 1 WHERE state = 'screened'"
        ),
        (
            "UPDATE campaign SET state = 'approved', approved_hash = 'h', approved_by = session_user,"
            f" approved_at = {2**62} WHERE state = 'screened'"
        ),
        "UPDATE campaign_warning SET confirmed_by = 'somebody'",
        "UPDATE campaign SET body = 'x' WHERE state = 'draft'",
    ),
    OWNER: (
        "UPDATE account SET simulated = 1",
        "UPDATE account SET base_url = 'https://another.example'",
        "UPDATE account SET entity_uscc = 'x'",
        "INSERT INTO account_sender (account_id, sender_account_id) VALUES (1, 1)",
        "INSERT INTO account_connection (account_id, options, consent_account_id) VALUES (1, '{}', 1)",
        (
            "UPDATE campaign SET state = 'approved', approved_hash = 'h', approved_by = session_user, approved_at = 1"
            " WHERE state = 'screened'"
        ),
        "UPDATE campaign SET body = 'x', state = 'draft' WHERE state = 'draft'",
        "UPDATE campaign_warning SET confirmed_by = session_user",
        (
            "INSERT INTO suppression_lift (entity_uscc, key, kind, granted_at, fact_id, reviewer, at)"
            " VALUES ('x', '', 'opt_out', 1, 1, session_user, 2)"
        ),
        "INSERT INTO setting (name, value) VALUES ('profile:x', '{}')",
        (
            "INSERT INTO staff_number (entity_uscc, slot, label, phone_sealed, phone_key, added_at, added_by)"
            f" VALUES ('{ENTITY}', 1, 'x', '', '', 1, 'somebody')"
        ),
    ),
}
