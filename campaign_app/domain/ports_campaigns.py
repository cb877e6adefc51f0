"""The port of campaigns: what services and jobs need of where they are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from campaign_app.domain.campaign import Campaign, CampaignState, Noted, Stopped, Warned


class CampaignStore(Protocol):
    def create(self, campaign: Campaign, noted: Noted | None = None) -> Campaign: ...
    def campaign(self, campaign_id: int) -> Campaign: ...
    def campaigns(self, states: Collection[CampaignState] | None = None) -> tuple[Campaign, ...]:
        """All, or those in one of `states`; newest first."""
        ...

    def update(
        self,
        campaign: Campaign,
        *,
        expected: CampaignState,
        noted: Noted | None = None,
        seen: Campaign | None = None,
        since_pause: int | None = None,
    ) -> None:
        """Writes every field; raises NotAllowed("campaign_state") if the stored state is not `expected`.

        `seen` is what it was made of: raises NotAllowed("changed_elsewhere") where any field is another by now.
        `since_pause`: raises NotAllowed("campaign_state") where a later command to pause everything holds it.
        """
        ...

    def move(
        self, campaign_id: int, state: CampaignState, note: str, *, expected: CampaignState, noted: Noted | None = None
    ) -> None:
        """Its state and its note alone, whatever else was changed meanwhile; raises NotAllowed("campaign_state")."""
        ...

    def update_confirmed(
        self,
        campaign: Campaign,
        rules: Collection[str],
        *,
        expected: CampaignState,
        noted: Noted,
        seen: Campaign | None = None,
    ) -> None:
        """`update`, and that its actor confirmed the warnings of these rules, in one transaction.

        Raises NotAllowed("other_than_shown") where text or audience are others by now.
        """
        ...

    def close_unknown(
        self, campaign: Campaign, *, expected: CampaignState, noted: Noted, seen: Campaign | None = None
    ) -> int:
        """`update`, and nobody asks any more what became of its open messages, in one transaction.

        They stay unknown unless a report still comes; returns how many they are, which is noted as well.
        """
        ...

    def add_warnings(self, campaign_id: int, found: Mapping[str, int]) -> None:
        """Rule → a customer whose text it warns of; a rule that is known already stays as it is."""
        ...

    def warnings(self, campaign_id: int) -> dict[str, Warned]:
        """By rule: what the last screening found, and what was confirmed since. `snapshot` begins anew."""
        ...

    def delete(self, campaign_id: int, states: Collection[CampaignState], noted: Noted | None = None) -> None:
        """Removes a campaign and its members; raises NotAllowed: `campaign_state` unless it is in one of `states`,

        `already_submitted` once anything of it was claimed.
        """
        ...

    def snapshot(self, campaign_id: int, now: datetime) -> int:
        """Freezes the audience into (campaign, seq, customer), seq from 0 without gaps, ordered by account and

        customer, in one transaction; replaces an earlier snapshot unless something was already submitted.
        Returns its size.
        """
        ...

    def members(self, campaign_id: int, first: int, last: int) -> tuple[tuple[int, int], ...]:
        """(seq, customer id) with first ≤ seq < last."""
        ...

    def begin(self, campaign: Campaign, at: datetime, stopped: Noted | None = None) -> str:
        """A scheduled campaign is sent from now on, and what it will cost is set aside, in one transaction.

        Where a budget does not allow that it waits for a person instead, with the note `budget`, and `stopped` is
        noted; returns why (`domain.money.objection`). Raises NotAllowed: `campaign_state` if it is not scheduled,
        `changed_elsewhere` if it is not as it is given.
        """
        ...

    def set_reasons(
        self,
        campaign_id: int,
        reasons: Mapping[int, tuple[str, int | None]],
        parts: Mapping[int, int] | None = None,
        stopped: Mapping[int, Stopped] | None = None,
    ) -> None:
        """seq → (reason, fact id) of the screening, and in how many parts the message of that member leaves.

        `stopped`: the rules that keep a member's text back; those of an earlier screening of these seqs are forgotten.
        """
        ...

    def keep_stopped(self, campaign_id: int, stopped: Mapping[int, Stopped]) -> None:
        """The same of a batch that is about to leave; says nothing of a member whose reason is another."""
        ...

    def mark_duplicates(self, campaign_id: int) -> int:
        """Of the members that are ok and share a phone key keeps the first, sets the others to duplicate_number."""
        ...

    def funnel(self, campaign_id: int) -> dict[str, int]:
        """reason → members; sums to the snapshot's size. A member not screened yet counts as `unscreened`."""
        ...

    def fallen(self, campaign_id: int) -> dict[str, int]:
        """reason → members that were ok when they were screened and were refused when their batch was to leave."""
        ...

    def members_by_reason(
        self, campaign_id: int, reason: str, after_seq: int, limit: int
    ) -> tuple[tuple[int, int, int | None], ...]:
        """(seq, customer id, fact id) of the next `limit` members, seq > after_seq, that have this reason.

        Reasons are the keys of `funnel`; `after_seq` -1 starts.
        """
        ...

    def ok_members(self, campaign_id: int, after_seq: int, limit: int) -> tuple[tuple[int, int], ...]:
        """(seq, customer id) of the next `limit` members, seq > after_seq, that are ok and not in the ledger yet."""
        ...

    def sent_since(
        self,
        entity_uscc: str,
        customer_ids: Sequence[int],
        since: datetime,
        *,
        but: int = 0,
        keys: Mapping[int, bytes] | None = None,
    ) -> dict[int, int]:
        """How many messages of this entity each customer (by phone key where known) was sent; absent means none.

        Messages of the campaign `but` are left out: a claimed row of its own must not count against its person. Whoever
        has the customers at hand gives their `keys` (of phone where known, else of ref), which are read otherwise.
        """
        ...
