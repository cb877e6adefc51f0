"""What the core asks of the store about replies that came in."""

from __future__ import annotations

from typing import Protocol

from campaign_app.domain.answer import Answer, AnswerQuery


class AnswerStore(Protocol):
    def of_campaign(self, campaign_id: int, *, opt_outs_only: bool, limit: int) -> tuple[Answer, ...]:
        """Replies of the people that this campaign was the last to write to, the newest first."""
        ...

    def count(self, query: AnswerQuery) -> tuple[int, int]:
        """How many there are, of every campaign and of none, and the id of the newest."""
        ...

    def page(self, query: AnswerQuery, newest: int, first: int, limit: int) -> tuple[Answer, ...]:
        """Of those up to the id `newest`, the newest first, `limit` from place `first` on."""
        ...
