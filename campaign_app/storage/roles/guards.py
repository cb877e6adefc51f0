"""What grants cannot say, as the server's own functions and triggers: who acts, and which change a person may make.

Each is small, has a fixed search path, and asks `session_user`, which no statement of a person's can change. A trigger
lets the worker and the schema's owner pass; to anybody else it says no unless it knows the change. They are made by
whoever owns the schema, and nobody else can drop or disable them.
"""

from __future__ import annotations

from typing import Final

from campaign_app import settings
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import EXPLICIT_METHODS, SuppressionKind
from campaign_app.domain.copies import OLDER
from campaign_app.domain.peak import PlanState
from campaign_app.domain.team import ASKED_BY_PEOPLE, GRANTED, Role
from campaign_app.services.window import CLOSES, OPENS
from campaign_app.storage.postgres import SCHEMA, WRITE_LOCK
from campaign_app.storage.roles.guards_accounts import SENDER, SETTLED, SOURCE
from campaign_app.storage.roles.guards_campaigns import BUDGET, CAMPAIGN, WARNING

_PATH: Final = f"SET search_path = pg_catalog, {SCHEMA}, pg_temp"
_REFUSED: Final = "RAISE EXCEPTION 'not permitted' USING ERRCODE = 'insufficient_privilege'"
# what a calendar has: another time in a row keeps whoever reads it from all the others
_A_MOMENT: Final = "BETWEEN 0 AND 250000000000000"
# as JSON writes a whole number that a bigint holds, and a moment: Python reads no number of thousands of digits
_WHOLE: Final = "(?:0|[1-9][0-9]{0,17})"
_TIME: Final = "(?:0|[1-9][0-9]{0,13})"
_LONGEST: Final = "10000"  # characters of what is asked of a job; the path of a file is the longest of it
# by role the settings that are its own, as a regular expression of their names
_DECLARED: Final = "|".join(sorted(declared.name for declared in settings.DECLARED))
SETTINGS: Final = {
    Role.OPERATOR: r"^import\.[0-9]+$",
    Role.REVIEWER: (r"^(profile:.*|account\.[0-9]+\.(templates_checked|replies_read|unread_replies))$"),
    Role.OWNER: (
        rf"^({_DECLARED}|price_per_part|rules_off|rules_last_good|ban\..*"
        r"|account\.[0-9]+\.(parts_left|key\.claimed))$"
    ),
}


def functions(prefix: str) -> tuple[str, ...]:
    """Of a database whose roles have this prefix."""
    return (
        # quoted as a literal: the prefix is the name of a database
        _function("role_prefix()", "text", f"SELECT {literal(prefix)}::text", "sql IMMUTABLE"),
        _function(
            "is_admin(login name)",
            "boolean",
            _IS_ADMIN.replace("$schema", literal(SCHEMA)),
            "sql STABLE",
        ),
        _function(
            "roles_of(login name)",
            "text[]",
            _ROLES_OF.replace("$roles", ", ".join(map(literal, Role))),
            "sql STABLE",
        ),
        _function("acts(wanted text)", "boolean", "SELECT wanted = ANY (roles_of(session_user))", "sql STABLE"),
        _function(
            "is_signed(actor text)",
            "boolean",
            "SELECT actor = session_user::text OR starts_with(actor, session_user::text || '/')",
            "sql STABLE",
        ),
        _function("needs_another(edited_by text)", "boolean", _NEEDS_ANOTHER, "sql STABLE"),
        _function("as_ascii(said text)", "text", _AS_ASCII, "sql IMMUTABLE"),
        _trigger("guard_meta", _META, why=OLDER),
        _trigger("guard_audit", _AUDIT),
        _trigger("guard_job", _JOB, allowed=_allowed(), whole=literal(f"^{_WHOLE}$"), longest=_LONGEST),
        _trigger("guard_setting", _SETTING, mine=_mine(), plans=literal(SETTINGS[Role.OPERATOR])),
        _trigger("guard_campaign", CAMPAIGN, opens=str(OPENS), closes=str(CLOSES)),
        _trigger("guard_budget", BUDGET),
        _trigger("guard_trial", _TRIAL),
        _trigger("guard_outbox", _OUTBOX),
        _trigger("guard_customer", _CUSTOMER),
        _trigger("guard_sender", SENDER, settled=SETTLED, lock=WRITE_LOCK),
        _trigger("guard_source", SOURCE, settled=SETTLED, lock=WRITE_LOCK),
        _trigger("guard_mark", _MARK, kinds=", ".join(map(literal, SuppressionKind))),
        _trigger("guard_lift", _LIFT, methods=", ".join(map(literal, sorted(EXPLICIT_METHODS)))),
        _trigger("guard_case", _CASE),
        _trigger("guard_plan", _PLAN, states=", ".join(map(literal, PlanState))),
        _trigger("guard_pause", _PAUSE, stops=literal(_list_of(_stop())), numbers=literal(_list_of(_WHOLE))),
        _trigger("guard_warning", WARNING),
        _trigger("guard_signed", _SIGNED),
    )


