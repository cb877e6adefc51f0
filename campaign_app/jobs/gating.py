"""Asks the platform and then the gate about a batch of customers; shared by screening and dispatch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from campaign_app.consent.gate import Ask, Decision, Person, Refusal, decide
from campaign_app.consent.recipient import ConfirmedRecipient
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.consent import ConsentFact, CustomerRef, Reason, Receipt, Suppression, SuppressionKind
from campaign_app.domain.customer import Account, Customer
from campaign_app.domain.errors import AppError, PlaceForgotten, RemoteRefused, WorkspaceError
from campaign_app.domain.message import Composed, Page
from campaign_app.domain.ports import PlatformClient
from campaign_app.jobs.caps import MONTH, WEEK, over_cap
from campaign_app.jobs.ports import GatewayCapabilities
from campaign_app.jobs.stores import Context
from campaign_app.services.following import changes_read_name, changes_unseen_name

# of one pull; more than this is a listing that goes in circles
MAX_PAGES: Final = 10_000
# of one pull: a cursor may hold two places, and a third time the list forgets what it has just said
RESTARTS: Final = 2
# whoever will carry the messages of such a platform's customers needs their numbers
NO_SENDER: Final = GatewayCapabilities(
    simulated=False, needs_phone=True, batch_max=0, idempotent=False, lookup=False, submits=False, streams=frozenset()
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A customer, the fact that was looked at (0 if there is none) and the gate's decision."""

    customer: Customer
    fact_id: int
    decision: Decision


Facts = dict[int, tuple[int, ConsentFact]]


@contextmanager
def at_shop(account: Account) -> Iterator[None]:
    """What goes wrong meanwhile names the shop: an entity may have many, and a person has to know which to mend.

    Trouble of the workspace, such as a full disk, is no shop's.
    """
    try:
        yield
    except WorkspaceError:
        raise
    except AppError as trouble:
        named = copy(trouble)
        named.facts = {**trouble.facts, "shop": account.label}
        raise named from trouble


def refresh(context: Context, account: Account, customers: Sequence[Customer], older_than: datetime | None) -> Facts:
    """Reads anew the facts of one account's customers that were checked before `older_than`; returns the latest.

    None: all of them, for a platform whose clock is ahead dates what it said a moment ago later than now. And those of
    a time to come: they were read by a clock that was ahead, and may be of any age.
    """
    ids = [c.id for c in customers]
    known = {} if older_than is None else context.stores.facts.latest(ids, checked_since=older_than)
    latest = context.clock() + context.policy.clock_skew
    fresh = {c: told for c, told in known.items() if told[1].checked_at is not None and told[1].checked_at <= latest}
    refs = [CustomerRef(account.id, c.ref) for c in customers if c.id not in fresh]
    if not refs:
        return fresh
    client = context.remotes.platform(account.id)
    offers = client.capabilities()
    if not fresh and offers.consent_changes:
        _skip_old_changes(context, account, client)
    answers = _ask(context, client, refs)
    facts, receipts = answers.facts, answers.receipts
    unproven = [ref for ref, fact in facts.items() if fact.evidence is None or fact.checked_at is None]
    if unproven and offers.consent_lookup:  # once more: a half page or a cut answer need not cost people their message
        again = _ask(context, client, unproven)
        facts |= again.facts
        receipts += again.receipts
    return fresh | context.stores.facts.append(list(facts.values()), receipts, asked=account)


class _Answers(NamedTuple):
    """One fact for each that was asked about, the receipts, and how many got none that is their own."""

    facts: dict[CustomerRef, ConsentFact]
    receipts: tuple[Receipt, ...]
    silent: int


def _ask(context: Context, client: PlatformClient, refs: Sequence[CustomerRef]) -> _Answers:
    """Adapters of others answer too: a fact that came under another's name speaks for neither."""
    if not refs:
        return _Answers({}, (), 0)
    answers = client.consents(refs)
    own = {ref: fact for ref in refs if (fact := answers.facts.get(ref)) is not None and fact.ref == ref}
    now = context.clock()
    silent = {ref: ConsentFact.unknown(ref, note="missing", observed_at=now) for ref in refs if ref not in own}
    return _Answers(own | silent, tuple(answers.receipts), len(silent))


def _skip_old_changes(context: Context, account: Account, client: PlatformClient) -> None:
    """Before an account's first fact is read: what the list of changes holds by now is in the facts that follow."""
    if not client.capabilities().consent_changes or not context.stores.facts.unread(account.id):
        return
    cursor = ""
    for _ in range(MAX_PAGES):
        page = client.consent_changes(cursor)
        cursor = page.next_cursor
        if not page.more:
            context.stores.facts.begin_changes(account, cursor)
            return
    raise RemoteRefused("cursor_loop", "The list of changes does not end")


