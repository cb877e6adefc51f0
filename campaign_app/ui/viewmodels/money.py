"""Prices of sender accounts and monthly budgets of entities, as the settings show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from campaign_app.domain.errors import AppError
from campaign_app.domain.money import PRICE_MAX, Bill
from campaign_app.domain.platform import sends_itself
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.ui.viewmodels.amounts import Amount, amount, beside, written
from campaign_app.ui.viewmodels.seen import Seen

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

ACTOR: Final = "window"


@dataclass(frozen=True, slots=True)
class MoneyState:
    """`prices` are keyed by account, `months` by entity, `bills` are what left this month by the same key."""

    loaded: bool = False
    prices: tuple[Amount, ...] = ()
    months: tuple[Amount, ...] = ()
    bills: Mapping[str, Bill] = field(default_factory=dict)


class MoneyModel(QObject):
    changed = Signal(object)  # MoneyState

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = MoneyState()
        self._seen: dict[str, Seen[int | None]] = {}  # what stood in a field before anything was typed there

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._messages.error, owner=self, key="load")

    def type(self, key: str, text: str) -> None:
        """What is wrong is said while it is typed; nothing is kept yet."""
        self._seen.update((each.key, Seen(each.stored)) for each in self._amounts() if each.key == key and each.kept)

        def typed(each: Amount) -> Amount:
            return replace(each, typed=text) if each.key == key else each

        self._become(
            replace(
                self.state, prices=tuple(map(typed, self.state.prices)), months=tuple(map(typed, self.state.months))
            )
        )

    def save(self, key: str) -> None:
        known = next(each for each in self._amounts() if each.key == key)
        if known.wrong or known.kept:
            return
        self._save(key, known.value, self._seen.get(key, Seen(known.stored)))

    def _save(self, key: str, value: int | None, seen: Seen[int | None] | None = None) -> None:
        """`seen` is what it takes the place of, None whatever stands there."""
        put = partial(self._put, key, value)
        self._tasks.write(
            lambda _: put() if seen is None else seen.save(put, value),
            lambda _: self.load(),
            failed=partial(self._failed, key, value),
            owner=self,
        )

    def _put(self, key: str, value: int | None, *over: int | None) -> None:
        (kind, _, of), money = key.partition(":"), self._app.money
        if kind == "price":
            money.set_price(int(of), value, actor=ACTOR, seen={int(of): over[0]} if over else None)
        else:
            money.set_month_budget(of, value, actor=ACTOR, seen={of: over[0]} if over else None)

    def _failed(self, key: str, value: int | None, error: AppError) -> None:
        if error.code == OVERTAKEN:
            known = next(each for each in self._amounts() if each.key == key)
            self.type(key, written(known.stored))
            self._messages.overtaken(error, lambda: self._save(key, value) if isValid(self) else None, known.title)
        else:
            self._messages.error(error)
        self.load()

    def _amounts(self) -> tuple[Amount, ...]:
        return (*self.state.prices, *self.state.months)

    def _read(self) -> MoneyState:
        app = self._app
        prices, offers = app.money.prices(), {o.name: o.capabilities for o in app.accounts.offers()}
        connected = [a for a in app.accounts.all() if a.state == "connected" and a.platform in offers]
        paid = [
            account
            for account in connected
            if account.sender_account_id in (None, account.id)
            and sends_itself(offers[account.platform], chosen=account.sender_account_id == account.id)
        ]
        months = {entity: app.money.month(entity.uscc) for entity in app.accounts.entities()}
        return MoneyState(
            True,
            tuple(amount(f"price:{a.id}", a.label, prices.get(a.id), PRICE_MAX) for a in paid),
            tuple(amount(f"month:{entity.uscc}", entity.name, month.budget) for entity, month in months.items()),
            {f"month:{entity.uscc}": month.bill for entity, month in months.items()},
        )

    def _loaded(self, read: MoneyState) -> None:
        known = self.state
        self._become(replace(read, prices=beside(known.prices, read.prices), months=beside(known.months, read.months)))

    def _become(self, state: MoneyState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