# by name of the trigger: table, changes, function
TRIGGERS: Final = {
    "meta_guarded": ("meta", "INSERT OR UPDATE", "guard_meta()"),
    "audit_guarded": ("audit", "INSERT", "guard_audit()"),
    "job_guarded": ("job", "INSERT OR UPDATE", "guard_job()"),
    "setting_guarded": ("setting", "INSERT OR UPDATE OR DELETE", "guard_setting()"),
    "campaign_guarded": ("campaign", "INSERT OR UPDATE OR DELETE", "guard_campaign()"),
    "campaign_budget_guarded": ("campaign_budget", "INSERT OR UPDATE OR DELETE", "guard_budget()"),
    "staff_trial_guarded": ("staff_trial", "INSERT OR UPDATE", "guard_trial()"),
    "opt_out_outbox_guarded": ("opt_out_outbox", "INSERT OR UPDATE", "guard_outbox()"),
    "account_sender_guarded": ("account_sender", "INSERT OR DELETE", "guard_sender()"),
    "account_connection_guarded": ("account_connection", "INSERT OR UPDATE", "guard_source()"),
    "customer_guarded": ("customer", "UPDATE OF attributes", "guard_customer()"),
    "suppression_lift_guarded": ("suppression_lift", "INSERT", "guard_lift()"),
    "complaint_case_guarded": ("complaint_case", "INSERT OR UPDATE", "guard_case()"),
    "complaint_case_signed": ("complaint_case", "INSERT", "guard_signed('entered_by')"),
    "complaint_note_signed": ("complaint_note", "INSERT", "guard_signed('said_by')"),
    "suppression_signed": ("suppression", "INSERT", "guard_mark()"),
    "staff_trial_signed": ("staff_trial", "INSERT", "guard_signed('actor')"),
    "staff_number_signed": ("staff_number", "INSERT", "guard_signed('added_by')"),
    "signature_own_signed": ("signature_own", "INSERT OR UPDATE", "guard_signed('stated_by')"),
    "campaign_warning_guarded": ("campaign_warning", "INSERT OR UPDATE", "guard_warning()"),
    "campaign_warning_signed": ("campaign_warning", "INSERT OR UPDATE", "guard_signed('confirmed_by')"),
    "suppression_lift_signed": ("suppression_lift", "INSERT", "guard_signed('reviewer')"),
    "lookback_run_signed": ("lookback_run", "INSERT", "guard_signed('asked_by')"),
    "lookback_task_signed": ("lookback_task", "INSERT OR UPDATE", "guard_signed('changed_by')"),
    "peak_plan_guarded": ("peak_plan", "INSERT OR UPDATE", "guard_plan()"),
    "peak_plan_signed": ("peak_plan", "INSERT OR UPDATE", "guard_signed('changed_by')"),
    "peak_word_signed": ("peak_word", "INSERT", "guard_signed('said_by')"),
    "peak_pause_guarded": ("peak_pause", "INSERT OR UPDATE", "guard_pause()"),
    "peak_pause_signed": ("peak_pause", "INSERT", "guard_signed('asked_by')"),
    "peak_resumed_signed": ("peak_pause", "UPDATE", "guard_signed('resumed_by')"),
    "consent_wording_signed": ("consent_wording", "INSERT", "guard_signed('checked_by')"),
}


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _function(name: str, returns: str, body: str, kind: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {SCHEMA}.{name} RETURNS {returns} LANGUAGE {kind} {_PATH} AS $yunfa${body}$yunfa$"
    )


