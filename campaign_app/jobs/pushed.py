"""What a sender pushes over a connection unasked: kept before it is acknowledged, read by cursor later."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from campaign_app.domain.message import Outcome


@dataclass(frozen=True, slots=True)
class Handed:
    """A part that the sender took, with its id there; part `number` of `total` of one of our messages."""

    provider_id: str
    message_id: str
    number: int = 1
    total: int = 1


@dataclass(frozen=True, slots=True)
class PushedReceipt:
    """What became of one part; its outcome is final."""

    provider_id: str
    outcome: Outcome
    code: str = ""


@dataclass(frozen=True, slots=True)
class PushedReply:
    """`source` as the sender wrote the number; part `number` of `total` of what one person wrote."""

    source: str = field(repr=False)
    text: str = field(repr=False)
    reference: int = 0
    number: int = 1
    total: int = 1


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """`handed` is the part that it is about, None while nobody knows it."""

    id: int
    receipt: PushedReceipt
    kept_at: datetime
    handed: Handed | None


@dataclass(frozen=True, slots=True)
class KeptReply:
    id: int
    reply: PushedReply
    kept_at: datetime


class PushStore(Protocol):
    """Every method is one transaction. Ids rise, so the last one that was read is a cursor."""

    def keep(
        self,
        account_id: int,
        at: datetime,
        *,
        handed: Sequence[Handed] = (),
        receipts: Sequence[PushedReceipt] = (),
        replies: Sequence[PushedReply] = (),
    ) -> None:
        """An id that the sender uses anew belongs to the message that it was last given to."""
        ...

    def receipts(self, account_id: int, after: int, limit: int) -> tuple[KeptReceipt, ...]: ...
    def replies(self, account_id: int, after: int, limit: int) -> tuple[KeptReply, ...]: ...
    def handed(self, account_id: int, message_ids: Collection[str]) -> tuple[Handed, ...]:
        """Every part of these messages that the sender took."""
        ...

    def outcomes(self, account_id: int, message_ids: Collection[str]) -> Mapping[str, Mapping[int, PushedReceipt]]:
        """Message → part → the first receipt of it."""
        ...

    def forget(self, account_id: int, stream: str, *, to: int, before: datetime) -> None:
        """Removes what was read (`reports` or `inbound`, ids up to `to`) and kept before then.

        With the reports go the parts that were handed over a week before that: no receipt is expected any more.
        """
        ...
