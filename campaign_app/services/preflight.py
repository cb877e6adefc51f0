"""What stands between a campaign and its sending: a list of checks from what is stored, for a person to go through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Account
from campaign_app.domain.finding import Finding
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.review import AudienceReader
from campaign_app.domain.team import Editor
from campaign_app.services.approvers import PLANNED, UNJUDGED, has_left
from campaign_app.services.expiry import Expiry
from campaign_app.services.fitting import fits
from campaign_app.services.money import Spending
from campaign_app.services.obstacles import asked_of, ending, stuck
from campaign_app.services.preflight_checks import check, is_open
from campaign_app.services.replies import read_at
from campaign_app.services.situation import Abilities, Check, Situation
from campaign_app.services.stated import is_checked
from campaign_app.services.texts import Survey, Texts
from campaign_app.services.ways import ways_of
from campaign_app.services.window import CLOSES, OPENS

# the worker writes the time here every few seconds
HEARTBEAT: Final = "worker.heartbeat"
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


class _Audience(NamedTuple):
    """As `Situation` has them; nothing before the screening."""

    funnel: Mapping[str, int]
    ages: tuple[datetime, datetime] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflights:
    """Looks at campaigns; each field is a source of what is judged."""

    campaigns: AudienceReader
    accounts: AccountStore
    clock: Clock
    # those whose rules speak a language
    texts: Callable[[str], Texts]
    # `Campaigns.warnings`: what an approval, or a plan, will ask to be confirmed
    warnings: Callable[[int, datetime | None, Texts], Mapping[str, Finding | None]]
    # the merchant's own first and last time of day to send
    hours: Callable[[], tuple[time, time]]
    # how old a fact may be
    max_age: Callable[[], timedelta]
    abilities: Callable[[Account], Abilities]
    # `Money.spending`
    spending: Callable[[Campaign, Spending | None], Spending | None]
    # `Campaigns.editor`
    editor: Callable[[Campaign], Editor | None]
    # `Accounts.ends`
    ends: Callable[[], Sequence[Expiry]]
    # `Campaigns.is_approved`
    is_approved: Callable[[Campaign], bool]
    # whether a login may approve by now
    may_approve: Callable[[str], bool]

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
        campaign = self.campaigns.campaign(campaign_id)
        same = before.seen if before is not None and before.seen.campaign == campaign else None
        seen = self._situation(campaign, send_at, self._audience(campaign, same), language)
        if campaign.state not in UNJUDGED:
            counted = None if same is None else same.spending
            seen = replace(seen, spending=self.spending(replace(campaign, send_at=seen.send_at), counted))
        return Preflight(seen, check(seen))

    def _audience(self, campaign: Campaign, same: Situation | None) -> _Audience:
        if same is not None:
            return _Audience(same.funnel, same.ages)
        if campaign.state in UNJUDGED:
            return _Audience({}, None)
        return _Audience(self.campaigns.funnel(campaign.id), self.campaigns.fact_ages(campaign.id))

    def _situation(self, campaign: Campaign, send_at: datetime | None, audience: _Audience, language: str) -> Situation:
        now, texts = self.clock(), self.texts(language)
        opens, closes = self._open_hours()
        send_at = _planned(campaign, send_at, now, opens, closes)
        ways = ways_of((a for a in self.accounts.accounts() if a.entity_uscc == campaign.entity_uscc), self.abilities)
        register = self.accounts.register(campaign.entity_uscc)
        beat = self.accounts.setting(HEARTBEAT, None)
        # who reads the replies that do not come in here, and whether somebody compared the templates that were typed in
        readers = {w.shop.label: read_at(self.accounts, w.carrier.id) for w in ways.connected if w.is_deaf}
        compared = {w.shop.label: is_checked(self.accounts, w.carrier) for w in ways.connected if w.is_stated}
        asked = asked_of(ways.shops, ways.carriers)
        survey = texts.survey(replace(campaign, send_at=send_at), now) if campaign.body else NOTHING_SAID
        return Situation(
            campaign=campaign,
            funnel=audience.funnel,
            ages=audience.ages,
            max_age=self.max_age(),
            blocks=survey.blocks,
            warned=self.warnings(campaign.id, send_at, texts) if campaign.body else {},
            signature=register.signature(campaign.signature, now),
            accounts=ways.senders,
            mute=ways.mute,
            opens=opens,
            closes=closes,
            heartbeat=None if beat is None else datetime.fromisoformat(beat),
            now=now,
            silent=tuple(shop.label for shop in ways.silent),
            carriers=ways.carriers,
            unread=tuple(label for label, where in readers.items() if not where),
            elsewhere={label: where for label, where in readers.items() if where},
            unchecked=tuple(label for label, checked in compared.items() if not checked),
            stated=tuple(label for label, checked in compared.items() if checked),
            signed={w.shop.id: register.signature(campaign.signature, now, w.shop.id) for w in ways.connected},
            held={a.id: held for a in ways.senders for held in register.held(campaign.signature, a.id).items()},
            send_at=send_at,
            paces=ways.paces,
            editor=self.editor(campaign),
            fits=fits(self.accounts, survey.leaving, {w.shop.id: w.carrier.id for w in ways.connected}, now),
            stuck=stuck(self.accounts, asked),
            ends=ending(asked, self.ends()),
            void=campaign.state in PLANNED and not self.is_approved(campaign),
            approver_left=has_left(campaign, self.may_approve),
        )

    def _open_hours(self) -> tuple[time, time]:
        """The merchant's, within those of the law."""
        opens, closes = self.hours()
        return max(opens, OPENS), min(closes, CLOSES)


def _planned(campaign: Campaign, send_at: datetime | None, now: datetime, opens: time, closes: time) -> datetime | None:
    """When it leaves as far as that was chosen. "At once" is a time like any other to `schedule`."""
    if campaign.state is CampaignState.SCHEDULED:
        return campaign.send_at
    if send_at is None and campaign.state in PLANNED and is_open(now, opens, closes):
        return now
    return send_at


def _stops(check: Check) -> bool:
    return check.level == "block" or check.key.startswith("warning:") or check.code in FORESEEN