def _trigger(name: str, body: str, **given: str) -> str:
    for word, said in given.items():
        body = body.replace(f"${word}", said)
    body = body.replace("REFUSE;", f"{_REFUSED};").replace("A_MOMENT", _A_MOMENT)
    return _function(f"{name}()", "trigger", body, "plpgsql")


_IS_ADMIN: Final = """
SELECT pg_has_role(login, nspowner, 'USAGE') FROM pg_namespace
WHERE nspname = $schema AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = login)
"""
_ROLES_OF: Final = """
SELECT coalesce(array_agg(wanted), '{}') FROM unnest(ARRAY[$roles]) AS wanted
WHERE is_admin(login) OR EXISTS (SELECT 1 FROM pg_roles r, pg_roles l
    WHERE r.rolname = role_prefix() || wanted AND l.rolname = login AND pg_has_role(l.oid, r.oid, 'USAGE'))
"""
# the policy, and whose login changed a campaign last: whoever is here, or nobody that could be told
_NEEDS_ANOTHER: Final = """
SELECT coalesce((SELECT value::jsonb #>> '{}' FROM setting WHERE name = 'approval_by_another'), '0') <> '0'
    AND (edited_by = '' OR starts_with(edited_by, '@') OR is_signed(edited_by))
"""
# as Python's json writes a text: what is no printable ASCII is escaped
_AS_ASCII: Final = r"""
SELECT coalesce(string_agg(CASE WHEN n < 127 THEN c WHEN n < 65536 THEN '\u' || lpad(to_hex(n), 4, '0')
    ELSE '\u' || to_hex(55296 + ((n - 65536) >> 10)) || '\u' || to_hex(56320 + ((n - 65536) & 1023)) END,
    '' ORDER BY i), '""')
FROM unnest(string_to_array(to_json(said)::text, NULL)) WITH ORDINALITY AS each(c, i), LATERAL ascii(c) AS n
"""
# a person may raise the alarm that this database is an older copy, as the program writes it; only the worker's login,
# or the owner of the tables, takes it back, or puts anything in the place of what was noticed
_META: Final = """
DECLARE said jsonb;
BEGIN
    IF acts('worker') THEN RETURN NEW; END IF;
    IF NEW.name <> 'copy' OR NOT pg_input_is_valid(NEW.value, 'jsonb')
        OR (TG_OP = 'UPDATE' AND (OLD.name <> 'copy' OR (OLD.value <> '' AND strpos(OLD.value, '"alarm"') = 0)))
    THEN REFUSE; END IF;
    said := NEW.value::jsonb;
    IF jsonb_typeof(said) <> 'object' THEN REFUSE; END IF;
    -- of the text itself: a name that stands there twice is read twice
    IF (SELECT count(*) FROM json_object_keys(NEW.value::json)) <> 3 THEN REFUSE; END IF;
    IF said - 'made_at' = '{"alarm": "yes", "why": "$why"}'
        AND said ->> 'made_at' ~ '^\\d{4}-\\d\\d-\\d\\dT([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{6})?\\+00:00$'
        AND pg_input_is_valid(said ->> 'made_at', 'timestamptz')
    THEN RETURN NEW; END IF;
    REFUSE;
END
"""
# what was there before it kept roots is the owner's to say, and what is claimed, agreed or erased the worker's: nobody
# else does such a thing. The chain holds whoever writes: the next number, the hash of the last entry, and the hash over
# this one. What the schema's owner puts in is what a move brings along, or the entry of a person above all roles
_AUDIT: Final = """
DECLARE last record;
BEGIN
    IF is_admin(session_user) THEN RETURN NEW; END IF;
    SELECT id, hash INTO last FROM audit ORDER BY id DESC LIMIT 1;
    IF NEW.action = 'chain.begun' OR (NOT acts('worker') AND (starts_with(NEW.action, 'batch.')
        OR starts_with(NEW.action, 'facts.') OR NEW.action = 'customer.erased'
        OR strpos(NEW.facts, '"messages_root":') > 0 OR strpos(NEW.facts, '"facts_root":') > 0))
    THEN REFUSE; END IF;
    IF NOT is_signed(NEW.actor) OR NEW.at NOT A_MOMENT OR NEW.id <> coalesce(last.id, 0) + 1
        OR NEW.prev_hash <> coalesce(last.hash, decode(repeat('00', 32), 'hex'))
        OR NEW.hash <> sha256(convert_to('[' || NEW.id || ',' || NEW.at || ',' || as_ascii(NEW.action) || ','
            || as_ascii(NEW.actor) || ',' || as_ascii(NEW.facts) || ',"' || encode(NEW.prev_hash, 'hex') || '"]',
            'UTF8'))
    THEN REFUSE; END IF;
    RETURN NEW;
END
"""


