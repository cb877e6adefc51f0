"""What people answered, to a campaign or at all; of an opt-out, too, since when it is in force and who was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.domain.answer import Answer, AnswerQuery, WriteBack
from campaign_app.domain.phone import parse_phone
from campaign_app.domain.ports import AccountStore, PhoneKeys
from campaign_app.domain.ports_answers import AnswerStore
from campaign_app.services.opt_outs import Untold

WAITING: Final = "waiting"


@dataclass(frozen=True, slots=True)
class ToldShop:
    """`why`: the code of what keeps the shop's platform from being told, or of its refusal; "" for nothing."""

    label: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """`by` is the account that handed it in."""

    answer: Answer
    shops: tuple[ToldShop, ...] = ()
    by: str = ""


class Answers:
    def __init__(
        self,
        store: AnswerStore,
        accounts: AccountStore,
        untold: Callable[[], Mapping[int, Untold]],
        phone_keys: PhoneKeys,
    ) -> None:
        self._store, self._accounts, self._untold, self._keys = store, accounts, untold, phone_keys

    def of_campaign(self, campaign_id: int, *, opt_outs_only: bool = False, limit: int = 50) -> tuple[Answered, ...]:
        """The newest first."""
        return self._answered(self._store.of_campaign(campaign_id, opt_outs_only=opt_outs_only, limit=limit))

    def query(self, text: str = "", *, opt_out: bool | None = None) -> AnswerQuery:
        """What was typed: a whole number becomes its keyed hash at once, all else is a reference or some words."""
        phone = parse_phone(text.strip())
        key = None if phone is None else self._keys.of_phone(phone)
        return AnswerQuery(opt_out, key, "" if phone is not None else text.strip())

    def count(self, query: AnswerQuery) -> tuple[int, int]:
        """How many replies there are, of every campaign and of none, and the newest of them."""
        return self._store.count(query)

    def page(self, query: AnswerQuery, newest: int, first: int, limit: int) -> tuple[Answered, ...]:
        """The newest first, from place `first` on; those that came in after `newest` stay out."""
        return self._answered(self._store.page(query, newest, first, limit))

    def _answered(self, found: Sequence[Answer]) -> tuple[Answered, ...]:
        labels = {account.id: account.label for account in self._accounts.accounts()}
        waits = any(told.state == WAITING for answer in found for told in answer.told)
        untold = self._untold() if waits else {}

        def shop(told: WriteBack) -> ToldShop:
            known = untold.get(told.account_id)
            why = known.why if told.state == WAITING and known is not None else told.code
            return ToldShop(labels.get(told.account_id, ""), told.state, why)

        return tuple(
            Answered(answer, tuple(map(shop, answer.told)), labels.get(answer.account_id, "")) for answer in found
        )
