"""What people answered to a campaign: every reply, and of an opt-out that it is in force and who was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from campaign_app.domain.answer import Answer, WriteBack
from campaign_app.domain.ports import AccountStore, AnswerStore
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
    answer: Answer
    shops: tuple[ToldShop, ...] = ()


class Answers:
    def __init__(self, store: AnswerStore, accounts: AccountStore, untold: Callable[[], Mapping[int, Untold]]) -> None:
        self._store, self._accounts, self._untold = store, accounts, untold

    def of_campaign(self, campaign_id: int, *, opt_outs_only: bool = False, limit: int = 50) -> tuple[Answered, ...]:
        """The newest first."""
        found = self._store.of_campaign(campaign_id, opt_outs_only=opt_outs_only, limit=limit)
        labels = {account.id: account.label for account in self._accounts.accounts()}
        waits = any(told.state == WAITING for answer in found for told in answer.told)
        untold = self._untold() if waits else {}

        def shop(told: WriteBack) -> ToldShop:
            known = untold.get(told.account_id)
            why = known.why if told.state == WAITING and known is not None else told.code
            return ToldShop(labels.get(told.account_id, ""), told.state, why)

        return tuple(Answered(answer, tuple(map(shop, answer.told))) for answer in found)
