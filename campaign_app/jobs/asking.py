"""What is asked right before a batch leaves: every shop of the entity, the gate, and of a claimed text the rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from campaign_app.consent.gate import Refusal
from campaign_app.domain.campaign import Campaign, Stopped
from campaign_app.domain.consent import Reason
from campaign_app.domain.customer import Account, Customer
from campaign_app.domain.errors import AppError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Composed
from campaign_app.jobs import unread
from campaign_app.jobs.gating import Facts, Judged, at_shop, judge_all, known_since, pull_changes, refresh
from campaign_app.jobs.poll import REFUSALS, read_refusals
from campaign_app.jobs.ports import LedgerRow
from campaign_app.jobs.stores import Context

# a clock that is kept right is set by so much at most
CLOCK_STEP: Final = timedelta(minutes=1)
# a batch leaves within this time of its last look at clock and facts
BATCH_TIME: Final = timedelta(seconds=60)
# lists that are read at the same time: as many connections as the workspace keeps open
AT_ONCE: Final = 4
# before every fact
EVER: Final = datetime.fromtimestamp(0, UTC)


class RuleStops(Exception):
    """A rule stops a message of a batch, whoever reads it: the campaign's matter, and nobody is to lose theirs."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id


def ask_again(context: Context, campaign: Campaign, account: Account, customers: Sequence[Customer]) -> list[Judged]:
    """The gate with replies, complaints and changes pulled, and old facts read anew.

    Who said no to one shop said it to the entity, so all its shops are read; one that cannot be lets nobody through,
    and the error names it.

    Raises RemoteUnavailable("batch_late") where a clock was set, a machine slept or a platform took long meanwhile:
    what was read first is too old by then, or somebody would be left out for a fact that was new enough before.
    Everybody is asked about again after a pause, and not at all where the campaign has to wait by now. A platform that
    takes too long every time ends as one that does not answer. So it does where a number changed: of whoever else has
    the new one no shop was asked.
    """
    began = context.clock()
    try:
        facts = _read_all(context, campaign, account, customers)
    except RemoteRefused as refusal:
        unread.tell(context, campaign, refusal)
        raise
    may_last = context.policy.reread_after + BATCH_TIME
    judged = judge_all(context, campaign, account, customers, facts, may_last, BATCH_TIME)
    in_time = -CLOCK_STEP <= context.clock() - began <= may_last
    if not in_time or any(_aged(j, facts, began - context.policy.reread_after) for j in judged):
        with at_shop(account):
            raise RemoteUnavailable("batch_late", "A clock moved, or the platform took long, while a batch was decided")
    if any(j.customer.phone_key != asked.phone_key for j, asked in zip(judged, customers, strict=True)):
        with at_shop(account):
            raise RemoteUnavailable("batch_late", "A number changed while a batch was decided")
    return judged


def _aged(judged: Judged, facts: Facts, known: datetime) -> bool:
    """Whether a fact that needed no other look, as it was not older than `known`, is too old by now."""
    if not isinstance(judged.decision, Refusal) or judged.decision.reason is not Reason.STALE:
        return False
    checked_at = facts[judged.customer.id][1].checked_at
    return checked_at is not None and checked_at >= known


def _read_all(context: Context, campaign: Campaign, account: Account, customers: Sequence[Customer]) -> Facts:
    """What all shops of the entity have to say by now, several at a time: most of it is waiting for their answers.

    Replies and complaints of all shops first, then of each shop its changes of consent and what they leave unknown: no
    slow list makes the look at the changes an old one. Returns the facts of the account's own customers. Once all have
    ended one trouble is raised: a bug first, then one for which a person is needed before any that may pass, and
    replies that nobody could read before any other of these.
    """
    others = [
        shop
        for shop in context.stores.accounts.accounts()
        if shop.entity_uscc == campaign.entity_uscc and shop.state == "connected" and shop.id != account.id
    ]
    shops = [*others, account]
    with ThreadPoolExecutor(AT_ONCE, "ask") as pool:
        lists = [
            pool.submit(at_shop(shop)(read_refusals), context, shop.id, stream, customers)
            for shop in shops
            for stream in REFUSALS
        ]
        wait(lists)
        # whatever else went wrong: a person has to hear of it
        unheard = [pool.submit(at_shop(shop)(unread.stop), context, shop.id) for shop in shops]
        _raise_worst([*unheard, *lists])
        twins = [pool.submit(at_shop(shop)(_read_twins), context, shop, customers) for shop in others]
        own = pool.submit(at_shop(account)(_read_own), context, account, customers)
    _raise_worst([*twins, own])
    return own.result()


