"""The verdicts on a campaign's situation, in the order in which a person goes through them: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from math import ceil
from typing import Final

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.finding import Finding
from campaign_app.domain.signature import Signature
from campaign_app.services.approvers import UNJUDGED, check_approval, check_approver
from campaign_app.services.campaigns import adds_up
from campaign_app.services.fitting import check_fit
from campaign_app.services.money import stock_verdict, verdict
from campaign_app.services.obstacles import check_authorisation, check_stuck
from campaign_app.services.situation import Check, Situation
from campaign_app.services.texts import is_nameless
from campaign_app.services.window import BEIJING

# the worker gives a sign of life every few seconds
SILENT_AFTER: Final = timedelta(seconds=15)
# how far the platforms' clocks may be ahead; a fact that is later still was read before ours was set back
CLOCK_SLIP: Final = timedelta(minutes=5)


def is_open(at: datetime, opens: time, closes: time) -> bool:
    return opens <= at.astimezone(BEIJING).time() < closes


def check(seen: Situation) -> tuple[Check, ...]:
    warnings = (_warning(rule, finding) for rule, finding in seen.warned.items())
    # that all of nobody were screened is no good news: the check of the recipients tells
    audience = (_audience(seen),) if seen.campaign.state in UNJUDGED or seen.campaign.snapshot_size else ()
    return (
        *audience, *check_approval(seen), _recipients(seen), _text(seen), *check_fit(seen), *warnings,
        _signature(seen), *_templates(seen), _sender(seen), *check_authorisation(seen), *check_stuck(seen),
        *_replies(seen), *_cost(seen), *check_approver(seen), _window(seen), _worker(seen),
    )  # fmt: skip


def _audience(seen: Situation) -> Check:
    campaign = seen.campaign
    if campaign.state in UNJUDGED:
        return Check("audience", "block", "not_screened" if campaign.state is CampaignState.DRAFT else "screening")
    if not adds_up(seen.funnel, campaign.snapshot_size):
        return Check("audience", "block", "funnel_broken")
    if seen.ages is None:
        return Check("audience", "ok", "screened", {"size": campaign.snapshot_size})
    if seen.ages[1] - seen.now > CLOCK_SLIP:
        return Check("audience", "block", "clock_set_back")
    age = max(seen.now - seen.ages[0], timedelta(0))
    facts = {"size": campaign.snapshot_size, "hours": int(age / timedelta(hours=1))}
    if age > seen.max_age:
        # what is approved is read again batch by batch; before that a person can still screen again
        judged = campaign.state is CampaignState.SCREENED
        return Check("audience", "block", "stale", facts) if judged else Check("audience", "warn", "aged", facts)
    return Check("audience", "ok", "current" if facts["hours"] else "fresh", facts)


def _recipients(seen: Situation) -> Check:
    if seen.campaign.state in UNJUDGED:
        return Check("recipients", "warn", "recipients_unknown")
    if not seen.campaign.snapshot_size:
        return Check("recipients", "block", "nobody_there")
    if not seen.ready and seen.silent:
        return Check("recipients", "block", "nobody_confirms", {"names": seen.silent})
    if not seen.ready:
        return Check("recipients", "block", "nobody")
    return Check("recipients", "ok", "recipients", {"count": seen.ready})


def _text(seen: Situation) -> Check:
    if not seen.campaign.body:
        return Check("text", "block", "no_text")
    blocks = [each for each in seen.blocks.values() if seen.campaign.signature or not is_nameless(each)]
    if blocks:
        return Check("text", "block", "text_blocked", {"count": len(blocks), **_said(blocks[0])})
    return Check("text", "ok", "text")


def _warning(rule: str, finding: Finding | None) -> Check:
    key = f"warning:{rule}"
    if finding is None:
        return Check(key, "warn", "warning_of_another", {"rule": rule})
    return Check(key, "warn", "warning", _said(finding))


def _said(finding: Finding) -> dict[str, str | int]:
    return {"rule": finding.rule_id, "message": finding.message, "law": finding.citation.law}


def _signature(seen: Situation) -> Check:
    if not seen.campaign.signature:
        return Check("signature", "block", "no_signature")
    text = seen.campaign.signature
    shops = [shop for shop in seen.accounts if shop.id in seen.signed]
    for port, other in (seen.held[shop.id] for shop in shops if shop.id in seen.held):
        return Check("signature", "block", "port_taken", {"text": text, "port": port, "other": other})
    faults = {shop.id: _fault(seen, seen.signed[shop.id]) for shop in shops}
    bad = tuple(seen.way(shop) for shop in shops if faults[shop.id])
    if not shops or len(bad) == len(shops):
        fault = next(iter(faults.values())) if faults else _fault(seen, seen.signature)
        return Check("signature", "block" if fault else "ok", fault or "signature", {"text": text})
    if bad:
        return Check("signature", "warn", "signature_partly", {"text": text, "names": bad})
    return Check("signature", "ok", "signature", {"text": text})


def _fault(seen: Situation, signature: Signature | None) -> str:
    if signature is None:
        return "signature_unreported"
    day = seen.leaves_at.astimezone(BEIJING).date()
    faults = (
        (signature.owner_uscc != seen.campaign.entity_uscc, _whose(signature)),
        (signature.status != "approved", "signature_not_approved"),
        (signature.valid_until is not None and signature.valid_until < day, "signature_expired"),
        (signature.carrier_filed is None, "signature_filing_unknown"),
        (not signature.carrier_filed, "signature_not_filed"),
        (not signature.scopes, "signature_unscoped"),
        (seen.campaign.purpose not in signature.scopes, "signature_scope"),
    )
    return next((code for holds, code in faults if holds), "")


def _whose(signature: Signature) -> str:
    return "signature_owner_open" if signature.owner_open else "signature_of_another"


def _templates(seen: Situation) -> tuple[Check, ...]:
    """What a sender really sends by has to have been seen by somebody: by itself, or by a person who said so."""
    if seen.unchecked:
        return (Check("templates", "block", "templates_unchecked", {"names": seen.unchecked}),)
    return (Check("templates", "warn", "templates_stated", {"names": seen.stated}),) if seen.stated else ()


def _sender(seen: Situation) -> Check:
    connected = [shop for shop in seen.accounts if {shop.state, seen.carrier(shop).state} == {"connected"}]
    gone = len(seen.accounts) - len(connected)
    facts: dict[str, str | int | tuple[str, ...]] = {
        "count": len(connected),
        "gone": gone,
        "names": tuple(map(seen.way, connected)),
    }
    if not connected:
        return Check("sender", "block", "no_sender", facts)
    simulated = sum(seen.carrier(shop).simulated for shop in connected)
    if 0 < simulated < len(connected):
        return Check("sender", "warn", "sender_mixed", {**facts, "simulated": simulated})
    if gone:
        return Check("sender", "warn", "sender_partly", facts)
    if seen.mute:
        mute: dict[str, str | int] = {"mute": "、".join(a.label for a in seen.mute)}
        return Check("sender", "warn", "sender_mute", facts | mute)
    return Check("sender", "ok", "sender_simulated" if simulated else "sender", facts)


def _replies(seen: Situation) -> tuple[Check, ...]:
    """Whoever may answer with a refusal must be heard here, or somewhere by a person who said so."""
    if seen.unread:
        return (Check("replies", "block", "replies_unread", {"names": seen.unread}),)
    if not seen.elsewhere:
        return ()
    read = tuple(f"{label}（{where}）" for label, where in seen.elsewhere.items())
    return (Check("replies", "warn", "replies_elsewhere", {"names": read}),)


def _cost(seen: Situation) -> tuple[Check, ...]:
    if seen.spending is None:
        return ()
    told = verdict(seen.spending), stock_verdict(seen.spending)
    return tuple(Check(*each) for each in told if each is not None)


def _window(seen: Situation) -> Check:
    facts: dict[str, str | int] = {"opens": seen.opens.strftime("%H:%M"), "closes": seen.closes.strftime("%H:%M")}
    if not is_open(seen.leaves_at, seen.opens, seen.closes):
        planned = seen.campaign.state is CampaignState.SCHEDULED
        return Check("window", "warn", "window_not_then" if planned else "window_closed", facts)
    if short := _too_slow(seen):
        return Check("window", "warn", "window_short", {**facts, **short})
    return Check("window", "ok", "window_open" if seen.leaves_at == seen.now else "window_chosen", facts)


def _too_slow(seen: Situation) -> Mapping[str, int]:
    """What cannot leave before the window closes, were nothing else in the way; nothing where all can."""
    closes = datetime.combine(seen.leaves_at.astimezone(BEIJING).date(), seen.closes, BEIJING)
    seconds = (closes - seen.leaves_at).total_seconds()
    lines = () if seen.spending is None else seen.spending.quote.lines
    parts = {line.account_id: line.parts + line.uncounted for line in lines if line.account_id in seen.paces}
    left = sum(max(0, count - int(seen.paces[carrier] * seconds)) for carrier, count in parts.items())
    longest = max((count / seen.paces[carrier] for carrier, count in parts.items()), default=0)
    return {"minutes": ceil(longest / 60), "left": left} if left else {}


def _worker(seen: Situation) -> Check:
    # abs: after the clock was set back a sign of life from the future says nothing of the worker now
    alive = seen.heartbeat is not None and abs(seen.now - seen.heartbeat) <= SILENT_AFTER
    return Check("worker", "ok", "worker") if alive else Check("worker", "block", "worker_silent")
