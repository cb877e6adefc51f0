"""Whose word an approval is: who may give it, and whether it still holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.team import Editor, login_of, shown_editor
from campaign_app.services.situation import Check, Situation

UNJUDGED: Final = frozenset({CampaignState.DRAFT, CampaignState.SCREENING})
PLANNED: Final = frozenset({CampaignState.APPROVED, CampaignState.WAITING})
_TO_LEAVE: Final = frozenset({*PLANNED, CampaignState.SCHEDULED})


def has_left(campaign: Campaign, may_approve: Callable[[str], bool]) -> bool:
    """Whether whoever approved what has yet to leave may approve nothing by now. Of whom no login is known: nobody."""
    login = login_of(campaign.approved_by) if campaign.state in _TO_LEAVE else ""
    return bool(login) and not may_approve(login)


def check_approval(seen: Situation) -> tuple[Check, ...]:
    """Where it still stands nothing is to be said; where the rules changed since, nobody else would tell.

    It was good when it was given, and a person decides whether somebody else should look again.
    """
    if seen.void:
        return (Check("approval", "block", "approval_void"),)
    who = {"who": login_of(seen.campaign.approved_by)}
    return (Check("approval", "warn", "approver_left", who),) if seen.approver_left else ()


def check_approver(seen: Situation) -> tuple[Check, ...]:
    """Who may not approve it, said while it is still being built; after the approval only warnings are confirmed."""
    if seen.editor is None or (seen.campaign.state in PLANNED and not seen.warned):
        return ()
    who = {"who": shown_editor(seen.campaign.edited_by)}
    if seen.editor is Editor.ANOTHER:
        return (Check("approver", "ok", "another_person", who),)
    early = seen.campaign.state in UNJUDGED
    if seen.editor is Editor.UNKNOWN:
        return (Check("approver", "warn" if early else "block", "editor_unknown"),)
    return (Check("approver", "warn" if early else "block", "another_needed" if early else "same_person", who),)