def pull_changes(context: Context, account: Account) -> bool:
    """Reads the facts of everybody whose consent changed since the last pull.

    False where somebody may have changed unseen: an unreadable row, no answer about somebody, a list that does not know
    its place any more, or a platform that has none. Whoever looks later is told of an unreadable row by `known_since`:
    the list is behind it by then.
    """
    client = context.remotes.platform(account.id)
    if not client.capabilities().consent_changes:
        return False
    unseen = 0
    restarts = 0
    for _ in range(MAX_PAGES):
        asked_at, cursor = context.clock(), context.stores.accounts.cursor(account.id, "changes")
        try:
            page = client.consent_changes(cursor)
        except RemoteRefused as refusal:
            if restarts == RESTARTS or not _begins_anew(context, account, cursor, refusal):
                raise
            restarts += 1
            unseen += 1
            continue
        answers = _ask(context, client, [CustomerRef(account.id, ref) for ref in dict.fromkeys(page.items)])
        by_now = unseen + page.broken + answers.silent
        read_at = None if page.more or by_now else asked_at
        if not _put_changes(context, account, page, answers, cursor, read_at):
            continue  # somebody else pulled it meanwhile: on from where they are
        unseen = by_now
        if not page.more:
            return not unseen
    raise RemoteRefused("cursor_loop", "The list of changes does not end")


def _put_changes(
    context: Context, account: Account, page: Page[str], answers: _Answers, cursor: str, read_at: datetime | None
) -> bool:
    """A page that was asked for at `cursor`; `read_at` where the list is read to its end, with nobody unseen.

    False where the list stands elsewhere by now, and nothing was put down.
    """
    facts, onward = list(answers.facts.values()), page.next_cursor
    if facts or onward != cursor:
        unseen_at = context.clock() if page.broken else None
        return context.stores.facts.append_changes(
            account, facts, answers.receipts, cursor, onward, read_at=read_at, unseen_at=unseen_at
        )
    if read_at is not None:
        context.stores.accounts.set_setting(changes_read_name(account.id), read_at.isoformat())
    return True


def known_since(context: Context, account: Account, moment: datetime) -> datetime:
    """`moment`, or later: what was checked before the list last kept from us who had changed is known no more."""
    unseen = context.stores.accounts.setting(changes_unseen_name(account.id), None)
    # by how much a platform may date what it said before it later than it was
    return moment if unseen is None else max(moment, datetime.fromisoformat(unseen) + context.policy.clock_skew)


def _begins_anew(context: Context, account: Account, cursor: str, refusal: RemoteRefused) -> bool:
    """Whether it was a place that the list does not know any more: who changed since then may be in no list.

    So no fact of the account counts as known from here on.
    """
    begin = refusal.begin if isinstance(refusal, PlaceForgotten) else ""
    if refusal.code != "bad_cursor" or begin == cursor:
        return False
    context.stores.facts.begin_anew(account, cursor, begin)
    return True


def follow_changes(context: Context, account_id: int) -> bool:
    """Between batches: who withdrew is known here soon. False where nobody's consent was read yet, or no list is there.

    Then there is nothing that could have changed.
    """
    account = context.stores.accounts.account(account_id)
    if context.stores.facts.unread(account_id):
        return False
    pull_changes(context, account)
    return context.remotes.platform(account_id).capabilities().consent_changes


def sender_of(context: Context, account: Account, purpose: str) -> GatewayCapabilities:
    """What the account's sender can do; `NO_SENDER` where its platform is none, or not any more.

    Of a platform that hands out no numbers none can be wanted: the reason that people see is their consent's.
    """
    if not context.remotes.sends(account.id):
        phones = context.remotes.platform(account.id).capabilities().phones
        return replace(NO_SENDER, simulated=account.simulated, needs_phone=phones)
    return context.remotes.gateway(account.id, purpose).capabilities


def judge_all(
    context: Context,
    campaign: Campaign,
    account: Account,
    customers: Sequence[Customer],
    facts: Facts,
    max_age: timedelta,
    leaves_within: timedelta = timedelta(0),
) -> list[Judged]:
    """The gate over customers of one account, by the latest `facts` of theirs, for messages that leave by then.

    For a sender that goes by numbers they are read anew: what a sync changed while shops were asked is looked at whole.
    """
    stores, now = context.stores, context.clock()
    sender = sender_of(context, account, campaign.purpose)
    # the kind of number that the sender goes by, and never the other
    sealed = sender.needs_platform_phone
    plain = sender.needs_phone and not sealed and not _lent(context, account)
    if plain or sealed:
        customers = _as_of_now(context, customers)
    ask = Ask(
        campaign_id=campaign.id,
        purpose=campaign.purpose,
        entity_uscc=campaign.entity_uscc,
        send_at=max(campaign.send_at or now, now + leaves_within),
        now=now,
        policy=replace(context.policy, max_consent_age=max_age),
        needs_phone=sender.needs_phone,
        needs_platform_phone=sender.needs_platform_phone,
        simulated_sender=sender.simulated,
    )
    ref_keys = {c.id: stores.phone_keys.of_ref(CustomerRef(c.account_id, c.ref)) for c in customers}
    suppressed = _suppressions(context, campaign, customers, ref_keys)
    keys = {c.id: c.phone_key or ref_keys[c.id] for c in customers}
    ids = [c.id for c in customers]
    sent = stores.campaigns.sent_since(campaign.entity_uscc, ids, now - MONTH, but=campaign.id, keys=keys)
    judged = []
    for customer in customers:
        fact_id, fact = facts.get(customer.id, (0, None))
        phone, theirs = customer.phone if plain else None, customer.platform_phone if sealed else None
        marks, count = suppressed.get(customer.id, ()), sent.get(customer.id, 0)
        person = Person(customer.id, fact_id, fact, marks, phone, count, theirs)
        judged.append(Judged(customer, fact_id, decide(person, ask)))
    judged = _within_house_caps(context, campaign, judged, sent)
    return _within_provider_caps(context, campaign, account, judged) if sent else judged


