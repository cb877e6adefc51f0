"""What stands between a campaign and its sending: a list of checks from what is stored, for a person to go through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from math import ceil
from typing import Final

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Account
from campaign_app.domain.finding import Finding
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.review import AudienceReader
from campaign_app.domain.signature import Signature
from campaign_app.domain.team import Editor
from campaign_app.services.approvers import PLANNED, UNJUDGED, check_approval, check_approver, has_left
from campaign_app.services.campaigns import adds_up
from campaign_app.services.expiry import Expiry
from campaign_app.services.fitting import check_fit, fits
from campaign_app.services.money import Spending, stock_verdict, verdict
from campaign_app.services.obstacles import asked_of, check_authorisation, check_stuck, ending, stuck
from campaign_app.services.replies import read_at
from campaign_app.services.situation import Abilities, Check, Situation
from campaign_app.services.stated import is_checked
from campaign_app.services.texts import Survey, Texts, is_nameless
from campaign_app.services.window import BEIJING, CLOSES, OPENS

# the worker writes the time here every few seconds
HEARTBEAT: Final = "worker.heartbeat"
SILENT_AFTER: Final = timedelta(seconds=15)
# how far the platforms' clocks may be ahead; a fact that is later still was read before ours was set back
CLOCK_SLIP: Final = timedelta(minutes=5)
# what an approval does not wait for: these are matters of the moment of sending
OF_SENDING: Final = frozenset({"window", "worker"})
# warnings of what would stop it at its time
FORESEEN: Final = frozenset({"window_not_then", "authorisation_ends"})
NOTHING_SAID: Final = Survey({}, {})


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

    @property
    def stops(self) -> tuple[Check, ...]:
        """What would stop a scheduled campaign at its time, as things stand: whoever approved it is not asked again."""
        return tuple(check for check in self.checks if check.key != "approver" and _stops(check))


class Preflights:
    """`hours` are the merchant's own first and last time of day to send, `max_age` how old a fact may be.

    `texts` gives those whose rules speak a language. `warnings` is `Campaigns.warnings`: what an approval, or a plan,
    will ask to be confirmed; `editor` is `Campaigns.editor`, `ends` `Accounts.ends`, `is_approved` that of `Campaigns`,
    `may_approve` tells of a login whether it may by now.
    """

    def __init__(  # noqa: PLR0913 each is a source of what is judged
        self,
        campaigns: AudienceReader,
        accounts: AccountStore,
        texts: Callable[[str], Texts],
        warnings: Callable[[int, datetime | None, Texts], Mapping[str, Finding | None]],
        clock: Clock,
        hours: Callable[[], tuple[time, time]],
        max_age: Callable[[], timedelta],
        abilities: Callable[[Account], Abilities],
        *,
        spending: Callable[[Campaign, Spending | None], Spending | None] = lambda *_: None,
        editor: Callable[[Campaign], Editor | None] = lambda _: None,
        ends: Callable[[], Sequence[Expiry]] = tuple,
        is_approved: Callable[[Campaign], bool] = lambda _: True,
        may_approve: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._campaigns = campaigns
        self._accounts = accounts
        self._texts = texts
        self._warnings = warnings
        self._clock = clock
        self._hours = hours
        self._max_age = max_age
        self._abilities = abilities
        self._spending = spending
        self._editor = editor
        self._ends = ends
        self._is_approved = is_approved
        self._may_approve = may_approve

    def look(
        self,
        campaign_id: int,
        *,
        send_at: datetime | None = None,
        before: Preflight | None = None,
        language: str = "zh_CN",
    ) -> Preflight:
        """As it stands if it leaves at `send_at`, by default now; what is scheduled leaves when it was planned to.

        `before` is an earlier look: of a campaign that is still the same the audience is not counted again.
        """
        campaign, known = self._campaigns.campaign(campaign_id), None
        if before is not None and before.seen.campaign == campaign:
            seen = self._situation(campaign, send_at, before.seen.funnel, before.seen.ages, language)
            known = before.seen.spending
        elif campaign.state in UNJUDGED:
            seen = self._situation(campaign, send_at, {}, None, language)
        else:
            counted = self._campaigns.funnel(campaign_id), self._campaigns.fact_ages(campaign_id)
            seen = self._situation(campaign, send_at, *counted, language)
        if campaign.state not in UNJUDGED:
            seen = replace(seen, spending=self._spending(replace(campaign, send_at=seen.send_at), known))
        return Preflight(seen, check(seen))

    def _situation(
        self,
        campaign: Campaign,
        send_at: datetime | None,
        funnel: Mapping[str, int],
        ages: tuple[datetime, datetime] | None,
        language: str,
    ) -> Situation:
        texts = self._texts(language)
        now, (opens, closes) = self._clock(), self._hours()
        opens, closes = max(opens, OPENS), min(closes, CLOSES)
        if campaign.state is CampaignState.SCHEDULED:
            send_at = campaign.send_at
        elif send_at is None and campaign.state in PLANNED and is_open(now, opens, closes):
            send_at = now  # "at once" is a time like any other to `schedule`
        beat = self._accounts.setting(HEARTBEAT, None)
        known = {a.id: a for a in self._accounts.accounts() if a.entity_uscc == campaign.entity_uscc}
        shops = [a for a in known.values() if not self._abilities(a).carrier]
        carriers = {a.id: known[a.sender_account_id] for a in shops if a.sender_account_id in known}
        senders, register = (
            tuple(a for a in shops if self._abilities(a).sends),
            self._accounts.register(campaign.entity_uscc),
        )
        deaf = {a.label: read_at(self._accounts, c.id) for a, c in self._leaving(shops, carriers, _is_deaf)}
        told = {a.label: is_checked(self._accounts, c) for a, c in self._leaving(shops, carriers, _is_stated)}
        asked = asked_of(shops, carriers)
        sends_for = {a.id: carriers.get(a.id, a).id for a in senders if a.state == "connected"}
        survey = texts.survey(replace(campaign, send_at=send_at), now) if campaign.body else NOTHING_SAID
        return Situation(
            campaign=campaign,
            funnel=funnel,
            ages=ages,
            max_age=self._max_age(),
            blocks=survey.blocks,
            warned=self._warnings(campaign.id, send_at, texts) if campaign.body else {},
            signature=register.signature(campaign.signature, now),
            accounts=senders,
            mute=tuple(a for a in shops if a.state == "connected" and not self._abilities(a).sends),
            opens=opens,
            closes=closes,
            heartbeat=None if beat is None else datetime.fromisoformat(beat),
            now=now,
            silent=tuple(a.label for a in shops if a.state == "connected" and not self._abilities(a).confirmed),
            carriers=carriers,
            unread=tuple(label for label, where in deaf.items() if not where),
            elsewhere={label: where for label, where in deaf.items() if where},
            unchecked=tuple(label for label, checked in told.items() if not checked),
            stated=tuple(label for label, checked in told.items() if checked),
            signed={a.id: register.signature(campaign.signature, now, a.id) for a in senders if a.state == "connected"},
            held={a.id: held for a in senders for held in register.held(campaign.signature, a.id).items()},
            send_at=send_at,
            paces={a.id: pace for a in known.values() if (pace := self._abilities(a).pace)},
            editor=self._editor(campaign),
            fits=fits(self._accounts, survey.leaving, sends_for, now),
            stuck=stuck(self._accounts, asked),
            ends=ending(asked, self._ends()),
            void=campaign.state in PLANNED and not self._is_approved(campaign),
            approver_left=has_left(campaign, self._may_approve),
        )

    def _leaving(
        self, shops: Iterable[Account], carriers: Mapping[int, Account], such: Callable[[Abilities], bool]
    ) -> Iterator[tuple[Account, Account]]:
        """Shop and sender, where the sender is such a one."""
        for shop in shops:
            sender = carriers.get(shop.id, shop)
            if shop.state == "connected" and self._abilities(shop).sends and such(self._abilities(sender)):
                yield shop, sender


def _stops(check: Check) -> bool:
    return check.level == "block" or check.key.startswith("warning:") or check.code in FORESEEN


def _is_deaf(sender: Abilities) -> bool:
    """Nothing of what people answer comes in."""
    return not sender.replies


def _is_stated(sender: Abilities) -> bool:
    return sender.stated


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
