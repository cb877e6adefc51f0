"""What stands between a campaign and its sending: a list of checks from what is stored, for a person to go through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final, Literal

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import Reason
from campaign_app.domain.customer import Account
from campaign_app.domain.finding import Finding, Severity
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.review import AudienceReader
from campaign_app.domain.signature import Signature
from campaign_app.services.campaigns import adds_up
from campaign_app.services.texts import Texts
from campaign_app.services.window import BEIJING, CLOSES, OPENS

Level = Literal["ok", "warn", "block"]
# the worker writes the time here every few seconds
HEARTBEAT: Final = "worker.heartbeat"
SILENT_AFTER: Final = timedelta(seconds=15)
# what an approval does not wait for: these are matters of the moment of sending
OF_SENDING: Final = frozenset({"window", "worker"})
UNJUDGED: Final = frozenset({CampaignState.DRAFT, CampaignState.SCREENING})


@dataclass(frozen=True, slots=True)
class Check:
    """`key` says what was looked at, `code` what was found; `facts` are the figures and names of the sentence."""

    key: str
    level: Level
    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that the checks judge. `ages` are the oldest and the newest reading of the facts that let people in.

    `opens` and `closes` are the hours in force; `heartbeat` is the worker's last sign of life.
    """

    campaign: Campaign
    funnel: Mapping[str, int]
    ages: tuple[datetime, datetime] | None
    max_age: timedelta
    findings: tuple[Finding, ...]
    signature: Signature | None
    accounts: tuple[Account, ...]
    opens: time
    closes: time
    heartbeat: datetime | None
    now: datetime

    @property
    def ready(self) -> int:
        return self.funnel.get(Reason.OK, 0)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """One per rule: each has to be confirmed by a person."""
        return tuple({f.rule_id: f for f in reversed(self.findings) if f.severity is Severity.WARN}.values())[::-1]


@dataclass(frozen=True, slots=True)
class Preflight:
    """`seen` is what was judged, `checks` the verdicts in the order in which a person would go through them."""

    seen: Situation
    checks: tuple[Check, ...]

    @property
    def may_approve(self) -> bool:
        return not any(check.level == "block" for check in self.checks if check.key not in OF_SENDING)

    @property
    def may_send(self) -> bool:
        return not any(check.level == "block" for check in self.checks)


class Preflights:
    """`hours` are the merchant's own first and last time of day to send, `max_age` how old a fact may be."""

    def __init__(
        self,
        campaigns: AudienceReader,
        accounts: AccountStore,
        texts: Texts,
        clock: Clock,
        hours: Callable[[], tuple[time, time]],
        max_age: Callable[[], timedelta],
    ) -> None:
        self._campaigns = campaigns
        self._accounts = accounts
        self._texts = texts
        self._clock = clock
        self._hours = hours
        self._max_age = max_age

    def look(self, campaign_id: int, before: Preflight | None = None) -> Preflight:
        """`before` is an earlier look: of a campaign that is still the same the audience is not counted again."""
        campaign = self._campaigns.campaign(campaign_id)
        if before is not None and before.seen.campaign == campaign:
            seen = self._situation(campaign, before.seen.funnel, before.seen.ages)
        elif campaign.state in UNJUDGED:
            seen = self._situation(campaign, {}, None)
        else:
            counted = self._campaigns.funnel(campaign_id), self._campaigns.fact_ages(campaign_id)
            seen = self._situation(campaign, *counted)
        return Preflight(seen, check(seen))

    def _situation(
        self, campaign: Campaign, funnel: Mapping[str, int], ages: tuple[datetime, datetime] | None
    ) -> Situation:
        now, (opens, closes) = self._clock(), self._hours()
        beat = self._accounts.setting(HEARTBEAT, None)
        return Situation(
            campaign=campaign,
            funnel=funnel,
            ages=ages,
            max_age=self._max_age(),
            findings=self._texts.check(campaign, None, now).findings if campaign.body else (),
            signature=self._accounts.signature(campaign.signature, campaign.entity_uscc),
            accounts=tuple(a for a in self._accounts.accounts() if a.entity_uscc == campaign.entity_uscc),
            opens=max(opens, OPENS),
            closes=min(closes, CLOSES),
            heartbeat=None if beat is None else datetime.fromisoformat(beat),
            now=now,
        )


