"""Building, approving and running campaigns. What is submitted is the jobs' business; nothing here sends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, Final

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import EDITABLE, NEW_TIME, UNAPPROVED, Campaign, CampaignState, Noted
from campaign_app.domain.consent import Reason
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.finding import Finding
from campaign_app.domain.peak import PAUSED_ALL
from campaign_app.domain.ports import AuditLog, Clock, InboxStore
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.domain.team import Editor, Permission, editor, shown_editor
from campaign_app.services.anew import on_newest
from campaign_app.services.permitted import Permitted, needs
from campaign_app.services.texts import Checked, Texts
from campaign_app.services.window import CLOSES, OPENS, closing_time

RUNNING: Final = frozenset({CampaignState.SCHEDULED, CampaignState.SENDING})
UNSCREENED: Final = "unscreened"  # the funnel's key of who has no verdict yet
ENDED: Final = frozenset({CampaignState.DONE, CampaignState.CANCELLING, CampaignState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Results:
    """`funnel` sums to the snapshot; `counts` are the keys of `InboxStore.counts`; `fallen` are parts of the funnel."""

    campaign: Campaign
    funnel: Mapping[str, int]
    counts: Mapping[str, int]
    fallen: Mapping[str, int]


class Campaigns(Permitted):
    """`hours` gives the merchant's own first and last time of day to send.

    `by_another`: whether policy asks that somebody else approves than whoever changed the campaign last.
    """

    def __init__(
        self,
        *,
        store: CampaignStore,
        inbox: InboxStore,
        texts: Texts,
        audit: AuditLog,
        clock: Clock,
        hours: Callable[[], tuple[time, time]] = lambda: (OPENS, CLOSES),
        by_another: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._texts = texts
        self._audit = audit
        self._clock = clock
        self._hours = hours
        self._by_another = by_another

    @needs(Permission.BUILD)
    def create(self, *, name: str, entity_uscc: str, purpose: str, audience: Filter, actor: str) -> Campaign:
        made = Campaign(0, name, entity_uscc, purpose, audience, edited_by=self.person.name)
        return self._store.create(made, self._noted("created", actor))

    def get(self, campaign_id: int) -> Campaign:
        return self._store.campaign(campaign_id)

    def all(self) -> tuple[Campaign, ...]:
        return self._store.campaigns()

    def tallies(self, campaign_ids: Collection[int]) -> Mapping[int, Mapping[str, int]]:
        """What became of each one's messages: the keys of `InboxStore.counts`."""
        return self._inbox.tallies(campaign_ids)

    def any_accepted(self, campaign_id: int) -> bool:
        """Whether a sender took any of its messages: none is counted."""
        return self._inbox.any_accepted(campaign_id)

    def changed(self) -> dict[int, datetime]:
        """When somebody last did something to each campaign; one of long ago may be missing."""
        return self._audit.touched("campaign")

    @needs(Permission.BUILD)
    @on_newest
    def edit(self, campaign: Campaign, /, *, actor: str, **changes: Any) -> Campaign:
        """Changes name, purpose, audience, signature or body. A changed text or audience voids screening and approval.

        Raises NotAllowed("campaign_running") once anything may have left.
        """
        if campaign.state not in EDITABLE or self._begun(campaign.id):
            raise NotAllowed("campaign_running", "The campaign is being screened or sent and cannot be changed")
        edited = replace(campaign, **changes)
        if edited == campaign:
            return campaign
        if set(changes) != {"name"}:
            edited = replace(edited.voided(CampaignState.DRAFT), edited_by=self.person.name)
        noted = self._noted("edited", actor, fields=",".join(sorted(changes)))
        self._store.update(edited, expected=campaign.state, noted=noted, seen=campaign)
        return edited

    @needs(Permission.BUILD)
    def duplicate(self, campaign_id: int, name: str, actor: str) -> Campaign:
        """A new draft with the text and the audience of another campaign, whatever became of that one."""
        like = self._store.campaign(campaign_id)
        copied = Campaign(
            0, name, like.entity_uscc, like.purpose, like.audience, like.signature, like.body,
            edited_by=self.person.name,
        )  # fmt: skip
        return self._store.create(copied, self._noted("duplicated", actor, source=campaign_id))

    @needs(Permission.BUILD)
    def delete_draft(self, campaign_id: int, actor: str) -> None:
        """Removes what was never approved and never begun; anything further is cancelled, and stays to be seen.

        Raises NotAllowed `campaign_state`, `already_submitted`.
        """
        self._store.delete(campaign_id, UNAPPROVED, self._noted("deleted", actor))

    def check(self, campaign_id: int, customer_id: int | None = None) -> Checked:
        """The compliance engine over the text as one customer would get it (by default the longest of the audience)."""
        return self._texts.check(self._store.campaign(campaign_id), customer_id, self._clock())

    def warnings(
        self, campaign_id: int, send_at: datetime | None = None, texts: Texts | None = None
    ) -> dict[str, Finding | None]:
        """Rules whose warning a person has still to confirm before it may leave at `send_at` (by default now).

        Each with an example, in the language of `texts`; None where the person it was found with would read
        something else by now.
        """
        texts = texts or self._texts
        campaign, now = self._store.campaign(campaign_id), self._clock()
        planned = campaign if send_at is None else replace(campaign, send_at=send_at)
        examples = texts.survey(planned, now).warned
        known = self._store.warnings(campaign_id)
        return {
            rule: examples.get(rule) or texts.finding(planned, known[rule].customer_id, rule, now)
            for rule in sorted(texts.unconfirmed(known, examples, campaign, planned, now))
        }

    def editor(self, campaign: Campaign) -> Editor | None:
        """Who changed it last, as far as that hinders its approval; None where policy does not ask."""
        return editor(campaign.edited_by, self.person) if self._by_another() else None

    @needs(Permission.BUILD)
    @on_newest
    def screen(self, campaign: Campaign, /, *, actor: str, knowing: bool = False) -> Campaign:
        """Asks for a screening; the worker does it. Allowed again until anything was handed over.

        `knowing`: a person was told that an approval is void with it. Raises NotAllowed("campaign_state") without.
        """
        allowed = EDITABLE if knowing else UNAPPROVED
        if campaign.state not in allowed or self._begun(campaign.id):
            raise NotAllowed("campaign_state", "Only what has not begun is screened, and knowingly what is approved")
        asked = campaign.voided(CampaignState.SCREENING)
        noted = self._noted(asked.state.value, actor)
        self._store.update(asked, expected=campaign.state, noted=noted, seen=campaign)
        return asked

    @needs(Permission.BUILD)
    @on_newest
    def stop_screening(self, campaign: Campaign, /, *, actor: str) -> Campaign:
        """Asks the worker to let go; the campaign is a draft again once nothing is judged any more."""
        if campaign.state is not CampaignState.SCREENING:
            raise NotAllowed("campaign_state", "Only a campaign that is being screened can be stopped")
        stopping = replace(campaign, state_note="stopping")
        noted = self._noted("screening_stopped", actor)
        self._store.update(stopping, expected=CampaignState.SCREENING, noted=noted, seen=campaign)
        return stopping

    def funnel(self, campaign_id: int) -> dict[str, int]:
        return self._store.funnel(campaign_id)

    def members_of(
        self, campaign_id: int, reason: str, after_seq: int, limit: int
    ) -> tuple[tuple[int, int, int | None], ...]:
        """(seq, customer id, id of the fact that was looked at) of the members behind one bar of the funnel.

        A page of at most `limit` after `after_seq`; -1 starts.
        """
        return self._store.members_by_reason(campaign_id, reason, after_seq, limit)

    @needs(Permission.APPROVE)
    def approve(
        self, shown: Campaign, *, recipients: int, confirmed_warnings: Collection[str] = (), actor: str
    ) -> Campaign:
        """Approves exactly the text and the audience that were `shown`; `confirmed_warnings` are rules of `warnings`.

        Raises NotAllowed: `other_than_shown` (somebody changed it since), `recipient_count` (typed number differs),
        `nobody`, `block_findings`, `warnings_unconfirmed`, `funnel_broken` (members without a verdict, or not as many
        as were frozen); where policy asks for another person `same_person`, `editor_unknown`.
        """
        return self._approve(shown.id, shown, recipients, confirmed_warnings, actor)

    @on_newest
    def _approve(
        self, campaign: Campaign, /, shown: Campaign, recipients: int, confirmed: Collection[str], actor: str
    ) -> Campaign:
        if campaign.state is not CampaignState.SCREENED:
            raise NotAllowed("campaign_state", "Only a screened campaign can be approved")
        if campaign.covered() != shown.covered():
            raise NotAllowed("other_than_shown", "The campaign was changed since it was shown: look at it again")
        self._require_another(campaign)
        funnel = self._store.funnel(campaign.id)
        if not adds_up(funnel, campaign.snapshot_size):
            raise NotAllowed("funnel_broken", "The funnel does not add up to the audience: screen again")
        ready = funnel.get(Reason.OK, 0)
        if ready == 0:
            raise NotAllowed("nobody", "Nobody of this audience may receive the campaign")
        if recipients != ready:
            raise NotAllowed(
                "recipient_count", "The typed number of recipients is not the screened one", screened=ready
            )
        now, packs = self._clock(), self._texts.rule_packs
        rules = self._require_clean(campaign, campaign, confirmed, now)
        approved = replace(
            campaign, state=CampaignState.APPROVED, state_note="", rule_packs=packs,
            approved_by=self.person.signs(actor), approved_at=now, approved_hash=approval_hash(campaign, packs),
        )  # fmt: skip
        noted = self._noted("approved", actor, recipients=ready, hash=approved.approved_hash, warnings=",".join(rules))
        self._store.update_confirmed(approved, rules, expected=CampaignState.SCREENED, noted=noted, seen=campaign)
        return approved

    @needs(Permission.SCHEDULE)
    @on_newest
    def schedule(
        self, campaign: Campaign, /, *, send_at: datetime | None, confirmed_warnings: Collection[str] = (), actor: str
    ) -> Campaign:
        """Sends at `send_at`, or now if None, and never after the day's quiet hours begin.

        Raises NotAllowed: `approval_void` (text, audience or rules changed since), `quiet_hours`, `in_the_past`;
        `block_findings`, `warnings_unconfirmed` for what the rules say of that time. Whoever may not approve may not
        confirm those either (NotPermitted; `same_person`, `editor_unknown`).
        """
        if campaign.state not in (CampaignState.APPROVED, CampaignState.WAITING):
            raise NotAllowed("campaign_state", "Only an approved campaign can be scheduled")
        self._require_approved(campaign)
        now = self._clock()
        if send_at is not None and send_at < now:
            raise NotAllowed("in_the_past", "The time to send is in the past")
        planned = replace(campaign, send_at=send_at or now, window_end=closing_time(send_at or now, *self._hours()))
        rules = self._require_clean(planned, campaign, confirmed_warnings, now)
        if rules:  # whoever approves confirms warnings, these like those before
            self.person.require(Permission.APPROVE)
            self._require_another(planned)
        scheduled = replace(planned, state=CampaignState.SCHEDULED, state_note="")
        noted = self._noted("scheduled", actor, warnings=",".join(rules))
        self._store.update_confirmed(scheduled, rules, expected=campaign.state, noted=noted, seen=campaign)
        return scheduled

    @needs(Permission.STOP)
    @on_newest
    def pause(self, campaign: Campaign, /, *, actor: str) -> Campaign:
        """Acts before the next batch; what was claimed is settled when the campaign goes on."""
        if campaign.state not in RUNNING:
            raise NotAllowed("campaign_state", "Only a scheduled or sending campaign can be paused")
        return self._move(campaign, CampaignState.PAUSED, actor, "by_user")

    @needs(Permission.SCHEDULE)
    @on_newest
    def resume(
        self, campaign: Campaign, /, *, actor: str, knowing: bool = False, looked: bool = True, after: int | None = None
    ) -> Campaign:
        """Goes on where it stopped; past its window it waits for a new time instead.

        `looked`: somebody looked at this very campaign, and knows of its complaints; else its fuse counts them still.
        `knowing`: of one that came with a copy a person knows that nobody can tell what was sent since. Raises
        NotAllowed("copied_campaign") without.
        `after`: only what this command to pause everything has left so, and no later one holds.
        """
        other = after is not None and campaign.state_note != PAUSED_ALL
        if campaign.state is not CampaignState.PAUSED or other:
            raise NotAllowed("campaign_state", "Only a paused campaign can be resumed")
        if campaign.came_with_copy and not knowing:
            raise NotAllowed("copied_campaign", "What was sent since the copy was made is not known")
        now = self._clock()
        if campaign.window_end is not None and now >= campaign.window_end:
            return self._move(campaign, CampaignState.WAITING, actor, "window_over", after=after)
        early = campaign.send_at is not None and campaign.send_at > now
        state = CampaignState.SCHEDULED if early else CampaignState.SENDING
        seen = self._inbox.complaints(campaign.id) if looked else campaign.complaints_seen
        return self._move(campaign, state, actor, "", after=after, complaints_seen=seen)

    @needs(Permission.SCHEDULE)
    @on_newest
    def replan(self, campaign: Campaign, /, *, actor: str) -> Campaign:
        """Takes back the time of one that has not come to it: approved as it is, it waits for another one."""
        if not campaign.may_be_replanned(self._clock()):
            raise NotAllowed("campaign_state", "Only the time of what is planned for later can be changed")
        self._require_approved(campaign)  # else it could be neither sent nor changed any more
        if campaign.state is CampaignState.SCHEDULED:
            campaign = self._move(campaign, CampaignState.PAUSED, actor, "by_user")
        return self._move(campaign, CampaignState.WAITING, actor, NEW_TIME)

    @needs(Permission.STOP)
    @on_newest
    def cancel(self, campaign: Campaign, /, *, actor: str) -> Campaign:
        """Ends a campaign for good; what already left stays in the results."""
        if campaign.state in ENDED:
            raise NotAllowed("campaign_state", "The campaign has ended")
        begun = campaign.state is CampaignState.SENDING or self._begun(campaign.id)
        state = CampaignState.CANCELLING if begun else CampaignState.CANCELLED
        return self._move(campaign, state, actor, "by_user")

    @needs(Permission.CLOSE)
    @on_newest
    def close_unknown(self, campaign: Campaign, /, *, actor: str) -> Campaign:
        """Ends the asking for messages of which nobody could tell what became: they stay unknown, never sent again.

        Raises NotAllowed("campaign_state") while the program itself may still find out (`Campaign.may_be_closed`).
        """
        if not campaign.may_be_closed:
            raise NotAllowed("campaign_state", "Nothing of this campaign is to be closed as unknown")
        state = CampaignState.DONE if campaign.state is CampaignState.WAITING else CampaignState.CANCELLED
        closed = replace(campaign, state=state, state_note="unknown_closed")
        if state is CampaignState.DONE and self._store.ok_members(campaign.id, -1, 1):
            closed = replace(campaign, state_note="window_over")  # somebody has not had their turn
        noted = self._noted("unknown_closed", actor)
        self._store.close_unknown(closed, expected=campaign.state, noted=noted, seen=campaign)
        return closed

    def results(self, campaign_id: int) -> Results:
        campaign = self._store.campaign(campaign_id)
        fallen = self._store.fallen(campaign_id) if campaign.approved_at is not None else {}
        return Results(campaign, self._store.funnel(campaign_id), self._inbox.counts(campaign_id), fallen)

    def is_approved(self, campaign: Campaign) -> bool:
        """By the rules of today. What has begun cannot be approved anew: its texts meet them each as it leaves."""
        if campaign.approved_hash == approval_hash(campaign, self._texts.rule_packs):
            return True
        return campaign.approved_hash == approval_hash(campaign, campaign.rule_packs) and self._begun(campaign.id)

    def _require_approved(self, campaign: Campaign) -> None:
        if not self.is_approved(campaign):
            raise NotAllowed("approval_void", "Text, audience or rules changed after the approval: approve again")

    def _require_another(self, campaign: Campaign) -> None:
        """Where policy asks for it: whoever changed it last is known, and is somebody else."""
        last = self.editor(campaign)
        if last is Editor.UNKNOWN:
            raise NotAllowed("editor_unknown", "Nobody is known to have changed the campaign last")
        if last is Editor.MYSELF:
            who = shown_editor(campaign.edited_by)
            raise NotAllowed("same_person", "Another person has to approve it", who=who)

    def _require_clean(
        self, campaign: Campaign, before: Campaign, confirmed: Collection[str], now: datetime
    ) -> list[str]:
        """The rules whose warnings are confirmed herewith: all that are open, or none may be sent."""
        survey = self._texts.survey(campaign, now)
        if survey.blocks:
            raise NotAllowed(
                "block_findings", "The text may not be sent as it is", rules=",".join(sorted(survey.blocks))
            )
        still_open = self._texts.unconfirmed(self._store.warnings(campaign.id), survey.warned, before, campaign, now)
        if missing := still_open - set(confirmed):
            rules = ",".join(sorted(missing))
            raise NotAllowed("warnings_unconfirmed", "Every warning has to be confirmed by a person", rules=rules)
        return sorted(still_open)

    def _begun(self, campaign_id: int) -> bool:
        """Whether anything was handed over, or is about to be: the ledger alone knows."""
        counts = self._inbox.counts(campaign_id)
        return counts["submitted"] + counts["withheld"] > 0

    def _move(
        self,
        campaign: Campaign,
        state: CampaignState,
        actor: str,
        note: str,
        *,
        after: int | None = None,
        complaints_seen: int | None = None,
    ) -> Campaign:
        known = campaign.complaints_seen if complaints_seen is None else complaints_seen
        moved = replace(campaign, state=state, state_note=note, complaints_seen=known)
        noted = self._noted(state.value, actor)
        self._store.update(moved, expected=campaign.state, noted=noted, seen=campaign, since_pause=after)
        return moved

    def _noted(self, what: str, actor: str, **facts: str | int) -> Noted:
        return Noted(f"campaign.{what}", self.person.signs(actor), self._clock(), facts)


def adds_up(funnel: Mapping[str, int], audience: int) -> bool:
    """Whether everybody of the audience has a verdict, once."""
    return sum(funnel.values()) == audience and not funnel.get(UNSCREENED)


def approval_hash(campaign: Campaign, rule_packs: str) -> str:
    """SHA-256 over what an approval covers, and the rule packs by which it was judged."""
    return campaign.covered(rule_packs)