def _list_of(each: str) -> str:
    """A regular expression of the JSON of a list, as Python writes it."""
    return rf"^\[(?:{each}(?:, {each})*)?\]$"


def _stop() -> str:
    """As `storage.peaks` writes one."""
    watched = rf"\[(?:{_WHOLE}(?:, {_WHOLE})*)?\]"
    was, truth = f'"(?:{"|".join(CampaignState)})"', "(?:true|false)"
    counts = ", ".join([_WHOLE] * 3)
    return rf"\[{_WHOLE}, {was}, {truth}, {watched}, {truth}, {counts}, (?:null|{_TIME})\]"


def _allowed() -> str:
    kinds = {
        role: ", ".join(literal(kind) for kind, needed in ASKED_BY_PEOPLE.items() if needed in GRANTED[role])
        for role in Role
    }
    return " OR ".join(f"(acts('{role}') AND NEW.kind IN ({named}))" for role, named in kinds.items() if named)


def _mine() -> str:
    return " OR ".join(f"(acts('{role}') AND which ~ {literal(names)})" for role, names in SETTINGS.items())


# who asked is what the server knows; a person puts down what their role may have done, and ends only that. Workers read
# every open job: one that cannot be read, or names more than its kind takes, would be the end of all of them
_JOB: Final = """
DECLARE
    said jsonb;
    which text := CASE NEW.kind WHEN 'test' THEN 'trial_id' WHEN 'import' THEN 'import_id' WHEN 'lookback' THEN 'run_id'
        ELSE 'account_id' END;
BEGIN
    IF TG_OP = 'INSERT' THEN NEW.asked_by := session_user;
    ELSIF NEW.asked_by <> OLD.asked_by THEN REFUSE; END IF;
    IF acts('worker') THEN RETURN NEW; END IF;
    IF NOT ($allowed) OR NEW.error <> '' OR NEW.result IS NOT NULL THEN REFUSE; END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'queued' OR NEW.progress <> 0 OR NEW.total <> 0 OR NEW.queued_at NOT A_MOMENT
            OR length(NEW.args) > $longest OR NOT pg_input_is_valid(NEW.args, 'jsonb') THEN REFUSE; END IF;
        said := NEW.args::jsonb;
        IF jsonb_typeof(said) <> 'object' THEN REFUSE; END IF;
        -- of the text itself: a name that stands there twice is read twice
        IF EXISTS (SELECT 1 FROM json_each(NEW.args::json) AS each(name, value) WHERE (name, json_typeof(value))
                NOT IN ((which, 'number'), ('full', 'boolean'), ('chunks', 'number'), ('place', 'string'))
                OR (json_typeof(value) = 'number' AND value #>> '{}' !~ $whole))
            OR NOT said ? which OR (said ? 'place' AND NEW.kind <> 'import')
        THEN REFUSE; END IF;
    ELSIF OLD.state NOT IN ('queued', 'running') OR NEW.state <> 'cancelled' THEN REFUSE; END IF;
    RETURN NEW;
END
"""
# a plan to import names who it is of, and the worker goes by it: a person's is never another's
_SETTING: Final = """
DECLARE which text := CASE TG_OP WHEN 'DELETE' THEN OLD.name ELSE NEW.name END;
BEGIN
    IF acts('worker') THEN RETURN coalesce(NEW, OLD); END IF;
    IF NOT ($mine) OR (TG_OP = 'UPDATE' AND OLD.name <> NEW.name) THEN REFUSE; END IF;
    IF TG_OP <> 'DELETE' AND which ~ $plans THEN
        IF NOT coalesce(is_signed(NEW.value::jsonb ->> 'actor'), false) THEN REFUSE; END IF;
        IF TG_OP = 'UPDATE' AND NOT coalesce(is_signed(OLD.value::jsonb ->> 'actor'), false) THEN REFUSE; END IF;
    END IF;
    RETURN coalesce(NEW, OLD);
END
"""
# a test message is put down once; what becomes of it is the worker's word
_TRIAL: Final = """
BEGIN
    IF acts('worker') THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'queued' OR NEW.job_id <> 0 OR NEW.code <> '' OR NEW.provider_id <> '' OR NEW.day <> ''
        THEN REFUSE; END IF;
    ELSIF OLD.job_id <> 0 THEN REFUSE; END IF;
    RETURN NEW;
END
"""
# a person puts a case down at its beginning; it is answered before it is closed, and matched or not before that
_CASE: Final = """
BEGIN
    IF acts('worker') THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.way NOT IN ('form', 'file') OR NEW.clue_id IS NOT NULL OR NEW.owner <> '' OR NEW.answered_at IS NOT NULL
            OR NEW.closed_at IS NOT NULL OR NEW.state NOT IN ('open', 'matched', 'unmatched')
        THEN REFUSE; END IF;
    ELSIF (NEW.state = 'answered' AND OLD.state = 'open') OR (NEW.state = 'closed' AND OLD.state <> 'answered')
    THEN REFUSE; END IF;
    RETURN NEW;
END
"""
# plans are read all together, by whoever would pause everything
_PLAN: Final = """
BEGIN
    IF acts('worker') THEN RETURN NEW; END IF;
    IF NOT (pg_input_is_valid(NEW.duty, 'jsonb') AND pg_input_is_valid(NEW.entities, 'jsonb')
        AND pg_input_is_valid(NEW.open_items, 'jsonb') AND pg_input_is_valid(NEW.first_day, 'date')
        AND pg_input_is_valid(NEW.last_day, 'date') AND NEW.first_day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
        AND NEW.last_day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND NEW.state IN ($states)
        AND NEW.made_at A_MOMENT AND NEW.changed_at A_MOMENT)
    THEN REFUSE; END IF;
    IF jsonb_typeof(NEW.duty::jsonb) = 'array' AND jsonb_typeof(NEW.entities::jsonb) = 'array'
        AND jsonb_typeof(NEW.open_items::jsonb) = 'array'
        AND NOT NEW.duty::jsonb @? 'strict $[*] ? (@.type() != "array" || @.size() > 2 || @.size() < 1)'
        AND NOT NEW.duty::jsonb @? 'strict $[*][*] ? (@.type() != "string")'
        AND NOT NEW.entities::jsonb @? 'strict $[*] ? (@.type() != "string")'
        AND NOT NEW.open_items::jsonb @? 'strict $[*] ? (@.type() != "string")'
    THEN RETURN NEW; END IF;
    REFUSE;
END
"""
# what came of a pause is said once, and who lets it go on says so: each change follows the entry of the audit about it.
# Pauses are read all together: what was stopped is told as the program writes it, and nothing else
_PAUSE: Final = """
DECLARE last record;
BEGIN
    IF is_admin(session_user) THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.measured_at IS NOT NULL OR NEW.resumed_at IS NOT NULL OR NEW.resumed <> '[]' OR NEW.resumed_by <> ''
            OR NEW.asked_at NOT A_MOMENT OR NEW.in_force_at NOT A_MOMENT
        THEN REFUSE; END IF;
    END IF;
    IF (NEW.stops ~ $stops AND NEW.resumed ~ $numbers AND coalesce(NEW.measured_at, 0) A_MOMENT
        AND coalesce(NEW.resumed_at, 0) A_MOMENT) IS NOT TRUE
    THEN REFUSE; END IF;
    IF TG_OP = 'INSERT' THEN RETURN NEW; END IF;
    SELECT action, facts::jsonb ->> 'pause' AS pause INTO last FROM audit ORDER BY id DESC LIMIT 1;
    IF last.pause IS DISTINCT FROM NEW.id::text THEN REFUSE; END IF;
    IF last.action = 'peak.measured' AND OLD.measured_at IS NULL AND NEW.measured_at IS NOT NULL
        AND (NEW.resumed_by, NEW.resumed_at, NEW.resumed)
            IS NOT DISTINCT FROM (OLD.resumed_by, OLD.resumed_at, OLD.resumed)
    THEN RETURN NEW; END IF;
    IF last.action = 'peak.resumed' AND NEW.measured_at IS NOT DISTINCT FROM OLD.measured_at
        AND NEW.resumed_at IS NOT NULL AND (acts('operator') OR acts('reviewer'))
        AND (NEW.stops = OLD.stops OR (OLD.measured_at IS NULL AND OLD.resumed_at IS NULL))
        AND (OLD.resumed_at IS NULL OR (NEW.resumed_by, NEW.resumed_at) = (OLD.resumed_by, OLD.resumed_at))
    THEN RETURN NEW; END IF;
    REFUSE;
END
"""
# what a platform has yet to be told of: never of another than was said, nor of an earlier time
_OUTBOX: Final = """
BEGIN
    IF acts('worker') THEN RETURN NEW; END IF;
    IF NEW.state <> 'waiting' OR NEW.since NOT A_MOMENT OR (TG_OP = 'UPDATE'
        AND ((NEW.account_id, NEW.ref) <> (OLD.account_id, OLD.ref) OR NEW.since < OLD.since))
    THEN REFUSE; END IF;
    RETURN NEW;
END
"""
# texts by name, as batches, imports and searches read them, many people's at once; whoever writes is not even asked
_CUSTOMER: Final = """
BEGIN
    IF pg_input_is_valid(NEW.attributes, 'jsonb') THEN
        IF jsonb_typeof(NEW.attributes::jsonb) = 'object'
            AND NOT NEW.attributes::jsonb @? 'strict $.* ? (@.type() != "string")'
        THEN RETURN NEW; END IF;
    END IF;
    REFUSE;
END
"""
# marks are read before every batch, and stay for ever
_MARK: Final = """
BEGIN
    IF acts('worker') OR (is_signed(NEW.said_by) AND NEW.kind IN ($kinds) AND NEW.since A_MOMENT)
    THEN RETURN NEW; END IF;
    REFUSE;
END
"""
# a later, explicit grant of the same entity lifts; whose key it is only the program can tell, which has the key
_LIFT: Final = """
BEGIN
    IF is_admin(session_user) THEN RETURN NEW; END IF;
    IF EXISTS (SELECT 1 FROM consent_fact f WHERE f.id = NEW.fact_id AND f.status = 'confirmed'
            AND f.method IN ($methods) AND f.withdrawn_at IS NULL AND f.entity_uscc = NEW.entity_uscc
            AND f.obtained_at = NEW.granted_at AND f.obtained_at <= NEW.at AND NEW.at A_MOMENT
            AND f.channel IN ('sms', 'any') AND coalesce(f.expires_at > NEW.at, true))
        AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.key = NEW.key AND s.entity_uscc = NEW.entity_uscc
            AND s.kind = NEW.kind AND s.since >= NEW.granted_at)
    THEN RETURN NEW; END IF;
    REFUSE;
END
"""
# what names a person as having said something names whoever is logged in, and not nobody either
_SIGNED: Final = """
DECLARE said text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF acts('worker') OR is_signed(said)
        OR (TG_OP = 'UPDATE' AND said = to_jsonb(OLD) ->> TG_ARGV[0]) THEN RETURN NEW; END IF;
    REFUSE;
END
"""