def _raise_worst(asked: Sequence[Future[Any]]) -> None:
    if troubles := [trouble for each in asked if (trouble := each.exception()) is not None]:
        raise min(troubles, key=lambda one: (isinstance(one, AppError), isinstance(one, RemoteUnavailable)))


def _read_own(context: Context, account: Account, customers: Sequence[Customer]) -> Facts:
    if not pull_changes(context, account):
        return refresh(context, account, customers, None)
    lately = context.clock() - context.policy.reread_after
    return refresh(context, account, customers, known_since(context, account, lately))


def _read_twins(context: Context, shop: Account, customers: Sequence[Customer]) -> None:
    """A shop is asked about those of its customers who have these numbers, as far as nothing newer is known of them.

    A list of changes says nothing of who said no before it was first read: of them no checked fact is there yet. A
    shop that nobody can ask who agreed, or who left, has nothing to tell.
    """
    older_than = known_since(context, shop, EVER) if pull_changes(context, shop) else None
    offers = context.remotes.platform(shop.id).capabilities()
    if not (offers.consent_lookup or offers.consent_changes):
        return
    keys = [customer.phone_key for customer in customers if customer.phone_key is not None]
    ids = context.stores.customers.ids_of_numbers(shop.id, keys)
    twins = list(context.stores.customers.by_ids(ids, phones=False).values())
    refresh(context, shop, twins, older_than)


def confirmed_rules(context: Context, campaign_id: int) -> frozenset[str]:
    """The rules whose warnings a person confirmed."""
    known = context.stores.campaigns.warnings(campaign_id)
    return frozenset(warned.rule_id for warned in known.values() if warned.confirmed_by)


def stopped_by(message: Composed, confirmed: Collection[str]) -> Stopped | None:
    """The rules that stop a message, and those whose warning nobody confirmed; None if it may leave.

    Raises RuleStops where that is not of the person's values.
    """
    rules = message.blocks | (message.warned - frozenset(confirmed))
    if everybody := sorted(rules & message.anybodys):
        raise RuleStops(everybody[0])
    return Stopped(tuple(sorted(rules)), message.rule_packs) if rules else None


def refusals(
    context: Context, campaign: Campaign, rows: Sequence[LedgerRow], judged: Mapping[int, Judged]
) -> dict[str, str]:
    """Message id → why a claimed message may not leave any more, by the gate or by the rules of now.

    Raises RuleStops as `stopped_by` does.
    """
    found: dict[str, str] = {}
    people: list[tuple[LedgerRow, Customer]] = []
    for row in rows:
        known = judged.get(row.customer_id)
        if known is None:
            found[row.message_id] = "customer_erased"
        elif isinstance(known.decision, Refusal):
            found[row.message_id] = known.decision.reason.value
        else:
            people.append((row, known.customer))
    texts = context.composer.messages(campaign, [customer for _, customer in people], context.clock())
    confirmed = confirmed_rules(context, campaign.id)
    for (row, customer), today in zip(people, texts, strict=True):
        message = today
        if today.text != row.text:  # what the person's former words meet is theirs alone
            message = replace(_as_claimed(context, campaign, row, customer), anybodys=today.anybodys)
        if message.text != row.text or stopped_by(message, confirmed) is not None:
            found[row.message_id] = Reason.CONTENT.value
    return found


def _as_claimed(context: Context, campaign: Campaign, row: LedgerRow, customer: Customer) -> Composed:
    """The very text of the row, whose customer would read another one today."""
    body = row.text.removeprefix(f"【{campaign.signature}】")
    (message,) = context.composer.messages(replace(campaign, body=body), [customer], context.clock())
    return message
