"""Looks back over what was sent, some batches at a time: today's consents, today's rules, today's signatures.

A step reads the next batches of a run, judges every message, and keeps what it found together with the run's place: a
step that runs again after a crash finds the place moved and keeps nothing twice. Nothing that was sent is written to.
What could not be looked at is counted as such.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from campaign_app.compliance.similar import Likeness, alike, likeness
from campaign_app.consent.gate import Ask
from campaign_app.consent.hindsight import look_again
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.consent import ConsentFact, Suppression, SuppressionKind
from campaign_app.domain.customer import Account, Customer
from campaign_app.domain.errors import NotAllowed, RemoteError, RemoteUnavailable
from campaign_app.domain.lookback import Era, Found, Ground, Mark, RunState, Scope, SentRow
from campaign_app.domain.sent_texts import Reread
from campaign_app.jobs.asking import confirmed_rules
from campaign_app.jobs.gating import refresh
from campaign_app.jobs.stores import Context

_log = logging.getLogger(__name__)
TRIES: Final = 3  # of one look-up; between two the platform is left alone
PAUSE_SECONDS: Final = 2.0
LONGEST_PAUSE: Final = 60.0
BATCHES: Final = 10  # a window: some five thousand messages
ACTOR: Final = "worker"
_REFUSES: Final = frozenset({SuppressionKind.COMPLAINT, SuppressionKind.OPT_OUT, SuppressionKind.WITHDRAWN})
_Facts = Mapping[int, tuple[int, ConsentFact]]
_IN_SCOPE: Final = "SIG-008"  # the text says something else than the signature is filed for


@dataclass(slots=True)
class Walk:
    """What one run need not ask twice, in one process. `away`: shops that do not answer."""

    campaigns: dict[int, Campaign] = field(default_factory=dict)
    confirmed: dict[int, frozenset[str]] = field(default_factory=dict)
    likenesses: dict[int, Likeness] = field(default_factory=dict)
    away: set[int] = field(default_factory=set)


def begin_if_due(context: Context, every_days: int, days: int, now: datetime) -> None:
    """Puts a look-back down by the clock; the first one so long after the first message, none beside another."""
    lookbacks = context.stores.lookbacks
    last = lookbacks.last_asked()
    if every_days and last is not None and now - last >= timedelta(days=every_days) and not lookbacks.running():
        with suppress(NotAllowed):  # a person was faster
            lookbacks.begin(Scope(now - timedelta(days=days), now), asked_by=ACTOR, at=now, by_clock=True)


def look_some(context: Context, run_id: int, windows: int, walk: Walk) -> tuple[bool, int, int]:
    """Whether there is more to look at, how many messages were looked at by now, and how many there are."""
    lookbacks = context.stores.lookbacks
    run = lookbacks.run(run_id)
    if not run.after and run.state is RunState.RUNNING:
        lookbacks.count(run_id)
    more = True
    for _ in range(windows):
        more = more and _look(context, run_id, walk)
    run = lookbacks.run(run_id)
    return more, run.looked, max(run.total, run.looked)


def end(context: Context, run_id: int) -> str:
    """Ends a run that came to its end; one that was paused or cancelled stays so. Returns its state."""
    lookbacks = context.stores.lookbacks
    lookbacks.set_state(run_id, RunState.DONE, among=[RunState.RUNNING], actor=ACTOR, at=context.clock())
    return lookbacks.run(run_id).state.value


def fail(context: Context, run_id: int, code: str) -> None:
    """A person may have it go on from where it stands."""
    context.stores.lookbacks.set_state(
        run_id, RunState.FAILED, among=[RunState.RUNNING], actor=ACTOR, at=context.clock(), note=code
    )


def _look(context: Context, run_id: int, walk: Walk) -> bool:
    lookbacks = context.stores.lookbacks
    run = lookbacks.run(run_id)
    if run.state is not RunState.RUNNING:
        return False
    window = lookbacks.window(run_id, BATCHES)
    facts, told = _judged(context, window.rows, walk)
    found = [_found(row, sorted(told[row.ledger_id], key=_rank), facts) for row in window.rows if told[row.ledger_id]]
    packs = "" if context.sent_texts is None else context.sent_texts.rule_packs
    kept = lookbacks.keep(run_id, run.after, window.last, found, len(window.rows) - len(found), packs)
    return kept and not window.ended


def _rank(mark: Mark) -> tuple[int, int]:
    return mark.rank


def _found(row: SentRow, marks: Sequence[Mark], facts: _Facts) -> Found:
    first, *others = marks
    also = ",".join(dict.fromkeys(each.reason for each in others))
    fact_id = facts[row.customer_id][0] if row.customer_id in facts else 0
    return Found(
        row.ledger_id, row.campaign_id, row.customer_id, first.reason, first.era, ",".join(first.rules), also, fact_id,
        first.moment, row.sent_at,
    )  # fmt: skip


def _judged(context: Context, rows: Sequence[SentRow], walk: Walk) -> tuple[_Facts, dict[int, list[Mark]]]:
    """By customer the facts of now, and by message what holds of it: nothing where it would leave today as well."""
    told: dict[int, list[Mark]] = {row.ledger_id: [] for row in rows}
    facts = _facts(context, rows, walk)
    suppressed = context.stores.suppressions.of_customers([row.customer_id for row in rows])
    for (campaign_id, shop), group in groupby(sorted(rows, key=_place), key=_place):
        mine, campaign = list(group), _campaign(context, campaign_id, walk)
        ask = _ask(context, campaign)
        for row in mine:
            marks = suppressed.get(row.customer_id, frozenset())
            fact = facts[row.customer_id][1] if row.customer_id in facts else None
            mark = look_again(fact, marks, ask, row.sent_at)
            told[row.ledger_id] += [] if mark is None else [mark]
            told[row.ledger_id] += _similar(context, campaign, row, marks, walk) if marks else []
        for row, said in zip(mine, _texts(context, campaign, shop, mine, walk), strict=True):
            told[row.ledger_id] += said
    return facts, told


def _place(row: SentRow) -> tuple[int, int]:
    return row.campaign_id, row.shop


def _ask(context: Context, campaign: Campaign) -> Ask:
    now = context.clock()
    return Ask(campaign.id, campaign.purpose, campaign.entity_uscc, now, now, context.policy)


def _campaign(context: Context, campaign_id: int, walk: Walk) -> Campaign:
    if campaign_id not in walk.campaigns:
        walk.campaigns[campaign_id] = context.stores.campaigns.campaign(campaign_id)
        walk.confirmed[campaign_id] = confirmed_rules(context, campaign_id)
        walk.likenesses[campaign_id] = likeness(walk.campaigns[campaign_id].body)
    return walk.campaigns[campaign_id]


def _facts(context: Context, rows: Sequence[SentRow], walk: Walk) -> _Facts:
    """The latest; those that are too old, or of a time to come, are read anew.

    What a platform does not answer stays as it was, and counts so.
    """
    ids = [row.customer_id for row in rows]
    facts, now = context.stores.facts.latest(ids), context.clock()
    oldest, newest = now - context.policy.max_consent_age, now + context.policy.clock_skew
    old = [
        one for one, (_, fact) in facts.items() if fact.checked_at is None or not oldest <= fact.checked_at <= newest
    ]
    missing = [one for one in dict.fromkeys(ids) if one not in facts]
    customers = context.stores.customers.by_ids([*old, *missing], phones=False).values() if old or missing else ()
    for shop in sorted({one.account_id for one in customers} - walk.away):
        account = context.stores.accounts.account(shop)
        asked = [one for one in customers if one.account_id == shop]
        if account.state == "connected":
            facts |= _refreshed(context, account, asked, oldest, walk)
    return facts


def _refreshed(
    context: Context, account: Account, customers: Sequence[Customer], oldest: datetime, walk: Walk
) -> dict[int, tuple[int, ConsentFact]]:
    """Nothing of a shop that does not answer, which is then asked no more in this run."""
    for _ in range(TRIES):
        try:
            return refresh(context, account, customers, oldest)
        except RemoteUnavailable as trouble:
            _log.info("the consents of shop %s could not be read: %s", account.id, trouble.code)
            context.wait(min(trouble.retry_after or PAUSE_SECONDS, LONGEST_PAUSE))
        except RemoteError as trouble:
            _log.info("shop %s refuses to tell its consents: %s", account.id, trouble.code)
            break
    walk.away.add(account.id)
    return {}


def _texts(context: Context, campaign: Campaign, shop: int, rows: Sequence[SentRow], walk: Walk) -> list[list[Mark]]:
    reader, now = context.sent_texts, context.clock()
    if reader is None:
        return [[Mark(Ground.TEXT_UNREAD, Era.UNDATED)] for _ in rows]
    signed = reader.signature(campaign, shop, now)
    kept = [row for row in rows if row.text]
    texts = [(row.text, row.sent_at) for row in kept]
    reread = reader.reread(campaign, shop, texts, now)
    read = dict(zip((row.ledger_id for row in kept), reread, strict=True))
    confirmed = walk.confirmed[campaign.id]
    if signed is None:
        return [_said(row, read.get(row.ledger_id), confirmed, ()) for row in rows]
    # without a filing that holds, the rule on its scope has nothing to go by
    return [
        [_dated(signed, row.sent_at), *_said(row, read.get(row.ledger_id), confirmed, (_IN_SCOPE,))] for row in rows
    ]


def _dated(mark: Mark, sent_at: datetime) -> Mark:
    """A signature that had already expired when the message left."""
    if mark.moment is None or mark.moment > sent_at:
        return mark
    return Mark(mark.reason, Era.THEN, mark.rules, mark.moment)


def _said(row: SentRow, read: Reread | None, confirmed: frozenset[str], but: Collection[str]) -> list[Mark]:
    if not row.text:
        return [Mark(Ground.TEXT_MISSING, Era.UNDATED)]
    if read is None:
        return [Mark(Ground.TEXT_UNREAD, Era.UNDATED)]
    blocks, warned = read.blocks.difference(but), read.warned.difference(confirmed, read.blocks, but)
    found = [Mark(Ground.SIGNATURE_SCOPE, Era.SINCE, (_IN_SCOPE,))] if _IN_SCOPE in blocks else []
    blocks -= {_IN_SCOPE}
    found += [Mark(Ground.RULE, Era.SINCE, tuple(sorted(blocks)))] if blocks else []
    return found + ([Mark(Ground.RULE_WARNS, Era.SINCE, tuple(sorted(warned)))] if warned else [])


def _similar(
    context: Context, campaign: Campaign, row: SentRow, marks: frozenset[Suppression], walk: Walk
) -> list[Mark]:
    """Whoever had refused a text was sent one that is like it."""
    refused = min((mark.since for mark in marks if mark.kind in _REFUSES), default=None)
    if refused is None or refused > row.sent_at:
        return []
    earlier = context.stores.lookbacks.refused_before(row.person, refused)
    mine = walk.likenesses[campaign.id]
    again = any(alike(_likeness(context, one, walk), mine) for one in earlier if one != campaign.id)
    return [Mark(Ground.SIMILAR, Era.THEN, moment=refused)] if again else []


def _likeness(context: Context, campaign_id: int, walk: Walk) -> Likeness:
    _campaign(context, campaign_id, walk)
    return walk.likenesses[campaign_id]