def check(seen: Situation) -> tuple[Check, ...]:
    warnings = (Check(f"warning:{f.rule_id}", "warn", "warning", _said(f)) for f in seen.warnings)
    return (
        _audience(seen), _recipients(seen), _text(seen), *warnings, _signature(seen), _sender(seen), _window(seen),
        _worker(seen),
    )  # fmt: skip


def _audience(seen: Situation) -> Check:
    campaign = seen.campaign
    if campaign.state in UNJUDGED:
        return Check("audience", "block", "not_screened" if campaign.state is CampaignState.DRAFT else "screening")
    if not adds_up(seen.funnel, campaign.snapshot_size):
        return Check("audience", "block", "funnel_broken")
    if seen.ages is None:
        return Check("audience", "ok", "screened", {"size": campaign.snapshot_size})
    age = seen.now - seen.ages[0]
    facts = {"size": campaign.snapshot_size, "hours": int(age / timedelta(hours=1))}
    if age > seen.max_age:
        # what is approved is read again batch by batch; before that a person can still screen again
        judged = campaign.state is CampaignState.SCREENED
        return Check("audience", "block", "stale", facts) if judged else Check("audience", "warn", "aged", facts)
    return Check("audience", "ok", "current" if facts["hours"] else "fresh", facts)


def _recipients(seen: Situation) -> Check:
    if seen.campaign.state in UNJUDGED:
        return Check("recipients", "warn", "recipients_unknown")
    if not seen.ready:
        return Check("recipients", "block", "nobody")
    return Check("recipients", "ok", "recipients", {"count": seen.ready})


def _text(seen: Situation) -> Check:
    if not seen.campaign.body:
        return Check("text", "block", "no_text")
    blocks = [finding for finding in seen.findings if finding.severity is Severity.BLOCK]
    if blocks:
        return Check("text", "block", "text_blocked", {"count": len(blocks), **_said(blocks[0])})
    return Check("text", "ok", "text")


def _said(finding: Finding) -> dict[str, str | int]:
    return {"rule": finding.rule_id, "message": finding.message, "law": finding.citation.law}


def _signature(seen: Situation) -> Check:
    if not seen.campaign.signature:
        return Check("signature", "block", "no_signature")
    return Check("signature", *_usable(seen), {"text": seen.campaign.signature})


def _usable(seen: Situation) -> tuple[Level, str]:
    signature = seen.signature
    if signature is None:
        return "block", "signature_unreported"
    today = seen.now.astimezone(BEIJING).date()
    faults = (
        (signature.owner_uscc != seen.campaign.entity_uscc, "signature_of_another"),
        (signature.status != "approved", "signature_not_approved"),
        (signature.valid_until is not None and signature.valid_until < today, "signature_expired"),
        (signature.carrier_filed is not True, "signature_not_filed"),
        (seen.campaign.purpose not in signature.scopes, "signature_scope"),
    )
    fault = next((code for holds, code in faults if holds), "")
    return ("block", fault) if fault else ("ok", "signature")


def _sender(seen: Situation) -> Check:
    connected = [account for account in seen.accounts if account.state == "connected"]
    gone = len(seen.accounts) - len(connected)
    facts: dict[str, str | int] = {
        "count": len(connected),
        "gone": gone,
        "names": "、".join(a.label for a in connected),
    }
    if not connected:
        return Check("sender", "block", "no_sender", facts)
    simulated = sum(account.simulated for account in connected)
    if 0 < simulated < len(connected):
        return Check("sender", "warn", "sender_mixed", {**facts, "simulated": simulated})
    if gone:
        return Check("sender", "warn", "sender_partly", facts)
    return Check("sender", "ok", "sender_simulated" if simulated else "sender", facts)


def _window(seen: Situation) -> Check:
    facts: dict[str, str | int] = {"opens": seen.opens.strftime("%H:%M"), "closes": seen.closes.strftime("%H:%M")}
    is_open = seen.opens <= seen.now.astimezone(BEIJING).time() < seen.closes
    return Check("window", "ok", "window_open", facts) if is_open else Check("window", "warn", "window_closed", facts)


def _worker(seen: Situation) -> Check:
    alive = seen.heartbeat is not None and seen.now - seen.heartbeat <= SILENT_AFTER
    return Check("worker", "ok", "worker") if alive else Check("worker", "block", "worker_silent")
