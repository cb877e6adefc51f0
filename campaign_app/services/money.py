"""What messages cost: prices by sender account, budgets by campaign and month, what is to come and what has left.

No interface of a sender that this program speaks tells a price, and none but Tencent's what is left of the parts that
were bought: a quote is the price of the account's contract times the parts of everybody who is to get the message,
counted one by one in the screening.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeVar

from campaign_app.domain.campaign import Campaign, CampaignState, Noted
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.money import BUDGET_MAX, PRICE_MAX, Bill, Counted, Limits, Quote, objection, quote_of, yuan
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.ports_money import Check, MoneyStore, accepts
from campaign_app.domain.team import Permission
from campaign_app.services.balances import balance_of
from campaign_app.services.overtaken import require_as_seen
from campaign_app.services.permitted import Permitted, needs

Key = TypeVar("Key", int, str)
Level = Literal["ok", "warn", "block"]
Facts = dict[str, str | int | tuple[str, ...]]
# by what `objection` says: the key of the check, which is where it is mended
_MENDED_AT: Final[Mapping[str, str]] = {
    "uncounted": "cost_count",
    "no_price": "cost_price",
    "over_budget": "cost",
    "budget_unknown": "cost",
    "over_month": "cost_month",
    "month_unknown": "cost_month",
}
# what is being sent, or may go on by itself, was held to its budget when it began
BUDGETABLE: Final = frozenset(
    {
        CampaignState.DRAFT,
        CampaignState.SCREENING,
        CampaignState.SCREENED,
        CampaignState.APPROVED,
        CampaignState.SCHEDULED,
        CampaignState.WAITING,
    }
)


@dataclass(frozen=True, slots=True)
class Stock:
    """The parts that a campaign needs of an account's, and what is left there by the provider's own word."""

    label: str
    needed: int
    left: int


@dataclass(frozen=True, slots=True)
class Spending:
    """What the rest of a campaign will cost, and the budgets that hold for it.

    `unpriced` names the sender accounts without a price. `stocks` are those of the accounts that tell theirs.
    """

    quote: Quote
    limits: Limits
    unpriced: tuple[str, ...] = ()
    counted: Counted = field(default_factory=dict, repr=False)
    stocks: tuple[Stock, ...] = ()

    @property
    def objection(self) -> str:
        return objection(self.quote, self.limits)


@dataclass(frozen=True, slots=True)
class Month:
    """What an entity's messages of this month cost so far, and may."""

    bill: Bill
    budget: int | None


