"""What each role may do in a team's database, table by table: the data behind every GRANT.

The letters are PostgreSQL's own: `r` SELECT, `a` INSERT, `w` UPDATE, `d` DELETE; behind a letter stand the columns that
it is limited to. What a grant cannot say, such as which change of a campaign's state, is said by triggers (`guards`)
and row policies below. TRUNCATE, TRIGGER, REFERENCES and MAINTAIN are nobody's but the schema's owner's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from campaign_app.domain.team import EVERY_ROLE, Role

OPERATOR, REVIEWER, OWNER, WORKER = Role.OPERATOR, Role.REVIEWER, Role.OWNER, Role.WORKER
PRIVILEGES: Final[Mapping[str, str]] = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
_WORD: Final = re.compile(r"([rawd])(?:\(([a-z_,]+)\))?")
_ENDS_A_JOB: Final = "r a w(state,error,result)"
_PLANS: Final = "r a w(name,first_day,last_day,entities,duty,state,open_items,changed_by,changed_at)"
_STOPS: Final = "r a w(stops,measured_at)"
_GOES_ON: Final = "r a w(stops,measured_at,resumed_by,resumed_at,resumed)"


def _each(operator: str, reviewer: str, owner: str, worker: str) -> Mapping[Role, str]:
    return {OPERATOR: operator, REVIEWER: reviewer, OWNER: owner, WORKER: worker}


def _written_by_worker(how: str) -> Mapping[Role, str]:
    return _each("r", "r", "r", how)


GRANTS: Final[Mapping[str, Mapping[Role, str]]] = {
    # whoever notices that the database was put back from an older dump says so: `guard_meta`
    "meta": _each("r a w(value)", "r a w(value)", "r a w(value)", "r a w"),
    "alembic_version": _written_by_worker("r"),
    # whose shops, and what their platforms are asked with: an owner's
    "entity": _each("r", "r", "r a w", "r w(kind)"),
    # one that is there stays what it was connected as: whose, where, and whether it is only simulated
    "account": _each("r", "r", "r a w(label,pinned_keys,state)", "r w(pinned_keys)"),
    "account_connection": _each("r", "r", "r a w", "r"),
    "account_sender": _each("r", "r", "r a d", "r"),
    "account_price": _each("r", "r", "r a w d", "r"),
    "entity_budget": _each("r", "r", "r a w d", "r"),
    # what is left of them: `POLICIES`. Without them nobody sends but by the worker
    "secret": _each("r", "r", "r a w d", "r a w d"),
    "setting": _each("r a w", "r a w", "r a w d", "r a w d"),
    "stream_cursor": _each("r", "r", "r d", "r a w d"),
    # what platforms and senders said: the worker's alone
    "customer": _each("r w(attributes)", "r", "r", "r a w"),
    "consent_receipt": _written_by_worker("r a"),
    "consent_source": _written_by_worker("r a"),
    "consent_fact": _written_by_worker("r a"),
    # an account whose word counts no more makes its people unknown, and nobody known
    "consent_latest": _each("r", "r", "r d", "r a w d"),
    "number_alias": _written_by_worker("r a w"),
    "signature": _each("r", "r", "r d", "r a d"),
    "signature_report": _each("r", "r", "r a", "r a"),
    "signature_read": _each("r", "r", "r a w", "r a w"),
    "signature_port": _written_by_worker("r a w"),
    "inbound": _written_by_worker("r a w"),
    "complaint": _written_by_worker("r a w"),
    # whoever is told of a complaint puts it down; what becomes of it is a reviewer's word, the feed is the worker's
    "complaint_case": _each("r a", "r a w(state,why,owner,ledger_id,campaign_id,answered_at,closed_at)", "r", "r a w"),
    "complaint_note": _each("r a", "r a", "r", "r a"),
    "pushed_part": _written_by_worker("r a w d"),
    "pushed_receipt": _written_by_worker("r a w d"),
    "pushed_reply": _written_by_worker("r a w d"),
    "delivery_report": _written_by_worker("r a"),
    "early_report": _written_by_worker("r a w d"),
    # opt-outs are taken from everybody, and given back by a reviewer
    "suppression": _each("r a", "r a", "r", "r a"),
    "suppression_lift": _each("r", "r a", "r", "r"),
    "opt_out_outbox": _each("r a w", "r a w", "r w", "r a w"),
    # a person's word
    "signature_record": _each("r", "r a w", "r", "r"),
    "signature_own": _each("r", "r a w d", "r", "r"),
    "staff_number": _each("r", "r", "r a d", "r"),
    "staff_trial": _each("r a w(job_id)", "r", "r", "r w d"),
    # campaigns
    "audience": _each("r a w d", "r", "r", "r"),
    "campaign": _each("r a w d", "r w", "r w", "r w"),
    "campaign_member": _each("r d", "r", "r", "r a w d"),
    "campaign_stop": _each("r d", "r", "r", "r a w d"),
    "campaign_warning": _each("r d", "r a w(confirmed_by,confirmed_at)", "r", "r a w d"),
    "campaign_budget": _each("r a w d", "r", "r", "r a w d"),
    "submission": _written_by_worker("r a w"),
    "ledger": _written_by_worker("r a"),
    "ledger_outcome": _written_by_worker("r a"),
    "ledger_latest": _written_by_worker("r a w"),
    "billed_part": _written_by_worker("r a w"),
    # what is looked at again; that was sent is nobody's to change
    "lookback_run": _each("r", "r a w(state,note,ended_at)", "r", "r a w"),
    "lookback_found": _written_by_worker("r a d"),
    "lookback_task": _each("r", "r a w(owner,due,done,note,changed_by,changed_at)", "r", "r"),
    "consent_wording": _each("r", "r a", "r", "r"),
    # plans for a peak; whoever may stop may stop everything, and says what came of it: `guard_pause`
    "peak_plan": _each(_PLANS, _PLANS, "r", "r"),
    "peak_word": _each("r a", "r a", "r", "r"),
    "peak_pause": _each(_GOES_ON, _GOES_ON, _STOPS, _STOPS),
    # files
    "import_job": _each("r a w(state,counts)", "r", "r", "r a w"),
    "import_change": _each("r d", "r", "r", "r a w d"),
    "import_prospect": _each("r d", "r", "r", "r a w d"),
    "waiting_recent": _each("r d", "r", "r", "r a w d"),
    "waiting_key": _each("r d", "r", "r", "r a w d"),
    "import_refusal": _each("r", "r", "r", "r a w d"),
    # work, and who did what
    "job": _each(_ENDS_A_JOB, _ENDS_A_JOB, _ENDS_A_JOB, "r a w d"),
    "worker": _written_by_worker("r a w d"),
    "audit": _each("r a", "r a", "r a", "r a"),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """Which rows a role meets, where not all of them: an SQL condition."""

    table: str
    role: Role
    privilege: str
    rows: str


_DRAFT: Final = (
    "campaign_id IN (SELECT c.id FROM campaign c WHERE c.state IN ('draft', 'screened')"
    " AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.campaign_id = c.id))"
)
# of replies that no machine could read; the rest are tokens and private keys
_A_REPLY: Final = r"name ~ '^account\.[0-9]+\.unread\.'"
_CHILDREN: Final = ("campaign_member", "campaign_stop", "campaign_warning")
POLICIES: Final = (
    *(Policy("secret", role, "r", _A_REPLY) for role in (OPERATOR, REVIEWER)),
    *(Policy(table, OPERATOR, "d", _DRAFT) for table in _CHILDREN),
)
POLICED: Final = tuple(dict.fromkeys(policy.table for policy in POLICIES))


def granted(table: str, role: Role) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(letter, the columns that it is limited to) of a role at a table."""
    for word in GRANTS[table][role].split():
        found = _WORD.fullmatch(word)
        assert found is not None, word
        yield found[1], tuple(found[2].split(",")) if found[2] else ()


def policies(table: str) -> Iterator[Policy]:
    """Of a policed table, of every role and each of its letters: a row that no policy names is nobody's."""
    limited = {(each.role, each.privilege): each for each in POLICIES if each.table == table}
    for role in sorted(EVERY_ROLE):
        for letter, _ in granted(table, role):
            yield limited.get((role, letter), Policy(table, role, letter, "true"))