def _as_of_now(context: Context, customers: Sequence[Customer]) -> list[Customer]:
    """With the numbers that they have now. A key read before and a number read after would be of two people."""
    now = context.stores.customers.by_ids([c.id for c in customers])
    return [now.get(c.id) or replace(c, phone=None, platform_phone=None) for c in customers]


def _lent(context: Context, account: Account) -> bool:
    """Whether the shop's numbers may be lent to orders, and another sender would reach whoever has them by now.

    Nobody can tell them apart without the order, so to such a sender none of them is a number.
    """
    other = account.sender_account_id is not None
    return other and context.remotes.platform(account.id).capabilities().virtual_numbers


def _within_house_caps(
    context: Context, campaign: Campaign, judged: list[Judged], sent_in_30_days: Mapping[int, int]
) -> list[Judged]:
    """The merchant's own caps (rule FRQ-003), after the gate: they never let anybody in."""
    confirmed = _confirmed_ids(judged)
    in_a_week: Mapping[int, int] = {}
    if context.house_caps[0] and sent_in_30_days:
        since = context.clock() - WEEK
        in_a_week = context.stores.campaigns.sent_since(campaign.entity_uscc, confirmed, since, but=campaign.id)
    over = {c for c in confirmed if over_cap(in_a_week.get(c, 0), sent_in_30_days.get(c, 0), None, context.house_caps)}
    return _without(judged, over, Reason.HOUSE_CAP)


def _within_provider_caps(context: Context, campaign: Campaign, account: Account, judged: list[Judged]) -> list[Judged]:
    """What the SMS provider delivers to one number at most (rule FRQ-002); beyond it the message would be lost."""
    over: set[int] = set()
    for cap in context.provider_caps(account.id):
        confirmed = _confirmed_ids(judged)
        since = context.clock() - cap.span
        sent = context.stores.campaigns.sent_since(campaign.entity_uscc, confirmed, since, but=campaign.id)
        over.update(customer_id for customer_id, count in sent.items() if count >= cap.most)
    return _without(judged, over, Reason.PROVIDER_CAP)


def _confirmed_ids(judged: Sequence[Judged]) -> list[int]:
    return [j.customer.id for j in judged if not isinstance(j.decision, Refusal)]


def _without(judged: list[Judged], over: set[int], reason: Reason) -> list[Judged]:
    """The same people, of whom these are refused."""
    if not over:
        return judged
    return [
        Judged(j.customer, j.fact_id, Refusal(j.customer.id, reason)) if j.customer.id in over else j for j in judged
    ]


def _suppressions(
    context: Context, campaign: Campaign, customers: Sequence[Customer], ref_keys: Mapping[int, bytes]
) -> Mapping[int, frozenset[SuppressionKind]]:
    keys = {c.id: [ref_keys[c.id]] if c.phone_key is None else [ref_keys[c.id], c.phone_key] for c in customers}
    every_key = [key for pair in keys.values() for key in pair]
    active = context.stores.suppressions.active(campaign.entity_uscc, every_key)
    if not active:
        return {}
    nobody: frozenset[Suppression] = frozenset()
    return {
        customer_id: frozenset(s.kind for key in pair for s in active.get(key, nobody))
        for customer_id, pair in keys.items()
        if not active.keys().isdisjoint(pair)
    }


def composed(context: Context, campaign: Campaign, judged: Sequence[Judged]) -> list[tuple[Judged, Composed]]:
    """The confirmed ones with what they would read."""
    confirmed = [j for j in judged if not isinstance(j.decision, Refusal)]
    messages = context.composer.messages(campaign, [j.customer for j in confirmed], context.clock())
    return list(zip(confirmed, messages, strict=True))


def sealed(judged: Judged) -> ConfirmedRecipient:
    """The recipient of a confirmed one; raises TypeError for anybody else."""
    if isinstance(judged.decision, Refusal):
        raise TypeError("not confirmed")
    return judged.decision