class Money(Permitted):
    def __init__(self, *, store: MoneyStore, accounts: AccountStore, clock: Clock) -> None:
        self._store = store
        self._accounts = accounts
        self._clock = clock

    def spending(self, campaign: Campaign, before: Spending | None = None) -> Spending:
        """In the month for which it is planned, else in this one.

        `before` is an earlier look at a campaign that is still the same: its people are not counted again.
        """
        counted = self._store.to_leave(campaign.id) if before is None else before.counted
        quote = quote_of(counted, self._store.payers(), self._store.prices())
        names = tuple(self._accounts.account(each).label for each in quote.unpriced)
        now = self._clock()
        limits = self._store.limits(campaign, max(campaign.send_at or now, now))
        return Spending(quote, limits, names, counted, tuple(self._stocks(quote)))

    def _stocks(self, quote: Quote) -> Iterator[Stock]:
        for line in quote.lines:
            if (balance := balance_of(self._accounts, line.account_id)) is not None:
                yield Stock(self._accounts.account(line.account_id).label, line.parts, balance.parts)

    def price_of(self, entity_uscc: str) -> int | None:
        """What a part costs the entity, at the dearest of its connected accounts; None unless all have a price."""
        payers, prices = self._store.payers(), self._store.prices()
        shops = (a.id for a in self._accounts.accounts() if a.entity_uscc == entity_uscc and a.state == "connected")
        known = [prices.get(payers[shop]) for shop in shops]
        return None if None in known else max((price for price in known if price is not None), default=None)

    def prices(self) -> Mapping[int, int]:
        return self._store.prices()

    @needs(Permission.SET)
    def set_price(
        self, account_id: int, price: int | None, *, actor: str, seen: Mapping[int, int | None] | None = None
    ) -> None:
        """What one part costs at this account from now on. Raises SettingsError, NotFound.

        `seen` are prices as they were read: raises NotAllowed("changed_elsewhere") where that is another one by now.
        """
        _require(price, PRICE_MAX, "price")
        self._accounts.account(account_id)
        noted = Noted("account.priced", actor, self._clock(), {"account": account_id, "price": _said(price)})
        self._store.set_price(account_id, price, check=_as_seen(seen, account_id, price), noted=noted)

    @needs(Permission.SET)
    def set_month_budget(
        self, entity_uscc: str, budget: int | None, *, actor: str, seen: Mapping[str, int | None] | None = None
    ) -> None:
        """Holds for campaigns that begin from now on. Raises SettingsError, NotFound, and as `set_price` does."""
        _require(budget, BUDGET_MAX, "budget_amount")
        self._accounts.entity(entity_uscc)
        noted = Noted("entity.budgeted", actor, self._clock(), {"uscc": entity_uscc, "budget": _said(budget)})
        self._store.set_month_budget(entity_uscc, budget, check=_as_seen(seen, entity_uscc, budget), noted=noted)

    @needs(Permission.BUILD)
    def set_budget(self, campaign_id: int, budget: int | None, *, actor: str) -> None:
        """Raises SettingsError, and NotAllowed("campaign_running") once the campaign has begun."""
        _require(budget, BUDGET_MAX, "budget_amount")
        noted = Noted("campaign.budgeted", actor, self._clock(), {"campaign": campaign_id, "budget": _said(budget)})
        self._store.set_budget(campaign_id, budget, among=BUDGETABLE, noted=noted)

    def bill(self, campaign_id: int) -> Bill:
        """What the campaign has cost so far: every part that no sender turned away."""
        return self._store.bill(campaign_id)

    def month(self, entity_uscc: str, at: datetime | None = None) -> Month:
        """Of the month of now, or of `at`."""
        bill = self._store.month_bill(entity_uscc, at or self._clock())
        return Month(bill, self._store.month_budgets().get(entity_uscc))


def _as_seen(seen: Mapping[Key, int | None] | None, key: Key, wanted: int | None) -> Check:
    return accepts if seen is None else lambda now: require_as_seen(now, seen.get(key), wanted)


def _said(amount: int | None) -> str | None:
    """As the audit keeps it: it is read long after the unit that amounts are kept in has changed, as it did once."""
    return None if amount is None else yuan(amount)


def _require(amount: int | None, most: int, code: str) -> None:
    if amount is not None and not 0 <= amount <= most:
        raise SettingsError(code, "This is no amount that anything costs")


def verdict(spending: Spending) -> tuple[str, Level, str, Facts]:
    """Key, level, code and facts of what the pre-flight says of the cost."""
    quote, limits = spending.quote, spending.limits
    amounts = {
        "cost": quote.cost,
        "budget": limits.campaign,
        "spent": limits.spent,
        "month": limits.month,
        "taken": limits.taken,
    }
    facts: Facts = {"parts": quote.parts, "names": spending.unpriced}
    facts |= {name: yuan(amount) for name, amount in amounts.items() if amount is not None}
    if why := spending.objection:
        return _MENDED_AT[why], "block", f"cost_{why}", facts
    if quote.cost is None:
        return "cost", "ok", "cost_not_known", facts
    held = ("budget" * (limits.campaign is not None), "month" * (limits.month is not None))
    return "cost", "ok", "_".join(filter(None, ("cost", *held))), facts


def stock_verdict(spending: Spending) -> tuple[str, Level, str, Facts] | None:
    """What the pre-flight says of the parts that are left; None where no provider tells. It is a word of the past."""
    if not spending.stocks:
        return None
    short = [stock for stock in spending.stocks if stock.needed > stock.left]
    names = tuple(f"{stock.label} {stock.needed:,} / {stock.left:,}" for stock in short or spending.stocks)
    return "balance", "warn" if short else "ok", "balance_short" if short else "balance", {"names": names}
